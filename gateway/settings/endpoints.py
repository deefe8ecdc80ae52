"""Addresses of other services that the gateway itself asks: by TLS, or on this machine without."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def endpoint_fault(endpoint: str, what: str) -> str:
    """Return why *endpoint* cannot be asked, and nothing when it can; *what* is there, such as "a bucket"."""
    parts = urlsplit(endpoint)
    try:
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return "has no port up to 65535"
    beyond = parts.username is not None or parts.path not in {"", "/"} or parts.query or parts.fragment
    if parts.scheme not in {"http", "https"} or not host or beyond:
        return "must be https://HOST or https://HOST:PORT, with nothing else"
    if parts.scheme == "http" and not _loopback(host):
        return f"must be https: without TLS only {what} on the loopback is taken"
    return ""


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

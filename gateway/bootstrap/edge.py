"""What gateway and proxy share where one ends TLS before the gateway: the proxy's key, sockets, and key material."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from typing import TYPE_CHECKING, Any, Final

from gateway.bootstrap.config import StartError
from gateway.rpc.forwarded import ForwardedPeer
from gateway.rpc.identity import handshaken
from gateway.rpc.server import Bounds, Server
from gateway.security.key_files import create_file, make_private_folder, replace_file

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.rpc.edge_server import EdgeServer
    from gateway.rpc.identity import PeerOf
    from gateway.rpc.router import Router
    from gateway.services.ports.identity import KeyMaterial
    from gateway.settings.edge import EdgeSettings
    from gateway.settings.gateway_file import GatewaySettings

SERVER: Final = "server"
CALLERS: Final = "callers"
"""Names of the two secrets, each in a file of its own, that the proxy takes over when it is renamed into place."""
_SECRET: Final = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret"  # noqa: S105 - the name of a type
_KEY_BYTES: Final = 32


def peer_of(settings: GatewaySettings) -> PeerOf:
    """Return what tells who calls: the handshake, or the proxy that ended it; raises ``StartError``."""
    if settings.edge is None:
        return handshaken
    try:
        return ForwardedPeer(edge_key(settings.edge))
    except ValueError as error:
        raise StartError(f"{settings.edge.folder}/key: {error}") from error


def edge_key(edge: EdgeSettings) -> str:
    """Return the proxy's key, made when there is none; raises ``StartError``."""
    file = edge.folder / "key"
    try:
        make_private_folder(edge.folder)
        with contextlib.suppress(FileExistsError):
            create_file(file, secrets.token_hex(_KEY_BYTES).encode())
        return _private_text(file)
    except (OSError, UnicodeDecodeError) as error:
        raise StartError(f"the key of the edge cannot be used: {error}") from error


def make_server(
    settings: GatewaySettings, router: Router, material: KeyMaterial, worker: int, *, shared_port: bool
) -> Server | EdgeServer:
    """Return the server that listens: on the port, or behind the edge.

    Raises:
        StartError: The edge is configured and its extra is not installed, or its folder cannot be used.
    """
    limits = settings.limits
    edge = settings.edge
    if edge is None:
        return Server(router, material, Bounds(limits.in_flight, limits.connection_age, shared_port))
    try:
        from gateway.rpc.edge_server import EdgeServer  # noqa: PLC0415 - the extra need not be installed
    except ImportError as error:
        raise StartError("[edge] of gateway.toml needs the extra edge: make edge") from error

    def hand_over(new: KeyMaterial) -> None:
        write_material(edge.folder, new)

    try:
        hand_over(material)
    except OSError as error:
        raise StartError(f"the folder of the edge cannot be used: {error}") from error
    return EdgeServer(router, edge.sockets(worker), limits.in_flight, peer_of(settings), hand_over)


def write_material(folder: Path, material: KeyMaterial) -> None:
    """Write what the proxy shakes hands with from now on; raises ``OSError``.

    Of revocations it is told nothing: whoever is revoked is refused by the gateway, on record and within a second.
    """
    pair = {"certificate_chain": _inline(material.certificate), "private_key": _inline(material.key)}
    _write(folder, SERVER, {"tls_certificate": pair})
    _write(folder, CALLERS, {"validation_context": {"trusted_ca": _inline(material.ca_bundle)}})


def _write(folder: Path, name: str, secret: dict[str, Any]) -> None:
    content = {"resources": [{"@type": _SECRET, "name": name, **secret}]}
    replace_file(folder / f"{name}.json", json.dumps(content).encode(), 0o600)


def _inline(pem: bytes) -> dict[str, str]:
    return {"inline_string": pem.decode("ascii")}


def _private_text(file: Path) -> str:
    """Return what a file holds that nobody but its owner may read; raises ``OSError``."""
    handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(handle, "rb") as opened:
        if os.fstat(opened.fileno()).st_mode & 0o077:
            raise PermissionError(f"{file} may be read by others: chmod 600")
        return opened.read().decode("ascii").strip()

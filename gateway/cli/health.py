"""``jsg health``: does the gateway serve? For what asks again and again: a container, a balancer, a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.client import ClientSettings, GatewayClient
from adapters.errors import GatewayError
from gateway.cli.connection import client_file, command

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1
DEADLINE_SECONDS = 3.0


def register(subparsers: Subparsers) -> None:
    """Add ``health``."""
    command(subparsers, "health", "does the gateway serve? 0 when it does", "jsg health", run)


def run(arguments: argparse.Namespace) -> int:
    """Ask the standard health service, as the operator unless ``--as`` names another; nothing is recorded of it."""
    client = client_file(arguments)
    who = arguments.caller or client.operations
    settings = ClientSettings(
        target=arguments.address or client.address,
        ca_file=client.ca_bundle,
        certificate_file=client.certificates / f"{who}.pem",
        key_file=client.certificates / f"{who}.key",
        server_name=client.server_name,
        deadline_seconds=DEADLINE_SECONDS,
    )
    try:
        with GatewayClient(settings) as channel:
            serving = channel.serving()
    except GatewayError as error:
        print(f"无应答 no answer: {error.code.name}")
        return ERROR
    print("服务中 SERVING" if serving else "不服务 NOT_SERVING")
    return OK if serving else ERROR

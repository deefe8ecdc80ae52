"""Where a command finds configuration, state and gateway, and with whose certificate it speaks."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from adapters.client import ClientSettings, GatewayClient
from adapters.officers import OfficerSigner
from formats.civil import parse_date
from formats.resident_ids import mask_resident_ids
from gateway.settings.client_file import load_client
from gateway.settings.gateway_file import load_gateway

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.settings.client_file import ClientFile

    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no public name

CONFIG_VARIABLE = "JSG_CONFIG"


class CommandParser(argparse.ArgumentParser):
    """A parser whose first argument may be a word of its own with arguments of its own, such as ``import show``.

    Its complaints repeat what was typed; a resident's number in it is masked (I-22).
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - argparse's own
        super().__init__(*arguments, **options)
        self.words: dict[str, argparse.ArgumentParser] = {}

    def error(self, message: str) -> NoReturn:
        """End with the usage and the complaint."""
        super().error(mask_resident_ids(message))

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:  # noqa: ANN401 - argparse's overloads
        """Hand over to the word's parser where the first argument is one of the words."""
        if args and args[0] in self.words:
            return self.words[args[0]].parse_known_args(args[1:], namespace)
        return super().parse_known_args(args, namespace)


def add_place(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where everything is."""
    parser.add_argument(
        "--config",
        type=Path,
        default=Path(os.environ.get(CONFIG_VARIABLE, "config")),
        metavar="FOLDER",
        help=f"configuration folder (default: ${CONFIG_VARIABLE}, else ./config)",
    )
    parser.add_argument("--state", type=Path, default=None, metavar="FOLDER", help="state folder instead of its own")
    parser.add_argument("--address", default="", metavar="HOST:PORT", help="the gateway's address instead of its own")
    parser.add_argument("--as", dest="caller", default="", metavar="AGENCY.ROLE", help="whose certificate to use")


def command(
    subparsers: Subparsers, name: str, say: str, example: str, run: Callable[..., int]
) -> argparse.ArgumentParser:
    """Add a command with its example and ``--json``; *run* takes the parsed arguments and returns the exit code."""
    parser = subparsers.add_parser(
        name,
        help=say,
        description=say,
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)
    return parser


def day(said: str) -> str:
    """Return a day of the command line as it was typed; empty stands for none.

    Raises:
        argparse.ArgumentTypeError: It is no day: a usage error that names its option.
    """
    try:
        if said:
            parse_date(said)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return said


def client_file(arguments: argparse.Namespace) -> ClientFile:
    """Return ``client.toml`` of the configuration asked for."""
    state = load_gateway(arguments.config / "gateway.toml", arguments.state).state
    return load_client(arguments.config / "client.toml", state)


def connect(arguments: argparse.Namespace, caller: str, at_least_seconds: float = 0) -> GatewayClient:
    """Open a channel as *caller* (``agency.role``), or as the command line's ``--as``.

    A call is waited for as long as ``client.toml`` says, and for *at_least_seconds*.

    Raises:
        ConfigurationError: The configuration cannot be used.
        SettingsError: A certificate or key file cannot be used.
    """
    file = client_file(arguments)
    who = arguments.caller or caller
    return GatewayClient(
        ClientSettings(
            target=arguments.address or file.address,
            ca_file=file.ca_bundle,
            certificate_file=file.certificates / f"{who}.pem",
            key_file=file.certificates / f"{who}.key",
            server_name=file.server_name,
            deadline_seconds=max(file.deadline_seconds, at_least_seconds),
            officers=officer_signer(file, who),
        )
    )


def officer_signer(file: ClientFile, who: str) -> OfficerSigner | None:
    """Return what signs for the officers of *who* (``agency.role``); None where ``client.toml`` names no key.

    Raises:
        SettingsError: The key cannot be used.
    """
    named = file.officers.get(who)
    if named is None:
        return None
    return OfficerSigner(who.partition(".")[0], named.kid, named.key, named.gateway)

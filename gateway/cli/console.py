"""``jsg console``: the web application (``console/``) on this machine, with one certificate."""

from __future__ import annotations

import argparse
import json
import tempfile
import webbrowser
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography import x509

from adapters.dossier.errors import DossierError
from adapters.dossier.signing import Signer, authorities
from console.caller import Caller, Desk
from console.own import Own
from gateway.bootstrap.config import StartError
from gateway.cli import logs
from gateway.cli.connection import client_file, command, connect
from gateway.cli.console_imports import ConsoleImporter
from gateway.cli.console_names import CONSOLE_NAMES
from gateway.cli.receipt_page import page_of
from gateway.domain.agencies import Role
from gateway.domain.vocabulary import DISABLED_AREAS, Area
from gateway.security.names import CallerNameError, parse_caller_name
from gateway.settings.gateway_file import load_gateway

if TYPE_CHECKING:
    from gateway.cli.connection import Subparsers
    from gateway.security.names import CallerName
    from gateway.settings.client_file import ClientFile

OK: Final = 0
MOST_PORT: Final = 65535
JUSTICE: Final = frozenset({Role.POLICE.value, Role.PROCURATORATE.value, Role.COURT.value})
"""Roles to which cases are referred, and which open dossiers with keys of their own."""


def register(subparsers: Subparsers) -> None:
    """Add ``console``."""
    console = command(
        subparsers,
        "console",
        "look at the gateway in a browser, with one's own certificate",
        "jsg console --as public-resources-trading.asking-system",
        run,
    )
    console.add_argument(
        "--as", dest="caller", default=argparse.SUPPRESS, metavar="AGENCY.ROLE", help="whose certificate to use"
    )
    console.add_argument("--port", type=_port, default=0, metavar="N", help="on 127.0.0.1 (0: where there is room)")
    console.add_argument(
        "--place", type=Path, default=None, metavar="FOLDER", help="own keys and inbox, as jsg referral has them"
    )
    console.add_argument("--no-browser", action="store_true", help="print the link, and open no browser")


def run(arguments: argparse.Namespace) -> int:
    """Serve until interrupted; the link that is printed opens the console once."""
    try:
        from console.serving import serve  # noqa: PLC0415 - the extra need not be installed
    except ImportError as error:
        raise StartError(f"the console needs the extra 'console': {error}") from error
    if not arguments.caller:
        raise StartError("whose certificate is to be used? Name it with --as AGENCY.ROLE")
    logs.configure()
    file = client_file(arguments)
    settings = load_gateway(arguments.config / "gateway.toml", arguments.state)
    name = _name(file.certificates / f"{arguments.caller}.pem", settings.trust_domain)
    caller = Caller(name.agency, name.role, name.holder, _areas(file, arguments.caller))

    def ready(link: str) -> None:
        if arguments.json:
            print(json.dumps({"link": link}), flush=True)
        else:
            print(
                f"控制台 console  {link}\n链接只能打开一次，两分钟内有效 it opens once, within two minutes", flush=True
            )
        if not arguments.no_browser:
            webbrowser.open(link)

    with ExitStack() as open_while_serving:
        own = None
        if name.role in JUSTICE:
            place = arguments.place or settings.state / "referrals" / arguments.caller
            own = _own(file, arguments.caller, place, open_while_serving)
        client = open_while_serving.enter_context(connect(arguments, arguments.caller))
        importer = ConsoleImporter(client, arguments.config / "import") if name.role == Role.PRODUCER.value else None
        desk = Desk(client, caller, CONSOLE_NAMES, lambda: datetime.now(UTC), page_of, own, importer)
        serve(desk, arguments.port, ready)
    return OK


def _own(file: ClientFile, who: str, place: Path, open_while_serving: ExitStack) -> Own:
    """Return what a party to referrals has of its own, with a folder for opened evidence that ends with the console.

    Raises:
        StartError: Certificate, authorities or folder cannot be used.
    """
    try:
        signer = Signer(file.certificates / f"{who}.pem", file.certificates / f"{who}.key")
        trusted = authorities(file.ca_bundle)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Beside the keys: the same owner, and no folder of all users.
        opened = open_while_serving.enter_context(tempfile.TemporaryDirectory(prefix=".opened-", dir=place))
    except (DossierError, OSError) as error:
        raise StartError(f"the console of {who} cannot start: {error}") from error
    return Own(signer, trusted, place, Path(opened))


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > MOST_PORT:
        raise argparse.ArgumentTypeError(f"{text!r} is no port")
    return int(text)


def _name(file: Path, trust_domain: str) -> CallerName:
    """Return the name that a certificate carries.

    Raises:
        StartError: The file cannot be read, or holds no certificate with one name of a caller.
    """
    try:
        leaf = x509.load_pem_x509_certificates(file.read_bytes())[0]
        named = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        (uri,) = named.get_values_for_type(x509.UniformResourceIdentifier)
        return parse_caller_name(uri, trust_domain)
    except (OSError, ValueError, x509.ExtensionNotFound, CallerNameError) as error:
        raise StartError(f"{file}: not a caller's certificate: {error}") from error


def _areas(file: ClientFile, who: str) -> tuple[int, ...]:
    """Return the areas that ``client.toml`` has *who* ask about; all where it names none: the gateway decides."""
    own = tuple(int(area) for area, caller in file.areas.items() if caller == who)
    return own or tuple(int(area) for area in Area if area not in DISABLED_AREAS)

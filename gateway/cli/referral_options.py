"""As whom ``jsg referral`` speaks, where that party keeps what is its own, and what each step needs."""

from __future__ import annotations

import argparse
import hashlib
import sys
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING

from jointsanctions.v1 import referral_pb2 as pb

from adapters.dossier.errors import DossierError
from adapters.dossier.signing import Signer, authorities
from adapters.errors import JournalUnavailableError, SettingsError
from adapters.justice.inbox_book import AnotherEntryError
from adapters.justice.keyring import Keyring
from adapters.justice.party import Party
from formats.resident_ids import mask_resident_ids
from gateway.cli.account import account
from gateway.cli.connection import client_file, connect
from gateway.cli.referral_texts import FAULTS
from gateway.settings import ConfigurationError
from gateway.settings.client_file import PARTIES
from gateway.settings.gateway_file import load_gateway

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateway.domain.referral_words import ReferralActKind

OK, ERROR, USAGE = 0, 1, 2
HRSS, PRINCIPAL, POLICE, *_ = PARTIES


def told(run: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Return *run* with what goes wrong with a dossier, a file or the own book said in words: exit code 1."""

    @wraps(run)
    def saying(arguments: argparse.Namespace) -> int:
        try:
            return run(arguments)
        except DossierError as error:
            said = f"{FAULTS[error.fault]}: {error}"
        except (OSError, ValueError, JournalUnavailableError, AnotherEntryError) as error:
            if isinstance(error, ConfigurationError | SettingsError):
                raise
            said = str(error)
        print(f"jsg referral: {mask_resident_ids(said)}", file=sys.stderr)
        return ERROR

    return saying


def add_common(parser: argparse.ArgumentParser, party: str, *, case: bool = True, writes: bool = True) -> None:
    """Add which case it is, as whom, by which officer, and of what writes the id of the call."""
    if case:
        parser.add_argument("referral", metavar="CASE", help="id of the referral")
    parser.add_argument("--party", choices=PARTIES, default=party, help=f"whose certificate (default: {party})")
    parser.add_argument("--place", type=Path, default=None, metavar="FOLDER", help="own keys, sealed files and inbox")
    parser.add_argument("--officer", default=account(), help="who acts (default: the account logged in)")
    if writes:
        parser.add_argument("--request-id", default="", help="id of the call; the same again changes nothing")


def add_step(parser: argparse.ArgumentParser, *, required: bool = True) -> None:
    """Add what every step needs: its document, who took it, when and why."""
    parser.add_argument("--document", required=required, default="", metavar="NUMBER", help="number of the document")
    parser.add_argument(
        "--document-file", type=Path, required=required, metavar="FILE", help="the document, of which the hash is sent"
    )
    parser.add_argument(
        "--by", action="append", required=required, default=[], metavar="OFFICER", help="who took the step; repeatable"
    )
    parser.add_argument("--at", type=_instant, default=None, metavar="TIME", help="when, with offset (default: now)")
    parser.add_argument("--reasons", default="", help="reasons, where the law wants them")


def step_of(arguments: argparse.Namespace, kind: ReferralActKind, to_agency: str = "") -> pb.ReferralStep:
    """Return the step of a command line.

    Raises:
        OSError: The document cannot be read.
    """
    with arguments.document_file.open("rb") as document:
        digest = hashlib.file_digest(document, "sha256").hexdigest()
    step = pb.ReferralStep(
        kind=int(kind),  # type: ignore[arg-type]  # the same numbers
        document_number=arguments.document,
        document_sha256=digest,
        officers=arguments.by,
        reasons=arguments.reasons,
        to_agency=to_agency,
    )
    step.at.FromDatetime(arguments.at or now())
    return step


def request_id(arguments: argparse.Namespace) -> str:
    """Return the id of the call: what was typed, else a new one."""
    return arguments.request_id or str(uuid.uuid4())


def now() -> datetime:
    """Return this moment, UTC."""
    return datetime.now(UTC)


@contextmanager
def speaking(arguments: argparse.Namespace) -> Iterator[Party]:
    """Open a channel as the party of the command line.

    Raises:
        ConfigurationError: ``client.toml`` names no certificate for the party.
        SettingsError: A certificate or key file cannot be used.
        DossierError: The authorities cannot be read.
    """
    who, file = caller(arguments), client_file(arguments)
    signer = Signer(file.certificates / f"{who}.pem", file.certificates / f"{who}.key")
    trusted = authorities(file.ca_bundle)
    with connect(arguments, who) as client:
        yield Party(client, arguments.officer, signer, trusted)


def caller(arguments: argparse.Namespace) -> str:
    """Return whose certificate is used, as its files are named.

    Raises:
        ConfigurationError: ``client.toml`` names none for the party, and the command line none either.
    """
    if arguments.caller:
        return str(arguments.caller)
    parties = client_file(arguments).parties
    if arguments.party not in parties:
        raise ConfigurationError(
            "client.toml", f"client.referrals.{arguments.party}", "is missing, and there is no --as"
        )
    return parties[arguments.party]


def place_of(arguments: argparse.Namespace) -> Path:
    """Return where the party keeps what is its own."""
    if arguments.place is not None:
        return Path(arguments.place)
    state = load_gateway(arguments.config / "gateway.toml", arguments.state).state
    return state / "referrals" / caller(arguments)


def keyring_of(arguments: argparse.Namespace) -> Keyring:
    """Return the party's own keys.

    Raises:
        DossierError: One cannot be used.
    """
    return Keyring(place_of(arguments) / "keys")


def _instant(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = datetime.min  # noqa: DTZ901 - without an offset, so that it is refused like one that has none
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no time with offset, such as 2026-11-02T09:30:00+08:00")
    return moment

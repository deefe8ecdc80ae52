"""``jsg check-person``: ask about a natural person from a terminal.

The number of the document is read from standard input or a file and never taken as an argument: arguments stand in
shell histories and in the list of processes.
"""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from google.protobuf import json_format
from jointsanctions.v1 import common_pb2, credit_pb2, listing_pb2

from formats.resident_ids import mask_resident_ids
from gateway.cli.check import EXIT_CODES, add_question, moment, question_of
from gateway.cli.connection import client_file, command, connect
from gateway.cli.local_city import SEED
from gateway.cli.show_person import show_person
from gateway.domain.kinds.fact import DOCUMENT_TYPES
from gateway.domain.person_words import PersonCapacity
from gateway.domain.vocabulary import Area, Verdict
from gateway.sample.invention import person

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

USAGE: Final = 2
EXAMPLE: Final = (
    "jsg check-person --name 示例甲 --area awards --point nomination --case PX-2026-9 < number.txt\n"
    "  jsg check-person --sample --area awards --point nomination --case PX-2026-9"
)
CAPACITIES: Final = {"own-name": PersonCapacity.OWN_NAME, "for-enterprise": PersonCapacity.FOR_ENTERPRISE}
LONGEST: Final = 256
"""Characters that are read of a document's number: a whole file by mistake is not."""


def register(subparsers: Subparsers) -> None:
    """Add ``check-person``."""
    check = command(subparsers, "check-person", "may this person go ahead?", EXAMPLE, run)
    check.add_argument("--document-type", default="RESIDENT_ID", choices=DOCUMENT_TYPES, help="kind of the document")
    number = check.add_mutually_exclusive_group()
    number.add_argument("--document-file", type=Path, metavar="FILE", help="its number (default: standard input)")
    number.add_argument("--sample", action="store_true", help="the listed person of the sample city, who is invented")
    check.add_argument("--name", default="", help="full name, compared with the record")
    check.add_argument(
        "--capacity",
        default="own-name",
        choices=CAPACITIES,
        help="in its own name (default), or for an enterprise, as a project leader or legal representative does",
    )
    add_question(check)
    consent = check.add_argument_group("the person's consent, which a bank needs (R-04)")
    consent.add_argument("--consent", default="", metavar="NUMBER", help="number of the document")
    consent.add_argument("--signed-on", default="", metavar="DATE", help="day of signing")
    consent.add_argument("--expires-on", default="", metavar="DATE", help="last day on which it holds")
    confirmation = check.add_argument_group("an officer's confirmation of an earlier answer (I-53)")
    confirmation.add_argument("--confirm", default="", metavar="WRITER/NUMBER/LEAF", help="position of that answer")
    confirmation.add_argument("--confirmed-by", default="", metavar="OFFICER", help="who has looked at it")
    confirmation.add_argument("--confirmed-at", default="", metavar="INSTANT", help="when (default: now)")


def request_of(arguments: argparse.Namespace) -> credit_pb2.CheckPersonRequest:
    """Return the request that the command line asks for; ``ValueError`` says what is wrong with it."""
    request = credit_pb2.CheckPersonRequest(question=question_of(arguments), person=_person(arguments))
    request.capacity = int(CAPACITIES[arguments.capacity])  # type: ignore[assignment]  # the numbers are the same
    if arguments.consent or arguments.signed_on or arguments.expires_on:
        # The consent's purpose is the question's: another would be refused.
        request.authorization_ref.CopyFrom(
            common_pb2.Authorization(
                document_number=arguments.consent,
                signed_on=arguments.signed_on,
                purpose=arguments.purpose,
                expires_on=arguments.expires_on,
            )
        )
    if arguments.confirm:
        request.confirmation.CopyFrom(_confirmation(arguments))
    elif arguments.confirmed_by or arguments.confirmed_at:
        raise ValueError("--confirm is required with --confirmed-by and --confirmed-at")
    return request


def _person(arguments: argparse.Namespace) -> listing_pb2.PersonRef:
    """Return who is asked about; ``ValueError`` for a file that cannot be read, or holds more than one line."""
    if arguments.sample:
        return person(SEED, 0)
    if arguments.document_file is None:
        # At a terminal it is not shown while it is typed.
        ask = "证件号码 number of the document: "
        text = getpass.getpass(ask) if sys.stdin.isatty() else sys.stdin.readline(LONGEST)
    else:
        try:
            with arguments.document_file.open(encoding="utf-8-sig") as file:
                text = file.read(LONGEST)
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"--document-file: {arguments.document_file}: cannot be read") from error
    number = text.strip()
    if not number or "\n" in number:
        raise ValueError("the number of the document is one line, in standard input or --document-file")
    return listing_pb2.PersonRef(name=arguments.name, document_type=arguments.document_type, document_number=number)


def _confirmation(arguments: argparse.Namespace) -> credit_pb2.OfficerConfirmation:
    parts = arguments.confirm.split("/")
    try:
        writer, number, leaf = parts
        position = common_pb2.AuditPosition(writer=writer, number=int(number), leaf_hash=bytes.fromhex(leaf))
    except ValueError as error:
        raise ValueError("--confirm: is not WRITER/NUMBER/LEAF, as the earlier answer shows it") from error
    confirmation = credit_pb2.OfficerConfirmation(officer=arguments.confirmed_by, position=position)
    at = moment("--confirmed-at", arguments.confirmed_at) if arguments.confirmed_at else datetime.now(UTC)
    confirmation.confirmed_at.FromDatetime(at)
    return confirmation


def run(arguments: argparse.Namespace) -> int:
    """Ask, print the answer, and return the verdict's exit code."""
    try:
        request = request_of(arguments)
    except ValueError as error:
        print(f"jsg check-person: {mask_resident_ids(str(error))}", file=sys.stderr)
        return USAGE
    caller = client_file(arguments).areas[Area[arguments.area.upper()]]
    with connect(arguments, caller) as client:
        answer = client.check_person(request)
    if arguments.json:
        print(json_format.MessageToJson(answer, preserving_proto_field_name=True, ensure_ascii=False))
    else:
        show_person(answer)
    return EXIT_CODES[Verdict(answer.decision.verdict)]

"""``jsg outcome``: what a deciding system did after an answer, as it reports and reads it; what HRSS sees of it."""

from __future__ import annotations

import argparse
import sys
import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from jointsanctions.v1 import outcome_pb2 as pb

from formats.civil import civil_date
from formats.resident_ids import mask_resident_ids
from gateway.cli.account import account
from gateway.cli.check import decision_point
from gateway.cli.connection import client_file, command, connect, day
from gateway.cli.outcome_lists import print_json, run_decided, run_list
from gateway.domain.outcomes import FulfilmentKind, OutcomeKind
from gateway.domain.vocabulary import DISABLED_AREAS, Area

if TYPE_CHECKING:
    from gateway.cli.connection import Subparsers

OK, USAGE = 0, 2
EXAMPLE = (
    "jsg outcome report 91420300MA10004470 --area bidding --point award --case JSGC-2026-17 \\\n"
    "    --answer gw1-0/17 --leaf 93f403ea52b22ec16707f3d4c5c40fbfe2fa28d3ba85d638cb728e3d8dd25989 \\\n"
    "    --outcome granted_with_conditions --met officer_review=已核实整改 --document 示交易〔2026〕7号"
)


def register(subparsers: Subparsers) -> None:
    """Add ``outcome`` with its commands."""
    outcome = subparsers.add_parser("outcome", help="what was done in a case after an answer")
    commands = outcome.add_subparsers(required=True, metavar="COMMAND")
    _register_report(commands)
    listed = command(
        commands, "list", "what one's own agency reported", "jsg outcome list --area bidding --case C-1", run_list
    )
    listed.add_argument("--area", required=True, choices=_areas(), help="area of the certificate to use")
    listed.add_argument("--case", default="", dest="case_ref", help="only of this case")
    listed.add_argument("--uscc", default="", help="only about this enterprise")
    listed.add_argument("--all", action="store_true", help="also what has been corrected since")
    listed.add_argument(
        "--missing",
        action="store_true",
        help="instead, the answers at final points without an outcome (exit code 3: one is overdue)",
    )
    month_ago = (civil_date(datetime.now(UTC)) - timedelta(days=30)).isoformat()
    listed.add_argument(
        "--since", type=day, default=month_ago, metavar="YYYY-MM-DD", help="answers from this day on (30 days ago)"
    )
    decided = command(
        commands,
        "decided",
        "cases decided on records that never weighed, for HRSS (exit code 3: one is still to be examined again)",
        "jsg outcome decided",
        run_decided,
    )
    decided.add_argument("--all", action="store_true", help="also what has been examined again")
    for parser in (listed, decided):
        parser.add_argument("--officer", default=account(), help="who reads (default: the account logged in)")


def _register_report(commands: Subparsers) -> None:
    report = command(commands, "report", "report what was done in a case", EXAMPLE, run_report)
    report.add_argument("uscc", metavar="USCC", help="code of the enterprise that was asked about")
    report.add_argument("--area", required=True, choices=_areas(), help="area")
    report.add_argument("--point", required=True, help="decision point, such as award")
    report.add_argument("--case", required=True, dest="case_ref", help="case number, as it was asked with")
    report.add_argument("--answer", required=True, type=place, metavar="WRITER/NUMBER", help="where it is recorded")
    report.add_argument("--leaf", required=True, type=leaf, metavar="HEX", help="leaf hash beside it")
    report.add_argument("--line", default=b"", type=leaf, metavar="HEX", help="for an item of a batch: its line hash")
    kinds = [kind.name.lower() for kind in OutcomeKind]
    report.add_argument("--outcome", required=True, choices=kinds, help="what was done")
    today = civil_date(datetime.now(UTC)).isoformat()
    report.add_argument(
        "--part", default="", help="lot, instalment or other part that was decided (default: all of it)"
    )
    report.add_argument("--on", type=day, default=today, metavar="YYYY-MM-DD", help="day of the decision (today)")
    report.add_argument("--document", default="", help="document number of the decision")
    report.add_argument(
        "--met", action="append", default=[], type=met, metavar="CONDITION=TEXT", help="condition that was met"
    )
    report.add_argument("--note", default="", help="free text; the reason of an override")
    report.add_argument("--supersedes", default="", metavar="OUTCOME", help="id of the outcome that this one corrects")
    report.add_argument(
        "--ending", default="", metavar="ENDING", help="id of the ending on whose account it was examined again"
    )
    report.add_argument("--officer", default=account(), help="who decided (default: the account logged in)")
    report.add_argument("--request-id", default="", help="id of the call; the same again changes nothing")


def place(text: str) -> tuple[str, int]:
    """Return (writer, number) of a ``WRITER/NUMBER`` argument."""
    writer, _, number = text.rpartition("/")
    if not writer or not number.isascii() or not number.isdigit() or int(number) >= 2**64:
        raise argparse.ArgumentTypeError(f"{text!r} is not WRITER/NUMBER")
    return writer, int(number)


def leaf(text: str) -> bytes:
    """Return the bytes of a leaf hash of 64 hexadecimal digits."""
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != 32:
        raise argparse.ArgumentTypeError(f"{text!r} is not a hash of 64 hexadecimal digits")
    return found


def met(text: str) -> pb.FulfilledCondition:
    """Return the condition of a ``CONDITION=TEXT`` argument."""
    name, separator, said = text.partition("=")
    if not separator or name.upper() not in FulfilmentKind.__members__:
        known = ", ".join(kind.name.lower() for kind in FulfilmentKind)
        raise argparse.ArgumentTypeError(f"{text!r} is not CONDITION=TEXT with one of {known}")
    return pb.FulfilledCondition(
        kind=int(FulfilmentKind[name.upper()]),  # type: ignore[arg-type]  # the same numbers
        text=said,
    )


def run_report(arguments: argparse.Namespace) -> int:
    """Report one outcome."""
    area = Area[arguments.area.upper()]
    try:
        point = decision_point(area, arguments.point)
    except ValueError as error:
        print(f"jsg outcome: {mask_resident_ids(str(error))}", file=sys.stderr)
        return USAGE
    writer, number = arguments.answer
    request = pb.ReportOutcomeRequest(
        request_id=arguments.request_id or str(uuid.uuid4()),
        area=int(area),  # type: ignore[arg-type]  # the same numbers
        decision_point=int(point),  # type: ignore[arg-type]  # likewise
        case_ref=arguments.case_ref,
        officer=arguments.officer,
        uscc=arguments.uscc,
        answer=pb.AnswerPosition(writer=writer, number=number, leaf_hash=arguments.leaf, line_hash=arguments.line),
        outcome=int(OutcomeKind[arguments.outcome.upper()]),  # type: ignore[arg-type]  # likewise
        decided_on=arguments.on,
        document_number=arguments.document,
        conditions=arguments.met,
        note=arguments.note,
        supersedes=arguments.supersedes,
        reexamined_ending_id=arguments.ending,
        part=arguments.part,
    )
    with connect(arguments, client_file(arguments).areas[area]) as client:
        response = client.report_outcome(request)
    if not print_json(arguments, response):
        print(f"已登记 reported  {response.outcome_id}")
    return OK


def _areas() -> list[str]:
    return [area.name.lower() for area in Area if area not in DISABLED_AREAS]

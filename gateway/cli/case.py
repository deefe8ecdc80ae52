"""``jsg case``: a case in hand, from its registration to its end, as a deciding system's officer types it.

Here are the acts on a case; which there are is in ``case_list``, what is followed in ``case_watch``, the award gate in
``case_clear``.
"""

from __future__ import annotations

import argparse
import sys
import uuid
from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import case_pb2, credit_pb2

from formats.resident_ids import mask_resident_ids
from gateway.cli import case_clear, case_list, case_watch
from gateway.cli.case_show import show_case
from gateway.cli.case_terms import add_case, add_terms, terms_of
from gateway.cli.connection import client_file, command, connect
from gateway.cli.outcome_lists import print_json
from gateway.domain.cases import CaseCloseReason
from gateway.domain.vocabulary import Area

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.client import GatewayClient
    from gateway.cli.connection import Subparsers

OK, USAGE = 0, 2
OPEN: Final = (
    "jsg case open --area bidding --case JSGC-2026-17 --part 1 --point award \\\n"
    "    --applicant 91420300MA10004470 --applicant 91420300MA10004390,91420300MA10004042 \\\n"
    "    --fact project_region=420302 --fact must_be_tendered=true --fact state_funds=true --fact cutoff_rule=NOT_FIXED"
)
AMEND: Final = (
    "jsg case amend --area bidding --case JSGC-2026-17 --part 1 --replaces 1 --why 一家退出 --terms terms.json"
)
CLOSE: Final = "jsg case close --area bidding --case JSGC-2026-17 --part 1 --reason awarded"


def register(subparsers: Subparsers) -> None:
    """Add ``case`` with its commands."""
    case = subparsers.add_parser("case", help="a case in hand: registered, watched, cleared, closed")
    commands = case.add_subparsers(required=True, metavar="COMMAND")
    opened = command(commands, "open", "register a case", OPEN, run_open)
    amended = command(commands, "amend", "give all terms of a case as they are to be", AMEND, run_amend)
    for parser in (opened, amended):
        add_case(parser)
        add_terms(parser)
    amended.add_argument("--replaces", type=_version, required=True, metavar="VERSION", help="newest version so far")
    amended.add_argument("--why", required=True, help="why")
    closed = command(commands, "close", "say that a case is over", CLOSE, run_close)
    add_case(closed)
    reasons = [reason.name.lower() for reason in CaseCloseReason]
    closed.add_argument("--reason", required=True, choices=reasons, help="why")
    closed.add_argument("--note", default="", help="free text")
    for parser in (opened, amended, closed):
        parser.add_argument("--request-id", default="", help="id of the call; the same again changes nothing")
    case_list.register(commands)
    case_watch.register(commands)
    case_clear.register(commands)


def run_open(arguments: argparse.Namespace) -> int:
    """Register a case."""
    return _registered(arguments, credit_pb2.OpenCaseRequest(), credit_pb2.OpenCaseResponse)


def run_amend(arguments: argparse.Namespace) -> int:
    """Replace the terms of a case."""
    request = credit_pb2.AmendCaseRequest(replaces_version=arguments.replaces, reason=arguments.why)
    return _registered(arguments, request, credit_pb2.AmendCaseResponse)


def run_close(arguments: argparse.Namespace) -> int:
    """Close a case."""
    request = case_pb2.CloseCaseRequest(
        reason=int(CaseCloseReason[arguments.reason.upper()]),  # type: ignore[arg-type]  # the same numbers
        note=arguments.note,
    )
    _name(arguments, request)
    return _done(arguments, lambda client: client.credit("CloseCase", request, case_pb2.CloseCaseResponse))


def _registered(arguments: argparse.Namespace, request: Any, answer: Any) -> int:  # noqa: ANN401 - one of two acts
    """Send one of the two acts that give terms."""
    _name(arguments, request)
    try:
        request.terms.CopyFrom(terms_of(arguments))
    except ValueError as error:
        print(f"jsg case: {mask_resident_ids(str(error))}", file=sys.stderr)
        return USAGE
    rpc = type(request).__name__.removesuffix("Request")
    return _done(arguments, lambda client: client.credit(rpc, request, answer))


def _name(arguments: argparse.Namespace, request: Any) -> None:  # noqa: ANN401 - one of three acts
    """Say which case it is, who acts, and under which id."""
    request.request_id = arguments.request_id or str(uuid.uuid4())
    request.officer = arguments.officer
    request.area = int(Area[arguments.area.upper()])
    request.case_ref, request.part = arguments.case_ref, arguments.part


def _done(arguments: argparse.Namespace, act: Callable[[GatewayClient], Any]) -> int:
    with connect(arguments, client_file(arguments).areas[Area[arguments.area.upper()]]) as client:
        response = act(client)
    if not print_json(arguments, response):
        show_case(response.case)
    return OK


def _version(text: str) -> int:
    """Return the version of an argument, from 1."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) < 2**32:
        raise argparse.ArgumentTypeError(f"{text!r} is no version, which is a number from 1")
    return int(text)

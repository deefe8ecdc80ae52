"""``jsg mandate list|propose|end|approve``: who may call, changed by two persons.

Each speaks by a certificate that names a person: ``--as AGENCY.ROLE.HOLDER``.
"""

from __future__ import annotations

import argparse
import json
import sys
import uuid
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from google.protobuf import json_format
from jointsanctions.v1 import admin_pb2 as pb

from adapters.errors import GatewayError
from formats.civil import parse_instant
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect
from gateway.cli.mandate_show import caller_lines, proposal_lines, refusal_lines
from gateway.rpc.mandate_answers import mandate_pb
from gateway.settings.agencies_file import load_entry

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.message import Message

    from gateway.cli.connection import Subparsers

OK, ERROR, WAITS = 0, 1, 4
PERSON: Final = "--as gateway-operations.operator.chen"
OTHER: Final = "--as gateway-operations.operator.zhao"


def register(subparsers: Subparsers) -> None:
    """Add ``mandate`` with its commands."""
    mandate = subparsers.add_parser("mandate", help="who may call, and what each may do")
    commands = mandate.add_subparsers(required=True, metavar="COMMAND")
    say = "list callers with their mandates, and what waits for an approval"
    listing = command(commands, "list", say, "jsg mandate list --waiting", run_list)
    listing.add_argument("--agency", default="", metavar="ID", help="only this agency")
    listing.add_argument("--waiting", action="store_true", help="only those for whom something waits")
    say = "propose a mandate: a file with one entry in the layout of agencies.toml"
    example = f'jsg {PERSON} mandate propose tourism.toml --reason "new duty" --document 府办〔2026〕9号'
    propose = command(commands, "propose", say, example, run_propose)
    propose.add_argument("file", type=Path, metavar="FILE", help="the entry, with its legal_basis")
    say = "propose that a mandate ends before its time"
    example = f'jsg {PERSON} mandate end tourism.asking-system --reason "merged" --document 府办〔2026〕10号'
    end = command(commands, "end", say, example, run_end)
    end.add_argument("whose", metavar="AGENCY.ROLE", help="whose mandate")
    end.add_argument("--at", type=_instant, default="", metavar="INSTANT", help="RFC 3339 (default: the approval)")
    say = "approve what another person has proposed; it holds within a second everywhere"
    approve = command(commands, "approve", say, f"jsg {OTHER} mandate approve mandate-…", run_approve)
    approve.add_argument("proposal", metavar="PROPOSAL", help="its id, as it was printed")
    for parser in (propose, end):
        parser.add_argument("--reason", required=True, help="why")
        parser.add_argument("--document", required=True, help="number of the document that orders it")
    for parser in (listing, propose, end, approve):
        parser.add_argument("--officer", default=account(), help="who does it (default: the account logged in)")


def run_list(arguments: argparse.Namespace) -> int:
    """Print every caller asked for, page after page."""
    request = pb.ListCallersRequest(officer=arguments.officer, agency=arguments.agency, waiting_only=arguments.waiting)
    callers: list[pb.Caller] = []
    with connect(arguments, client_file(arguments).operations) as client:
        while True:
            page = client.admin("ListCallers", request, pb.ListCallersResponse)
            callers.extend(page.callers)
            request.page_token = page.next_page_token
            if not request.page_token:
                break
    if arguments.json:
        print(json.dumps([_plain(caller) for caller in callers], ensure_ascii=False, indent=2))
        return OK
    lines = [line for caller in callers for line in caller_lines(caller)]
    print("\n".join(lines or ["没有 none"]))
    return OK


def run_propose(arguments: argparse.Namespace) -> int:
    """Propose the mandate in the file; 4, because another person has to approve it."""
    return _propose(arguments, pb.ProposeMandateRequest(mandate=mandate_pb(load_entry(arguments.file))))


def run_end(arguments: argparse.Namespace) -> int:
    """Propose an end; 4 likewise."""
    agency, _, role = arguments.whose.partition(".")
    request = pb.ProposeMandateRequest(ending=pb.MandateEnding(agency=agency, role=role))
    if arguments.at:
        request.ending.ends_at.FromDatetime(parse_instant(arguments.at).astimezone(UTC))
    return _propose(arguments, request)


def run_approve(arguments: argparse.Namespace) -> int:
    """Approve a proposal; 1 and why when that cannot be."""
    named = f"{arguments.caller}\0{arguments.officer}\0{arguments.proposal}"
    request = pb.ApproveMandateRequest(
        # The same word of the same person has the same id: one that was broken off is answered, not refused.
        request_id=str(uuid.uuid5(uuid.NAMESPACE_URL, named)),
        officer=arguments.officer,
        proposal=arguments.proposal,
    )
    done = _sent(arguments, "ApproveMandate", request, pb.ApproveMandateResponse)
    if done is None:
        return ERROR
    return _print(arguments, done, ["已批准 approved", *caller_lines(done.caller)])


def _propose(arguments: argparse.Namespace, request: pb.ProposeMandateRequest) -> int:
    request.request_id = str(uuid.uuid4())
    request.officer = arguments.officer
    request.reason, request.document_number = arguments.reason, arguments.document
    done = _sent(arguments, "ProposeMandate", request, pb.ProposeMandateResponse)
    if done is None:
        return ERROR
    _print(arguments, done, [*proposal_lines(done.proposal), f"jsg {OTHER} mandate approve {done.proposal.proposal}"])
    return WAITS


def _sent(arguments: argparse.Namespace, rpc: str, request: Message, answer: type[Any]) -> Any:  # noqa: ANN401 - of that type
    """Return the answer; None when it was refused, which is said."""
    with connect(arguments, client_file(arguments).operations) as client:
        try:
            return client.admin(rpc, request, answer)
        except GatewayError as error:
            said = f"{error.code.name} {error.reason}: {error.message}"
            print("\n".join([f"jsg mandate: {said}", *refusal_lines(error)]), file=sys.stderr)
            return None


def _print(arguments: argparse.Namespace, message: Message, lines: Iterable[str]) -> int:
    print(json.dumps(_plain(message), ensure_ascii=False, indent=2) if arguments.json else "\n".join(lines))
    return OK


def _plain(message: Message) -> dict[str, Any]:
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def _instant(said: str) -> str:
    """Return an instant as it was typed; raises ``argparse.ArgumentTypeError`` for another form."""
    try:
        if said:
            parse_instant(said)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
    return said

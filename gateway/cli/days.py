"""``jsg audit days|count|release`` and ``jsg window proof``: what the indexes of days prove, and releasing a case."""

from __future__ import annotations

import argparse
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from jointsanctions.v1 import common_pb2, day_index_pb2, opened_entry_pb2

from formats.day_proof import SIDES, decode_day_proof
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect, day

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from gateway.cli.connection import Subparsers

OK = 0


def register(commands: Subparsers) -> None:
    """Add the commands to those of ``audit``."""
    example = "jsg audit days 91420300MA10004470 --from 2026-11-01 --until 2026-11-30 --out asked.json"
    days = command(
        commands, "days", "prove which calls asked about an enterprise, and that these are all", example, run_days
    )
    _add_span(days)
    _add_case(days)
    example = "jsg --as sample-court.court audit open 2026/812 --case X-1 --document 法〔2026〕3号 --out entry.json"
    opened = command(commands, "open", "as a court: have one entry opened, with its proof", example, run_open)
    opened.add_argument("place", type=_place, metavar="YEAR/INDEX", help="where it stands, as a proof of days says")
    opened.add_argument("--item", type=int, default=None, help="item of a batch, from 0")
    opened.add_argument("--officer", default=account(), help="who asks")
    opened.add_argument("--out", type=Path, required=True, metavar="FILE", help="write the receipt there")
    _add_case(opened)
    count = command(
        commands, "count", "prove how often an agency called", "jsg audit count 2026-11-24 --out count.json", run_count
    )
    count.add_argument("day", type=day, metavar="YYYY-MM-DD", help="day whose index is read")
    count.add_argument("--agency", default="", help="as an auditor: agency that called")
    count.add_argument("--role", dest="agency_role", default="", help="as an auditor: role in which it called")
    count.add_argument("--officer", default=account(), help="who asks")
    count.add_argument("--out", type=Path, default=None, metavar="FILE", help="write the receipt there")
    example = "jsg --as public-security.police audit release X-1 --document 法〔2026〕8号 --review-on 2027-01-31"
    release = command(commands, "release", "release an investigation of your own", example, run_release)
    release.add_argument("case_ref", metavar="CASE", help="number of the case, as its questions named it")
    release.add_argument("--document", required=True, help="number of the document that orders the release")
    release.add_argument("--review-on", type=day, required=True, metavar="YYYY-MM-DD", help="day of its review")
    release.add_argument("--request-id", default="", help="the same id releases once (default: new)")
    release.add_argument("--officer", default=account(), help="who answers for it")


def register_window(commands: Subparsers) -> None:
    """Add the command to those of ``window``."""
    example = (
        "jsg window proof 91420300MA10004470 --case 窗口〔2026〕3号 --from 2026-11-01 --until 2026-11-30 \\\n"
        "    --out asked.json"
    )
    say = "prove that these are all ordinary questions about the enterprise"
    proof = command(commands, "proof", say, example, run_own)
    _add_span(proof)
    proof.add_argument("--case", dest="case_ref", required=True, help="number of its application")


def run_days(arguments: argparse.Namespace) -> int:
    """Fetch the proof of both sides, and write it."""
    request = day_index_pb2.GetDayProofRequest(
        uscc=arguments.uscc,
        from_day=arguments.since,
        until_day=arguments.until,
        officer=arguments.officer,
        case_ref=arguments.case_ref,
    )
    if arguments.document:
        request.authorization_ref.CopyFrom(_approval(arguments))
    with connect(arguments, client_file(arguments).audit_reader) as client:
        found = client.audit("GetDayProof", request, day_index_pb2.GetDayProofResponse)
    return _write(arguments, found.proof)


def run_open(arguments: argparse.Namespace) -> int:
    """Have one entry opened, and write its receipt."""
    year, index = arguments.place
    request = opened_entry_pb2.OpenEntryRequest(
        log=year,
        index=index,
        item=arguments.item,
        case_ref=arguments.case_ref,
        authorization_ref=_approval(arguments),
        officer=arguments.officer,
    )
    with connect(arguments, client_file(arguments).audit_reader) as client:
        found = client.audit("OpenEntry", request, opened_entry_pb2.OpenEntryResponse)
    arguments.out.write_bytes(found.receipt)
    if not arguments.json:
        print(f"{arguments.out}: {found.origin} {index}")
    return OK


def run_own(arguments: argparse.Namespace) -> int:
    """Fetch the proof of the ordinary side at the window, and write it."""
    request = day_index_pb2.GetOwnDayProofRequest(
        enterprise=common_pb2.EnterpriseRef(uscc=arguments.uscc),
        case_ref=arguments.case_ref,
        officer=arguments.officer,
        from_day=arguments.since,
        until_day=arguments.until,
    )
    with connect(arguments, client_file(arguments).window) as client:
        found = client.subject("GetOwnDayProof", request, day_index_pb2.GetOwnDayProofResponse)
    return _write(arguments, found.proof)


def run_count(arguments: argparse.Namespace) -> int:
    """Fetch how often an agency called, print it, and write the receipt."""
    request = day_index_pb2.GetCallCountRequest(
        day=arguments.day, agency=arguments.agency, agency_role=arguments.agency_role, officer=arguments.officer
    )
    with connect(arguments, client_file(arguments).audit_reader) as client:
        found = client.audit("GetCallCount", request, day_index_pb2.GetCallCountResponse)
    if arguments.out is not None:
        arguments.out.write_bytes(found.receipt)
    if arguments.json:
        return _print_json(found)
    print(f"{arguments.day}  已答复 answered {found.answered}, 其他 others {found.others}")
    print(f"累计 in total  已答复 answered {found.answered_total}, 其他 others {found.others_total}")
    print(f"root {found.root.hex()}\nchain {found.chain.hex()}")
    return OK


def run_release(arguments: argparse.Namespace) -> int:
    """Release a case of the caller's own."""
    request = day_index_pb2.ReleaseInvestigationRequest(
        request_id=arguments.request_id or str(uuid.uuid4()),
        case_ref=arguments.case_ref,
        document_number=arguments.document,
        review_on=arguments.review_on,
        officer=arguments.officer,
    )
    with connect(arguments, client_file(arguments).audit_reader) as client:
        found = client.audit("ReleaseInvestigation", request, day_index_pb2.ReleaseInvestigationResponse)
    if arguments.json:
        return _print_json(found)
    before = "此前已公开 released before" if found.released_before else "已公开 released"
    print(f"{before}: {arguments.case_ref}, {found.questions} 次查询 questions")
    return OK


def _add_span(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("uscc", metavar="USCC", help="code of the enterprise")
    parser.add_argument("--from", dest="since", type=day, required=True, metavar="YYYY-MM-DD", help="first day")
    parser.add_argument("--until", type=day, required=True, metavar="YYYY-MM-DD", help="last day, inclusive")
    parser.add_argument("--officer", default=account(), help="who asks")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="write the proof there")


def _add_case(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--case", dest="case_ref", default="", help="of a court: number of its case")
    parser.add_argument("--document", default="", help="of a court: number of the document of approval")
    parser.add_argument("--signed-on", type=day, default="", metavar="YYYY-MM-DD", help="of a court: day of signing")
    parser.add_argument("--document-purpose", default="", help="of a court: what the document is given for")


def _approval(arguments: argparse.Namespace) -> common_pb2.Authorization:
    return common_pb2.Authorization(
        document_number=arguments.document, signed_on=arguments.signed_on, purpose=arguments.document_purpose
    )


def _place(text: str) -> tuple[int, int]:
    year, _, index = text.partition("/")
    if not (text.isascii() and year.isdigit() and index.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not YEAR/INDEX")
    return int(year), int(index)


def _write(arguments: argparse.Namespace, proof: bytes) -> int:
    """Write a proof, and say of what it is; whether it holds is for ``jsg audit verify``."""
    arguments.out.write_bytes(proof)
    uscc, days = decode_day_proof(proof)
    if not arguments.json:
        print(
            f"{arguments.out}: {uscc}, {len(days)} 日 days, {'+'.join(each for each in SIDES if each in days[0].spots)}"
        )
    return OK


def _print_json(message: Message) -> int:
    said: Any = json_format.MessageToJson(message, preserving_proto_field_name=True, ensure_ascii=False)
    print(said)
    return OK

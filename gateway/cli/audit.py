"""``jsg audit``: its commands, and ``jsg audit search``: who asked about whom, when, and what was answered."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from google.protobuf import json_format
from jointsanctions.v1 import audit_pb2

from formats.civil import parse_instant
from gateway.cli import anomalies, days, fsck, receipt, reconcile, verify
from gateway.cli.connection import client_file, command, connect
from gateway.cli.show import local
from gateway.domain.vocabulary import DecisionPoint, Verdict

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK, USAGE = 0, 2


def register(subparsers: Subparsers) -> None:
    """Add ``audit`` with its command."""
    audit = subparsers.add_parser("audit", help="the record of calls")
    commands = audit.add_subparsers(required=True, metavar="COMMAND")
    search = command(
        commands, "search", "find recorded calls, newest first", "jsg audit search --case JSGC-2026-17", run
    )
    search.add_argument("--uscc", default="", help="enterprise asked about")
    search.add_argument("--agency", default="", help="agency that called")
    search.add_argument("--officer", default="", help="officer named in the call")
    search.add_argument("--case", dest="case_ref", default="", help="case number")
    search.add_argument("--verdict", default="", choices=["", *(v.name.lower() for v in Verdict)], help="verdict given")
    search.add_argument("--outcome", default="", help="OK or an error reason, such as AREA_NOT_IN_MANDATE")
    search.add_argument("--from", dest="since", default="", metavar="INSTANT", help="first instant, inclusive")
    search.add_argument("--until", default="", metavar="INSTANT", help="last instant, exclusive")
    search.add_argument("--limit", type=int, default=100, help="rows a page (default 100)")
    search.add_argument("--page", default="", metavar="TOKEN", help="next page, from the page before")
    search.add_argument("--searched-by", default=getpass.getuser(), help="who searches")
    anomalies.register(commands)
    receipt.register(commands)
    verify.register(commands)
    fsck.register(commands)
    days.register(commands)
    reconcile.register(commands)


def run(arguments: argparse.Namespace) -> int:
    """Search and print one page."""
    request = audit_pb2.SearchAccessRequest(
        uscc=arguments.uscc,
        agency=arguments.agency,
        officer=arguments.officer,
        case_ref=arguments.case_ref,
        outcome=arguments.outcome,
        page_size=arguments.limit,
        page_token=arguments.page,
        searched_by=arguments.searched_by,
    )
    if arguments.verdict:
        request.verdict = int(Verdict[arguments.verdict.upper()])  # type: ignore[assignment]  # the same numbers
    try:
        if arguments.since:
            getattr(request, "from").FromDatetime(parse_instant(arguments.since))
        if arguments.until:
            request.until.FromDatetime(parse_instant(arguments.until))
    except ValueError as error:
        print(f"jsg audit search: {error}")
        return USAGE
    with connect(arguments, client_file(arguments).audit_reader) as client:
        found = client.search_access(request)
    if arguments.json:
        print(json_format.MessageToJson(found, preserving_proto_field_name=True, ensure_ascii=False))
        return OK
    for entry in found.entries:
        show_entry(entry)
    if found.next_page_token:
        print(f"more: --page {found.next_page_token}")
    return OK


def show_entry(entry: audit_pb2.AccessEntry) -> None:
    """Print one recorded call on one line."""
    position = entry.position
    place = f"{position.writer}/{position.number}" + (f"[{entry.item}]" if entry.HasField("item") else "")
    verdict = Verdict(entry.verdict).name if entry.verdict else ""
    point = DecisionPoint(entry.decision_point).name if entry.decision_point else ""
    field = f"({entry.field or entry.assertion_fault})" if entry.field or entry.assertion_fault else ""
    signed = f" ✓{entry.officer_key}" if entry.officer_known == audit_pb2.OFFICER_KNOWN_ASSERTED else ""
    print(
        f"{local(position.recorded_at)} {place:12} {entry.agency or '?'} {entry.officer}{signed} {entry.method} "
        f"{entry.outcome}{field} {point} {entry.case_ref} {' '.join(entry.usccs)} {verdict}".rstrip()
    )

"""``jsg audit``: its commands, and ``jsg audit search``: who asked about whom, when, and what was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from google.protobuf import json_format
from jointsanctions.v1 import audit_pb2

from gateway.cli import (
    anomalies,
    audit_export,
    audit_replay,
    audit_review,
    audit_uncovered,
    days,
    fsck,
    receipt,
    reconcile,
    verifier,
    verify,
)
from gateway.cli.access_options import add_filter, with_filter
from gateway.cli.connection import client_file, command, connect
from gateway.cli.show import local
from gateway.domain.vocabulary import DecisionPoint, Verdict

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK = 0


def register(subparsers: Subparsers) -> None:
    """Add ``audit`` with its command."""
    audit = subparsers.add_parser("audit", help="the record of calls")
    commands = audit.add_subparsers(required=True, metavar="COMMAND")
    search = command(
        commands, "search", "find recorded calls, newest first", "jsg audit search --case JSGC-2026-17", run
    )
    add_filter(search)
    search.add_argument("--limit", type=int, default=100, help="rows a page (default 100)")
    search.add_argument("--page", default="", metavar="TOKEN", help="next page, from the page before")
    anomalies.register(commands)
    receipt.register(commands)
    verify.register(commands)
    verifier.register(commands)
    audit_export.register(commands)
    fsck.register(commands)
    audit_replay.register(commands)
    audit_uncovered.register(commands)
    audit_review.register(commands)
    days.register(commands)
    reconcile.register(commands)


def run(arguments: argparse.Namespace) -> int:
    """Search and print one page."""
    request = audit_pb2.SearchAccessRequest(page_size=arguments.limit, page_token=arguments.page)
    with_filter(request, arguments)
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

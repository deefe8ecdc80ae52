"""``jsg grade``: an enterprise's credit grade, and why."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from google.protobuf import json_format
from jointsanctions.v1 import common_pb2, credit_pb2

from formats.civil import midnight, parse_date
from gateway.cli.connection import client_file, command, connect
from gateway.cli.show import local
from gateway.domain.vocabulary import GradeLetter

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK, USAGE = 0, 2


def register(subparsers: Subparsers) -> None:
    """Add ``grade``."""
    example = "jsg grade 91420300MA10004470 --case DC-2026-3 --as-of 2026-06-30 --explain"
    grade = command(subparsers, "grade", "an enterprise's credit grade, and why", example, run)
    grade.add_argument("uscc", metavar="USCC", help="unified social credit code")
    grade.add_argument("--case", dest="case_ref", default="jsg-grade", help="case number (default: %(default)s)")
    grade.add_argument("--officer", default=getpass.getuser(), help="who asks (default: the account logged in)")
    grade.add_argument("--as-of", default="", metavar="YYYY-MM-DD", help="at the start of that day (default: now)")
    grade.add_argument("--explain", action="store_true", help="name every fact that it rests on")


def run(arguments: argparse.Namespace) -> int:
    """Read the record as HRSS and print the grade."""
    request = credit_pb2.GetCreditRecordRequest(
        enterprise=common_pb2.EnterpriseRef(uscc=arguments.uscc),
        case_ref=arguments.case_ref,
        officer=arguments.officer,
    )
    if arguments.as_of:
        try:
            request.as_of.FromDatetime(midnight(parse_date(arguments.as_of)))
        except ValueError as error:
            print(f"jsg grade: --as-of: {error}")
            return USAGE
    with connect(arguments, client_file(arguments).records_reader) as client:
        record = client.credit_record(request)
    if arguments.json:
        print(json_format.MessageToJson(record, preserving_proto_field_name=True, ensure_ascii=False))
        return OK
    _show(record, explain=arguments.explain)
    return OK


def _show(record: credit_pb2.GetCreditRecordResponse, *, explain: bool) -> None:
    grade, who = record.grade, record.enterprise
    print(f"{who.uscc} {who.name or '—'}: {GradeLetter(grade.letter).name}")
    print(f"  {grade.scheme} {grade.scheme_version}, {grade.period}, territory {grade.territory}, rule {grade.rule_id}")
    print(f"  {grade.explanation.zh}\n  {grade.explanation.en}")
    if grade.HasField("held_since"):
        print(f"  自 held since   {local(grade.held_since)}")
    if grade.HasField("changes_at"):
        print(f"  变动 changes at {local(grade.changes_at)} by time alone")
    if grade.confirmation_due:
        print("  待确认 HRSS has not yet confirmed the recovery (G-14)")
    for fact in grade.facts if explain else ():
        until = fact.counts_until or "—"
        print(f"  事实 fact {fact.kind}: {fact.record_id} {fact.document_number} [{fact.counts_from}, {until})")

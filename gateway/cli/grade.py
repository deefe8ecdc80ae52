"""``jsg grade``: an enterprise's credit grades by every scheme, and why."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from google.protobuf import json_format
from jointsanctions.v1 import common_pb2, grade_pb2

from formats.civil import midnight, parse_date
from formats.resident_ids import mask_resident_ids
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect
from gateway.cli.show_grade import show_grades

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK, USAGE = 0, 2


def register(subparsers: Subparsers) -> None:
    """Add ``grade``."""
    example = "jsg grade 91420300MA10004470 --case DC-2026-3 --as-of 2026-06-30 --explain"
    grade = command(subparsers, "grade", "an enterprise's credit grades, and why", example, run)
    grade.add_argument("uscc", metavar="USCC", help="unified social credit code")
    grade.add_argument("--case", dest="case_ref", default="jsg-grade", help="case number (default: %(default)s)")
    grade.add_argument("--officer", default=account(), help="who asks (default: the account logged in)")
    grade.add_argument("--as-of", default="", metavar="YYYY-MM-DD", help="at the start of that day (default: now)")
    grade.add_argument(
        "--known-at", default="", metavar="YYYY-MM-DD", help="by what was known at the start of that day (default: now)"
    )
    grade.add_argument("--scheme", default="", metavar="NAME", help="only this scheme, such as national-2016")
    grade.add_argument(
        "--explain",
        action="store_true",
        help="name every fact, what would change the grade, its history, the five systems and the wage deposit",
    )


def run(arguments: argparse.Namespace) -> int:
    """Ask as HRSS, and print the grades."""
    request = grade_pb2.ExplainGradeRequest(
        enterprise=common_pb2.EnterpriseRef(uscc=arguments.uscc),
        case_ref=arguments.case_ref,
        officer=arguments.officer,
    )
    for option, given, field in (
        ("--as-of", arguments.as_of, request.as_of),
        ("--known-at", arguments.known_at, request.known_at),
    ):
        try:
            if given:
                field.FromDatetime(midnight(parse_date(given)))
        except ValueError as error:
            print(f"jsg grade: {option}: {mask_resident_ids(str(error))}", file=sys.stderr)
            return USAGE
    with connect(arguments, client_file(arguments).records_reader) as client:
        answer = client.explain_grade(request)
    known = [each.grade.scheme for each in answer.schemes]
    if arguments.scheme and arguments.scheme not in known:
        print(f"jsg grade: --scheme: {arguments.scheme!r} is none of {', '.join(known)}", file=sys.stderr)
        return USAGE
    if arguments.scheme:
        wanted = [each for each in answer.schemes if each.grade.scheme == arguments.scheme]
        del answer.schemes[:]
        answer.schemes.extend(wanted)
    if arguments.json:
        print(json_format.MessageToJson(answer, preserving_proto_field_name=True, ensure_ascii=False))
    else:
        show_grades(answer, explain=arguments.explain)
    return OK

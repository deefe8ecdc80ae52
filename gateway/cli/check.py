"""``jsg check``: ask the question from a terminal."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Final

from google.protobuf import json_format
from jointsanctions.v1 import common_pb2, credit_pb2

from formats.civil import parse_instant
from formats.resident_ids import mask_resident_ids
from gateway.cli.account import account
from gateway.cli.check_kept import Kept, add_kept
from gateway.cli.connection import client_file, command, connect
from gateway.cli.resolve import resolved
from gateway.cli.show import show_answer
from gateway.domain.vocabulary import DISABLED_AREAS, Area, DecisionPoint, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.cli.connection import Subparsers

ERROR: Final = 1
EXIT_CODES: Final = {Verdict.CLEAR: 0, Verdict.RESTRICTED: 3, Verdict.CONDITIONAL: 4, Verdict.UNVERIFIABLE: 5}
EXAMPLE: Final = (
    "jsg check 91420300MA10004470 --area bidding --point award --case JSGC-2026-17 \\\n"
    "    --fact project_region=420302 --fact must_be_tendered=true --fact state_funds=true --fact form=SINGLE \\\n"
    "    --fact cutoff_rule=FIXED --fact cutoff_at=2026-11-20T09:00:00Z"
)


def register(subparsers: Subparsers) -> None:
    """Add ``check``."""
    check = command(subparsers, "check", "may this enterprise go ahead?", EXAMPLE, run)
    check.add_argument("uscc", nargs="?", default="", metavar="USCC", help="unified social credit code")
    check.add_argument(
        "--name", default="", help="full name, compared with the record; without a code who is meant is looked for"
    )
    check.add_argument("--member", action="append", default=[], metavar="USCC", help="other consortium member")
    add_kept(check)
    check.add_argument("--explain", action="store_true", help="name also the rules that did not fire")
    add_question(check)


def add_question(check: argparse.ArgumentParser) -> None:
    """Add the options of a question, whoever it is about."""
    check.add_argument("--area", required=True, choices=area_names(), help="area")
    check.add_argument("--point", required=True, help="decision point, such as award")
    check.add_argument("--case", required=True, dest="case_ref", help="case number of the deciding system")
    check.add_argument("--fact", action="append", default=[], type=fact, metavar="NAME=VALUE", help="fact of the case")
    check.add_argument("--officer", default=account(), help="who asks (default: the account logged in)")
    check.add_argument("--purpose", default="", help="free text for the record")
    check.add_argument(
        "--as-of", default="", metavar="INSTANT", help="moment asked about, such as 2027-01-01T00:00:00Z"
    )
    check.add_argument(
        "--known-at",
        default="",
        metavar="INSTANT",
        help="answer from what was on record then: for HRSS, as --as-of of the past is",
    )
    check.add_argument("--preview", action="store_true", help="the moment lies ahead: an outlook")
    check.add_argument("--fresh", type=int, default=0, metavar="REVISION", help="least data revision to answer from")


def area_names() -> list[str]:
    """Return the areas that can be asked about, as they are typed."""
    return [area.name.lower() for area in Area if area not in DISABLED_AREAS]


def fact(text: str) -> tuple[str, str]:
    """Return (name, value) of a ``NAME=VALUE`` argument."""
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def case_facts(area: Area, given: list[tuple[str, str]]) -> credit_pb2.CaseFacts:
    """Return the facts of the case for the wire.

    Raises:
        ValueError: A name or value that the area's facts do not have; the message names it.
    """
    facts = credit_pb2.CaseFacts()
    if not given:
        return facts
    which = area.name.lower()
    if which not in facts.DESCRIPTOR.fields_by_name:
        raise ValueError(f"the area {which} takes no facts")
    message = getattr(facts, which)
    for name, value in given:
        field = message.DESCRIPTOR.fields_by_name.get(name)
        if field is None:
            known = ", ".join(message.DESCRIPTOR.fields_by_name)
            raise ValueError(f"--fact {name}: {which} has {known}")
        if field.message_type is not None:
            getattr(message, name).FromDatetime(moment(f"--fact {name}", value))
        else:
            setattr(message, name, _value(field, name, value))
    return facts


def moment(option: str, value: str) -> datetime:
    """Return the instant given to *option*; ``ValueError`` names the option."""
    try:
        return parse_instant(value)
    except ValueError as error:
        raise ValueError(f"{option}: {error}") from error


def _value(field: object, name: str, value: str) -> object:
    enum = getattr(field, "enum_type", None)
    if enum is not None:
        prefix = enum.values[0].name.removesuffix("UNSPECIFIED")
        known = {entry.name.removeprefix(prefix): entry.number for entry in enum.values[1:]}
        if value.upper() not in known:
            raise ValueError(f"--fact {name}: {value!r} is none of {', '.join(known)}")
        return known[value.upper()]
    kind = getattr(field, "cpp_type", None)
    if kind == getattr(field, "CPPTYPE_BOOL", None):
        if value not in {"true", "false"}:
            raise ValueError(f"--fact {name}: {value!r} is neither true nor false")
        return value == "true"
    if kind == getattr(field, "CPPTYPE_INT64", None):
        return int(value)
    return value


def decision_point(area: Area, name: str) -> DecisionPoint:
    """Return the point of *area* called *name*, such as ``award``; ``ValueError`` names those that there are."""
    full = f"{area.name}_{name.upper().replace('-', '_')}"
    if full not in DecisionPoint.__members__:
        prefix = f"{area.name}_"
        known = [point.name.removeprefix(prefix).lower() for point in DecisionPoint if point.area is area]
        raise ValueError(f"--point {name}: {area.name.lower()} has {', '.join(known)}")
    return DecisionPoint[full]


def request_of(arguments: argparse.Namespace) -> credit_pb2.CheckEligibilityRequest:
    """Return the request that the command line asks for; ``ValueError`` says what is wrong with it."""
    request = credit_pb2.CheckEligibilityRequest(
        question=question_of(arguments),
        enterprise=common_pb2.EnterpriseRef(uscc=arguments.uscc, name=arguments.name),
        consortium_members=[common_pb2.EnterpriseRef(uscc=code) for code in arguments.member],
    )
    request.question.explain = arguments.explain
    return request


def question_of(arguments: argparse.Namespace) -> credit_pb2.Question:
    """Return the question that the options of ``add_question`` ask; ``ValueError`` says what is wrong with it."""
    area = Area[arguments.area.upper()]
    question = credit_pb2.Question(
        case_ref=arguments.case_ref,
        officer=arguments.officer,
        purpose=arguments.purpose,
        preview=arguments.preview,
        at_least_as_fresh=arguments.fresh,
    )
    question.area = int(area)  # type: ignore[assignment]  # the numbers are the same
    question.decision_point = int(decision_point(area, arguments.point))  # type: ignore[assignment]
    question.case_facts.CopyFrom(case_facts(area, arguments.fact))
    if arguments.as_of:
        question.as_of.FromDatetime(moment("--as-of", arguments.as_of))
    if arguments.known_at:
        question.known_at.FromDatetime(moment("--known-at", arguments.known_at))
    return question


def run(arguments: argparse.Namespace) -> int:
    """Ask, print the answer, and return the verdict's exit code; of a name alone, that of no verdict."""
    if not arguments.uscc:
        if not arguments.name:
            print("jsg check: needs a USCC, or --name to find whose", file=sys.stderr)
            return 2
        resolved(arguments)
        return EXIT_CODES[Verdict.UNVERIFIABLE]
    try:
        request = request_of(arguments)
    except ValueError as error:
        print(f"jsg check: {mask_resident_ids(str(error))}", file=sys.stderr)
        return 2
    kept = Kept.of(arguments)
    caller = client_file(arguments).areas[Area[arguments.area.upper()]]
    with connect(arguments, caller) as client:
        answer = client.check(request)
        # First what was answered: it is on record and stands, whatever becomes of its receipt.
        if arguments.json:
            print(json_format.MessageToJson(answer, preserving_proto_field_name=True, ensure_ascii=False))
        else:
            show_answer(answer)
        if not kept.keep(client, request, answer):
            return ERROR
    return EXIT_CODES[Verdict(answer.decision.verdict)]

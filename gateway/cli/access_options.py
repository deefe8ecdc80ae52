"""The options by which recorded calls are searched and exported, and the request that they make."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any, TypeVar

from jointsanctions.v1 import audit_pb2, export_pb2

from formats.civil import parse_instant
from gateway.cli.account import account
from gateway.domain.vocabulary import DISABLED_AREAS, Area, Verdict

if TYPE_CHECKING:
    from datetime import datetime

R = TypeVar("R", audit_pb2.SearchAccessRequest, export_pb2.ExportAccessRequest)


def add_filter(parser: argparse.ArgumentParser) -> None:
    """Add what is looked for; every condition that is set must hold."""
    areas = [area.name.lower() for area in Area if area not in DISABLED_AREAS]
    parser.add_argument("--uscc", default="", help="enterprise asked about")
    parser.add_argument("--agency", default="", help="agency that called")
    parser.add_argument("--officer", default="", help="officer named in the call")
    parser.add_argument("--case", dest="case_ref", default="", help="case number")
    parser.add_argument("--area", default="", choices=["", *areas], help="area asked about")
    parser.add_argument("--verdict", default="", choices=["", *(v.name.lower() for v in Verdict)], help="verdict given")
    parser.add_argument("--outcome", default="", help="OK or an error reason, such as AREA_NOT_IN_MANDATE")
    parser.add_argument(
        "--from", dest="since", type=_instant, default=None, metavar="INSTANT", help="first instant, inclusive"
    )
    parser.add_argument("--until", type=_instant, default=None, metavar="INSTANT", help="last instant, exclusive")
    parser.add_argument(
        "--without-outcome",
        action="store_true",
        help="only answers about an enterprise in a case of which no outcome about it was reported",
    )
    parser.add_argument("--searched-by", default=account(), help="who searches")


def with_filter(request: R, arguments: argparse.Namespace) -> R:
    """Put what was typed into *request*, and return it."""
    filled: Any = request
    for name in ("uscc", "agency", "officer", "case_ref", "outcome", "without_outcome", "searched_by"):
        setattr(filled, name, getattr(arguments, name))
    if arguments.area:
        filled.area = int(Area[arguments.area.upper()])
    if arguments.verdict:
        filled.verdict = int(Verdict[arguments.verdict.upper()])
    if arguments.since is not None:
        getattr(filled, "from").FromDatetime(arguments.since)
    if arguments.until is not None:
        filled.until.FromDatetime(arguments.until)
    return request


def _instant(said: str) -> datetime:
    try:
        return parse_instant(said)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None

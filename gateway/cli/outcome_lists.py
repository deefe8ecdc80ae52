"""``jsg outcome list`` and ``decided``: what was reported, what is missing, and what has to be examined again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from jointsanctions.v1 import outcome_pb2 as pb

from gateway.cli.connection import client_file, connect
from gateway.cli.outcome_show import show_decided, show_missing, show_outcome
from gateway.domain.vocabulary import Area
from gateway.services.listing_steps import FEED

if TYPE_CHECKING:
    import argparse

OK, OWED = 0, 3
PAGE = 100
ANSWERS = 500
"""Answers looked at a page."""


def run_list(arguments: argparse.Namespace) -> int:
    """Print every outcome of one's own agency, page after page, or what is missing."""
    if arguments.missing:
        return _run_missing(arguments)
    request = pb.ListOutcomesRequest(
        officer=arguments.officer,
        case_ref=arguments.case_ref,
        uscc=arguments.uscc,
        with_superseded=arguments.all,
        page_size=PAGE,
    )
    found = pb.ListOutcomesResponse()
    with connect(arguments, client_file(arguments).areas[Area[arguments.area.upper()]]) as client:
        _gather(found, request, client.list_outcomes)
    if not print_json(arguments, found):
        for each in found.outcomes:
            show_outcome(each)
        print(f"{len(found.outcomes)} 条处理结果 outcomes")
    return OK


def run_decided(arguments: argparse.Namespace) -> int:
    """Print the cases decided on what never weighed; 3 while one of them is still to be examined again."""
    request = pb.ListDecidedCasesRequest(officer=arguments.officer, with_reexamined=arguments.all, page_size=PAGE)
    found = pb.ListDecidedCasesResponse()
    with connect(arguments, client_file(arguments).feeds[FEED]) as client:
        _gather(found, request, lambda sent: client.registry("ListDecidedCases", sent, pb.ListDecidedCasesResponse))
    if not print_json(arguments, found):
        for each in found.cases:
            show_decided(each)
        print(f"{len(found.cases)} 件 cases")
    return OWED if any(each.decided.reexamine for each in found.cases) else OK


def _run_missing(arguments: argparse.Namespace) -> int:
    """Print each case, point and enterprise without an outcome once; 3 when one is overdue."""
    area = Area[arguments.area.upper()]
    request = pb.ListMissingOutcomesRequest(
        officer=arguments.officer,
        area=int(area),  # type: ignore[arg-type]  # the same numbers
        since_on=arguments.since,
        page_size=ANSWERS,
    )
    found = pb.ListMissingOutcomesResponse()
    with connect(arguments, client_file(arguments).areas[area]) as client:
        _gather(found, request, client.missing_outcomes)
    once: dict[tuple[str, int, str], pb.MissingOutcome] = {}
    for each in found.missing:
        # The newest answers come first, so that the first of each is the one to report on.
        if arguments.case_ref in {"", each.case_ref} and arguments.uscc in {"", each.uscc}:
            once.setdefault((each.case_ref, each.decision_point, each.uscc), each)
    shown = pb.ListMissingOutcomesResponse(missing=once.values(), due_working_days=found.due_working_days)
    if not print_json(arguments, shown):
        for each in shown.missing:
            show_missing(each)
        print(f"{len(shown.missing)} 件待上报 outcomes missing")
    return OWED if any(each.overdue for each in shown.missing) else OK


def _gather(found: Any, request: Any, ask: Any) -> None:  # noqa: ANN401 - one of two lists
    """Merge page after page into *found*."""
    while True:
        page = ask(request)
        found.MergeFrom(page)
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    found.ClearField("next_page_token")


def print_json(arguments: argparse.Namespace, message: Any) -> bool:  # noqa: ANN401 - any response
    """Print a response as JSON where that is asked for; return whether it is."""
    if arguments.json:
        print(json_format.MessageToJson(message, preserving_proto_field_name=True, ensure_ascii=False))
    return bool(arguments.json)

"""``jsg case list``: the agency's own cases, on whom something weighs, and what is not acknowledged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import case_pb2 as pb

from gateway.cli.account import account
from gateway.cli.case_show import show_listed
from gateway.cli.check import area_names
from gateway.cli.connection import client_file, command, connect
from gateway.cli.outcome_lists import print_json
from gateway.domain.vocabulary import Area

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK, OVERDUE = 0, 3
PAGE: Final = 100


def register(commands: Subparsers) -> None:
    """Add the command to those of ``case``."""
    words = "the agency's own cases of an area (exit code 3: an acknowledgement is overdue)"
    listed = command(commands, "list", words, "jsg case list --area bidding", run_list)
    listed.add_argument("--area", required=True, choices=area_names(), help="area, and so the certificate to use")
    listed.add_argument("--closed", action="store_true", help="those that are closed, too")
    listed.add_argument("--officer", default=account(), help="who reads (default: the account logged in)")


def run_list(arguments: argparse.Namespace) -> int:
    """Print every case, the one that was registered last first; 3 when an acknowledgement is overdue."""
    area = Area[arguments.area.upper()]
    request = pb.ListCasesRequest(
        officer=arguments.officer,
        area=int(area),  # type: ignore[arg-type]  # the same numbers
        closed_too=arguments.closed,
        page_size=PAGE,
    )
    found = pb.ListCasesResponse()
    with connect(arguments, client_file(arguments).areas[area]) as client:
        while True:
            page = client.list_cases(request)
            found.MergeFrom(page)
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
    found.ClearField("next_page_token")
    if not print_json(arguments, found):
        for each in found.cases:
            show_listed(each)
        owed = sum(each.unacknowledged for each in found.cases)
        print(f"{len(found.cases)} 项 cases, {owed} 条未签收 not acknowledged")
    return OVERDUE if any(each.overdue for each in found.cases) else OK

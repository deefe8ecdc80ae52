"""``jsg case watch``, ``acknowledge`` and ``unacknowledged``: what begins and ends to weigh between check and award."""

from __future__ import annotations

import argparse
import sys
import uuid
from typing import TYPE_CHECKING, Final

from google.protobuf import json_format
from jointsanctions.v1 import case_pb2 as pb

from gateway.cli.account import account
from gateway.cli.case_show import show_event, show_owed
from gateway.cli.check import area_names
from gateway.cli.connection import client_file, command, connect
from gateway.cli.outcome_lists import print_json
from gateway.cli.show import local
from gateway.domain.vocabulary import Area
from gateway.services.listing_steps import FEED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.cli.connection import Subparsers

OK, OVERDUE = 0, 3
PAGE: Final = 1_000
LARGEST: Final = 2**63 - 1
"""Of a sequence: what the wire carries."""


def register(commands: Subparsers) -> None:
    """Add the commands to those of ``case``."""
    watch = command(
        commands, "watch", "follow what weighs on the parties", "jsg case watch --area bidding --after 12", run_watch
    )
    watch.add_argument("--after", type=_cursor, default=0, metavar="SEQUENCE", help="last event that one has (0: none)")
    watch.add_argument("--case", default="", dest="case_ref", help="show only events of this case")
    watch.add_argument("--most", type=_sequence, default=None, metavar="N", help="end after so many events shown")
    watch.add_argument("--once", action="store_true", help="end at the first sign of life without an event")
    acknowledge = command(
        commands,
        "acknowledge",
        "say that events are in one's own records",
        "jsg case acknowledge 12 13 --area bidding",
        run_acknowledge,
    )
    acknowledge.add_argument("sequence", nargs="+", type=_sequence, metavar="SEQUENCE", help="number of the event")
    for parser in (watch, acknowledge):
        parser.add_argument("--area", required=True, choices=area_names(), help="area of the certificate to use")
    owed = command(
        commands,
        "unacknowledged",
        "which agencies have not acknowledged events, for HRSS (exit code 3: one is overdue)",
        "jsg case unacknowledged",
        run_unacknowledged,
    )
    for parser in (watch, acknowledge, owed):
        parser.add_argument("--officer", default=account(), help="who reads (default: the account logged in)")


def run_watch(arguments: argparse.Namespace) -> int:
    """Print events as they come, and at the end from where to go on, whatever ended it."""
    reached, shown = arguments.after, 0
    request = pb.WatchCaseRequest(after_sequence=reached, officer=arguments.officer)
    try:
        with connect(arguments, client_file(arguments).areas[Area[arguments.area.upper()]]) as client:
            for event in _events(client.watch_case(request), once=arguments.once):
                if arguments.case_ref in {"", event.case_ref}:
                    _show(arguments, event)
                    shown += 1
                reached = event.sequence
                if shown == arguments.most:
                    break
    except KeyboardInterrupt:
        pass  # that is how a watch ends
    finally:
        # Beside the events, so that a pipe of JSON holds nothing else.
        print(f"续接 go on with --after {reached}", file=sys.stderr)
    return OK


def _events(stream: Iterator[pb.WatchCaseResponse], *, once: bool) -> Iterator[pb.CaseEvent]:
    """Yield the events of a stream; with *once* up to the first sign of life after the one that it begins with."""
    begun = False
    for message in stream:
        if message.WhichOneof("told") == "event":
            yield message.event
        elif once and begun:
            return
        begun = True


def _show(arguments: argparse.Namespace, event: pb.CaseEvent) -> None:
    """Print an event at once: one line of JSON, or text."""
    if arguments.json:
        line = json_format.MessageToJson(event, preserving_proto_field_name=True, ensure_ascii=False, indent=None)
        print(line, flush=True)
        return
    show_event(event)
    sys.stdout.flush()


def run_acknowledge(arguments: argparse.Namespace) -> int:
    """Acknowledge events one after another; what was acknowledged before stays so."""
    with connect(arguments, client_file(arguments).areas[Area[arguments.area.upper()]]) as client:
        for sequence in dict.fromkeys(arguments.sequence):
            request = pb.AcknowledgeCaseEventRequest(
                request_id=str(uuid.uuid4()), officer=arguments.officer, sequence=sequence
            )
            response = client.credit("AcknowledgeCaseEvent", request, pb.AcknowledgeCaseEventResponse)
            if not print_json(arguments, response):
                print(f"#{sequence}  已签收 acknowledged  {local(response.acknowledged_at)}")
    return OK


def run_unacknowledged(arguments: argparse.Namespace) -> int:
    """Print every event that is not acknowledged, the oldest first; 3 when one is overdue."""
    request = pb.ListUnacknowledgedCaseEventsRequest(officer=arguments.officer, page_size=PAGE)
    found = pb.ListUnacknowledgedCaseEventsResponse()
    with connect(arguments, client_file(arguments).feeds[FEED]) as client:
        while True:
            page = client.registry("ListUnacknowledgedCaseEvents", request, pb.ListUnacknowledgedCaseEventsResponse)
            found.MergeFrom(page)
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
    found.ClearField("next_page_token")
    if not print_json(arguments, found):
        for each in found.events:
            show_owed(each)
        print(f"{len(found.events)} 条未签收 not acknowledged")
    return OVERDUE if any(each.overdue for each in found.events) else OK


def _sequence(text: str) -> int:
    """Return a number of an argument, from 1."""
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= LARGEST:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1")
    return int(text)


def _cursor(text: str) -> int:
    """Return the sequence of the last event that one has; 0 for none."""
    return 0 if text == "0" else _sequence(text)

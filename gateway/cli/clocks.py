"""``jsg clocks`` and ``jsg timeliness``: what must be done by when, and how soon records arrived."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from google.protobuf import json_format
from jointsanctions.v1 import clock_pb2 as pb

from formats.civil import civil_date
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect, day
from gateway.cli.letter_commands import ENDED_BY, typed
from gateway.domain.case_clocks import EVENT_CLOCK
from gateway.domain.clock_list import CLOCKS
from gateway.domain.clocks import Colour
from gateway.domain.meeting_clocks import STEP_CLOCK

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from gateway.cli.connection import Subparsers

OK = 0
COLOURS = {
    Colour.RED: "红 RED",
    Colour.YELLOW: "黄 YELLOW",
    Colour.GREEN: "绿 GREEN",
    Colour.OVER: "届满 OVER",
    Colour.DONE_LATE: "逾期办结 DONE LATE",
    Colour.DONE_IN_TIME: "按期办结 DONE IN TIME",
}
"""Every colour in the order in which they are shown."""
RUNNING = (Colour.RED, Colour.YELLOW, Colour.GREEN)
PAGE = 1_000
PATIENCE = 120.0
"""Seconds for a report over days on which millions of records came."""
DAYS = 30
"""Days that a report on timeliness looks back, when none are named."""


def register(subparsers: Subparsers) -> None:
    """Add ``clocks`` and ``timeliness``."""
    clocks = command(
        subparsers, "clocks", "what must be done by when, red first", "jsg clocks --colour red --colour yellow", run
    )
    clocks.add_argument(
        "--colour",
        action="append",
        default=[],
        choices=[colour.name.lower() for colour in COLOURS],
        help="only clocks of this colour (default: red, yellow and green)",
    )
    clocks.add_argument("--all", action="store_true", help="also those that are over or done")
    clocks.add_argument("--authority", default="", help="only those of authorities with this in their name")
    every = sorted([*CLOCKS, STEP_CLOCK, EVENT_CLOCK])
    clocks.add_argument("--clock", action="append", default=[], choices=every, help="only this clock")
    clocks.add_argument(
        "--due-before", type=day, default="", metavar="YYYY-MM-DD", help="only those that end before that day"
    )
    late = command(
        subparsers,
        "timeliness",
        "how soon records arrived: in time, late, the longest delay",
        "jsg timeliness --from 2026-10-01 --until 2026-10-31",
        run_timeliness,
    )
    today = civil_date(datetime.now(UTC))
    first = (today - timedelta(days=DAYS)).isoformat()
    late.add_argument("--from", dest="first", type=day, default=first, metavar="YYYY-MM-DD", help="first day")
    late.add_argument(
        "--until", dest="last", type=day, default=today.isoformat(), metavar="YYYY-MM-DD", help="last day"
    )
    for parser in (clocks, late):
        parser.add_argument("--officer", default=account(), help="who asks (default: the account logged in)")


def run(arguments: argparse.Namespace) -> int:
    """List every clock that was asked for, page after page."""
    colours = [Colour[name.upper()] for name in arguments.colour] or ([] if arguments.all else [*RUNNING])
    request = pb.ListClocksRequest(
        officer=arguments.officer,
        authority=arguments.authority,
        colours=[int(colour) for colour in dict.fromkeys(colours)],  # type: ignore[misc]  # the same numbers
        due_before=arguments.due_before,
        clock_ids=dict.fromkeys(arguments.clock),
        page_size=PAGE,
    )
    found = pb.ListClocksResponse()
    with connect(arguments, client_file(arguments).records_reader) as client:
        while True:
            page = client.registry("ListClocks", request, pb.ListClocksResponse)
            found.MergeFrom(page)
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
    found.ClearField("next_page_token")
    if arguments.json:
        print(json_format.MessageToJson(found, preserving_proto_field_name=True, ensure_ascii=False))
        return OK
    order = list(COLOURS)
    for clock in sorted(found.clocks, key=lambda clock: order.index(Colour(clock.colour))):
        _show(clock)
    print(f"{len(found.clocks)} 项 clocks · 日历 calendar {found.calendar_version[:12]}")
    return OK


def run_timeliness(arguments: argparse.Namespace) -> int:
    """Print how soon the records of some days had come."""
    request = pb.ReportTimelinessRequest(officer=arguments.officer, first_day=arguments.first, last_day=arguments.last)
    with connect(arguments, client_file(arguments).records_reader, PATIENCE) as client:
        found = client.registry("ReportTimeliness", request, pb.ReportTimelinessResponse)
    if arguments.json:
        print(json_format.MessageToJson(found, preserving_proto_field_name=True, ensure_ascii=False))
        return OK
    _show_timeliness(found.rows)
    return OK


def _show(clock: pb.Clock) -> None:
    notes = [
        f"不顺延 unmoved {clock.due_on_unmoved} / 顺延 moved {clock.due_on_moved}" if clock.due_on_moved else "",
        "暂定 provisional" if clock.provisional else "",
        "" if clock.confirmed else "待法律确认 not confirmed",
        "" if clock.alarm else "以先到期者为准 another ends first (C-09)",
        f"办结 done {clock.done_on}" if clock.done_on else "",
    ]
    told = "; ".join(note for note in notes if note)
    print(f"{COLOURS[Colour(clock.colour)]:14} {clock.due_on}  {clock.clock_id} {clock.title.zh} {clock.title.en}")
    holder = f"{clock.holder} {clock.agency}".rstrip()
    print(f"               {clock.object_id} {clock.uscc} {clock.authority} · {holder} · {clock.source}")
    print(f"               自 since {clock.started_on}" + (f"; {told}" if told else ""))
    if Colour(clock.colour) in RUNNING:
        for letter in ENDED_BY.get(clock.clock_id, ()):
            print(f"               文书 letter {typed(clock.object_id, letter)}")


def _show_timeliness(rows: Iterable[pb.Timeliness]) -> None:
    print("单位 agency | 数据源 feed | 期限 clock | 按期 in time | 逾期 late | 最长逾期天数 longest delay, days")
    for row in rows:
        late = f"{row.longest_delay_days} ({row.longest_delay_record_id})" if row.late else "0"
        print(f"{row.agency} | {row.feed} | {row.clock_id} | {row.in_time} | {row.late} | {late}")

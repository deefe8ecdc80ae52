"""``jsg meeting``: joint meetings, as HRSS convenes and minutes them and as their members see and report on them."""

from __future__ import annotations

import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf import json_format
from jointsanctions.v1 import meeting_pb2 as pb

from formats.civil import civil_date, parse_instant
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect, day
from gateway.cli.meeting_show import show_meeting, show_own_steps, show_standing

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK, USAGE, OVERDUE = 0, 2, 3
PAGE = 50


def register(subparsers: Subparsers) -> None:
    """Add ``meeting`` with its commands."""
    meeting = subparsers.add_parser("meeting", help="joint meetings: agenda, minutes, and who has to do what by when")
    commands = meeting.add_subparsers(required=True, metavar="COMMAND")
    for name, field, say in (
        ("convene", "agenda", "convene a meeting with its agenda, or correct that"),
        ("minutes", "minutes", "record the minutes of a meeting, or correct them"),
    ):
        parser = command(commands, name, say, f"jsg meeting {name} M-2026-3 {field}.json", run_write)
        parser.set_defaults(field=field)
        parser.add_argument("meeting_id", metavar="MEETING", help="id of the meeting")
        parser.add_argument("file", metavar="FILE", help=f"JSON of the {field}; - for standard input")
        _writes(parser)
    example = (
        "jsg --as finance.asking-system meeting report M-2026-3 stop-funds --document 财函〔2026〕9号 --text 已停止拨付"
    )
    report = command(commands, "report", "report a step of one's own agency done", example, run_report)
    report.add_argument("meeting_id", metavar="MEETING", help="id of the meeting")
    report.add_argument("step_id", metavar="STEP", help="id of the step")
    report.add_argument("--document", required=True, help="document number of the report")
    report.add_argument("--text", required=True, help="what was done")
    today = civil_date(datetime.now(UTC)).isoformat()
    report.add_argument("--on", type=day, default=today, metavar="YYYY-MM-DD", help="day on which it was done (today)")
    _writes(report)
    show = command(commands, "show", "one meeting, as far as one may see it", "jsg meeting show M-2026-3", run_show)
    show.add_argument("meeting_id", metavar="MEETING", help="id of the meeting")
    show.add_argument(
        "--known-at", default="", metavar="INSTANT", help="as it was known then, such as 2026-03-02T01:30:00Z"
    )
    listed = command(
        commands, "list", "the meetings that one may see", "jsg meeting list --uscc 91420300MA10004470", run_list
    )
    listed.add_argument("--uscc", default="", help="only those that deal with this enterprise")
    steps = command(
        commands,
        "steps",
        "what one's own agency has to do (exit code 3: something is overdue)",
        "jsg --as finance.asking-system meeting steps",
        run_steps,
    )
    steps.add_argument("--all", action="store_true", help="also what is done")
    for parser in (show, listed, steps):
        parser.add_argument("--officer", default=account(), help="who reads (default: the account logged in)")


def _writes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--replaces", type=int, default=0, metavar="VERSION", help="version that this one corrects")
    parser.add_argument("--officer", default=account(), help="who writes (default: the account logged in)")
    parser.add_argument("--request-id", default="", help="id of the call; the same again changes nothing")


def run_write(arguments: argparse.Namespace) -> int:
    """Record an agenda or minutes."""
    rpc = "ConveneMeeting" if arguments.field == "agenda" else "RecordMinutes"
    request = getattr(pb, f"{rpc}Request")(**_written(arguments))
    try:
        text = sys.stdin.read() if arguments.file == "-" else Path(arguments.file).read_text(encoding="utf-8")
        json_format.Parse(text, getattr(request, arguments.field))
    except (OSError, ValueError, json_format.ParseError) as error:
        print(f"jsg meeting: {arguments.file}: {error}", file=sys.stderr)
        return USAGE
    getattr(request, arguments.field).SetInParent()
    response = _call(arguments, rpc, request)
    if not arguments.json:
        print(f"{arguments.meeting_id} · 版本 version {response.version}")
        for standing in getattr(response, "standings", ()):
            show_standing(standing)
    return OK


def run_report(arguments: argparse.Namespace) -> int:
    """Report a step done."""
    request = pb.ReportStepRequest(
        **_written(arguments),
        step_id=arguments.step_id,
        document_number=arguments.document,
        done_on=arguments.on,
        text=arguments.text,
    )
    response = _call(arguments, "ReportStep", request)
    if not arguments.json:
        show_standing(response.standing)
    return OK


def run_show(arguments: argparse.Namespace) -> int:
    """Print one meeting."""
    request = pb.GetMeetingRequest(meeting_id=arguments.meeting_id, officer=arguments.officer)
    try:
        if arguments.known_at:
            request.known_at.FromDatetime(parse_instant(arguments.known_at))
    except ValueError as error:
        print(f"jsg meeting: --known-at: {error}", file=sys.stderr)
        return USAGE
    response = _call(arguments, "GetMeeting", request)
    if not arguments.json:
        show_meeting(response.meeting, response.versions)
    return OK


def run_list(arguments: argparse.Namespace) -> int:
    """Print every meeting, page after page."""
    found = _pages(arguments, "ListMeetings", pb.ListMeetingsRequest(officer=arguments.officer, uscc=arguments.uscc))
    if not arguments.json:
        for meeting in found.meetings:
            show_meeting(meeting, ())
        print(f"{len(found.meetings)} 次会议 meetings")
    return OK


def run_steps(arguments: argparse.Namespace) -> int:
    """Print one's own steps; 3 when one of them is overdue."""
    request = pb.ListOwnStepsRequest(officer=arguments.officer, open_only=not arguments.all)
    found = _pages(arguments, "ListOwnSteps", request)
    if not arguments.json:
        show_own_steps(found.steps)
    overdue = any(each.standing.state == pb.MEETING_STEP_STATE_OVERDUE for each in found.steps)
    return OVERDUE if overdue else OK


def _written(arguments: argparse.Namespace) -> dict[str, Any]:
    return {
        "request_id": arguments.request_id or str(uuid.uuid4()),
        "officer": arguments.officer,
        "meeting_id": arguments.meeting_id,
        "replaces_version": arguments.replaces,
    }


def _call(arguments: argparse.Namespace, rpc: str, request: Any) -> Any:  # noqa: ANN401 - one of six requests
    with connect(arguments, client_file(arguments).records_reader) as client:
        response = client.registry(rpc, request, getattr(pb, f"{rpc}Response"))
    _print_json(arguments, response)
    return response


def _pages(arguments: argparse.Namespace, rpc: str, request: Any) -> Any:  # noqa: ANN401 - one of two requests
    response = getattr(pb, f"{rpc}Response")
    found = response()
    request.page_size = PAGE
    with connect(arguments, client_file(arguments).records_reader) as client:
        while True:
            page = client.registry(rpc, request, response)
            found.MergeFrom(page)
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
    found.ClearField("next_page_token")
    _print_json(arguments, found)
    return found


def _print_json(arguments: argparse.Namespace, response: Any) -> None:  # noqa: ANN401 - one of six responses
    if arguments.json:
        print(json_format.MessageToJson(response, preserving_proto_field_name=True, ensure_ascii=False))

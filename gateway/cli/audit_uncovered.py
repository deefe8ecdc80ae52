"""``jsg audit uncovered``: awards that no recorded answer covers, of a list or of what was reported (A-122)."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from google.protobuf import json_format
from jointsanctions.v1 import award_cover_pb2 as pb

from formats.award_lists import COLUMNS, AwardFault, read_awards
from formats.file_encoding import FileFault, text_of
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect, day
from gateway.domain.award_cover import UncoveredReason
from gateway.domain.vocabulary import Area, Verdict

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from adapters.client import GatewayClient
    from gateway.cli.connection import Subparsers

OK, ERROR, USAGE, STANDS_OUT = 0, 1, 2, 3
AT_ONCE: Final = 500
"""Rows of one call."""
WORDS: Final = {
    UncoveredReason.NEVER_ASKED: "从未查询",
    UncoveredReason.OTHER_CASE: "仅在其他项目中查询",
    UncoveredReason.OTHER_ENTERPRISE: "本项目仅查询了其他企业",
    UncoveredReason.OUTLOOK_ONLY: "仅作预览",
    UncoveredReason.EARLIER_POINT: "仅在较早环节查询",
    UncoveredReason.ASKED_AFTER: "授予之后才查询",
    UncoveredReason.VALIDITY_UNKNOWN: "结论有效期未留痕",
    UncoveredReason.EXPIRED: "授予时结论已失效",
    UncoveredReason.RESTRICTED: "结论为受限",
    UncoveredReason.UNVERIFIABLE: "结论为无法核实",
    UncoveredReason.CONDITIONS_NOT_FULFILLED: "条件未报告已满足",
}


class ListError(Exception):
    """The list cannot be read: line and reason."""


def register(commands: Subparsers) -> None:
    """Add the command to those of ``audit``."""
    example = "jsg audit uncovered awards.csv"
    found = command(commands, "uncovered", "find awards that no recorded answer covers", example, run)
    found.add_argument(
        "file",
        nargs="?",
        type=Path,
        default=None,
        metavar="FILE",
        help=f"CSV with {', '.join(COLUMNS)} and, where it is known, agency; without it, what was reported",
    )
    found.add_argument("--area", default="", choices=["", *(a.name.lower() for a in Area)], help="of the reported ones")
    found.add_argument("--agency", default="", help="of the reported ones, whose")
    found.add_argument("--since", type=day, default="", metavar="DAY", help="first day, of the reported ones")
    found.add_argument("--until", type=day, default="", metavar="DAY", help="last day, of the reported ones")
    found.add_argument("--officer", default=account(), help="who asks for it")


def run(arguments: argparse.Namespace) -> int:
    """Look, and print what stands out: 0 when nothing does, otherwise 3."""
    filtered = arguments.area or arguments.agency or arguments.since or arguments.until
    if arguments.file is not None and filtered:
        print("jsg audit uncovered: --area, --agency, --since and --until are for reported awards", file=sys.stderr)
        return USAGE
    try:
        rows = None if arguments.file is None else list(read_rows(arguments.file))
    except (OSError, ListError, FileFault) as error:
        print(f"jsg audit uncovered: {arguments.file}: {error}", file=sys.stderr)
        return ERROR
    with connect(arguments, client_file(arguments).audit_reader, at_least_seconds=60) as client:
        pages = _of_list(client, arguments.officer, rows) if rows is not None else _reported(client, arguments)
        whole = pb.ListUncoveredAwardsResponse()
        for page in pages:
            whole.awards.extend(page.awards)
            whole.looked_at += page.looked_at
    if arguments.json:
        print(json_format.MessageToJson(whole, preserving_proto_field_name=True, ensure_ascii=False))
    else:
        for award in whole.awards:
            print(_line(award))
        print(f"已核对 looked at: {whole.looked_at}  无有效查询 uncovered: {len(whole.awards)}")
    return STANDS_OUT if whole.awards else OK


def read_rows(file: Path) -> Iterator[pb.AwardRow]:
    """Yield the awards of a list, as ``formats.award_lists`` reads it.

    Raises:
        ListError: A column or a value is missing or malformed; the line is named.
        FileFault: It is no text in UTF-8 or GB18030.
        OSError: The file cannot be read.
    """
    for each in read_awards(text_of(file.read_bytes(), "auto"), {area.name.lower() for area in Area}):
        if isinstance(each, AwardFault):
            raise ListError(str(each))
        row = pb.AwardRow(row_id=each.row, case_ref=each.case, uscc=each.uscc, agency=each.agency)
        row.area = int(Area.named(each.area.upper()))  # type: ignore[assignment]  # the same numbers
        if isinstance(each.awarded, datetime):
            row.awarded_at.FromDatetime(each.awarded)
        else:
            row.awarded_on = each.awarded.isoformat()
        yield row


def _of_list(client: GatewayClient, officer: str, rows: list[pb.AwardRow]) -> Iterator[pb.ListUncoveredAwardsResponse]:
    for first in range(0, len(rows), AT_ONCE):
        request = pb.ListUncoveredAwardsRequest(officer=officer, rows=rows[first : first + AT_ONCE])
        yield client.audit("ListUncoveredAwards", request, pb.ListUncoveredAwardsResponse)


def _reported(client: GatewayClient, arguments: argparse.Namespace) -> Iterator[pb.ListUncoveredAwardsResponse]:
    request = pb.ListUncoveredAwardsRequest(
        officer=arguments.officer, agency=arguments.agency, since_on=arguments.since, until_on=arguments.until
    )
    if arguments.area:
        request.area = int(Area.named(arguments.area.upper()))  # type: ignore[assignment]  # the same numbers
    while True:
        page = client.audit("ListUncoveredAwards", request, pb.ListUncoveredAwardsResponse)
        yield page
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def _line(award: pb.UncoveredAward) -> str:
    reason = UncoveredReason(award.reason)
    named = award.row_id or award.outcome_id
    nearest = ""
    if award.HasField("nearest"):
        item = f"[{award.nearest.item}]" if award.nearest.HasField("item") else ""
        verdict = Verdict(award.nearest.verdict).name
        nearest = f" ({award.nearest.writer}/{award.nearest.number}{item} {verdict})"
    who = f" {award.agency}" if award.agency else ""
    area = Area(award.area).name
    return (
        f"{named}: {award.case_ref} {award.uscc} {award.awarded_on} {area}{who} {WORDS[reason]} {reason.name}{nearest}"
    )

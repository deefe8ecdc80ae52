"""``jsg endings``: who has not acknowledged the end of a record that they were told of, or who has; for HRSS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from google.protobuf import json_format
from jointsanctions.v1 import ending_pb2 as pb

from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect
from gateway.cli.show import local
from gateway.domain.vocabulary import EndingKind
from gateway.services.listing_steps import FEED

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping, Sequence

    from gateway.cli.connection import Subparsers

OK, OVERDUE = 0, 3
KINDS: Final[Mapping[EndingKind, str]] = {
    EndingKind.EXPIRED: "期满 expired",
    EndingKind.REPAIRED: "信用修复 repaired",
    EndingKind.HIDDEN: "屏蔽 hidden",
    EndingKind.STAYED: "停止执行 stayed",
    EndingKind.VOID_FROM_START: "自始无效 void from the start",
    EndingKind.WITHDRAWN: "撤回 withdrawn",
    EndingKind.RECALLED: "误归属更正 recalled",
    EndingKind.REPAIR_SHOWN: "平台显示已修复 repair shown by the platform",
}


def register(subparsers: Subparsers) -> None:
    """Add ``endings``."""
    endings = command(
        subparsers, "endings", "who has not acknowledged that a record they were told of has ended", "jsg endings", run
    )
    endings.add_argument("--acknowledged", action="store_true", help="who has, the latest first")
    endings.add_argument("--uscc", default="", metavar="CODE", help="of one enterprise's records alone")
    endings.add_argument("--limit", type=int, default=100, help="rows a page (default 100)")
    endings.add_argument("--page", default="", metavar="TOKEN", help="next page, from the page before")
    endings.add_argument("--officer", default=account(), help="who looks")


def run(arguments: argparse.Namespace) -> int:
    """Print one page; 3 when anything on it is not acknowledged and overdue."""
    asked = {
        "officer": arguments.officer,
        "page_size": arguments.limit,
        "page_token": arguments.page,
        "uscc": arguments.uscc,
    }
    with connect(arguments, client_file(arguments).feeds[FEED]) as client:
        if arguments.acknowledged:
            request = pb.ListAcknowledgedEndingsRequest(**asked)
            done = client.registry("ListAcknowledgedEndings", request, pb.ListAcknowledgedEndingsResponse)
            _print(done, arguments, [_done(each) for each in done.endings], "尚无签收 none acknowledged")
            return OK
        wanted = pb.ListUnacknowledgedEndingsRequest(**asked)
        owed = client.registry("ListUnacknowledgedEndings", wanted, pb.ListUnacknowledgedEndingsResponse)
        _print(owed, arguments, [_owed(each) for each in owed.endings], "全部已签收 all acknowledged")
        return OVERDUE if any(each.overdue for each in owed.endings) else OK


def _owed(each: pb.UnacknowledgedEnding) -> str:
    late = "  逾期 OVERDUE" if each.overdue else ""
    return _row(each, late, f"since {local(each.known_since)}, acknowledge by {each.acknowledge_by}")


def _done(each: pb.AcknowledgedEnding) -> str:
    late = "  逾期签收 LATE" if each.late else ""
    return _row(each, late, f"acknowledged {local(each.acknowledged_at)}, due by {each.acknowledge_by}")


def _row(each: pb.UnacknowledgedEnding | pb.AcknowledgedEnding, mark: str, when: str) -> str:
    kind = KINDS[EndingKind(each.kind)]
    return f"{each.agency}  {each.uscc}  {each.document_number}  {kind}{mark}\n  {each.ending_id}  {when}"


def _print(
    found: pb.ListUnacknowledgedEndingsResponse | pb.ListAcknowledgedEndingsResponse,
    arguments: argparse.Namespace,
    rows: Sequence[str],
    none: str,
) -> None:
    if arguments.json:
        print(json_format.MessageToJson(found, preserving_proto_field_name=True, ensure_ascii=False))
        return
    print("\n".join(rows) if rows else none)
    if found.next_page_token:
        print(f"more: --page {found.next_page_token}")

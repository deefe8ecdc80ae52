"""``jsg endings``: which agencies have not acknowledged the end of a record that they were told of, for HRSS."""

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
    from collections.abc import Mapping

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
    endings.add_argument("--limit", type=int, default=100, help="rows a page (default 100)")
    endings.add_argument("--page", default="", metavar="TOKEN", help="next page, from the page before")
    endings.add_argument("--officer", default=account(), help="who looks")


def run(arguments: argparse.Namespace) -> int:
    """Print one page; 3 when anything on it is overdue."""
    request = pb.ListUnacknowledgedEndingsRequest(
        officer=arguments.officer, page_size=arguments.limit, page_token=arguments.page
    )
    with connect(arguments, client_file(arguments).feeds[FEED]) as client:
        found = client.registry("ListUnacknowledgedEndings", request, pb.ListUnacknowledgedEndingsResponse)
    code = OVERDUE if any(one.overdue for one in found.endings) else OK
    if arguments.json:
        print(json_format.MessageToJson(found, preserving_proto_field_name=True, ensure_ascii=False))
        return code
    for one in found.endings:
        late = "  逾期 OVERDUE" if one.overdue else ""
        print(f"{one.agency}  {one.uscc}  {one.document_number}  {KINDS[EndingKind(one.kind)]}{late}")
        print(f"  {one.ending_id}  since {local(one.known_since)}, acknowledge by {one.acknowledge_by}")
    if found.next_page_token:
        print(f"more: --page {found.next_page_token}")
    if not found.endings:
        print("全部已签收 all acknowledged")
    return code

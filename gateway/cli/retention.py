"""``jsg retention``: what of the record of calls is due, and erasing it. By counts alone: no content is shown."""

from __future__ import annotations

import json
import sys
import uuid
from typing import TYPE_CHECKING

from jointsanctions.v1 import audit_pb2 as pb

from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK, ERROR, USAGE = 0, 1, 2
WORDS = {
    "RECEIPT": "回执 answered checks",
    "PERSON": "自然人 questions about persons",
    "ORDINARY": "一般 all other calls",
}


def register(subparsers: Subparsers) -> None:
    """Add ``retention``."""
    say = "what of the record of calls is due by now; with --erase, erase it"
    retention = command(subparsers, "retention", say, "jsg retention --erase --document 档〔2031〕7号", run)
    retention.add_argument("--erase", action="store_true", help="erase what is due (default: only count)")
    retention.add_argument("--document", default="", help="number of the document that orders it; required to erase")
    retention.add_argument("--officer", default=account(), help="who answers (default: the account logged in)")


def run(arguments: argparse.Namespace) -> int:
    """Go through every queue, stretch after stretch; 1 when an entry is not as it was sealed."""
    if arguments.erase and not arguments.document:
        print("jsg retention: --document: is required to erase", file=sys.stderr)
        return USAGE
    counts: dict[str, dict[str, int]] = {}
    flawed = erased = looked = on_hold = 0
    request = pb.ApplyRetentionRequest(
        officer=arguments.officer, erase=arguments.erase, document_number=arguments.document
    )
    with connect(arguments, client_file(arguments).operations) as client:
        while True:
            request.request_id = str(uuid.uuid4())
            found = client.apply_retention(request)
            looked, flawed, erased = looked + 1, flawed + found.flawed, erased + found.erased
            on_hold = found.referrals_on_hold
            for each in found.counts:
                total = counts.setdefault(each.retention_class, {"months": each.months, "due": 0, "held": 0})
                total["due"] += each.due
                total["held"] += each.held
            if sys.stderr.isatty():
                print(f"\r{looked} 段 stretches · {found.writer}", end="", file=sys.stderr)
            if not found.following_writer:
                break
            request.from_writer, request.from_number = found.following_writer, found.following_number
    if sys.stderr.isatty():
        print(file=sys.stderr)
    told = {"classes": counts, "erased": erased, "flawed": flawed, "erase": arguments.erase, "on_hold": on_hold}
    if arguments.json:
        print(json.dumps(told, ensure_ascii=False))
    else:
        _show(counts, erased, flawed, erase=arguments.erase)
        print(f"依法保留的移送案件 referrals on hold: {on_hold}")
    return ERROR if flawed else OK


def _show(counts: dict[str, dict[str, int]], erased: int, flawed: int, *, erase: bool) -> None:
    print("类别 class | 保存月数 months kept | 到期 due | 依法保留 on hold")
    for name, words in WORDS.items():
        if name in counts:
            each = counts[name]
            print(f"{words} | {each['months']} | {each['due']} | {each['held']}")
    if flawed:
        print(f"{flawed} 条与封存时不符, 未清除 entries are not as they were sealed, and were not erased")
    print(f"已清除 erased: {erased}" if erase else "仅统计, 未清除 counted only: --erase --document NUMBER erases")

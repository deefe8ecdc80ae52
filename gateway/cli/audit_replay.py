"""``jsg audit replay``: a past answer, or some that are drawn at random, derived again and compared with the record."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from google.protobuf import json_format
from jointsanctions.v1 import replay_pb2 as pb

from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect
from gateway.domain.replay import ReplayField, ReplayHindrance, ReplayInput, ReplayResult

if TYPE_CHECKING:
    import argparse

    from adapters.client import GatewayClient
    from gateway.cli.connection import Subparsers

OK, USAGE, DIFFERENT = 0, 2, 3
WORDS: Final = {
    ReplayResult.IDENTICAL: "一致",
    ReplayResult.DIFFERENT: "不一致",
    ReplayResult.DIFFERENT_INPUTS: "当时的依据已不齐备",
    ReplayResult.ERASED: "内容已按期清除",
    ReplayResult.NOT_A_DECISION: "不是结论",
    ReplayResult.NOT_REPLAYABLE: "不能复算",
}
FINE: Final = frozenset({ReplayResult.IDENTICAL, ReplayResult.ERASED, ReplayResult.NOT_A_DECISION})
"""Results after which there is nothing to look into."""
FINE_IN_SAMPLE: Final = FINE | {ReplayResult.NOT_REPLAYABLE}
"""Likewise of a sample, which meets questions about persons too."""


def register(commands: Subparsers) -> None:
    """Add the command to those of ``audit``."""
    example = "jsg audit replay gw1-0/17"
    replay = command(commands, "replay", "derive a past answer again and compare it with its record", example, run)
    replay.add_argument("place", nargs="?", default="", metavar="WRITER/NUMBER", help="where the answer is recorded")
    replay.add_argument("--item", type=int, default=None, metavar="N", help="item of a batch, from 0")
    replay.add_argument("--sample", type=int, default=0, metavar="N", help="of the last day, N drawn at random")
    replay.add_argument("--officer", default=account(), help="who asks for it")


def run(arguments: argparse.Namespace) -> int:
    """Replay, and print what came of it: 0 when there is nothing to look into, otherwise 3."""
    writer, _, number = arguments.place.rpartition("/")
    placed = bool(writer) and number.isascii() and number.isdigit()
    if bool(arguments.sample) == bool(arguments.place) or not (placed or arguments.sample > 0):
        print("jsg audit replay: either WRITER/NUMBER, or --sample N", file=sys.stderr)
        return USAGE
    with connect(arguments, client_file(arguments).audit_reader, at_least_seconds=60) as client:
        if arguments.sample:
            return _sample(client, arguments)
        request = pb.ReplayDecisionRequest(
            officer=arguments.officer, writer=writer, number=int(number), item=arguments.item
        )
        found = client.audit("ReplayDecision", request, pb.ReplayDecisionResponse)
    result = ReplayResult(found.result)
    if arguments.json:
        print(json_format.MessageToJson(found, preserving_proto_field_name=True, ensure_ascii=False))
    else:
        _show(arguments.place, found)
    return OK if result in FINE else DIFFERENT


def _show(place: str, found: pb.ReplayDecisionResponse) -> None:
    result = ReplayResult(found.result)
    why = f" {ReplayHindrance(found.hindrance).name}" if found.hindrance else ""
    print(f"{place} {WORDS[result]} {result.name}{why}")
    for each in found.differences:
        item = f"[{each.item}]" if each.HasField("item") else ""
        told = f": {each.then} → {each.now}" if each.then or each.now else ""
        print(f"  不一致 differs: {ReplayField(each.field).name}{item}{told}")
    if found.difference_count > len(found.differences):
        print(f"  … {found.difference_count}")
    for used in found.inputs:
        print(f"  依据 rests on: {ReplayInput(used.input).name} {used.then} → {used.now or '-'}")
    for field in found.not_compared:
        print(f"  未比较 not compared: {ReplayField(field).name}")


def _sample(client: GatewayClient, arguments: argparse.Namespace) -> int:
    request = pb.ReplaySampleRequest(officer=arguments.officer, size=arguments.sample)
    found = client.audit("ReplaySample", request, pb.ReplaySampleResponse)
    if arguments.json:
        print(json_format.MessageToJson(found, preserving_proto_field_name=True, ensure_ascii=False))
    else:
        for count in found.counts:
            result = ReplayResult(count.result)
            print(f"{WORDS[result]} {result.name}: {count.count}")
        for each in found.named:
            item = f" --item {each.item}" if each.HasField("item") else ""
            print(f"  {each.writer}/{each.number}{item} {ReplayResult(each.result).name}")
        print(f"抽取 drawn: {found.looked_at}")
    return OK if {ReplayResult(each.result) for each in found.counts} <= FINE_IN_SAMPLE else DIFFERENT

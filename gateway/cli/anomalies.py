"""``jsg audit anomalies``: what in the record of calls is worth a look, the heaviest first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from google.protobuf import json_format
from jointsanctions.v1 import anomaly_pb2 as pb

from formats.civil import civil_date
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect
from gateway.cli.show import local
from gateway.domain.anomalies import AnomalyKind

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK = 0
DAYS = 7
NAMES = {
    AnomalyKind.VOLUME: "调用量异常 volume",
    AnomalyKind.WITHOUT_OUTCOME: "查询无办理结果 without an outcome",
    AnomalyKind.ENUMERATION: "逐一遍历 enumeration",
    AnomalyKind.AFTER_HOURS: "非工作时间 after hours",
    AnomalyKind.SAME_PERSON: "反复查询同一自然人 same person",
    AnomalyKind.REFUSED_FIRST: "连续被拒后得到答复 refused first",
    AnomalyKind.AFTER_CASE_END: "结案后查询 after the end of the case",
    AnomalyKind.WAGE_POINTS: "工资环节查询量异常 at the points of wages",
}


def register(commands: Subparsers) -> None:
    """Add the command to those of ``audit``."""
    example = "jsg audit anomalies --since 2026-11-01 --until 2026-12-01 --kind enumeration"
    listed = command(commands, "anomalies", "what is worth a look, the heaviest first", example, run)
    listed.add_argument("--since", default="", metavar="DAY", help=f"first civil day (default: {DAYS} days before)")
    listed.add_argument("--until", default="", metavar="DAY", help="day before which it ends (default: tomorrow)")
    kinds = [kind.name.lower() for kind in AnomalyKind]
    listed.add_argument("--kind", action="append", default=[], choices=kinds, help="only this kind")
    listed.add_argument("--limit", type=int, default=100, help="at the most (default 100)")
    listed.add_argument("--officer", default=account(), help="who asks (default: the account logged in)")


def run(arguments: argparse.Namespace) -> int:
    """List what is found."""
    tomorrow = civil_date(datetime.now(UTC)) + timedelta(days=1)
    request = pb.ListAnomaliesRequest(
        since=arguments.since or (tomorrow - timedelta(days=DAYS)).isoformat(),
        until=arguments.until or tomorrow.isoformat(),
        kinds=[int(AnomalyKind[name.upper()]) for name in arguments.kind],  # type: ignore[misc]  # the same numbers
        limit=arguments.limit,
        officer=arguments.officer,
    )
    with connect(arguments, client_file(arguments).audit_reader) as client:
        found = client.audit("ListAnomalies", request, pb.ListAnomaliesResponse)
    if arguments.json:
        print(json_format.MessageToJson(found, preserving_proto_field_name=True, ensure_ascii=False))
        return OK
    for anomaly in found.anomalies:
        who = f"{anomaly.agency}/{anomaly.role} {anomaly.officer}".rstrip()
        print(f"{NAMES[AnomalyKind(anomaly.kind)]}  {who}  {local(anomaly.begins)} – {local(anomaly.ends)}")
        print(f"  {anomaly.text.zh}\n  {anomaly.text.en}")
        print("  留痕 entries   " + " ".join(f"{each.writer}/{each.number}" for each in anomaly.positions))
    more = f"，另有 and beside them {found.left_out}" if found.left_out else ""
    print(f"{len(found.anomalies)} 项 anomalies{more}")
    return OK

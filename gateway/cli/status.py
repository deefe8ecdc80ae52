"""``jsg status``: how a serving process is, in both languages; 1 when something is broken.

What the gateway itself says, over mutual TLS as the operator. Where it cannot be asked, ``jsg doctor`` finds out why.
"""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from google.protobuf.json_format import MessageToDict
from jointsanctions.v1 import status_pb2 as pb

from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from google.protobuf.timestamp_pb2 import Timestamp

    from adapters.client import GatewayClient
    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1
GIGABYTE = 1_000_000_000
LEAST_PAUSE = 1.0
WIDTH = 34
"""Columns of the names; a Chinese character takes two."""


def register(subparsers: Subparsers) -> None:
    """Add ``status``."""
    status = command(subparsers, "status", "how the gateway is, and what is in disorder", "jsg status --watch 5", run)
    status.add_argument(
        "--watch", type=_pause, default=None, metavar="SECONDS", help="ask again and again until Ctrl-C"
    )
    status.add_argument("--officer", default=account(), help="who looks (default: the account logged in)")


def run(arguments: argparse.Namespace) -> int:
    """Ask and print; 1 when something is broken. What is only coming is shown and is no error."""
    with connect(arguments, client_file(arguments).operations) as client:
        answer = _show(arguments, client)
        try:
            while arguments.watch is not None:
                time.sleep(arguments.watch)
                answer = _show(arguments, client)
        except KeyboardInterrupt:
            pass  # that is how a watch ends
    return OK if answer.healthy else ERROR


def _pause(said: str) -> float:
    """Return the pause; at least a second, because each look is an entry of the record."""
    return max(LEAST_PAUSE, float(said))


def _show(arguments: argparse.Namespace, client: GatewayClient) -> pb.GetStatusResponse:
    answer = client.status(pb.GetStatusRequest(officer=arguments.officer))
    if arguments.json:
        print(json.dumps(MessageToDict(answer, always_print_fields_with_no_presence=True), ensure_ascii=False))
    else:
        for name, value in lines(answer):
            print(f"{name}{' ' * (WIDTH - _columns(name))}{value}".rstrip())
    sys.stdout.flush()
    return answer


def lines(answer: pb.GetStatusResponse) -> Iterator[tuple[str, str]]:
    """Yield what a status says: a name in both languages, and a value; complaints last, each with what to do."""
    broken = any(each.broken for each in answer.complaints)
    yield "状态 state", "异常 BROKEN" if broken else "正常 in order"
    yield "网关 gateway", f"{answer.name} {answer.record.writer}, {answer.versions.software}"
    yield "启动 started", f"{_instant(answer.started_at)}, 现在 now {_instant(answer.now)}"
    yield from _versions(answer.versions)
    fresh = answer.freshness
    lag, skew = fresh.replica_lag.ToTimedelta().total_seconds(), fresh.clock_skew.ToTimedelta().total_seconds()
    yield "数据版本 data revision", f"{fresh.data_revision}, 落后 behind {lag:.2f} s, 时钟 clock {skew:+.2f} s"
    for age in fresh.source_ages:
        known = (
            f"{_hours(age.age.ToTimedelta().total_seconds())}" if age.HasField("age") else "从未确认 never confirmed"
        )
        stale = "" if age.fresh else "  过期 STALE"
        limit = _hours(age.limit.ToTimedelta().total_seconds())
        yield f"数据源 feed {age.feed}", f"{known} / {limit}{stale}"
    yield from _record(answer)
    yield from _ends(answer.ends)
    keys = answer.person_keys
    yield "证件密钥 persons' keys", f"{keys.active} / {keys.count}"
    yield "影响评估 assessment", f"复评 review {answer.next_review or '-'}"
    for each in answer.complaints:
        said = f"{each.text.zh} {each.text.en}: {each.about} {each.measured}".rstrip(": ")
        yield "异常 BROKEN" if each.broken else "提示 coming", said
        yield "", f"→ {each.advice.zh} {each.advice.en}"


def _versions(versions: pb.StatusVersions) -> Iterator[tuple[str, str]]:
    number = f"第 no. {versions.policy_number}" if versions.policy_number else "配置文件 configuration"
    yield "政策 policy", f"{versions.policy_profile} {versions.policy_version} {versions.policy_digest[:12]}, {number}"
    if versions.HasField("next_policy_at"):
        yield "下一版政策 next policy", _instant(versions.next_policy_at)
    if versions.waiting_policy:
        yield "待批准政策 policy waiting", versions.waiting_policy
    yield "规则 rules", f"{versions.rules_digest[:12]}, 日历 calendar {versions.calendar_version[:12]}"
    digests = (versions.settings_digest, versions.agencies_digest, versions.processing_digest)
    yield "配置 configuration", " ".join(digest[:12] for digest in digests)


def _record(answer: pb.GetStatusResponse) -> Iterator[tuple[str, str]]:
    record, load = answer.record, answer.load
    took = record.last_commit.ToTimedelta().total_seconds() * 1000
    yield "留痕 record", f"{record.entries} 条 entries, 待落盘 pending {record.pending} / {record.pending_limit}"
    yield "最近提交 last commit", f"{took:.1f} ms, {record.last_batch} 条 entries; {record.commits} 次 commits"
    log = answer.log
    yield "日志 log", f"{log.origin or '-'}, {log.signed} 条已签 entries signed, {log.waiting} 条等待 waiting"
    for disk in answer.disks:
        free, least = disk.free_bytes / GIGABYTE, disk.least_bytes / GIGABYTE
        whole = f" / {disk.size_bytes / GIGABYTE:.1f} GB" if disk.size_bytes else ""
        yield f"磁盘 disk {disk.what}", f"{free:.1f} GB{whole} 可用 free, 至少 at least {least:.1f} GB"
    refused = ", ".join(f"{each.reason} {each.count}" for each in load.refused) or "0"
    owed = load.owed_events
    oldest = f", 最早 oldest {_instant(owed.oldest)}" if owed.HasField("oldest") else ""
    yield "项目事件 case events", f"{owed.count} 条未签收 not acknowledged, {owed.overdue} 逾期 overdue{oldest}"
    stuck = load.referrals
    late = f"{stuck.clocks_overdue} 期限逾期 clocks overdue, {stuck.not_delivered} 未接收 not delivered"
    yield (
        "案件移送 referrals",
        f"{late}, {stuck.not_opened} 未查阅 not opened, {stuck.uploads_stuck} 上传中断 uploads stuck",
    )
    yield "负载 load", f"{load.in_flight} 进行中 in flight, {load.streams} 流 streams; 拒绝 refused: {refused}"


def _ends(ends: pb.StatusEnds) -> Iterator[tuple[str, str]]:
    yield "网关证书 certificate", _end(ends, "certificate")
    yield "签发机构 authorities", f"{_end(ends, 'next_authority')} … {_end(ends, 'last_authority')}"
    written, until = _end(ends, "revocations_written"), _end(ends, "revocations")
    yield "吊销列表 revocations", f"{written}, 有效至 good until {until}"
    last = f", 最近 last {_end(ends, 'last_revoked')}" if ends.revoked_certificates else ""
    yield "网关吊销 revoked at gateway", f"{ends.revoked_certificates}{last}"


def _end(ends: pb.StatusEnds, field: str) -> str:
    return _instant(getattr(ends, field)) if ends.HasField(field) else "-"  # type: ignore[arg-type]  # a field's name


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(letter) in {"W", "F"} else 1 for letter in text)


def _instant(instant: Timestamp) -> str:
    return f"{instant.ToDatetime():%Y-%m-%d %H:%M}Z"


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:.1f} h"

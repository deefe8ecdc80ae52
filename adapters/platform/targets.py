"""What the platform should hold of one record at a moment: the cells of its row, or on what ground it ended.

Records in, rows out; nothing is sent or kept here. Of a listing each run of three years is a row of its own, because a
restoration has another day and document, and so another key (L-18).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import listing_pb2

from adapters.platform.layouts import LAYOUTS, PUBLICITY, RETENTION, SHARING, wan_of
from adapters.platform.runs import EXPIRED, LIFTED, REVOKED, ListingAct, next_turn, runs
from formats.civil import SHANGHAI, add_months, civil_date, midnight, parse_date

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from jointsanctions.v1 import changes_pb2, record_pb2, shown_repair_pb2

    from adapters.platform.settings import Report

WITHDRAWN: Final = "撤回"
"""Ground: its authority ended it from a day on, or it is this enterprise's no more."""
RESTRICTIONS: Final = {
    "NEW_PROJECTS_LIMITED": "限制承接新项目",
    "QUALIFICATION_LOWERED": "降低资质等级",
    "QUALIFICATION_REVOKED": "吊销资质证书",
    "PROCUREMENT_BAN": "禁止参加政府采购活动",
}
_ACT: Final = "LISTING_ACT_KIND_"


@dataclass(frozen=True, slots=True)
class Target:
    """One row as it should be. ``cells`` are complete whether or not it is shown."""

    row_id: str
    cells: Mapping[str, str]
    shown: bool
    ground: str
    """Why it is not shown; empty where it never was to be."""
    ended_on: date | None


@dataclass(frozen=True, slots=True)
class Targets:
    """The rows of one record at a moment, and the next instant at which time alone changes them."""

    rows: tuple[Target, ...]
    turns_at: datetime | None


def act_of(change: changes_pb2.Change) -> ListingAct:
    """Read an act of a listing from the stream of changes."""
    sent = change.record.listing_act
    return ListingAct(
        act_id=change.record_id,
        kind=listing_pb2.ListingActKind.Name(sent.act).removeprefix(_ACT),
        on=parse_date(sent.on),
        at=sent.at.ToDatetime(SHANGHAI) if sent.HasField("at") else None,
        document_number=change.document_number,
        authority=change.authority,
        to_person=change.said.get("delivered_to") == "PERSON",
        reason=sent.reason,
        basis=change.said.get("basis", ""),
    )


def of_listing(
    report: Report, listing_id: str, uscc: str, name: str, acts: Sequence[ListingAct], now: datetime
) -> Targets:
    """Return a row for each run of a listing."""
    rows = []
    for run in runs(acts, now):
        start = run.start
        cells = {
            **report.constants,
            "对象名称": name,
            "统一社会信用代码": uscc,
            "列入时间": start.on.isoformat(),
            "预计退出日期": civil_date(run.ends).isoformat(),
            "发布机关名称": start.authority,
            "文书号": start.document_number,
        }
        said = {"列入事由": report.words.get(start.reason, start.reason), "列入依据": start.basis}
        cells |= {column: text for column, text in said.items() if text} | _ends(report, start.on)
        rows.append(Target(f"{listing_id}#{start.act_id}", cells, run.in_force, run.ground, run.ended_on))
    return Targets(tuple(rows), next_turn(acts, now))


def of_fact(
    report: Report, name: str, item: changes_pb2.Change, notes: Sequence[changes_pb2.Change], now: datetime
) -> Targets:
    """Return the row of a penalty, licence or publication.

    *notes* are its withdrawal and the repairs of it that the platform shows.
    """
    record = item.record
    day, cells = _CELLS[report.kind](record, name)
    ends = _ends(report, day)
    own = _own_ends(record)
    ends.update({column: value for column, value in own.items() if value})
    filled = {**report.constants, **{column: value for column, value in cells.items() if value}, **ends}
    until = min((parse_date(ends[c]) for c in (PUBLICITY, SHARING) if ends.get(c)), default=None)
    today = civil_date(now)
    ground, ended_on = _ended(notes, day, until, today)
    edges = {until, *(each for note in notes for each in _days(note))}
    turn = min((midnight(edge) for edge in edges if edge is not None and edge > today), default=None)
    row = Target(item.record_id, filled, day <= today and not ground, ground, ended_on)
    return Targets((row,), turn if day <= today else midnight(day))


def _ended(notes: Sequence[changes_pb2.Change], day: date, until: date | None, today: date) -> tuple[str, date | None]:
    """Return the ground on which a fact is not shown *today*, and since when; an empty ground when it is."""
    for note in notes:
        if note.HasField("withdrawal"):
            withdrawn = note.withdrawal
            if not withdrawn.holds_until:
                return REVOKED, parse_date(withdrawn.decided_on)
            if parse_date(withdrawn.holds_until) <= today:
                return WITHDRAWN, parse_date(withdrawn.holds_until)
    for note in notes:
        if note.HasField("shown_repair") and _suspended(note.shown_repair, today):
            return LIFTED["REPAIR_SHOWN"], max(day, parse_date(note.shown_repair.shown_on))
    return (EXPIRED, until) if until is not None and until <= today else ("", None)


def _suspended(shown: shown_repair_pb2.ShownRepair, today: date) -> bool:
    return parse_date(shown.shown_on) <= today and not (shown.rejected_on and parse_date(shown.rejected_on) < today)


def _days(note: changes_pb2.Change) -> list[date]:
    """Return the days on which a note changes something."""
    if note.HasField("withdrawal"):
        return [parse_date(note.withdrawal.holds_until)] if note.withdrawal.holds_until else []
    shown = note.shown_repair
    again = [parse_date(shown.rejected_on) + timedelta(days=1)] if shown.rejected_on else []
    return [parse_date(shown.shown_on), *again]


def _ends(report: Report, day: date) -> dict[str, str]:
    """Return the ends that are configured for a kind, each by itself (I-38)."""
    months = {
        PUBLICITY: report.publicity_months,
        SHARING: report.sharing_months,
        RETENTION: report.retention_months,
    }
    return {column: add_months(day, each).isoformat() for column, each in months.items() if each is not None}


def _own_ends(record: record_pb2.Record) -> dict[str, str]:
    """Return the ends that the record says itself: they come before what is configured."""
    if record.HasField("penalty"):
        sent = record.penalty
        return {PUBLICITY: sent.display_until, SHARING: sent.shared_until, RETENTION: sent.retained_until}
    return {PUBLICITY: record.publication.display_until} if record.HasField("publication") else {}


def _penalty(record: record_pb2.Record, name: str) -> tuple[date, dict[str, str]]:
    sent = record.penalty
    return parse_date(sent.decided_on), {
        "行政相对人名称": name,
        "统一社会信用代码": record.uscc,
        "行政处罚决定书文号": record.document_number,
        "违法行为类型": sent.violation_type,
        "违法事实": sent.violation_facts,
        "处罚依据": sent.basis,
        "处罚类别": sent.penalty_class or RESTRICTIONS.get(sent.restriction, ""),
        "处罚内容": sent.content,
        "罚款金额(万元)": wan_of(sent.fine_fen) if sent.HasField("fine_fen") else "",
        "没收金额(万元)": wan_of(sent.confiscated_fen) if sent.HasField("confiscated_fen") else "",
        "暂扣或吊销证照名称": sent.revoked_certificate,
        "暂扣或吊销证照编号": sent.revoked_certificate_number,
        "处罚决定日期": sent.decided_on,
        "处罚有效期": sent.valid_until or sent.restricts_until,
        "处罚机关": record.authority,
        "处罚机关统一社会信用代码": sent.authority_uscc,
        "数据来源单位": sent.data_source,
        "数据来源单位统一社会信用代码": sent.data_source_uscc,
        "备注": sent.remark,
    }


def _licence(record: record_pb2.Record, name: str) -> tuple[date, dict[str, str]]:
    sent = record.licence
    return parse_date(sent.decided_on), {
        "行政相对人名称": name,
        "统一社会信用代码": record.uscc,
        "行政许可决定文书名称": sent.document_name,
        "行政许可决定文书号": record.document_number,
        "许可类别": sent.licence_class,
        "许可证书名称": sent.certificate_name,
        "许可编号": sent.licence_number,
        "许可内容": sent.content,
        "许可决定日期": sent.decided_on,
        "有效期自": sent.valid_from,
        "有效期至": sent.valid_until,
        "许可机关": record.authority,
        "许可机关统一社会信用代码": sent.authority_uscc,
        "当前状态": {"VALID": "有效", "INVALID": "无效"}.get(sent.state, ""),
        "数据来源单位": sent.data_source,
        "数据来源单位统一社会信用代码": sent.data_source_uscc,
        "备注": sent.remark,
    }


def _publication(record: record_pb2.Record, name: str) -> tuple[date, dict[str, str]]:
    sent = record.publication
    return parse_date(sent.published_on), {
        "单位名称": name,
        "统一社会信用代码": record.uscc,
        "公布时间": sent.published_on,
        "公布机关": record.authority,
        "文书号": record.document_number,
        "是否拖欠工资": "是" if sent.for_wages else "否",
    }


_CELLS: Final = {"penalty": _penalty, "licence": _licence, "publication": _publication}


def lacking(kind: str, target: Target) -> tuple[str, ...]:
    """Return the columns without which a row cannot be sent and that it lacks."""
    return tuple(column for column in LAYOUTS[kind].required if not target.cells.get(column))

"""Builders of an invented joint meeting: valid by default. Nothing here asserts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from store_samples import code

from gateway.domain.agencies import Agencies, Agency, Role
from gateway.domain.meetings import (
    Agenda,
    AgendaItem,
    AssignedStep,
    Meeting,
    MeetingAct,
    MeetingCase,
    MeetingCaseKind,
    Minutes,
    Resolution,
    StepReport,
)

RECORDED = datetime(2026, 3, 2, 2, tzinfo=UTC)


def agency(agency_id: str, role: Role, *fields: str) -> Agency:
    return Agency(
        agency_id=agency_id, name_zh="示例", name_en="x", role=role, territory="420300", fields=frozenset(fields)
    )


HRSS = agency("hrss", Role.PRODUCER, "joint_meetings", "known_at")
FINANCE = agency("finance", Role.ASKING_SYSTEM)
BANK = agency("bank", Role.BANK)
POLICE = agency("police", Role.POLICE)
HOUSING = agency("housing", Role.ASKING_SYSTEM)
"""No member of the meeting."""
AUDIT = agency("audit", Role.AUDITOR)
AGENCIES = Agencies([HRSS, FINANCE, BANK, POLICE, HOUSING, AUDIT], "0" * 64)

FUNDS = AgendaItem(
    "funds", "停止拨付", "hrss", ("finance", "bank"), (code(1),), (MeetingCase(MeetingCaseKind.LISTING, "L-1"),)
)
HAND_OVER = AgendaItem(
    "hand-over",
    "移送情况",
    "hrss",
    ("police",),
    (code(2),),
    (MeetingCase(MeetingCaseKind.REFERRAL, "示移〔2026〕1号"),),
)
AGENDA = Agenda(
    "联席〔2026〕3号",
    date(2026, 3, 2),
    "示例市人力资源和社会保障局",
    ("hrss", "finance", "bank", "police"),
    (FUNDS, HAND_OVER),
)
STOP = AssignedStep("stop", "funds", "finance", "停止拨付并函告", None, 5)
TELL = AssignedStep("tell", "funds", "bank", "提示风险", date(2026, 3, 31), None)
CHECK = AssignedStep("check", "hand-over", "police", "反馈立案情况", date(2026, 3, 10), None)
MINUTES = Minutes(
    "联席纪要〔2026〕3号",
    date(2026, 3, 3),
    ("hrss", "finance", "police"),
    (Resolution("funds", "停止拨付"), Resolution("hand-over", "抓紧办理")),
    (STOP, TELL, CHECK),
)
REPORT = StepReport("stop", "财函〔2026〕9号", date(2026, 3, 6), "已停止")
MEETING = Meeting("M", AGENDA, MINUTES, (REPORT,))


def agenda(**changes: Any) -> Agenda:
    return replace(AGENDA, **changes)


def minutes(**changes: Any) -> Minutes:
    return replace(MINUTES, **changes)


def acted(content: Agenda | Minutes | StepReport, by: str = "hrss", at: datetime = RECORDED) -> MeetingAct:
    return MeetingAct("M", content, by, at)

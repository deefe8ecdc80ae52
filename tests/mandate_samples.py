"""Builders of mandates, persons and proposals: valid by default. Nothing here asserts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from gateway.domain.agencies import Agency, Role
from gateway.domain.imports import Person
from gateway.domain.mandates import Ending, Frame, Proposal
from gateway.domain.vocabulary import Area, DecisionPoint

NOW = datetime(2026, 11, 24, 1, 30, tzinfo=UTC)
DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
CHEN = Person("gateway-operations", "chen")
ZHAO = Person("gateway-operations", "zhao")
FRAME = Frame(frozenset({"wage_list", "penalties"}), 2048)


def mandate(agency_id: str = "tourism", role: Role = Role.ASKING_SYSTEM, **changes: Any) -> Agency:
    entry = Agency(
        agency_id=agency_id,
        name_zh="示例局",
        name_en="Sample Bureau",
        role=role,
        territory="420300",
        legal_basis="示例市人民政府办公室 府办〔2026〕9号",
    )
    return replace(entry, **changes)


def bidding(**changes: Any) -> Agency:
    granted = {"areas": frozenset({Area.BIDDING}), "points": frozenset({DecisionPoint.BIDDING_AWARD})}
    return mandate(**{"agency_id": "trading", **granted, **changes})


OPERATOR = mandate("gateway-operations", Role.OPERATOR)
AUDITOR = mandate("audit-bureau", Role.AUDITOR)
PRODUCER = mandate("hrss", Role.PRODUCER, feeds=frozenset({"wage_list"}))
STANDING = [OPERATOR, AUDITOR, PRODUCER, bidding()]


def ending(agency_id: str = "trading", role: Role = Role.ASKING_SYSTEM, ends_at: datetime | None = None) -> Ending:
    return Ending(agency_id, role, ends_at)


def proposal(wanted: Agency | Ending, **changes: Any) -> Proposal:
    made = Proposal(
        proposal_id="mandate-1", wanted=wanted, replaces=0, by=CHEN, at=NOW, reason="新职责", document_number="9号"
    )
    return replace(made, **changes)

"""The shipped policy and what its cells are asked with: case facts of each kind, and grounds of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from gateway.domain.case_facts import CaseFacts
from gateway.domain.vocabulary import (
    CutoffRule,
    DecisionPoint,
    Effect,
    FundKind,
    ParticipationForm,
    QualificationApplicationKind,
    SecurityKind,
    Trigger,
)
from gateway.settings.policy_files import load_policy

FOLDER = Path(__file__).parents[1] / "config" / "policy"
DAY = date(2026, 11, 24)
SHIYAN, NATIONAL = "shiyan", "national-2026"
NONE, NOTICE, EASY, REVIEW, RAISE, BLOCK = Effect


@dataclass(frozen=True)
class Seen:
    since: date = date(2026, 3, 2)
    restriction: str = ""
    malicious: bool = False
    late: bool = False

    def came_after(self, moment):  # noqa: ARG002 - after whatever cut-off there is
        return self.late


@cache
def policy(profile):
    return load_policy(FOLDER, profile, DAY)


def effect(profile, trigger, point, facts, ground):
    row = policy(profile).match(Trigger[trigger], DecisionPoint[point], facts, ground, DAY)
    found, lapsed = policy(profile).effective(row, DAY)
    assert not lapsed
    return found


def tender(region="420302", *, must=True, state=False):
    return CaseFacts(
        project_region=region,
        must_be_tendered=must,
        state_funds=state,
        form=ParticipationForm.SINGLE,
        cutoff_rule=CutoffRule.NOT_FIXED,
    )


def fund(kind):
    return CaseFacts(fund_kind=FundKind[kind])


def buying(*, named):
    return CaseFacts(tender_document_names_list=named, form=ParticipationForm.SINGLE, cutoff_rule=CutoffRule.NOT_FIXED)


def security(kind):
    return CaseFacts(security_kind=SecurityKind[kind], contract_amount_fen=100_000_000)


def application(kind, on=DAY):
    return CaseFacts(application_kind=QualificationApplicationKind[kind], application_date=on)


SEEN = Seen()
LIMITED = Seen(restriction="NEW_PROJECTS_LIMITED")
BANNED = Seen(restriction="PROCUREMENT_BAN")
MALICIOUS = Seen(malicious=True)
INSIDE, OUTSIDE, PRIVATE = tender(), tender("420102"), tender(must=False)
STATE = tender(must=False, state=True)

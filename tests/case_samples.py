"""Cases to be kept, amended and judged, shared by the suites of the store, of the rules and of the use cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from store_samples import code

from gateway.domain.case_facts import CaseFacts
from gateway.domain.cases import Applicant, CaseCloseReason, CaseClosing, CaseKey, CaseParty, CaseTerms
from gateway.domain.vocabulary import Area, CutoffRule, DecisionPoint, ParticipationForm

NOW = datetime(2026, 6, 10, 4, tzinfo=UTC)
CUTOFF = datetime(2026, 6, 9, 1, tzinfo=UTC)
KEY = CaseKey("bidding", Area.BIDDING, "T-1", "1")
FACTS = CaseFacts(
    project_region="420302",
    must_be_tendered=True,
    state_funds=True,
    form=ParticipationForm.SINGLE,
    lot="1",
    cutoff_rule=CutoffRule.FIXED,
    cutoff_at=CUTOFF,
)
CLOSING = CaseClosing(CaseCloseReason.AWARDED, "Li", "中标通知书已发出")


def applicant(*numbers: int) -> Applicant:
    """Return an applicant of the invented enterprises with these numbers, the first of which leads."""
    first, *members = (CaseParty(code(number), f"样例{number}") for number in numbers)
    return Applicant(first, tuple(members))


TERMS = CaseTerms(
    point=DecisionPoint.BIDDING_AWARD,
    facts=FACTS,
    applicants=(applicant(1), applicant(2, 3)),
    consortia_fixed=False,
    officer="Li",
    reason="",
)


def terms(**changes: Any) -> CaseTerms:
    """Return the terms of the case with changes; those of its facts are given as ``facts_cutoff_at`` and the like."""
    of_facts = {name.removeprefix("facts_"): value for name, value in changes.items() if name.startswith("facts_")}
    own = {name: value for name, value in changes.items() if not name.startswith("facts_")}
    return replace(TERMS, facts=replace(FACTS, **of_facts), **own)

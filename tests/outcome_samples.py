"""Outcomes to be kept, found and judged, shared by the suites of the store, of the rules and of the laws."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from builders import USCC

from gateway.domain.outcomes import AnswerRelied, Fulfilled, FulfilmentKind, Outcome, OutcomeKind
from gateway.domain.vocabulary import Area, DecisionPoint, Verdict

NOW = datetime(2026, 3, 6, 4, tzinfo=UTC)
TODAY = date(2026, 3, 6)
ANSWER = AnswerRelied(
    writer="gw1-0",
    number=17,
    leaf="ab" * 32,
    line="",
    answered_at=NOW,
    revision=7,
    as_of=NOW,
    verdict=Verdict.RESTRICTED,
    enterprises=(USCC,),
    grounds=("L-1",),
)
OUTCOME = Outcome(
    outcome_id="outcome-1",
    agency="bidding",
    area=Area.BIDDING,
    point=DecisionPoint.BIDDING_AWARD,
    case_ref="T-1",
    uscc=USCC,
    answer=ANSWER,
    kind=OutcomeKind.REFUSED,
    decided_on=TODAY,
    document_number="示交易〔2026〕7号",
    officer="Li",
    conditions=(Fulfilled(FulfilmentKind.OFFICER_REVIEW, "已核实"),),
    note="",
    supersedes="",
    reexamined=(),
    reported_at=NOW,
)


def outcome(**changes: Any) -> Outcome:
    """Return an outcome; changes of its answer are given as ``answer_revision`` and the like."""
    of_answer = {name.removeprefix("answer_"): value for name, value in changes.items() if name.startswith("answer_")}
    own = {name: value for name, value in changes.items() if not name.startswith("answer_")}
    return replace(OUTCOME, answer=replace(ANSWER, **of_answer), **own)

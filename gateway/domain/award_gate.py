"""The award gate: what must be there before the final act of a case, about every party of the applicant (A-122, A-125).

Decided anew at this moment, asked about before at the last point ahead of the final one, and nothing open. Here it is
told what is missing; who is asked about is decided in ``eligibility``, and earlier answers are found in ``services``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.domain.vocabulary import DecisionPoint, Verdict, Word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime, timedelta

    from gateway.domain.award_cover import GivenAnswer


class AwardClearance(Word):
    """Whether the final act may be taken."""

    CLEARED = 1
    NOT_CLEARED = 2
    PROOF_PENDING = 3
    """Nothing is missing but the receipt: an award that cannot be proven to have been asked about is none."""


class AwardGap(Word):
    """What is missing for one party."""

    RESTRICTED = 1
    UNVERIFIABLE = 2
    CONDITIONS_OPEN = 3
    NEVER_CHECKED = 4
    EARLIER_POINT = 5
    CHECK_UNVERIFIABLE = 6
    CHECK_TOO_OLD = 7
    SECOND_PERSON_MISSING = 8


BEFORE: Final[Mapping[DecisionPoint, tuple[DecisionPoint, ...]]] = {
    DecisionPoint.FUNDING_APPROVAL: (DecisionPoint.FUNDING_APPLICATION,),
    DecisionPoint.FUNDING_PAYMENT: (DecisionPoint.FUNDING_APPROVAL, DecisionPoint.FUNDING_APPLICATION),
    DecisionPoint.PROCUREMENT_RESULT: (DecisionPoint.PROCUREMENT_QUALIFICATION_REVIEW,),
    DecisionPoint.PROCUREMENT_CONTRACT: (
        DecisionPoint.PROCUREMENT_RESULT,
        DecisionPoint.PROCUREMENT_QUALIFICATION_REVIEW,
    ),
    DecisionPoint.BIDDING_AWARD: (
        DecisionPoint.BIDDING_CANDIDATE_PUBLICITY,
        DecisionPoint.BIDDING_EVALUATION,
        DecisionPoint.BIDDING_QUALIFICATION_REVIEW,
        DecisionPoint.BIDDING_REGISTRATION,
    ),
    DecisionPoint.BIDDING_CONTRACT: (
        DecisionPoint.BIDDING_AWARD,
        DecisionPoint.BIDDING_CANDIDATE_PUBLICITY,
        DecisionPoint.BIDDING_EVALUATION,
        DecisionPoint.BIDDING_QUALIFICATION_REVIEW,
        DecisionPoint.BIDDING_REGISTRATION,
    ),
    DecisionPoint.LICENSING_DECISION: (DecisionPoint.LICENSING_ACCEPTANCE,),
    DecisionPoint.GUARANTEE_CONTRACT: (DecisionPoint.GUARANTEE_ISSUE,),
    DecisionPoint.QUALIFICATION_DECISION: (DecisionPoint.QUALIFICATION_ACCEPTANCE,),
    DecisionPoint.LENDING_DRAWDOWN: (DecisionPoint.LENDING_APPROVAL,),
    DecisionPoint.AWARDS_CONFERRAL: (DecisionPoint.AWARDS_PUBLICITY, DecisionPoint.AWARDS_NOMINATION),
}
"""The points ahead of a final one in the course of a case, the last first. Final points that are not here begin a case
themselves, such as the approval of a loan or a renewal."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What is needed of an earlier answer."""

    points: frozenset[DecisionPoint]
    """At which points it may have been given; empty where none is needed."""
    not_before: datetime
    """Earliest instant at which it may have been given, UTC, by the limit of the area."""
    part: str


def earlier_needed(
    point: DecisionPoint, granted: Collection[DecisionPoint], part: str, now: datetime, limit: timedelta
) -> Earlier:
    """Return what is needed of an earlier answer before the final act at *point*.

    Args:
        point: The final point.
        granted: Points at which the agency may ask: of those ahead of the final one the last of these counts, and so
            does whatever comes after it.
        part: Lot or part of the case.
        now: The present, UTC.
        limit: How long ago it may have been.
    """
    ahead = BEFORE.get(point, ())
    last = next((place for place, each in enumerate(ahead) if each in granted), None)
    points = frozenset({point, *ahead[: last + 1]}) if last is not None else frozenset[DecisionPoint]()
    return Earlier(points, now - limit, part)


def newest_earlier(uscc: str, answers: Iterable[GivenAnswer], needed: Earlier) -> GivenAnswer | AwardGap | None:
    """Return the newest earlier answer about a party that will do, what is missing of it, or None where none is needed.

    *answers* are those to the agency in the case, in any order.
    """
    if not needed.points:
        return None
    asked = (each for each in answers if uscc in each.usccs and not each.not_cleared)
    own = [each for each in asked if each.lot in {"", needed.part}]
    if not own:
        return AwardGap.NEVER_CHECKED
    own = [each for each in own if each.point in needed.points]
    if not own:
        return AwardGap.EARLIER_POINT
    own = [each for each in own if each.verdict is not Verdict.UNVERIFIABLE and not each.preview]
    if not own:
        return AwardGap.CHECK_UNVERIFIABLE
    own = [each for each in own if each.answered_at >= needed.not_before]
    return max(own, key=lambda each: each.answered_at) if own else AwardGap.CHECK_TOO_OLD


@dataclass(frozen=True, slots=True)
class Words:
    """What persons said to what stands in the way."""

    officer_decided: bool
    """An officer decided on what asks for a review or a raised security."""
    emergency_persons: int
    """How many persons have joined in the emergency procedure, this call's among them; 0 without one."""


SECOND: Final = 2


def verdict_gap(verdict: Verdict, words: Words) -> AwardGap | None:
    """Return what a verdict of this moment leaves open; None for nothing. What is not known is never decided over."""
    if verdict is Verdict.UNVERIFIABLE:
        return AwardGap.UNVERIFIABLE
    if verdict is Verdict.RESTRICTED and words.emergency_persons < SECOND:
        return AwardGap.SECOND_PERSON_MISSING if words.emergency_persons else AwardGap.RESTRICTED
    if verdict is Verdict.CONDITIONAL and not (words.officer_decided or words.emergency_persons >= SECOND):
        return AwardGap.CONDITIONS_OPEN
    return None

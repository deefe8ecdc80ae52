"""Was an award covered by an answer? Which of an agency's awards stand out because none covers them, and why (A-122).

An award is covered when the newest answer about this enterprise, in this case and at a point at which cases are
decided, that was given by the moment of the award held then and let it go ahead; a conditional one, when its conditions
are reported as fulfilled by then. Whatever is not known never covers. Nothing here searches.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from formats.civil import civil_date, midnight
from gateway.domain.outcome_duty import FINAL_POINTS
from gateway.domain.outcomes import WITH_CONDITIONS, OutcomeKind
from gateway.domain.vocabulary import Verdict, Word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from gateway.domain.outcomes import Outcome
    from gateway.domain.vocabulary import Area, DecisionPoint


class UncoveredReason(Word):
    """Why no answer covers an award; of several answers the one that comes nearest tells."""

    NEVER_ASKED = 1
    OTHER_CASE = 2
    """The enterprise was asked about in other cases only."""
    OTHER_ENTERPRISE = 3
    """In the case others were asked about only."""
    OUTLOOK_ONLY = 4
    """Only about a moment that lay ahead (``preview``), which is no answer."""
    EARLIER_POINT = 5
    """Only at points at which nothing is decided, such as a registration."""
    ASKED_AFTER = 6
    """Only after the award."""
    VALIDITY_UNKNOWN = 7
    """The newest answer is from before it was recorded until when answers hold."""
    EXPIRED = 8
    """The newest answer held no more."""
    RESTRICTED = 9
    UNVERIFIABLE = 10
    CONDITIONS_NOT_FULFILLED = 11
    """The newest answer was CONDITIONAL, and no outcome says by the award that its conditions were met."""


GRANTS: Final = frozenset(
    {
        OutcomeKind.GRANTED,
        OutcomeKind.GRANTED_WITH_CONDITIONS,
        OutcomeKind.OVERRIDDEN,
        OutcomeKind.NOT_STOPPED,
    }
)
"""Outcomes by which an enterprise went ahead."""
FULFILS: Final = WITH_CONDITIONS | {OutcomeKind.OVERRIDDEN}
"""Outcomes by which the conditions of an answer were met, or by which an officer decided otherwise (A-125)."""
INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """Something that was granted. Of an award of which only the day is known, *earliest* and *latest* bound it."""

    area: Area
    case_ref: str
    uscc: str
    earliest: datetime
    latest: datetime
    """Last instant at which it can have been, inclusive."""
    agency: str = ""
    """Whose award; empty where a list does not say, and then any agency's answer counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """An answer as it is recorded, as far as an award looks at it; *uscc* is each who was to go ahead by it."""

    area: Area
    point: DecisionPoint
    case_ref: str
    usccs: frozenset[str]
    """The enterprise that was to go ahead, and the members of its consortium."""
    agency: str
    verdict: Verdict
    answered_at: datetime
    valid_until: datetime | None
    """None where the record does not say."""
    preview: bool
    writer: str
    number: int
    item: int | None
    lot: str = ""
    """Lot of the case that was asked about; empty where the question named none."""
    not_cleared: bool = False
    """It is of the award gate, and something was missing there: the verdict is then at least that nothing is known."""


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Why an award stands out, and the answer that came nearest; None where there is none."""

    reason: UncoveredReason
    nearest: GivenAnswer | None


def within(day: date) -> tuple[datetime, datetime]:
    """Return the first and the last instant of a civil day in Asia/Shanghai."""
    return midnight(day), midnight(day + timedelta(days=1)) - INSTANT


def uncovered(award: Award, answers: Iterable[GivenAnswer], outcomes: Iterable[Outcome]) -> Uncovered | None:
    """Return why an award stands out; None when it is covered.

    Args:
        award: What was granted.
        answers: Everything that may cover it, in any order: the answers about the enterprise, and those in the case.
        outcomes: What was reported in the case, in any order; others are passed over.
    """
    known = [each for each in answers if each.area is award.area and award.agency in {"", each.agency}]
    in_case = [each for each in known if each.case_ref == award.case_ref]
    own = [each for each in in_case if award.uscc in each.usccs]
    if not own:
        return _elsewhere(award, known, in_case)
    actual = [each for each in own if not each.preview]
    if not actual:
        return Uncovered(UncoveredReason.OUTLOOK_ONLY, _newest(own))
    deciding = [each for each in actual if each.point in FINAL_POINTS]
    if not deciding:
        return Uncovered(UncoveredReason.EARLIER_POINT, _newest(actual))
    given = [each for each in deciding if each.answered_at <= award.latest]
    if not given:
        return Uncovered(UncoveredReason.ASKED_AFTER, min(deciding, key=_age))
    newest = _newest(given)
    reason = _of_answer(award, newest, outcomes)
    return Uncovered(reason, newest) if reason is not None else None


def _elsewhere(award: Award, known: list[GivenAnswer], in_case: list[GivenAnswer]) -> Uncovered:
    about = [each for each in known if award.uscc in each.usccs]
    if about:
        return Uncovered(UncoveredReason.OTHER_CASE, _newest(about))
    if in_case:
        return Uncovered(UncoveredReason.OTHER_ENTERPRISE, _newest(in_case))
    return Uncovered(UncoveredReason.NEVER_ASKED, None)


def _of_answer(award: Award, answer: GivenAnswer, outcomes: Iterable[Outcome]) -> UncoveredReason | None:
    """Return what is wrong with the answer on which an award rests; None when nothing is."""
    if answer.verdict is Verdict.RESTRICTED:
        return UncoveredReason.RESTRICTED
    if answer.verdict is Verdict.UNVERIFIABLE:
        return UncoveredReason.UNVERIFIABLE
    if answer.valid_until is None:
        return UncoveredReason.VALIDITY_UNKNOWN
    if answer.valid_until <= award.earliest:
        return UncoveredReason.EXPIRED
    if answer.verdict is Verdict.CONDITIONAL and not any(_fulfils(each, award, answer) for each in outcomes):
        return UncoveredReason.CONDITIONS_NOT_FULFILLED
    return None


def _fulfils(outcome: Outcome, award: Award, answer: GivenAnswer) -> bool:
    """Return whether an outcome says that the conditions of *answer* were met by the day of the award."""
    same = (outcome.agency, outcome.area, outcome.case_ref) == (answer.agency, award.area, award.case_ref)
    in_time = outcome.decided_on <= civil_date(award.latest)
    return same and in_time and outcome.uscc in answer.usccs and outcome.kind in FULFILS


def _newest(answers: Iterable[GivenAnswer]) -> GivenAnswer:
    return max(answers, key=_age)


def _age(answer: GivenAnswer) -> tuple[datetime, str, int, int]:
    """Return the key by which answers are put in order; of two of the same instant the writer and number tell."""
    return answer.answered_at, answer.writer, answer.number, -1 if answer.item is None else answer.item

"""What a deciding system did in a case after an answer, as it reports it (A-128).

Values, and what must fit together in one. An outcome decides nothing: no rule reads it, and no answer rests on it. What
it is for: a record that never weighed must not go on weighing in decisions that were taken on it (L-24, C-02, X-04),
and these are found by the answers that they rest on. Where outcomes are kept is the store's; who may report one, the
wire's and ``services``'.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from formats.civil import civil_date
from gateway.domain.call_record import recorded_grounds
from gateway.domain.endings import FROM_START, KnownEnding, Told, concerns
from gateway.domain.vocabulary import Verdict, Word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from gateway.domain.vocabulary import Area, DecisionPoint


class OutcomeKind(Word):
    """What was done in the case (A-128)."""

    GRANTED = 1
    GRANTED_WITH_CONDITIONS = 2
    REFUSED = 3
    SECURITY_RAISED = 4
    WITHDRAWN_BY_APPLICANT = 5
    EXCLUDED = 6
    AWARDED_TO_OTHER = 7
    OVERRIDDEN = 8
    """An officer decided otherwise than a review or a raised security asked for, with the reason (A-125)."""
    CONDITIONS_FULFILLED = 9
    NOT_STOPPED = 10
    """Answers did not bind yet: the party would have been stopped, and was not."""


class FulfilmentKind(Word):
    """What was done to meet a condition of an answer."""

    OFFICER_REVIEW = 1
    SECURITY_RAISED = 2
    EXISTENCE_CONFIRMED = 3
    CONVENIENCE_WITHHELD = 4
    PARTY_HEARD = 5


WITH_CONDITIONS = frozenset(
    {OutcomeKind.GRANTED_WITH_CONDITIONS, OutcomeKind.SECURITY_RAISED, OutcomeKind.CONDITIONS_FULFILLED}
)
"""Outcomes that say nothing without the conditions that were met."""


NOBODY_OVERRIDES = frozenset({Verdict.CLEAR, Verdict.UNVERIFIABLE})
"""Verdicts over which no officer decides: nothing stood in the way, or what did is not known (A-125)."""


@dataclass(frozen=True, slots=True)
class Fulfilled:
    """One condition that was met, and how, in words."""

    kind: FulfilmentKind
    text: str


@dataclass(frozen=True, slots=True)
class AnswerRelied:
    """The answer that an outcome rests on: where it is recorded, and what of it is needed when a record ends.

    Hashes are hexadecimal; ``line`` is empty for a single question. It is kept with the outcome, so that erasing the
    content of old entries loses no decision.
    """

    writer: str
    number: int
    leaf: str
    line: str
    answered_at: datetime
    revision: int
    as_of: datetime
    verdict: Verdict
    enterprises: tuple[str, ...]
    """Codes of everybody asked about."""
    grounds: tuple[str, ...]
    """The records that it told of, as recorded; every record that it may have told of where it named only some."""
    emergency: bool = False
    """The award gate gave it, and two persons went ahead over what it says in the emergency procedure (A-125)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """An outcome as it is on record. Never changed: a correction is a further one that takes its place."""

    outcome_id: str
    agency: str
    area: Area
    point: DecisionPoint
    case_ref: str
    uscc: str
    answer: AnswerRelied
    kind: OutcomeKind
    decided_on: date
    document_number: str
    officer: str
    conditions: tuple[Fulfilled, ...]
    note: str
    supersedes: str
    """Empty for a first report."""
    reexamined: tuple[str, ...]
    """Ids of the endings on whose account the decision was examined again, by this outcome or one before it."""
    reported_at: datetime
    part: str = ""
    """Lot, instalment or other part of the case that was decided; empty: everything that was answered."""

    def told(self, record_id: str, about: str) -> Told | None:
        """Return that the answer told of a record; None when it did not, or was not about the enterprise *about*.

        *about* is empty where it does not matter whom the answer was about.
        """
        (recorded,) = recorded_grounds([record_id])
        if recorded not in self.answer.grounds or (about and about not in self.answer.enterprises):
            return None
        seen = self.answer.revision
        return Told(record_id, self.agency, self.case_ref, seen, seen, self.answer.as_of, about)


class OutcomeFault(NamedTuple):
    """What does not fit in a report: the field on the wire, and why."""

    field: str
    why: str


def faults(outcome: Outcome, today: date) -> Iterator[OutcomeFault]:
    """Yield what does not fit together in an outcome that is reported on *today*, a civil date."""
    kinds = [each.kind for each in outcome.conditions]
    if outcome.decided_on > today:
        yield OutcomeFault("decided_on", "lies ahead")
    if outcome.decided_on < civil_date(min(outcome.answer.as_of, outcome.answer.answered_at)):
        yield OutcomeFault("decided_on", "lies before the answer")
    if outcome.kind in WITH_CONDITIONS and not kinds:
        yield OutcomeFault("conditions", f"are required for {outcome.kind.name}")
    if outcome.kind is OutcomeKind.SECURITY_RAISED and kinds and FulfilmentKind.SECURITY_RAISED not in kinds:
        yield OutcomeFault("conditions", "do not name the security that was raised")
    if outcome.kind is OutcomeKind.OVERRIDDEN and not outcome.note:
        yield OutcomeFault("note", "must give the reason of an override (A-125)")
    if outcome.kind is OutcomeKind.OVERRIDDEN and outcome.answer.verdict in NOBODY_OVERRIDES:
        yield OutcomeFault("outcome", f"nobody decides over what is {outcome.answer.verdict.name} (A-125)")


def decided_on_it(known: KnownEnding, outcome: Outcome) -> bool:
    """Return whether an outcome that stands was decided on a record that never weighed (L-24).

    It was, when the answer that it rests on told of the record before its end was known; and it stays on the list of
    the ending when it was examined again on its account, whatever it rests on now.
    """
    if known.ending.kind not in FROM_START:
        return False
    if known.ending.ending_id in outcome.reexamined:
        return True
    told = outcome.told(known.ending.record_id, known.about)
    return told is not None and concerns(known, told)


@dataclass(frozen=True, slots=True)
class DecidedCase:
    """An outcome that stands and was decided on a record that never weighed; ``reexamine`` while that is still due."""

    outcome: Outcome
    reexamine: bool

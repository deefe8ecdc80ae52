"""A favourable answer in the hand of a deciding system.

What grants something takes a ``Clearance``; code that forgot to ask does not type-check. A clearance is one question
with its answer, both in the journal; gates look it up there, so that one made by hand opens nothing. It asks nobody
and grants nothing itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.conditions import Fulfilment, missing
from adapters.entries import Outcome, OutcomeKind
from adapters.errors import ClearanceExpiredError, ConditionNotMetError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from jointsanctions.v1 import common_pb2

    from adapters.answers import Answer, Position
    from adapters.conditions import (
        ConvenienceWithheld,
        ExistenceConfirmed,
        OfficerReview,
        PartyHeard,
        SecurityRaised,
    )
    from adapters.entries import Question
    from adapters.errors import NotClearedError
    from adapters.journal import Journal


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with its answer, both in the journal.

    Attributes:
        number: The journal's number of the question.
        question: What was asked.
        answer: What was said.
    """

    number: int
    question: Question
    answer: Answer

    @property
    def case_ref(self) -> str:
        """The case that it was asked for."""
        return self.question.case_ref

    @property
    def decision_point(self) -> common_pb2.DecisionPoint.ValueType:
        """The decision point that it was asked for."""
        return self.question.decision_point

    @property
    def parties(self) -> frozenset[str]:
        """Codes of the lead and of all members."""
        return self.question.parties

    @property
    def verdict(self) -> common_pb2.Verdict.ValueType:
        """As the gateway sent it."""
        return self.answer.verdict

    @property
    def position(self) -> Position:
        """Where the gateway recorded it."""
        return self.answer.position

    @property
    def valid_until(self) -> datetime | None:
        """It holds before this instant, UTC; None: it never holds."""
        return self.answer.valid_until

    @property
    def answer_digest(self) -> bytes:
        """SHA-256 of the response without its position, 32 bytes: what the gateway's entry has of it."""
        return self.answer.digest

    def still_valid(self, now: datetime) -> bool:
        """Return whether it still holds at *now*, UTC."""
        return self.answer.holds_at(now)


@dataclass(frozen=True, slots=True)
class Clearance(Asked):
    """The parties may go ahead with this step of this case, while it is valid."""


@dataclass(frozen=True, slots=True)
class ConditionalClearance(Asked):
    """The parties may go ahead once the conditions are met; only ``fulfil`` makes a ``Clearance`` of it."""

    journal: Journal
    clock: Callable[[], datetime]

    @property
    def measures(self) -> tuple[common_pb2.Measure, ...]:
        """The measures whose conditions must be met."""
        return self.answer.conditions

    def fulfil(
        self,
        *,
        officer_review: OfficerReview | None = None,
        security: SecurityRaised | None = None,
        existence: ExistenceConfirmed | None = None,
        convenience_withheld: ConvenienceWithheld | None = None,
        heard_party: PartyHeard | None = None,
    ) -> Clearance:
        """Record that the conditions were met, and return the clearance; what was not done is left out.

        Raises:
            ClearanceExpiredError: The answer holds no longer.
            ConditionNotMetError: Something is missing; nothing is recorded.
            QuestionRefusedError: A text holds a resident's number; likewise.
            JournalUnavailableError: It cannot be recorded.
        """
        fulfilment = Fulfilment(officer_review, security, existence, convenience_withheld, heard_party)
        now = self.clock()
        if not self.still_valid(now):
            raise ClearanceExpiredError("the answer holds no longer; ask again", self.answer)
        lacking = missing(self.measures, fulfilment, self.question.asked_at, now)
        if lacking:
            raise ConditionNotMetError(self, lacking)
        officer = fulfilment.officer or self.question.officer
        outcome = Outcome(self.number, now, OutcomeKind.FULFILLED, officer, fulfilment.details())
        self.journal.record_outcomes([outcome])
        return Clearance(self.number, self.question, self.answer)


@dataclass(frozen=True, slots=True)
class Observed:
    """What observe mode returns instead of any of the others: nothing was stopped, and no clearance was given.

    Attributes:
        asked: The question with its answer; None where there was no answer.
        stopped_by: What would have been raised in enforce mode; None when the parties were cleared.
    """

    asked: Asked | None
    stopped_by: NotClearedError | None


Standing = Clearance | ConditionalClearance | Observed
"""What a check returns when it does not raise; ``Observed`` in observe mode and only there."""

"""Wages go on: what is asked where money goes to workers, and what happens when nothing can be said (X-20).

A payment to workers' wages and a wage account are never limited by a sanction. R724 arts 26 and 27 set the account
apart for wages and have banks open and keep it, and art. 33 lets nobody freeze or take what is in it for anything else;
A-10 takes funds meant for workers out of the sanction. So the answer at these points tells the officer something at
most, and the want of an answer stops nothing: the wages go, the question stays open in the journal, and
``check_pending`` asks it again. Closing on failure is right where a grant could be wrong; here it would do the very
harm that the sanction is there against.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.acts import Act
from adapters.clearance import Clearance, Observed
from adapters.entries import Outcome, OutcomeKind
from adapters.errors import ConditionNotMetError, NotClearedError
from adapters.questions import Applicant, Case, Party
from adapters.rules import point_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jointsanctions.v1 import common_pb2

    from adapters.clearance import Asked, Standing
    from adapters.enforcement import Enforcement

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WagesGoOn:
    """The wages are paid, or the account is opened and used: whatever stands here, nothing is stopped.

    Attributes:
        case_ref: The case.
        part: Part of the case; empty: the whole.
        asked: The question with its answer; None where there was no answer.
        pending: Why the check has still to be made; None when it was made. A malformed question is refused here and in
            no journal: its error names the field, and whoever asked corrects it and asks again.
    """

    case_ref: str
    part: str
    asked: Asked | None
    pending: NotClearedError | None

    @property
    def told(self) -> tuple[common_pb2.Measure, ...]:
        """What the officer is told, strongest first; empty when nothing weighs or nothing was answered."""
        return self.asked.answer.measures if self.asked is not None and self.pending is None else ()


class Wages:
    """Asks at one closed decision point and stops nothing there; may be shared by threads."""

    def __init__(self, enforcement: Enforcement, point: common_pb2.DecisionPoint.ValueType) -> None:
        self._enforcement = enforcement
        self._point = point

    def go_on(self, case: Case, applicant: Applicant) -> WagesGoOn:
        """Ask, and let the wages go whatever comes of it; raises nothing that stands for "not cleared"."""
        asked: Asked | None = None
        try:
            asked, pending = _found(self._enforcement.require_clearance(Act(case, self._point, applicant)))
            if asked is not None and pending is None:
                self._record(asked)
        except NotClearedError as error:
            pending = error
        if pending is not None:
            _log.warning("wages go on, and the check is still to be made: %s", pending.reason)
        return WagesGoOn(case.case_ref, case.part, asked, pending)

    def check_pending(self, officer: str) -> tuple[WagesGoOn, ...]:
        """Ask again what is still open in the journal; call it at least once an hour.

        Open is what was last asked about an enterprise in a case and got no answer that may be relied upon.

        Args:
            officer: Who asks now; a system's name will do.

        Returns:
            One for each that was open, oldest first; ``pending`` says which still are.

        Raises:
            JournalUnavailableError: The journal cannot be read. Wages do not wait for this.
        """
        return tuple(self.asked_again(officer))

    def asked_again(self, officer: str) -> Iterator[WagesGoOn]:
        """Do what ``check_pending`` does one by one, so that whoever waits for it may stop in between."""
        for open_one in self._enforcement.journal.open_questions(self._point):
            yield self.go_on(Case(open_one.case_ref, officer, open_one.part), Applicant(Party(open_one.lead)))

    def _record(self, asked: Asked) -> None:
        details = {"point": point_name(asked.decision_point)}
        now, officer = self._enforcement.clock(), asked.question.officer
        self._enforcement.journal.record_outcomes([Outcome(asked.number, now, OutcomeKind.GRANTED, officer, details)])


def _found(standing: Standing) -> tuple[Asked | None, NotClearedError | None]:
    """Return the answer, and why it does not do: in both modes only a clear one, notices and all, ends the question."""
    if isinstance(standing, Observed):
        return standing.asked, standing.stopped_by
    if isinstance(standing, Clearance):
        return standing, None
    return standing, ConditionNotMetError(standing, ("an answer without a condition, which none may have here",))

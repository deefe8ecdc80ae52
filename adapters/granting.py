"""Final acts: what they need before them, a new answer at the moment itself, and the grant.

An earlier answer opens the gate and is never the ground of a grant: all parties are asked about anew, now (A-122).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from adapters.acts import Mode
from adapters.answers import measure_keys
from adapters.award_gate import AwardGate
from adapters.clearance import Clearance, ConditionalClearance, Observed
from adapters.conditions import Fulfilment, missing
from adapters.entries import Outcome, OutcomeKind
from adapters.errors import ConditionNotMetError, GateClosedError, JournalUnavailableError, NotClearedError
from adapters.gates import earlier_missing, members_changed
from adapters.grants import Grant, check_grant
from adapters.rules import point_name
from adapters.tables import BY_REVIEW

if TYPE_CHECKING:
    from jointsanctions.v1 import common_pb2

    from adapters.acts import Act
    from adapters.clearance import Asked, Standing
    from adapters.enforcement import Enforcement
    from adapters.questions import Applicant, Case

G = TypeVar("G", bound=Grant)


class Granting:
    """Grants final acts of one area."""

    def __init__(self, enforcement: Enforcement) -> None:
        self._enforcement = enforcement
        self._journal = enforcement.journal
        self._gate = AwardGate(enforcement)

    def grant(self, kind: type[G], act: Act, reviewed: Clearance | None = None) -> G:
        """Ask anew about all parties and grant.

        Args:
            kind: What is granted.
            act: The step.
            reviewed: Where the answer is conditional: the clearance that ``fulfil`` made of it. It serves only while
                the new answer has no condition that it did not have.

        Returns:
            The grant, recorded. In observe mode always, with ``stopped_by`` where it would have been refused.

        Raises:
            GateClosedError: What must precede is missing.
            ConditionNotMetError: The answer is conditional: fulfil its ``conditional`` and come again.
            NotClearedError: Any other reason.
        """
        closed = self._closed(act)
        if self._enforcement.mode is Mode.OBSERVE:
            return self._observed(kind, act, closed, reviewed)
        if closed is not None:
            raise closed
        standing = self._asked(act, reviewed)
        if isinstance(standing, ConditionalClearance):
            standing = self._covered(standing, act, reviewed)
        if not isinstance(standing, Clearance):
            raise GateClosedError("only a clearance opens this gate", reason="NOT_A_CLEARANCE")
        self._record(standing, OutcomeKind.GRANTED, {})
        return self._granted(kind, act, standing, None)

    def require(
        self, grant: Grant, point: common_pb2.DecisionPoint.ValueType, case: Case, applicant: Applicant | None = None
    ) -> None:
        """Refuse an earlier grant that does not carry this act; in observe mode nothing is refused.

        Args:
            grant: What is shown.
            point: The gate that it must have passed.
            case: The case, and part, that it must be for.
            applicant: Whose it must be; None: anybody's of that case.

        Raises:
            GateClosedError: It is none of these, was only observed or reserved, or the journal does not show it.
            JournalUnavailableError: The journal cannot be read.
        """
        if self._enforcement.mode is Mode.OBSERVE:
            return
        if not isinstance(grant, Grant):
            why = "only a grant carries a later act, and what went on under reservation is none"
            raise GateClosedError(why, reason="NOT_A_CLEARANCE")
        if (grant.decision_point, grant.case_ref, grant.part) != (point, case.case_ref, case.part):
            raise GateClosedError("the grant is for another case or decision point", reason="OTHER_CASE")
        if applicant is not None and grant.parties != applicant.codes():
            raise GateClosedError("the grant is for other parties", reason="OTHER_PARTIES")
        check_grant(grant, self._journal)

    def _closed(self, act: Act) -> NotClearedError | None:
        """Say what closes the gate before anything is asked."""
        rules, part = self._enforcement.rules, act.case.part
        try:
            rules.check_case(act.case)
            at, parties = rules.at(act.point), act.applicant.codes()
            if at.members_fixed and rules.review is not None:
                changed = members_changed(self._journal.last_answers(act.case.case_ref, rules.review), part, parties)
                if changed is not None:
                    return changed
            if at.after is None:
                return None
            answers = self._journal.last_answers(act.case.case_ref, at.after.point)
            return earlier_missing(answers, part, parties, at.after, self._enforcement.clock())
        except NotClearedError as error:
            return error

    def _covered(self, standing: ConditionalClearance, act: Act, reviewed: Clearance | None) -> Clearance:
        """Let a review of an earlier answer at this same step serve for the new one, where nothing was added."""
        if reviewed is None:
            lacking = missing(standing.measures, Fulfilment(), standing.question.asked_at, self._enforcement.clock())
            raise ConditionNotMetError(standing, lacking)
        self._enforcement.accept(reviewed, act)
        if not measure_keys(standing.measures) <= measure_keys(reviewed.answer.conditions):
            raise ConditionNotMetError(standing, ("a review of what has been added since the last one",))
        self._record(standing, OutcomeKind.FULFILLED, {BY_REVIEW: str(reviewed.number)})
        return Clearance(standing.number, standing.question, standing.answer)

    def _asked(self, act: Act, reviewed: Clearance | None) -> Standing:
        """Ask anew: the gateway's own gate where the case is registered, and never another way where it is not."""
        try:
            registered = self._enforcement.rules.cleared_by_case(act.point)
        except NotClearedError:
            registered = False  # a point that is none of the area's: asking says so
        return self._gate.require(act, reviewed) if registered else self._enforcement.require_clearance(act)

    def _observed(self, kind: type[G], act: Act, closed: NotClearedError | None, reviewed: Clearance | None) -> G:
        """Record what would have happened, and let it happen."""
        standing = self._asked(act, reviewed)
        asked = standing.asked if isinstance(standing, Observed) else standing
        stopped_by = standing.stopped_by if closed is None and isinstance(standing, Observed) else closed
        try:
            if asked is not None and closed is not None:
                self._record(asked, OutcomeKind.OBSERVED, {"reason": closed.reason})
            elif asked is not None and stopped_by is None:
                self._record(asked, OutcomeKind.GRANTED, {})
        except JournalUnavailableError as error:
            stopped_by = error
        return self._granted(kind, act, asked, stopped_by)

    def _record(self, asked: Asked, kind: OutcomeKind, details: dict[str, str]) -> None:
        texts = {"point": point_name(asked.decision_point), **details}
        now = self._enforcement.clock()
        self._journal.record_outcomes([Outcome(asked.number, now, kind, asked.question.officer, texts)])

    def _granted(self, kind: type[G], act: Act, asked: Asked | None, stopped_by: NotClearedError | None) -> G:
        return kind(
            decision_point=act.point,
            case_ref=act.case.case_ref,
            part=act.case.part,
            parties=asked.parties if asked else frozenset(),
            granted_at=self._enforcement.clock(),
            number=asked.number if asked else None,
            position=asked.position if asked else None,
            answer_digest=asked.answer_digest if asked else b"",
            stopped_by=stopped_by,
        )

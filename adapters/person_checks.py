"""Ask about a person, keep the record of it, and grant: the engine of ``adapters.enforcement`` for persons.

Fail closed in the same way, with two rules more: no answer restricts a person whom no officer has confirmed (I-53), and
the journal has nothing of the document. What is granted or refused here is in the journal and is not owed to the
gateway, which takes reports about enterprises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.acts import Mode
from adapters.answers import measure_keys
from adapters.clearance import Observed
from adapters.entries import Outcome, OutcomeKind
from adapters.errors import (
    ClearanceExpiredError,
    GateClosedError,
    JournalUnavailableError,
    NotClearedError,
    PersonConditionError,
    RestrictedError,
)
from adapters.gates import cleared, earlier_missing
from adapters.grants import Grant
from adapters.person_asking import ask_about_person
from adapters.persons import PersonClearance, PersonConditional, PersonFulfilment
from adapters.questions import required
from adapters.rules import point_name
from adapters.tables import BY_REVIEW
from adapters.verdicts import judged

if TYPE_CHECKING:
    from adapters.clearance import Asked
    from adapters.enforcement import Enforcement
    from adapters.person_asking import AsksPersons
    from adapters.persons import AskedPerson, PersonAct

    PersonStanding = PersonClearance | PersonConditional | Observed

G = TypeVar("G", bound=Grant)
_NOBODY: frozenset[str] = frozenset()


class PersonChecks:
    """Binds one area's decisions about persons to the gateway's answers; may be shared by threads."""

    def __init__(self, client: AsksPersons, enforcement: Enforcement) -> None:
        """Bind persons to the gateway, the area, the journal and the mode of an engine."""
        self._client = client
        self._engine = enforcement
        self._journal = enforcement.journal

    def check(self, act: PersonAct) -> PersonStanding:
        """Ask about one person.

        Returns:
            A ``PersonClearance``; a ``PersonConditional``, which is none until ``fulfil``; in observe mode
            ``Observed``.

        Raises:
            NotClearedError: The person may not go ahead; never in observe mode. ``RestrictedError`` is not among them:
                it takes ``confirm``.
        """
        return self._standing(act, None)

    def confirm(self, conditional: PersonConditional, officer: str) -> PersonStanding:
        """Ask again with the word of *officer*, who has looked: the person is the one, and is to be restricted (I-53).

        Returns:
            What came of it where nothing blocks any more.

        Raises:
            RestrictedError: Nothing is to be granted to this person; never in observe mode.
            NotClearedError: Nothing could be said; never in observe mode.
        """
        required("confirmation.officer", officer, 64)
        position = common_pb2.AuditPosition(
            writer=conditional.position.writer,
            number=conditional.position.number,
            leaf_hash=conditional.position.leaf_hash,
        )
        confirmation = credit_pb2.OfficerConfirmation(officer=officer, position=position)
        confirmation.confirmed_at.FromDatetime(conditional.on_the_gateways_clock(self._engine.clock()))
        return self._standing(conditional.act, confirmation)

    def fulfil(self, conditional: PersonConditional, done: PersonFulfilment) -> PersonClearance:
        """Record that an officer lets the person go ahead, and return the clearance.

        Raises:
            ClearanceExpiredError: The answer holds no longer.
            PersonConditionError: Something is missing; nothing is recorded.
            QuestionRefusedError: A text holds a resident's number; likewise.
            JournalUnavailableError: It cannot be recorded.
        """
        now = self._engine.clock()
        if not conditional.still_valid(now):
            raise ClearanceExpiredError("the answer holds no longer; ask again", conditional.answer)
        lacking = conditional.lacking(done, now)
        if lacking:
            raise PersonConditionError(conditional, lacking)
        officer = done.review.officer if done.review is not None else conditional.question.officer
        self._record(conditional, OutcomeKind.FULFILLED, done.details(), officer)
        known = (conditional.number, conditional.question, conditional.answer, conditional.act)
        return PersonClearance(*known, conditional.kinds)

    def grant(self, kind: type[G], act: PersonAct, reviewed: PersonClearance | None = None) -> G:
        """Ask anew about a person and grant.

        Args:
            kind: What is granted.
            act: The step.
            reviewed: Where the answer is conditional: the clearance that ``fulfil`` made of it, of this same step and
                person. It serves only while the new answer has no condition that it did not have.

        Returns:
            The grant, recorded; it names no person. In observe mode always, with ``stopped_by`` where it would have
            been refused.

        Raises:
            GateClosedError: What must precede is missing.
            PersonConditionError: The answer is conditional: ``confirm`` or ``fulfil`` its ``conditional``.
            NotClearedError: Any other reason.
        """
        closed = self._closed(act)
        if self._engine.mode is Mode.OBSERVE:
            return self._observed(kind, act, closed)
        if closed is not None:
            raise closed
        found = self.check(act)
        if isinstance(found, PersonConditional):
            self._cover(found, reviewed)
        return self._recorded(kind, act, found)

    def _standing(self, act: PersonAct, confirmation: credit_pb2.OfficerConfirmation | None) -> PersonStanding:
        found: AskedPerson | None = None
        try:
            self._engine.rules.check_case(act.case)
            act.check()
            found = ask_about_person(self._client, self._engine, act, confirmation)
            standing = self._read(found)
            if self._engine.mode is Mode.ENFORCE:
                return standing
            if isinstance(standing, PersonConditional):
                raise PersonConditionError(standing, standing.lacking(PersonFulfilment(), self._engine.clock()))
            return Observed(standing, None)
        except NotClearedError as error:
            return self._stopped(found, error)

    def _stopped(self, found: AskedPerson | None, error: NotClearedError) -> Observed:
        """Record what was stopped, or would have been; raise it in enforce mode."""
        observing = self._engine.mode is Mode.OBSERVE
        if found is not None and (observing or isinstance(error, RestrictedError)):
            kind = OutcomeKind.OBSERVED if observing else OutcomeKind.RESTRICTED
            try:
                self._record(found.asked, kind, {"reason": error.reason})
            except JournalUnavailableError as unrecorded:
                error = unrecorded
        if not observing:
            raise error
        return Observed(found.asked if found is not None else None, error)

    def _read(self, found: AskedPerson) -> PersonClearance | PersonConditional:
        asked = found.asked
        verdict = judged(asked, self._journal, self._engine.clock)
        if isinstance(verdict, NotClearedError):
            raise verdict
        known = (asked.number, asked.question, asked.answer, found.act)
        if asked.verdict == common_pb2.VERDICT_CONDITIONAL:
            return PersonConditional(*known, found.kinds, found.recorded_at, found.received_at)
        return PersonClearance(*known)

    def _closed(self, act: PersonAct) -> NotClearedError | None:
        """Say what closes the gate before anything is asked."""
        try:
            self._engine.rules.check_case(act.case)
            act.check()
            after = self._engine.rules.at(act.point).after
            if after is None:
                return None
            answers = self._journal.last_answers(act.case.case_ref, after.point)
            return earlier_missing(answers, act.case.part, _NOBODY, after, self._engine.clock())
        except NotClearedError as error:
            return error

    def _cover(self, found: PersonConditional, reviewed: PersonClearance | None) -> None:
        """Let what an officer decided on an earlier answer at this same step serve for the new one."""
        now = self._engine.clock()
        if reviewed is None:
            raise PersonConditionError(found, found.lacking(PersonFulfilment(), now))
        held = self._journal.answer_to(reviewed.number)
        same = reviewed.act.same_step(found.act)
        if not same or held is None or not cleared(held) or not held.shows(reviewed.question, reviewed.answer):
            raise GateClosedError("the review is not one of this step and person", reason="NOT_IN_JOURNAL")
        if not reviewed.still_valid(now):
            raise ClearanceExpiredError("the review holds no longer; ask again", reviewed.answer)
        added = not measure_keys(found.answer.conditions) <= measure_keys(reviewed.answer.conditions)
        if added or not found.kinds <= reviewed.kinds:
            raise PersonConditionError(found, ("a review of what has been added since the last one",))
        self._record(found, OutcomeKind.FULFILLED, {BY_REVIEW: str(reviewed.number)})

    def _observed(self, kind: type[G], act: PersonAct, closed: NotClearedError | None) -> G:
        """Record what would have happened, and let it happen."""
        standing = self.check(act)
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

    def _recorded(self, kind: type[G], act: PersonAct, standing: PersonStanding) -> G:
        """Record the grant, and give it."""
        asked = standing.asked if isinstance(standing, Observed) else standing
        if asked is None:
            raise GateClosedError("only an answer opens this gate", reason="NOT_A_CLEARANCE")
        self._record(asked, OutcomeKind.GRANTED, {})
        return self._granted(kind, act, asked, None)

    def _record(self, asked: Asked, kind: OutcomeKind, details: dict[str, str], officer: str = "") -> None:
        texts = {"point": point_name(asked.decision_point), **details}
        who = officer or asked.question.officer
        self._journal.record_outcomes([Outcome(asked.number, self._engine.clock(), kind, who, texts)])

    def _granted(self, kind: type[G], act: PersonAct, asked: Asked | None, stopped_by: NotClearedError | None) -> G:
        return kind(
            decision_point=act.point,
            case_ref=act.case.case_ref,
            part=act.case.part,
            parties=_NOBODY,
            granted_at=self._engine.clock(),
            number=asked.number if asked else None,
            position=asked.position if asked else None,
            answer_digest=asked.answer_digest if asked else b"",
            stopped_by=stopped_by,
        )

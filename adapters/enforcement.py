"""The engine that every area's adapter shares: from a question to a clearance or to nothing.

Fail closed: ``require_clearance`` returns what may be acted upon or raises a ``NotClearedError``, and "no answer" is
one like "no". In observe mode the same is asked and recorded and nothing is stopped: it returns ``Observed``, which no
gate accepts in enforce mode. Final acts are granted in ``adapters.granting``.

What an area asks for its own module declares (``adapters.rules``); no area is known here.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from adapters.acts import Checked, Mode
from adapters.asking import Asker, Step
from adapters.away import WhenAway
from adapters.bounds import UNBOUNDED
from adapters.clearance import Asked, Clearance, ConditionalClearance, Observed, Standing
from adapters.coalescing import Coalescing
from adapters.conditions import Fulfilment, missing
from adapters.entries import Outcome, OutcomeKind
from adapters.errors import (
    ConditionNotMetError,
    GateClosedError,
    JournalUnavailableError,
    NoAnswerError,
    NotClearedError,
    QuestionRefusedError,
    RestrictedError,
)
from adapters.gates import check_clearance
from adapters.rules import point_name
from adapters.stops import look_before, stops_of
from adapters.verdicts import judged

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from jointsanctions.v1 import common_pb2

    from adapters.acts import Act
    from adapters.asking import Asks
    from adapters.bulletin import Said
    from adapters.coalescing import Group
    from adapters.journal import Journal
    from adapters.questions import Applicant, Case
    from adapters.rules import AreaRules
    from adapters.stops import Before

_log = logging.getLogger(__name__)


class TellsListed(Protocol):
    """What is needed of a ``BulletinShelf``."""

    def said(self, codes: Collection[str], point: str, now: datetime) -> Said:
        """Say what a bulletin has of enterprises with these codes at a decision point, by its name."""


def utc_now() -> datetime:
    """Return the present, UTC."""
    return datetime.now(UTC)


class Enforcement:
    """Binds one area's decisions to the gateway's answers; may be shared by threads."""

    def __init__(
        self,
        client: Asks,
        journal: Journal,
        rules: AreaRules,
        mode: Mode | str,
        clock: Callable[[], datetime] = utc_now,
        bulletins: TellsListed | None = None,
    ) -> None:
        """Bind an area to a gateway and a journal.

        Args:
            client: The gateway.
            journal: The adapter's own record.
            rules: The area.
            mode: ``"observe"`` or ``"enforce"``.
            clock: Returns our present, UTC.
            bulletins: What was fetched ahead for hours without an answer; None: nothing was.

        Raises:
            ValueError: *mode* is neither.
        """
        self.client = client
        self.journal = journal
        self.rules = rules
        self.mode = Mode(mode)
        self.clock = clock
        self._asker = Asker(client, journal, clock)
        self._bulletins = bulletins
        self._together = Coalescing(self._check, self._asker.way)

    def require_clearance(self, act: Act) -> Standing:
        """Ask about one applicant.

        Returns:
            A ``Clearance``; a ``ConditionalClearance``, which is none until fulfilled; in observe mode ``Observed``.

        Raises:
            NotClearedError: It may not go ahead; never in observe mode.
        """
        (result,) = self.check_all(act.case, act.point, (act.applicant,)).results
        if isinstance(result, NotClearedError):
            raise result
        return result

    def check_all(
        self, case: Case, point: common_pb2.DecisionPoint.ValueType, applicants: Sequence[Applicant]
    ) -> Checked:
        """Ask about all applicants of a case at once; each is cleared or stopped on its own.

        The answers come from one data revision unless ``calls`` says otherwise. Threads that ask at the same decision
        point at the same time share calls (``adapters.coalescing``); each is told of its own applicants alone.
        """
        return self._together.ask(self._step(case, point), applicants)

    def settle(self, act: Act, asked: Asked | NotClearedError, stop: NotClearedError | None) -> Standing:
        """Return what stands of an applicant that was asked about elsewhere, recorded as ``check_all`` records it.

        Args:
            act: The step.
            asked: The question with its answer, both in the journal, or why there is none.
            stop: What stops the act whatever the answer says; None: nothing.

        Raises:
            NotClearedError: It may not go ahead; never in observe mode.
        """
        if isinstance(asked, NoAnswerError):
            self._add_what_is_known(asked, act.point, act.applicant)
        (result,) = self._with_outcomes([self._result(stop, asked)], {0: asked})
        if isinstance(result, NotClearedError):
            raise result
        return result

    def accept(self, standing: Standing, act: Act) -> None:
        """Let through what stands at a gate: a clearance of this very act; in observe mode anything.

        Raises:
            GateClosedError: It is no clearance of this act, or the journal does not show it; ``Observed`` never is one.
            ClearanceExpiredError: It is past its time.
            JournalUnavailableError: The journal cannot be read.
        """
        if self.mode is Mode.OBSERVE:
            return
        if not isinstance(standing, Clearance):
            raise GateClosedError("only a clearance opens this gate", reason="NOT_A_CLEARANCE")
        check_clearance(standing, act, self.journal.answer_to(standing.number), self.clock())

    def _step(self, case: Case, point: common_pb2.DecisionPoint.ValueType) -> Step:
        """Return the step with its bound; a point that is none of the area's has none, and nothing is asked there."""
        bound = next((each.bound for each in self.rules.points if each.point == point), UNBOUNDED)
        return Step(self.rules.area, point, replace(case, purpose=self.rules.stated(case)), bound)

    def _check(self, groups: Sequence[Group]) -> list[Checked | None]:
        """Ask for several callers at once; None for one whose question was refused in the company of others."""
        stops: dict[int, NotClearedError] = {}
        questions: list[tuple[Step, Applicant]] = []
        known: dict[Step, Before | NotClearedError] = {}
        for step, applicants in groups:
            if step not in known:
                known[step] = look_before(self.rules, self.journal, step)
            found = stops_of(step.case, known[step], applicants)
            stops.update({len(questions) + i: stop for i, stop in found.items()})
            questions.extend((step, applicant) for applicant in applicants)
        asking = [i for i in range(len(questions)) if i not in stops or self._asks_anyway(stops[i])]
        answered = self._asker.ask([questions[i] for i in asking])
        asked = dict(zip(asking, answered.results, strict=True))
        for i, result in asked.items():
            if isinstance(result, NoAnswerError):
                step, applicant = questions[i]
                self._add_what_is_known(result, step.decision_point, applicant)
        results = [self._result(stops.get(i), asked.get(i)) for i in range(len(questions))]
        told = self._with_outcomes(results, asked)
        checked: list[Checked | None] = []
        begin = 0
        for _, applicants in groups:
            own = range(begin, begin := begin + len(applicants))
            refused = any(isinstance(asked.get(i), QuestionRefusedError) for i in own)
            apart = refused and len(groups) > 1
            checked.append(None if apart else Checked(told[own.start : own.stop], answered.calls))
        return checked

    def _add_what_is_known(
        self, error: NoAnswerError, point: common_pb2.DecisionPoint.ValueType, applicant: Applicant
    ) -> None:
        """Say what the area does meanwhile, and what a bulletin has of the parties; it stays without an answer."""
        error.meanwhile = self.rules.when_away(point).action
        if self._bulletins is None:
            return
        said = self._bulletins.said(applicant.codes(), point_name(point), self.clock())
        error.bulletin, error.hold, error.listings = said.standing, said.hold, said.listings
        if error.hold:
            error.meanwhile = WhenAway.HOLD

    def _asks_anyway(self, stop: NotClearedError) -> bool:
        """In observe mode a closed gate is seen and not obeyed; a malformed question cannot be asked in any mode."""
        return self.mode is Mode.OBSERVE and isinstance(stop, GateClosedError)

    def _result(
        self, stop: NotClearedError | None, asked: Asked | NotClearedError | None
    ) -> Standing | NotClearedError:
        """Combine what was known before asking with what was answered, and apply the mode."""
        found = judged(asked, self.journal, self.clock) if isinstance(asked, Asked) else asked
        result = stop if stop is not None else found
        if result is None:
            raise AssertionError("an applicant is stopped or asked about")
        if self.mode is Mode.ENFORCE:
            return result
        if isinstance(result, ConditionalClearance):
            lacking = missing(result.measures, Fulfilment(), result.question.asked_at, self.clock())
            result = ConditionNotMetError(result, lacking)
        known = asked if isinstance(asked, Asked) else None
        return Observed(known, result if isinstance(result, NotClearedError) else None)

    def _with_outcomes(
        self, results: Sequence[Standing | NotClearedError], asked: Mapping[int, Asked | NotClearedError]
    ) -> tuple[Standing | NotClearedError, ...]:
        """Record what was stopped, or would have been; what cannot be recorded is no better than no answer."""
        outcomes = {}
        for i, result in enumerate(results):
            question, why = asked.get(i), result.stopped_by if isinstance(result, Observed) else result
            if not isinstance(why, NotClearedError):
                continue
            if isinstance(result, Observed) and not isinstance(question, Asked):
                _log.warning("observed without a record: %s", why.reason)
            elif (
                isinstance(question, Asked)
                and isinstance(result, Observed | RestrictedError)
                and not self.rules.at(question.decision_point).closed
            ):
                outcomes[i] = self._outcome(question, result, why)
        if not outcomes:
            return tuple(results)
        try:
            self.journal.record_outcomes(outcomes.values())
        except JournalUnavailableError as error:
            return tuple(
                self._unrecorded(result, error) if i in outcomes else result for i, result in enumerate(results)
            )
        return tuple(results)

    def _outcome(self, asked: Asked, result: Standing | NotClearedError, why: NotClearedError) -> Outcome:
        kind = OutcomeKind.OBSERVED if isinstance(result, Observed) else OutcomeKind.RESTRICTED
        details = {"reason": why.reason, "point": point_name(asked.decision_point)}
        return Outcome(asked.number, self.clock(), kind, asked.question.officer, details)

    @staticmethod
    def _unrecorded(result: Standing | NotClearedError, error: JournalUnavailableError) -> Standing | NotClearedError:
        return Observed(result.asked, error) if isinstance(result, Observed) else error

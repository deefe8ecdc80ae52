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
    from collections.abc import Callable, Collection, Sequence

    from jointsanctions.v1 import common_pb2

    from adapters.acts import Act
    from adapters.asking import Asks, Way
    from adapters.bulletin import Said
    from adapters.coalescing import Group
    from adapters.journal import Journal
    from adapters.questions import Applicant, Case
    from adapters.rules import AreaRules

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
        self._bounds = {each.point: each.bound for each in rules.points}
        self._bulletins = bulletins
        self._together = Coalescing(self.carry, self._asker.way)

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
        return self._together.ask(self.step(case, point), applicants)

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
        result = self._result(stop, asked)
        owed = self._owed(result, asked) if isinstance(asked, Asked) else None
        try:
            if owed is not None:
                self.journal.record_outcomes([owed])
        except JournalUnavailableError as error:
            result = Observed(result.asked, error) if isinstance(result, Observed) else error
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

    def step(self, case: Case, point: common_pb2.DecisionPoint.ValueType) -> Step:
        """Return the step with its bound; a point that is none of the area's has none, and nothing is asked there."""
        purpose = self.rules.stated(case)
        stated = case if purpose == case.purpose else replace(case, purpose=purpose)
        return Step(self.rules.area, point, stated, self._bounds.get(point, UNBOUNDED))

    def way(self, step: Step) -> Way:
        """Return what a question at *step* has in common with those that it may go together with."""
        return self._asker.way(step)

    def carry(self, groups: Sequence[Group]) -> list[Checked | None]:
        """Ask for several callers of one way at once; None for one that was refused in the company of others."""
        questions = [(step, applicant) for step, applicants in groups for applicant in applicants]
        stops = self._stops(groups)
        asking = [i for i in range(len(questions)) if i not in stops or self._asks_anyway(stops[i])]
        told: dict[int, Standing | NotClearedError] = {}

        def owed(place: int, asked: Asked) -> Outcome | None:
            i = asking[place]
            told[i] = self._result(stops.get(i), asked)
            return self._owed(told[i], asked)

        answered = self._asker.ask([questions[i] for i in asking], owed)
        asked = dict(zip(asking, answered.results, strict=True))
        for i, (step, applicant) in enumerate(questions):
            result = asked.get(i)
            if isinstance(result, Asked):
                continue
            if isinstance(result, NoAnswerError):
                self._add_what_is_known(result, step.decision_point, applicant)
            told[i] = self._result(stops.get(i), result)  # whatever it had come to before it could not be recorded
        refused = {i for i, result in asked.items() if isinstance(result, QuestionRefusedError)}
        checked: list[Checked | None] = []
        begin = 0
        for _, applicants in groups:
            own = range(begin, begin := begin + len(applicants))
            apart = len(groups) > 1 and not refused.isdisjoint(own)
            checked.append(None if apart else Checked(tuple([told[i] for i in own]), answered.calls))
        return checked

    def _stops(self, groups: Sequence[Group]) -> dict[int, NotClearedError]:
        """Find what stops which of all applicants, in the order of their groups, before anything is asked."""
        stops: dict[int, NotClearedError] = {}
        point = groups[0][0].decision_point
        known = look_before(self.rules, self.journal, point, {step.case for step, _ in groups})
        begin = 0
        for step, applicants in groups:
            for i, stop in stops_of(step.case, known[step.case], applicants).items():
                stops[begin + i] = stop
            begin += len(applicants)
        return stops

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
        why = result if isinstance(result, NotClearedError) else None
        if known is None and why is not None:
            _log.warning("observed without a record: %s", why.reason)
        return Observed(known, why)

    def _owed(self, result: Standing | NotClearedError, asked: Asked) -> Outcome | None:
        """Return what is recorded of an answer that stopped its applicant, or would have; None: it did neither.

        What cannot be recorded is no better than no answer.
        """
        if not isinstance(result, Observed | RestrictedError):
            return None
        why = result.stopped_by if isinstance(result, Observed) else result
        if why is None or self.rules.at(asked.decision_point).closed:
            return None
        kind = OutcomeKind.OBSERVED if isinstance(result, Observed) else OutcomeKind.RESTRICTED
        details = {"reason": why.reason, "point": point_name(asked.decision_point)}
        return Outcome(asked.number, self.clock(), kind, asked.question.officer, details)

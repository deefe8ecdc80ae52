"""Put questions to the gateway and on record: recorded, sent, answered, recorded.

Whatever happens to a question, the journal has its beginning before it is sent and its end before anybody sees it.
What an answer means for the caller is decided in ``adapters.enforcement``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, NamedTuple, Protocol
from uuid import uuid4

import grpc
from jointsanctions.v1 import credit_pb2

from adapters.answers import Received, digest, head_of, read_answer, response_digest
from adapters.bounds import UNBOUNDED, Bound
from adapters.clearance import Asked
from adapters.entries import Outcome, Question
from adapters.errors import NO_ANSWER, GatewayError, JournalUnavailableError, NoAnswerError, QuestionRefusedError
from adapters.numbers import refuse_numbers
from adapters.sent_questions import batch, each_again, single

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from jointsanctions.v1 import common_pb2

    from adapters.errors import NotClearedError
    from adapters.journal import Journal
    from adapters.questions import Applicant, Case

TURN_SECONDS = 1.0
"""How long a call waits for the one before it: a gateway that does not answer holds up nobody for longer."""
MOST_ITEMS = 1000
"""Items that one batch may hold (credit.proto)."""

_MOST_REFUSALS = 16  # a batch refused for one item is asked again without it, but not without end
_ITEM_FIELD = re.compile(r"^items\[(\d+)\]")
_REFUSALS = frozenset(
    {
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.UNAUTHENTICATED,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.ALREADY_EXISTS,
        grpc.StatusCode.UNIMPLEMENTED,
    }
)


class Asks(Protocol):
    """What is needed of a ``GatewayClient``."""

    @property
    def asserts_officers(self) -> bool:
        """Each call is vouched for by an assertion, which speaks for one officer."""

    def check(self, request: credit_pb2.CheckEligibilityRequest) -> credit_pb2.CheckEligibilityResponse:
        """Ask about one enterprise; raises ``GatewayError``."""

    def batch(self, request: credit_pb2.BatchCheckEligibilityRequest) -> credit_pb2.BatchCheckEligibilityResponse:
        """Ask about many at one data revision; raises ``GatewayError``."""

    def clear_award(self, request: credit_pb2.ClearAwardRequest) -> credit_pb2.ClearAwardResponse:
        """Have the final act of a registered case cleared; raises ``GatewayError``."""


class Step(NamedTuple):
    """One decision point of one case.

    Attributes:
        area: Area.
        decision_point: Decision point.
        case: The case.
        bound: How strong an answer may lawfully be there; unless given, that is the gateway's to say.
    """

    area: common_pb2.Area.ValueType
    decision_point: common_pb2.DecisionPoint.ValueType
    case: Case
    bound: Bound = UNBOUNDED


class Way(NamedTuple):
    """What questions that go in one call have in common: everything but the case.

    Attributes:
        area: Area.
        decision_point: Decision point.
        bound: How strong an answer may lawfully be there.
        officer: Who asks, where one assertion speaks for all questions of a call; else empty: each names its own.
    """

    area: common_pb2.Area.ValueType
    decision_point: common_pb2.DecisionPoint.ValueType
    bound: Bound
    officer: str


Asking = tuple[Step, "Applicant"]
"""One question: where it is asked and in which case, and about whom."""


Owed = Callable[[int, Asked], Outcome | None]
"""What becomes of the answer to the question at a place, before it is written down: the outcome to record, or None."""


def nothing_owed(_place: int, _asked: Asked) -> None:
    """Record nothing but the answer."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of several questions.

    Attributes:
        results: One for each question, in order: its question with the answer, or why there is none.
        calls: How many calls carried an answer; more than one means more than one data revision.
    """

    results: tuple[Asked | NotClearedError, ...]
    calls: int


class Asker:
    """Asks one gateway and writes one journal."""

    def __init__(self, client: Asks, journal: Journal, clock: Callable[[], datetime]) -> None:
        self._client = client
        self._journal = journal
        self._clock = clock
        self._turns: defaultdict[int, Lock] = defaultdict(Lock)
        """By decision point, whose call is under way."""

    def way(self, step: Step) -> Way:
        """Return what a question has in common with those that it may go together with."""
        officer = step.case.officer if self._client.asserts_officers else ""
        return Way(step.area, step.decision_point, step.bound, officer)

    def ask(self, asking: Sequence[Asking], owed: Owed = nothing_owed) -> Answered:
        """Ask questions of one way that were let through: one alone, more in batches of at most 1,000.

        What is *owed* of an answer goes on record together with it.
        """
        results: dict[int, Asked | NotClearedError] = {}
        waiting = list(range(len(asking)))
        calls = refusals = 0
        while waiting:
            chunk, rest = waiting[:MOST_ITEMS], waiting[MOST_ITEMS:]
            outcome = self._call(chunk, asking, owed)
            at_fault = outcome.item if isinstance(outcome, _Refused) else None
            if isinstance(outcome, _Refused) and at_fault is not None and refusals < _MOST_REFUSALS:
                refusals += 1
                results[chunk.pop(at_fault)] = outcome.error
                waiting = chunk + rest
                continue
            found = outcome.each(len(chunk)) if isinstance(outcome, _Refused) else outcome
            calls += not isinstance(outcome, _Refused)
            results.update(zip(chunk, found, strict=True))
            waiting = rest
        return Answered(tuple(results[i] for i in range(len(asking))), calls)

    def _call(self, places: Sequence[int], all_asking: Sequence[Asking], owed: Owed) -> list[Asked] | _Refused:
        """Carry one call, with the questions at these places, from the journal to the journal."""
        asking = [all_asking[i] for i in places]
        request = single(*asking[0], uuid4().hex) if len(asking) == 1 else batch(asking)
        try:
            refuse_numbers(request)
        except QuestionRefusedError as error:
            return _Refused(error, _item(error.field, len(asking)))
        try:
            sent = digest(request)
            at = self._clock()
            questions = [
                self._question(*each, request.request_id, sent, at, alone)
                for each, alone in zip(asking, each_again(asking), strict=True)
            ]
            numbers = self._journal.record_questions(questions)
            try:
                received = self._send(request)
            except GatewayError as error:
                useless = is_refusal(error)
                self._journal.record_failure(numbers, self._clock(), error.reason, str(error), refused=useless)
                return _refused(error, len(asking)) if useless else _Refused(no_answer(error), pending=numbers)
            now = self._clock()
            found = [
                Asked(number, question, read_answer(applicant, each, now, step.bound))
                for number, question, (step, applicant), each in zip(numbers, questions, asking, received, strict=True)
            ]
            outcomes = [of for of in map(owed, places, found) if of is not None]
            self._journal.record_answers({each.number: each.answer for each in found}, now, outcomes=outcomes)
        except JournalUnavailableError as error:
            return _Refused(error)
        return found

    @staticmethod
    def _question(step: Step, applicant: Applicant, call_id: str, sent: bytes, at: datetime, alone: bytes) -> Question:
        return Question(
            call_id=call_id,
            asked_at=at,
            area=step.area,
            decision_point=step.decision_point,
            case_ref=step.case.case_ref,
            part=step.case.part,
            officer=step.case.officer,
            lead=applicant.lead.code("enterprise"),
            parties=applicant.codes(),
            request_digest=sent,
            again=alone,
        )

    @contextmanager
    def _turn(self, request: _Request) -> Iterator[None]:
        """Wait for the call before at the same decision point to end, for a second at most.

        The gateway answers two calls that it has at once by turns, so that both come back late and at the same time,
        and it has nothing to do while they are read. So one is answered while the other is written down. Where an
        assertion speaks for one officer, there are as many calls as officers, each of a few questions: none waits.
        """
        if self._client.asserts_officers:
            yield
            return
        turn = self._turns[request.question.decision_point]
        ours = turn.acquire(timeout=TURN_SECONDS)
        try:
            yield
        finally:
            if ours:
                turn.release()

    def _send(self, request: _Request) -> list[Received]:
        if isinstance(request, credit_pb2.CheckEligibilityRequest):
            with self._turn(request):
                single = self._client.check(request)
            return [Received(single.decision, head_of(single), response_digest(single))]
        with self._turn(request):
            batch = self._client.batch(request)
        if [item.item_id for item in batch.items] != [item.item_id for item in request.items]:
            raise GatewayError(
                grpc.StatusCode.INTERNAL, NO_ANSWER, {}, "the answer is not one to the items asked about"
            )
        head, whole = head_of(batch), response_digest(batch)  # once, for all its items
        return [Received(item.decision, head, whole, item.line_hash) for item in batch.items]


_Request = credit_pb2.CheckEligibilityRequest | credit_pb2.BatchCheckEligibilityRequest


@dataclass(frozen=True, slots=True)
class _Refused:
    """A call without an answer; *item* is the one at fault, None when it is not one of several."""

    error: NotClearedError
    item: int | None = None
    pending: tuple[int, ...] = ()
    """The journal's numbers of the questions, where they wait to be asked again."""

    def each(self, items: int) -> Sequence[NotClearedError]:
        """Return the error of each of so many items: of those that wait, with the number under which."""
        if not self.pending:
            return [self.error] * items
        errors = [NoAnswerError(str(self.error), reason=self.error.reason) for _ in self.pending]
        for error, number in zip(errors, self.pending, strict=True):
            error.pending = number
        return errors


def is_refusal(error: GatewayError) -> bool:
    """Return whether the gateway itself would not answer this question, so that asking again unchanged is useless."""
    return error.reason != NO_ANSWER and error.code in _REFUSALS


def no_answer(error: GatewayError) -> NoAnswerError:
    """Return what a deciding system is told of a call that nobody answered."""
    return NoAnswerError(str(error), reason=error.reason)


def _refused(error: GatewayError, items: int) -> _Refused:
    found = refusal(error)
    return _Refused(found, _item(found.field, items))


def refusal(error: GatewayError) -> QuestionRefusedError:
    """Return what a deciding system is told of a call that the gateway itself would not answer."""
    return QuestionRefusedError(str(error), reason=error.reason, field=error.metadata.get("field", ""))


def _item(field: str, items: int) -> int | None:
    """Return which of several items a field is of; None when it is of none."""
    named = _ITEM_FIELD.match(field)
    return int(named[1]) if named and int(named[1]) < items and items > 1 else None

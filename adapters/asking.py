"""Put questions to the gateway and on record: recorded, sent, answered, recorded.

Whatever happens to a question, the journal has its beginning before it is sent and its end before anybody sees it.
What an answer means for the caller is decided in ``adapters.enforcement``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol
from uuid import uuid4

import grpc
from jointsanctions.v1 import credit_pb2

from adapters.answers import Received, digest, read_answer, response_digest
from adapters.bounds import UNBOUNDED, Bound
from adapters.clearance import Asked
from adapters.entries import Question
from adapters.errors import NO_ANSWER, GatewayError, JournalUnavailableError, NoAnswerError, QuestionRefusedError
from adapters.numbers import refuse_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from jointsanctions.v1 import common_pb2

    from adapters.errors import NotClearedError
    from adapters.journal import Journal
    from adapters.questions import Applicant, Case

_OfCase = Literal["case_ref", "officer", "purpose"]

MOST_ITEMS = 1000
"""Items that one batch may hold (credit.proto)."""

_MOST_REFUSALS = 16  # a batch refused for one item is asked again without it, but not without end
_OF_CASE: Final[tuple[_OfCase, ...]] = ("case_ref", "officer", "purpose")
"""What a batch says once where it is the same for all, and each item where it is not."""
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


@dataclass(frozen=True, slots=True)
class Step:
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


@dataclass(frozen=True, slots=True)
class Way:
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

    def way(self, step: Step) -> Way:
        """Return what a question has in common with those that it may go together with."""
        officer = step.case.officer if self._client.asserts_officers else ""
        return Way(step.area, step.decision_point, step.bound, officer)

    def ask(self, asking: Sequence[Asking]) -> Answered:
        """Ask questions of one way that were let through: one alone, more in batches of at most 1,000."""
        results: dict[int, Asked | NotClearedError] = {}
        waiting = list(range(len(asking)))
        calls = refusals = 0
        while waiting:
            chunk, rest = waiting[:MOST_ITEMS], waiting[MOST_ITEMS:]
            outcome = self._call([asking[i] for i in chunk])
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

    def _call(self, asking: Sequence[Asking]) -> list[Asked] | _Refused:
        """Carry one call from the journal to the journal."""
        request = _single(*asking[0], uuid4().hex) if len(asking) == 1 else _batch(asking)
        try:
            refuse_numbers(request)
        except QuestionRefusedError as error:
            return _Refused(error, _item(error.field, len(asking)))
        try:
            sent = digest(request)
            questions = [self._question(*each, request.request_id, sent) for each in asking]
            numbers = self._journal.record_questions(questions)
            try:
                received = self._send(request)
            except GatewayError as error:
                useless = is_refusal(error)
                self._journal.record_failure(numbers, self._clock(), error.reason, str(error), refused=useless)
                return _refused(error, len(asking)) if useless else _Refused(no_answer(error), pending=numbers)
            now = self._clock()
            answers = [
                read_answer(applicant, each, now, step.bound)
                for (step, applicant), each in zip(asking, received, strict=True)
            ]
            self._journal.record_answers(dict(zip(numbers, answers, strict=True)), now)
        except JournalUnavailableError as error:
            return _Refused(error)
        return [Asked(*each) for each in zip(numbers, questions, answers, strict=True)]

    def _question(self, step: Step, applicant: Applicant, call_id: str, sent: bytes) -> Question:
        return Question(
            call_id=call_id,
            asked_at=self._clock(),
            area=step.area,
            decision_point=step.decision_point,
            case_ref=step.case.case_ref,
            part=step.case.part,
            officer=step.case.officer,
            lead=applicant.lead.code("enterprise"),
            parties=applicant.codes(),
            request_digest=sent,
            again=again(step, applicant),
        )

    def _send(self, request: _Request) -> list[Received]:
        if isinstance(request, credit_pb2.CheckEligibilityRequest):
            single = self._client.check(request)
            return [Received(single.decision, single, response_digest(single))]
        batch = self._client.batch(request)
        if [item.item_id for item in batch.items] != [item.item_id for item in request.items]:
            raise GatewayError(
                grpc.StatusCode.INTERNAL, NO_ANSWER, {}, "the answer is not one to the items asked about"
            )
        whole = response_digest(batch)  # once, for all its items
        return [Received(item.decision, batch, whole, item.line_hash) for item in batch.items]


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


def again(step: Step, applicant: Applicant) -> bytes:
    """Return a question alone, without an id, as the journal keeps it until it came to something."""
    return _single(step, applicant, "").SerializeToString(deterministic=True)


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


def _pb_question(step: Step, facts: credit_pb2.CaseFacts | None) -> credit_pb2.Question:
    return credit_pb2.Question(
        area=step.area,
        decision_point=step.decision_point,
        case_ref=step.case.case_ref,
        officer=step.case.officer,
        purpose=step.case.purpose,
        case_facts=facts,
    )


def _single(step: Step, applicant: Applicant, call_id: str) -> credit_pb2.CheckEligibilityRequest:
    return credit_pb2.CheckEligibilityRequest(
        question=_pb_question(step, applicant.facts),
        enterprise=applicant.lead.to_pb("enterprise"),
        consortium_members=[member.to_pb("consortium_members") for member in applicant.members],
        related_parties=_related(applicant),
        request_id=call_id,
    )


def _batch(asking: Sequence[Asking]) -> credit_pb2.BatchCheckEligibilityRequest:
    """Return questions of one way as a batch: what all have in common is said once, and what not by each."""
    step, first = asking[0]
    own = {name for name in _OF_CASE if any(getattr(each.case, name) != getattr(step.case, name) for each, _ in asking)}
    shared = first.facts
    items = [
        credit_pb2.BatchItem(
            item_id=str(i),
            enterprise=applicant.lead.to_pb("enterprise"),
            consortium_members=[member.to_pb("consortium_members") for member in applicant.members],
            related_parties=_related(applicant),
            case_facts=applicant.facts if applicant.facts != shared else None,
            **{name: getattr(each.case, name) for name in own},
        )
        for i, (each, applicant) in enumerate(asking)
    ]
    question = _pb_question(step, shared)
    for name in own:
        question.ClearField(name)
    return credit_pb2.BatchCheckEligibilityRequest(question=question, items=items, request_id=uuid4().hex)


def _related(applicant: Applicant) -> list[credit_pb2.RelatedParty]:
    return [
        credit_pb2.RelatedParty(enterprise=related.party.to_pb("related_parties"), relation=related.relation)
        for related in applicant.related
    ]

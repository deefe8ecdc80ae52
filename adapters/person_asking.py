"""Put a question about a person to the gateway and on record: recorded, sent, answered, recorded.

The person is in the call and nowhere else: the journal's digest is of the request without it, and of a failure only the
gateway's published words are kept.
"""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from jointsanctions.v1 import common_pb2, credit_pb2, error_reason_pb2

from adapters.answers import UNCONFIRMED, answer_of, digest, fault_in, head_of, response_digest
from adapters.asking import is_refusal, no_answer, refusal
from adapters.bounds import AT_MOST_REVIEW
from adapters.clearance import Asked
from adapters.entries import Question
from adapters.errors import NO_ANSWER, GatewayError
from adapters.numbers import refuse_numbers
from adapters.persons import AskedPerson, Capacity

if TYPE_CHECKING:
    from adapters.enforcement import Enforcement
    from adapters.persons import PersonAct


class AsksPersons(Protocol):
    """What is needed of a ``GatewayClient``."""

    def check_person(self, request: credit_pb2.CheckPersonRequest) -> credit_pb2.CheckPersonResponse:
        """Ask about one natural person; raises ``GatewayError``."""


def ask_about_person(
    client: AsksPersons,
    engine: Enforcement,
    act: PersonAct,
    confirmation: credit_pb2.OfficerConfirmation | None,
) -> AskedPerson:
    """Carry one call from the journal to the journal.

    Args:
        client: The gateway.
        engine: Whose area, journal and clock it is.
        act: What is asked; it was checked.
        confirmation: An officer's word on an earlier answer to the same question; None for a first question.

    Raises:
        QuestionRefusedError: A text holds a resident's number, or the gateway refused the question.
        NoAnswerError: Nobody answered.
        JournalUnavailableError: It cannot be recorded.
    """
    bound = engine.rules.at(act.point).bound
    if act.capacity is Capacity.FOR_ENTERPRISE:
        # No decision lists the enterprise for which a listed person acts, so that nothing bars it.
        bound = AT_MOST_REVIEW
    request = credit_pb2.CheckPersonRequest(
        question=_question(engine, act),
        capacity=act.capacity.value,
        confirmation=confirmation,
        request_id=uuid4().hex,
    )
    refuse_numbers(request)
    entry = _entry(engine, act, request)
    request.person.CopyFrom(act.person.to_pb())
    (number,) = engine.journal.record_questions([entry])
    try:
        response = client.check_person(request)
    except GatewayError as error:
        # Its message is not ours to vouch for, and the person was in the call.
        engine.journal.record_failure([number], engine.clock(), _published(error.reason), error.code.name)
        raise (refusal(error) if is_refusal(error) else no_answer(error)) from error
    now, decision, position = engine.clock(), response.decision, response.audit_position
    head = head_of(response)
    answer = answer_of(decision, head, response_digest(response))
    allowed = bound.allows(act.facts, answer.verdict, answer.measures)
    fault = fault_in(answer, head, now, allowed=allowed) or _unconfirmed(decision, confirmation)
    answer = answer._replace(fault=fault)
    engine.journal.record_answers({number: answer}, now)
    recorded_at = position.recorded_at.ToDatetime(tzinfo=UTC) if position.HasField("recorded_at") else now
    kinds = frozenset(int(each.kind) for each in decision.conditions)
    return AskedPerson(Asked(number, entry, answer), act, kinds, recorded_at, now)


def _published(reason: str) -> str:
    """Return a reason that is published or our own; what else an error may hold is not kept."""
    known = f"ERROR_REASON_{reason}" in error_reason_pb2.ErrorReason.keys()  # noqa: SIM118 - no dictionary
    return reason if known else NO_ANSWER


def _question(engine: Enforcement, act: PersonAct) -> credit_pb2.Question:
    return credit_pb2.Question(
        area=engine.rules.area,
        decision_point=act.point,
        case_ref=act.case.case_ref,
        officer=act.case.officer,
        purpose=engine.rules.stated(act.case),
        case_facts=act.facts,
    )


def _entry(engine: Enforcement, act: PersonAct, request: credit_pb2.CheckPersonRequest) -> Question:
    return Question(
        call_id=request.request_id,
        asked_at=engine.clock(),
        area=engine.rules.area,
        decision_point=act.point,
        case_ref=act.case.case_ref,
        part=act.case.part,
        officer=act.case.officer,
        lead="",
        parties=frozenset(),
        request_digest=digest(request),
    )


def _unconfirmed(decision: credit_pb2.PersonDecision, confirmation: credit_pb2.OfficerConfirmation | None) -> str:
    """Say what is wrong with a restriction: nobody confirmed it, or it may be somebody else's (I-23, I-53)."""
    if decision.verdict != common_pb2.VERDICT_RESTRICTED:
        return ""
    sure = decision.match_quality == credit_pb2.PERSON_MATCH_EXACT
    return "" if confirmation is not None and sure else UNCONFIRMED

"""The award gate of a registered case: the gateway clears the final act itself, and its receipt is kept whole (A-122).

``ClearAward`` takes the place of the question that a final act asks otherwise. It decides about a registered applicant
by the registered facts, holds earlier answers against its own record, and what it clears comes with its proof. Nothing
is cleared here that it did not clear: what is missing, what is not proven yet, and a receipt that does not hold this
very answer all stop the act.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import uuid4

from jointsanctions.v1 import case_pb2, common_pb2, credit_pb2

from adapters.answers import Received, clearance_recorded, digest, head_of, read_answer
from adapters.asking import is_refusal, no_answer, refusal
from adapters.clearance import Asked
from adapters.entries import Question
from adapters.errors import GateClosedError, GatewayError, NotClearedError, UnverifiableError
from adapters.numbers import refuse_numbers
from adapters.outcomes import cut
from adapters.questions import malformed
from adapters.rules import check_applicant
from formats.merkle import leaf_hash
from formats.receipt import ReceiptError, decode_receipt, encode_receipt, with_response

if TYPE_CHECKING:
    from adapters.acts import Act
    from adapters.answers import Answer
    from adapters.clearance import Clearance, Standing
    from adapters.enforcement import Enforcement
    from adapters.questions import Applicant

REASON: Final = 300
"""Bytes that the gateway takes of an officer's reason."""


class AwardGate:
    """Has final acts of one area cleared; may be shared by threads."""

    def __init__(self, enforcement: Enforcement) -> None:
        self._enforcement = enforcement
        self._journal = enforcement.journal

    def require(self, act: Act, reviewed: Clearance | None = None) -> Standing:
        """Have an act cleared; returns and raises as ``Enforcement.require_clearance`` does.

        Args:
            act: The step.
            reviewed: What ``fulfil`` made of an earlier conditional answer at this step: its reasons are sent as the
                officer's decision. Whether they cover the new answer is for whoever grants to say.

        Raises:
            QuestionRefusedError: The gateway knows no such case or applicant, the case is closed, or a field is wrong.
            GateClosedError: Something is missing; ``reason`` is the first gap that the gateway names.
            UnverifiableError: It is not proven: ``PROOF_PENDING`` or ``NO_RECEIPT``; come again.
            NotClearedError: Any other reason. Nothing of this is raised in observe mode.
        """
        try:
            asked, stop = self._ask(act, reviewed)
        except NotClearedError as error:
            return self._enforcement.settle(act, error, None)
        return self._enforcement.settle(act, asked, stop)

    def _ask(self, act: Act, reviewed: Clearance | None) -> tuple[Asked, NotClearedError | None]:
        """Carry one call from the journal to the journal; return it with what stops the act beside its verdict."""
        rules = self._enforcement.rules.at(act.point)
        self._enforcement.rules.check_case(act.case)
        check_applicant(act.applicant, rules)
        if act.applicant.related:
            raise malformed("related_parties", "the award gate of a registered case asks about its applicants alone")
        request = self._request(act, reviewed)
        refuse_numbers(request)
        question = self._question(act, request)
        (number,) = self._journal.record_questions([question])
        try:
            response = self._enforcement.client.clear_award(request)
        except GatewayError as error:
            useless = is_refusal(error)
            now = self._enforcement.clock()
            self._journal.record_failure((number,), now, error.reason, str(error), refused=useless)
            raise (refusal if useless else no_answer)(error) from error
        now = self._enforcement.clock()
        recorded = clearance_recorded(response)
        received = Received(response.decision, head_of(response), digest(recorded))
        answer = read_answer(act.applicant, received, now, rules.bound)
        receipt = proof_of(response, recorded.SerializeToString(deterministic=True))
        stop = stop_of(response, answer, proven=bool(receipt), decided=reviewed is not None)
        if stop is not None:
            # As it stands in the journal it opens no later gate either.
            answer = answer._replace(fault=stop.reason)
        kept = {number: receipt} if receipt else {}
        self._journal.record_answers({number: answer}, now, kept)
        return Asked(number, question, answer), stop

    def _request(self, act: Act, reviewed: Clearance | None) -> credit_pb2.ClearAwardRequest:
        request = credit_pb2.ClearAwardRequest(
            request_id=uuid4().hex,
            officer=act.case.officer,
            area=self._enforcement.rules.area,
            case_ref=act.case.case_ref,
            part=act.case.part,
            decision_point=act.point,
            applicant=case_applicant(act.applicant),
        )
        if reviewed is not None:
            self._enforcement.accept(reviewed, act)
            told = self._journal.fulfilments(reviewed.number)
            words = "; ".join(f"{key}: {text}" for details in told for key, text in details.items())
            request.override.reason = cut(words, REASON)
        return request

    def _question(self, act: Act, request: credit_pb2.ClearAwardRequest) -> Question:
        """Return what the journal keeps; it is never asked again by itself: an act is cleared when it is taken."""
        return Question(
            call_id=request.request_id,
            asked_at=self._enforcement.clock(),
            area=self._enforcement.rules.area,
            decision_point=act.point,
            case_ref=act.case.case_ref,
            part=act.case.part,
            officer=act.case.officer,
            lead=act.applicant.lead.code("enterprise"),
            parties=act.applicant.codes(),
            request_digest=digest(request),
        )


def case_applicant(applicant: Applicant) -> case_pb2.CaseApplicant:
    """Return the wire's form of who takes part in a case; raises ``QuestionRefusedError`` for a malformed code."""
    applicant.codes()
    return case_pb2.CaseApplicant(
        enterprise=applicant.lead.to_pb("applicant.enterprise"),
        consortium_members=[
            member.to_pb(f"applicant.consortium_members[{place}]") for place, member in enumerate(applicant.members)
        ],
    )


def proof_of(response: credit_pb2.ClearAwardResponse, recorded: bytes) -> bytes:
    """Return the receipt that came with an answer, with the answer in it; empty where it is not one of this answer.

    *recorded* is the answer as its entry has the hash of it. Whether the log signed it is for whoever verifies it
    offline, with keys from elsewhere.
    """
    try:
        receipt = decode_receipt(response.receipt)
        if leaf_hash(receipt.envelope) != response.audit_position.leaf_hash:
            return b""
        return encode_receipt(with_response(receipt, recorded))
    except ReceiptError:
        return b""


def stop_of(
    response: credit_pb2.ClearAwardResponse, answer: Answer, *, proven: bool, decided: bool
) -> NotClearedError | None:
    """Return what stops an act beside the verdict itself; None: the verdict says all.

    Args:
        response: What the gate said.
        answer: The same as it was read; one that may not be relied upon, and a refusal, speak for themselves.
        proven: Its receipt is here.
        decided: An officer's decision was sent with the request.
    """
    if not answer.favourable:
        return None
    if response.clearance == credit_pb2.AWARD_CLEARANCE_CLEARED:
        why = "the award gate cleared it without a receipt of this answer"
        return None if proven else UnverifiableError(why, reason="NO_RECEIPT", answer=answer)
    if response.clearance == credit_pb2.AWARD_CLEARANCE_PROOF_PENDING:
        why = "nothing is missing but the receipt, which is not there yet: come again"
        return UnverifiableError(why, reason="PROOF_PENDING", answer=answer)
    gaps = dict.fromkeys(gap for party in response.parties for gap in party.gaps)
    conditional = answer.verdict == common_pb2.VERDICT_CONDITIONAL and not decided
    if conditional and set(gaps) == {credit_pb2.AWARD_GAP_CONDITIONS_OPEN}:
        return None
    known = credit_pb2.AwardGap.DESCRIPTOR.values_by_number
    names = [known[gap].name.removeprefix("AWARD_GAP_") if gap in known else str(gap) for gap in gaps]
    why = f"the award gate is closed: {', '.join(names) or 'it does not say why'}"
    return GateClosedError(why, reason=(names or ["NOT_CLEARED"])[0], answer=answer)

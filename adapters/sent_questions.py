"""Questions as the wire has them: alone, together with others of their way, and as the journal keeps them.

It only writes; what becomes of a question is in ``adapters.asking``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal
from uuid import uuid4

from jointsanctions.v1 import credit_pb2

from adapters.questions import Applicant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from adapters.asking import Asking, Step

_OfCase = Literal["case_ref", "officer", "purpose"]
_OF_CASE: Final[tuple[_OfCase, ...]] = ("case_ref", "officer", "purpose")
"""What a batch says once where it is the same for all, and each item where it is not."""


def again(step: Step, applicant: Applicant) -> bytes:
    """Return a question alone, without an id, as the journal keeps it until it came to something."""
    return single(step, applicant, "").SerializeToString(deterministic=True)


def each_again(asking: Sequence[Asking]) -> Iterator[bytes]:
    """Yield ``again`` of each question; of those who come alone with the same facts most is written once."""
    first_step, first = asking[0]
    alone = single(first_step, Applicant(first.lead, facts=first.facts), "")
    question, enterprise = alone.question, alone.enterprise
    for step, applicant in asking:
        if applicant.members or applicant.related or applicant.facts != first.facts:
            yield again(step, applicant)
            continue
        case, lead = step.case, applicant.lead
        question.case_ref, question.officer, question.purpose = case.case_ref, case.officer, case.purpose
        enterprise.uscc, enterprise.name = lead.code("enterprise"), lead.name
        yield alone.SerializeToString(deterministic=True)


def _pb_question(step: Step, facts: credit_pb2.CaseFacts | None) -> credit_pb2.Question:
    return credit_pb2.Question(
        area=step.area,
        decision_point=step.decision_point,
        case_ref=step.case.case_ref,
        officer=step.case.officer,
        purpose=step.case.purpose,
        case_facts=facts,
    )


def single(step: Step, applicant: Applicant, call_id: str) -> credit_pb2.CheckEligibilityRequest:
    """Return a question alone, under the id of its call."""
    request = credit_pb2.CheckEligibilityRequest(question=_pb_question(step, applicant.facts), request_id=call_id)
    _name_parties(request, applicant)
    return request


def batch(asking: Sequence[Asking]) -> credit_pb2.BatchCheckEligibilityRequest:
    """Return questions of one way as a batch: what all have in common is said once, and what not by each."""
    step, _ = asking[0]
    shared = _shared_facts([applicant for _, applicant in asking])
    cases = {each.case for each, _ in asking}
    own = [name for name in _OF_CASE if len({getattr(case, name) for case in cases}) > 1]
    request = credit_pb2.BatchCheckEligibilityRequest(question=_pb_question(step, shared), request_id=uuid4().hex)
    for name in own:
        request.question.ClearField(name)
    # Written where it stands: what is put together elsewhere would be copied here, and that twice.
    add = request.items.add
    for i, (each, applicant) in enumerate(asking):
        item = add(item_id=str(i))
        for name in own:
            setattr(item, name, getattr(each.case, name))
        if applicant.facts is not None and applicant.facts != shared:
            item.case_facts.CopyFrom(applicant.facts)
        _name_parties(item, applicant)
    return request


def _shared_facts(applicants: Sequence[Applicant]) -> credit_pb2.CaseFacts | None:
    """Return the facts that count where an item has none of its own: those of the first, if all have any."""
    return None if any(applicant.facts is None for applicant in applicants) else applicants[0].facts


def _name_parties(message: credit_pb2.CheckEligibilityRequest | credit_pb2.BatchItem, applicant: Applicant) -> None:
    """Write into *message* who applies; raises ``QuestionRefusedError`` for a malformed code or name."""
    applicant.lead.write(message.enterprise, "enterprise")
    for member in applicant.members:
        member.write(message.consortium_members.add(), "consortium_members")
    for related in applicant.related:
        party = message.related_parties.add(relation=related.relation)
        related.party.write(party.enterprise, "related_parties")

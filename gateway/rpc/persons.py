"""``CreditService.CheckPerson`` on the wire. It translates; it decides nothing, and shows nothing of the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import credit_pb2 as pb

from formats.civil import civil_date
from gateway.domain.agencies import ASKING_ROLES
from gateway.domain.call_record import recorded_doubts, recorded_grounds, recorded_measures
from gateway.domain.confirmations import MARKS_LIMIT
from gateway.domain.person_decision import PersonQuestion
from gateway.domain.person_words import PersonCapacity, PersonConditionKind
from gateway.domain.policy import LocalizedText
from gateway.domain.records import RelationKind
from gateway.rpc import fields
from gateway.rpc.answers import instant_pb, text_pb, wire
from gateway.rpc.method import Method, Reply
from gateway.rpc.person_requests import (
    read_confirmation,
    read_document,
    require_mandate,
    require_nothing_else,
    tell_authorization,
    told_confirmation,
)
from gateway.rpc.points import tell_who_asks
from gateway.rpc.questions import read_facts, read_shared, told_facts
from gateway.services.check_person import AskedPerson

if TYPE_CHECKING:
    from gateway.domain.case_facts import CaseFacts
    from gateway.domain.disclosure.sight import Disclosure
    from gateway.domain.person_decision import PersonDecision
    from gateway.rpc.answers import AnswerWriter
    from gateway.rpc.method import Call
    from gateway.rpc.projection import Projection
    from gateway.rpc.questions import Shared
    from gateway.services.check_eligibility import Asked, Basis
    from gateway.services.check_person import CheckPerson
    from gateway.services.ports.persons import PersonNames

METHOD: Final = "CreditService/CheckPerson"
INSTRUCTIONS: Final = {
    PersonConditionKind.OFFICER_CONFIRMS: LocalizedText(
        "不得仅凭自动化方式限制自然人（个人信息保护法第24条）。由承办人员核实上述措施后确认，并以确认再次查询。",
        "No machine alone restricts a person (PIPL art. 24). An officer looks at these measures and asks again with a "
        "confirmation.",
    ),
    PersonConditionKind.CONFIRM_IDENTITY: LocalizedText(
        "证件类型和号码相符，但姓名不符或者身份存在争议。核实本人身份后办理并记录；未核实前不得限制。",
        "Type and number of the document agree, and the name does not or the identity is disputed. Confirm who it is, "
        "proceed and record; no limit till then.",
    ),
}
"""What the officer is to do."""


class PersonServicer:
    """Hands a question about a person to its use case, and back what was decided."""

    def __init__(self, check: CheckPerson, names: PersonNames, answers: AnswerWriter, disclosure: Disclosure) -> None:
        self._check = check
        self._names = names
        self._answers = answers
        self._disclosure = disclosure

    def methods(self) -> list[Method]:
        """Return the service's method, with the roles that it is for."""
        return [Method(METHOD, pb.CheckPersonRequest, ASKING_ROLES, run=self.check_person)]

    async def check_person(self, request: pb.CheckPersonRequest, call: Call) -> Reply:
        """See credit.proto."""
        tell_who_asks(request.question, call)
        require_mandate(request, call)
        shared = read_shared(request.question, call)
        call.told["request_id"] = fields.text(request.request_id, "request_id", 64)
        require_nothing_else(request.question)
        tell_authorization(request, call)
        question = self._question(request, shared)
        call.told.update(capacity=int(question.capacity), facts=told_facts(question.facts))
        document = read_document(request.person)
        who = AskedPerson(self._names.key(document.kind, document.number), document.name)
        call.told.update(document=document.kind, person=who.key)
        confirmed = await self._confirmed(request, shared, call)
        decision, basis = await self._check(shared.asked, who, question, confirmed)
        call.told.update(_told_decision(decision, shared.asked))
        call.told.update(self._answers.told_basis(basis))
        seen = self._answers.projection(
            self._disclosure.of_person(
                call.agency,
                shared.area,
                consent=request.HasField("authorization_ref"),
                candidate=question.capacity is PersonCapacity.OWN_NAME,
            )
        )
        return Reply(self._response(decision, basis, question.facts, seen))

    def _question(self, request: pb.CheckPersonRequest, shared: Shared) -> PersonQuestion:
        today = civil_date(shared.asked.as_of)
        sent = request.question.case_facts
        facts = read_facts(sent, shared, self._check.policy, today, "question.case_facts")
        return PersonQuestion(shared.point, facts, fields.word(PersonCapacity, request.capacity, "capacity"))

    async def _confirmed(self, request: pb.CheckPersonRequest, shared: Shared, call: Call) -> frozenset[str]:
        """Return what an officer has confirmed; recorded whether or not it is accepted."""
        confirmation = read_confirmation(request)
        if confirmation is None:
            return frozenset()
        call.told["confirmation"] = told_confirmation(confirmation)
        caller = {"agency": call.agency.agency_id, "role": call.agency.role.value}
        asking = {**call.told, "method": METHOD, "caller": caller}
        return await self._check.confirmed(confirmation, asking, shared.point, call.now)

    def _response(
        self, decision: PersonDecision, basis: Basis, facts: CaseFacts, seen: Projection
    ) -> pb.CheckPersonResponse:
        measures = [self._answers.measure(each, facts.contract_amount_fen, seen) for each in decision.measures]
        shown = {each.record_id for each in measures}
        return pb.CheckPersonResponse(
            decision=pb.PersonDecision(
                verdict=wire(decision.verdict),
                match_quality=wire(decision.match),
                measures=measures,
                conditions=[
                    pb.PersonCondition(
                        kind=wire(each.kind),
                        record_ids=[record_id for record_id in each.record_ids if record_id in shown],
                        instruction=text_pb(INSTRUCTIONS[each.kind]),
                    )
                    for each in decision.conditions
                ],
                valid_until=instant_pb(decision.valid_until),
                unverifiable_because=decision.doubts,
            ),
            basis=self._answers.basis(basis),
        )


def _told_decision(decision: PersonDecision, asked: Asked) -> dict[str, object]:
    """Return what is recorded of a decision; the listings that it told of, so that their ends reach the caller (C-02).

    What would block is marked for a confirmation only in an answer about the present: no other restricts anybody.
    """
    measures = decision.measures
    listings = {each.ground.record_id for each in measures if each.ground.relation is RelationKind.LISTED_WITH}
    told: dict[str, object] = {
        "verdict": int(decision.verdict),
        "match": int(decision.match),
        "measures": recorded_measures([each.row.rule_id for each in measures]),
        "grounds": recorded_grounds(sorted(listings)),
    }
    if decision.conditions:
        told["conditions"] = [each.kind.name for each in decision.conditions]
    if decision.to_confirm and asked.as_of == asked.now and asked.known_at is None:
        told["to_confirm"] = list(decision.to_confirm[:MARKS_LIMIT])
    if decision.doubts:
        told["doubts"] = recorded_doubts(decision.doubts)
    return told

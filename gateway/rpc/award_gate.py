"""``CreditService.ClearAward`` on the wire: what the gate found, and the receipt once the record is signed.

It translates, and waits for the receipt; whether anything is missing is decided in ``services`` and ``domain``.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import credit_pb2 as pb

from formats.merkle import HASH_SIZE
from gateway.domain.agencies import ASKING_ROLES
from gateway.domain.award_gate import AwardClearance
from gateway.domain.call_record import signed_for
from gateway.domain.errors import GatewayError, MalformedRequestError
from gateway.domain.outcome_duty import FINAL_POINTS
from gateway.domain.two_persons import Spoken
from gateway.rpc import fields
from gateway.rpc.answers import instant_pb, wire
from gateway.rpc.case_requests import read_key
from gateway.rpc.credit import Answering, told_decision
from gateway.rpc.method import Method, Reply
from gateway.rpc.points import read_point
from gateway.rpc.questions import PARTIES_LIMIT, read_code, told_facts, told_of
from gateway.rpc.told_moment import told_moment
from gateway.services.clear_award import Clearing
from gateway.services.emergency import Emergency, FirstWord
from gateway.services.get_receipt import Wanted

if TYPE_CHECKING:
    from gateway.domain.audit import Position
    from gateway.domain.disclosure.sight import Disclosure
    from gateway.rpc.answers import AnswerWriter
    from gateway.rpc.method import Call
    from gateway.services.clear_award import ClearAward, Gate, PartyGaps
    from gateway.services.get_receipt import GetReceipt

REASON: Final = 300
DOCUMENT: Final = 128
_log: Final = logging.getLogger(__name__)


class AwardGateServicer:
    """Hands each call to the use case, and back what the gate found with its receipt."""

    def __init__(self, clear: ClearAward, receipt: GetReceipt, answers: AnswerWriter, disclosure: Disclosure) -> None:
        self._clear = clear
        self._receipt = receipt
        self._answers = answers
        self._disclosure = disclosure

    def methods(self) -> list[Method]:
        """Return the method, with the roles that it is for."""
        return [Method("CreditService/ClearAward", pb.ClearAwardRequest, ASKING_ROLES, run=self.clear_award)]

    async def clear_award(self, request: pb.ClearAwardRequest, call: Call) -> Reply:
        """See credit.proto. What is recorded is found by the parties and the case, as of every question."""
        wanted = _read(request, call)
        gate = await self._clear(call.agency, wanted)
        facts = gate.item.question.facts
        call.told.update(told_of(gate.item), facts=told_facts(facts), **told_decision(gate.decision))
        call.told.update(self._answers.told_basis(gate.basis))
        call.told.update(told_moment(gate.basis, call.agency, explain=False, parties=len(gate.item.parties)))
        call.told["award"] = _told(gate, request)
        answering = Answering(self._answers, self._disclosure, call.agency, wanted.key.area, consent=False)
        clearance = AwardClearance.PROOF_PENDING if gate.open else AwardClearance.NOT_CLEARED
        response = pb.ClearAwardResponse(
            clearance=wire(clearance),
            decision=answering.decision(gate.decision, gate.basis, facts),
            basis=self._answers.basis(gate.basis),
            parties=[_party(each) for each in gate.parties],
        )

        async def prove(message: pb.ClearAwardResponse, position: Position) -> None:
            await self._prove(message, position, call)

        return Reply(response, prove=prove if gate.open else None)

    async def _prove(self, message: pb.ClearAwardResponse, position: Position, call: Call) -> None:
        """Put the receipt into what is cleared; without one it stays pending, whatever the reason."""
        wanted = Wanted(position.writer, position.number, position.leaf, None)
        try:
            proven, receipt = await self._receipt(call.agency, wanted)
        except GatewayError as error:
            _log.warning("an award waits for its receipt: %s", error)
            return
        message.receipt, message.origin, message.index = receipt, proven.origin, proven.index
        message.clearance = wire(AwardClearance.CLEARED)


def _read(request: pb.ClearAwardRequest, call: Call) -> Clearing:
    """Return what is to be cleared; what was understood is told to the record as it is read.

    Raises:
        AreaNotInMandateError: The mandate does not cover the area or the point.
        AuthorizationMissingError: There is no case number.
        MalformedRequestError: A field is missing, malformed or out of range.
    """
    area, point = read_point(request, call)
    if point not in FINAL_POINTS:
        raise MalformedRequestError("decision_point", "is no final one: nothing is granted, signed or paid there")
    call.told["request_id"] = fields.text(request.request_id, "request_id", 64)
    key = read_key(request, call, area)
    if request.at_least_as_fresh < 0:
        raise MalformedRequestError("at_least_as_fresh", "must not be negative")
    codes = _codes(request)
    call.told["enterprises"] = codes
    return Clearing(
        key=key,
        point=point,
        enterprise=codes[0],
        codes=frozenset(codes),
        now=call.now,
        at_least_as_fresh=request.at_least_as_fresh,
        officer_decided=_officer_decided(request),
        emergency=_emergency(request, call) if request.HasField("emergency") else None,
    )


def _codes(request: pb.ClearAwardRequest) -> list[str]:
    sent = request.applicant
    if len(sent.consortium_members) > PARTIES_LIMIT:
        raise MalformedRequestError("applicant.consortium_members", f"takes at most {PARTIES_LIMIT}")
    codes = [read_code(sent.enterprise.uscc, "applicant.enterprise.uscc")[0]]
    for place, member in enumerate(sent.consortium_members):
        field = f"applicant.consortium_members[{place}].uscc"
        code, _ = read_code(member.uscc, field)
        if code in codes:
            raise MalformedRequestError(field, "is named twice")
        codes.append(code)
    return codes


def _officer_decided(request: pb.ClearAwardRequest) -> bool:
    if not request.HasField("override"):
        return False
    fields.required(request.override.reason, "override.reason", REASON)
    fields.text(request.override.document_number, "override.document_number", DOCUMENT)
    return True


def _emergency(request: pb.ClearAwardRequest, call: Call) -> Emergency:
    sent = request.emergency
    return Emergency(
        reason=fields.required(sent.reason, "emergency.reason", REASON),
        document_number=fields.required(sent.document_number, "emergency.document_number", DOCUMENT),
        by=Spoken(call.seen.holder, request.officer, signed=signed_for(call.told)),
        first=_first(sent) if sent.HasField("first") else None,
    )


def _first(sent: pb.AwardEmergency) -> FirstWord:
    if len(sent.first.leaf_hash) != HASH_SIZE:
        raise MalformedRequestError("emergency.first.leaf_hash", f"must be the {HASH_SIZE} bytes that the answer said")
    writer = fields.required(sent.first.writer, "emergency.first.writer", 64)
    return FirstWord(writer, sent.first.number, bytes(sent.first.leaf_hash))


def _told(gate: Gate, request: pb.ClearAwardRequest) -> dict[str, object]:
    told: dict[str, Any] = {"cleared": gate.open}
    gaps = sorted({int(gap) for party in gate.parties for gap in party.gaps})
    if gaps:
        told["gaps"] = gaps
    for name in ("override", "emergency"):
        if request.HasField(name):
            sent = getattr(request, name)
            told[name] = {"reason": sent.reason, "document": sent.document_number}
    if request.emergency.HasField("first"):
        told["emergency"]["writer"] = request.emergency.first.writer
        told["emergency"]["number"] = str(request.emergency.first.number)
    return told


def _party(party: PartyGaps) -> pb.PartyClearance:
    shown = pb.PartyClearance(uscc=party.uscc, verdict=wire(party.verdict), gaps=[wire(gap) for gap in party.gaps])
    if party.earlier is not None:
        shown.checked_at.CopyFrom(instant_pb(party.earlier.answered_at))
        shown.checked_point = wire(party.earlier.point)
    return shown

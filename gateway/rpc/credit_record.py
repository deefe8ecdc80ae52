"""``CreditService.GetCreditRecord`` on the wire: what is on record about one enterprise.

Deciding systems see what weighs now; HRSS, as producer, all of it; police, procuratorate and courts what their case
needs, under a document of their approval (I-60). Which field is whose is ``disclosure``'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import common_pb2
from jointsanctions.v1 import credit_pb2 as pb

from formats.civil import civil_date, format_instant
from gateway.domain.agencies import ASKING_ROLES
from gateway.domain.call_record import recorded_grounds
from gateway.domain.disclosure.kinds import TRIGGERS, class_of_fact
from gateway.domain.errors import MalformedRequestError
from gateway.domain.grounds import NOTICE_TRIGGERS
from gateway.domain.listings import disputed_at, intervals_in_force, state_at, terms
from gateway.domain.records import RelationKind
from gateway.domain.vocabulary import ListingActKind, MatchQuality, Trigger
from gateway.domain.who_asked import INVESTIGATORS
from gateway.rpc import authorizations, fields, moments
from gateway.rpc.answers import instant_pb, wire
from gateway.rpc.method import Method, Reply
from gateway.rpc.points import tell_who_asks
from gateway.rpc.questions import read_code
from gateway.services.identify import NamedParty

if TYPE_CHECKING:
    from datetime import date, datetime

    from gateway.domain.disclosure.sight import Disclosure, Sight
    from gateway.domain.grounds import Ground
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.listings import Listing
    from gateway.rpc.answers import AnswerWriter
    from gateway.rpc.method import Call
    from gateway.services.get_credit_record import CreditRecord, GetCreditRecord


AUTHORIZATION: Final = "authorization_ref"
"""Field of the request that names the document of approval."""


class CreditRecordServicer:
    """Hands the read to its use case."""

    def __init__(self, read: GetCreditRecord, answers: AnswerWriter, disclosure: Disclosure) -> None:
        self._read = read
        self._answers = answers
        self._disclosure = disclosure

    def methods(self) -> list[Method]:
        """Return the method, with the roles that it is for."""
        request, roles = pb.GetCreditRecordRequest, ASKING_ROLES | INVESTIGATORS
        return [Method("CreditService/GetCreditRecord", request, roles, run=self.get_credit_record)]

    async def get_credit_record(self, request: pb.GetCreditRecordRequest, call: Call) -> Reply:
        """See credit.proto."""
        tell_who_asks(request, call)
        moments.require_mandate(request, call.agency, call.now, "")
        if call.agency.role in INVESTIGATORS:
            why = "police, procuratorate and courts ask under a document of their approval"
            authorizations.require_sent(request.authorization_ref, AUTHORIZATION, why)
        call.agency.require_purpose(request.purpose, "purpose")
        fields.case_reference(request.case_ref, "case_ref")
        approval = _approval(request, call)
        fields.required(request.officer, "officer", 64)
        purpose = fields.text(request.purpose, "purpose", 256)
        if purpose:
            call.told["purpose"] = purpose
        code, conforming = read_code(request.enterprise.uscc, "enterprise.uscc")
        name = fields.enterprise_name(request.enterprise.name, "enterprise.name")
        party = NamedParty(code, name, RelationKind.SELF, conforming, "enterprise")
        call.told["enterprises"] = [code]
        as_of = moments.present_or_past(request, call.now)
        known_at = moments.known_at(request, call.now, "")
        sight = self._disclosure.of_record(call.agency, approval=approval)
        record = await self._read(sight, party, as_of, known_at)
        told = recorded_grounds(_told_of(record, sight))
        call.told.update(revision=record.revision, as_of=format_instant(as_of), grounds=told)
        return Reply(self._response(record, party, sight))

    def _response(self, record: CreditRecord, party: NamedParty, sight: Sight) -> pb.GetCreditRecordResponse:
        profile = record.dossier.profile_on(civil_date(record.as_of))
        seen = self._answers.projection(sight)
        response = pb.GetCreditRecordResponse(
            enterprise=common_pb2.IdentifiedEnterprise(
                uscc=party.uscc,
                name=profile.name if profile else "",
                name_sent=party.name,
                known=record.match is not MatchQuality.UNKNOWN,
                match_quality=wire(record.match),
            ),
            grade=self._answers.seen_grade(record.grade, party.uscc, record.as_of, seen),
            other_grades=[
                self._answers.grade(each, party.uscc, record.as_of, with_causes=sight.whole)
                for each in record.other_grades
            ],
            listings=[listing_record_pb(listing, record.as_of) for listing in record.listings],
            basis=self._answers.plain_basis(record.revision, record.as_of),
        )
        for fact in record.facts:
            seen.fact(shown := _fact(fact), class_of_fact(fact))
            response.facts.append(shown)
        for ground in _other(record.grounds, sight):
            seen.fact(shown := _ground(ground), TRIGGERS[ground.trigger])
            response.facts.append(shown)
        return response


def _approval(request: pb.GetCreditRecordRequest, call: Call) -> bool:
    """Return whether a document of approval is named, and tell the record which; it must be sound (I-60).

    Raises:
        MalformedRequestError: It is malformed, or comes from a caller whose role needs none: it would change nothing.
        AuthorizationMissingError: It does not hold today.
    """
    if not request.HasField(AUTHORIZATION):
        return False
    if call.agency.role not in INVESTIGATORS:
        raise MalformedRequestError(AUTHORIZATION, "is for police, procuratorate and courts")
    read = authorizations.read_authorization(request.authorization_ref, civil_date(call.now), AUTHORIZATION)
    call.told.update(authorization=read.document_number, authorization_terms=read.terms())
    return True


def _told_of(record: CreditRecord, sight: Sight) -> list[str]:
    """Return the ids of all records that the response tells of, whether or not it shows them."""
    listings = [listing.listing_id for listing in record.listings]
    facts = [fact.record_id for fact in record.facts]
    return list(dict.fromkeys([*listings, *facts, *(ground.record_id for ground in _other(record.grounds, sight))]))


def _other(grounds: tuple[Ground, ...], sight: Sight) -> list[Ground]:
    """Leave out what stands elsewhere in the response, the listings and the grade, and what is not seen."""
    notices = NOTICE_TRIGGERS.values()
    shown = {Trigger.PUBLICATION, Trigger.PENALTY, Trigger.CONVICTION, Trigger.LISTED_ELSEWHERE, *notices}
    return [each for each in grounds if each.trigger in shown and sight.sees(TRIGGERS[each.trigger])]


def listing_record_pb(listing: Listing, moment: datetime) -> pb.ListingRecord:
    """Return a listing as it stands at *moment*."""
    decision = listing.decision
    shown = pb.ListingRecord(
        listing_id=listing.listing_id,
        authority=decision.authority if decision else "",
        document_number=decision.document_number if decision else "",
        listed_on=decision.on.isoformat() if decision else "",
        state=state_at(listing, moment).value,
        disputed=disputed_at(listing, moment),
    )
    told = {"", listing.uscc}  # a delivery to a person is that person's alone
    deliveries = [act for act in listing.acts if act.kind is ListingActKind.DELIVERY and act.party in told]
    if deliveries:
        shown.delivered = min(act.on for act in deliveries).isoformat()
    begun = [(term.begins, term.ends) for term in terms(listing) if term.begins and term.begins <= moment]
    if begun:
        begins, ends = begun[-1]
        shown.effective_from.CopyFrom(instant_pb(begins))
        held = [interval.end for interval in intervals_in_force(listing) if interval.end > moment]
        shown.effective_until.CopyFrom(instant_pb(held[0] if held else ends))
    return shown


def _fact(fact: Fact) -> pb.FactRecord:
    since: date | None = getattr(fact, fact.begins)
    until: date | None = getattr(fact, fact.ends) if fact.ends else None
    return pb.FactRecord(
        record_id=fact.record_id,
        kind=type(fact).__name__,
        authority=fact.authority,
        document_number=fact.document_number,
        since=since.isoformat() if since else "",
        until=until.isoformat() if until else "",
        provenance=wire(fact.provenance),
    )


def _ground(ground: Ground) -> pb.FactRecord:
    return pb.FactRecord(
        record_id=ground.record_id,
        kind=ground.trigger.name,
        authority=ground.authority,
        document_number=ground.document_number,
        since=ground.since.isoformat(),
        until=civil_date(ground.effective_until).isoformat() if ground.effective_until else "",
        provenance=wire(ground.provenance),
    )

"""The steps of a listing's procedure from the wire: what each must say, and nothing that is not for it.

One reader a method. Whether the step may be taken is decided in ``gateway.domain.listing_steps``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from formats.civil import civil_date
from gateway.domain.errors import MalformedRequestError
from gateway.domain.listing_acts import Act
from gateway.domain.listing_steps import Evidence
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.rpc import fields
from gateway.rpc.questions import read_code
from gateway.services.listing_steps import NewAct, StepRequest

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from jointsanctions.v1 import listing_pb2 as pb

    from gateway.rpc.record_fields import People

NUMBER, TEXT = 128, 2_000
"""Bytes of a document number, and of what a document says."""

NOTICES = (
    Kind.ORDER_DELIVERED,
    Kind.PRE_NOTICE,
    Kind.PRE_NOTICE_DELIVERED,
    Kind.PUBLISHED,
    Kind.UNPUBLISHED,
    Kind.OTHER_SITES_TOLD,
    Kind.PLATFORM_TOLD,
    Kind.ORDER_REVOKED,
)
OBJECTIONS = (Kind.OBJECTION, Kind.OBJECTION_VERIFIED, Kind.DISPUTE_OPENED, Kind.DISPUTE_CLOSED)
LISTING_DECISIONS = (Kind.DECISION, Kind.NOT_LISTED)
STAYS = (
    Kind.STAY,
    Kind.STAY_ENDED,
    Kind.HIDDEN,
    Kind.HIDDEN_ENDED,
    Kind.CRIMINAL_BAR_SET,
    Kind.CRIMINAL_BAR_LIFTED,
)
REPAIR_DECISIONS = (
    Kind.REPAIR,
    Kind.REPAIR_REFUSED,
    Kind.RESTORE,
    Kind.REPAIR_ACCEPTED,
    Kind.REPAIR_EXTENDED,
    Kind.REPAIR_SHOWN_REJECTED,
)


@dataclass(frozen=True, slots=True)
class Header:
    """What every step says of itself, checked."""

    request_id: str
    digest: str
    listing_id: str
    authority: str
    document_number: str
    on: date
    officer: str

    def act(self, kind: Kind, **more: Any) -> Act:  # noqa: ANN401 - the act's own fields, which the type checker sees there
        """Return an act under this step's document."""
        return Act(kind, self.on, self.document_number, self.authority, "", **more)

    def request(self, *acts: NewAct, **more: Any) -> StepRequest:  # noqa: ANN401 - likewise
        """Return the step that adds *acts*."""
        return StepRequest(self.request_id, self.digest, self.listing_id, acts, **more)


def header(people: People, request: Any) -> Header:  # noqa: ANN401 - every request of a step has its header in the same field
    """Return the header of a step's request."""
    step: pb.ListingStep = request.step
    return Header(
        request_id=fields.required(step.request_id, "step.request_id", 64),
        digest=people.digest(request.SerializeToString(deterministic=True)),
        listing_id=fields.required(step.listing_id, "step.listing_id", 128),
        authority=fields.required(step.authority, "step.authority", 200),
        document_number=fields.required(step.document_number, "step.document_number", NUMBER),
        on=fields.civil_day(step.on, "step.on"),
        officer=fields.required(step.officer, "step.officer", 64),
    )


def propose(_: People, request: pb.ProposeListingRequest, head: Header) -> StepRequest:
    """The order to pay, and its delivery where that is known."""
    code, conforming = read_code(request.uscc, "uscc")
    due = fields.civil_day(request.order_due_on, "order_due_on")
    if due < head.on:
        raise MalformedRequestError("order_due_on", "lies before the order")
    acts = [NewAct(head.act(Kind.ORDER_ISSUED, due_on=due))]
    delivered = fields.optional_day(request.order_delivered_on, "order_delivered_on")
    proof = _for(delivered is not None, request.order_delivery_proof, "order_delivery_proof", NUMBER)
    if delivered is not None:
        act = Act(Kind.ORDER_DELIVERED, delivered, head.document_number, head.authority, "")
        acts.append(NewAct(act, {"delivery_proof": proof}))
    return head.request(*acts, uscc=code, conforming=conforming)


def notice(_: People, request: pb.RecordNoticeRequest, head: Header) -> StepRequest:
    """A notice, with the proof of its delivery or where it stands."""
    kind = _kind(request.act, NOTICES)
    delivered = kind in {Kind.ORDER_DELIVERED, Kind.PRE_NOTICE_DELIVERED}
    said = {
        "delivery_proof": _for(delivered, request.delivery_proof, "delivery_proof", NUMBER),
        "places": _for(kind in {Kind.PUBLISHED, Kind.OTHER_SITES_TOLD}, request.places, "places", 256),
    }
    return head.request(NewAct(head.act(kind), _told(said)))


def objection(_: People, request: pb.RecordObjectionRequest, head: Header) -> StepRequest:
    """An objection or remedy, or what became of one."""
    kind = _kind(request.act, OBJECTIONS)
    answered = kind in {Kind.OBJECTION_VERIFIED, Kind.DISPUTE_CLOSED}
    said = {"result": _for(answered, request.result, "result", TEXT)}
    return head.request(NewAct(head.act(kind), _told(said)))


def decision(people: People, request: pb.DecideListingRequest, head: Header) -> StepRequest:
    """The decision with all that its document must say (L-09), or that there will be none."""
    kind = _kind(request.act, LISTING_DECISIONS)
    listed = kind is Kind.DECISION
    said = {"reason": fields.required(request.reason, "reason", 64 if listed else TEXT)}
    for name in ("basis", "measures", "early_removal", "remedies"):
        said[name] = _for(listed, getattr(request, name), name, TEXT)
    said["repair_notice_number"] = _for(listed, request.repair_notice_number, "repair_notice_number", NUMBER)
    for name in ("objection_waiver_number", "extension_number"):
        value: str = getattr(request, name)
        said[name] = _for(listed and bool(value), value, name, NUMBER)
    corrected = fields.optional_day(request.corrected_on, "corrected_on")
    if listed and corrected is not None:
        raise MalformedRequestError("corrected_on", f"is not for {kind.name}")
    said["commitment_number"] = _for(corrected is not None, request.commitment_number, "commitment_number", NUMBER)
    if listed and not request.persons:
        raise MalformedRequestError("persons", "names nobody: the responsible persons are listed with the unit (L-04)")
    if request.persons and not listed:
        raise MalformedRequestError("persons", f"is not for {kind.name}")
    persons = tuple(people.person(each, f"persons[{place}]") for place, each in enumerate(request.persons))
    act = head.act(kind, extended=bool(said["extension_number"]), corrected_on=corrected)
    evidence = Evidence(objection_waived=bool(said["objection_waiver_number"]))
    return head.request(NewAct(act, _told(said)), evidence=evidence, persons=persons)


def delivery(people: People, request: pb.RecordDeliveryRequest, head: Header) -> StepRequest:
    """The delivery of a decision to one party."""
    at = fields.instant(request.at, "at") if request.HasField("at") else None
    if at is not None and civil_date(at) != head.on:
        raise MalformedRequestError("at", "lies on another day than the step")
    proof = fields.required(request.delivery_proof, "delivery_proof", NUMBER)
    party = people.person(request.person, "person")[0] if request.HasField("person") else ""
    return head.request(NewAct(head.act(Kind.DELIVERY, at=at, party=party), {"delivery_proof": proof}))


def stay(_: People, request: pb.StayListingRequest, head: Header) -> StepRequest:
    """A stay, hiding or criminal bar, or its end."""
    said = {"ordered_by": fields.required(request.ordered_by, "ordered_by", 200)}
    return head.request(NewAct(head.act(_kind(request.act, STAYS)), said))


def revocation(_: People, request: pb.RevokeListingRequest, head: Header) -> StepRequest:
    """The revocation."""
    return head.request(NewAct(head.act(Kind.REVOCATION), {"reason": fields.required(request.reason, "reason", TEXT)}))


def application(_: People, request: pb.ApplyForRepairRequest, head: Header) -> StepRequest:
    """The application for early removal, with its three papers (L-16)."""
    corrected = fields.civil_day(request.corrected_on, "corrected_on")
    if corrected > head.on:
        raise MalformedRequestError("corrected_on", "lies after the application")
    said = {
        "correction_proof": fields.required(request.correction_proof, "correction_proof", NUMBER),
        "commitment_number": fields.required(request.commitment_number, "commitment_number", NUMBER),
    }
    return head.request(NewAct(head.act(Kind.REPAIR_APPLIED, corrected_on=corrected), said))


def repair(_: People, request: pb.DecideRepairRequest, head: Header) -> StepRequest:
    """The decision on an application or its time, the restoration, or the rejection of a shown repair (C-02)."""
    kind = _kind(request.act, REPAIR_DECISIONS)
    early = request.decided_before_cr36_reason
    granted = kind is Kind.REPAIR
    said = {
        "reason": fields.text(request.reason, "reason", TEXT)
        if granted
        else _for(kind is not Kind.REPAIR_ACCEPTED, request.reason, "reason", TEXT),
        "decided_before_cr36_reason": _for(granted and bool(early), early, "decided_before_cr36_reason", TEXT),
    }
    evidence = Evidence(reason_before_year=bool(said["decided_before_cr36_reason"]))
    return head.request(NewAct(head.act(kind), _told(said)), evidence=evidence)


def _kind(sent: int, allowed: Collection[Kind]) -> Kind:
    kind = fields.word(Kind, sent, "act")
    if kind not in allowed:
        raise MalformedRequestError("act", f"{kind.name} is none of {', '.join(each.name for each in allowed)}")
    return kind


def _for(wanted: bool, value: str, field: str, limit: int) -> str:  # noqa: FBT001 - "for this act: the value"
    """Return a text that must be there when it is *wanted*, and must not otherwise."""
    if wanted:
        return fields.required(value, field, limit)
    if value:
        raise MalformedRequestError(field, "is not for this act, or not without what it belongs to")
    return ""


def _told(said: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in said.items() if value}

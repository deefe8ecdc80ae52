"""Acts from the wire: those of a listing with their chain of documents, and an officer's attachment."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from formats import canonical
from formats.civil import civil_date
from gateway.domain.errors import MalformedRequestError
from gateway.domain.listing_acts import Act
from gateway.domain.records import Attachment
from gateway.domain.vocabulary import ListingActKind
from gateway.rpc import fields
from gateway.rpc.record_fields import Header, People, in_order, row_of

if TYPE_CHECKING:
    from datetime import date

    from jointsanctions.v1 import record_pb2 as pb

    from gateway.services.ports.facts import SubmittedRow


SHOWN: Final = frozenset({ListingActKind.REPAIR_SHOWN, ListingActKind.REPAIR_SHOWN_REJECTED})
"""Acts that come by ``ReportShownRepair`` and ``DecideRepair`` alone (C-02)."""


def listing_act(people: People, record: pb.Record, header: Header) -> SubmittedRow:
    """One act of a listing; a decision needs its chain of documents (L-27)."""
    sent = record.listing_act
    kind = fields.word(ListingActKind, sent.act, "listing_act.act")
    if kind in SHOWN:
        raise MalformedRequestError(
            "listing_act.act", f"{kind.name} is not imported: the platform and HRSS have methods"
        )
    at = None
    if sent.HasField("at"):
        if kind is not ListingActKind.DELIVERY:
            raise MalformedRequestError("listing_act.at", "is only for deliveries")
        at = fields.instant(sent.at, "listing_act.at")
    on = fields.civil_day(sent.on, "listing_act.on")
    if at is not None and civil_date(at) != on:
        raise MalformedRequestError("listing_act.at", "lies on another day than on")
    details = ""
    if kind is ListingActKind.DECISION:
        details = canonical.encode(
            {"chain": _chain(sent, on), "reason": fields.required(sent.reason, "listing_act.reason", 64)}
        ).decode()
    elif sent.persons or sent.HasField("chain"):
        field = "listing_act.persons" if sent.persons else "listing_act.chain"
        raise MalformedRequestError(field, "is only for decisions")
    listed = tuple(people.person(p, f"listing_act.persons[{i}]") for i, p in enumerate(sent.persons))
    if sent.HasField("delivered_to") and kind is not ListingActKind.DELIVERY:
        raise MalformedRequestError("listing_act.delivered_to", "is only for deliveries")
    party = people.person(sent.delivered_to, "listing_act.delivered_to")[0] if sent.HasField("delivered_to") else ""
    act = Act(
        kind,
        on,
        header.document_number,
        header.authority,
        header.record_id,
        at,
        party=party,
        due_on=_day_of(kind, ListingActKind.ORDER_ISSUED, sent.due_on, "listing_act.due_on"),
        corrected_on=_day_of(kind, ListingActKind.REPAIR_APPLIED, sent.corrected_on, "listing_act.corrected_on"),
    )
    return replace(
        row_of(header),
        listing_act=act,
        act_details=details,
        listing_id=fields.required(sent.listing_id, "listing_act.listing_id", 128),
        person_keys=frozenset(key for key, _ in listed),
        sealed_persons=listed,
    )


def _day_of(kind: ListingActKind, owner: ListingActKind, sent: str, field: str) -> date | None:
    """Return the day that an act of the kind *owner* must say and no other may."""
    if kind is owner:
        return fields.civil_day(sent, field)
    if sent:
        raise MalformedRequestError(field, f"is only for {owner.name}")
    return None


def _chain(sent: pb.ListingAct, decided_on: date) -> dict[str, str]:
    """Return the chain of documents without which no listing is taken (L-27): all of it, and in its order."""
    chain = sent.chain
    base = "listing_act.chain"
    fields.required(chain.order_number, f"{base}.order_number", 128)
    fields.required(chain.pre_notice_number, f"{base}.pre_notice_number", 128)
    ordered = fields.civil_day(chain.order_delivered_on, f"{base}.order_delivered_on")
    due = fields.civil_day(chain.order_due_on, f"{base}.order_due_on")
    noticed = fields.civil_day(chain.pre_notice_delivered_on, f"{base}.pre_notice_delivered_on")
    in_order(ordered, due, f"{base}.order_due_on", "lies before the order's delivery")
    in_order(due, noticed, f"{base}.pre_notice_delivered_on", "lies before the order was due")
    in_order(noticed, decided_on, "listing_act.on", "lies before the pre-notice's delivery")
    return {field.name: value for field, value in chain.ListFields()}


def attachment(_: People, record: pb.Record, header: Header) -> SubmittedRow:
    """An officer's act that gives a held record its enterprise, or takes it away again."""
    sent = record.attachment
    if sent.detached and record.uscc:
        raise MalformedRequestError("uscc", "must be empty where the record is detached")
    if not sent.detached:
        fields.required(record.uscc, "uscc", 64)
    attachment = Attachment(
        record_id=fields.required(sent.record_id, "attachment.record_id", 128),
        uscc="",
        decided_on=fields.civil_day(sent.decided_on, "attachment.decided_on"),
        authority=header.authority,
        document_number=header.document_number,
    )
    return replace(row_of(header), attachment=attachment)

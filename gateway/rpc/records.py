"""Submitted records from the wire: one function a kind, each field checked and named.

What a kind must carry is the table of ``registry.proto``; what it means is in ``gateway/domain``. Persons' numbers are
replaced by their keyed hashes here, before anything is kept.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from jointsanctions.v1 import registry_pb2 as pb

from gateway.domain.errors import MalformedRequestError
from gateway.domain.listings import Act
from gateway.domain.records import (
    ArrearsFinding,
    Attachment,
    BusinessStatus,
    Complaint,
    Conviction,
    EnterpriseProfile,
    FiveSystems,
    GradeRecovery,
    NoticeList,
    Penalty,
    Publication,
    PublishedNotice,
    RedListEntry,
    Restriction,
    SystemStatus,
)
from gateway.domain.vocabulary import EnterpriseKind, ListingActKind, Provenance
from gateway.rpc import fields
from gateway.services.ports import SubmittedRow
from gateway.services.submit_records import IncomingRow

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from enum import StrEnum

    from google.protobuf.message import Message

    from gateway.services.ports import PersonVault

E = TypeVar("E", bound="StrEnum")

DOCUMENT_TYPES = frozenset(
    {"RESIDENT_ID", "MILITARY_ID", "PASSPORT", "HK_MACAO_PERMIT", "TAIWAN_PERMIT", "HMT_RESIDENCE", "OTHER"}
)
WITHOUT_AUTHORITY = frozenset({"enterprise", "five_systems"})
"""Kinds that no authority decides."""
WITHOUT_DOCUMENT = WITHOUT_AUTHORITY | {"published_notice"}
"""Kinds whose document may have no number: notices are often published without theirs."""


@dataclass(frozen=True, slots=True)
class Header:
    """What every record carries, checked."""

    row: int
    kind: str
    record_id: str
    authority: str
    document_number: str


class RecordReader:
    """Turns records of the wire into rows for the store."""

    def __init__(self, vault: PersonVault) -> None:
        self._vault = vault

    def read(self, record: pb.Record, feed: str) -> IncomingRow:
        """Return one record as a row whose code is still to be checked.

        Raises:
            MalformedRequestError: The first field at fault, as its path within the record.
        """
        kind = record.WhichOneof("fact")
        if kind is None:
            raise MalformedRequestError("fact", "is required")
        source_key = fields.required(record.source_key, "source_key", 128)
        authority = fields.text if kind in WITHOUT_AUTHORITY else fields.required
        document = fields.text if kind in WITHOUT_DOCUMENT else fields.required
        identity = hashlib.sha256(f"{feed}\0{kind}\0{source_key}".encode()).hexdigest()[:24]
        header = Header(
            record.row,
            kind,
            f"{kind}-{identity}",
            authority(record.authority, "authority", 200),
            document(record.document_number, "document_number", 128),
        )
        name = fields.text(record.name, "name", 300)
        row = _READERS[kind](self, record, header)
        return IncomingRow(replace(row, content_digest=self._digest(record)), record.uscc, name)

    def _digest(self, record: pb.Record) -> str:
        """Hash the content without its row number, and with persons' keys in place of their numbers."""
        bare = pb.Record()
        bare.CopyFrom(record)
        bare.row = 0
        for person in _persons_of(bare):
            person.document_number = self._vault.key(person.document_type, person.document_number)
        return hashlib.sha256(bare.SerializeToString(deterministic=True)).hexdigest()

    def person(self, ref: pb.PersonRef, field: str) -> tuple[str, bytes]:
        """Return (key, sealed name and number) of a person."""
        name = fields.required(ref.name, f"{field}.name", 120)
        kind = fields.required(ref.document_type, f"{field}.document_type", 32)
        if kind not in DOCUMENT_TYPES:
            raise MalformedRequestError(f"{field}.document_type", "is none of the kinds of documents")
        number = fields.required(ref.document_number, f"{field}.document_number", 32)
        return self._vault.key(kind, number), self._vault.seal(f"{kind}\0{number}\0{name}")


def _persons_of(record: pb.Record) -> list[pb.PersonRef]:
    if record.WhichOneof("fact") == "listing_act":
        return list(record.listing_act.persons)
    if record.WhichOneof("fact") == "enterprise" and record.enterprise.HasField("legal_representative"):
        return [record.enterprise.legal_representative]
    return []


def _row(header: Header) -> SubmittedRow:
    return SubmittedRow(header.row, header.kind, header.record_id, "", "")


def _named(kind: type[E], value: str, field: str) -> E:
    try:
        return kind(value)
    except ValueError as error:
        why = "is required" if not value else f"has no value {value[:40]!r}"
        raise MalformedRequestError(field, why) from error


def _flag(message: Message, field: str, name: str) -> bool:
    if not message.HasField(name):
        raise MalformedRequestError(field, "is required")
    return bool(getattr(message, name))


def _in_order(first: date, second: date, field: str, why: str) -> None:
    if second < first:
        raise MalformedRequestError(field, why)


def _enterprise(reader: RecordReader, record: pb.Record, header: Header) -> SubmittedRow:
    sent = record.enterprise
    construction = _flag(sent, "enterprise.construction_unit", "construction_unit")
    kind = None
    if construction or sent.kind:
        kind = fields.word(EnterpriseKind, sent.kind, "enterprise.kind")
    key: str | None = None
    sealed: tuple[tuple[str, bytes], ...] = ()
    if sent.HasField("legal_representative"):
        key, box = reader.person(sent.legal_representative, "enterprise.legal_representative")
        sealed = ((key, box),)
    profile = EnterpriseProfile(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        name=fields.required(sent.name, "enterprise.name", 300),
        valid_from=fields.civil_day(sent.valid_from, "enterprise.valid_from"),
        kind=kind,
        construction_unit=construction,
        representative_key=key,
        head_office_uscc=fields.text(sent.head_office_uscc, "enterprise.head_office_uscc", 18) or None,
        successor_of_uscc=fields.text(sent.successor_of_uscc, "enterprise.successor_of_uscc", 18) or None,
        business_status=_named(BusinessStatus, sent.business_status, "enterprise.business_status"),
    )
    return replace(_row(header), profile=profile, sealed_persons=sealed)


def _complaint(_: RecordReader, record: pb.Record, header: Header) -> SubmittedRow:
    sent = record.complaint
    accepted = fields.civil_day(sent.accepted_on, "complaint.accepted_on")
    verified = fields.civil_day(sent.verified_on, "complaint.verified_on")
    _in_order(accepted, verified, "complaint.verified_on", "lies before accepted_on")
    settled = fields.optional_day(sent.settled_on, "complaint.settled_on")
    if settled is not None:
        _in_order(accepted, settled, "complaint.settled_on", "lies before accepted_on")
    incident = fields.text(sent.incident_id, "complaint.incident_id", 128) or header.record_id
    fact = Complaint(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        accepted_on=accepted,
        verified_on=verified,
        settled_on=settled,
        incident_id=incident,
    )
    return replace(_row(header), fact=fact)


def _arrears(_: RecordReader, record: pb.Record, header: Header) -> SubmittedRow:
    sent = record.arrears
    found = fields.civil_day(sent.found_on, "arrears.found_on")
    paid = fields.optional_day(sent.paid_on, "arrears.paid_on")
    if paid is not None:
        _in_order(found, paid, "arrears.paid_on", "lies before found_on")
    if sent.amount_fen <= 0:
        raise MalformedRequestError("arrears.amount_fen", "must be greater than 0")
    if sent.workers <= 0:
        raise MalformedRequestError("arrears.workers", "must be greater than 0")
    fact = ArrearsFinding(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        found_on=found,
        paid_on=paid,
        amount_fen=sent.amount_fen,
        workers=sent.workers,
        malicious=_flag(sent, "arrears.malicious", "malicious"),
        incident_id=fields.text(sent.incident_id, "arrears.incident_id", 128) or header.record_id,
    )
    return replace(_row(header), fact=fact)


def _five_systems(_: RecordReader, record: pb.Record, header: Header) -> SubmittedRow:
    sent = record.five_systems

    def status(name: str) -> SystemStatus:
        return _named(SystemStatus, getattr(sent, name), f"five_systems.{name}")

    fact = FiveSystems(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        project=fields.required(sent.project, "five_systems.project", 128),
        real_name=status("real_name"),
        wage_account=status("wage_account"),
        agent_payment=status("agent_payment"),
        deposit=status("deposit"),
        notice_board=status("notice_board"),
        checked_on=fields.civil_day(sent.checked_on, "five_systems.checked_on"),
    )
    return replace(_row(header), fact=fact)


def _listing_act(reader: RecordReader, record: pb.Record, header: Header) -> SubmittedRow:
    sent = record.listing_act
    kind = fields.word(ListingActKind, sent.act, "listing_act.act")
    at = None
    if sent.HasField("at"):
        if kind is not ListingActKind.DELIVERY:
            raise MalformedRequestError("listing_act.at", "is only for deliveries")
        at = fields.instant(sent.at, "listing_act.at")
    on = fields.civil_day(sent.on, "listing_act.on")
    if kind is ListingActKind.DECISION:
        _chain(sent, on)
        fields.required(sent.reason, "listing_act.reason", 64)
    elif sent.persons or sent.HasField("chain"):
        field = "listing_act.persons" if sent.persons else "listing_act.chain"
        raise MalformedRequestError(field, "is only for decisions")
    people = tuple(reader.person(p, f"listing_act.persons[{i}]") for i, p in enumerate(sent.persons))
    act = Act(kind, on, header.document_number, header.authority, header.record_id, at)
    return replace(
        _row(header),
        listing_act=act,
        listing_id=fields.required(sent.listing_id, "listing_act.listing_id", 128),
        person_keys=frozenset(key for key, _ in people),
        sealed_persons=people,
    )


def _chain(sent: pb.ListingAct, decided_on: date) -> None:
    """Check the chain of documents without which no listing is taken (L-27): all of it, and in its order."""
    chain = sent.chain
    base = "listing_act.chain"
    fields.required(chain.order_number, f"{base}.order_number", 128)
    fields.required(chain.pre_notice_number, f"{base}.pre_notice_number", 128)
    ordered = fields.civil_day(chain.order_delivered_on, f"{base}.order_delivered_on")
    due = fields.civil_day(chain.order_due_on, f"{base}.order_due_on")
    noticed = fields.civil_day(chain.pre_notice_delivered_on, f"{base}.pre_notice_delivered_on")
    _in_order(ordered, due, f"{base}.order_due_on", "lies before the order's delivery")
    _in_order(due, noticed, f"{base}.pre_notice_delivered_on", "lies before the order was due")
    _in_order(noticed, decided_on, "listing_act.on", "lies before the pre-notice's delivery")


def _publication(_: RecordReader, record: pb.Record, header: Header) -> SubmittedRow:
    sent = record.publication
    published = fields.civil_day(sent.published_on, "publication.published_on")
    until = fields.civil_day(sent.display_until, "publication.display_until")
    _in_order(published, until, "publication.display_until", "lies before published_on")
    fact = Publication(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        published_on=published,
        display_until=until,
        for_wages=_flag(sent, "publication.for_wages", "for_wages"),
    )
    return replace(_row(header), fact=fact)


def _penalty(_: RecordReader, record: pb.Record, header: Header) -> SubmittedRow:
    sent = record.penalty
    since = fields.civil_day(sent.restricts_from, "penalty.restricts_from")
    until = fields.civil_day(sent.restricts_until, "penalty.restricts_until")
    _in_order(since, until, "penalty.restricts_until", "lies before restricts_from")
    fact = Penalty(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        restriction=_named(Restriction, sent.restriction, "penalty.restriction"),
        decided_on=fields.civil_day(sent.decided_on, "penalty.decided_on"),
        restricts_from=since,
        restricts_until=until,
    )
    return replace(_row(header), fact=fact)


def _conviction(_: RecordReader, record: pb.Record, header: Header) -> SubmittedRow:
    fact = Conviction(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        effective_on=fields.civil_day(record.conviction.effective_on, "conviction.effective_on"),
    )
    return replace(_row(header), fact=fact)


def _published_notice(_: RecordReader, record: pb.Record, header: Header) -> SubmittedRow:
    sent = record.published_notice
    fields.required(record.name, "name", 300)
    fact = PublishedNotice(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        provenance=Provenance.PUBLISHED_NOTICE,
        notice_list=_named(NoticeList, sent.list, "published_notice.list"),
        published_on=fields.civil_day(sent.published_on, "published_notice.published_on"),
    )
    return replace(_row(header), fact=fact)


def _red_list(_: RecordReader, record: pb.Record, header: Header) -> SubmittedRow:
    sent = record.red_list
    listed = fields.civil_day(sent.listed_on, "red_list.listed_on")
    until = fields.optional_day(sent.until, "red_list.until")
    if until is not None:
        _in_order(listed, until, "red_list.until", "lies before listed_on")
    fact = RedListEntry(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        listed_on=listed,
        until=until,
    )
    return replace(_row(header), fact=fact)


def _grade_recovery(_: RecordReader, record: pb.Record, header: Header) -> SubmittedRow:
    fact = GradeRecovery(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        decided_on=fields.civil_day(record.grade_recovery.decided_on, "grade_recovery.decided_on"),
    )
    return replace(_row(header), fact=fact)


def _attachment(_: RecordReader, record: pb.Record, header: Header) -> SubmittedRow:
    sent = record.attachment
    attachment = Attachment(
        record_id=fields.required(sent.record_id, "attachment.record_id", 128),
        uscc="",
        decided_on=fields.civil_day(sent.decided_on, "attachment.decided_on"),
        authority=header.authority,
        document_number=header.document_number,
    )
    return replace(_row(header), attachment=attachment)


_READERS: dict[str, Callable[[RecordReader, pb.Record, Header], SubmittedRow]] = {
    "enterprise": _enterprise,
    "complaint": _complaint,
    "arrears": _arrears,
    "five_systems": _five_systems,
    "listing_act": _listing_act,
    "publication": _publication,
    "penalty": _penalty,
    "conviction": _conviction,
    "published_notice": _published_notice,
    "red_list": _red_list,
    "grade_recovery": _grade_recovery,
    "attachment": _attachment,
}
KINDS = frozenset(_READERS)

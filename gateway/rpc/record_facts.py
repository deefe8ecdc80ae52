"""Facts about an enterprise from the wire, one function a kind; each field is checked and named."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.domain.errors import MalformedRequestError
from gateway.domain.records import (
    ArrearsFinding,
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
from gateway.domain.vocabulary import EnterpriseKind, Provenance
from gateway.rpc import fields
from gateway.rpc.record_fields import Header, People, code, ends_after, flag, in_order, named, row_of

if TYPE_CHECKING:
    from jointsanctions.v1 import registry_pb2 as pb

    from gateway.services.ports import SubmittedRow


def enterprise(people: People, record: pb.Record, header: Header) -> SubmittedRow:
    """What market regulation says of an enterprise."""
    sent = record.enterprise
    construction = flag(sent, "enterprise.construction_unit", "construction_unit")
    kind = None
    if construction or sent.kind:
        kind = fields.word(EnterpriseKind, sent.kind, "enterprise.kind")
    key: str | None = None
    sealed: tuple[tuple[str, bytes], ...] = ()
    if sent.HasField("legal_representative"):
        key, box = people.person(sent.legal_representative, "enterprise.legal_representative")
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
        head_office_uscc=code(sent.head_office_uscc, "enterprise.head_office_uscc"),
        successor_of_uscc=code(sent.successor_of_uscc, "enterprise.successor_of_uscc"),
        business_status=named(BusinessStatus, sent.business_status, "enterprise.business_status"),
    )
    return replace(row_of(header), profile=profile, sealed_persons=sealed)


def complaint(_: People, record: pb.Record, header: Header) -> SubmittedRow:
    """A verified wage complaint (G-10)."""
    sent = record.complaint
    accepted = fields.civil_day(sent.accepted_on, "complaint.accepted_on")
    verified = fields.civil_day(sent.verified_on, "complaint.verified_on")
    in_order(accepted, verified, "complaint.verified_on", "lies before accepted_on")
    settled = fields.optional_day(sent.settled_on, "complaint.settled_on")
    if settled is not None:
        in_order(accepted, settled, "complaint.settled_on", "lies before accepted_on")
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
    return replace(row_of(header), fact=fact)


def arrears(_: People, record: pb.Record, header: Header) -> SubmittedRow:
    """Arrears that an inspection found."""
    sent = record.arrears
    found = fields.civil_day(sent.found_on, "arrears.found_on")
    paid = fields.optional_day(sent.paid_on, "arrears.paid_on")
    if paid is not None:
        in_order(found, paid, "arrears.paid_on", "lies before found_on")
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
        malicious=flag(sent, "arrears.malicious", "malicious"),
        incident_id=fields.text(sent.incident_id, "arrears.incident_id", 128) or header.record_id,
    )
    return replace(row_of(header), fact=fact)


def five_systems(_: People, record: pb.Record, header: Header) -> SubmittedRow:
    """The five systems of one project (G-02)."""
    sent = record.five_systems

    def status(name: str) -> SystemStatus:
        return named(SystemStatus, getattr(sent, name), f"five_systems.{name}")

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
    return replace(row_of(header), fact=fact)


def publication(_: People, record: pb.Record, header: Header) -> SubmittedRow:
    """Publication of a major labour violation (O29)."""
    sent = record.publication
    published = fields.civil_day(sent.published_on, "publication.published_on")
    until = fields.civil_day(sent.display_until, "publication.display_until")
    ends_after(published, until, "publication.display_until", "published_on")
    fact = Publication(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        published_on=published,
        display_until=until,
        for_wages=flag(sent, "publication.for_wages", "for_wages"),
    )
    return replace(row_of(header), fact=fact)


def penalty(_: People, record: pb.Record, header: Header) -> SubmittedRow:
    """A penalty that restricts, with its end (TR5)."""
    sent = record.penalty
    since = fields.civil_day(sent.restricts_from, "penalty.restricts_from")
    until = fields.civil_day(sent.restricts_until, "penalty.restricts_until")
    ends_after(since, until, "penalty.restricts_until", "restricts_from")
    fact = Penalty(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        restriction=named(Restriction, sent.restriction, "penalty.restriction"),
        decided_on=fields.civil_day(sent.decided_on, "penalty.decided_on"),
        restricts_from=since,
        restricts_until=until,
    )
    return replace(row_of(header), fact=fact)


def conviction(_: People, record: pb.Record, header: Header) -> SubmittedRow:
    """An effective conviction (TR6)."""
    fact = Conviction(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        effective_on=fields.civil_day(record.conviction.effective_on, "conviction.effective_on"),
    )
    return replace(row_of(header), fact=fact)


def published_notice(_: People, record: pb.Record, header: Header) -> SubmittedRow:
    """A notice retyped from elsewhere."""
    sent = record.published_notice
    fields.required(record.name, "name", 300)
    fact = PublishedNotice(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        provenance=Provenance.PUBLISHED_NOTICE,
        notice_list=named(NoticeList, sent.list, "published_notice.list"),
        published_on=fields.civil_day(sent.published_on, "published_notice.published_on"),
    )
    return replace(row_of(header), fact=fact)


def red_list(_: People, record: pb.Record, header: Header) -> SubmittedRow:
    """An entry on the red list (G-08)."""
    sent = record.red_list
    listed = fields.civil_day(sent.listed_on, "red_list.listed_on")
    until = fields.optional_day(sent.until, "red_list.until")
    if until is not None:
        ends_after(listed, until, "red_list.until", "listed_on")
    fact = RedListEntry(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        listed_on=listed,
        until=until,
    )
    return replace(row_of(header), fact=fact)


def grade_recovery(_: People, record: pb.Record, header: Header) -> SubmittedRow:
    """A decision of HRSS that a grade has recovered (G-14)."""
    fact = GradeRecovery(
        record_id=header.record_id,
        authority=header.authority,
        document_number=header.document_number,
        decided_on=fields.civil_day(record.grade_recovery.decided_on, "grade_recovery.decided_on"),
    )
    return replace(row_of(header), fact=fact)

"""Domain values as rows of their tables, and back. Words of closed lists are numbers there; nothing is decided here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from formats.identifiers import UsccError, parse_uscc
from gateway.domain.kinds.enterprise import BusinessStatus, EnterpriseProfile
from gateway.domain.listings import Act
from gateway.domain.vocabulary import EnterpriseKind, ListingActKind, Provenance

if TYPE_CHECKING:
    from sqlalchemy import Row

    from gateway.domain.records import Attachment
    from gateway.services.ports import SubmittedRow
    from gateway.storage.known import OnRecord


def profile_row(row: SubmittedRow, revision: int) -> dict[str, Any]:
    """Return the row of a profile, and whether its code fails the standard although the master feed has it."""
    profile = row.profile
    if profile is None:
        raise ValueError(f"row {row.row} is no profile")
    return {
        **_version(row.record_id, row.content_digest, revision),
        "uscc": row.uscc,
        "name": profile.name,
        "valid_from": profile.valid_from,
        "kind": profile.kind,
        "construction_unit": profile.construction_unit,
        "representative_key": profile.representative_key,
        "head_office_uscc": profile.head_office_uscc,
        "successor_of_uscc": profile.successor_of_uscc,
        "business_status": profile.business_status.value,
        "authority": profile.authority,
        "document_number": profile.document_number,
        "provenance": profile.provenance,
        "nonconforming": _fails_standard(row.uscc),
    }


def profile_of(row: Row[*tuple[Any, ...]]) -> EnterpriseProfile:
    """Return the profile that ``profile_row`` wrote; ``ValueError`` when a word is not known."""
    return EnterpriseProfile(
        record_id=row.record_id,
        authority=row.authority,
        document_number=row.document_number,
        provenance=Provenance(row.provenance),
        name=row.name,
        valid_from=row.valid_from,
        kind=None if row.kind is None else EnterpriseKind(row.kind),
        construction_unit=row.construction_unit,
        representative_key=row.representative_key,
        head_office_uscc=row.head_office_uscc,
        successor_of_uscc=row.successor_of_uscc,
        business_status=BusinessStatus(row.business_status),
    )


def act_row(row: SubmittedRow, act: Act, revision: int) -> dict[str, Any]:
    """Return the row of one act of a listing."""
    return {
        "act_id": act.act_id,
        "listing_id": row.listing_id,
        "kind": act.kind,
        "acted_on": act.on,
        "acted_at": act.at,
        "document_number": act.document_number,
        "authority": act.authority,
        "details": row.act_details,
        "content_digest": row.content_digest,
        "revision": revision,
    }


def act_of(row: Row[*tuple[Any, ...]]) -> Act:
    """Return the act that ``act_row`` wrote; ``ValueError`` when its kind is not known."""
    return Act(
        kind=ListingActKind(row.kind),
        on=row.acted_on,
        document_number=row.document_number,
        authority=row.authority,
        act_id=row.act_id,
        at=row.acted_at,
    )


def simple_row(record_id: str, record: OnRecord, revision: int) -> dict[str, Any]:
    """Return the row of a fact kept as text."""
    return {
        **_version(record_id, record.content_digest, revision),
        "uscc": record.uscc,
        "kind": record.kind,
        "content": record.content,
    }


def person_row(row: SubmittedRow, record: OnRecord, revision: int) -> dict[str, Any]:
    """Return the row of a fact about a natural person."""
    return {
        **_version(row.record_id, row.content_digest, revision),
        "person_key": record.person_key,
        "kind": record.kind,
        "content": record.content,
    }


def held_row(row: SubmittedRow, record: OnRecord, revision: int) -> dict[str, Any]:
    """Return the row of a notice that no enterprise is certain for."""
    if row.held is None:
        raise ValueError(f"row {row.row} is not held")
    return {
        **_version(row.record_id, row.content_digest, revision),
        "kind": record.kind,
        "content": record.content,
        "name": row.held.name,
        "name_key": record.name_key,
        "code_printed": row.held.code_printed,
        "why": row.held.why,
    }


def attachment_row(row: SubmittedRow, attachment: Attachment, revision: int) -> dict[str, Any]:
    """Return the row of an officer's act that gives a held record to an enterprise."""
    return {
        **_version(row.record_id, row.content_digest, revision),
        "target_record_id": attachment.record_id,
        "uscc": attachment.uscc,
        "decided_on": attachment.decided_on,
        "authority": attachment.authority,
        "document_number": attachment.document_number,
    }


def _version(record_id: str, digest: str, revision: int) -> dict[str, Any]:
    return {"record_id": record_id, "content_digest": digest, "revision_from": revision}


def _fails_standard(uscc: str) -> bool:
    try:
        parse_uscc(uscc)
    except UsccError:
        return True
    return False

"""Domain values as rows of their tables, and back. Words of closed lists are numbers there; nothing is decided here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from formats import canonical
from formats.civil import parse_date
from formats.identifiers import UsccError, parse_uscc
from gateway.domain.kinds.enterprise import BusinessStatus, EnterpriseProfile
from gateway.domain.listing_acts import Act
from gateway.domain.vocabulary import EnterpriseKind, ListingActKind, Provenance

if TYPE_CHECKING:
    from sqlalchemy import Row

    from gateway.domain.records import Attachment
    from gateway.services.ports.facts import SubmittedRow
    from gateway.storage.known import OnRecord

_OWN: Final = "act"
"""Key of an act's details under which the act keeps what it has no column for."""


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
        "details": _details(row.act_details, act),
        "content_digest": row.content_digest,
        "revision": revision,
    }


def act_of(row: Row[*tuple[Any, ...]]) -> Act:
    """Return the act that ``act_row`` wrote; ``ValueError`` when its kind is not known or its details are no such."""
    own = _own_details(row.details)
    return Act(
        kind=ListingActKind(row.kind),
        on=row.acted_on,
        document_number=row.document_number,
        authority=row.authority,
        act_id=row.act_id,
        at=row.acted_at,
        party=own.get("party", ""),
        due_on=parse_date(own["due_on"]) if "due_on" in own else None,
        corrected_on=parse_date(own["corrected_on"]) if "corrected_on" in own else None,
        extended="extended" in own,
    )


def said_with(details: str) -> dict[str, str]:
    """Return what was said with an act, by field; the documents of a chain as ``chain.order_number`` and so on."""
    said: dict[str, str] = {}
    for name, value in _decoded(details).items():
        parts = {f"{name}.{part}": text for part, text in value.items()} if isinstance(value, dict) else {name: value}
        said.update({key: text for key, text in parts.items() if name != _OWN})
    return said


def _details(said: str, act: Act) -> str:
    """Return what was said with *act*, and what of the act itself has no column, as canonical JSON."""
    days = {"due_on": act.due_on, "corrected_on": act.corrected_on}
    own: dict[str, str] = {name: day.isoformat() for name, day in days.items() if day is not None}
    own |= {"party": act.party} if act.party else {}
    own |= {"extended": "yes"} if act.extended else {}
    if not own:
        return said
    return canonical.encode({**_decoded(said), _OWN: own}).decode()


def _own_details(details: str) -> dict[str, str]:
    own = _decoded(details).get(_OWN, {})
    if not isinstance(own, dict):
        raise ValueError("the details of an act cannot be understood")  # noqa: TRY004 - like every stored value
    return own


def _decoded(details: str) -> dict[str, Any]:
    decoded = canonical.decode(details.encode()) if details else {}
    if not isinstance(decoded, dict):
        raise ValueError("the details of an act are no object")  # noqa: TRY004 - like every stored value
    return decoded


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


def held_again(record_id: str, record: OnRecord, revision: int) -> dict[str, Any]:
    """Return what differs in the row of a notice that is held once more, from the row in which it was held last."""
    return {**_version(record_id, record.content_digest, revision), "kind": record.kind, "content": record.content}


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

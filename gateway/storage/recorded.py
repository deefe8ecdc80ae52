"""Rows as versions of records: what ``RecordedVersion`` says of each, by its fields. Reading only.

Whatever tells of versions, one revision after the other or one enterprise's all together, describes them here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from gateway.domain import kinds
from gateway.domain.kinds.attributes import attributes_of
from gateway.domain.kinds.fact import PersonKey
from gateway.domain.records import Attachment
from gateway.domain.vocabulary import ListingActKind
from gateway.storage import content, tables
from gateway.storage.known import PROFILE_KIND, batches
from gateway.storage.rows import act_of, profile_of, said_with

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection, Row

    from gateway.domain.kinds.fact import Fact

    Version = Row[*tuple[Any, ...]]
    Said = dict[str, Any]
    """Fields of ``RecordedVersion`` by name."""

ACT_KIND: Final = "listing_act"
ATTACHMENT_KIND: Final = "attachment"
_NAMING: Final = {
    kind: tuple(each.name for each in attributes_of(kind) if each.type is PersonKey) for kind in kinds.KINDS.values()
}


def profile_said(row: Version) -> Said:
    """Describe a row of ``enterprise_profile``."""
    return {"kind": PROFILE_KIND, "record_id": row.record_id, "uscc": row.uscc, **_content(profile_of(row))}


def fact_said(row: Version) -> Said:
    """Describe a row of ``simple_record``."""
    fact = content.decode(row.kind, row.record_id, row.content)
    return {"kind": row.kind, "record_id": row.record_id, "uscc": row.uscc, **_content(fact)}


def held_said(row: Version) -> Said:
    """Describe a row of ``held_notice``: it has no enterprise, but a name and maybe a code that were published."""
    fact = content.decode(row.kind, row.record_id, row.content)
    published = {"name": row.name, "code_printed": row.code_printed}
    return {"kind": row.kind, "record_id": row.record_id, "uscc": "", **_content(fact), **published}


def attachment_said(row: Version) -> Said:
    """Describe a row of ``attachment``."""
    attached = Attachment(row.target_record_id, row.uscc, row.decided_on, row.authority, row.document_number)
    return {"kind": ATTACHMENT_KIND, "record_id": row.record_id, "uscc": row.uscc, "content": attached}


def act_said(row: Version, persons: Mapping[tuple[str, int], int]) -> Said:
    """Describe a row of ``listing_act`` with its listing's ``uscc``; *persons* as ``persons_listed`` returns them."""
    act = act_of(row)
    named = int(act.kind is ListingActKind.DELIVERY and act.party not in {"", row.uscc})
    if act.kind is ListingActKind.DECISION:
        named = persons.get((row.listing_id, row.revision), 0)
    return {
        "kind": ACT_KIND,
        "record_id": row.act_id,
        "uscc": row.uscc,
        "content": act,
        "listing_id": row.listing_id,
        "said": said_with(row.details),
        "persons": named,
    }


def persons_listed(connection: Connection, acts: Iterable[Version]) -> dict[tuple[str, int], int]:
    """Return how many persons came onto the listings of *acts*, by listing and revision."""
    listed = tables.listed_person.c
    counted = select(listed.listing_id, listed.revision, func.count()).group_by(listed.listing_id, listed.revision)
    decided = (row.listing_id for row in acts if row.kind == ListingActKind.DECISION)
    return {
        (listing_id, revision): number
        for batch in batches(decided)
        for listing_id, revision, number in connection.execute(counted.where(listed.listing_id.in_(batch)))
    }


def _content(fact: Fact) -> Said:
    named = sum(getattr(fact, name) is not None for name in _NAMING.get(type(fact), ()))
    return {"content": fact, "persons": named}

"""What is on record already about the ids that a chunk names, read in a few statements before anything is decided.

Reading only; what follows from it is in ``changes``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import select

from gateway.domain import kinds
from gateway.domain.kinds.attributes import attributes_of
from gateway.storage import tables
from gateway.storage.columns import LISTED, listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Row, Select

    from gateway.services.ports.facts import SubmittedRow

_REFERRING: Final = {
    name: referring
    for name, kind in kinds.KINDS.items()
    if (referring := [each for each in attributes_of(kind) if each.refers_to])
}
V = TypeVar("V", str, int)
PROFILE_KIND: Final = "enterprise"
BATCH: Final = 500
"""How many ids one statement names: far below every database's limit."""


@dataclass(frozen=True, slots=True)
class OnRecord:
    """The current version of a record: ``uscc`` is empty while it is held or a person's, ``content`` for profiles."""

    kind: str
    uscc: str
    content_digest: str
    content: str = ""
    name_key: str = ""
    """Of a held notice, its normalised name."""
    head_office: str = ""
    """Of a profile, the code of its head office."""
    person_key: str = ""
    """Of a natural person's record, whose it is."""


@dataclass(frozen=True, slots=True)
class Attached:
    """A current attachment, under its own id: which record it gives to which enterprise."""

    record_id: str
    target: str
    uscc: str
    content_digest: str


@dataclass(slots=True)
class Known:
    """What is current now. ``changes`` keeps it true while it goes through the rows of the chunk."""

    records: dict[str, OnRecord] = field(default_factory=dict)
    attachments: dict[str, Attached] = field(default_factory=dict)
    """By their own id."""
    attached: dict[str, Attached] = field(default_factory=dict)
    """The same, by the record that they attach."""
    held: dict[str, dict[str, str]] = field(default_factory=dict)
    """Name, its key, printed code and reason of every notice to be detached, as it was held last."""
    acts: dict[str, str] = field(default_factory=dict)
    """Content digest by act id."""
    listings: dict[str, str] = field(default_factory=dict)
    """Whose each listing is."""
    authorities: dict[str, str] = field(default_factory=dict)
    """The authority of each listing: that of its first act (L-01)."""
    listed: set[tuple[str, str]] = field(default_factory=set)
    """(listing id, person key)."""
    persons: set[str] = field(default_factory=set)

    def remember_attachment(self, attached: Attached) -> None:
        """Enter a current attachment under both of its keys."""
        self.attachments[attached.record_id] = attached
        self.attached[attached.target] = attached

    def forget_attachment(self, attached: Attached) -> None:
        """Take an attachment out that is current no more."""
        del self.attachments[attached.record_id]
        del self.attached[attached.target]


@dataclass(frozen=True, slots=True)
class Reference:
    """Another record of the same enterprise that a row names: in which field, its id, and of which kinds it must be."""

    field: str
    record_id: str
    kinds: tuple[str, ...]


def references(row: SubmittedRow) -> Iterable[Reference]:
    """Yield what the row's fact refers to; nothing for most kinds."""
    for attribute in _REFERRING.get(row.kind, ()) if row.fact is not None else ():
        named = getattr(row.fact, attribute.name)
        if named:
            yield Reference(f"{row.kind}.{attribute.wire}", named, attribute.refers_to)


def batches(values: Iterable[V]) -> Iterable[list[V]]:
    """Yield *values*, each once and in order, in lists fit for one statement."""
    ordered = sorted(set(values))
    for start in range(0, len(ordered), BATCH):
        yield ordered[start : start + BATCH]


def read_known(connection: Connection, rows: Sequence[SubmittedRow]) -> Known:
    """Return what is current about everything that *rows* name."""
    known = Known()
    attaching = [row for row in rows if row.attachment is not None]
    acting = [row for row in rows if row.listing_act is not None]
    plain = [row.record_id for row in rows if row.attachment is None and row.listing_act is None]
    targets = [row.attachment.record_id for row in attaching if row.attachment is not None]
    named = [reference.record_id for row in rows for reference in references(row)]
    _records(connection, known, [*plain, *targets, *named])
    _attachments(connection, known, [row.record_id for row in attaching], [*plain, *targets])
    detached = [row.attachment.record_id for row in attaching if row.attachment is not None and not row.uscc]
    for row in _where_in(connection, _HELD_LAST, detached):
        known.held[row[0]] = dict(zip(_HELD_AS, row[1:], strict=True))
    _listings(connection, known, acting)
    sealed = (key for row in rows for key, _ in row.sealed_persons)
    known.persons.update(key for (key,) in _where_in(connection, _PERSONS, sealed))
    return known


def _where_in(
    connection: Connection, wanted: Select[*tuple[Any, ...]], values: Iterable[str]
) -> Iterable[Row[*tuple[Any, ...]]]:
    """Yield the rows of *wanted*, a statement with ``listed``, for *values*."""
    distinct = sorted(set(values))
    return connection.execute(wanted, {LISTED: json.dumps(distinct)}) if distinct else ()


def _records(connection: Connection, known: Known, ids: Sequence[str]) -> None:
    for row in _where_in(connection, _PROFILES, ids):
        known.records[row[0]] = OnRecord(PROFILE_KIND, row[1], row[2], head_office=row[3] or "")
    for row in _where_in(connection, _FACTS, ids):
        known.records[row[0]] = OnRecord(*row[1:])
    for row in _where_in(connection, _OF_PERSONS, ids):
        known.records[row[0]] = OnRecord(row[1], "", row[2], content=row[3], person_key=row[4])
    for row in _where_in(connection, _NOTICES, ids):
        known.records[row[0]] = OnRecord(row[1], "", row[2], content=row[3], name_key=row[4])


def _attachments(connection: Connection, known: Known, own: Sequence[str], targets: Sequence[str]) -> None:
    for row in (*_where_in(connection, _ATTACHMENTS, own), *_where_in(connection, _ATTACHED, targets)):
        known.remember_attachment(Attached(*row))


def _listings(connection: Connection, known: Known, acting: Sequence[SubmittedRow]) -> None:
    listing_ids = [row.listing_id for row in acting]
    act_ids = [row.listing_act.act_id for row in acting if row.listing_act is not None]
    known.acts.update((row[0], row[1]) for row in _where_in(connection, _ACTS, act_ids))
    known.listings.update((row[0], row[1]) for row in _where_in(connection, _OWNERS, listing_ids))
    known.authorities.update((row[0], row[1]) for row in _where_in(connection, _AUTHORITIES, listing_ids))
    known.listed.update((row[0], row[1]) for row in _where_in(connection, _LISTED_PERSONS, listing_ids))


_profile, _simple, _person, _held, _attachment, _act, _listing, _listed = (
    table.c
    for table in (
        tables.enterprise_profile,
        tables.simple_record,
        tables.person_record,
        tables.held_notice,
        tables.attachment,
        tables.listing_act,
        tables.listing,
        tables.listed_person,
    )
)
_PROFILES: Final = select(_profile.record_id, _profile.uscc, _profile.content_digest, _profile.head_office_uscc).where(
    _profile.revision_until.is_(None), listed(_profile.record_id)
)
_FACTS: Final = select(_simple.record_id, _simple.kind, _simple.uscc, _simple.content_digest, _simple.content).where(
    _simple.revision_until.is_(None), listed(_simple.record_id)
)
_OF_PERSONS: Final = select(
    _person.record_id, _person.kind, _person.content_digest, _person.content, _person.person_key
).where(_person.revision_until.is_(None), listed(_person.record_id))
_NOTICES: Final = select(_held.record_id, _held.kind, _held.content_digest, _held.content, _held.name_key).where(
    _held.revision_until.is_(None), listed(_held.record_id)
)
_HELD_AS: Final = ("name", "name_key", "code_printed", "why")
_HELD_LAST: Final = (
    select(_held.record_id, *(_held[name] for name in _HELD_AS))
    .where(listed(_held.record_id))
    .order_by(_held.revision_from)
)
_attachments_now: Final = select(
    _attachment.record_id, _attachment.target_record_id, _attachment.uscc, _attachment.content_digest
).where(_attachment.revision_until.is_(None))
_ATTACHMENTS: Final = _attachments_now.where(listed(_attachment.record_id))
_ATTACHED: Final = _attachments_now.where(listed(_attachment.target_record_id))
_ACTS: Final = select(_act.act_id, _act.content_digest).where(_act.revision_until.is_(None), listed(_act.act_id))
_OWNERS: Final = select(_listing.listing_id, _listing.uscc).where(
    _listing.revision_until.is_(None), listed(_listing.listing_id)
)
_AUTHORITIES: Final = (
    select(_act.listing_id, _act.authority)
    .where(_act.revision_until.is_(None), listed(_act.listing_id))
    .order_by(_act.revision.desc(), _act.act_id.desc())
)
_LISTED_PERSONS: Final = select(_listed.listing_id, _listed.person_key).where(
    _listed.revision_until.is_(None), listed(_listed.listing_id)
)
_PERSONS: Final = select(tables.person.c.key).where(listed(tables.person.c.key))
"""Statements are built once: a chunk asks each of them once, whatever the number of its rows."""

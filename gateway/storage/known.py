"""What is on record already about the ids that a chunk names, read in a few statements before anything is decided.

Reading only; what follows from it is in ``changes``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import select

from gateway.domain import kinds
from gateway.domain.kinds.attributes import attributes_of
from gateway.storage import tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Column, Connection, Row, Select

    from gateway.services.ports import SubmittedRow

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
    _listings(connection, known, acting)
    persons = tables.person.c.key
    for (key,) in _where_in(
        connection, select(persons), persons, (key for row in rows for key, _ in row.sealed_persons)
    ):
        known.persons.add(key)
    return known


def _where_in(
    connection: Connection, wanted: Select[*tuple[Any, ...]], column: Column[str], values: Iterable[str]
) -> Iterable[Row[*tuple[Any, ...]]]:
    for batch in batches(values):
        yield from connection.execute(wanted.where(column.in_(batch)))


def _records(connection: Connection, known: Known, ids: Sequence[str]) -> None:
    profile, simple, held = (t.c for t in (tables.enterprise_profile, tables.simple_record, tables.held_notice))
    person = tables.person_record.c
    profiles = select(profile.record_id, profile.uscc, profile.content_digest, profile.head_office_uscc)
    for row in _where_in(connection, profiles.where(profile.revision_until.is_(None)), profile.record_id, ids):
        known.records[row[0]] = OnRecord(PROFILE_KIND, row[1], row[2], head_office=row[3] or "")
    facts = select(simple.record_id, simple.kind, simple.uscc, simple.content_digest, simple.content)
    for row in _where_in(connection, facts.where(simple.revision_until.is_(None)), simple.record_id, ids):
        known.records[row[0]] = OnRecord(*row[1:])
    persons = select(person.record_id, person.kind, person.content_digest, person.content, person.person_key)
    for row in _where_in(connection, persons.where(person.revision_until.is_(None)), person.record_id, ids):
        known.records[row[0]] = OnRecord(row[1], "", row[2], content=row[3], person_key=row[4])
    notices = select(held.record_id, held.kind, held.content_digest, held.content, held.name_key)
    for row in _where_in(connection, notices.where(held.revision_until.is_(None)), held.record_id, ids):
        known.records[row[0]] = OnRecord(row[1], "", row[2], content=row[3], name_key=row[4])


def _attachments(connection: Connection, known: Known, own: Sequence[str], targets: Sequence[str]) -> None:
    column = tables.attachment.c
    wanted = select(column.record_id, column.target_record_id, column.uscc, column.content_digest).where(
        column.revision_until.is_(None)
    )
    for row in (
        *_where_in(connection, wanted, column.record_id, own),
        *_where_in(connection, wanted, column.target_record_id, targets),
    ):
        known.remember_attachment(Attached(*row))


def _listings(connection: Connection, known: Known, acting: Sequence[SubmittedRow]) -> None:
    act, listing, listed = (t.c for t in (tables.listing_act, tables.listing, tables.listed_person))
    listing_ids = [row.listing_id for row in acting]
    act_ids = [row.listing_act.act_id for row in acting if row.listing_act is not None]
    acts = select(act.act_id, act.content_digest)
    known.acts.update((row[0], row[1]) for row in _where_in(connection, acts, act.act_id, act_ids))
    owners = select(listing.listing_id, listing.uscc)
    known.listings.update((row[0], row[1]) for row in _where_in(connection, owners, listing.listing_id, listing_ids))
    first = select(act.listing_id, act.authority).order_by(act.revision.desc(), act.act_id.desc())
    known.authorities.update((row[0], row[1]) for row in _where_in(connection, first, act.listing_id, listing_ids))
    persons = select(listed.listing_id, listed.person_key)
    known.listed.update((row[0], row[1]) for row in _where_in(connection, persons, listed.listing_id, listing_ids))

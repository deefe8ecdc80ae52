"""Revoking an import in one transaction: what it brought and nobody changed since ends, what was before comes back.

Set by set in SQL, so that a city's import does not come into memory. A record stands by the import while its current
version came with it; what an act ended and nothing replaced counts as well. Left as it is: what has another version by
now, what was withdrawn, an attachment whose record was changed since, and every listing that got an act since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Integer, and_, exists, func, insert, literal, or_, select, update

from gateway.domain.import_ends import LISTING, Ended
from gateway.domain.imports import Size
from gateway.domain.withdrawals import withdrawal_id
from gateway.services.ports.imports import Revocation
from gateway.storage import content, tables
from gateway.storage.known import PROFILE_KIND
from gateway.storage.recorded import ATTACHMENT_KIND
from gateway.storage.staged import VERSIONED, Staged, note, related

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, ScalarSelect, Table

SHOWN: Final = 1_000
"""How many records that are left are named."""
_ENDED: Final = (tables.attachment, *(table for table in VERSIONED if table is not tables.attachment))
"""Attachments end first: whether one stands depends on its record."""


@dataclass(frozen=True, slots=True)
class Found:
    """How much a revocation changes, counted before anything is written."""

    voided: int
    restored: int
    acts: int
    left_count: int
    left: tuple[Ended, ...]

    @property
    def size(self) -> Size:
        """Return the numbers that thresholds look at; an act that is void may restrict again whom it had relieved."""
        return Size(restricted=self.acts, ended=self.voided, changed=self.restored)

    def revocation(self, revision: int) -> Revocation:
        """Return what became of the import."""
        return Revocation(revision, self.voided, self.restored, self.left_count, self.left)


class Revoking:
    """One revocation; its connection is in a write transaction that has locked the head."""

    def __init__(self, connection: Connection, batch_id: str, revision: int) -> None:
        self._connection = connection
        self._revision = revision
        submission = tables.submission.c
        self._came: ScalarSelect[Any] = (
            select(submission.visible_from)
            .where(submission.batch == batch_id, submission.took_revision, submission.visible_from < revision)
            .scalar_subquery()
        )

    def found(self) -> Found:
        """Count what stands and what is left."""
        acts = self._count(tables.listing_act, *self._standing_acts())
        voided = restored = 0
        for table in VERSIONED:
            voided += self._count(table, *self._standing(table))
            restored += self._count(table, *self._before(table))
        left = sorted(self._left())
        return Found(voided + acts, restored, acts, len(left), tuple(left[:SHOWN]))

    def again(self) -> Revocation:
        """Return what a revocation that was made before had done, counted from what it left behind."""
        at = self._revision
        voided = restored = 0
        for table in VERSIONED:
            voided += self._count(table, table.c.revision_until == at)
            restored += self._count(table, table.c.revision_from == at)
        voided += self._count(tables.listing_act, tables.listing_act.c.revision_until == at)
        left = sorted(self._left())
        return Revocation(at, voided, restored, len(left), tuple(left[:SHOWN]))

    def write(self) -> None:
        """End what stands, bring back what was before, and note whom it concerns."""
        noted = Staged()
        for table in VERSIONED:
            self._collect(noted, table, *self._standing(table))
        self._collect_acts(noted)
        # Whom a listing reaches through its persons can be told while these stand.
        noted.codes |= set(related(self._connection, noted.listed_codes))
        # First what comes back is copied, while it can still be told what stands.
        for table in VERSIONED:
            self._restore(noted, table)
        for table in _ENDED:
            self._end(table, *self._standing(table))
        self._end_listings()
        note(self._connection, noted, self._revision)

    def _standing(self, table: Table) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions of current versions that the import brought and nobody has built on since."""
        column = table.c
        own = (column.revision_from.in_(self._came), column.revision_until.is_(None))
        if table is tables.attachment:
            return (*own, self._target_stands())
        if table is tables.simple_record:
            return (*own, ~self._withdrawn())
        return own

    def _target_stands(self) -> ColumnElement[bool]:
        target = tables.simple_record.alias()
        return exists().where(
            target.c.record_id == tables.attachment.c.target_record_id,
            target.c.revision_until.is_(None),
            target.c.revision_from.in_(self._came),
        )

    def _before(self, table: Table) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions of versions that the import replaced, each record's last, where it still stands."""
        column = table.c
        later = table.alias()
        replaced = and_(column.revision_from.not_in(self._came), column.revision_until.in_(self._came))
        not_last = exists().where(
            later.c.record_id == column.record_id,
            later.c.revision_from > column.revision_from,
            later.c.revision_from.not_in(self._came),
            later.c.revision_from < self._revision,
        )
        return (replaced, ~not_last, self._record_stands(table))

    def _record_stands(self, table: Table) -> ColumnElement[bool]:
        """Return the condition that the record of a version of *table* stands by the import, in whichever table."""
        ways = []
        for other in VERSIONED:
            current = other.alias()
            own = [
                current.c.record_id == table.c.record_id,
                current.c.revision_until.is_(None),
                current.c.revision_from.in_(self._came),
            ]
            ways.append(exists().where(*own))
        if table is tables.attachment:
            # An act that ended an attachment put nothing in its place.
            target = tables.simple_record.alias()
            ended = exists().where(
                target.c.record_id == table.c.target_record_id,
                target.c.revision_until.is_(None),
                target.c.revision_from == table.c.revision_until,
            )
            ways.append(ended)
        return or_(*ways)

    def _standing_acts(self) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions of acts that the import brought, on listings that have had no other act since."""
        act = tables.listing_act
        since = act.alias()
        first = act.alias()
        began = (
            select(func.min(first.c.revision))
            .where(first.c.listing_id == act.c.listing_id, first.c.revision.in_(self._came))
            .correlate(act, since)
            .scalar_subquery()
        )
        others = exists().where(
            since.c.listing_id == act.c.listing_id,
            since.c.revision.not_in(self._came),
            since.c.revision > began,
            since.c.revision < self._revision,
        )
        return (act.c.revision.in_(self._came), act.c.revision_until.is_(None), ~others)

    def _left(self) -> set[Ended]:
        """Return what the import brought and others have changed since."""
        found: set[Ended] = set()
        for table in VERSIONED:
            column = table.c
            changed = ~or_(self._record_stands(table), exists().where(*self._voided_in(table)))
            if table is tables.simple_record:
                changed = or_(changed, self._withdrawn())
            if table is tables.attachment:
                changed = or_(changed, and_(column.revision_until.is_(None), ~self._target_stands()))
            for row in self._connection.execute(select(table).where(column.revision_from.in_(self._came), changed)):
                kind = getattr(row, "kind", PROFILE_KIND if table is tables.enterprise_profile else ATTACHMENT_KIND)
                found.add(Ended(kind, row.record_id, getattr(row, "uscc", "")))
        act, listing = tables.listing_act.c, tables.listing.c
        standing = set(self._connection.execute(select(act.act_id).where(*self._standing_acts())).scalars())
        kept = (
            select(act.act_id, act.listing_id, listing.uscc)
            .join(tables.listing, (listing.listing_id == act.listing_id) & listing.revision_until.is_(None))
            .where(act.revision.in_(self._came), act.revision_until.is_(None))
        )
        acts = (row for row in self._connection.execute(kept) if row.act_id not in standing)
        return found | {Ended(LISTING, row.listing_id, row.uscc) for row in acts}

    def _voided_in(self, table: Table) -> tuple[ColumnElement[bool], ...]:
        """Return the conditions of the record's version that ended by this very revocation."""
        ended = table.alias()
        return (ended.c.record_id == table.c.record_id, ended.c.revision_until == self._revision)

    def _withdrawn(self) -> ColumnElement[bool]:
        withdrawn = tables.simple_record.alias()
        return exists().where(
            withdrawn.c.record_id == literal(withdrawal_id("")) + tables.simple_record.c.record_id,
            withdrawn.c.revision_until.is_(None),
        )

    def _count(self, table: Table, *conditions: ColumnElement[bool]) -> int:
        return self._connection.execute(select(func.count()).select_from(table).where(*conditions)).scalar_one()

    def _collect(self, noted: Staged, table: Table, *conditions: ColumnElement[bool]) -> None:
        """Note whom versions concern: enterprises, head offices, names under which notices are held."""
        column = table.c
        if table is tables.held_notice:
            noted.name_keys.update(self._connection.execute(select(column.name_key).where(*conditions)).scalars())
        elif table is tables.enterprise_profile:
            wanted = select(column.uscc, column.head_office_uscc).where(*conditions)
            for code, office in self._connection.execute(wanted.distinct()):
                noted.codes.add(code)
                noted.head_offices.update({office} - {None})
        elif table is tables.simple_record:
            for code, kind in self._connection.execute(select(column.uscc, column.kind).where(*conditions).distinct()):
                (noted.weightless_codes if kind in content.WEIGHTLESS else noted.codes).add(code)

    def _collect_acts(self, noted: Staged) -> None:
        act, listing = tables.listing_act.c, tables.listing.c
        wanted = select(listing.uscc).join(tables.listing_act, act.listing_id == listing.listing_id)
        codes = set(self._connection.execute(wanted.where(*self._standing_acts())).scalars())
        noted.codes |= codes
        noted.listed_codes |= codes

    def _restore(self, noted: Staged, table: Table) -> None:
        conditions = self._before(table)
        self._collect(noted, table, *conditions)
        names = [column.name for column in table.c]
        values = {"revision_from": literal(self._revision, Integer), "revision_until": literal(None, Integer)}
        again = select(*(values.get(name, table.c[name]) for name in names)).where(*conditions)
        self._connection.execute(insert(table).from_select(names, again))

    def _end(self, table: Table, *conditions: ColumnElement[bool]) -> None:
        self._connection.execute(update(table).where(*conditions).values(revision_until=self._revision))

    def _end_listings(self) -> None:
        """End the acts, then the persons that came with them, then the listings of which nothing stands."""
        at = self._revision
        self._end(tables.listing_act, *self._standing_acts())
        act, person, listing = tables.listing_act.alias(), tables.listed_person.c, tables.listing.c
        voided = exists().where(
            act.c.listing_id == person.listing_id, act.c.revision == person.revision, act.c.revision_until == at
        )
        self._end(tables.listed_person, person.revision_until.is_(None), voided)
        gone = exists().where(act.c.listing_id == listing.listing_id, act.c.revision_until == at)
        stands = exists().where(act.c.listing_id == listing.listing_id, act.c.revision_until.is_(None))
        self._end(tables.listing, listing.revision_until.is_(None), gone, ~stands)

"""``SqlEndingStore``: the acts and withdrawals from which endings follow, and who acknowledged which ending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, insert, or_, select

from gateway.domain.kinds.listing_elsewhere import ListingElsewhere
from gateway.domain.withdrawals import ShownRepair, Withdrawal
from gateway.services.ports.endings import (
    ChangedEndings,
    DatedShownRepair,
    DatedWithdrawal,
    PassedRecord,
    RemovedRecord,
)
from gateway.storage import content, tables
from gateway.storage.dated_listings import read_dated_listings
from gateway.storage.engine import reading, writing
from gateway.storage.facts import SqlFactStore, answered, keep_answer, lock_head
from gateway.storage.false_links import read_false_links, read_notices
from gateway.storage.import_tables import import_batch
from gateway.storage.known import batches

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection, Engine, Row

    from gateway.domain.kinds.fact import Fact
    from gateway.services.ports.facts import Submission


class SqlEndingStore:
    """The port ``EndingStore`` on a database whose tables are current. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.mark_recorded = SqlFactStore(engine).mark_recorded

    def changed(self, after: int) -> ChangedEndings:
        """Return what ends, or may, and changed after a revision; see the port."""
        with reading(self._engine) as connection:
            newest: int = connection.execute(select(tables.head.c.revision)).scalar_one()
            if newest <= after:
                return ChangedEndings(newest)
            listings = tuple(read_dated_listings(connection, after))
            withdrawals = tuple(_withdrawals(connection, after))
            passed = tuple(_passed(connection, after))
            false_links = tuple(read_false_links(connection, after))
            notices = read_notices(connection, {each.listing.uscc for each in listings})
            shown = tuple(_shown(connection, after))
            removed = tuple(_removed(connection, after))
            revisions = {revision for each in listings for revision in each.revisions.values()}
            revisions |= {
                each.revision for found in (withdrawals, passed, false_links, shown, removed) for each in found
            }
            revisions |= {until for each in listings for _, _, until in each.voided}
            column = tables.revision.c
            committed = {
                row.id: row.committed_at
                for batch in batches(sorted(revisions))
                for row in connection.execute(select(column.id, column.committed_at).where(column.id.in_(batch)))
            }
        return ChangedEndings(
            newest, listings, withdrawals, passed, false_links, notices, shown, removed, committed=committed
        )

    def acknowledged(self, agency: str) -> dict[tuple[str, str], datetime]:
        """Return when endings were acknowledged, by ending and agency; see the port."""
        column = tables.ending_acknowledgement.c
        wanted = select(column.ending_id, column.agency, column.acknowledged_at)
        with reading(self._engine) as connection:
            rows = connection.execute(wanted.where(column.agency == agency) if agency else wanted)
            return {(row.ending_id, row.agency): row.acknowledged_at for row in rows}

    def acknowledge(self, submission: Submission, ending_id: str) -> tuple[int, datetime]:
        """Store that the agency of *submission* has an ending; see the port.

        Raises:
            RequestIdReusedError: The request id holds other content, or is another agency's.
            StoreUnavailableError: The database failed.
        """
        column = tables.ending_acknowledgement.c
        mine = select(column.acknowledged_at).where(column.ending_id == ending_id, column.agency == submission.agency)
        with writing(self._engine) as connection:
            newest = lock_head(connection)
            again = answered(connection, submission) is not None
            before: datetime | None = connection.execute(mine).scalar()
            if before is None:
                values = {
                    "ending_id": ending_id,
                    "agency": submission.agency,
                    "acknowledged_at": submission.committed_at,
                }
                connection.execute(insert(tables.ending_acknowledgement), values)
            if not again:
                keep_answer(connection, submission, newest, [], owed=before is None)
        return newest, before or submission.committed_at


def _withdrawals(connection: Connection, after: int) -> Iterator[DatedWithdrawal]:
    column = tables.simple_record.c
    recent = select(tables.simple_record).where(column.revision_until.is_(None), column.revision_from > after)
    for row in connection.execute(recent.where(column.kind == Withdrawal.wire_name)).all():
        withdrawal = content.decode(row.kind, row.record_id, row.content)
        if not isinstance(withdrawal, Withdrawal):
            raise content.ContentError(f"record {row.record_id}: is no withdrawal")
        uscc, fact = _target(connection, row.record_id, withdrawal.target_id)
        yield DatedWithdrawal(uscc, fact, withdrawal, row.revision_from)


def _shown(connection: Connection, after: int) -> Iterator[DatedShownRepair]:
    """Yield shown repairs by their first versions: that one is rejected later undoes no ending."""
    column = tables.simple_record.c
    recent = select(tables.simple_record).where(column.revision_from > after)
    for row in connection.execute(recent.where(column.kind == ShownRepair.wire_name)).all():
        shown = content.decode(row.kind, row.record_id, row.content)
        if not isinstance(shown, ShownRepair):
            raise content.ContentError(f"record {row.record_id}: is no shown repair")
        if shown.rejected_on is None:
            uscc, fact = _target(connection, row.record_id, shown.target_id)
            yield DatedShownRepair(uscc, fact, shown, row.revision_from)


def _removed(connection: Connection, after: int) -> Iterator[RemovedRecord]:
    """Yield the versions of listings decided elsewhere that say that they left the list, the oldest first."""
    column = tables.simple_record.c
    recent = select(tables.simple_record).where(column.kind == ListingElsewhere.wire_name, column.revision_from > after)
    for row in connection.execute(recent.order_by(column.revision_from, column.record_id)).all():
        fact = content.decode(row.kind, row.record_id, row.content)
        if isinstance(fact, ListingElsewhere) and fact.removed_on is not None:
            yield RemovedRecord(row.uscc, fact, row.revision_from)


def _target(connection: Connection, record_id: str, target_id: str) -> tuple[str, Fact]:
    """Return the record that another is about, as it is now, and whose it is."""
    column = tables.simple_record.c
    wanted = select(tables.simple_record).where(column.revision_until.is_(None), column.record_id == target_id)
    target = connection.execute(wanted).first()
    if target is None:
        raise content.ContentError(f"record {record_id}: what it is about is not on record")
    return target.uscc, content.decode(target.kind, target.record_id, target.content)


def _passed(connection: Connection, after: int) -> Iterator[PassedRecord]:
    """Yield the records whose version ended after a revision and of which no other followed for that enterprise.

    And every version that ended because the import that brought it was revoked, whatever followed.
    """
    column = tables.simple_record.c
    following = tables.simple_record.alias()
    stayed = select(following.c.record_id).where(
        following.c.record_id == column.record_id,
        following.c.revision_from == column.revision_until,
        following.c.uscc == column.uscc,
    )
    revoked = _revoked(connection, after)
    ended = select(tables.simple_record).where(column.revision_until > after)
    voided = and_(column.revision_until.in_(revoked), column.kind.not_in(sorted(content.WEIGHTLESS)))
    passed = ended.where(or_(voided, and_(column.revision_until.not_in(revoked), ~stayed.exists())))
    for row in connection.execute(passed.order_by(column.revision_until, column.record_id)).all():
        fact = content.decode(row.kind, row.record_id, row.content)
        brought = revoked.get(row.revision_until)
        since = _held_from(connection, row, brought)
        yield PassedRecord(row.uscc, fact, since, row.revision_until, void=brought is not None)


def _revoked(connection: Connection, after: int) -> dict[int, frozenset[int]]:
    """Return the revisions after *after* in which an import was revoked, each with those by which it had come."""
    batch, submission = import_batch.c, tables.submission.c
    wanted = (
        select(batch.revoked_in, submission.visible_from)
        .join(tables.submission, submission.batch == batch.batch_id)
        .where(batch.revoked_in > after, submission.took_revision)
    )
    found: dict[int, set[int]] = {}
    for revoked_in, revision in connection.execute(wanted):
        found.setdefault(revoked_in, set()).add(revision)
    return {revoked_in: frozenset(revisions) for revoked_in, revisions in found.items()}


def _held_from(connection: Connection, last: Row[*tuple[Any, ...]], brought: frozenset[int] | None) -> int:
    """Return the revision from which a record was without a break the enterprise's whose *last* version this is.

    Of a revoked import, only versions that it *brought* count.
    """
    column = tables.simple_record.c
    same = select(column.revision_from, column.revision_until).where(
        column.record_id == last.record_id, column.uscc == last.uscc, column.revision_from < last.revision_from
    )
    since: int = last.revision_from
    for begins, ends in connection.execute(same.order_by(column.revision_from.desc())):
        if ends != since or (brought is not None and begins not in brought):
            break
        since = begins
    return since

"""``SqlFactStore``: one chunk or step, one transaction, one revision. What a row becomes is decided in ``changes``."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, insert, select, update

from formats import canonical
from formats.civil import format_instant
from gateway.domain.errors import MalformedRequestError, RequestIdReusedError
from gateway.domain.kinds.listing_elsewhere import ListingElsewhere
from gateway.domain.vocabulary import RowStatus
from gateway.services.ports.facts import Origin, RowOutcome, Submission
from gateway.storage import tables
from gateway.storage.changes import Changes
from gateway.storage.decided import read_decided
from gateway.storage.engine import reading, writing
from gateway.storage.held_listings import read_held
from gateway.storage.held_records import read_record
from gateway.storage.import_batches import enter
from gateway.storage.known import batches, read_known
from gateway.storage.notices import tell_revision
from gateway.storage.staged import write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date, datetime

    from sqlalchemy import Connection, Engine, Row

    from gateway.services.ports.facts import HeldListing, HeldRecord, SubmittedRow
    from gateway.services.ports.register import FeedState

FAST: Final = 1
"""Level of compression of the outcomes kept: a city's import keeps millions."""


class SqlFactStore:
    """The port ``FactStore`` on a database whose tables are current. Safe to use from several threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def submit(self, submission: Submission) -> tuple[int, list[RowOutcome]]:
        """Store a chunk; see the port. A request id belongs to the agency that used it first.

        A submission that is of no batch is a batch of its own, by its request id.

        Raises:
            StateError: Its batch was revoked, or is staged.
            RequestIdReusedError: The request id and chunk hold other content, or are another agency's.
            StoreUnavailableError: The database failed. When its commit did, sending the same again tells what happened.
        """
        if submission.origin is None:
            submission = replace(submission, origin=Origin(submission.request_id, "", ""))
        with writing(self._engine) as connection:
            lock_head(connection)
            enter(connection, submission, staged=False)
            return store(connection, submission, lambda _: submission.rows)

    def take_step(
        self,
        submission: Submission,
        listing_id: str,
        decide: Callable[[HeldListing | None], Sequence[SubmittedRow]],
    ) -> tuple[int, HeldListing]:
        """Store the acts that *decide* makes of a listing; see the port.

        Raises:
            MalformedRequestError: An act cannot be stored; nothing is.
            RequestIdReusedError: The request id holds other content, or is another agency's.
            StoreUnavailableError: The database failed.
        """
        with writing(self._engine) as connection:
            revision = store_whole(
                connection, submission, lambda newest: decide(read_held(connection, listing_id, newest))
            )
            held = read_held(connection, listing_id, revision)
        assert held is not None  # noqa: S101 - an act of it has been stored
        return revision, held

    def held_listing(self, listing_id: str) -> tuple[int, HeldListing | None]:
        """Return the newest revision and a listing as it is on record then; see the port."""
        with reading(self._engine) as connection:
            newest: int = connection.execute(select(tables.head.c.revision)).scalar_one()
            return newest, read_held(connection, listing_id, newest)

    def submitted(self, request_id: str, agency: str) -> list[tuple[int, list[RowOutcome]]]:
        """Return what was answered to the chunks of a submission; see the port. Empty for one that is not known.

        Raises:
            StoreUnavailableError: The database failed.
        """
        column = tables.submission.c
        wanted = (
            select(column.chunk, column.visible_from, column.outcomes)
            .where(column.request_id == request_id, column.agency == agency)
            .order_by(column.chunk)
        )
        found: list[tuple[int, list[RowOutcome]]] = []
        with reading(self._engine) as connection:
            for chunk, revision, outcomes in connection.execute(wanted):
                if chunk != len(found):
                    break
                found.append((revision, read_outcomes(outcomes)))
        return found

    def confirm(self, request_id: str, feed: FeedState, agency: str, writer: str, committed_at: datetime) -> int:
        """Store a feed's confirmation; see the port. The last one counts, also when its instant is an earlier one.

        Raises:
            ValueError: There is no instant in *feed*.
            RequestIdReusedError: The request id holds other content, or is another agency's.
            StoreUnavailableError: The database failed.
        """
        if feed.current_until is None:
            raise ValueError("a confirmation needs the instant up to which the feed is complete")
        content = {"feed": feed.feed, "current_until": format_instant(feed.current_until)}
        digest = hashlib.sha256(canonical.encode(content)).hexdigest()
        confirmation = Submission(request_id, 0, digest, feed.feed, agency, writer, committed_at, rows=())
        with writing(self._engine) as connection:
            revision = lock_head(connection) + 1
            earlier = answered(connection, confirmation)
            if earlier is not None:
                return int(earlier.visible_from)
            take_revision(connection, revision, confirmation)
            values = {"feed": feed.feed, "revision": revision, "current_until": feed.current_until}
            connection.execute(insert(tables.feed_confirmation), values)
            keep_answer(connection, confirmation, revision, [], owed=True)
        return revision

    def withdraw(
        self, submission: Submission, record_id: str, decide: Callable[[HeldRecord | None], SubmittedRow]
    ) -> tuple[int, HeldRecord]:
        """Store what *decide* makes of a record; see the port. Raises as ``take_step`` does."""
        with writing(self._engine) as connection:
            revision = store_whole(connection, submission, lambda _: [decide(read_record(connection, record_id))])
            held = read_record(connection, record_id)
        assert held is not None  # noqa: S101 - records are never taken out, and this one was found
        return revision, held

    def decided(self, kind: str, uscc: str, document_number: str, on: date) -> list[str]:
        """Return the ids of what is named so; see the port."""
        with reading(self._engine) as connection:
            return read_decided(connection, kind, uscc, document_number, on)

    def decided_elsewhere(self, record_id: str) -> bool:
        """Return whether a listing of another authority is on record under this id; see the port."""
        record = tables.simple_record.c
        found = select(record.kind).where(record.record_id == record_id, record.kind == ListingElsewhere.wire_name)
        with reading(self._engine) as connection:
            return connection.execute(found.limit(1)).first() is not None

    def nonconforming_known(self, codes: Sequence[str]) -> frozenset[str]:
        """Return those of *codes* that fail the standard and that the market-regulation master feed has now."""
        profile = tables.enterprise_profile.c
        known = select(profile.uscc).where(profile.nonconforming, profile.revision_until.is_(None))
        with reading(self._engine) as connection:
            found = (connection.execute(known.where(profile.uscc.in_(batch))).scalars() for batch in batches(codes))
            return frozenset(uscc for batch in found for uscc in batch)

    def unrecorded(self, writer: str) -> list[tuple[str, int, int]]:
        """Return (request id, first revision, last revision) of this writer's commits not marked, oldest first."""
        column = tables.submission.c
        first, last = func.min(column.visible_from), func.max(column.visible_from)
        wanted = (
            select(column.request_id, first, last)
            .where(column.writer == writer, column.entry_number.is_(None), column.took_revision)
            .group_by(column.request_id)
            .order_by(first)
        )
        with reading(self._engine) as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(wanted)]

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the number of the entry that holds revisions up to *through*.

        What is marked already keeps its number. A later chunk is not in that entry: its commit failed and yet took
        place, or the same submission came a second time and got further.
        """
        column = tables.submission.c
        with writing(self._engine) as connection:
            connection.execute(
                update(tables.submission)
                .where(column.request_id == request_id, column.visible_from <= through, column.entry_number.is_(None))
                .values(entry_number=number)
            )


def store(
    connection: Connection,
    submission: Submission,
    rows_at: Callable[[int], Sequence[SubmittedRow]],
    refused: Sequence[RowOutcome] = (),
) -> tuple[int, list[RowOutcome]]:
    """Store the rows that *rows_at* gives for the newest revision, which stays the newest until this one is written.

    Outcomes of rows that were *refused* before are kept with the others.
    """
    newest = lock_head(connection)
    earlier = answered(connection, submission)
    if earlier is not None:
        return earlier.visible_from, read_outcomes(earlier.outcomes)
    rows = rows_at(newest)
    changes = Changes(read_known(connection, rows), newest + 1)
    outcomes = [*(changes.take(row) for row in rows), *refused]
    took = bool(changes.staged)
    revision = newest + 1 if took else newest
    if took:
        take_revision(connection, revision, submission)
        write(connection, changes.staged, revision)
    keep_answer(connection, submission, revision, outcomes, owed=took)
    return revision, outcomes


def store_whole(
    connection: Connection, submission: Submission, rows_at: Callable[[int], Sequence[SubmittedRow]]
) -> int:
    """Store rows as ``_store`` does, every one of them; raises ``MalformedRequestError`` for one that cannot be."""
    revision, outcomes = store(connection, submission, rows_at)
    for outcome in outcomes:
        if outcome.status is not RowStatus.STORED:
            raise MalformedRequestError(outcome.field, outcome.why)
    return revision


def lock_head(connection: Connection) -> int:
    """Return the newest revision; whoever comes next waits here until this transaction ends."""
    newest: int = connection.execute(select(tables.head.c.revision).with_for_update()).scalar_one()
    return newest


def take_revision(connection: Connection, revision: int, submission: Submission) -> None:
    """Make *revision* the newest. A clock behind another's must not put a revision before its predecessor."""
    column = tables.revision.c
    before = connection.execute(select(column.committed_at).where(column.id == revision - 1)).scalar()
    values = {
        "id": revision,
        "committed_at": submission.committed_at if before is None else max(before, submission.committed_at),
        "agency": submission.agency,
        "feed": submission.feed,
        "request_id": submission.request_id,
    }
    connection.execute(insert(tables.revision), values)
    connection.execute(update(tables.head).values(revision=revision))
    tell_revision(connection)


def answered(connection: Connection, submission: Submission) -> Row[*tuple[Any, ...]] | None:
    """Return what was answered to this very chunk before; None when it is new."""
    column = tables.submission.c
    same_id = select(tables.submission).where(column.request_id == submission.request_id)
    others = connection.execute(same_id.where(column.agency != submission.agency).limit(1)).first()
    earlier = connection.execute(same_id.where(column.chunk == submission.chunk)).first()
    same = {submission.digest, submission.former}
    if others is not None or (earlier is not None and earlier.digest not in same):
        raise RequestIdReusedError("the request id was used for other content", request_id=submission.request_id)
    return earlier


def keep_answer(
    connection: Connection, submission: Submission, revision: int, outcomes: list[RowOutcome], *, owed: bool
) -> None:
    """Keep what is answered, so that the same chunk sent again gets the same; *owed* is an entry for what it stored."""
    values = {
        "request_id": submission.request_id,
        "chunk": submission.chunk,
        "agency": submission.agency,
        "digest": submission.digest,
        "writer": submission.writer,
        "visible_from": revision,
        "took_revision": owed,
        "outcomes": _write_outcomes(outcomes),
        "batch": None if submission.origin is None else submission.origin.batch_id,
    }
    connection.execute(insert(tables.submission), values)


def _write_outcomes(outcomes: list[RowOutcome]) -> bytes:
    plain = [(o.row, o.status, o.record_id, o.field, o.why) for o in outcomes]
    return zlib.compress(json.dumps(plain, separators=(",", ":")).encode(), FAST)


def read_outcomes(stored: bytes) -> list[RowOutcome]:
    """Return the outcomes that were kept with an answer."""
    plain = json.loads(zlib.decompress(stored))
    return [RowOutcome(row, RowStatus(status), record_id, field, why) for row, status, record_id, field, why in plain]

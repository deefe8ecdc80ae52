"""Taking in records: each row stored, found unchanged, held or refused on its own, and said so.

Whose a record is follows from its code alone (I-08): a row without a sound code is held and weighs on nobody, or
refused; it is never matched by name.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from formats.identifiers import UsccError, parse_uscc, plausible_uscc
from formats.resident_ids import find_resident_id, mask_resident_id
from gateway.domain.errors import FieldNotInMandateError, MalformedRequestError
from gateway.domain.vocabulary import RowStatus
from gateway.services.ports import HeldNotice, RowOutcome, Submission

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gateway.domain.agencies import Agency
    from gateway.services.ports import Clock, FactStore, SubmittedRow

MASTER_KIND = "enterprise"
"""Only the market-regulation master feed carries profiles; what it has exists, whatever its code's check says."""


@dataclass(frozen=True, slots=True)
class IncomingRow:
    """One row as read from the wire, its code and name as the source has them."""

    content: SubmittedRow
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """One chunk of a submission: rows that were understood, and outcomes of those that were not."""

    request_id: str
    number: int
    digest: str
    feed: str
    rows: Sequence[IncomingRow]
    refused: Sequence[RowOutcome]


@dataclass(slots=True)
class Summary:
    """What became of a submission so far."""

    revision: int = 0
    first_revision: int = 0
    outcomes: list[RowOutcome] = field(default_factory=list)

    def count(self, status: RowStatus) -> int:
        """Return how many rows ended with *status*."""
        return sum(1 for outcome in self.outcomes if outcome.status is status)


class SubmitRecords:
    """Checks rows against the mandate and the register, and stores each chunk in one transaction."""

    def __init__(
        self, store: FactStore, clock: Clock, writer: str, kinds_of_feed: Mapping[str, frozenset[str]]
    ) -> None:
        self._store = store
        self._clock = clock
        self._writer = writer
        self._kinds_of_feed = kinds_of_feed

    def require(self, agency: Agency, feed: str) -> None:
        """Refuse a feed that is not the caller's.

        Raises:
            FieldNotInMandateError: The mandate does not name the feed.
            MalformedRequestError: No such feed is configured.
        """
        if feed not in self._kinds_of_feed:
            if not feed:
                raise MalformedRequestError("feed", "is required")
            raise FieldNotInMandateError("feed", "is no feed of this caller")
        agency.require_feed(feed)

    async def __call__(self, agency: Agency, chunk: Chunk, summary: Summary) -> None:
        """Store one chunk and add what became of its rows to *summary*.

        Raises:
            RequestIdReusedError: The request id and chunk number were used for other content.
            StoreUnavailableError: Nothing of the chunk was stored.
        """
        await asyncio.to_thread(self._store_chunk, agency, chunk, summary)

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds the submission up to a data revision. Blocking."""
        self._store.mark_recorded(request_id, through, number)

    def _store_chunk(self, agency: Agency, chunk: Chunk, summary: Summary) -> None:
        allowed = self._kinds_of_feed[chunk.feed]
        master = self._master_codes(chunk.rows)
        ready: list[SubmittedRow] = []
        refused = list(chunk.refused)
        for incoming in chunk.rows:
            outcome = _refusal(incoming, allowed, master)
            if outcome is None:
                ready.append(_placed(incoming, master))
            else:
                refused.append(outcome)
        submission = Submission(
            request_id=chunk.request_id,
            chunk=chunk.number,
            digest=chunk.digest,
            feed=chunk.feed,
            agency=agency.agency_id,
            writer=self._writer,
            committed_at=self._clock.now(),
            rows=ready,
        )
        revision, outcomes = self._store.submit(submission)
        summary.first_revision = summary.first_revision or revision
        summary.revision = revision
        summary.outcomes.extend(sorted([*refused, *outcomes], key=lambda outcome: outcome.row))

    def _master_codes(self, rows: Iterable[IncomingRow]) -> frozenset[str]:
        """Return the codes of *rows* that fail the standard and that the master feed has, or brings now."""
        doubtful = {code for row in rows if (code := _nonconforming(row.code))}
        if not doubtful:
            return frozenset()
        brought = {_nonconforming(row.code) for row in rows if row.content.kind == MASTER_KIND}
        return self._store.nonconforming_known(sorted(doubtful)) | (doubtful & brought)


def _plausible(code: str) -> bool:
    try:
        plausible_uscc(code)
    except UsccError:
        return False
    return True


def _nonconforming(code: str) -> str:
    """Return the normalised code when it has the shape of one and fails the standard; else an empty string."""
    try:
        parse_uscc(code)
    except UsccError:
        return plausible_uscc(code) if _plausible(code) else ""
    return ""


def _fault(code: str, master: frozenset[str]) -> UsccError | None:
    """Return what is wrong with a code, or None when it names an enterprise."""
    try:
        parse_uscc(code)
    except UsccError as error:
        return None if _nonconforming(code) in master else error
    return None


def _refusal(incoming: IncomingRow, allowed: frozenset[str], master: frozenset[str]) -> RowOutcome | None:
    content = incoming.content
    if content.kind not in allowed:
        why = "this feed does not carry records of this kind"
        return RowOutcome(content.row, RowStatus.REJECTED, content.record_id, "fact", why)
    if content.kind == "published_notice":
        return _personal_number(incoming)
    if content.person_key:
        return _of_a_person(incoming)
    if not incoming.code:
        return RowOutcome(content.row, RowStatus.REJECTED, content.record_id, "uscc", "is required")
    fault = _fault(incoming.code, master)
    return None if fault is None else RowOutcome(content.row, RowStatus.REJECTED, content.record_id, "uscc", str(fault))


def _of_a_person(incoming: IncomingRow) -> RowOutcome | None:
    """A natural person's record names no enterprise: it is never part of one's file (E-11, S-06)."""
    content = incoming.content
    wrong = "uscc" if incoming.code else "name" if incoming.name else ""
    if not wrong:
        return None
    why = "must be empty: the record is a natural person's"
    return RowOutcome(content.row, RowStatus.REJECTED, content.record_id, wrong, why)


def _personal_number(incoming: IncomingRow) -> RowOutcome | None:
    """A resident id where a code belongs is refused even in a notice, alone or in a text: it is never kept (I-20)."""
    content, why = incoming.content, ""
    fault = _fault(incoming.code, frozenset()) if incoming.code else None
    if fault is not None and fault.why == "RESIDENT_ID":
        why = str(fault)
    elif (number := find_resident_id(incoming.code)) is not None:
        why = f"holds a resident identity number ({mask_resident_id(number)})"
    return RowOutcome(content.row, RowStatus.REJECTED, content.record_id, "uscc", why) if why else None


def _placed(incoming: IncomingRow, master: frozenset[str]) -> SubmittedRow:
    """Return the row with its enterprise's code, or held without one."""
    content = incoming.content
    if content.person_key:
        return content
    fault = _fault(incoming.code, master) if incoming.code else None
    if content.kind == "published_notice" and (not incoming.code or fault is not None):
        why = "no code was published" if fault is None else str(fault)
        assert content.fact is not None  # noqa: S101 - every published notice is a fact
        held = HeldNotice(content.fact, incoming.name, incoming.code[:36], why)
        return replace(content, held=held, fact=None)
    code = _nonconforming(incoming.code) or parse_uscc(incoming.code).code
    if content.attachment is not None:
        return replace(content, uscc=code, attachment=replace(content.attachment, uscc=code))
    return replace(content, uscc=code)

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
from gateway.services.ports.facts import HeldNotice, RowOutcome, Submission, SubmittedRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gateway.domain.agencies import Agency
    from gateway.services.ports.facts import FactStore, Origin
    from gateway.services.ports.register import Clock

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
    origin: Origin | None = None
    """The import that it is part of; None for one of its own."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows that may be stored, rows that may not, and codes that fail the standard and that these rows make known."""

    ready: list[SubmittedRow]
    refused: list[RowOutcome]
    brought: frozenset[str]


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

    def judged(self, feed: str, rows: Sequence[IncomingRow], known: frozenset[str] = frozenset()) -> Judged:
        """Return what of *rows* may be stored; *known* codes count as sound beside the register's. Blocking."""
        allowed = self._kinds_of_feed[feed]
        codes, brought = self._codes(rows, known)
        ready: list[SubmittedRow] = []
        refused: list[RowOutcome] = []
        for incoming in rows:
            code = codes[incoming.code]
            outcome = _refusal(incoming, allowed, code)
            if outcome is None:
                ready.append(_placed(incoming, code))
            else:
                refused.append(outcome)
        return Judged(ready, refused, brought)

    def _store_chunk(self, agency: Agency, chunk: Chunk, summary: Summary) -> None:
        judged = self.judged(chunk.feed, chunk.rows)
        refused = [*chunk.refused, *judged.refused]
        submission = Submission(
            request_id=chunk.request_id,
            chunk=chunk.number,
            digest=chunk.digest,
            feed=chunk.feed,
            agency=agency.agency_id,
            writer=self._writer,
            committed_at=self._clock.now(),
            rows=judged.ready,
            origin=chunk.origin,
        )
        revision, outcomes = self._store.submit(submission)
        summary.first_revision = summary.first_revision or revision
        summary.revision = revision
        summary.outcomes.extend(sorted([*refused, *outcomes], key=lambda outcome: outcome.row))

    def _codes(self, rows: Iterable[IncomingRow], also: frozenset[str]) -> tuple[Mapping[str, _Code], frozenset[str]]:
        """Judge every code that *rows* name, each once: a file brings many rows of one enterprise.

        A code that fails the standard counts as sound when the master feed has it, or brings it now; the latter are
        returned as well.
        """
        codes = {code: _read_code(code) for code in {row.code for row in rows}}
        doubtful = {code.normal for code in codes.values() if code.fault is not None and code.normal}
        if not doubtful:
            return codes, frozenset()
        brought = doubtful & {codes[row.code].normal for row in rows if row.content.kind == MASTER_KIND}
        known = self._store.nonconforming_known(sorted(doubtful)) | brought | (doubtful & also)
        sound = {text: replace(code, fault=None) if code.normal in known else code for text, code in codes.items()}
        return sound, frozenset(brought)


@dataclass(frozen=True, slots=True)
class _Code:
    """A code as judged: ``normal`` is its normal form, empty when it has not even the shape of one."""

    normal: str
    fault: UsccError | None = None
    """Why it names no enterprise."""


def _read_code(text: str) -> _Code:
    if not text:
        return _Code("")
    try:
        return _Code(parse_uscc(text).code)
    except UsccError as error:
        return _Code(_shape(text), error)


def _shape(text: str) -> str:
    """Return the normal form of what has the shape of a code; else an empty string."""
    try:
        return plausible_uscc(text)
    except UsccError:
        return ""


def _refusal(incoming: IncomingRow, allowed: frozenset[str], code: _Code) -> RowOutcome | None:
    content = incoming.content
    if content.kind not in allowed:
        return _rejected(content, "fact", "this feed does not carry records of this kind")
    if content.kind == "published_notice":
        return _personal_number(incoming, code)
    if content.person_key:
        return _of_a_person(incoming)
    if not incoming.code:
        return _rejected(content, "uscc", "is required")
    return None if code.fault is None else _rejected(content, "uscc", str(code.fault))


def _rejected(content: SubmittedRow, field: str, why: str) -> RowOutcome:
    return RowOutcome(content.row, RowStatus.REJECTED, content.record_id, field, why)


def _of_a_person(incoming: IncomingRow) -> RowOutcome | None:
    """A natural person's record names no enterprise: it is never part of one's file (E-11, S-06)."""
    wrong = "uscc" if incoming.code else "name" if incoming.name else ""
    return _rejected(incoming.content, wrong, "must be empty: the record is a natural person's") if wrong else None


def _personal_number(incoming: IncomingRow, code: _Code) -> RowOutcome | None:
    """A resident id where a code belongs is refused even in a notice, alone or in a text: it is never kept (I-20)."""
    why = ""
    if code.fault is not None and code.fault.why == "RESIDENT_ID":
        why = str(code.fault)
    elif (number := find_resident_id(incoming.code)) is not None:
        why = f"holds a resident identity number ({mask_resident_id(number)})"
    return _rejected(incoming.content, "uscc", why) if why else None


def _placed(incoming: IncomingRow, code: _Code) -> SubmittedRow:
    """Return the row with its enterprise's code, or held without one."""
    content = incoming.content
    if content.person_key:
        return content
    if content.kind == "published_notice" and (not incoming.code or code.fault is not None):
        why = "no code was published" if code.fault is None else str(code.fault)
        assert content.fact is not None  # noqa: S101 - every published notice is a fact
        held = HeldNotice(content.fact, incoming.name, incoming.code[:36], why)
        return replace(content, held=held, fact=None)
    if content.attachment is not None:
        return replace(content, uscc=code.normal, attachment=replace(content.attachment, uscc=code.normal))
    return _of_enterprise(content, code.normal)


def _of_enterprise(row: SubmittedRow, uscc: str) -> SubmittedRow:
    """Return *row* with its enterprise's code: ``replace`` would take three times as long, for every row."""
    return SubmittedRow(
        row.row,
        row.kind,
        row.record_id,
        row.content_digest,
        uscc,
        row.profile,
        row.fact,
        row.listing_act,
        row.act_details,
        row.listing_id,
        row.person_keys,
        row.sealed_persons,
        row.person_key,
        row.held,
        row.attachment,
    )

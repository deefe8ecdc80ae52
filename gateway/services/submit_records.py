"""Taking in records: each row stored, found unchanged, held or refused on its own, and said so.

Whose a record is follows from its code alone (I-08): a row without a sound code is held and weighs on nobody, or
refused; it is never matched by name.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from formats.identifiers import UsccError, parse_uscc, plausible_uscc
from formats.resident_ids import find_resident_id, mask_resident_id
from gateway.domain.authorities import DECIDED_BY_SENDER, REFUSAL, may_decide
from gateway.domain.errors import FieldNotInMandateError, MalformedRequestError
from gateway.domain.vocabulary import RowStatus
from gateway.services.ports.facts import HeldNotice, RowOutcome, Submission, SubmittedRow
from gateway.services.ports.intake import Taken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from gateway.domain.agencies import Agency
    from gateway.services.ports.facts import FactStore
    from gateway.services.ports.intake import Intake

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
    """What became of a submission so far; of its rows, those are kept that were not simply stored."""

    revision: int = 0
    first_revision: int = 0
    counts: Counter[RowStatus] = field(default_factory=Counter)
    shown: list[RowOutcome] = field(default_factory=list)

    def add(self, taken: Taken) -> None:
        """Add what became of the next chunk."""
        self.first_revision = self.first_revision or taken.revision
        self.revision = taken.revision
        self.counts.update(taken.counts)
        self.shown.extend(taken.shown)


class SubmitRecords:
    """What a serving process does of a submission: it checks the mandate, and has each chunk taken in."""

    def __init__(self, intake: Intake, store: FactStore, kinds_of_feed: Mapping[str, frozenset[str]]) -> None:
        self._intake = intake
        self._store = store
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

    async def __call__(self, agency: Agency, chunk: bytes, number: int, summary: Summary) -> None:
        """Have one chunk stored, and add what became of its rows to *summary*; raises what ``Intake.take`` raises."""
        summary.add(await self._intake.take(agency, chunk, number))

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds the submission up to a data revision. Blocking."""
        self._store.mark_recorded(request_id, through, number)


class TakeChunk:
    """Checks rows against the feed and the register, and stores each chunk in one transaction. Blocking."""

    def __init__(self, store: FactStore, writer: str, kinds_of_feed: Mapping[str, frozenset[str]]) -> None:
        self._store = store
        self._writer = writer
        self._kinds_of_feed = kinds_of_feed

    def __call__(self, agency: Agency, chunk: Chunk, now: datetime) -> Taken:
        """Store one chunk of an agency that may submit to its feed, committed at *now*, UTC.

        Raises:
            RequestIdReusedError: The request id and chunk number were used for other content.
            StoreUnavailableError: Nothing of the chunk was stored.
        """
        allowed = self._kinds_of_feed[chunk.feed]
        codes = self._codes(chunk.rows)
        ready: list[SubmittedRow] = []
        refused = list(chunk.refused)
        for incoming in chunk.rows:
            code = codes[incoming.code]
            outcome = _refusal(incoming, allowed, code) or _of_another_authority(incoming, agency, chunk.feed)
            if outcome is None:
                ready.append(_placed(incoming, code))
            else:
                refused.append(outcome)
        submission = Submission(
            request_id=chunk.request_id,
            chunk=chunk.number,
            digest=chunk.digest,
            feed=chunk.feed,
            agency=agency.agency_id,
            writer=self._writer,
            committed_at=now,
            rows=ready,
        )
        revision, outcomes = self._store.submit(submission)
        return Taken.of(revision, [*refused, *outcomes])

    def _codes(self, rows: Iterable[IncomingRow]) -> Mapping[str, _Code]:
        """Judge every code that *rows* name, each once: a file brings many rows of one enterprise.

        A code that fails the standard counts as sound when the master feed has it, or brings it now.
        """
        codes = {code: _read_code(code) for code in {row.code for row in rows}}
        doubtful = {code.normal for code in codes.values() if code.fault is not None and code.normal}
        if not doubtful:
            return codes
        brought = {codes[row.code].normal for row in rows if row.content.kind == MASTER_KIND}
        known = self._store.nonconforming_known(sorted(doubtful)) | (doubtful & brought)
        return {text: replace(code, fault=None) if code.normal in known else code for text, code in codes.items()}


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
    if content.attachment is not None and not incoming.code:
        return None  # it is detached: an attachment without a code is not read otherwise
    if not incoming.code:
        return _rejected(content, "uscc", "is required")
    return None if code.fault is None else _rejected(content, "uscc", str(code.fault))


def _of_another_authority(incoming: IncomingRow, agency: Agency, feed: str) -> RowOutcome | None:
    """A decision is its authority's: only a feed that passes on others' decisions carries those of others (L-01)."""
    content = incoming.content
    decided = content.listing_act or content.fact
    if content.kind not in DECIDED_BY_SENDER or decided is None or may_decide(agency, decided.authority, [feed]):
        return None
    return _rejected(content, "authority", REFUSAL)


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

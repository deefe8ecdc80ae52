"""Imports as batches: what is staged, what it would change, and what is decided about it.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import date, datetime

    from gateway.domain.import_ends import Ended
    from gateway.domain.imports import ImportState, Size
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.records import Dossier
    from gateway.domain.vocabulary import Effect
    from gateway.services.judge_rows import IncomingRow
    from gateway.services.ports.facts import RowOutcome, Submission, SubmittedRow


@dataclass(frozen=True, slots=True)
class ImportBatch:
    """One import as it stands; instants are UTC, persons are certificates' holders, empty for a system's."""

    batch_id: str
    agency: str
    feed: str
    state: ImportState
    staged: bool
    officer: str
    holder: str
    begun_at: datetime
    signed_by: str
    """Who gave the first of two words, for the decision that ``signed_for`` names; empty for nobody."""
    signed_for: str
    signed_request: str
    decided_by: str
    decided_at: datetime | None
    decided_request: str
    reason: str
    document_number: str
    revoked_in: int
    rows: int
    """Rows staged, refused ones among them."""
    refused: int
    first_revision: int
    last_revision: int


@dataclass(frozen=True, slots=True)
class StagedChunk:
    """One chunk as it was staged; ``content`` is sealed."""

    place: int
    refused: int
    digest: str
    codes: frozenset[str]
    """Codes that fail the standard and that its own master records bring."""
    content: bytes


@dataclass(frozen=True, slots=True)
class Decision:
    """A word about an import: by which request, and whose."""

    request_id: str
    digest: str
    """SHA-256 of the request, hexadecimal."""
    batch_id: str
    agency: str
    holder: str
    """Of the certificate; empty for a system's."""
    officer: str
    writer: str
    at: datetime
    reason: str = ""
    document_number: str = ""


@dataclass(frozen=True, slots=True)
class EnterpriseShift:
    """An enterprise whose answers get stricter, or are ``relieved``: the strongest effect, before and after."""

    relieved: bool
    uscc: str
    name: str
    before: Effect
    after: Effect


@dataclass(frozen=True, slots=True)
class Difference:
    """What an import would change, from the start of ``since`` on, against the register at ``revision``."""

    digest: str
    revision: int
    since: date
    rules: str
    """Digest of the policy by which effects were compared."""
    new: int
    changed: int
    unchanged: int
    ended: int
    held: int
    refused: int
    restricted: int
    relieved: int
    ended_records: tuple[Ended, ...]
    """The first of them, in order."""
    refusals: tuple[RowOutcome, ...]
    """The first rows that what is on record refuses, in order."""


@dataclass(frozen=True, slots=True)
class Revocation:
    """What became of a revoked import; ``left`` are the first of ``left_count`` records changed by others since."""

    revision: int
    voided: int
    restored: int
    left_count: int
    left: tuple[Ended, ...]


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A record, before and after an import: content digests, empty where it is not on record, and whose it is."""

    kind: str
    record_id: str
    before: str
    uscc_before: str
    after: str
    uscc_after: str
    facts: tuple[Fact, Fact] | None = None
    """Both, where it is a fact that has an end of its own."""


class ImportStore(Protocol):
    """Where imports are kept. Blocking: call it in a thread.

    Each decision is idempotent by its request id, as ``FactStore.submit`` is, and raises ``StateError`` where the
    import's state does not allow it. An import of another agency is not known.
    """

    def stage(self, submission: Submission, outcomes: Sequence[RowOutcome], chunk: StagedChunk) -> int:
        """Keep a chunk beside the facts, with what was answered to its rows; return the newest revision.

        Its place is given by the store. Raises ``RequestIdReusedError`` as ``FactStore.submit`` does.
        """

    def staged_codes(self, batch_id: str) -> frozenset[str]:
        """Return the codes that fail the standard and that chunks staged so far bring."""

    def batch(self, batch_id: str, agency: str) -> ImportBatch | None:
        """Return an import; None when the agency has none under this id."""

    def batch_of(self, request_id: str, agency: str) -> ImportBatch | None:
        """Return the import that a submission is part of; None when it is not known."""

    def batches(
        self, agency: str, feeds: Collection[str], before: tuple[str, str] | None, size: int, *, waiting: bool
    ) -> list[ImportBatch]:
        """Return *size* imports of these feeds, the newest first, after *before*, a (begun at, batch id).

        With *waiting* only those about which something is to be done.
        """

    def chunks(self, batch_id: str, after: int = 0) -> Iterator[StagedChunk]:
        """Yield what is staged and not applied, in order, from the place after *after* on, few at a time."""

    def said_before(self, decision: Decision) -> bool:
        """Return whether this very word was taken before; raises ``RequestIdReusedError`` for another under its id."""

    def complete(self, decision: Decision, rows: int) -> None:
        """Close an import; raises ``StateError`` when it has another number of rows."""

    def sign(self, decision: Decision, signed_for: str) -> None:
        """Keep the first of two words."""

    def approve(self, decision: Decision, revision: int) -> bool:
        """Approve; return False, and store nothing, when the register has moved since *revision*."""

    def apply(
        self, submission: Submission, place: int, rows: Sequence[SubmittedRow], refused: Sequence[RowOutcome]
    ) -> None:
        """Make facts of one chunk of an approved import, once; outcomes of its *refused* rows are kept with it."""

    def applied(self, request_id: str) -> Iterator[tuple[int, list[RowOutcome]]]:
        """Yield revision and outcomes of each chunk that the approval with this request id has applied, in order."""

    def finish(self, batch_id: str) -> None:
        """Say that all of an approved import is applied."""

    def approved(self) -> list[ImportBatch]:
        """Return the imports that are approved and not applied to their end."""

    def discard(self, decision: Decision) -> None:
        """Discard an import, and take out what is staged of it."""

    def revoke(self, decision: Decision, agreed: Callable[[Size], None]) -> Revocation:
        """Revoke in one revision; *agreed* is given the size, and what it raises leaves everything as it was."""

    def moved_since(self, revision: int) -> bool:
        """Return whether anything was stored after *revision*; confirmations of feeds do not count."""

    def newest(self) -> int:
        """Return the newest revision."""

    def difference(self, batch_id: str) -> Difference | None:
        """Return the difference as last computed; None when it never was."""

    def keep_difference(self, batch_id: str, difference: Difference, shifts: Iterable[EnterpriseShift]) -> None:
        """Keep a difference in place of the one before."""

    def shifts(self, batch_id: str, after: tuple[bool, str] | None, size: int) -> list[EnterpriseShift]:
        """Return the next *size* enterprises of the kept difference after (relieved, code): restricted ones first."""


class StagedReader(Protocol):
    """Seals records for staging, and reads them again."""

    def read(self, content: bytes, feed: str) -> tuple[list[IncomingRow], list[RowOutcome]]:
        """Return the rows of a sealed chunk: those understood, and outcomes of those that were not."""


class Rehearsal(Protocol):
    """A copy of what the register holds about some records, on which an import is tried."""

    def take(self, rows: Sequence[SubmittedRow]) -> list[RowOutcome]:
        """Apply one chunk, as the register would; return one outcome a row."""

    def changes(self) -> Iterator[RecordChange]:
        """Yield every record that is not as it was, in order of id."""

    def concerned(self) -> Iterator[tuple[Dossier, Dossier]]:
        """Yield the enterprises that what was taken may concern, before and after, in order of code."""


class Rehearsals(Protocol):
    """Makes rehearsals. Blocking."""

    def at(self, revision: int) -> AbstractContextManager[Rehearsal]:
        """Begin one on the register as it was at *revision*; nothing of it is left at the end."""

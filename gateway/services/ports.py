"""What the use cases need from the world: the ports, implemented in ``storage``, ``security`` and at the top.

Protocols and the values that cross them; no behaviour. Every implementation of one port passes the same contract
suite (``tests/contract``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from formats.names import normalise_name
from gateway.domain.recorded import RecordedVersion

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from gateway.domain.audit import Draft, Entry, Position
    from gateway.domain.endings import Told
    from gateway.domain.kinds.arrears import ArrearsFinding
    from gateway.domain.kinds.enterprise import EnterpriseProfile
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.listing_acts import Act
    from gateway.domain.listings import Listing
    from gateway.domain.records import Attachment, Dossier, Unresolved
    from gateway.domain.running_clocks import RecordedWithdrawal
    from gateway.domain.timeline import Timeline
    from gateway.domain.timeliness import Arrival
    from gateway.domain.vocabulary import ChangeKind, RowStatus
    from gateway.domain.withdrawals import Withdrawal


class Clock(Protocol):
    """The time."""

    def now(self) -> datetime:
        """Return the present instant, UTC."""

    def boot_seconds(self) -> float:
        """Return seconds since boot, suspend included: never steps, never runs backwards."""


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed as last confirmed: the instant up to which its producer said it complete; None when it never did."""

    feed: str
    current_until: datetime | None


@dataclass(frozen=True, slots=True)
class Indexed:
    """One enterprise in memory: every name that it bore, and its timeline."""

    uscc: str
    names: tuple[str, ...]
    """As recorded, the present one last."""
    nonconforming: bool
    """The code fails GB 32100-2015 and the master feed has it."""
    timeline: Timeline

    @property
    def name_keys(self) -> frozenset[str]:
        """The names normalised by ``formats.names.normalise_name``: when they are asked for, as few ever are."""
        return frozenset(normalise_name(name) for name in self.names)


class Register(Protocol):
    """The index of timelines in memory, at one data revision. Read on the event loop only; changes whole revisions."""

    @property
    def revision(self) -> int:
        """The data revision that every answer of this instant rests on."""

    @property
    def feeds(self) -> Mapping[str, FeedState]:
        """The feeds' last confirmations at that revision."""

    def find(self, uscc: str) -> Indexed | None:
        """Return the enterprise, or None when no record of it is held."""

    def unresolved(self, name_key: str) -> tuple[Unresolved, ...]:
        """Return the records without a sound code that bear this normalised name; empty when there are none."""

    def replica_lag(self) -> float:
        """Return seconds since this node last saw the store's newest revision, by the boot clock."""

    def clock_skew(self) -> float:
        """Return seconds by which this node's clock was off the store's when last compared; 0 on one machine."""

    async def reach(self, revision: int, seconds: float) -> bool:
        """Wait until *revision* is served, at most *seconds*; return whether it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(RecordedVersion):
    """What one revision did to one record; it says what the new version does, and for ENDED what the last one did."""

    what: ChangeKind


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Everything that one revision changed, in order of kind and record id."""

    revision: int
    committed_at: datetime
    agency: str
    feed: str
    changes: tuple[Change, ...]
    confirmed: FeedState | None
    """Set when the revision is a producer's word that its feed is current; then nothing else changed."""


class ChangeLog(Protocol):
    """What each revision changed. Blocking: call it in a thread."""

    def changes(self, after: int, upto: int) -> list[ChangeSet]:
        """Return one set for every revision in (after, upto], in order and without a gap."""


class History(Protocol):
    """The store read for moments and revisions other than the present. Blocking: call it in a thread."""

    def revision_at(self, instant: datetime) -> int:
        """Return the newest revision committed by *instant*; 0 when there is none."""

    def dossier(self, uscc: str, revision: int) -> Dossier | None:
        """Return everything known of an enterprise at *revision*; None when nothing was."""

    def checked_systems(self, codes: Iterable[str], revision: int) -> Mapping[str, tuple[Fact, ...]]:
        """Return the checks of the five systems on record at *revision*, by code; a code without any is absent."""

    def unresolved(self, revision: int, name_keys: Iterable[str] | None = None) -> Mapping[str, tuple[Unresolved, ...]]:
        """Return the records without a sound code at *revision* by normalised name, those of *name_keys* or all."""


@dataclass(frozen=True, slots=True)
class HeldNotice:
    """A published notice to be held without an enterprise: the code as printed (maybe empty) and why it is held."""

    fact: Fact
    name: str
    code_printed: str
    why: str


@dataclass(frozen=True, slots=True)
class SubmittedRow:
    """One row, validated: exactly one of the content fields is set, and ``uscc`` unless it is held or a person's."""

    row: int
    kind: str
    """Name of the kind, such as "complaint", "enterprise", "listing_act"."""
    record_id: str
    content_digest: str
    """SHA-256 of the canonical content, hexadecimal: equal content is UNCHANGED."""
    uscc: str
    profile: EnterpriseProfile | None = None
    fact: Fact | None = None
    listing_act: Act | None = None
    act_details: str = ""
    """For a decision: its chain of documents and its reason, as canonical JSON (L-27)."""
    listing_id: str = ""
    person_keys: frozenset[str] = frozenset()
    sealed_persons: tuple[tuple[str, bytes], ...] = ()
    """(key, sealed name-and-number) of every person named by the row."""
    person_key: str = ""
    """Of a natural person's record, whose it is: it has no ``uscc``, and concerns no enterprise."""
    held: HeldNotice | None = None
    attachment: Attachment | None = None


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """What became of one row; ``field`` and ``why`` say what was wrong when it was rejected or held."""

    row: int
    status: RowStatus
    record_id: str
    field: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Submission:
    """Who submits what: one chunk is one transaction and one revision."""

    request_id: str
    chunk: int
    digest: str
    """SHA-256 of the chunk's raw bytes, hexadecimal: the same id and chunk with another digest is a reuse."""
    feed: str
    agency: str
    writer: str
    """The audit queue that will hold its entry; start-up writes a recovery entry where none is."""
    committed_at: datetime
    rows: Sequence[SubmittedRow]


@dataclass(frozen=True, slots=True)
class HeldListing:
    """A listing as it is on record at a revision, with all that its next step is judged by."""

    listing: Listing
    findings: tuple[ArrearsFinding, ...]
    """Every arrears finding of its enterprise."""
    said: Mapping[str, Mapping[str, str]]
    """By act id, what was said with the act, by field."""


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A fact as it is on record now, and whether it has been withdrawn."""

    uscc: str
    fact: Fact
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class Proceedings:
    """All that clocks run on, at one revision."""

    revision: int
    listings: tuple[Listing, ...]
    """In order of their ids."""
    withdrawals: tuple[RecordedWithdrawal, ...]
    """In order of their ids."""


class Docket(Protocol):
    """The store read across enterprises, as it is now. Blocking: call it in a thread."""

    def proceedings(self) -> Proceedings:
        """Return every listing and every withdrawal."""

    def arrivals(self, since: datetime, until: datetime) -> Iterator[Arrival]:
        """Yield the first version of every record that was committed in [since, until), in no order.

        A record retyped from elsewhere is left out: it is nobody's own. Acts of listings are records.
        """

    def codes(self, after: str, most: int) -> list[str]:
        """Return, in order, the first *most* codes after *after* of enterprises of which anything is known."""

    def dossiers(self, codes: Sequence[str]) -> tuple[int, list[Dossier]]:
        """Return the newest revision, and what is known then of those of a few hundred *codes* that are known."""


class FactStore(Protocol):
    """Where facts are written. Blocking: call it in a thread."""

    def submit(self, submission: Submission) -> tuple[int, list[RowOutcome]]:
        """Store a chunk; return the revision from which it is visible, and one outcome a row, in order.

        A chunk in which nothing is new takes no revision and returns the newest. The same request id and chunk with
        the same digest returns the same outcomes as at first; with another digest it raises
        ``RequestIdReusedError``.
        """

    def submitted(self, request_id: str, agency: str) -> list[tuple[int, list[RowOutcome]]]:
        """Return revision and outcomes of the chunks stored of *agency*'s submission, in order, up to the first gap."""

    def confirm(self, request_id: str, feed: FeedState, agency: str, writer: str, committed_at: datetime) -> int:
        """Store a feed's confirmation under a revision of its own; idempotent by *request_id* like ``submit``."""

    def take_step(
        self,
        submission: Submission,
        listing_id: str,
        decide: Callable[[HeldListing | None], Sequence[SubmittedRow]],
    ) -> tuple[int, HeldListing]:
        """Store the acts that *decide* makes of a listing as it is now; idempotent by request id like ``submit``.

        Nobody writes between what *decide* is given, None when nothing is on record, and what is stored; what it raises
        leaves the store as it was. The rows of *submission* are not looked at. Returns the revision that holds the
        acts, and the listing at that revision. Raises ``MalformedRequestError`` for an act that cannot be stored.
        """

    def held_listing(self, listing_id: str) -> tuple[int, HeldListing | None]:
        """Return the newest revision and a listing as it is on record then; None when there is none."""

    def withdraw(
        self, submission: Submission, record_id: str, decide: Callable[[HeldRecord | None], SubmittedRow]
    ) -> tuple[int, HeldRecord]:
        """Store the withdrawal that *decide* makes of a record, in the same way as ``take_step`` stores an act."""

    def nonconforming_known(self, codes: Sequence[str]) -> frozenset[str]:
        """Return those of *codes* that the market-regulation master feed has."""

    def unrecorded(self, writer: str) -> list[tuple[str, int, int]]:
        """Return (request id, first revision, last revision) of this writer's commits not marked as recorded."""

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the number of the entry that holds this request's commits up to the data revision *through*."""


class AuditLog(Protocol):
    """This process's queue of entries."""

    @property
    def writer(self) -> str:
        """Name of the queue."""

    def record(self, draft: Draft) -> Awaitable[Position]:
        """Number, seal and enqueue *draft* at once; the awaitable ends when the entry is durable.

        Calls that come while a commit is under way share the next one.

        Raises:
            AuditUnavailableError: It could not be made durable, or too many entries are pending.
        """

    @property
    def failed(self) -> bool:
        """A commit failed: this process answers nothing any more and must stop."""


@dataclass(frozen=True, slots=True)
class AccessFilter:
    """What a search looks for; an empty string, None or 0 means any."""

    uscc: str = ""
    agency: str = ""
    officer: str = ""
    case_ref: str = ""
    area: int = 0
    verdict: int = 0
    since: datetime | None = None
    until: datetime | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One recorded call, or one item of a recorded batch (``item`` set)."""

    entry: Entry
    content: Mapping[str, object]
    """The body, decoded."""
    item: int | None
    line: Mapping[str, object] | None


class AccessSearch(Protocol):
    """Finds recorded calls. Blocking: call it in a thread."""

    def search(self, wanted: AccessFilter, size: int, token: str) -> tuple[list[AccessRow], str]:
        """Return one page, newest first, and the token of the next (empty on the last).

        Entries recorded before the call are found by it. Raises ``ValueError`` for a token that is none.
        """


@dataclass(frozen=True, slots=True)
class Unnamed:
    """An answer whose entry does not name all records that it told of: what it was answered by, and about whom."""

    agency: str
    case_ref: str
    revision: int
    as_of: datetime
    enterprises: tuple[str, ...]


class ToldRecords(Protocol):
    """Finds who was told of a record, by what is recorded. Blocking: call it in a thread."""

    def told(self, record_ids: Sequence[str], agency: str) -> list[Told]:
        """Return who was told of these records, one a record, agency and case; *agency* is empty for all."""

    def unnamed(self, agency: str) -> list[Unnamed]:
        """Return the answers whose entries do not name all records that they told of; *agency* is empty for all."""


@dataclass(frozen=True, slots=True)
class DatedListing:
    """A listing as it is on record, and the revision of each of its acts by the act's id."""

    listing: Listing
    revisions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DatedWithdrawal:
    """A withdrawn fact of an enterprise, its withdrawal, and the revision from which that is known."""

    uscc: str
    fact: Fact
    withdrawal: Withdrawal
    revision: int


@dataclass(frozen=True, slots=True)
class PassedRecord:
    """A fact that was an enterprise's in the revisions [held_from, revision), and then another's or nobody's."""

    uscc: str
    fact: Fact
    held_from: int
    revision: int


@dataclass(frozen=True, slots=True)
class ChangedEndings:
    """What has changed, up to a revision, of everything from which endings follow."""

    revision: int
    listings: tuple[DatedListing, ...] = ()
    withdrawals: tuple[DatedWithdrawal, ...] = ()
    passed: tuple[PassedRecord, ...] = ()
    committed: Mapping[int, datetime] = field(default_factory=dict)
    """When each revision that is named here was committed, UTC."""


class EndingStore(Protocol):
    """From what endings follow, and who has acknowledged them. Blocking: call it in a thread."""

    def changed(self, after: int) -> ChangedEndings:
        """Return what came after revision *after*: listings with acts, withdrawals, records that passed on."""

    def acknowledged(self, agency: str) -> Mapping[tuple[str, str], datetime]:
        """Return when each ending was first acknowledged, by (ending id, agency); *agency* is empty for all."""

    def acknowledge(self, submission: Submission, ending_id: str) -> tuple[int, datetime]:
        """Store that the agency of *submission* has an ending; return the newest revision, and when it first had it.

        Idempotent by request id like ``FactStore.submit``. It takes no revision: no answer depends on it.
        """

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds an acknowledgement, as ``FactStore.mark_recorded`` does."""


class PersonVault(Protocol):
    """Keeps persons' numbers out of the store's readable columns (I-22)."""

    def key(self, document_type: str, document_number: str) -> str:
        """Return the keyed hash by which a person is found, hexadecimal."""

    def seal(self, text: str) -> bytes:
        """Return *text* encrypted for storage."""


@dataclass(frozen=True, slots=True)
class PeerCertificate:
    """What a client certificate says, once every rule for certificates has been checked."""

    agency: str
    role: str
    holder: str
    identity: str
    """Its one URI name."""
    sha256: str
    """Of the DER form, hexadecimal."""


class PeerVerifier(Protocol):
    """Decides whether a client certificate is acceptable now."""

    def verify(self, leaf_pem: bytes, chain_pem: bytes, now: datetime) -> PeerCertificate:
        """Return who the certificate names; raises ``CertificateRejectedError`` saying which rule it fails."""

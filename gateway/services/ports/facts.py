"""Writing facts: rows as submitted, steps of a listing and withdrawals, and the store that takes them.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from gateway.domain.kinds.arrears import ArrearsFinding
    from gateway.domain.kinds.enterprise import EnterpriseProfile
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.listing_acts import Act
    from gateway.domain.listings import Listing
    from gateway.domain.records import Attachment
    from gateway.domain.vocabulary import RowStatus
    from gateway.domain.withdrawals import ShownRepair
    from gateway.services.ports.register import FeedState


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
class Origin:
    """The batch that a submission is of, and who submits: the officer as named, the person by the certificate."""

    batch_id: str
    officer: str
    holder: str
    """Empty for a system's certificate."""


@dataclass(frozen=True, slots=True)
class Submission:
    """Who submits what: one chunk is one transaction and one revision."""

    request_id: str
    chunk: int
    digest: str
    """Tells this content from another, keyed where it may hold persons' numbers: the same id and chunk with another
    digest is a reuse."""
    feed: str
    agency: str
    writer: str
    """The audit queue that will hold its entry; start-up writes a recovery entry where none is."""
    committed_at: datetime
    rows: Sequence[SubmittedRow]
    origin: Origin | None = None
    """Set for what an import brings."""
    former: str = ""
    """What may stand in place of ``digest`` in a store from before digests were keyed."""


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
    """A fact as it is on record now, whether it has been withdrawn, and the repairs of it that were shown (C-02)."""

    uscc: str
    fact: Fact
    withdrawn: bool
    shown: tuple[ShownRepair, ...] = ()


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
        """Store the withdrawal or shown repair that *decide* makes of a record, as ``take_step`` stores an act."""

    def decided(self, kind: str, uscc: str, document_number: str, on: date) -> list[str]:
        """Return the ids of what the exchange layout names so: kind, code, document number and day of the decision.

        *kind* is "listing", found by its decision or restoration, or the name of a kind of fact, found by the day with
        which it begins. Empty when nothing is on record so; in order.
        """

    def decided_elsewhere(self, record_id: str) -> bool:
        """Return whether this is the id of a listing that another authority decided: nobody changes it here (L-01)."""

    def nonconforming_known(self, codes: Sequence[str]) -> frozenset[str]:
        """Return those of *codes* that the market-regulation master feed has."""

    def unrecorded(self, writer: str) -> list[tuple[str, int, int]]:
        """Return (request id, first revision, last revision) of this writer's commits not marked as recorded."""

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the number of the entry that holds this request's commits up to the data revision *through*."""

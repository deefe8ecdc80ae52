"""Who was told of what, what has ended, and who has acknowledged it.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from gateway.domain.endings import Told
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.kinds.published_notice import PublishedNotice
    from gateway.domain.listing_acts import Act
    from gateway.domain.listings import Listing
    from gateway.domain.withdrawals import ShownRepair, Withdrawal
    from gateway.services.ports.facts import Submission


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

    def told_about(self, pairs: Sequence[tuple[str, str]], agency: str) -> list[Told]:
        """Return who was told of a record in answers about an enterprise, for each pair of (record id, code)."""

    def unnamed(self, agency: str) -> list[Unnamed]:
        """Return the answers whose entries do not name all records that they told of; *agency* is empty for all."""


@dataclass(frozen=True, slots=True)
class DatedListing:
    """A listing as it is on record, and the revision of each of its acts by the act's id.

    ``voided`` are acts that were on record in the revisions [from, until): the import that brought them was revoked.
    """

    listing: Listing
    revisions: Mapping[str, int]
    voided: tuple[tuple[Act, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DatedWithdrawal:
    """A withdrawn fact of an enterprise, its withdrawal, and the revision from which that is known."""

    uscc: str
    fact: Fact
    withdrawal: Withdrawal
    revision: int


@dataclass(frozen=True, slots=True)
class DatedShownRepair:
    """A fact of an enterprise of which the platform shows a repair, and the revision from which that is known."""

    uscc: str
    fact: Fact
    shown: ShownRepair
    revision: int


@dataclass(frozen=True, slots=True)
class RemovedRecord:
    """A fact that says itself that it ended, and the revision from which it says so."""

    uscc: str
    fact: Fact
    revision: int


@dataclass(frozen=True, slots=True)
class PassedRecord:
    """A fact that was an enterprise's in the revisions [held_from, revision), and then another's or nobody's.

    With ``void`` it is this version of it that ended: the import that brought it was revoked.
    """

    uscc: str
    fact: Fact
    held_from: int
    revision: int
    void: bool = False


@dataclass(frozen=True, slots=True)
class FalseLink:
    """A listing that reached an enterprise through a person, and since a revision is known never to have (X-02)."""

    dispute: str
    """Id of the record that says so."""
    listing: Listing
    person: str
    about: str
    revision: int


@dataclass(frozen=True, slots=True)
class ChangedEndings:
    """What has changed, up to a revision, of everything from which endings follow."""

    revision: int
    listings: tuple[DatedListing, ...] = ()
    withdrawals: tuple[DatedWithdrawal, ...] = ()
    passed: tuple[PassedRecord, ...] = ()
    false_links: tuple[FalseLink, ...] = ()
    notices: Mapping[str, tuple[PublishedNotice, ...]] = field(default_factory=dict)
    """The retyped notices of the enterprises of *listings*, by code."""
    shown: tuple[DatedShownRepair, ...] = ()
    removed: tuple[RemovedRecord, ...] = ()
    """Versions of listings decided elsewhere that say that they left the list."""
    committed: Mapping[int, datetime] = field(default_factory=dict)
    """When each revision that is named here was committed, UTC."""


class EndingStore(Protocol):
    """From what endings follow, and who has acknowledged them. Blocking: call it in a thread."""

    def changed(self, after: int) -> ChangedEndings:
        """Return what came after revision *after*: listings with acts, withdrawals, what passed on, false links."""

    def acknowledged(self, agency: str) -> Mapping[tuple[str, str], datetime]:
        """Return when each ending was first acknowledged, by (ending id, agency); *agency* is empty for all."""

    def acknowledge(self, submission: Submission, ending_id: str) -> tuple[int, datetime]:
        """Store that the agency of *submission* has an ending; return the newest revision, and when it first had it.

        Idempotent by request id like ``FactStore.submit``. It takes no revision: no answer depends on it.
        """

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds an acknowledgement, as ``FactStore.mark_recorded`` does."""

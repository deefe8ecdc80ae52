"""What the file of an enterprise needs of the store: every version, who is related, and who brought what.

A protocol and the values that cross it; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from gateway.domain.recorded import RecordedVersion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime


class FilePlace(NamedTuple):
    """Where a version stands in the order in which versions came on record."""

    revision: int
    source: int
    """Which table it lies in; its order among them."""
    record_id: str


@dataclass(frozen=True, slots=True)
class FileFilter:
    """Which versions of an enterprise: as known at *revision*, of *kinds* (empty: all), all of them or the current."""

    uscc: str
    revision: int
    kinds: frozenset[str] = frozenset()
    newest_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVersion(RecordedVersion):
    """One version, and between which revisions it is on record: in [recorded_from, recorded_until)."""

    place: FilePlace
    recorded_from: int
    recorded_until: int | None
    """None while it was current at the revision asked about."""


@dataclass(frozen=True, slots=True, order=True)
class FileRelation:
    """A registered relation: what the other enterprise is, its code, and the first day from which a profile says so."""

    relation: str
    uscc: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class FileRevision:
    """A revision and the submission that brought it."""

    revision: int
    committed_at: datetime
    agency: str
    feed: str
    request_id: str


class EnterpriseFiles(Protocol):
    """Everything that the store has about one enterprise. Blocking: call it in a thread."""

    def versions(self, wanted: FileFilter, after: FilePlace | None, size: int) -> list[FileVersion]:
        """Return the next *size* versions after a place, None for the first, in the order in which they came.

        A version that another enterprise had, or that was held without one, is in that one's file or in none.
        """

    def related(self, uscc: str, revision: int) -> list[FileRelation]:
        """Return the enterprises whose profiles say at *revision* that they are its branches or successors, in order.

        Once for each and relation. What its own profiles say of head offices and predecessors is in its dossier.
        """

    def revisions(self, numbers: Iterable[int]) -> Mapping[int, FileRevision]:
        """Return these revisions by number."""

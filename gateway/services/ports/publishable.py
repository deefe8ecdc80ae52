"""What may be shown to the public, read across all enterprises: records with their revisions, and enterprises' names.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from gateway.domain.kinds.fact import Fact
    from gateway.services.ports.endings import DatedListing

Names = tuple[tuple["date", str], ...]
"""An enterprise's names with the civil day from which each holds, in order."""


@dataclass(frozen=True, slots=True)
class FactVersion:
    """One version of a publication, a red-list entry or a withdrawal: on record in [recorded_from, recorded_until)."""

    uscc: str
    fact: Fact
    recorded_from: int
    recorded_until: int | None


@dataclass(frozen=True, slots=True)
class ChangedPublishable:
    """What has changed, up to a revision, of everything that may be shown."""

    revision: int
    committed_at: datetime
    """When that revision was committed, UTC; the earliest instant there is for revision 0."""
    versions: tuple[FactVersion, ...] = ()
    """Versions that came or ended."""
    listings: tuple[DatedListing, ...] = ()
    """Listings with new acts, whole."""


class PublishableStore(Protocol):
    """The store read for what the public may see. Blocking: call it in a thread."""

    def changed(self, after: int) -> ChangedPublishable:
        """Return what came after revision *after*; everything for 0."""

    def names(self, codes: Sequence[str], revision: int) -> Mapping[str, Names]:
        """Return the names of these enterprises as known at *revision*; one without a profile is absent."""

    def committed_at(self, revision: int) -> datetime | None:
        """Return when *revision* was committed, UTC; None when there is none such."""

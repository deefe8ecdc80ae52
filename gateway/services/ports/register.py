"""The time, and reading what is on record: the index in memory, the store at any revision, and what each changed.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from formats.names import normalise_name
from gateway.domain.recorded import RecordedVersion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from gateway.domain.kinds.fact import Fact
    from gateway.domain.records import Dossier, Unresolved
    from gateway.domain.timeline import Timeline
    from gateway.domain.vocabulary import ChangeKind


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
    """One enterprise in memory: every name that it bore, and what its timeline is computed from."""

    uscc: str
    names: tuple[str, ...]
    """As recorded, the present one last."""
    nonconforming: bool
    """The code fails GB 32100-2015 and the master feed has it."""
    compute: Callable[[], Timeline]
    """Returns its timeline, the same each time."""

    @property
    def timeline(self) -> Timeline:
        """Its timeline: when it is asked for, as few ever are."""
        return self.compute()

    @property
    def name_keys(self) -> frozenset[str]:
        """The names normalised by ``formats.names.normalise_name``: when they are asked for, as few ever are."""
        return frozenset(map(normalise_name, self.names))


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
        """Return seconds by which this node's clock is off the store's; 0 on one machine."""

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

    def project_records(self, codes: Iterable[str], revision: int) -> Mapping[str, tuple[Fact, ...]]:
        """Return checks of the five systems and wage deposits at *revision*, by code; a code without any is absent."""

    def unresolved(self, revision: int, name_keys: Iterable[str] | None = None) -> Mapping[str, tuple[Unresolved, ...]]:
        """Return the records without a sound code at *revision* by normalised name, those of *name_keys* or all."""

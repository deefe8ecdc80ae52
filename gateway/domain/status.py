"""What an operator sees of a serving process: values, and nothing of any enterprise (R-03).

How they come about is for ``services.get_status``, what of them is in disorder for ``complaints``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from gateway.domain.referral_stuck import ReferralFigures

GIGABYTE: Final = 1_000_000_000
FILLING: Final = (0.9, 0.8)
"""Shares of a disk in use at which it is told that it fills up, the greater first."""


@dataclass(frozen=True, slots=True)
class WatchLimits:
    """Beyond which an operator must act.

    Raises:
        ValueError: One is not greater than 0; the message begins with its name.
    """

    least_free_gigabytes: float = 1.0
    """Free disk (10^9 bytes) below which a folder is nearly full: a record that cannot be written stops the gateway."""
    ends_soon_days: int = 14
    """Days before an end at which it is told."""
    log_waits_seconds: float = 60.0
    """How long an entry may wait for its signed checkpoint; one comes within a second."""

    def __post_init__(self) -> None:
        for name in ("least_free_gigabytes", "ends_soon_days", "log_waits_seconds"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name}: must be greater than 0")

    @property
    def least_free(self) -> float:
        """Bytes."""
        return self.least_free_gigabytes * GIGABYTE

    @property
    def soon(self) -> timedelta:
        """How long before an end it is told."""
        return timedelta(days=self.ends_soon_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """Which software, rules and configuration answer; digests are SHA-256, hexadecimal."""

    software: str
    profile: str
    policy: str
    policy_digest: str
    rules_digest: str
    calendar: str
    settings_digest: str
    agencies_digest: str
    processing_digest: str


@dataclass(frozen=True, slots=True)
class PolicyFigures:
    """Which of the approved policies answers, and what is to come."""

    number: int = 0
    """0 for the policy of the configuration."""
    next_at: datetime | None = None
    """From when on another holds, UTC; None when none is approved."""
    waiting: str = ""
    """Id of the proposal that waits for an approval; empty when none does."""


@dataclass(frozen=True, slots=True)
class FeedAge:
    """A feed: since its producer last said that it was current (None: never, or at a moment ahead), and the limit."""

    feed: str
    age: timedelta | None
    limit: timedelta
    weighs: bool
    """An answer can depend on it."""

    @property
    def fresh(self) -> bool:
        """Known, and within the limit."""
        return self.age is not None and self.age <= self.limit


@dataclass(frozen=True, slots=True)
class RecordFigures:
    """One writer's queue since this process opened it; times in microseconds."""

    writer: str
    entries: int
    """Ever in the queue: the number that the next one will have."""
    pending: int
    pending_limit: int
    failed: bool
    commits: int
    committed: int
    """Entries in those commits."""
    last_commit_us: int
    last_batch: int
    commit_us: int
    """All commits together."""


@dataclass(frozen=True, slots=True)
class Ends:
    """When certificates and the list of revocations end, UTC; None for what has no end or could not be read."""

    certificate: datetime | None = None
    """The first of the gateway's leaf and its intermediates to end."""
    authority: datetime | None = None
    """The last of the trusted authorities to end: with it nobody is let in any more."""
    next_authority: datetime | None = None
    """The first to end of those that have not."""
    revocations_written: datetime | None = None
    revocations: datetime | None = None
    """By when the next list must have come: of signed lists, or by ``revoked_stale_after_hours``."""
    unreadable: tuple[str, ...] = ()
    """Names of files."""
    revoked_certificates: int = 0
    """How many are revoked at the gateway, as this process knows them."""
    last_revoked: datetime | None = None
    """When the last of them was."""


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """The keys that seal persons' numbers: which one seals, of how many; 0 when they cannot be used."""

    active: int
    count: int


@dataclass(frozen=True, slots=True)
class Load:
    """Calls of this process: under way now, streams among them, and refusals counted since it began."""

    in_flight: int
    streams: int
    refused: Mapping[str, int]
    """By reason."""


@dataclass(frozen=True, slots=True)
class OwedEvents:
    """Events of cases that are not acknowledged, of all agencies together (A-123)."""

    count: int = 0
    oldest: datetime | None = None
    """When the oldest of them was seen, UTC; None where there is none."""
    overdue: int = 0
    """Those whose day for acknowledging is over."""
    fault: str = ""
    """Why they could not be counted; empty when they could."""


@dataclass(frozen=True, slots=True)
class ReplayFigures:
    """What came of the last night's sample of past decisions, by the process that draws it; 0 in all others."""

    at: datetime | None = None
    """When it was drawn, UTC; None before the first."""
    replayed: int = 0
    different: int = 0
    """Of these, how many are not what was recorded."""


@dataclass(frozen=True, slots=True)
class LogFigures:
    """How the signed log stands beside the queues of all processes."""

    origin: str = ""
    """Name of the log that is open; empty before the first."""
    signed: int = 0
    """Entries under its newest checkpoint."""
    waiting: int = 0
    """Entries of all queues that no signed checkpoint covers."""
    since: datetime | None = None
    """When the oldest of them was recorded, UTC; None where none waits."""
    fault: str = ""
    """Why it could not be looked at; empty when it could."""
    day_to_index: date | None = None
    """The first civil day (UTC+8) of which no index is recorded; None before anything is recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """Everything that is told of one serving process at one moment."""

    now: datetime
    name: str
    started_at: datetime
    versions: Versions
    faults: tuple[str, ...]
    """Why nothing is answered; empty when it serves."""
    revision: int
    lag: timedelta
    lag_limit: timedelta
    skew: timedelta
    """By which this node's clock is ahead of the store's; 0 on one machine."""
    skew_limit: timedelta
    feeds: tuple[FeedAge, ...]
    record: RecordFigures
    ends: Ends
    free: Mapping[str, int]
    """Free bytes of the disk of each folder, by what lies there."""
    person_keys: PersonKeys
    load: Load
    next_review: date | None
    """The first day on which an impact assessment is over; None when nothing needs one (I-54)."""
    next_basis_review: date | None
    """The first day on which the yearly review of a legal basis is due; None when the policy rests on none (X-05)."""
    today: date
    limits: WatchLimits
    replay: ReplayFigures = ReplayFigures()
    policy: PolicyFigures = PolicyFigures()
    log: LogFigures
    owed_events: OwedEvents
    referrals: ReferralFigures
    """What open referrals wait for."""
    sizes: Mapping[str, int]
    """Bytes of the whole disk of each folder, by what lies there."""

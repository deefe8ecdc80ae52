"""What an operator sees of a gateway, and what of it is in disorder: values and judgement, nothing of any enterprise.

How the values come about is for ``services.get_status``. What is beyond its limit is a complaint, one that must be
mended at once or one that is only coming; what could not be found out is a complaint too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

GIGABYTE: Final = 1_000_000_000


class StatusTrouble(Word):
    """What is in disorder."""

    CANNOT_ANSWER = 1
    NODE_BEHIND = 2
    CLOCK_OFF = 3
    SOURCE_STALE = 4
    CERTIFICATE_ENDED = 5
    CERTIFICATE_ENDS_SOON = 6
    AUTHORITY_ENDED = 7
    AUTHORITY_ENDS_SOON = 8
    REVOCATIONS_STALE = 9
    DISK_NEARLY_FULL = 10
    RECORD_FALLS_BEHIND = 11
    PERSON_KEYS_UNUSABLE = 12
    ASSESSMENT_OVERDUE = 13
    ASSESSMENT_DUE_SOON = 14
    UNREADABLE = 15


COMING: Final = frozenset(
    {StatusTrouble.CERTIFICATE_ENDS_SOON, StatusTrouble.AUTHORITY_ENDS_SOON, StatusTrouble.ASSESSMENT_DUE_SOON}
)
"""What is not broken yet, and will be."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing in disorder: *about* names the feed, folder or file; *measured* the figure, ready to be read."""

    trouble: StatusTrouble
    about: str = ""
    measured: str = ""
    broken: bool = True
    """False where nothing is wrong yet, or where no answer suffers from it."""


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

    def __post_init__(self) -> None:
        for name in ("least_free_gigabytes", "ends_soon_days"):
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
    today: date
    limits: WatchLimits


def complaints(status: Status) -> tuple[Complaint, ...]:
    """Return what is in disorder, in the order of the list; empty when nothing is."""
    found = [*_answering(status), *_fresh(status), *_ending(status), *_room(status), *_persons(status)]
    return tuple(sorted(found, key=lambda each: each.trouble))


def healthy(found: tuple[Complaint, ...]) -> bool:
    """Return whether nothing among the complaints is broken now."""
    return not any(each.broken for each in found)


def _answering(status: Status) -> Iterator[Complaint]:
    for fault in status.faults:
        yield Complaint(StatusTrouble.CANNOT_ANSWER, measured=fault)
    if status.record.failed:
        yield Complaint(StatusTrouble.CANNOT_ANSWER, status.record.writer)
    if status.record.pending * 2 > status.record.pending_limit:
        said = f"{status.record.pending} / {status.record.pending_limit}"
        yield Complaint(StatusTrouble.RECORD_FALLS_BEHIND, status.record.writer, said)


def _fresh(status: Status) -> Iterator[Complaint]:
    if status.lag > status.lag_limit:
        yield Complaint(StatusTrouble.NODE_BEHIND, measured=f"{status.lag.total_seconds():.1f} s")
    if abs(status.skew) > status.skew_limit:
        yield Complaint(StatusTrouble.CLOCK_OFF, measured=f"{status.skew.total_seconds():+.1f} s")
    for feed in status.feeds:
        if not feed.fresh:
            said = "-" if feed.age is None else _hours(feed.age)
            yield Complaint(StatusTrouble.SOURCE_STALE, feed.feed, f"{said} / {_hours(feed.limit)}", feed.weighs)


def _ending(status: Status) -> Iterator[Complaint]:
    ends, soon = status.ends, status.now + status.limits.soon
    for file in ends.unreadable:
        yield Complaint(StatusTrouble.UNREADABLE, file)
    if ends.certificate is not None and ends.certificate <= soon:
        yield _end(status.now, ends.certificate, StatusTrouble.CERTIFICATE_ENDED, StatusTrouble.CERTIFICATE_ENDS_SOON)
    coming = ends.next_authority or ends.authority
    if coming is not None and coming <= soon:
        yield _end(status.now, coming, StatusTrouble.AUTHORITY_ENDED, StatusTrouble.AUTHORITY_ENDS_SOON)
    if ends.revocations is not None and ends.revocations <= status.now:
        yield Complaint(StatusTrouble.REVOCATIONS_STALE, measured=_instant(ends.revocations))


def _end(now: datetime, end: datetime, ended: StatusTrouble, soon: StatusTrouble) -> Complaint:
    over = end <= now
    return Complaint(ended if over else soon, measured=_instant(end), broken=over)


def _room(status: Status) -> Iterator[Complaint]:
    for what, free in sorted(status.free.items()):
        if free < status.limits.least_free:
            yield Complaint(StatusTrouble.DISK_NEARLY_FULL, what, f"{free / GIGABYTE:.2f} GB")


def _persons(status: Status) -> Iterator[Complaint]:
    if not status.person_keys.active:
        yield Complaint(StatusTrouble.PERSON_KEYS_UNUSABLE)
    review = status.next_review
    if review is not None and review <= status.today:
        yield Complaint(StatusTrouble.ASSESSMENT_OVERDUE, measured=review.isoformat())
    elif review is not None and review <= status.today + status.limits.soon:
        yield Complaint(StatusTrouble.ASSESSMENT_DUE_SOON, measured=review.isoformat(), broken=False)


def _hours(span: timedelta) -> str:
    return f"{span / timedelta(hours=1):.1f} h"


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%MZ}"

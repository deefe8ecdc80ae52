"""What of a gateway is in disorder, judged from its status: the same for whoever asks, by wire, metrics or command.

What is beyond its limit is a complaint, one that must be mended at once or one that is only coming; what could not be
found out is a complaint too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from formats.civil import midnight
from gateway.domain.status import FILLING, GIGABYTE
from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gateway.domain.status import Status


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
    REPLAY_DIFFERS = 16
    LOG_NOT_SIGNED = 17
    DISK_FILLS_UP = 18
    DAY_NOT_INDEXED = 19
    CASE_EVENTS_OWED = 20
    REFERRALS_STUCK = 21
    BASIS_REVIEW_DUE = 22


DAY_WAITS: Final = timedelta(hours=1)
"""After its end, for a day to be indexed: it takes minutes, and longer only while days are made up for."""
COMING: Final = frozenset(
    {
        StatusTrouble.CERTIFICATE_ENDS_SOON,
        StatusTrouble.AUTHORITY_ENDS_SOON,
        StatusTrouble.ASSESSMENT_DUE_SOON,
        StatusTrouble.DISK_FILLS_UP,
    }
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


def complaints(status: Status) -> tuple[Complaint, ...]:
    """Return what is in disorder, in the order of the list; empty when nothing is."""
    found = [
        *_answering(status),
        *_fresh(status),
        *_ending(status),
        *_room(status),
        *_persons(status),
        *_replayed(status),
        *_signed(status),
        *_indexed(status),
        *_owed(status),
        *_stuck(status),
        *_reviewed(status),
    ]
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
            continue
        used = 1 - free / status.sizes[what] if status.sizes.get(what) else 0.0
        passed = next((share for share in FILLING if used >= share), None)
        if passed is not None:
            yield Complaint(StatusTrouble.DISK_FILLS_UP, what, f"{used:.0%} / {passed:.0%}", broken=False)


def _persons(status: Status) -> Iterator[Complaint]:
    if not status.person_keys.active:
        yield Complaint(StatusTrouble.PERSON_KEYS_UNUSABLE)
    review = status.next_review
    if review is not None and review <= status.today:
        yield Complaint(StatusTrouble.ASSESSMENT_OVERDUE, measured=review.isoformat())
    elif review is not None and review <= status.today + status.limits.soon:
        yield Complaint(StatusTrouble.ASSESSMENT_DUE_SOON, measured=review.isoformat(), broken=False)


def _signed(status: Status) -> Iterator[Complaint]:
    log = status.log
    if log.fault:
        yield Complaint(StatusTrouble.LOG_NOT_SIGNED, measured=log.fault)
    elif log.since is not None and status.now - log.since > timedelta(seconds=status.limits.log_waits_seconds):
        said = f"{log.waiting}, {(status.now - log.since).total_seconds():.0f} s"
        yield Complaint(StatusTrouble.LOG_NOT_SIGNED, log.origin, said)


def _indexed(status: Status) -> Iterator[Complaint]:
    day = status.log.day_to_index
    if day is not None and status.now > midnight(day + timedelta(days=1)) + DAY_WAITS:
        yield Complaint(StatusTrouble.DAY_NOT_INDEXED, measured=day.isoformat())


def _owed(status: Status) -> Iterator[Complaint]:
    owed = status.owed_events
    if owed.fault:
        yield Complaint(StatusTrouble.CASE_EVENTS_OWED, measured=owed.fault)
    elif owed.overdue:
        # It is an agency's to mend, and no answer suffers from it.
        yield Complaint(StatusTrouble.CASE_EVENTS_OWED, measured=f"{owed.overdue} / {owed.count}", broken=False)


def _stuck(status: Status) -> Iterator[Complaint]:
    found = status.referrals
    if found.fault:
        yield Complaint(StatusTrouble.REFERRALS_STUCK, measured=found.fault)
    elif found.stuck:
        # They are the parties' to mend, and no answer suffers from them.
        said = f"{found.clocks} / {found.not_delivered} / {found.not_opened} / {found.uploads}"
        yield Complaint(StatusTrouble.REFERRALS_STUCK, measured=said, broken=False)


def _reviewed(status: Status) -> Iterator[Complaint]:
    review = status.next_basis_review
    if review is not None and review <= status.today + status.limits.soon:
        # Lawyers are to look; no answer changes by it.
        yield Complaint(StatusTrouble.BASIS_REVIEW_DUE, measured=review.isoformat(), broken=False)


def _replayed(status: Status) -> Iterator[Complaint]:
    if status.replay.different:
        yield Complaint(StatusTrouble.REPLAY_DIFFERS, measured=f"{status.replay.different} / {status.replay.replayed}")


def _hours(span: timedelta) -> str:
    return f"{span / timedelta(hours=1):.1f} h"


def _instant(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%MZ}"

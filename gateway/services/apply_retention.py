"""Applying retention to the record of calls (I-58): what is due is counted, and with a word for it erased.

One call looks at one stretch of one queue, so that it is short; whoever goes on to the end has looked at all. An entry
that is not as it was sealed is never erased: it is evidence.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from formats.civil import add_months, civil_date, midnight
from gateway.domain.errors import StateError
from gateway.domain.retention import CLOCK_RAN, RetentionClass, class_of, clock_is_shown, kept_until, tombstone

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from gateway.domain.audit import Entry, Position
    from gateway.domain.retention import LegalHold, RetentionTerms
    from gateway.services.ports.retention import AuditArchive

STRETCH: Final = 2_000
"""Entries looked at by one call."""
AT_ONCE: Final = 50
"""Entries erased in one transaction, for which the queue's writer waits; a batch, of up to 1,000 lines, ends one."""
MONTH_ENDS: Final = timedelta(days=4)
"""Months are of different lengths: what is looked at is judged one by one, and none that is due may be left out."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go on: a queue, and the first number in it to look at."""

    writer: str
    number: int


@dataclass(slots=True)
class Stretch:
    """What one call found in one stretch of a queue."""

    start: Place
    following: Place | None
    """Where to go on; None when all queues have been looked at."""
    due: list[tuple[Entry, RetentionClass]] = field(default_factory=list)
    """Without their lines, in order."""
    held: Counter[RetentionClass] = field(default_factory=Counter)
    """Due, and kept by a legal hold."""
    referrals: int = 0
    """Referrals that are on hold, whatever of them is due."""
    flawed: int = 0
    """Due, and kept because they are not as they were sealed."""

    def counts(self) -> Counter[RetentionClass]:
        """Return how many are due, by class."""
        return Counter(of for _, of in self.due)


def _none(_: date) -> tuple[LegalHold, ...]:
    """Return no holds beside those of the configuration."""
    return ()


class ApplyRetention:
    """Looks for entries whose time is over, and erases them."""

    def __init__(
        self,
        archive: AuditArchive,
        terms: RetentionTerms,
        holds: Sequence[LegalHold],
        also: Callable[[date], Sequence[LegalHold]] = _none,
    ) -> None:
        """Take the record, how long it is kept, the holds of the configuration, and what finds those of a civil day."""
        self._archive = archive
        self._holds = tuple(holds)
        self._also = also
        self.terms = terms

    def require_clock(self, now: datetime) -> None:
        """Raise ``StateError`` unless the record bears out that it is *now*. Blocking."""
        if not clock_is_shown(self._archive.newest_until(now - CLOCK_RAN), now):
            raise StateError(
                "nothing is erased: no entry shows that the clock has run for a day", object="clock", state="NOT_SHOWN"
            )

    def look(self, start: Place | None, now: datetime) -> Stretch | None:
        """Return what is due in the next stretch from *start*, None for the first; None when there are no queues.

        Blocking.

        Raises:
            ValueError: *start* names no queue.
            StoreUnavailableError: A database failed.
        """
        writers = self._archive.writers()
        if not writers:
            return None
        at = start or Place(writers[0], 0)
        if at.writer not in writers:
            raise ValueError(f"there is no queue {at.writer!r}")
        before = midnight(add_months(civil_date(now), -self.terms.shortest) + MONTH_ENDS)
        found = self._archive.older(at.writer, at.number, before, STRETCH)
        also = tuple(self._also(civil_date(now)))
        stretch = Stretch(at, _following(at, found, writers), referrals=len({each.referral for each in also}))
        for entry in found:
            self._judge(entry, now, stretch, (*self._holds, *also))
        return stretch

    def erase(self, stretch: Stretch, now: datetime, run: Position) -> int:
        """Erase what is due in *stretch*; *run* is where its beginning is recorded. Return how many. Blocking.

        Raises:
            StoreUnavailableError: A database failed. What was erased before stays so; the rest is found again.
        """
        on, erased, group = civil_date(now), 0, []
        for entry, of in stretch.due:
            whole = self._archive.whole(entry)
            if whole.erased:
                continue
            group.append((whole, tombstone(of, on, run)))
            if whole.lines or len(group) == AT_ONCE:
                self._archive.erase(group)
                erased, group = erased + len(group), []
        self._archive.erase(group)
        return erased + len(group)

    def _judge(self, entry: Entry, now: datetime, stretch: Stretch, holds: Sequence[LegalHold]) -> None:
        body = _decoded(entry.body)
        if body is None:
            stretch.flawed += 1
            return
        of = class_of(body)
        if now < kept_until(entry.time, self.terms.months(of)):
            return
        whole = self._archive.whole(entry)
        lines = [_decoded(line.content) for line in whole.lines]
        if self._archive.flaw(whole) or None in lines:
            stretch.flawed += 1
        elif any(hold.keeps(body, [line for line in lines if line is not None]) for hold in holds):
            stretch.held[of] += 1
        else:
            stretch.due.append((entry, of))


def _following(at: Place, found: Sequence[Entry], writers: Sequence[str]) -> Place | None:
    if len(found) == STRETCH:
        return Place(at.writer, found[-1].number + 1)
    later = [writer for writer in writers if writer > at.writer]
    return Place(later[0], 0) if later else None


def _decoded(content: bytes) -> Mapping[str, Any] | None:
    """Return a body or line; None for what is not the record of a call."""
    try:
        value = json.loads(content)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None

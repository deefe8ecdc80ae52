"""The cases of one's own agency, with what weighs on whom by the events so far, and what is not acknowledged (A-123).

It looks at nobody anew: what weighs is what was told to the agency, and what it is, only the event tells.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats.civil import civil_date
from gateway.domain.case_events import WORKING_DAYS, standing_of

if TYPE_CHECKING:
    from formats.calendar import Deadline, WorkingCalendar
    from gateway.domain.case_events import CaseEvent
    from gateway.domain.cases import Case
    from gateway.services.ports.cases import CaseInHand, CaseLists, WantedCases
    from gateway.services.ports.register import Clock

MOST_WEIGHED: Final = 1_000
"""Parties of a page on which something weighs, each of them a line of the entry: with more the page ends earlier."""


@dataclass(frozen=True, slots=True)
class ListedCase:
    """One case, and how far its agency is with its events."""

    case: Case
    weighing: tuple[tuple[str, tuple[int, ...]], ...]
    """Each party on which something weighs, with the events that told of it; none of a closed case."""
    first: CaseEvent | None
    """Its oldest event; None where there is none."""
    last: CaseEvent | None
    """Its newest event; likewise."""
    unacknowledged: int
    due: Deadline | None
    """By when the oldest of those is to be acknowledged; None where there is none."""
    overdue: bool


@dataclass(frozen=True, slots=True)
class CasePage:
    """A page of cases; ``before`` is where the next one begins, 0 on the last."""

    listed: tuple[ListedCase, ...]
    before: int


class ListCases:
    """Reads pages of cases."""

    def __init__(self, lists: CaseLists, clock: Clock, calendar: WorkingCalendar, most: int = MOST_WEIGHED) -> None:
        """Take the cases, and how many parties on which something weighs a page may have before it ends."""
        self._lists = lists
        self._clock = clock
        self._calendar = calendar
        self._most = most

    async def __call__(self, wanted: WantedCases, size: int) -> CasePage:
        """Return one page of up to *size* cases, the one that was registered last first.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        found = await asyncio.to_thread(self._lists.page, wanted, size + 1)
        listed: list[ListedCase] = []
        weighed, last = 0, 0
        for each in found[:size]:
            one = self._listed(each)
            weighed += len(one.weighing)
            if listed and weighed > self._most:
                break
            listed.append(one)
            last = each.number
        return CasePage(tuple(listed), last if len(listed) < len(found) else 0)

    def _listed(self, found: CaseInHand) -> ListedCase:
        owed = [event for event in found.events if event.acknowledged_at is None]
        oldest = min((event.seen_at for event in owed), default=None)
        due = None if oldest is None else self._calendar.add_working_days(civil_date(oldest), WORKING_DAYS)
        overdue = due is not None and civil_date(self._clock.now()) > due.due
        first, last = (found.events[0], found.events[-1]) if found.events else (None, None)
        return ListedCase(found.case, _weighing(found), first, last, len(owed), due, overdue)


def _weighing(found: CaseInHand) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return on which of those who take part now something weighs; of whoever left nothing more is told."""
    if found.case.closing is not None:
        return ()
    parties: dict[str, list[int]] = {}
    for weighing, sequence in standing_of(found.events).items():
        if weighing.uscc in found.case.terms.codes:
            parties.setdefault(weighing.uscc, []).append(sequence)
    return tuple((uscc, tuple(sorted(sequences))) for uscc, sequences in sorted(parties.items()))

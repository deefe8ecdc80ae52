"""Events of cases as their agency reads and acknowledges them, and as HRSS sees which are not acknowledged (A-123).

What is an event is decided in ``gateway.domain.case_events``, and seen by ``follow_cases``.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.domain.case_events import WORKING_DAYS
from gateway.domain.errors import EnterpriseNotFoundError
from gateway.services.ports.facts import Submission

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from formats.calendar import Deadline, WorkingCalendar
    from gateway.domain.agencies import Agency
    from gateway.domain.case_events import CaseEvent
    from gateway.services.ports.case_events import CaseEventStore
    from gateway.services.ports.register import Clock


@dataclass(frozen=True, slots=True)
class OwedEvent:
    """An event that an agency has not acknowledged, by when it should have, and whether that day is over."""

    event: CaseEvent
    due: Deadline
    overdue: bool


class CaseEvents:
    """Reads events and takes acknowledgements."""

    def __init__(self, store: CaseEventStore, clock: Clock, writer: str, calendar: WorkingCalendar) -> None:
        self._store = store
        self._clock = clock
        self._writer = writer
        self._calendar = calendar

    async def after(self, agency: Agency, sequence: int, size: int) -> Sequence[CaseEvent]:
        """Return up to *size* events of the caller's own cases behind a sequence, in order.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        return await asyncio.to_thread(self._store.after, agency.agency_id, sequence, size)

    async def acknowledge(self, agency: Agency, request_id: str, digest: str, sequence: int) -> tuple[int, datetime]:
        """Store that the agency has an event; return the newest revision, and when it first had it.

        Raises:
            EnterpriseNotFoundError: The agency has no such event.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        now = self._clock.now()
        submission = Submission(request_id, 0, digest, "", agency.agency_id, self._writer, now, rows=())
        found = await asyncio.to_thread(self._store.acknowledge, submission, sequence)
        if found is None:
            raise EnterpriseNotFoundError("this agency has no such event", event=str(sequence))
        return found

    async def unacknowledged(self) -> list[OwedEvent]:
        """Return what no agency has acknowledged, the oldest first.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        today = civil_date(self._clock.now())
        events = await asyncio.to_thread(self._store.unacknowledged)
        dues = [self._calendar.add_working_days(civil_date(event.seen_at), WORKING_DAYS) for event in events]
        return [OwedEvent(event, due, today > due.due) for event, due in zip(events, dues, strict=True)]

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds an acknowledgement. Blocking."""
        self._store.mark_recorded(request_id, through, number)

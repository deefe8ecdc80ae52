"""How many events of cases no agency has acknowledged, for the operator: figures alone, and nothing of a case (A-123).

Which they are is told to HRSS by ``case_events`` and ``list_clocks``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.domain.case_clocks import overdue_before
from gateway.domain.errors import StoreUnavailableError
from gateway.domain.status import OwedEvents

if TYPE_CHECKING:
    from formats.calendar import WorkingCalendar
    from gateway.services.ports.case_events import CaseEventStore
    from gateway.services.ports.register import Clock


class CountOwedEvents:
    """Counts what is owed. Blocking: call it in a thread."""

    def __init__(self, store: CaseEventStore, clock: Clock, calendar: WorkingCalendar) -> None:
        self._store = store
        self._clock = clock
        self._calendar = calendar

    def __call__(self) -> OwedEvents:
        """Return the figures of all agencies together; ``fault`` says why they cannot be counted."""
        before = overdue_before(civil_date(self._clock.now()), self._calendar)
        try:
            count, oldest, overdue = self._store.count_unacknowledged(before)
        except StoreUnavailableError as error:
            return OwedEvents(fault=str(error))
        return OwedEvents(count, oldest, overdue)

"""The clocks of all that is under way, and how soon records arrived: for HRSS alone.

Everything is counted when it is asked for, by the calendar that this process has loaded. Nothing is stored.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from formats.civil import midnight
from gateway.domain.case_clocks import clock_of_event
from gateway.domain.clock_rules import AS_SHIPPED
from gateway.domain.errors import MalformedRequestError
from gateway.domain.meeting_clocks import clocks_of_meeting
from gateway.domain.record_clocks import clocks_of_record
from gateway.domain.running_clocks import chosen, clock_of_shown_repair, clock_of_withdrawal, clocks_of_listing
from gateway.domain.timeliness import timeliness

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from formats.calendar import WorkingCalendar
    from gateway.domain.agencies import Agency
    from gateway.domain.clock_rules import ClockParameters
    from gateway.domain.running_clocks import ClockFilter, Place, RunningClock
    from gateway.domain.timeliness import Timeliness
    from gateway.services.ports.docket import Docket

SPAN = timedelta(days=366)
"""Longest span of days that one report looks at."""
GRANT = "whole_record"
"""What these clocks and figures tell is every fact of every enterprise (R-02)."""


@dataclass(frozen=True, slots=True)
class ClockPage:
    """Some of the clocks that were asked for, in order of their ends."""

    clocks: tuple[RunningClock, ...]
    more: bool
    """Others come after the last."""
    revision: int


class ListClocks:
    """Counts clocks."""

    def __init__(self, docket: Docket, calendar: WorkingCalendar, parameters: ClockParameters = AS_SHIPPED) -> None:
        self._docket = docket
        self._parameters = parameters
        self.calendar = calendar

    @staticmethod
    def require(agency: Agency) -> None:
        """Refuse whoever is not told whole records.

        Raises:
            FieldNotInMandateError: The mandate does not cover them.
        """
        agency.require_field(GRANT, GRANT)

    async def __call__(
        self, wanted: ClockFilter, now: datetime, after: Place | None, size: int, also: Sequence[RunningClock] = ()
    ) -> ClockPage:
        """Return at most *size* clocks as they stand at *now*, those after the place *after*.

        *also* are those of referrals, of the cases in which the caller takes part (T-60): counted with the others.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        return await asyncio.to_thread(self._page, wanted, now, after, size, also)

    def _page(
        self, wanted: ClockFilter, now: datetime, after: Place | None, size: int, also: Sequence[RunningClock] = ()
    ) -> ClockPage:
        held = self._docket.proceedings()
        found = [*also]
        found += [clock_of_withdrawal(each, now, self.calendar, self._parameters) for each in held.withdrawals]
        found += [clock_of_shown_repair(each, now, self.calendar, self._parameters) for each in held.shown]
        for listing in held.listings:
            found.extend(clocks_of_listing(listing, now, self.calendar, self._parameters))
        withdrawn = {each.withdrawal.target_id: each.withdrawal.decided_on for each in held.withdrawals}
        for recorded in held.facts:
            found.extend(clocks_of_record(recorded, withdrawn, now, self.calendar, self._parameters))
        for meeting in held.meetings:
            found.extend(clocks_of_meeting(meeting, now, self.calendar, self._parameters))
        found += [clock_of_event(each, now, self.calendar, self._parameters) for each in held.owed_events]
        left = [clock for clock in chosen(found, wanted) if after is None or clock.place > after]
        return ClockPage(tuple(left[:size]), len(left) > size, held.revision)

    async def report(self, first: date, last: date) -> tuple[Timeliness, ...]:
        """Return how soon the records had come that were committed on the civil days from *first* to *last*.

        Raises:
            MalformedRequestError: The span is empty or too long.
            StoreUnavailableError: The store could not be read.
        """
        if not timedelta(0) <= last - first <= SPAN:
            raise MalformedRequestError("last_day", f"must lie 0 to {SPAN.days} days after first_day")
        since, until = midnight(first), midnight(last + timedelta(days=1))
        return await asyncio.to_thread(
            lambda: timeliness(self._docket.arrivals(since, until), self.calendar, self._parameters)
        )

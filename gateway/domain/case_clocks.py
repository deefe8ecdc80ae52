"""By when an agency acknowledges an event of one of its cases: one working day after it was seen (A-123).

A rule of the gateway and no clock of a statute, so that no list of clocks has it; it is counted, coloured and shown as
those are. Of what is acknowledged no clock is kept.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from formats.civil import civil_date, midnight
from gateway.domain.case_events import WORKING_DAYS
from gateway.domain.clock_rules import AS_SHIPPED, ClockRule, Holder, StartEvent, Unit
from gateway.domain.clocks import colour, due
from gateway.domain.policy import LocalizedText
from gateway.domain.running_clocks import RunningClock

if TYPE_CHECKING:
    from datetime import date, datetime

    from formats.calendar import WorkingCalendar
    from gateway.domain.case_events import CaseEvent
    from gateway.domain.clock_rules import ClockParameters

EVENT_CLOCK: Final = "A-123/acknowledge"
_RULE: Final = ClockRule(
    EVENT_CLOCK,
    StartEvent.CASE_EVENT_SEEN,
    WORKING_DAYS,
    Unit.WORKING_DAYS,
    Holder.DECIDING_AGENCY,
    LocalizedText("签收在办项目的事件", "Acknowledge an event of a case in hand"),
    "A-123",
)
_DAY: Final = timedelta(days=1)


def clock_of_event(
    event: CaseEvent, now: datetime, calendar: WorkingCalendar, parameters: ClockParameters = AS_SHIPPED
) -> RunningClock:
    """Return the clock of an event, as it stands at *now*; its object is the event, by case and sequence."""
    start = civil_date(event.seen_at)
    deadline = due(_RULE, start, calendar, parameters)
    return RunningClock(
        deadline=deadline,
        start=start,
        object_id=f"{event.key.case_id}/{event.sequence}",
        uscc=event.weighing.uscc,
        authority="",
        done_at=event.acknowledged_at,
        colour=colour(deadline, now, event.acknowledged_at),
        agency=event.key.agency,
    )


def overdue_before(today: date, calendar: WorkingCalendar) -> datetime:
    """Return the instant, UTC, before which an event was seen if its day for acknowledging is over *today* (UTC+8)."""
    last = today - _DAY
    while calendar.add_working_days(last, WORKING_DAYS).due >= today:
        last -= _DAY
    return midnight(last + _DAY)

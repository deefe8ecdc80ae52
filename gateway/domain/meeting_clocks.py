"""By when a member agency must have done its step: a day that the minutes name, or working days from their delivery.

No statute gives these lengths, so that no list of clocks has them; they are counted, coloured and shown as those are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from formats.civil import midnight
from gateway.domain.clock_rules import AS_SHIPPED, ClockRule, Holder, StartEvent, Unit
from gateway.domain.clocks import Colour, colour, due, due_by
from gateway.domain.meetings import MeetingStepState
from gateway.domain.policy import LocalizedText
from gateway.domain.running_clocks import RunningClock

if TYPE_CHECKING:
    from datetime import datetime

    from formats.calendar import WorkingCalendar
    from gateway.domain.clock_rules import ClockParameters
    from gateway.domain.clocks import Deadline
    from gateway.domain.meetings import AssignedStep, Meeting, Minutes

STEP_CLOCK: Final = "meeting/step"
_TITLE: Final = LocalizedText("办结联席会议议定事项", "Do what a joint meeting assigned")


def step_clock(
    meeting: Meeting,
    step: AssignedStep,
    now: datetime,
    calendar: WorkingCalendar,
    parameters: ClockParameters = AS_SHIPPED,
) -> RunningClock:
    """Return the clock of one of the meeting's steps, as it stands at *now*.

    Raises:
        ValueError: The meeting has no minutes, and so no steps.
    """
    if meeting.minutes is None:
        raise ValueError(f"meeting {meeting.meeting_id} has no minutes")
    report = meeting.report_on(step.step_id)
    deadline = _deadline(meeting.minutes, step, calendar, parameters)
    done_at = midnight(report.done_on) if report is not None else None
    enterprises = next((each.enterprises for each in meeting.agenda.items if each.item_id == step.item_id), ())
    return RunningClock(
        deadline=deadline,
        start=meeting.minutes.delivered_on,
        object_id=f"{meeting.meeting_id}/{step.step_id}",
        uscc=enterprises[0] if len(enterprises) == 1 else "",
        authority=meeting.agenda.convened_by,
        done_at=done_at,
        colour=colour(deadline, now, done_at),
        agency=step.agency,
    )


def clocks_of_meeting(
    meeting: Meeting, now: datetime, calendar: WorkingCalendar, parameters: ClockParameters = AS_SHIPPED
) -> tuple[RunningClock, ...]:
    """Return the clocks of all its steps; none before there are minutes."""
    return tuple(step_clock(meeting, step, now, calendar, parameters) for step in meeting.steps)


def state_of(clock: RunningClock) -> MeetingStepState:
    """Return how the step of a clock stands."""
    if clock.colour in {Colour.DONE_IN_TIME, Colour.DONE_LATE}:
        return MeetingStepState.DONE
    return MeetingStepState.OVERDUE if clock.colour is Colour.RED else MeetingStepState.OPEN


def _deadline(minutes: Minutes, step: AssignedStep, calendar: WorkingCalendar, parameters: ClockParameters) -> Deadline:
    rule = ClockRule(
        STEP_CLOCK,
        StartEvent.MINUTES_DELIVERED,
        step.working_days or 1,
        Unit.WORKING_DAYS,
        Holder.MEMBER_AGENCY,
        _TITLE,
        minutes.document_number,
    )
    if step.due_on is not None:
        return due_by(rule, minutes.delivered_on, step.due_on, calendar, parameters)
    return due(rule, minutes.delivered_on, calendar, parameters)

"""Joint meetings onto the wire: what has been found to be for the caller, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import enterprise_file_pb2
from jointsanctions.v1 import meeting_pb2 as pb

from gateway.domain.meeting_clocks import state_of
from gateway.domain.meetings import version_of
from gateway.rpc.answers import instant_pb, wire
from gateway.rpc.clock_answers import clock_pb

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gateway.domain.meetings import AgendaItem, AssignedStep, Meeting, MeetingAct, Minutes, StepReport
    from gateway.domain.running_clocks import RunningClock

    Stepped = tuple[AssignedStep, RunningClock]


def meeting_pb(meeting: Meeting, clocks: Iterable[Stepped]) -> pb.Meeting:
    """Return a meeting with its steps as they stand."""
    agenda = meeting.agenda
    return pb.Meeting(
        meeting_id=meeting.meeting_id,
        agenda=pb.MeetingAgenda(
            number=agenda.number,
            held_on=agenda.held_on.isoformat(),
            convened_by=agenda.convened_by,
            members=agenda.members,
            items=[_item(item) for item in agenda.items],
        ),
        minutes=_minutes(meeting.minutes) if meeting.minutes is not None else None,
        standings=[standing_pb(meeting, step, clock) for step, clock in clocks],
    )


def standing_pb(meeting: Meeting, step: AssignedStep, clock: RunningClock) -> pb.StepStanding:
    """Return how a step stands."""
    report = meeting.report_on(step.step_id)
    return pb.StepStanding(
        step_id=step.step_id,
        state=wire(state_of(clock)),
        clock=clock_pb(clock),
        report=_report(report) if report is not None else None,
    )


def own_step_pb(meeting: Meeting, step: AssignedStep, clock: RunningClock) -> pb.OwnStep:
    """Return a step with the meeting from which it comes."""
    return pb.OwnStep(
        meeting_id=meeting.meeting_id,
        meeting_number=meeting.agenda.number,
        minutes_number=meeting.minutes.document_number if meeting.minutes is not None else "",
        step=_step(step),
        standing=standing_pb(meeting, step, clock),
    )


def file_meeting_pb(meeting: Meeting) -> enterprise_file_pb2.FileMeeting:
    """Return a meeting as an enterprise's file names it."""
    agenda = meeting.agenda
    return enterprise_file_pb2.FileMeeting(
        meeting_id=meeting.meeting_id, number=agenda.number, held_on=agenda.held_on.isoformat()
    )


def versions_pb(acts: Sequence[MeetingAct]) -> list[pb.MeetingVersion]:
    """Return every version in order."""
    return [
        pb.MeetingVersion(
            kind=act.kind.value,
            step_id=act.step_id,
            version=version_of(acts[: place + 1], act.kind, act.step_id),
            recorded_at=instant_pb(act.recorded_at),
            agency=act.agency,
        )
        for place, act in enumerate(acts)
    ]


def _item(item: AgendaItem) -> pb.AgendaItem:
    return pb.AgendaItem(
        item_id=item.item_id,
        text=item.text,
        proposed_by=item.proposed_by,
        shown_to=item.shown_to,
        enterprises=item.enterprises,
        cases=[pb.MeetingCase(kind=wire(case.kind), reference=case.reference) for case in item.cases],
    )


def _minutes(minutes: Minutes) -> pb.MeetingMinutes:
    return pb.MeetingMinutes(
        document_number=minutes.document_number,
        delivered_on=minutes.delivered_on.isoformat(),
        attended=minutes.attended,
        resolutions=[pb.Resolution(item_id=each.item_id, text=each.text) for each in minutes.resolutions],
        steps=[_step(step) for step in minutes.steps],
    )


def _step(step: AssignedStep) -> pb.AssignedStep:
    sent = pb.AssignedStep(step_id=step.step_id, item_id=step.item_id, agency=step.agency, text=step.text)
    if step.due_on is not None:
        sent.due_on = step.due_on.isoformat()
    else:
        sent.working_days = step.working_days or 0
    return sent


def _report(report: StepReport) -> pb.StepReport:
    return pb.StepReport(
        step_id=report.step_id,
        document_number=report.document_number,
        done_on=report.done_on.isoformat(),
        text=report.text,
    )

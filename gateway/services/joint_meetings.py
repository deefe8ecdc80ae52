"""Joint meetings: convened and minuted by HRSS, seen by their members as far as it concerns them, reported on by these.

Each act is judged and stored in one transaction and never changed: a correction is a further act that says which
version it replaces, so that of two officers who correct at once one is refused. Who sees what is decided in
``gateway.domain.meeting_disclosure``.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.domain.errors import EnterpriseNotFoundError, FieldNotInMandateError, MalformedRequestError, StateError
from gateway.domain.meeting_clocks import step_clock
from gateway.domain.meeting_disclosure import GRANT, convenes, members_among, seen_by, told_of_referrals
from gateway.domain.meetings import (
    Agenda,
    MeetingActKind,
    Minutes,
    StepReport,
    agenda_faults,
    correction_faults,
    meeting_of,
    minutes_faults,
    version_of,
)
from gateway.services.ports.facts import Submission

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from formats.calendar import WorkingCalendar
    from gateway.domain.agencies import Agency
    from gateway.domain.meetings import AssignedStep, Meeting, MeetingAct, MeetingFault
    from gateway.domain.running_clocks import RunningClock
    from gateway.services.ports.mandates import Callers
    from gateway.services.ports.meetings import MeetingStore
    from gateway.services.ports.register import Clock


@dataclass(frozen=True, slots=True)
class MeetingRequest:
    """An act as read from the wire."""

    request_id: str
    digest: str
    """SHA-256 of the request, hexadecimal."""
    meeting_id: str
    content: Agenda | Minutes | StepReport
    replaces_version: int
    """Version that it takes the place of; 0 for the first."""
    nonconforming: tuple[str, ...] = ()
    """Codes of an agenda that fail their standard: the master feed must know them."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was stored: the newest data revision then, the act's version, and the meeting with it."""

    revision: int
    version: int
    meeting: Meeting


class JointMeetings:
    """Writes and reads joint meetings."""

    def __init__(
        self,
        store: MeetingStore,
        callers: Callers,
        clock: Clock,
        writer: str,
        calendar: WorkingCalendar,
    ) -> None:
        self._store = store
        self._clock = clock
        self._writer = writer
        self._callers = callers
        self.calendar = calendar

    @staticmethod
    def require(agency: Agency) -> None:
        """Refuse whoever does not convene meetings.

        Raises:
            FieldNotInMandateError: The mandate does not cover it.
        """
        agency.require_field(GRANT, GRANT)

    async def write(self, agency: Agency, request: MeetingRequest) -> Written:
        """Store an agenda, minutes or a report. That the caller convenes, where it must, has been checked.

        Raises:
            MalformedRequestError: Something in it does not fit, names nobody who can be meant, or lies ahead.
            EnterpriseNotFoundError: There is no such meeting or step, or none that the caller may see.
            FieldNotInMandateError: The step is another agency's to report.
            StateError: The version that it replaces is not the newest.
            RequestIdReusedError: The request id was used for other content.
            StoreUnavailableError: Nothing was stored.
        """
        return await asyncio.to_thread(self._write, agency, request)

    async def read(
        self, agency: Agency, meeting_id: str, known_at: datetime | None
    ) -> tuple[Meeting, list[MeetingAct]]:
        """Return what the caller may see of a meeting, and all its acts where it convenes meetings.

        Raises:
            EnterpriseNotFoundError: There is no such meeting, or none that the caller may see.
            StoreUnavailableError: The store could not be read.
        """
        acts = await asyncio.to_thread(self._store.acts, meeting_id, known_at)
        seen = _seen(acts, agency)
        if seen is None:
            raise _unknown(meeting_id)
        return seen, acts if convenes(agency) else []

    async def listed(self, agency: Agency, uscc: str, known_at: datetime | None = None) -> list[Meeting]:
        """Return what the caller may see of each meeting, in order of ids; with *uscc* those that deal with it.

        With *known_at* as it was on record then; that the caller may ask so has been checked.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        every = await asyncio.to_thread(self._store.all_acts)
        known = ([act for act in acts if known_at is None or act.recorded_at <= known_at] for acts in every)
        seen = (_seen(acts, agency) for acts in known)
        return [meeting for meeting in seen if meeting is not None and (not uscc or meeting.deals_with(uscc))]

    async def own_steps(self, agency: Agency, now: datetime) -> list[tuple[Meeting, AssignedStep, RunningClock]]:
        """Return the steps of the caller's agency that it may see, those that end first ahead.

        Raises:
            StoreUnavailableError: The store could not be read.
        """
        found = [
            (meeting, step, self.clock(meeting, step, now))
            for meeting in await self.listed(agency, "")
            for step in meeting.steps
            if step.agency == agency.agency_id
        ]
        return sorted(found, key=lambda each: each[2].place)

    def clock(self, meeting: Meeting, step: AssignedStep, now: datetime) -> RunningClock:
        """Return the clock of a step as it stands at *now*."""
        return step_clock(meeting, step, now, self.calendar)

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds an act. Blocking."""
        self._store.mark_recorded(request_id, through, number)

    def _write(self, agency: Agency, request: MeetingRequest) -> Written:
        now = self._clock.now()
        unknown = set(request.nonconforming) - self._store.nonconforming_known(request.nonconforming)
        if unknown:
            raise MalformedRequestError("agenda.items", f"{min(unknown)} fails its check and no register knows it")
        submission = Submission(request.request_id, 0, request.digest, "", agency.agency_id, self._writer, now, rows=())

        def decide(acts: Sequence[MeetingAct]) -> Agenda | Minutes | StepReport:
            self._judge(agency, request, acts, now)
            return request.content

        revision, acts = self._store.record(submission, request.meeting_id, decide)
        meeting = meeting_of(acts)
        assert meeting is not None  # noqa: S101 - an act of it has been stored, and the first is an agenda
        return Written(revision, version_of(acts, acts[-1].kind, acts[-1].step_id), meeting)

    def _judge(self, agency: Agency, request: MeetingRequest, acts: Sequence[MeetingAct], now: datetime) -> None:
        content, before = request.content, meeting_of(acts)
        if before is None and not isinstance(content, Agenda):
            raise _unknown(request.meeting_id)
        if isinstance(content, StepReport):
            _judge_report(agency, before, content, now)
        _require_version(request, acts)
        if isinstance(content, StepReport):
            return
        if isinstance(content, Agenda):
            present = [each for each in self._callers if each.in_force(now)]
            _refuse("agenda", agenda_faults(content, members_among(present), told_of_referrals(present)))
        elif content.delivered_on > civil_date(now):
            raise MalformedRequestError("minutes.delivered_on", "lies ahead")
        self._judge_whole(request, acts, before)

    @staticmethod
    def _judge_whole(request: MeetingRequest, acts: Sequence[MeetingAct], before: Meeting | None) -> None:
        """Refuse what does not fit together once *request* has its place."""
        agenda = request.content if isinstance(request.content, Agenda) else before.agenda if before else None
        minutes = request.content if isinstance(request.content, Minutes) else before.minutes if before else None
        if agenda is None or minutes is None:
            return
        _refuse("minutes", minutes_faults(agenda, minutes))
        _refuse("minutes", correction_faults(minutes, acts))


def _seen(acts: Sequence[MeetingAct], agency: Agency) -> Meeting | None:
    meeting = meeting_of(acts)
    return seen_by(meeting, agency) if meeting is not None else None


def _judge_report(agency: Agency, meeting: Meeting | None, report: StepReport, now: datetime) -> None:
    """Refuse a report on a step that is not the caller's, before anything else is said of it."""
    seen = seen_by(meeting, agency) if meeting is not None else None
    step = next((each for each in seen.steps if each.step_id == report.step_id), None) if seen else None
    if step is None or seen is None:
        raise EnterpriseNotFoundError("no such step is assigned to this agency", step=report.step_id)
    if step.agency != agency.agency_id:
        raise FieldNotInMandateError("step_id", "only the agency to which a step is assigned reports it")
    if report.done_on > civil_date(now):
        raise MalformedRequestError("done_on", "lies ahead")
    if report.done_on < seen.agenda.held_on:
        raise MalformedRequestError("done_on", "lies before the meeting")


def _require_version(request: MeetingRequest, acts: Sequence[MeetingAct]) -> None:
    kind, step_id = _kind(request.content)
    newest = version_of(acts, kind, step_id)
    if request.replaces_version != newest:
        raise StateError(
            f"{kind.value} of {request.meeting_id} is at version {newest}",
            object=request.meeting_id,
            state=f"{kind.value}+VERSION_{newest}",
            wanted=f"{kind.value}+VERSION_{request.replaces_version + 1}",
            allowed=f"{kind.value}+VERSION_{newest + 1}",
            why="NOT_THE_NEWEST_VERSION",
        )


def _kind(content: Agenda | Minutes | StepReport) -> tuple[MeetingActKind, str]:
    if isinstance(content, Agenda):
        return MeetingActKind.AGENDA, ""
    return (
        (MeetingActKind.MINUTES, "") if isinstance(content, Minutes) else (MeetingActKind.STEP_REPORT, content.step_id)
    )


def _refuse(base: str, faults: Iterable[MeetingFault]) -> None:
    for fault in faults:
        raise MalformedRequestError(f"{base}.{fault.field}", fault.why)


def _unknown(meeting_id: str) -> EnterpriseNotFoundError:
    return EnterpriseNotFoundError("no such meeting is on record for this agency", meeting=meeting_id)

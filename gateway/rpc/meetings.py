"""``RegistryService``'s joint meetings on the wire. It translates; who sees what and what fits is decided elsewhere."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, cast

from jointsanctions.v1 import meeting_pb2 as pb

from formats.civil import format_instant
from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError
from gateway.domain.meeting_disclosure import MEMBER_ROLES, seen_by
from gateway.rpc import fields, meeting_requests, moments
from gateway.rpc.meeting_answers import meeting_pb, own_step_pb, standing_pb, versions_pb
from gateway.rpc.method import Method, Reply
from gateway.rpc.page_token import read_token, write_token
from gateway.rpc.questions import read_code

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gateway.domain.meetings import AssignedStep, Meeting
    from gateway.domain.running_clocks import RunningClock
    from gateway.rpc.method import Call
    from gateway.services.joint_meetings import JointMeetings, MeetingRequest, Written

PAGE: Final = 20
PAGE_LIMIT: Final = 50
"""Meetings or steps a page at most, so that the ids of a page fit into its entry."""


class MeetingsServicer:
    """Hands each call to the use case, and back what that returns."""

    def __init__(self, meetings: JointMeetings) -> None:
        self._meetings = meetings

    def methods(self) -> list[Method]:
        """Return the methods, each with the roles that it is for."""
        hrss = frozenset({Role.PRODUCER})
        return [
            Method(
                "RegistryService/ConveneMeeting",
                pb.ConveneMeetingRequest,
                hrss,
                run=self.convene,
                recorded=self._recorded,
            ),
            Method(
                "RegistryService/RecordMinutes",
                pb.RecordMinutesRequest,
                hrss,
                run=self.minutes,
                recorded=self._recorded,
            ),
            Method(
                "RegistryService/ReportStep",
                pb.ReportStepRequest,
                MEMBER_ROLES,
                run=self.report,
                recorded=self._recorded,
            ),
            Method("RegistryService/GetMeeting", pb.GetMeetingRequest, MEMBER_ROLES, run=self.get_meeting),
            Method("RegistryService/ListMeetings", pb.ListMeetingsRequest, MEMBER_ROLES, run=self.list_meetings),
            Method("RegistryService/ListOwnSteps", pb.ListOwnStepsRequest, MEMBER_ROLES, run=self.list_own_steps),
        ]

    async def convene(self, request: pb.ConveneMeetingRequest, call: Call) -> Reply:
        """See registry.proto."""
        self._meetings.require(call.agency)
        _note(request, call)
        written = await self._write(meeting_requests.convene(request), call)
        return Reply(pb.ConveneMeetingResponse(version=written.version))

    async def minutes(self, request: pb.RecordMinutesRequest, call: Call) -> Reply:
        """See registry.proto."""
        self._meetings.require(call.agency)
        _note(request, call)
        written = await self._write(meeting_requests.record_minutes(request), call)
        meeting = written.meeting
        standings = [standing_pb(meeting, step, clock) for step, clock in self._stepped(meeting, call.now)]
        return Reply(pb.RecordMinutesResponse(version=written.version, standings=standings))

    async def report(self, request: pb.ReportStepRequest, call: Call) -> Reply:
        """See registry.proto."""
        _note(request, call)
        call.told["step"] = fields.required(request.step_id, "step_id", meeting_requests.ID)
        written = await self._write(meeting_requests.report_step(request), call)
        meeting = seen_by(written.meeting, call.agency) or written.meeting
        standing = next(
            standing_pb(meeting, step, clock)
            for step, clock in self._stepped(meeting, call.now)
            if step.step_id == request.step_id
        )
        return Reply(pb.ReportStepResponse(version=written.version, standing=standing))

    async def get_meeting(self, request: pb.GetMeetingRequest, call: Call) -> Reply:
        """See registry.proto. The moment of knowledge needs both grants: an earlier version may have shown more."""
        if request.HasField("known_at"):
            call.agency.require_field("known_at", "known_at")
            self._meetings.require(call.agency)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        call.told["meeting"] = fields.required(request.meeting_id, "meeting_id", meeting_requests.ID)
        known_at = moments.known_at(request, call.now, "")
        meeting, acts = await self._meetings.read(call.agency, request.meeting_id, known_at)
        shown = meeting_pb(meeting, self._stepped(meeting, call.now))
        return Reply(pb.GetMeetingResponse(meeting=shown, versions=versions_pb(acts)))

    async def list_meetings(self, request: pb.ListMeetingsRequest, call: Call) -> Reply:
        """See registry.proto. The entry names every meeting that is told."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        uscc = read_code(request.uscc, "uscc")[0] if request.uscc else ""
        if uscc:
            call.told["search"] = {"uscc": uscc}
        size = _size(request.page_size, PAGE)
        after = read_token(request, 1)
        left = [m for m in await self._meetings.listed(call.agency, uscc) if after is None or m.meeting_id > after[0]]
        page = left[:size]
        call.told["meetings"] = [meeting.meeting_id for meeting in page]
        shown = [meeting_pb(meeting, self._stepped(meeting, call.now)) for meeting in page]
        token = write_token(request, (page[-1].meeting_id,)) if len(left) > size else ""
        return Reply(pb.ListMeetingsResponse(meetings=shown, next_page_token=token))

    async def list_own_steps(self, request: pb.ListOwnStepsRequest, call: Call) -> Reply:
        """See registry.proto."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        size = _size(request.page_size, PAGE_LIMIT)
        after = read_token(request, 2)
        found = [
            each
            for each in await self._meetings.own_steps(call.agency, call.now)
            if not (request.open_only and each[0].report_on(each[1].step_id))
        ]
        left = [each for each in found if after is None or _place(each[2]) > after]
        page = left[:size]
        call.told["meetings"] = sorted({meeting.meeting_id for meeting, _, _ in page})
        return Reply(
            pb.ListOwnStepsResponse(
                steps=[own_step_pb(*each) for each in page],
                next_page_token=write_token(request, _place(page[-1][2])) if len(left) > size else "",
                calendar_version=self._meetings.calendar.version,
            )
        )

    async def _write(self, wanted: MeetingRequest, call: Call) -> Written:
        written = await self._meetings.write(call.agency, wanted)
        call.told["revisions"] = [written.revision, written.revision]
        return written

    def _stepped(self, meeting: Meeting, now: datetime) -> list[tuple[AssignedStep, RunningClock]]:
        return [(step, self._meetings.clock(meeting, step, now)) for step in meeting.steps]

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds the act, so that a restart need not write one for it."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._meetings.mark_recorded, str(told["request_id"]), through, number)


def _note(request: Any, call: Call) -> None:  # noqa: ANN401 - one of three, which share these fields
    """Note what is to be recorded of a call that writes."""
    call.told.update(
        request_id=fields.required(request.request_id, "request_id", 64),
        officer=fields.required(request.officer, "officer", 64),
        meeting=fields.required(request.meeting_id, "meeting_id", meeting_requests.ID),
    )


def _size(sent: int, usual: int) -> int:
    if sent > PAGE_LIMIT:
        raise MalformedRequestError("page_size", f"must be 1 to {PAGE_LIMIT}")
    return sent or usual


def _place(clock: RunningClock) -> tuple[str, ...]:
    """Return the place of a step in the order of all, as texts in that order."""
    return format_instant(clock.deadline.ends_at), clock.object_id

"""Agendas, minutes and reports of joint meetings from the wire: what each must say, in its form.

Whether it fits together is decided in ``gateway.domain.meetings``.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from gateway.domain.agency_forms import AGENCY_ID
from gateway.domain.errors import MalformedRequestError
from gateway.domain.meetings import (
    Agenda,
    AgendaItem,
    AssignedStep,
    MeetingCase,
    MeetingCaseKind,
    Minutes,
    Resolution,
    StepReport,
)
from gateway.rpc import fields
from gateway.rpc.questions import read_code
from gateway.services.joint_meetings import MeetingRequest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from jointsanctions.v1 import meeting_pb2 as pb

ID, AGENCY, NUMBER, NAME, TEXT = 64, 64, 128, 200, 2_000
"""Bytes of an id, of an agency's id, of a number, of a name, and of what a document says."""
MEMBERS, ITEMS, ENTERPRISES, CASES, STEPS = 50, 50, 200, 50, 200
LONGEST: Final = 250
"""Working days of a step: a year."""


def convene(request: pb.ConveneMeetingRequest) -> MeetingRequest:
    """An agenda."""
    if not request.HasField("agenda"):
        raise MalformedRequestError("agenda", "is required")
    agenda = request.agenda
    _counted(agenda.members, "agenda.members", MEMBERS, least=1)
    _counted(agenda.items, "agenda.items", ITEMS, least=1)
    nonconforming: list[str] = []
    read = Agenda(
        number=fields.required(agenda.number, "agenda.number", NUMBER),
        held_on=fields.civil_day(agenda.held_on, "agenda.held_on"),
        convened_by=fields.required(agenda.convened_by, "agenda.convened_by", NAME),
        members=_agencies(agenda.members, "agenda.members"),
        items=tuple(_item(item, f"agenda.items[{n}]", nonconforming) for n, item in enumerate(agenda.items)),
    )
    return _request(request, read, nonconforming)


def record_minutes(request: pb.RecordMinutesRequest) -> MeetingRequest:
    """Minutes."""
    if not request.HasField("minutes"):
        raise MalformedRequestError("minutes", "is required")
    minutes = request.minutes
    _counted(minutes.attended, "minutes.attended", MEMBERS)
    _counted(minutes.resolutions, "minutes.resolutions", ITEMS)
    _counted(minutes.steps, "minutes.steps", STEPS)
    read = Minutes(
        document_number=fields.required(minutes.document_number, "minutes.document_number", NUMBER),
        delivered_on=fields.civil_day(minutes.delivered_on, "minutes.delivered_on"),
        attended=_agencies(minutes.attended, "minutes.attended"),
        resolutions=tuple(_resolution(each, f"minutes.resolutions[{n}]") for n, each in enumerate(minutes.resolutions)),
        steps=tuple(_step(each, f"minutes.steps[{n}]") for n, each in enumerate(minutes.steps)),
    )
    return _request(request, read)


def report_step(request: pb.ReportStepRequest) -> MeetingRequest:
    """A report."""
    read = StepReport(
        step_id=fields.required(request.step_id, "step_id", ID),
        document_number=fields.required(request.document_number, "document_number", NUMBER),
        done_on=fields.civil_day(request.done_on, "done_on"),
        text=fields.required(request.text, "text", TEXT),
    )
    return _request(request, read)


def _request(
    request: Any,  # noqa: ANN401 - one of three, which share these fields
    content: Agenda | Minutes | StepReport,
    nonconforming: Iterable[str] = (),
) -> MeetingRequest:
    return MeetingRequest(
        request_id=fields.required(request.request_id, "request_id", 64),
        digest=hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest(),
        meeting_id=fields.required(request.meeting_id, "meeting_id", ID),
        content=content,
        replaces_version=request.replaces_version,
        nonconforming=tuple(nonconforming),
    )


def _item(item: pb.AgendaItem, path: str, nonconforming: list[str]) -> AgendaItem:
    _counted(item.shown_to, f"{path}.shown_to", MEMBERS)
    _counted(item.enterprises, f"{path}.enterprises", ENTERPRISES)
    _counted(item.cases, f"{path}.cases", CASES)
    codes = []
    for place, sent in enumerate(item.enterprises):
        code, conforming = read_code(sent, f"{path}.enterprises[{place}]")
        codes.append(code)
        if not conforming:
            nonconforming.append(code)
    return AgendaItem(
        item_id=fields.required(item.item_id, f"{path}.item_id", ID),
        text=fields.required(item.text, f"{path}.text", TEXT),
        proposed_by=_agency(item.proposed_by, f"{path}.proposed_by"),
        shown_to=_agencies(item.shown_to, f"{path}.shown_to"),
        enterprises=tuple(codes),
        cases=tuple(
            MeetingCase(
                fields.word(MeetingCaseKind, case.kind, f"{path}.cases[{place}].kind"),
                fields.required(case.reference, f"{path}.cases[{place}].reference", NUMBER),
            )
            for place, case in enumerate(item.cases)
        ),
    )


def _resolution(each: pb.Resolution, path: str) -> Resolution:
    return Resolution(
        fields.required(each.item_id, f"{path}.item_id", ID), fields.required(each.text, f"{path}.text", TEXT)
    )


def _step(step: pb.AssignedStep, path: str) -> AssignedStep:
    by = step.WhichOneof("by")
    if by is None:
        raise MalformedRequestError(f"{path}.by", "is required: due_on or working_days")
    days = step.working_days if by == "working_days" else None
    if days is not None and not 1 <= days <= LONGEST:
        raise MalformedRequestError(f"{path}.working_days", f"must be 1 to {LONGEST}")
    return AssignedStep(
        step_id=fields.required(step.step_id, f"{path}.step_id", ID),
        item_id=fields.required(step.item_id, f"{path}.item_id", ID),
        agency=_agency(step.agency, f"{path}.agency"),
        text=fields.required(step.text, f"{path}.text", TEXT),
        due_on=fields.civil_day(step.due_on, f"{path}.due_on") if days is None else None,
        working_days=days,
    )


def _agency(sent: str, path: str) -> str:
    agency = fields.required(sent, path, AGENCY)
    if not AGENCY_ID.fullmatch(agency):
        raise MalformedRequestError(path, "is not an agency's id")
    return agency


def _agencies(sent: Iterable[str], path: str) -> tuple[str, ...]:
    return tuple(_agency(each, f"{path}[{place}]") for place, each in enumerate(sent))


def _counted(values: Collection[object], path: str, most: int, least: int = 0) -> None:
    if not least <= len(values) <= most:
        raise MalformedRequestError(path, f"takes {least} to {most}")

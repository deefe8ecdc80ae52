"""``RegistryService.GetEnterpriseFile`` on the wire: mandate, question, and pages that fit into a message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import enterprise_file_pb2 as pb

from formats.civil import format_instant
from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError
from gateway.domain.meeting_disclosure import convenes
from gateway.domain.objections import Objection
from gateway.domain.withdrawals import ShownRepair, Withdrawal
from gateway.rpc import fields, moments
from gateway.rpc.file_answers import page_pb
from gateway.rpc.meeting_answers import file_meeting_pb
from gateway.rpc.method import Method, Reply
from gateway.rpc.points import tell_who_asks
from gateway.rpc.questions import read_code
from gateway.rpc.records import KINDS
from gateway.services.get_enterprise_file import FileQuestion

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.rpc.method import Call
    from gateway.services.get_enterprise_file import GetEnterpriseFile
    from gateway.services.joint_meetings import JointMeetings

PAGE: Final = 200
PAGE_LIMIT: Final = 1_000
SHOWN: Final = KINDS | {Withdrawal.wire_name, ShownRepair.wire_name, Objection.wire_name}
"""Every kind of record that a file may have."""


class EnterpriseFileServicer:
    """Hands the reading to its use case."""

    def __init__(self, read: GetEnterpriseFile, meetings: JointMeetings) -> None:
        self._read = read
        self._meetings = meetings

    def methods(self) -> list[Method]:
        """Return the method, with the roles that it is for."""
        name, producers = "RegistryService/GetEnterpriseFile", frozenset({Role.PRODUCER})
        return [Method(name, pb.GetEnterpriseFileRequest, producers, run=self.get_enterprise_file)]

    async def get_enterprise_file(self, request: pb.GetEnterpriseFileRequest, call: Call) -> Reply:
        """See enterprise_file.proto."""
        tell_who_asks(request, call)
        call.agency.require_field("whole_record", "uscc")
        moments.require_mandate(request, call.agency, call.now, "")
        call.agency.require_purpose(request.purpose, "purpose")
        question = _question(request, call)
        page = await self._read(call.agency, question)
        shown, last = page_pb(page, call.now)
        if page.first and convenes(call.agency):
            held = await self._meetings.listed(call.agency, question.uscc, question.known_at)
            shown.summary.meetings.extend(file_meeting_pb(meeting) for meeting in held[:PAGE_LIMIT])
        if last is not None:
            shown.next_page_token = self._read.token_after(call.agency, question, page, last)
        call.told.update(revision=page.revision, as_of=format_instant(page.as_of), versions=len(shown.versions))
        return Reply(shown)


def _question(request: pb.GetEnterpriseFileRequest, call: Call) -> FileQuestion:
    fields.case_reference(request.case_ref, "case_ref")
    fields.required(request.officer, "officer", 64)
    purpose = fields.text(request.purpose, "purpose", 256)
    if purpose:
        call.told["purpose"] = purpose
    code, _ = read_code(request.uscc, "uscc")
    call.told["enterprises"] = [code]
    as_of = moments.present_or_past(request, call.now) if request.HasField("as_of") else None
    known_at = moments.known_at(request, call.now, "")
    if known_at is not None:
        call.told["known_at"] = format_instant(known_at)
    kinds = _kinds(request.kinds)
    if kinds:
        call.told["kinds"] = sorted(kinds)
    if request.page_size > PAGE_LIMIT:
        raise MalformedRequestError("page_size", f"must be at most {PAGE_LIMIT}")
    return FileQuestion(
        uscc=code,
        as_of=as_of,
        known_at=known_at,
        kinds=kinds,
        newest_only=request.newest_only,
        size=request.page_size or PAGE,
        token=request.page_token,
        now=call.now,
    )


def _kinds(sent: Sequence[str]) -> frozenset[str]:
    found: set[str] = set()
    for place, name in enumerate(sent):
        if name not in SHOWN:
            raise MalformedRequestError(f"kinds[{place}]", "is no kind of record")
        if name in found:
            raise MalformedRequestError(f"kinds[{place}]", "is said twice")
        found.add(name)
    return frozenset(found)

"""``AuditService.ReleaseInvestigation`` on the wire: for whoever investigates, of a case of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from jointsanctions.v1 import day_index_pb2 as pb

from formats.civil import civil_date
from gateway.domain.errors import MalformedRequestError
from gateway.domain.who_asked import INVESTIGATORS
from gateway.rpc import fields
from gateway.rpc.method import Method, Reply
from gateway.rpc.points import tell_who_asks
from gateway.services.release_investigation import WantedRelease

if TYPE_CHECKING:
    from gateway.rpc.method import Call
    from gateway.services.release_investigation import ReleaseInvestigation


class ReleaseServicer:
    """Hands a release to the use case. The entry of the call is what releases, so that it has to be answered."""

    def __init__(self, release: ReleaseInvestigation) -> None:
        self._release = release

    def methods(self) -> list[Method]:
        """Return the method, with the roles that it is for."""
        return [
            Method("AuditService/ReleaseInvestigation", pb.ReleaseInvestigationRequest, INVESTIGATORS, run=self.release)
        ]

    async def release(self, request: pb.ReleaseInvestigationRequest, call: Call) -> Reply:
        """See day_index.proto."""
        tell_who_asks(request, call)
        call.told["request_id"] = fields.required(request.request_id, "request_id", 64)
        case_ref = fields.case_reference(request.case_ref, "case_ref")
        document = fields.required(request.document_number, "document_number", 128)
        review_on = fields.civil_day(request.review_on, "review_on")
        if review_on < civil_date(call.now):
            raise MalformedRequestError("review_on", "must not lie before today")
        fields.required(request.officer, "officer", 64)
        call.told["release"] = {"document": document, "review_on": review_on.isoformat()}
        wanted = WantedRelease(call.agency.agency_id, case_ref, request.request_id, document, review_on.isoformat())
        questions, before = await asyncio.to_thread(self._release, wanted)
        return Reply(pb.ReleaseInvestigationResponse(questions=questions, released_before=before is not None))

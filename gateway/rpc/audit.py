"""``AuditService`` on the wire: searches of the record, each recorded like any other call."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from jointsanctions.v1 import audit_pb2 as pb

from gateway.domain.errors import MalformedRequestError
from gateway.rpc import fields
from gateway.rpc.access_filter import READERS, read_filter, told_of
from gateway.rpc.answers import position_pb
from gateway.rpc.method import Method, Reply
from gateway.services.seen_calls import seen

if TYPE_CHECKING:
    from gateway.rpc.method import Call
    from gateway.services.ports.audit import AccessFilter, AccessRow, AccessSearch
    from gateway.services.unreported import Unreported

PAGE = 100
PAGE_LIMIT = 1_000


class AuditServicer:
    """Hands searches to the access index."""

    def __init__(self, search: AccessSearch, unreported: Unreported) -> None:
        self._search = search
        self._unreported = unreported

    def methods(self) -> list[Method]:
        """Return the service's methods, each with the roles that it is for."""
        return [Method("AuditService/SearchAccess", pb.SearchAccessRequest, READERS, run=self.search_access)]

    async def search_access(self, request: pb.SearchAccessRequest, call: Call) -> Reply:
        """See audit.proto."""
        officer = fields.required(request.searched_by, "searched_by", 64)
        call.told["officer"] = officer
        wanted = read_filter(request, call)
        size = request.page_size or PAGE
        if size > PAGE_LIMIT:
            raise MalformedRequestError("page_size", f"must be 1 to {PAGE_LIMIT}")
        call.told["search"] = told_of(wanted, without_outcome=request.without_outcome)
        rows, token = await asyncio.to_thread(self._page, wanted, size, request)
        return Reply(pb.SearchAccessResponse(entries=[_entry(row) for row in rows], next_page_token=token))

    def _page(self, wanted: AccessFilter, size: int, request: pb.SearchAccessRequest) -> tuple[list[AccessRow], str]:
        try:
            rows, token = self._search.search(wanted, size, request.page_token)
        except ValueError as error:
            raise MalformedRequestError("page_token", "is no token of this search") from error
        return self._unreported.among(rows) if request.without_outcome else rows, token


def _entry(row: AccessRow) -> pb.AccessEntry:
    call = seen(row)
    area: Any = call.area  # the numbers of enums, as the body holds them
    point: Any = call.point
    verdict: Any = call.verdict
    known: Any = call.officer_known
    return pb.AccessEntry(
        position=position_pb(call.writer, call.number, call.leaf, call.at),
        agency=call.agency,
        role=call.role,
        officer=call.officer,
        method=call.method,
        outcome=call.outcome,
        area=area,
        decision_point=point,
        case_ref=call.case_ref,
        usccs=call.usccs,
        verdict=verdict,
        item=call.item,
        field=call.field,
        officer_known=known,
        officer_key=call.officer_key,
        officer_nonce=call.officer_nonce,
        assertion_fault=call.assertion_fault,
    )

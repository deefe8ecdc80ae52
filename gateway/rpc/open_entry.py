"""``AuditService.OpenEntry`` on the wire: one entry, for a court within its case."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from jointsanctions.v1 import opened_entry_pb2 as pb

from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError
from gateway.rpc import fields
from gateway.rpc.court_case import require_court_case
from gateway.rpc.method import Method, Reply
from gateway.rpc.receipts import LARGEST

if TYPE_CHECKING:
    from gateway.rpc.method import Call
    from gateway.services.open_entry import OpenEntry


class OpenEntryServicer:
    """Hands the opening to the use case, once case and document are there."""

    def __init__(self, opened: OpenEntry) -> None:
        self._opened = opened

    def methods(self) -> list[Method]:
        """Return the method, with the role that it is for."""
        return [Method("AuditService/OpenEntry", pb.OpenEntryRequest, frozenset({Role.COURT}), run=self.open_entry)]

    async def open_entry(self, request: pb.OpenEntryRequest, call: Call) -> Reply:
        """See opened_entry.proto."""
        require_court_case(request, call)
        fields.required(request.officer, "officer", 64)
        if not request.log:
            raise MalformedRequestError("log", "is required")
        if not 0 < request.index <= LARGEST:
            raise MalformedRequestError("index", "is no index of a recorded call")
        call.told["proof"] = {"year": request.log, "index": request.index}
        item = request.item if request.HasField("item") else None
        proven, receipt = await asyncio.to_thread(self._opened, request.log, request.index, item)
        return Reply(pb.OpenEntryResponse(receipt=receipt, origin=proven.origin))

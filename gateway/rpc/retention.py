"""``AuditService.ApplyRetention`` on the wire: for the operator, who is told counts and never content (R-03).

An erasure is recorded before it begins, so that there is none without an entry, and once more as the call itself.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

from jointsanctions.v1 import audit_pb2 as pb

from gateway.domain.agencies import Role
from gateway.domain.audit import Draft
from gateway.domain.call_record import CallRecord, body_of
from gateway.domain.errors import MalformedRequestError
from gateway.domain.retention import BEGUN, RUN, RetentionClass
from gateway.rpc import fields
from gateway.rpc.answers import position_pb
from gateway.rpc.method import Method, Reply
from gateway.services.apply_retention import Place

if TYPE_CHECKING:
    from gateway.domain.audit import Position
    from gateway.rpc.method import Call
    from gateway.services.apply_retention import ApplyRetention, Stretch
    from gateway.services.ports.audit import AuditLog

_LARGEST = 2**53 - 1


class RetentionServicer:
    """Hands each stretch to the use case."""

    def __init__(self, retention: ApplyRetention, audit: AuditLog) -> None:
        self._retention = retention
        self._audit = audit

    def methods(self) -> list[Method]:
        """Return the method, with the role that it is for."""
        operators = frozenset({Role.OPERATOR})
        return [Method("AuditService/ApplyRetention", pb.ApplyRetentionRequest, operators, run=self.apply)]

    async def apply(self, request: pb.ApplyRetentionRequest, call: Call) -> Reply:
        """See audit.proto."""
        call.told["request_id"] = fields.required(request.request_id, "request_id", 64)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        document = fields.text(request.document_number, "document_number", 128)
        if request.erase:
            fields.required(document, "document_number", 128)
        try:
            stretch = await asyncio.to_thread(self._retention.look, _start(request), call.now)
        except ValueError as error:
            raise MalformedRequestError("from_writer", "names no queue") from error
        if stretch is None:
            return Reply(pb.ApplyRetentionResponse())
        call.told["retention"] = _told(stretch, document)
        response = self._response(stretch)
        if request.erase and stretch.due:
            await asyncio.to_thread(self._retention.require_clock, call.now)
            begun = await self._begin(request, call)
            response.begun.CopyFrom(position_pb(begun.writer, begun.number, begun.leaf, begun.time))
            response.erased = await asyncio.to_thread(self._retention.erase, stretch, call.now, begun)
            call.told["erased"] = response.erased
        return Reply(response)

    async def _begin(self, request: pb.ApplyRetentionRequest, call: Call) -> Position:
        """Record what will be erased; the entry is durable before the first of it goes."""
        digest = hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest()
        return await self._audit.record(Draft(body_of(CallRecord(RUN, BEGUN, call.seen, digest, 0, told=call.told))))

    def _response(self, stretch: Stretch) -> pb.ApplyRetentionResponse:
        due = stretch.counts()
        counts = [
            pb.RetentionCount(
                retention_class=of.value, months=self._retention.terms.months(of), due=due[of], held=stretch.held[of]
            )
            for of in RetentionClass
            if due[of] or stretch.held[of]
        ]
        response = pb.ApplyRetentionResponse(
            counts=counts,
            flawed=stretch.flawed,
            writer=stretch.start.writer,
            referrals_on_hold=stretch.referrals,
        )
        if stretch.following is not None:
            response.following_writer = stretch.following.writer
            response.following_number = stretch.following.number
        return response


def _start(request: pb.ApplyRetentionRequest) -> Place | None:
    if not request.from_writer:
        if request.from_number:
            raise MalformedRequestError("from_writer", "is required with from_number")
        return None
    if request.from_number > _LARGEST:
        raise MalformedRequestError("from_number", "is no number of an entry")
    return Place(fields.required(request.from_writer, "from_writer", 64), request.from_number)


def _told(stretch: Stretch, document: str) -> dict[str, object]:
    """Return what is recorded of a stretch: where it lies, and how many are due, held and flawed."""
    told: dict[str, object] = {
        "writer": stretch.start.writer,
        "from": stretch.start.number,
        "due": {of.value: count for of, count in sorted(stretch.counts().items())},
        "held": {of.value: count for of, count in sorted(stretch.held.items())},
        "flawed": stretch.flawed,
    }
    if stretch.due:
        told |= {"first": stretch.due[0][0].number, "last": stretch.due[-1][0].number}
    return told | ({"document": document} if document else {})

"""``CreditService.GetReceipt`` and the proofs of ``AuditService`` on the wire."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from jointsanctions.v1 import log_pb2, receipt_pb2

from formats.merkle import HASH_SIZE
from formats.query_code import QueryCodeError, decode_query_code
from gateway.domain.agencies import Role
from gateway.domain.errors import EnterpriseNotFoundError, MalformedRequestError
from gateway.rpc import fields
from gateway.rpc.audit import READERS
from gateway.rpc.method import Method, Reply
from gateway.services.get_receipt import Wanted

if TYPE_CHECKING:
    from formats.query_code import QueryCode
    from gateway.rpc.method import Call
    from gateway.services.get_receipt import GetReceipt
    from gateway.services.prove_entries import ProveEntries

LARGEST = 2**53 - 1
"""Of numbers and indexes: none is larger, in any log."""
EVERYBODY = frozenset(Role)
"""Whoever was answered can have the receipt, and whoever can call may know how far the log has come."""


class ReceiptsServicer:
    """Hands questions for receipts to the use case."""

    def __init__(self, receipt: GetReceipt) -> None:
        self._receipt = receipt

    def methods(self) -> list[Method]:
        """Return the method, with the roles that it is for."""
        return [Method("CreditService/GetReceipt", receipt_pb2.GetReceiptRequest, EVERYBODY, run=self.get_receipt)]

    async def get_receipt(self, request: receipt_pb2.GetReceiptRequest, call: Call) -> Reply:
        """See receipt.proto."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        item = request.item if request.HasField("item") else None
        if request.query_code:
            code = _code(request)
            call.told["proof"] = {"year": code.year, "index": code.index}
            proven, receipt = await self._receipt.by_code(call.agency, code, item)
        else:
            wanted = Wanted(
                fields.required(request.writer, "writer", 64),
                _number(request.number, "number"),
                request.leaf_hash,
                item,
            )
            if len(wanted.leaf) != HASH_SIZE:
                raise MalformedRequestError("leaf_hash", f"must be the {HASH_SIZE} bytes that the answer said")
            call.told["proof"] = {"writer": wanted.writer, "number": wanted.number}
            proven, receipt = await self._receipt(call.agency, wanted)
        return Reply(receipt_pb2.GetReceiptResponse(receipt=receipt, origin=proven.origin, index=proven.index))


def _code(request: receipt_pb2.GetReceiptRequest) -> QueryCode:
    if request.writer or request.number or request.leaf_hash:
        raise MalformedRequestError("query_code", "either a query code, or writer, number and leaf_hash")
    try:
        return decode_query_code(fields.text(request.query_code, "query_code", 64))
    except QueryCodeError as error:
        raise MalformedRequestError("query_code", str(error)) from error


class ProofsServicer:
    """Hands questions for checkpoints and proofs to the use case."""

    def __init__(self, prove: ProveEntries) -> None:
        self._prove = prove

    def methods(self) -> list[Method]:
        """Return the methods, each with the roles that it is for."""
        return [
            Method("AuditService/GetCheckpoint", log_pb2.GetCheckpointRequest, EVERYBODY, run=self.get_checkpoint),
            Method("AuditService/GetInclusionProof", log_pb2.GetInclusionProofRequest, READERS, run=self.get_inclusion),
            Method(
                "AuditService/GetConsistencyProof",
                log_pb2.GetConsistencyProofRequest,
                EVERYBODY,
                run=self.get_consistency,
            ),
        ]

    async def get_checkpoint(self, request: log_pb2.GetCheckpointRequest, call: Call) -> Reply:
        """See log.proto."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        origin = fields.text(request.origin, "origin", 200)
        call.told["proof"] = {"origin": origin} if origin else {}
        state = await asyncio.to_thread(self._prove.checkpoint, origin)
        return Reply(
            log_pb2.GetCheckpointResponse(
                checkpoint=state.note, key=state.key, origin=state.origin, size=state.signed_size
            )
        )

    async def get_inclusion(self, request: log_pb2.GetInclusionProofRequest, call: Call) -> Reply:
        """See log.proto."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        if bool(request.writer) is bool(request.origin):
            raise MalformedRequestError("writer", "either writer and number, or origin and index")
        if request.writer:
            place = await self._place(fields.required(request.writer, "writer", 64), request.number, call)
        else:
            place = fields.required(request.origin, "origin", 200), _number(request.index, "index")
            call.told["proof"] = {"origin": place[0], "index": place[1]}
        proven = await asyncio.to_thread(self._prove.inclusion, *place)
        return Reply(
            log_pb2.GetInclusionProofResponse(
                proof=proven.proof, envelope=proven.envelope, origin=proven.origin, index=proven.index
            )
        )

    async def _place(self, writer: str, number: int, call: Call) -> tuple[str, int]:
        call.told["proof"] = {"writer": writer, "number": _number(number, "number")}
        place = await asyncio.to_thread(self._prove.place_of, writer, number)
        if place is None:
            raise EnterpriseNotFoundError("no signed checkpoint covers such an entry", position=f"{writer}/{number}")
        return place

    async def get_consistency(self, request: log_pb2.GetConsistencyProofRequest, call: Call) -> Reply:
        """See log.proto."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        origin = fields.text(request.origin, "origin", 200)
        size = _number(request.old_size, "old_size")
        call.told["proof"] = {"old_size": size, **({"origin": origin} if origin else {})}
        hashes, state = await asyncio.to_thread(self._prove.consistency, origin, size)
        return Reply(log_pb2.GetConsistencyProofResponse(hashes=hashes, checkpoint=state.note))


def _number(value: int, field: str) -> int:
    if value > LARGEST:
        raise MalformedRequestError(field, "is no number of an entry")
    return value

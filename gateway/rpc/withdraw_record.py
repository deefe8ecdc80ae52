"""``RegistryService/WithdrawRecord`` on the wire. It translates; what may be withdrawn is decided in ``services``."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, cast

from jointsanctions.v1 import withdrawal_pb2 as pb

from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError
from gateway.rpc import fields
from gateway.rpc.method import Method, Reply
from gateway.services.withdraw_record import Withdrawing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from gateway.rpc.method import Call
    from gateway.services.withdraw_record import WithdrawRecord


class WithdrawRecordServicer:
    """Hands the withdrawal to its use case."""

    def __init__(self, withdraw: WithdrawRecord) -> None:
        self._withdraw = withdraw

    def methods(self) -> list[Method]:
        """Return the method, with the role that it is for."""
        return [
            Method(
                "RegistryService/WithdrawRecord",
                pb.WithdrawRecordRequest,
                frozenset({Role.PRODUCER}),
                run=self.withdraw_record,
                recorded=self._recorded,
            )
        ]

    async def withdraw_record(self, request: pb.WithdrawRecordRequest, call: Call) -> Reply:
        """See registry.proto."""
        self._withdraw.feed_of(call.agency, request.kind, request.authority)
        request_id = fields.required(request.request_id, "request_id", 64)
        officer = fields.required(request.officer, "officer", 64)
        record_id = fields.required(request.record_id, "record_id", 128)
        call.told.update(request_id=request_id, officer=officer, record=record_id)
        withdrawing = Withdrawing(
            request_id=request_id,
            digest=hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest(),
            record_id=record_id,
            kind=request.kind,
            authority=fields.required(request.authority, "authority", 200),
            document_number=fields.required(request.document_number, "document_number", 128),
            decided_on=fields.civil_day(request.decided_on, "decided_on"),
            holds_until=_extent(request),
            reason=fields.required(request.reason, "reason", 2_000),
        )
        withdrawn = await self._withdraw(call.agency, withdrawing)
        call.told.update(enterprises=[withdrawn.uscc], revisions=[withdrawn.revision, withdrawn.revision])
        return Reply(
            pb.WithdrawRecordResponse(
                data_revision=withdrawn.revision,
                uscc=withdrawn.uscc,
                correct_by=withdrawn.correct_by.due_on.isoformat(),
                provisional=withdrawn.correct_by.provisional,
                late=withdrawn.late,
            )
        )

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds the withdrawal, so that a restart need not write one for it."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._withdraw.mark_recorded, str(told["request_id"]), through, number)


def _extent(request: pb.WithdrawRecordRequest) -> date | None:
    """Return the first day on which the record does not hold, or None for one that is void: which must be said."""
    extent = request.WhichOneof("extent")
    if extent is None:
        raise MalformedRequestError("extent", "is required")
    if extent == "holds_until":
        return fields.civil_day(request.holds_until, "holds_until")
    if not request.void_from_start:
        raise MalformedRequestError("void_from_start", "must be true, or holds_until be said")
    return None

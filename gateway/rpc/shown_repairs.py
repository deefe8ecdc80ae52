"""``ReportShownRepair`` and ``RejectShownRepair`` on the wire: translated here, decided in ``services``."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, cast

from jointsanctions.v1 import shown_repair_pb2 as pb

from gateway.domain.agencies import Role
from gateway.rpc import fields
from gateway.rpc.method import Method, Reply
from gateway.rpc.questions import read_code
from gateway.services.shown_repair_rows import Rejected, Reported

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.rpc.method import Call
    from gateway.services.shown_repairs import ShownRepairs


class ShownRepairsServicer:
    """Hands reports and rejections to their use case."""

    def __init__(self, shown: ShownRepairs) -> None:
        self._shown = shown

    def methods(self) -> list[Method]:
        """Return the methods, each with the role that it is for."""
        return [
            Method(
                "RegistryService/ReportShownRepair",
                pb.ReportShownRepairRequest,
                frozenset({Role.CONNECTOR}),
                run=self.report,
                recorded=self._recorded,
            ),
            Method(
                "RegistryService/RejectShownRepair",
                pb.RejectShownRepairRequest,
                frozenset({Role.PRODUCER}),
                run=self.reject,
                recorded=self._recorded,
            ),
        ]

    async def report(self, request: pb.ReportShownRepairRequest, call: Call) -> Reply:
        """See registry.proto."""
        self._shown.require(call.agency)
        request_id = fields.required(request.request_id, "request_id", 64)
        officer = fields.required(request.officer, "officer", 64)
        code, _ = read_code(request.uscc, "uscc")
        call.told.update(request_id=request_id, officer=officer, enterprises=[code])
        reported = Reported(
            request_id=request_id,
            digest=hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest(),
            kind=fields.required(request.kind, "kind", 64),
            uscc=code,
            document_number=fields.required(request.document_number, "document_number", 128),
            decided_on=fields.civil_day(request.decided_on, "decided_on"),
            shown_on=fields.civil_day(request.shown_on, "shown_on"),
            repair_number=fields.required(request.repair_document_number, "repair_document_number", 128),
        )
        suspended = await self._shown.report(call.agency, reported)
        call.told.update(record=suspended.record_id, revisions=[suspended.revision, suspended.revision])
        return Reply(
            pb.ReportShownRepairResponse(
                data_revision=suspended.revision, record_id=suspended.record_id, authority=suspended.authority
            )
        )

    async def reject(self, request: pb.RejectShownRepairRequest, call: Call) -> Reply:
        """See registry.proto."""
        self._shown.require_decider(call.agency, request.kind, request.authority)
        request_id = fields.required(request.request_id, "request_id", 64)
        officer = fields.required(request.officer, "officer", 64)
        record_id = fields.required(request.record_id, "record_id", 128)
        call.told.update(request_id=request_id, officer=officer, record=record_id)
        rejected = Rejected(
            request_id=request_id,
            digest=hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest(),
            kind=request.kind,
            record_id=record_id,
            authority=fields.required(request.authority, "authority", 200),
            document_number=fields.required(request.document_number, "document_number", 128),
            decided_on=fields.civil_day(request.decided_on, "decided_on"),
            reason=fields.required(request.reason, "reason", 2_000),
        )
        revision, uscc = await self._shown.reject(call.agency, rejected)
        call.told.update(enterprises=[uscc], revisions=[revision, revision])
        return Reply(pb.RejectShownRepairResponse(data_revision=revision, uscc=uscc))

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds it, so that a restart need not write one."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._shown.mark_recorded, str(told["request_id"]), through, number)

"""``AuditService.ExportAccess`` on the wire: an export in parts, beginning and end on record before they are told.

The end names the hash of the manifest, so that the receipt of the end proves the manifest, and with it the rows. Of one
that is broken off the record says how many rows had been made by then.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

from jointsanctions.v1 import export_pb2 as pb

from formats.access_export import digest
from gateway.domain.access_export import ExportFormat
from gateway.rpc import fields
from gateway.rpc.access_filter import READERS, read_filter, told_of
from gateway.rpc.method import FeedMessage, Method
from gateway.services.export_parts import ExportWanted, PartKind

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from gateway.rpc.method import Call
    from gateway.services.export_access import ExportAccess
    from gateway.services.export_parts import Part


class ExportServicer:
    """Hands exports to the use case."""

    def __init__(self, export: ExportAccess) -> None:
        self._export = export

    def methods(self) -> list[Method]:
        """Return the method, with the roles that it is for: those that search."""
        return [Method("AuditService/ExportAccess", pb.ExportAccessRequest, READERS, run_feed=self.export_access)]

    async def export_access(self, request: pb.ExportAccessRequest, call: Call) -> AsyncGenerator[FeedMessage]:
        """See export.proto."""
        call.told["officer"] = fields.required(request.searched_by, "searched_by", 64)
        found = read_filter(request, call)
        form = fields.word(ExportFormat, request.format, "format")
        search = told_of(found, without_outcome=request.without_outcome)
        call.told["search"], call.told["export"] = search, {"format": form.name.lower()}
        wanted = ExportWanted(
            filter=found,
            without_outcome=request.without_outcome,
            form=form,
            told=search,
            agency=call.agency.agency_id,
            role=call.agency.role.value,
            officer=str(call.told["officer"]),
            begun_at=call.now,
        )
        yield FeedMessage(pb.ExportAccessResponse(), {})
        async with aclosing(self._export(wanted, call.turn)) as parts:
            async for part in parts:
                yield _message(part, form, call)


def _message(part: Part, form: ExportFormat, call: Call) -> FeedMessage:
    """Return a part as it leaves, and note how far the export has come."""
    if part.kind is PartKind.MANIFEST:
        call.told["export"] = {
            "format": form.name.lower(),
            "count": part.rows,
            "content": part.content_sha256,
            "manifest": digest(part.data),
        }
        return FeedMessage(pb.ExportAccessResponse(manifest=part.data), {})
    call.told["export"] = {"format": form.name.lower(), "count": part.rows}
    if part.kind is PartKind.CONTENT:
        return FeedMessage(pb.ExportAccessResponse(content=part.data))
    return FeedMessage(pb.ExportAccessResponse(proofs=part.data))

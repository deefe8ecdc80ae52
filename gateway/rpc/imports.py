"""Imports on the wire: shown, listed, completed, approved, discarded, revoked. It translates and decides nothing."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any, Final, cast

from jointsanctions.v1 import import_batch_pb2 as pb

from formats.civil import format_instant
from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError
from gateway.domain.vocabulary import RowStatus
from gateway.rpc import fields
from gateway.rpc.import_answers import batch_pb, difference_pb, ended_pb, shift_pb
from gateway.rpc.method import Method, Reply
from gateway.rpc.page_token import read_token, write_token
from gateway.services.ports.imports import Decision

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.rpc.method import Call
    from gateway.services.decide_import import DecideImport
    from gateway.services.ports.imports import ImportBatch

PAGE: Final = 100
PAGE_LIMIT: Final = 1_000


class ImportsServicer:
    """Hands each call to the use case, and back what that returns."""

    def __init__(self, decide: DecideImport, mark_recorded: Callable[[str, int, int], None], writer: str) -> None:
        self._decide = decide
        self._mark_recorded = mark_recorded
        self._writer = writer

    def methods(self) -> list[Method]:
        """Return the methods, with the role that they are for."""
        producers = frozenset({Role.PRODUCER})
        words = (
            ("RegistryService/CompleteImport", pb.CompleteImportRequest, self.complete_import),
            ("RegistryService/ApproveImport", pb.ApproveImportRequest, self.approve_import),
            ("RegistryService/DiscardImport", pb.DiscardImportRequest, self.discard_import),
            ("RegistryService/RevokeImport", pb.RevokeImportRequest, self.revoke_import),
        )
        return [
            Method("RegistryService/GetImport", pb.GetImportRequest, producers, run=self.get_import),
            Method("RegistryService/ListImports", pb.ListImportsRequest, producers, run=self.list_imports),
            *(Method(name, request, producers, run=run, recorded=self._recorded) for name, request, run in words),
        ]

    async def get_import(self, request: pb.GetImportRequest, call: Call) -> Reply:
        """See registry.proto. Where the difference does not hold any more it is computed anew."""
        self._decide.require(call.agency)
        batch_id = self._named(request, call)
        size = _size(request.page_size)
        place = read_token(request, 3)
        batch = await self._decide.batch(call.agency, batch_id)
        difference = await self._decide.shown(batch)
        shown = pb.GetImportResponse(batch=batch_pb(batch))
        if difference is None:
            return Reply(shown)
        if place is not None and place[0] != difference.digest:
            raise MalformedRequestError("page_token", "belongs to another difference: begin anew")
        after = None if place is None else (place[1] == "relieved", place[2])
        shown.difference.CopyFrom(difference_pb(difference, second=self._decide.needs_second(difference)))
        shifts = await self._decide.shifts(batch, after, size + 1)
        shown.shifts.extend(shift_pb(shift) for shift in shifts[:size])
        if len(shifts) > size:
            last = shifts[size - 1]
            side = "relieved" if last.relieved else "restricted"
            shown.next_page_token = write_token(request, [difference.digest, side, last.uscc])
        call.told.update(revision=difference.revision, difference=difference.digest)
        return Reply(shown)

    async def list_imports(self, request: pb.ListImportsRequest, call: Call) -> Reply:
        """See registry.proto."""
        self._decide.require(call.agency)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        size = _size(request.page_size)
        place = read_token(request, 2)
        before = None if place is None else (place[0], place[1])
        found = await self._decide.batches(call.agency, before, size + 1, waiting=request.waiting_only)
        shown = pb.ListImportsResponse(imports=[batch_pb(batch) for batch in found[:size]])
        if len(found) > size:
            last = found[size - 1]
            shown.next_page_token = write_token(request, [format_instant(last.begun_at), last.batch_id])
        return Reply(shown)

    async def complete_import(self, request: pb.CompleteImportRequest, call: Call) -> Reply:
        """See registry.proto."""
        decision = self._decision(request, call)
        if request.rows < 1:
            raise MalformedRequestError("rows", "must be greater than 0")
        await self._decide.complete(call.agency, decision, request.rows)
        return Reply(pb.CompleteImportResponse(batch=batch_pb(await self._settled(call, decision))))

    async def approve_import(self, request: pb.ApproveImportRequest, call: Call) -> Reply:
        """See registry.proto."""
        decision = self._decision(request, call)
        digest = fields.required(request.digest, "digest", 64)
        call.told["difference"] = digest
        applied = await self._decide.approve(call.agency, decision, digest)
        call.told["rows"] = {
            status.name.lower(): applied.rows[status] for status in RowStatus if status is not RowStatus.STAGED
        }
        batch = await self._settled(call, decision, (applied.first_revision, applied.revision))
        shown = pb.ApproveImportResponse(
            batch=batch_pb(batch),
            data_revision=applied.revision,
            stored=applied.rows[RowStatus.STORED],
            unchanged=applied.rows[RowStatus.UNCHANGED],
            held=applied.rows[RowStatus.HELD],
            rejected=applied.rows[RowStatus.REJECTED],
            waits_for_second_person=applied.waits,
        )
        return Reply(shown)

    async def discard_import(self, request: pb.DiscardImportRequest, call: Call) -> Reply:
        """See registry.proto."""
        decision = self._decision(request, call, reason=True)
        await self._decide.discard(call.agency, decision)
        return Reply(pb.DiscardImportResponse(batch=batch_pb(await self._settled(call, decision))))

    async def revoke_import(self, request: pb.RevokeImportRequest, call: Call) -> Reply:
        """See registry.proto."""
        decision = self._decision(request, call, reason=True, document=True)
        done = await self._decide.revoke(call.agency, decision)
        if done is None:
            waits = batch_pb(await self._settled(call, decision))
            return Reply(pb.RevokeImportResponse(batch=waits, waits_for_second_person=True))
        batch = await self._settled(call, decision, (done.revision, done.revision))
        shown = pb.RevokeImportResponse(
            batch=batch_pb(batch),
            data_revision=done.revision,
            voided=done.voided,
            restored=done.restored,
            left=done.left_count,
            left_records=[ended_pb(ended) for ended in done.left],
        )
        return Reply(shown)

    def _named(self, request: Any, call: Call) -> str:  # noqa: ANN401 - any request of these
        """Return the batch that a request names, and note who asks."""
        officer = fields.required(request.officer, "officer", 64)
        batch_id = fields.required(request.batch, "batch", 64)
        call.told.update(officer=officer, batch=batch_id)
        return batch_id

    def _decision(self, request: Any, call: Call, *, reason: bool = False, document: bool = False) -> Decision:  # noqa: ANN401 - likewise
        """Return the word that a request says: mandate before format."""
        self._decide.require(call.agency)
        request_id = fields.required(request.request_id, "request_id", 64)
        call.told["request_id"] = request_id
        return Decision(
            request_id=request_id,
            digest=hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest(),
            batch_id=self._named(request, call),
            agency=call.agency.agency_id,
            holder=call.seen.holder,
            officer=request.officer,
            writer=self._writer,
            at=call.now,
            reason=fields.required(request.reason, "reason", 2_000) if reason else "",
            document_number=fields.required(request.document_number, "document_number", 128) if document else "",
        )

    async def _settled(self, call: Call, decision: Decision, revisions: tuple[int, int] = (0, 0)) -> ImportBatch:
        """Note what the word has stored, and return the import as it stands."""
        batch = await self._decide.batch(call.agency, decision.batch_id)
        newest = await self._decide.newest()
        call.told["revisions"] = list(revisions) if revisions[1] else [newest, newest]
        return batch

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds the word, and what it stored."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._mark_recorded, str(told["request_id"]), through, number)


def _size(sent: int) -> int:
    if sent > PAGE_LIMIT:
        raise MalformedRequestError("page_size", f"must be 1 to {PAGE_LIMIT}")
    return sent or PAGE

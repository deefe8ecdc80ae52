"""``RegistryService`` on the wire. It translates; what may be stored is decided in ``services``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from jointsanctions.v1 import registry_pb2 as pb

from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError, SubmissionIncompleteError
from gateway.domain.vocabulary import RowStatus
from gateway.rpc import fields
from gateway.rpc.answers import wire
from gateway.rpc.method import Method, Reply
from gateway.rpc.texts import localized
from gateway.services.ports.intake import Sender, SentChunk
from gateway.services.submit_records import Summary

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from gateway.rpc.method import Call
    from gateway.services.confirm_current import ConfirmCurrent
    from gateway.services.get_submission import GetSubmission
    from gateway.services.submit_records import SubmitRecords

CHUNK_ROWS = 1_000
REPEATED = ("request_id", "feed", "officer", "batch")
"""What every message of a stream says alike, by the keys under which the record is told."""
STREAM_ROWS = 50_000
"""Rows of one stream, so that its answer, one result for each row not simply stored, fits in a message."""


class RegistryServicer:
    """Hands each call to its use case, and back what that returns."""

    def __init__(self, submit: SubmitRecords, submitted: GetSubmission, confirm: ConfirmCurrent) -> None:
        self._submit = submit
        self._submitted = submitted
        self._confirm = confirm

    def methods(self) -> list[Method]:
        """Return the service's methods, each with the roles that it is for."""
        producers = frozenset({Role.PRODUCER})
        return [
            Method(
                "RegistryService/SubmitRecords",
                pb.SubmitRecordsRequest,
                producers,
                run_stream=self.submit_records,
                recorded=self._recorded,
            ),
            Method(
                "RegistryService/GetSubmission",
                pb.GetSubmissionRequest,
                producers,
                run=self.get_submission,
            ),
            Method(
                "RegistryService/ConfirmCurrent",
                pb.ConfirmCurrentRequest,
                producers,
                run=self.confirm_current,
                recorded=self._recorded,
            ),
        ]

    async def submit_records(self, requests: AsyncIterator[pb.SubmitRecordsRequest], call: Call) -> Reply:
        """See registry.proto.

        gRPC ends *requests* alike when the caller has said all and when it was cut off, so only the caller's own mark
        tells which it was. The stream is read on after it, because nothing may follow.
        """
        summary = Summary()
        number = rows = 0
        complete = False
        async for request in requests:
            if complete:
                raise MalformedRequestError("last", "nothing may follow the last message")
            self._open(request, call, first=number == 0)
            rows += len(request.records)
            if rows > STREAM_ROWS:
                raise MalformedRequestError("records", f"a stream takes at most {STREAM_ROWS} rows")
            sender = Sender(call.agency, call.seen.holder)
            chunk = SentChunk(request.request_id, number, request.SerializeToString(deterministic=True))
            try:
                await self._submit(sender, chunk, summary)
            finally:
                call.told.update(_so_far(summary, staged=request.stage))
            number += 1
            complete = request.last
        if not complete:
            raise _incomplete(call.told, number)
        return Reply(_submitted(summary))

    async def get_submission(self, request: pb.GetSubmissionRequest, call: Call) -> Reply:
        """See registry.proto."""
        self._submit.require(call.agency, request.feed)
        request_id = fields.required(request.request_id, "request_id", 64)
        officer = fields.required(request.officer, "officer", 64)
        call.told.update(feed=request.feed, request_id=request_id, officer=officer)
        messages, summary = await self._submitted(call.agency, request_id)
        outcome = _submitted(summary) if messages else None
        return Reply(pb.GetSubmissionResponse(messages=messages, outcome=outcome))

    def _open(self, request: pb.SubmitRecordsRequest, call: Call, *, first: bool) -> None:
        """Check what every message of the stream repeats: mandate before format."""
        self._submit.require(call.agency, request.feed)
        if not request.stage:
            self._submit.require_staging(request.feed)
        request_id = fields.required(request.request_id, "request_id", 64)
        officer = fields.required(request.officer, "officer", 64)
        batch = fields.text(request.batch, "batch", 64) or request_id
        said = (request_id, request.feed, officer, batch, request.stage)
        if first:
            call.told.update(feed=request.feed, request_id=request_id, officer=officer, batch=batch)
            if request.stage:
                call.told["staged"] = True
        elif said != (*(call.told[key] for key in REPEATED), "staged" in call.told):
            same = "request_id, feed, officer, batch and stage must be the same in every message"
            raise MalformedRequestError("request_id", same)
        least = 0 if request.last else 1
        if not least <= len(request.records) <= CHUNK_ROWS:
            raise MalformedRequestError("records", f"a message takes 1 to {CHUNK_ROWS} records, the last one 0 as well")

    async def confirm_current(self, request: pb.ConfirmCurrentRequest, call: Call) -> Reply:
        """See registry.proto."""
        self._submit.require(call.agency, request.feed)
        request_id = fields.required(request.request_id, "request_id", 64)
        officer = fields.required(request.officer, "officer", 64)
        if not request.HasField("current_until"):
            raise MalformedRequestError("current_until", "is required")
        until = fields.instant(request.current_until, "current_until")
        call.told.update(feed=request.feed, request_id=request_id, officer=officer)
        revision = await self._confirm(call.agency, request_id, request.feed, until)
        call.told["revisions"] = [revision, revision]
        return Reply(pb.ConfirmCurrentResponse(data_revision=revision))

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds the revisions told, so that a restart need not write one for them."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._submit.mark_recorded, str(told["request_id"]), through, number)


def _so_far(summary: Summary, *, staged: bool) -> dict[str, object]:
    """Return what the record is told of a submission as far as it came; nothing while nothing of it was taken."""
    if not summary.counts and not summary.revision:
        return {}
    statuses = [status for status in RowStatus if staged or status is not RowStatus.STAGED]
    rows = {status.name.lower(): summary.counts[status] for status in statuses}
    return {"revisions": [summary.first_revision, summary.revision], "rows": rows}


def _incomplete(told: Mapping[str, object], chunks: int) -> SubmissionIncompleteError:
    """Return the error of a stream that ended after *chunks* chunks, none of them the last."""
    known = {"request_id": str(told["request_id"])} if chunks else {}
    message = f"the submission did not say that it was complete; {chunks} chunks of it were taken and stand"
    return SubmissionIncompleteError(message, chunks=str(chunks), **known)


def _submitted(summary: Summary) -> pb.SubmitRecordsResponse:
    return pb.SubmitRecordsResponse(
        data_revision=summary.revision,
        stored=summary.counts[RowStatus.STORED],
        unchanged=summary.counts[RowStatus.UNCHANGED],
        held=summary.counts[RowStatus.HELD],
        rejected=summary.counts[RowStatus.REJECTED],
        staged=summary.counts[RowStatus.STAGED],
        rows=[
            pb.RowResult(
                row=outcome.row,
                status=wire(outcome.status),
                field=outcome.field,
                why=localized(outcome.why),
                record_id=outcome.record_id,
            )
            for outcome in summary.shown
        ],
    )

"""Replays on the wire: for the auditor of every answer, for an agency of its own.

Who is not HRSS is told what differs and not how: measures, grade and records are not the auditor's to see (R-03).
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import replay_pb2 as pb

from formats.civil import format_instant
from gateway.domain.agencies import ASKING_ROLES, Role
from gateway.domain.errors import MalformedRequestError
from gateway.rpc import fields
from gateway.rpc.answers import wire
from gateway.rpc.method import Method, Reply

if TYPE_CHECKING:
    from gateway.domain.replay import Difference, Replayed
    from gateway.rpc.method import Call
    from gateway.services.replay_decision import ReplayDecision
    from gateway.services.replay_sample import ReplaySample, SampleRun

LARGEST: Final = 2**53 - 1
SHOWN: Final = 100
"""Differences that are named, at the most."""
SAMPLE: Final = 20
SAMPLE_LIMIT: Final = 100
DAY: Final = timedelta(days=1)


class ReplayServicer:
    """Hands replays to their use cases."""

    def __init__(self, replay: ReplayDecision, sample: ReplaySample) -> None:
        self._replay = replay
        self._sample = sample
        self._one = asyncio.Semaphore(1)
        """Replays follow one another: they compute, and calls are answered beside them."""

    def methods(self) -> list[Method]:
        """Return the methods, each with the roles that it is for."""
        readers = ASKING_ROLES | {Role.AUDITOR}
        auditors = frozenset({Role.AUDITOR})
        return [
            Method("AuditService/ReplayDecision", pb.ReplayDecisionRequest, readers, run=self.replay_decision),
            Method("AuditService/ReplaySample", pb.ReplaySampleRequest, auditors, run=self.replay_sample),
        ]

    async def replay_decision(self, request: pb.ReplayDecisionRequest, call: Call) -> Reply:
        """See replay.proto."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        writer = fields.required(request.writer, "writer", 64)
        if request.number > LARGEST:
            raise MalformedRequestError("number", "is no number of an entry")
        call.told["replay"] = {"writer": writer, "number": request.number}
        item = request.item if request.HasField("item") else None
        async with self._one:
            found = await asyncio.to_thread(self._replay, call.agency, writer, request.number, item)
        call.told["replay"] = {"writer": writer, "number": request.number, "result": found.result.name}
        return Reply(_response(found, whole=call.agency.sees_whole_records))

    async def replay_sample(self, request: pb.ReplaySampleRequest, call: Call) -> Reply:
        """See replay.proto."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        if request.size > SAMPLE_LIMIT:
            raise MalformedRequestError("size", f"must be 1 to {SAMPLE_LIMIT}")
        since = fields.instant(request.since, "since") if request.HasField("since") else call.now - DAY
        async with self._one:
            run = await asyncio.to_thread(self._sample, request.size or SAMPLE, since)
        call.told["replay"] = told_run(run)
        return Reply(
            pb.ReplaySampleResponse(
                counts=[pb.ReplayCount(result=wire(each), count=n) for each, n in sorted(run.results.items())],
                named=[
                    pb.SampledReplay(writer=each.writer, number=each.number, item=each.item, result=wire(each.result))
                    for each in run.named
                ],
                looked_at=run.looked_at,
            )
        )


def told_run(run: SampleRun) -> dict[str, object]:
    """Return what is recorded of a sample: how many of each result, and where those stand that are not as recorded."""
    return {
        "since": format_instant(run.since),
        "looked_at": run.looked_at,
        "results": {result.name: number for result, number in sorted(run.results.items())},
        "named": [each.place for each in run.named],
    }


def _response(found: Replayed, *, whole: bool) -> pb.ReplayDecisionResponse:
    shown = pb.ReplayDecisionResponse(
        result=wire(found.result),
        differences=[_difference(each, whole=whole) for each in found.differences[:SHOWN]],
        difference_count=len(found.differences),
        inputs=[pb.ReplayedInput(input=wire(each.input), then=each.then, now=each.now) for each in found.inputs],
        not_compared=[wire(each) for each in found.not_compared],
    )
    if found.hindrance is not None:
        shown.hindrance = wire(found.hindrance)
    return shown


def _difference(difference: Difference, *, whole: bool) -> pb.ReplayDifference:
    shown = pb.ReplayDifference(field=wire(difference.field))
    if difference.item is not None:
        shown.item = difference.item
    if whole:
        shown.then, shown.now = difference.then, difference.now
    return shown

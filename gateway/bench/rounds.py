"""Rounds of calls of one process: so many in flight, each followed at once by the next (a closed loop), or at its time.

What a call is, is the caller's. It gets one line of JSON a round, ``{"seconds": …}``; with ``"rate"`` as many calls a
second are due altogether, whether or not earlier ones were answered (an open loop), and with ``"from_due"`` every
latency runs from when the call was due. It answers "ready", and for each round "done" as soon as the last call has
ended, then a line of JSON. Answers are looked at only after the round: while it runs, all callers do the same work.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc.aio
from google.protobuf.message import DecodeError

from gateway.bench.answers import JUDGES
from gateway.bench.questions import read_questions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DEADLINE_SECONDS = 60.0
"""A call that has no answer by then fails its round: a machine that others use is slow, and that is measured."""
Ask = Any  # grpc.aio's multi-callable, whose generic form does not exist at run time, or what is called like it


class NotAnsweredError(Exception):
    """A call had no answer: why."""


@dataclass(slots=True)
class _Seen:
    """What one process saw in one round."""

    answers: list[bytes] = field(default_factory=list)
    latencies: list[int] = field(default_factory=list)
    late: list[int] = field(default_factory=list)
    """Of calls that waited for no earlier answer: how long after they were due they were sent, microseconds."""
    delivered: int = 0
    fault: str = ""
    """The first call that was not answered; the round is worth nothing then."""


async def _ask(call: Ask, questions: Iterator[bytes], end: float, seen: _Seen) -> None:
    clock = time.perf_counter
    while (begun := clock()) < end and not seen.fault:
        await _answered(call, next(questions), (begun, end), seen)


@dataclass(frozen=True, slots=True)
class _Times:
    """When the calls of one loop are due, ``time.perf_counter``'s seconds."""

    first: float
    every: float
    end: float
    from_due: bool
    """This process's own late waking counts too."""


async def _ask_in_time(call: Ask, questions: Iterator[bytes], times: _Times, seen: _Seen) -> None:
    """Ask whenever a call is due. What it waits for an earlier answer counts; late waking as ``from_due`` says."""
    due = times.first
    while due < times.end and not seen.fault:
        begun, early = due, due - time.perf_counter()
        if early > 0:
            await asyncio.sleep(early)
            woken = time.perf_counter()
            seen.late.append(int((woken - due) * 1e6))
            begun = due if times.from_due else woken
        await _answered(call, next(questions), (begun, times.end), seen)
        due += times.every


async def _answered(call: Ask, question: bytes, times: tuple[float, float], seen: _Seen) -> None:
    begun, end = times
    try:
        answer = await call(question, timeout=DEADLINE_SECONDS)
    except grpc.aio.AioRpcError as error:
        seen.fault = f"{error.code().name}: {error.details()}"
        return
    except NotAnsweredError as error:
        seen.fault = str(error)
        return
    ended = time.perf_counter()
    seen.answers.append(answer)
    seen.latencies.append(int((ended - begun) * 1e6))
    seen.delivered += ended <= end


async def _round(calls: Sequence[Ask], in_flight: int, questions: Iterator[bytes], asked: dict[str, Any]) -> _Seen:
    seen = _Seen()
    begun = time.perf_counter()
    end = begun + asked["seconds"]
    asking = list(zip(itertools.cycle(calls), range(in_flight), strict=False))
    if rate := asked.get("rate"):
        every = in_flight / rate
        strict = bool(asked.get("from_due"))
        loops = [
            _ask_in_time(call, questions, _Times(begun + place / rate, every, end, strict), seen)
            for call, place in asking
        ]
    else:
        loops = [_ask(call, questions, end, seen) for call, _ in asking]
    await asyncio.gather(*loops)
    return seen


def _told(seen: _Seen, method: str, *, verdicts: bool) -> dict[str, Any]:
    fault, found = seen.fault, Counter[str]()
    if verdicts:
        try:
            found = JUDGES[method](seen.answers)
        except (ValueError, DecodeError) as error:
            fault = fault or str(error)
    return {
        "fault": fault,
        "delivered": seen.delivered,
        "latencies": seen.latencies,
        "late": seen.late,
        "answer_bytes": sum(map(len, seen.answers)),
        "verdicts": found,
    }


async def serve_rounds(calls: Sequence[Ask], settings: dict[str, Any]) -> None:
    """Say that all is ready, and make rounds of calls as standard input asks for them, until it ends.

    Args:
        calls: Connections, each called with a question's bytes and a timeout; it returns the answer's bytes.
        settings: ``questions`` (a file), ``place`` (of this process among several), ``in_flight``, ``method``,
            ``verdicts``.
    """
    questions = read_questions(Path(settings["questions"]))
    random.Random(settings["place"]).shuffle(questions)  # noqa: S311 - an order of its own, no secret
    endless = itertools.cycle(questions)
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        seen = await _round(calls, settings["in_flight"], endless, json.loads(line))
        print("done", flush=True)
        print(json.dumps(_told(seen, settings["method"], verdicts=settings["verdicts"])), flush=True)

"""One calling process: a number of calls in flight, each followed at once by the next (a closed loop), or at its time.

Run as ``python -m gateway.bench.caller``, with its settings as one line of JSON on standard input, then one line a
round, ``{"seconds": …}``; with ``"rate"`` as many calls a second are due altogether, whether or not earlier ones were
answered (an open loop). It answers "ready", and for each round "done" as soon as the last call has ended, then a line
of JSON. Answers are looked at only after the round: while it runs, both servers' callers do the same work.
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

import grpc
import grpc.aio
from google.protobuf.message import DecodeError
from jointsanctions.v1 import common_pb2, credit_pb2

from gateway.bench.questions import read_questions

if TYPE_CHECKING:
    from collections.abc import Iterator

METHOD = "/jointsanctions.v1.CreditService/CheckEligibility"
DEADLINE_SECONDS = 20.0
LEAF_BYTES = 32
"""A position without its leaf hash would be an answer that was not recorded."""
_Ask = Any  # grpc.aio's multi-callable; its generic form does not exist at run time


@dataclass(slots=True)
class _Seen:
    """What one process saw in one round."""

    answers: list[bytes] = field(default_factory=list)
    latencies: list[int] = field(default_factory=list)
    delivered: int = 0
    fault: str = ""
    """The first call that was not answered; the round is worth nothing then."""


async def _ask(call: _Ask, questions: Iterator[bytes], end: float, seen: _Seen) -> None:
    clock = time.perf_counter
    while (begun := clock()) < end and not seen.fault:
        await _answered(call, next(questions), (begun, end), seen)


async def _ask_in_time(call: _Ask, questions: Iterator[bytes], times: tuple[float, float, float], seen: _Seen) -> None:
    """Ask whenever a call is due. What it waits for an earlier answer counts; what this process wakes late does not."""
    due, end, every = times
    while due < end and not seen.fault:
        begun, early = due, due - time.perf_counter()
        if early > 0:
            await asyncio.sleep(early)
            begun = time.perf_counter()
        await _answered(call, next(questions), (begun, end), seen)
        due += every


async def _answered(call: _Ask, question: bytes, times: tuple[float, float], seen: _Seen) -> None:
    begun, end = times
    try:
        answer = await call(question, timeout=DEADLINE_SECONDS)
    except grpc.aio.AioRpcError as error:
        seen.fault = f"{error.code().name}: {error.details()}"
        return
    ended = time.perf_counter()
    seen.answers.append(answer)
    seen.latencies.append(int((ended - begun) * 1e6))
    seen.delivered += ended <= end


async def _round(calls: list[_Ask], in_flight: int, questions: Iterator[bytes], asked: dict[str, float]) -> _Seen:
    seen = _Seen()
    begun = time.perf_counter()
    end = begun + asked["seconds"]
    asking = list(zip(itertools.cycle(calls), range(in_flight), strict=False))
    if rate := asked.get("rate"):
        every = in_flight / rate
        loops = [_ask_in_time(call, questions, (begun + place / rate, end, every), seen) for call, place in asking]
    else:
        loops = [_ask(call, questions, end, seen) for call, _ in asking]
    await asyncio.gather(*loops)
    return seen


def verdicts_of(answers: list[bytes]) -> Counter[str]:
    """Count the verdicts of *answers*.

    Raises:
        ValueError: One is no answer of the gateway, or has no verdict or no position in the record.
    """
    found: Counter[str] = Counter()
    for raw in answers:
        answer = credit_pb2.CheckEligibilityResponse.FromString(raw)
        verdict = answer.decision.verdict
        if verdict == common_pb2.VERDICT_UNSPECIFIED or len(answer.audit_position.leaf_hash) != LEAF_BYTES:
            raise ValueError("an answer without verdict or without position in the record")
        found[common_pb2.Verdict.Name(verdict).removeprefix("VERDICT_")] += 1
    return found


def _told(seen: _Seen, *, verdicts: bool) -> dict[str, Any]:
    fault, found = seen.fault, Counter[str]()
    if verdicts:
        try:
            found = verdicts_of(seen.answers)
        except (ValueError, DecodeError) as error:
            fault = fault or str(error)
    return {
        "fault": fault,
        "delivered": seen.delivered,
        "latencies": seen.latencies,
        "answer_bytes": sum(map(len, seen.answers)),
        "verdicts": found,
    }


def _credentials(settings: dict[str, Any]) -> grpc.ChannelCredentials:
    return grpc.ssl_channel_credentials(
        *(Path(settings[name]).read_bytes() for name in ("authorities", "key", "certificate"))
    )


async def _serve(settings: dict[str, Any]) -> None:
    credentials = _credentials(settings)
    options = [
        ("grpc.ssl_target_name_override", settings["server_name"]),
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.enable_retries", 0),
    ]
    channels = [
        grpc.aio.secure_channel(settings["target"], credentials, options) for _ in range(settings["connections"])
    ]
    await asyncio.gather(*(channel.channel_ready() for channel in channels))
    questions = read_questions(Path(settings["questions"]))
    random.Random(settings["place"]).shuffle(questions)  # noqa: S311 - an order of its own, no secret
    endless = itertools.cycle(questions)
    calls: list[_Ask] = [channel.unary_unary(METHOD) for channel in channels]
    print("ready", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        seen = await _round(calls, settings["in_flight"], endless, json.loads(line))
        print("done", flush=True)
        print(json.dumps(_told(seen, verdicts=settings["verdicts"])), flush=True)
    await asyncio.gather(*(channel.close() for channel in channels))


if __name__ == "__main__":
    asyncio.run(_serve(json.loads(sys.stdin.readline())))

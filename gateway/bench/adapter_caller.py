"""One adapter, asked by many at once: the deciding system of F4. It speaks as ``gateway.bench.caller`` does.

Each of those who ask, a task of an event loop or with ``threads`` a thread, checks one bidder of a tender of its own
after the other through the engine's Python API (``adapters.async_enforcement``, ``adapters.enforcement``), which
records every question and answer in the adapter's journal and lets concurrent checks go together. Only what came back
with a verdict and a position in the record counts.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import json
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

from jointsanctions.v1 import common_pb2, credit_pb2

from adapters.acts import Act
from adapters.async_enforcement import AsyncEnforcement
from adapters.bidding import EVALUATION, bidding_rules
from adapters.clearance import Observed
from adapters.client import ClientSettings, GatewayClient
from adapters.enforcement import Enforcement
from adapters.errors import NotClearedError
from adapters.journal import Journal
from adapters.questions import Applicant, Case, Party
from gateway.bench.adapter_comparison import IN_THREADS
from gateway.bench.questions import read_questions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.answers import Answer
    from adapters.clearance import Standing

DEADLINE_SECONDS = 20.0
LEAF_BYTES = 32


@dataclass(slots=True)
class _Seen:
    """What one thread saw in one round: no answer is kept, which a deciding system would not do either."""

    verdicts: Counter[common_pb2.Verdict.ValueType] = field(default_factory=Counter)
    recorded: bool = True
    """Every answer had a position in the record."""
    latencies: list[int] = field(default_factory=list)
    delivered: int = 0
    fault: str = ""


def _thread(engine: Enforcement, acts: Iterator[Act], end: float, seen: _Seen) -> None:
    """Ask, one question after the other, until *end*."""
    clock = time.perf_counter
    answer: Answer | None
    while (begun := clock()) < end and not seen.fault:
        try:
            answer = _answer(engine.require_clearance(next(acts)))
        except NotClearedError as error:
            answer = _refusal(error, seen)
        _note(answer, begun, clock(), end, seen)


async def _task(engine: AsyncEnforcement, acts: Iterator[Act], end: float, seen: _Seen) -> None:
    """Do as ``_thread`` does, on an event loop."""
    clock = time.perf_counter
    answer: Answer | None
    while (begun := clock()) < end and not seen.fault:
        try:
            answer = _answer(await engine.require_clearance(next(acts)))
        except NotClearedError as error:
            answer = _refusal(error, seen)
        _note(answer, begun, clock(), end, seen)


def _answer(standing: Standing) -> Answer:
    if isinstance(standing, Observed):
        raise TypeError("enforce mode observes nothing")
    return standing.answer


def _refusal(error: NotClearedError, seen: _Seen) -> Answer | None:
    """Return what was answered: a refusal is one; what is none is a fault of the round."""
    if error.answer is None or error.answer.fault:
        seen.fault = f"{error.reason}: {error}"
        return None
    return error.answer


def _note(answer: Answer | None, begun: float, ended: float, end: float, seen: _Seen) -> None:
    if answer is not None:
        seen.verdicts[answer.verdict] += 1
        seen.recorded = seen.recorded and len(answer.position.leaf_hash) == LEAF_BYTES
        seen.latencies.append(int((ended - begun) * 1e6))
        seen.delivered += ended <= end


def _in_threads(engine: Enforcement, acts: list[Iterator[Act]], end: float, seen: list[_Seen]) -> None:
    threads = [Thread(target=_thread, args=(engine, own, end, one)) for own, one in zip(acts, seen, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


async def _in_tasks(engine: Enforcement, acts: list[Iterator[Act]], end: float, seen: list[_Seen]) -> None:
    async with AsyncEnforcement(engine) as asking, asyncio.TaskGroup() as tasks:
        for own, one in zip(acts, seen, strict=True):
            tasks.create_task(_task(asking, own, end, one))


def _round(engine: Enforcement, acts: list[Iterator[Act]], seconds: float, *, threads: bool) -> dict[str, Any]:
    end = time.perf_counter() + seconds
    seen = [_Seen() for _ in acts]
    if threads:
        _in_threads(engine, acts, end, seen)
    else:
        asyncio.run(_in_tasks(engine, acts, end, seen))
    print("done", flush=True)
    fault = next((one.fault for one in seen if one.fault), "")
    if not all(one.recorded for one in seen):
        fault = fault or "an answer without position in the record"
    verdicts: Counter[common_pb2.Verdict.ValueType] = sum((one.verdicts for one in seen), Counter())
    return {
        "fault": fault,
        "delivered": sum(one.delivered for one in seen),
        "latencies": [latency for one in seen for latency in one.latencies],
        "answer_bytes": 0,
        "verdicts": {
            common_pb2.Verdict.Name(verdict).removeprefix("VERDICT_"): number for verdict, number in verdicts.items()
        },
    }


def _acts(file: Path, place: int, threads: int) -> list[Iterator[Act]]:
    """Return for each who asks its own endless stream of bidders of a tender of its own."""
    requests = [credit_pb2.CheckEligibilityRequest.FromString(raw) for raw in read_questions(file)]
    random.Random(place).shuffle(requests)  # noqa: S311 - an order of its own, no secret
    acts = [
        Act(
            Case(f"F4-{place}-{number % threads}", f"officer-{number % threads}"),
            EVALUATION,
            Applicant(Party(each.enterprise.uscc), facts=each.question.case_facts),
        )
        for number, each in enumerate(requests)
    ]
    return [itertools.cycle(acts[own::threads]) for own in range(threads)]


def _serve(settings: dict[str, Any]) -> None:
    client = GatewayClient(
        ClientSettings(
            target=settings["target"],
            ca_file=Path(settings["authorities"]),
            certificate_file=Path(settings["certificate"]),
            key_file=Path(settings["key"]),
            server_name=settings["server_name"],
            deadline_seconds=DEADLINE_SECONDS,
        )
    )
    acts = _acts(Path(settings["questions"]), settings["place"], settings["in_flight"])
    folder = Path(settings["questions"]).parent
    with tempfile.TemporaryDirectory(dir=folder) as own, Journal(Path(own) / "journal.sqlite") as journal:
        rules = bidding_rules(timedelta(days=15), timedelta(days=30))
        engine = Enforcement(client, journal, rules, "enforce")
        gc.freeze()  # the questions of all rounds, which no deciding system holds, are not looked through for garbage
        print("ready", flush=True)
        while line := sys.stdin.readline():
            said = json.loads(line)
            print(json.dumps(_round(engine, acts, said["seconds"], threads=IN_THREADS in sys.argv)), flush=True)
    client.close()


if __name__ == "__main__":
    _serve(json.loads(sys.stdin.readline()))

"""One adapter, asked by many threads at once: the deciding system of F4. It speaks as ``gateway.bench.caller`` does.

Each thread checks one bidder of a tender of its own after the other through the engine's Python API
(``adapters.enforcement``), which records every question and answer in the adapter's journal and lets concurrent checks
go together. Only what came back with a verdict and a position in the record counts.
"""

from __future__ import annotations

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
from adapters.bidding import EVALUATION, bidding_rules
from adapters.clearance import Observed
from adapters.client import ClientSettings, GatewayClient
from adapters.enforcement import Enforcement
from adapters.errors import NotClearedError
from adapters.journal import Journal
from adapters.questions import Applicant, Case, Party
from gateway.bench.questions import read_questions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from adapters.answers import Answer

DEADLINE_SECONDS = 20.0
LEAF_BYTES = 32


@dataclass(slots=True)
class _Seen:
    """What one thread saw in one round."""

    answers: list[Answer] = field(default_factory=list)
    latencies: list[int] = field(default_factory=list)
    delivered: int = 0
    fault: str = ""


def _ask(engine: Enforcement, acts: Iterator[Act], end: float, seen: _Seen) -> None:
    clock = time.perf_counter
    while (begun := clock()) < end and not seen.fault:
        try:
            answer = _answer(engine, next(acts))
        except NotClearedError as error:
            seen.fault = f"{error.reason}: {error}"
            return
        ended = clock()
        seen.answers.append(answer)
        seen.latencies.append(int((ended - begun) * 1e6))
        seen.delivered += ended <= end


def _answer(engine: Enforcement, act: Act) -> Answer:
    """Return what was answered: a refusal is one; what is none is raised."""
    try:
        standing = engine.require_clearance(act)
    except NotClearedError as error:
        if error.answer is None or error.answer.fault:
            raise
        return error.answer
    if isinstance(standing, Observed):
        raise TypeError("enforce mode observes nothing")
    return standing.answer


def _round(engine: Enforcement, acts: list[Iterator[Act]], seconds: float) -> dict[str, Any]:
    end = time.perf_counter() + seconds
    seen = [_Seen() for _ in acts]
    threads = [Thread(target=_ask, args=(engine, own, end, one)) for own, one in zip(acts, seen, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print("done", flush=True)
    answers = [answer for one in seen for answer in one.answers]
    fault = next((one.fault for one in seen if one.fault), "")
    if any(len(answer.position.leaf_hash) != LEAF_BYTES for answer in answers):
        fault = fault or "an answer without position in the record"
    return {
        "fault": fault,
        "delivered": sum(one.delivered for one in seen),
        "latencies": [latency for one in seen for latency in one.latencies],
        "answer_bytes": 0,
        "verdicts": Counter(common_pb2.Verdict.Name(each.verdict).removeprefix("VERDICT_") for each in answers),
    }


def _acts(file: Path, place: int, threads: int) -> list[Iterator[Act]]:
    """Return for each thread its own endless stream of bidders of a tender of its own."""
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
        print("ready", flush=True)
        while line := sys.stdin.readline():
            print(json.dumps(_round(engine, acts, json.loads(line)["seconds"])), flush=True)
    client.close()


if __name__ == "__main__":
    _serve(json.loads(sys.stdin.readline()))

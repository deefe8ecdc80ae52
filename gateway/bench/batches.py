"""F3: the same enterprises asked about in batches and one at a time, in turn, of one gateway, in one run."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import credit_pb2

from gateway.bench.answers import BATCH
from gateway.bench.comparison import WARM_SECONDS, gateway_command
from gateway.bench.figures import Spread
from gateway.bench.goals import GOALS
from gateway.bench.load import load_on
from gateway.bench.processes import BenchError, running, serving_port
from gateway.bench.questions import read_questions, write_questions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from gateway.bench.comparison import Plan
    from gateway.bench.figures import Round

POOL: Final = 40
"""Different batches that are made."""


@dataclass(frozen=True, slots=True)
class BatchPlan:
    """How batches are asked: enterprises of one, and batches in flight."""

    size: int
    in_flight: int


@dataclass(frozen=True, slots=True)
class BatchPair:
    """Two rounds, one after the other; the calls of ``batches`` have ``size`` decisions each."""

    singles: Round
    batches: Round
    size: int

    @property
    def decisions(self) -> float:
        """Decisions a second whose batch was answered before the round was over: of one that was not, none counts."""
        return self.batches.rate * self.size

    @property
    def ratio(self) -> float:
        """F3."""
        return self.decisions / self.singles.rate


def make_batches(questions: Sequence[bytes], size: int, count: int = POOL) -> Iterator[bytes]:
    """Yield serialized batches of *size* of the same questions, drawn repeatably; each is of one case."""
    draws = random.Random(f"batches/{size}")  # noqa: S311 - a repeatable sample, no secret
    for number in range(count):
        request = credit_pb2.BatchCheckEligibilityRequest()
        for place, raw in enumerate(draws.choices(questions, k=size)):
            single = credit_pb2.CheckEligibilityRequest.FromString(raw)
            request.items.add(item_id=str(place), enterprise=single.enterprise)
        request.question.CopyFrom(single.question)
        request.question.case_ref = f"JSGC-2026-B{number:05d}"
        yield request.SerializeToString()


def compare_batches(plan: Plan, batch: BatchPlan, progress: Callable[[int], None]) -> list[BatchPair]:
    """Start the gateway and measure pairs of rounds: one at a time as ``plan.asking`` says, then in batches.

    Raises:
        BenchError: A process ended early, or a decision was not given and recorded.
    """
    log, callers = plan.folder / "bench-gateway.log", plan.folder / "callers.log"
    asked = plan.folder / "batches"
    write_questions(asked, make_batches(_questions(plan.folder), batch.size))
    asking = replace(plan.asking, in_flight=batch.in_flight, questions=str(asked), method=BATCH)
    with running(gateway_command(plan), log) as gateway:
        port = serving_port(gateway, log)
        with (
            load_on(port, [gateway.pid], plan.asking, callers, verdicts=True) as singles,
            load_on(port, [gateway.pid], asking, callers, verdicts=True) as batches,
        ):
            singles.round(WARM_SECONDS)
            batches.round(WARM_SECONDS)
            pairs = []
            for number in range(plan.pairs):
                pair = BatchPair(singles.round(plan.seconds), batches.round(plan.seconds), batch.size)
                _require_whole(pair.batches, batch.size)
                pairs.append(pair)
                progress(number + 1)
    return pairs


def _questions(folder: Path) -> list[bytes]:
    return read_questions(folder / "questions")


def _require_whole(batches: Round, size: int) -> None:
    """Every batch that was answered must have a decision for each of its enterprises."""
    if batches.verdicts.total() != batches.calls * size:
        raise BenchError(f"{batches.calls} batches of {size} had {batches.verdicts.total()} decisions")


def figures(pairs: Sequence[BatchPair]) -> dict[str, Any]:
    """Return F3 and the rates behind it."""
    verdicts = sum((pair.batches.verdicts for pair in pairs[1:]), pairs[0].batches.verdicts)
    return {
        "figures": {
            "F3": GOALS["F3"].judged(
                Spread.of([pair.ratio for pair in pairs]),
                delivered={
                    "decisions_per_second": round(Spread.of([pair.decisions for pair in pairs]).value),
                    "calls_per_second": round(Spread.of([pair.singles.rate for pair in pairs]).value),
                },
            )
        },
        "size": pairs[0].size,
        "gateway_cpu_us_a_decision": round(Spread.of([pair.batches.cpu_us / pair.size for pair in pairs]).value, 1),
        "verdicts": dict(verdicts.most_common()),
    }

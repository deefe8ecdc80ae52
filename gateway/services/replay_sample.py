"""Replaying a random sample of the decisions of a span of time: nightly, and when an auditor asks.

Which decisions are replayed nobody can know before: they are drawn by a generator of the system's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.domain.replay import ReplayResult
from gateway.services.drawn_entries import TRIES, drawn_places, may_decide

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gateway.services.drawn_entries import Random
    from gateway.services.ports.log import Entries
    from gateway.services.ports.replay import Spans
    from gateway.services.replay_decision import ReplayDecision

NAMED: Final = 50
"""Positions that are named, at the most."""


@dataclass(frozen=True, slots=True)
class SampledReplay:
    """One replay of a sample that is not as it was recorded, and where its answer stands."""

    writer: str
    number: int
    item: int | None
    """Of a batch, from 0."""
    result: ReplayResult

    @property
    def place(self) -> str:
        """Writer and number, and the item of a batch, as texts name it."""
        return f"{self.writer}/{self.number}" + ("" if self.item is None else f"[{self.item}]")


@dataclass(frozen=True, slots=True)
class SampleRun:
    """What came of a sample."""

    since: datetime
    looked_at: int
    """Entries drawn, decisions or not."""
    results: Mapping[ReplayResult, int]
    """Decisions by result."""
    named: tuple[SampledReplay, ...]
    """Those that are not IDENTICAL, the first ``NAMED``."""

    @property
    def replayed(self) -> int:
        """Decisions that were drawn."""
        return sum(self.results.values())

    @property
    def different(self) -> int:
        """Of these, how many are not what was recorded."""
        return self.results.get(ReplayResult.DIFFERENT, 0)


class ReplaySample:
    """Draws and replays. Blocking: call it in a thread that answers nobody."""

    def __init__(self, spans: Spans, entries: Entries, replay: ReplayDecision, random: Random) -> None:
        self._spans = spans
        self._entries = entries
        self._replay = replay
        self._random = random

    def __call__(self, size: int, since: datetime) -> SampleRun:
        """Replay up to *size* decisions among all calls sealed since an instant, each once.

        Raises:
            StoreUnavailableError: Store or queue could not be read.
        """
        results: dict[ReplayResult, int] = {}
        named: list[SampledReplay] = []
        looked_at = 0
        for writer, number in drawn_places(self._spans, self._random, since, size * TRIES):
            if sum(results.values()) == size:
                break
            entry = self._entries.find(writer, number)
            looked_at += 1
            if entry is None or not may_decide(entry.body):
                continue
            # Of a batch one item, so that a large one costs no more than a question.
            item = self._random.randrange(len(entry.lines)) if entry.lines else None
            result = self._replay.replay(entry, item).result
            if result is ReplayResult.NOT_A_DECISION:
                continue
            results[result] = results.get(result, 0) + 1
            if result is not ReplayResult.IDENTICAL and len(named) < NAMED:
                named.append(SampledReplay(writer, number, item, result))
        return SampleRun(since, looked_at, results, tuple(named))

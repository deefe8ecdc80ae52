"""Replaying a random sample of the decisions of a span of time: nightly, and when an auditor asks.

Which decisions are replayed nobody can know before: they are drawn by a generator of the system's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from gateway.domain.audit import may_have_lines
from gateway.domain.replay import ReplayResult

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from gateway.services.ports.log import Entries
    from gateway.services.ports.replay import Spans
    from gateway.services.replay_decision import ReplayDecision

TRIES: Final = 20
"""Entries looked at for one decision that is wanted: most calls of a quiet day decide nothing."""
NAMED: Final = 50
"""Positions that are named, at the most."""


class Random(Protocol):
    """Where chance comes from."""

    def randrange(self, stop: int, /) -> int:
        """Return a whole number from 0 to *stop*, exclusive."""


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
        for writer, number in self._drawn(since, size * TRIES):
            if sum(results.values()) == size:
                break
            entry = self._entries.find(writer, number)
            looked_at += 1
            if entry is None or not _may_decide(entry.body):
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

    def _drawn(self, since: datetime, count: int) -> Iterator[tuple[str, int]]:
        """Yield positions of the span at random, none twice, as many as there are and *count* at the most."""
        spans = [(writer, first, end) for writer, (first, end) in sorted(self._spans.since(since).items())]
        total = sum(end - first for _, first, end in spans)
        moved: dict[int, int] = {}
        for drawn in range(min(count, total)):
            # Fisher and Yates over places that are only thought of: none is drawn twice.
            chosen = drawn + self._random.randrange(total - drawn)
            place = moved.get(chosen, chosen)
            moved[chosen] = moved.get(drawn, drawn)
            yield _at(spans, place)


def _at(spans: list[tuple[str, int, int]], place: int) -> tuple[str, int]:
    for writer, first, end in spans:
        if place < end - first:
            return writer, first + place
        place -= end - first
    raise ValueError("the place lies beyond all queues")


def _may_decide(body: bytes) -> bool:
    """Return whether a body may be that of a check: it is for those who would rather not derive every call."""
    return b'"CreditService/' in body or may_have_lines(body)

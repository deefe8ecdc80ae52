"""Counts calls by what is recorded of them: between whoever records and the queue, so that nothing is counted twice.

Plain integers, because it stands on the way of every answer; whoever shows them reads them on the event loop. An
entry that stands for many refusals counts as many. Method and outcome are words of ours, so that there are some
hundreds of pairs at most, and nothing of a caller or an enterprise is kept.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, Final

from gateway.domain.errors import GatewayError
from gateway.domain.vocabulary import Area, Verdict

if TYPE_CHECKING:
    from collections.abc import Awaitable, Mapping, Sequence

    from gateway.domain.audit import Draft, Position
    from gateway.services.ports.audit import AuditLog

BOUNDS_US: Final = (500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000)
"""Upper bounds of the histogram's buckets, microseconds; one more holds whatever took longer."""
OK: Final = "OK"
_AREAS: Final = {int(area): area for area in Area}
_VERDICTS: Final = {int(verdict): verdict for verdict in Verdict}


class Latencies:
    """A histogram of how long calls of one method took."""

    __slots__ = ("buckets", "microseconds")

    def __init__(self) -> None:
        self.buckets = [0] * (len(BOUNDS_US) + 1)
        self.microseconds = 0

    def add(self, microseconds: int) -> None:
        """Count one call."""
        self.buckets[bisect_left(BOUNDS_US, microseconds)] += 1
        self.microseconds += microseconds


class CallCounts:
    """What one serving process has recorded since it began. Use it from one event loop."""

    def __init__(self) -> None:
        self.calls: dict[tuple[str, str], int] = {}
        """By method and outcome, as the record names them."""
        self.latencies: dict[str, Latencies] = {}
        """Of calls that were answered, by method."""
        self.verdicts: dict[tuple[Area, Verdict], int] = {}
        """Verdicts that were answered, by area; each item of a batch is one."""

    def add(self, method: str, outcome: str, number: int = 1) -> None:
        """Count *number* calls."""
        key = (method, outcome)
        self.calls[key] = self.calls.get(key, 0) + number

    def answered(self, method: str, microseconds: int) -> None:
        """Count an answered call's time."""
        found = self.latencies.get(method)
        if found is None:
            found = self.latencies[method] = Latencies()
        found.add(microseconds)

    def decided(self, area: object, said: Sequence[Mapping[str, object]]) -> None:
        """Count the verdicts that bodies or lines hold, as the record says them; what says none counts nothing."""
        if not isinstance(area, int) or area not in _AREAS:
            return
        for each in said:
            verdict = each.get("verdict")
            if isinstance(verdict, int) and verdict in _VERDICTS:
                key = (_AREAS[area], _VERDICTS[verdict])
                self.verdicts[key] = self.verdicts.get(key, 0) + 1

    def refused(self, reasons: frozenset[str]) -> Mapping[str, int]:
        """Return how many calls ended with each of *reasons*; one that never came is absent."""
        found: Counter[str] = Counter()
        for (_, outcome), number in self.calls.items():
            if outcome in reasons:
                found[outcome] += number
        return found


class CountedLog:
    """The port ``AuditLog`` over another: counts what passes, and changes nothing of it."""

    def __init__(self, log: AuditLog, counts: CallCounts) -> None:
        self._log = log
        self._counts = counts

    @property
    def writer(self) -> str:
        """Name of the queue."""
        return self._log.writer

    @property
    def failed(self) -> bool:
        """A commit failed."""
        return self._log.failed

    def record(self, draft: Draft) -> Awaitable[Position]:
        """Record *draft* as ``AuditLog`` says; what cannot be recorded is counted by the reason of that."""
        body = draft.body
        method, outcome = str(body["method"]), str(body["outcome"])
        try:
            position = self._log.record(draft)
        except GatewayError as error:
            self._counts.add(method, error.reason)
            raise
        counted = body.get("counted")
        number = counted["number"] if isinstance(counted, dict) else 1
        self._counts.add(method, outcome, number)
        latency = body.get("latency_us")
        if outcome == OK and isinstance(latency, int):
            self._counts.answered(method, latency)
            self._counts.decided(body.get("area"), draft.lines or (body,))
        return position

"""From rounds to figures: medians of pairwise ratios, percentiles, shares. It measures nothing itself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARES: Final = (0.50, 0.95, 0.99)
"""Of calls that were answered within the latencies that are shown."""


@dataclass(frozen=True, slots=True)
class Round:
    """What one server did in one measured stretch of time.

    ``calls`` are all that were answered, ``delivered`` those answered before the time was up; ``cpu_seconds`` is what
    the server's processes took for all of them, user and system. ``latencies`` are in microseconds, in any order.
    ``verdicts`` is empty for a server that gives none. ``late_us`` is how late, at the 99th percentile, the calling
    process itself sent calls that were due at a time and waited for no answer.
    """

    seconds: float
    calls: int
    delivered: int
    cpu_seconds: float
    latencies: tuple[int, ...]
    verdicts: Counter[str]
    late_us: int = 0

    @property
    def rate(self) -> float:
        """Calls a second that were delivered."""
        return self.delivered / self.seconds

    @property
    def cpu_us(self) -> float:
        """Microseconds of the server's CPU for one call."""
        return self.cpu_seconds / self.calls * 1e6

    @property
    def cores(self) -> float:
        """Cores that the server kept busy: near the number of its processes where the server is the limit."""
        return self.cpu_seconds / self.seconds


@dataclass(frozen=True, slots=True)
class Pair:
    """Two rounds, one after the other, whose ratio is worth something on a machine that others use as well."""

    echo: Round
    gateway: Round

    @property
    def ratio(self) -> float:
        """Delivered calls a second, gateway to echo (F1)."""
        return self.gateway.rate / self.echo.rate

    @property
    def added_cpu_us(self) -> float:
        """CPU that the gateway takes for a call beyond the echo's, in microseconds (F2)."""
        return self.gateway.cpu_us - self.echo.cpu_us


@dataclass(frozen=True, slots=True)
class Spread:
    """A median and how far the values behind it lie apart."""

    value: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Summarise *values*, of which there is at least one."""
        return cls(median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Side:
    """One server over all of its rounds."""

    rate: Spread
    cpu_us: Spread
    cores: float
    latencies_us: tuple[int, ...]
    """One for each of ``SHARES``."""
    verdicts: dict[str, float]
    """Share of each verdict, the most frequent first."""

    @classmethod
    def of(cls, rounds: Sequence[Round]) -> Side:
        """Summarise *rounds*, of which there is at least one."""
        ordered = sorted(latency for one in rounds for latency in one.latencies)
        counted = sum((one.verdicts for one in rounds), Counter[str]())
        return cls(
            rate=Spread.of([one.rate for one in rounds]),
            cpu_us=Spread.of([one.cpu_us for one in rounds]),
            cores=median(one.cores for one in rounds),
            latencies_us=tuple(percentile(ordered, share) for share in SHARES),
            verdicts={name: count / counted.total() for name, count in counted.most_common()},
        )


def percentile(ordered: Sequence[int], share: float) -> int:
    """Return the smallest value that at least *share* of the values do not exceed.

    Args:
        ordered: At least one value, ascending.
        share: Above 0, at most 1.
    """
    place = -int(-share * len(ordered) // 1)
    return ordered[place - 1]

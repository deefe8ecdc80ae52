"""Whether a quantity that was looked at again and again has grown: the judgment of a soak. It measures nothing itself.

The first quarter of a run warms up and counts for nothing. The second quarter is the level. The second half has grown
when its trend, carried on for as long as the run was, is more than what is allowed and surely upwards, or when half of
it lies by more than that above the level. A trend is the median of the slopes between all pairs of points (Theil and
Sen), which a few wild points do not move; it is surely upwards when the lower bound of its interval (Kendall's, one
side, 97.5 %) is.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST_POINTS: Final = 12
"""Three make the level and six the trend: of fewer nothing can be said."""
MOST_POINTS: Final = 360
"""Of the second half, whose pairs are all looked at: longer runs are made shorter by the medians of neighbours."""
NORMAL: Final = 1.959964
"""Quantile of the normal distribution at 97.5 %."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One quantity of a soak.

    Attributes:
        name: As it is shown.
        unit: Likewise.
        share: Of the level, by which it may grow over a run.
        least: In its unit, by which it may grow whatever its level: what is near nothing would grow by any trifle.
    """

    name: str
    unit: str
    share: float
    least: float


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one quantity, in its unit.

    Attributes:
        measure: Which.
        level: Median of the second quarter.
        later: Median of the second half.
        trend: What the second half's trend adds over a whole run.
        surely: Lower bound of the trend, likewise: above 0 it is no accident.
        allowed: By how much it may grow.
    """

    measure: Measure
    level: float
    later: float
    trend: float
    surely: float
    allowed: float

    @property
    def grew(self) -> bool:
        """Whether it has grown."""
        rising = self.trend > self.allowed and self.surely > 0
        return rising or self.later - self.level > self.allowed

    def as_json(self) -> dict[str, Any]:
        """Return it as values."""
        numbers = {name: round(getattr(self, name), 3) for name in ("level", "later", "trend", "surely", "allowed")}
        return {"unit": self.measure.unit, **numbers, "grew": self.grew}


def judge(measure: Measure, values: Sequence[float]) -> Judged:
    """Judge the *values* of one quantity, taken at even distances over a whole run.

    Raises:
        ValueError: There are fewer than ``LEAST_POINTS``, or one is no number.
    """
    count = len(values)
    if count < LEAST_POINTS:
        raise ValueError(f"{measure.name}: {count} points say nothing of a trend; there must be {LEAST_POINTS}")
    if not all(map(math.isfinite, values)):
        raise ValueError(f"{measure.name}: is not a number throughout")
    level = median(values[count // 4 : count // 2])
    half = values[count // 2 :]
    points = _fewer(half)
    trend, surely = _trend(points)
    # From the distance of two points to the length of the run, whose second half they are.
    whole = 2 * len(points)
    allowed = max(measure.share * abs(level), measure.least)
    return Judged(measure, level, median(half), trend * whole, surely * whole, allowed)


def _fewer(values: Sequence[float]) -> list[float]:
    width = -(-len(values) // MOST_POINTS)
    groups = [values[start : start + width] for start in range(0, len(values), width)]
    return [median(group) for group in groups]


def _trend(points: Sequence[float]) -> tuple[float, float]:
    """Return the median of the slopes between all pairs, and the lower bound of its interval, both a point's step."""
    pairs = itertools.combinations(enumerate(points), 2)
    slopes = sorted((later - earlier) / (there - here) for (here, earlier), (there, later) in pairs)
    count = len(points)
    spread = NORMAL * math.sqrt(count * (count - 1) * (2 * count + 5) / 18)
    return median(slopes), slopes[max(0, math.floor((len(slopes) - spread) / 2))]

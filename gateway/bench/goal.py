"""What a figure is to reach, and how a value is judged by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gateway.bench.figures import Spread


@dataclass(frozen=True, slots=True)
class Goal:
    """One figure: what it is, and what it is to reach.

    Attributes:
        name: ``F1`` to ``F12`` or ``soak``; a figure with two bars has a second entry, such as ``F8/memory``.
        says: What is measured, for the table of the document.
        unit: Of the value, for people.
        bar: What it must reach at first.
        goal: What it is to reach.
        at_least: The value must not be below bar and goal; otherwise it must not be above.
        digits: After the point, of the value that is shown.
    """

    name: str
    says: str
    unit: str
    bar: float
    goal: float
    at_least: bool
    digits: int

    def met(self, value: float) -> bool:
        """Return whether *value* reaches the bar."""
        return value >= self.bar if self.at_least else value <= self.bar

    def reached(self, value: float) -> bool:
        """Return whether *value* reaches the goal."""
        return value >= self.goal if self.at_least else value <= self.goal

    def judged(self, value: float | Spread, **more: object) -> dict[str, Any]:
        """Return the figure as the commands print it; it is judged by the value as measured, not as rounded.

        Args:
            value: The median with its spread, or one value.
            more: What else is told of it. ``met`` among it says that something beside the value is missing.
        """
        spread = value if isinstance(value, Spread) else Spread(value, value, value)
        return {
            "value": round(spread.value, self.digits),
            "spread": [round(spread.low, self.digits), round(spread.high, self.digits)],
            "unit": self.unit,
            "bar": self.bar,
            "goal": self.goal,
            "met": self.met(spread.value),
            "reached": self.reached(spread.value),
            **more,
        }

    def shown(self, bound: float) -> str:
        """Return bar or goal with its sign, such as ``≥ 0.65``."""
        return f"{'≥' if self.at_least else '≤'} {bound:,g}"

"""Reads ``law_table.toml``: the bounds that the law's text sets to what one trigger does at one point in one case.

No policy is read here, and nothing of the gateway decides: the table is what the answers are held to.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jointsanctions.v1 import common_pb2

EFFECTS = ("NONE", "NOTICE", "NO_CONVENIENCE", "REVIEW", "RAISE_SECURITY", "BLOCK")
"""Weakest first."""
REVIEW = EFFECTS.index("REVIEW")
FILE = Path(__file__).with_name("law_table.toml")
POINTS = tuple(name.removeprefix("DECISION_POINT_") for name in common_pb2.DecisionPoint.keys()[1:])
PERSONS_OWN = frozenset({"EXAM_RECORD", "INSURANCE_SEVERE_LISTING"})
"""Triggers of a person asked about in its own name, and of no enterprise (E-11, S-06)."""
TRIGGERS = tuple(
    name for full in common_pb2.Trigger.keys()[1:] if (name := full.removeprefix("TRIGGER_")) not in PERSONS_OWN
)
VARIANTS = (
    "PENALTY.NEW_PROJECTS_LIMITED",
    "PENALTY.QUALIFICATION_LOWERED",
    "PENALTY.QUALIFICATION_REVOKED",
    "PENALTY.PROCUREMENT_BAN",
    "ARREARS_FINDING.MALICIOUS",
)
"""Triggers that the rules tell apart further."""


@dataclass(frozen=True)
class Row:
    """One row of the file. Empty ``triggers``, ``points`` or ``profiles`` mean all."""

    source: str
    triggers: tuple[str, ...] = ()
    points: tuple[str, ...] = ()
    profiles: tuple[str, ...] = ()
    when: frozenset[str] = frozenset()
    effect: str = ""
    least: str = ""
    most: str = ""
    as_far_as: str = ""
    more: bool = False
    loosely: bool = False
    open: str = ""

    def applies(self, trigger: str, point: str, words: frozenset[str], profile: str) -> bool:
        """Return whether it is about this."""
        return (
            (not self.triggers or bool({trigger, trigger.partition(".")[0]} & set(self.triggers)))
            and (not self.points or any(point == name or point.startswith(f"{name}_") for name in self.points))
            and (not self.profiles or profile in self.profiles)
            and self.when <= words
        )


@dataclass(frozen=True)
class Cell:
    """What the law says: an effect between two, both inclusive; the row it comes from."""

    least: int
    most: int
    row: Row

    @property
    def exact(self) -> bool:
        """The text leaves no room."""
        return self.least == self.most

    def holds(self, effect: int) -> bool:
        """Return whether an effect, by its place in ``EFFECTS``, is within the law."""
        return self.least <= effect <= self.most

    def __str__(self) -> str:
        between = EFFECTS[self.least] if self.exact else f"{EFFECTS[self.least]} to {EFFECTS[self.most]}"
        return f"{between} ({self.row.source})"


@cache
def rows() -> tuple[Row, ...]:
    """Return the rows in order."""
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))["row"]
    return tuple(Row(**{key: _value(key, value) for key, value in row.items()}) for row in content)


def _value(key: str, value: object) -> object:
    if isinstance(value, list):
        return frozenset(value) if key == "when" else tuple(value)
    return value


@cache
def cell(trigger: str, point: str, words: frozenset[str], profile: str) -> Cell:
    """Return the cell.

    Raises:
        LookupError: The table has none.
    """
    for row in rows():
        if row.applies(trigger, point, words, profile):
            return _cell(row, point, words, profile)
    raise LookupError(f"the law's table says nothing of {trigger} at {point} when {sorted(words)} under {profile}")


def _cell(row: Row, point: str, words: frozenset[str], profile: str) -> Cell:
    if row.as_far_as:
        other = cell(row.as_far_as, point, words, profile)
        least = REVIEW if other.least >= REVIEW and not row.loosely else 0
        most = EFFECTS.index(row.most) if row.most else other.most
        return Cell(least, most if row.more else min(most, REVIEW), row)
    if row.effect:
        return Cell(EFFECTS.index(row.effect), EFFECTS.index(row.effect), row)
    return Cell(EFFECTS.index(row.least or "NONE"), EFFECTS.index(row.most), row)

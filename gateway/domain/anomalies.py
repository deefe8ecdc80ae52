"""What in the record of calls is worth an auditor's look, and from which number on; the rules are in ``anomaly_rules``.

An anomaly accuses nobody. It says what was counted, against which threshold, and where to begin reading. A rule sees
what the access index holds, in which officers are keyed hashes, and nothing that was answered but the verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

from gateway.domain.vocabulary import DecisionPoint, Word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

SHOWN_PLACES: Final = 5
"""Calls that an anomaly names, the earliest first."""
WAGE_POINTS: Final = frozenset({DecisionPoint.FUNDING_WAGE_PAYMENT, DecisionPoint.LENDING_WAGE_ACCOUNT})
"""At which wages are never stopped; so they are watched for questions that have nothing to do with wages."""


class AnomalyKind(Word):
    """What is worth a look."""

    VOLUME = 1
    WITHOUT_OUTCOME = 2
    ENUMERATION = 3
    AFTER_HOURS = 4
    SAME_PERSON = 5
    REFUSED_FIRST = 6
    AFTER_CASE_END = 7
    WAGE_POINTS = 8


@dataclass(frozen=True, slots=True)
class AnomalyThresholds:
    """From which number on something is an anomaly; each at least 1, hours 0 to 24."""

    volume_times: int = 5
    """Calls of a day, as a multiple of the median of the caller's own days."""
    volume_least: int = 500
    """Calls of a day below which no volume is one."""
    baseline_days: int = 28
    """Days before, by which a caller is measured against itself."""
    without_outcome: int = 50
    """Questions with a verdict, of one officer, in cases of which no outcome was ever reported."""
    outcome_days: int = 30
    """Days after a question within which its case may still come to one."""
    enumerated: int = 60
    """Different enterprises that one officer asked about one by one, within the minutes below."""
    enumeration_minutes: int = 10
    after_hours: int = 20
    """Questions of one officer on days off or outside the hours below."""
    day_begins: int = 7
    day_ends: int = 20
    same_person: int = 5
    """Questions of one officer about one natural person."""
    refused_first: int = 5
    """Refusals of one officer in a row, each within an hour of the one before, before an answer."""
    after_case_end: int = 3
    """Questions in a case more than a day after its outcome at that point or a later one."""
    wage_points: int = 200
    """Questions of a day at the closed points of wages, if they are also ``volume_times`` the caller's own."""

    def __post_init__(self) -> None:
        """Refuse thresholds that mean nothing.

        Raises:
            ValueError: "field: why".
        """
        for field in fields(self):
            least, most = (0, 24) if field.name in {"day_begins", "day_ends"} else (1, 1_000_000)
            if not least <= getattr(self, field.name) <= most:
                raise ValueError(f"{field.name}: must be {least} to {most}")
        if self.day_begins >= self.day_ends:
            raise ValueError("day_ends: must be later than day_begins")


@dataclass(frozen=True, slots=True)
class Seen:
    """One recorded call, or one item of a batch; empty or None for what the record does not have."""

    at: datetime
    """UTC."""
    writer: str
    number: int
    item: int | None
    agency: str
    role: str
    officer: str
    """Keyed hash."""
    method: str
    outcome: str
    point: DecisionPoint | None
    case_ref: str
    asked: bool
    """A verdict was given."""
    alone: bool
    """It counts as a call of its own: a call, or the item of a batch whose items name a case or an officer each."""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """What was counted, of whom, from when to when."""

    kind: AnomalyKind
    agency: str
    role: str
    officer: str
    """Keyed hash; empty where it is about the caller as a whole."""
    begins: datetime
    ends: datetime
    """Instants of the first and the last call counted."""
    count: int
    threshold: int
    """The count that would have been no anomaly any more."""
    places: tuple[Seen, ...]
    """The first calls that were counted."""
    case_ref: str = ""
    """Of ``AFTER_CASE_END``."""

    @property
    def weight(self) -> float:
        """How far beyond its threshold; by it the list is ordered."""
        return self.count / self.threshold


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many calls a caller made on a civil day in UTC+8; items of a batch are none, unless of cases of their own."""

    agency: str
    role: str
    day: date
    count: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the rules about one officer need beside the officer's calls."""

    ended: Mapping[str, Sequence[tuple[DecisionPoint, datetime]]]
    """Case number → points and instants of the outcomes that the agency reported."""
    enterprises: Callable[[Sequence[Seen]], Sequence[frozenset[str]]]
    """Returns the enterprises that each call was about, read from its entry."""
    persons: Callable[[Sequence[Seen]], Sequence[str]]
    """Returns the keyed hash of the person that each call was about; empty for none."""

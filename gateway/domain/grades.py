"""A credit grade as a value, and what every method of grading has in common: facts in, grades with their reasons out.

A letter says nothing without its scheme, version, period and territory, and letters of two schemes are never compared
(G-33). The methods are in ``shiyan_grades`` (15333) and ``national_grades``; which of them weighs is the policy
profile's choice, and what a grade means for an activity is policy too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from formats.civil import civil_date
from gateway.domain.vocabulary import GradeLetter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gateway.domain.records import Dossier
    from gateway.domain.suppositions import Alternatives

RECOVERABLE = frozenset({GradeLetter.B, GradeLetter.C})
"""Letters that may restrict (G-05), and from which an enterprise recovers."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What a letter is read with: the method and its version, and the division code of where it is run (G-33)."""

    scheme: str
    version: str
    territory: str


@dataclass(frozen=True, slots=True)
class GradeCause:
    """One fact that a grade rests on, and the days between which it counts: [counts_from, counts_until)."""

    record_id: str
    kind: str
    document_number: str
    counts_from: datetime
    counts_until: datetime | None
    incident_id: str = ""
    """For complaints: those of one incident count once."""

    def counts_at(self, moment: datetime) -> bool:
        """Return whether it counts at *moment*."""
        return self.counts_from <= moment and (self.counts_until is None or moment < self.counts_until)


@dataclass(frozen=True, slots=True)
class Grade:
    """A credit grade and why it is what it is.

    ``held_since`` is None when it holds from the first record on; ``changes_at`` is the next instant at which time
    alone changes the letter, None when there is none.
    """

    scale: Scale
    letter: GradeLetter
    rule_id: str
    causes: tuple[GradeCause, ...]
    held_since: datetime | None = None
    changes_at: datetime | None = None
    confirmation_due: bool = False

    def better_than(self, other: Grade) -> bool:
        """Return whether its letter is the better one.

        Raises:
            ValueError: The two are of different schemes, versions or territories: they are never compared (G-33).
        """
        if self.scale != other.scale:
            raise ValueError(f"grades of {self.scale} and {other.scale} are never compared")
        return self.letter < other.letter


class GradeRules(Protocol):
    """One method of grading with its numbers. A value: equal rules give equal grades, and it can be a key."""

    def __hash__(self) -> int:
        """Equal rules have equal hashes."""

    @property
    def scale(self) -> Scale:
        """What its letters are read with."""

    @property
    def conviction_months(self) -> int:
        """How long an effective conviction weighs by itself, in months (TR6, G-13)."""

    @property
    def never_rated(self) -> Grade:
        """The grade of an enterprise before its first."""

    def period_at(self, moment: datetime) -> str:
        """Return what a grade at *moment* looks back on: a window, ``24 months``, or a calendar year, ``2025``."""

    def graded(self, dossier: Dossier) -> list[tuple[datetime, Grade]]:
        """Return every grade in order with the instant from which it holds; before the first it was never rated."""

    def supposed(self, dossier: Dossier, grade: Grade, moment: datetime) -> Iterable[Alternatives]:
        """Return what might change *grade*, which *dossier* has at *moment*; whether it would is yet to be computed."""


def spanned(walked: Iterable[tuple[datetime, Grade]], before: Grade) -> list[tuple[datetime, Grade]]:
    """Tell each of the grades, in order, since when its letter holds without a break and when time next changes it.

    Args:
        walked: Each with the instant from which it holds.
        before: The grade before the first of them.
    """
    held: list[tuple[datetime, Grade]] = []
    for instant, grade in walked:
        since = before.held_since if grade.letter is before.letter else instant
        before = replace(grade, held_since=since)
        held.append((instant, before))
    found: list[tuple[datetime, Grade]] = []
    changes_at: datetime | None = None
    following: tuple[datetime, Grade] | None = None
    for start, grade in reversed(held):
        if following is not None and following[1].letter is not grade.letter:
            changes_at = following[0]
        following = (start, replace(grade, changes_at=changes_at))
        found.append(following)
    return found[::-1]


def before_first(rules: GradeRules, graded: Iterable[tuple[datetime, Grade]]) -> Grade:
    """Return the grade before the first of *graded*: never rated, until an instant at which it is."""
    rated = (start for start, grade in graded if grade.letter is not rules.never_rated.letter)
    return replace(rules.never_rated, changes_at=next(rated, None))


def evaluation_number(uscc: str, grade: Grade) -> str:
    """Return the number of the grade's evaluation record, which stands for its document."""
    since = _day(grade.held_since) if grade.held_since else "first-record"
    return f"{grade.scale.scheme}/{uscc}/{since}/{grade.letter.name}"


@lru_cache(maxsize=4096)
def _day(moment: datetime) -> str:
    """Return the civil day of an instant; grades begin on some thousand days, and an answer names a thousand grades."""
    return civil_date(moment).isoformat()

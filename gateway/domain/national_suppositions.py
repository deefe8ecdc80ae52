"""What would change a grade of the national method: violations of the running year, and decisions that are revoked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from formats.civil import civil_date
from gateway.domain.kinds.labour_violation import Circumstance, LabourViolation, ViolationItem
from gateway.domain.suppositions import Alternatives, Step, Supposition, more, without
from gateway.domain.vocabulary import GradeLetter

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from gateway.domain.grades import Grade
    from gateway.domain.records import Dossier

SUPPOSED = "supposed"
"""Prefix of the ids of facts that are only supposed."""


class RunningYear(NamedTuple):
    """The calendar year that is not over: when its grade begins to hold, and its first instant that is too late."""

    graded_from: datetime
    over_at: datetime


def supposed(dossier: Dossier, grade: Grade, year: RunningYear, many: int) -> Iterable[Alternatives]:
    """Yield what would change *grade* now, or the grade on the running year.

    Args:
        dossier: Its file.
        grade: Its grade at the moment asked about.
        year: The calendar year of that moment.
        many: Number of violations in one year from which the grade is C.
    """
    rounds = [[_violations(dossier, number)] for number in range(1, many + 1)]
    for letter in (GradeLetter.B, GradeLetter.C):
        yield Alternatives(rounds, letter, year.graded_from, year.over_at)
    grave = Supposition(Step.GRAVE_VIOLATION, lambda at: more(dossier, [_violation(at, 0, Circumstance.MASS_EVENT)]))
    yield Alternatives([[grave]], GradeLetter.C, year.graded_from, year.over_at)
    if grade.causes:
        ids = tuple(dict.fromkeys(cause.record_id for cause in grade.causes))
        yield Alternatives([[_revoked(dossier, grade, {one}) for one in ids], [_revoked(dossier, grade, set(ids))]])


def _violations(dossier: Dossier, number: int) -> Supposition:
    def happens(at: datetime) -> Dossier:
        return more(dossier, [_violation(at, place) for place in range(number)])

    return Supposition(Step.MORE_VIOLATIONS, happens, count=number)


def _violation(at: datetime, place: int, *circumstances: Circumstance) -> LabourViolation:
    return LabourViolation(
        record_id=f"{SUPPOSED}-{place}",
        decided_on=civil_date(at),
        item=ViolationItem.OTHER_RULES,
        circumstances=circumstances,
    )


def _revoked(dossier: Dossier, grade: Grade, ids: Collection[str]) -> Supposition:
    touched = tuple(cause for cause in grade.causes if cause.record_id in ids)
    return Supposition(Step.DECISIONS_REVOKED, lambda _: without(dossier, ids), count=len(ids), causes=touched)

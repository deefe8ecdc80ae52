"""How a grade came to be and where it goes: its history, what time alone does to it, and what would change it.

Everything is computed by the method of grading itself, on the file as it is and as it would be: nothing is said of a
grade that the method would not give. Whether a grade weighs is not looked at here.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gateway.domain.grades import before_first
from gateway.domain.withdrawals import standing_facts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gateway.domain.grades import Grade, GradeCause, GradeRules
    from gateway.domain.records import Dossier
    from gateway.domain.suppositions import Alternatives, Step, Supposition
    from gateway.domain.vocabulary import GradeLetter


@dataclass(frozen=True, slots=True)
class Stretch:
    """A letter and the instants [since, until) between which it holds; None where there is no end."""

    letter: GradeLetter
    rule_id: str
    """Rule by which it began."""
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Change:
    """Something that would change the grade."""

    step: Step
    count: int
    causes: tuple[GradeCause, ...]
    """The facts that would be changed; empty for new ones."""
    letter: GradeLetter
    """What the grade would be."""
    shows_at: datetime
    """Instant from which it would be so, if it happened at the moment asked about."""
    before: datetime | None
    """First instant at which the same would no longer have this effect; None when there is none."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """A grade at a moment, what happens to it if nothing happens, and what would change it."""

    grade: Grade
    ahead: tuple[Stretch, ...]
    """What time alone makes of it after the moment, in order."""
    changes: tuple[Change, ...]


def history(rules: GradeRules, dossier: Dossier) -> tuple[Stretch, ...]:
    """Return every letter in order, from the beginning and as far as time alone will tell."""
    turns: list[tuple[datetime | None, Grade]] = [(None, rules.never_rated)]
    for instant, grade in _graded(rules, dossier):
        if grade.letter is not turns[-1][1].letter:
            turns.append((instant, grade))
    ends = [since for since, _ in turns[1:]] + [None]
    return tuple(
        Stretch(grade.letter, grade.rule_id, since, until) for (since, grade), until in zip(turns, ends, strict=True)
    )


def grade_at(rules: GradeRules, dossier: Dossier, moment: datetime) -> Grade:
    """Return the grade of *dossier* at *moment*."""
    graded = _graded(rules, dossier)
    place = bisect_right([instant for instant, _ in graded], moment)
    return graded[place - 1][1] if place else before_first(rules, graded)


def _graded(rules: GradeRules, dossier: Dossier) -> list[tuple[datetime, Grade]]:
    """Grade the file as it stands after every withdrawal."""
    return rules.graded(replace(dossier, facts=standing_facts(dossier.facts)))


def outlook(rules: GradeRules, dossier: Dossier, moment: datetime) -> Outlook:
    """Return the grade of *dossier* at *moment* with everything that may become of it."""
    grade = grade_at(rules, dossier, moment)
    ahead = tuple(each for each in history(rules, dossier) if each.since is not None and each.since > moment)
    changes = (
        change
        for alternatives in rules.supposed(dossier, grade, moment)
        for change in _first(alternatives, _Case(rules, dossier, moment))
    )
    return Outlook(grade, ahead, tuple(changes))


@dataclass(frozen=True, slots=True)
class _Case:
    rules: GradeRules
    dossier: Dossier
    moment: datetime

    def letter(self, dossier: Dossier, moment: datetime) -> GradeLetter:
        return grade_at(self.rules, dossier, moment).letter


def _first(alternatives: Alternatives, case: _Case) -> list[Change]:
    """Return the changes of the first round that makes a difference."""
    for supposed in alternatives.rounds:
        told = [change for one in supposed if (change := _change(one, alternatives, case)) is not None]
        if told:
            return told
    return []


def _change(supposed: Supposition, alternatives: Alternatives, case: _Case) -> Change | None:
    shows_at = alternatives.looked_at or case.moment
    letter = case.letter(supposed.happens(case.moment), shows_at)
    if letter is case.letter(case.dossier, shows_at) or alternatives.wanted not in {None, letter}:
        return None
    before = alternatives.deadline or next(_too_late(supposed, letter, case), None)
    return Change(supposed.step, supposed.count, supposed.causes, letter, shows_at, before)


def _too_late(supposed: Supposition, letter: GradeLetter, case: _Case) -> Iterator[datetime]:
    """Yield the instants ahead at which the same would give another letter, or one that holds then anyway."""
    for instant, grade in _graded(case.rules, case.dossier):
        if instant > case.moment:
            would = case.letter(supposed.happens(instant), instant)
            if would is not letter or grade.letter is letter:
                yield instant

"""An enterprise's timeline: what weighs on it, and its grade, at every instant, known ahead.

Whether a fact weighs follows from its dates (promise 4), so everything that time alone will change is computed once,
when a fact changes, and an answer only looks up the stretch that holds its moment. What a ground means for an activity
is policy, not here.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from formats.civil import civil_date, midnight
from gateway.domain.grades import RECOVERABLE, Grade, GradeRules, causes_of, letter_at
from gateway.domain.grounds import Ground, grade_ground, grounds_of
from gateway.domain.kinds.enterprise import EnterpriseProfile
from gateway.domain.kinds.grade_recovery import GradeRecovery
from gateway.domain.kinds.red_list import RedListEntry
from gateway.domain.records import Dossier
from gateway.domain.vocabulary import GradeLetter, Provenance

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from gateway.domain.grounds import Weighing
    from gateway.domain.records import RelationKind
    from gateway.domain.vocabulary import EnterpriseKind, Trigger


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of an enterprise over one stretch of time."""

    grounds: tuple[Ground, ...]
    grade: Grade
    red_listed: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """Stretches in order: ``standings[i]`` holds in [instants[i - 1], instants[i]), the first from the beginning."""

    instants: tuple[datetime, ...]
    standings: tuple[Standing, ...]

    def at(self, moment: datetime) -> tuple[Standing, datetime | None]:
        """Return what holds at *moment*, and the next instant at which it changes; None when nothing will."""
        place = bisect_right(self.instants, moment)
        following = self.instants[place] if place < len(self.instants) else None
        return self.standings[place], following


NEVER_RATED = Grade(GradeLetter.NOT_RATED, "G-01", ())
NOTHING = Standing((), NEVER_RATED, red_listed=False)
EMPTY = Timeline((), (NOTHING,))
"""The timeline of an enterprise without any record."""

SHARED = 65_536
"""Timelines of enterprises without a deciding fact that are kept to be shared: one for each history of profiles."""


def build(dossier: Dossier, rules: GradeRules) -> Timeline:
    """Compute the timeline of *dossier* under *rules*; equal facts give an equal timeline, in whatever order."""
    deciding = dossier.listings or dossier.relations or any(fact.weighs for fact in dossier.facts)
    if deciding:
        return _computed(dossier, rules)
    return _of_profiles(tuple((p.valid_from, p.kind, p.construction_unit) for p in dossier.profiles), rules)


@lru_cache(SHARED)
def _of_profiles(history: tuple[tuple[date, EnterpriseKind | None, bool], ...], rules: GradeRules) -> Timeline:
    """Return the timeline of everybody with these profiles and nothing else that counts: nearly all enterprises."""
    profiles = (
        EnterpriseProfile(record_id="", name="", valid_from=since, kind=kind, construction_unit=construction_unit)
        for since, kind, construction_unit in history
    )
    return _computed(Dossier("", tuple(profiles)), rules)


def _computed(dossier: Dossier, rules: GradeRules) -> Timeline:
    weighing = sorted(grounds_of(dossier, rules), key=_in_order)
    red = [fact for fact in dossier.facts if isinstance(fact, RedListEntry)]
    grades = _grades(dossier, rules)
    starts = [start for start, _ in grades]
    instants: list[datetime] = []
    standings = [Standing((), replace(NEVER_RATED, changes_at=_first_change(grades)), red_listed=False)]
    for instant in sorted({*starts, *_edges(weighing), *_red_edges(red)}):
        place = bisect_right(starts, instant)
        grade = grades[place - 1][1] if place else standings[0].grade
        held = tuple(ground for span, ground in weighing if instant in span)
        listed = any(_red_at(entry, instant) for entry in red)
        standing = Standing((*held, *grade_ground(dossier.uscc, grade)), grade, red_listed=listed)
        if standing != standings[-1]:
            instants.append(instant)
            standings.append(standing)
    return Timeline(tuple(instants), tuple(standings))


def _in_order(weighing: Weighing) -> tuple[datetime, Trigger, str, RelationKind, str]:
    ground = weighing.ground
    return ground.effective_from, ground.trigger, ground.record_id, ground.relation, ground.party_uscc


def _edges(weighing: Iterable[Weighing]) -> Iterable[datetime]:
    for span, _ in weighing:
        yield from (span.start, span.end)


def _red_edges(entries: Iterable[RedListEntry]) -> Iterable[datetime]:
    for entry in entries:
        yield midnight(entry.listed_on)
        if entry.until is not None:
            yield midnight(entry.until)


def _red_at(entry: RedListEntry, moment: datetime) -> bool:
    day = civil_date(moment)
    return entry.listed_on <= day and (entry.until is None or day < entry.until)


def _grades(dossier: Dossier, rules: GradeRules) -> list[tuple[datetime, Grade]]:
    """Return the grades in order with the instant from which each holds, recovery included.

    Before the first of them the enterprise was never rated.
    """
    causes = causes_of(dossier, rules)
    recoveries = {
        midnight(fact.decided_on)
        for fact in dossier.facts
        if isinstance(fact, GradeRecovery) and fact.provenance is Provenance.AUTHORITY
    }
    edges = recoveries | {midnight(profile.valid_from) for profile in dossier.profiles}
    edges.update(cause.counts_from for cause in causes)
    edges.update(cause.counts_until for cause in causes if cause.counts_until is not None)
    walked: list[tuple[datetime, Grade]] = []
    before = NEVER_RATED
    for instant in sorted(edges):
        fresh = Grade(*letter_at(dossier, causes, rules, instant))
        grade = _recovered(before, fresh, rules, decided=instant in recoveries)
        since = before.held_since if grade.letter is before.letter else instant
        before = replace(grade, held_since=since)
        walked.append((instant, before))
    return _with_changes(walked)


def _recovered(before: Grade, fresh: Grade, rules: GradeRules, *, decided: bool) -> Grade:
    """Let B or C end as the profile says (G-14): by itself and to be confirmed, or only by a decision."""
    better = before.letter in RECOVERABLE and fresh.letter < before.letter
    if better and rules.recovery_by_decision and not decided:
        return replace(before, rule_id="G-14")
    due = (better or before.confirmation_due) and fresh.letter not in RECOVERABLE and not decided
    return replace(fresh, confirmation_due=True) if due else fresh


def _with_changes(walked: list[tuple[datetime, Grade]]) -> list[tuple[datetime, Grade]]:
    """Tell each stretch when its letter changes next by time alone."""
    found: list[tuple[datetime, Grade]] = []
    changes_at: datetime | None = None
    following: tuple[datetime, Grade] | None = None
    for start, grade in reversed(walked):
        if following is not None and following[1].letter is not grade.letter:
            changes_at = following[0]
        following = (start, replace(grade, changes_at=changes_at))
        found.append(following)
    return found[::-1]


def _first_change(grades: list[tuple[datetime, Grade]]) -> datetime | None:
    """Return when an enterprise is first rated; None when it never is."""
    return next((start for start, grade in grades if grade.letter is not GradeLetter.NOT_RATED), None)

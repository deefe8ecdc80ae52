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
from gateway.domain.deposits import NO_RECORD, ArrearsRecord, arrears_at, arrears_edges
from gateway.domain.grounds import Ground, grade_ground, grounds_of
from gateway.domain.kinds.enterprise import EnterpriseProfile
from gateway.domain.kinds.red_list import RedListEntry
from gateway.domain.records import Dossier
from gateway.domain.vocabulary import GradeLetter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from gateway.domain.grades import Grade, GradeRules
    from gateway.domain.grounds import Weighing
    from gateway.domain.records import RelationKind
    from gateway.domain.vocabulary import EnterpriseKind, Trigger


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of an enterprise over one stretch of time."""

    grounds: tuple[Ground, ...]
    grade: Grade
    red_listed: bool
    arrears: ArrearsRecord = NO_RECORD


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


SHARED = 65_536
"""Timelines of enterprises without a deciding fact that are kept to be shared: one for each history of profiles."""


def build(dossier: Dossier, rules: GradeRules) -> Timeline:
    """Compute the timeline of *dossier* under *rules*; equal facts give an equal timeline, in whatever order."""
    deciding = dossier.listings or dossier.relations or any(fact.weighs for fact in dossier.facts)
    if deciding:
        return _computed(dossier, rules)
    return _of_profiles(tuple((p.valid_from, p.kind, p.construction_unit) for p in dossier.profiles), rules)


def empty(rules: GradeRules) -> Timeline:
    """Return the timeline of an enterprise without any record."""
    return _of_profiles((), rules)


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
    grades = rules.graded(dossier)
    starts = [start for start, _ in grades]
    instants: list[datetime] = []
    standings = [Standing((), replace(rules.never_rated, changes_at=_first_change(grades)), red_listed=False)]
    for instant in sorted({*starts, *_edges(weighing), *_red_edges(red), *arrears_edges(dossier)}):
        place = bisect_right(starts, instant)
        grade = grades[place - 1][1] if place else standings[0].grade
        held = tuple(ground for span, ground in weighing if instant in span)
        listed = any(_red_at(entry, instant) for entry in red)
        arrears = arrears_at(dossier, instant)
        standing = Standing((*held, *grade_ground(dossier.uscc, grade)), grade, red_listed=listed, arrears=arrears)
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


def _first_change(grades: list[tuple[datetime, Grade]]) -> datetime | None:
    """Return when an enterprise is first rated; None when it never is."""
    return next((start for start, grade in grades if grade.letter is not GradeLetter.NOT_RATED), None)

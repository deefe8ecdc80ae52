"""An enterprise's timeline: what weighs on it, and its grade, at every instant, known ahead.

Whether a fact weighs follows from its dates (promise 4), so everything that time alone will change is computed once,
when a fact changes, and an answer only looks up the stretch that holds its moment. What a ground means for an activity
is policy, not here.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from formats.civil import civil_date, midnight
from gateway.domain.deposit_record import NO_RECORD, ArrearsRecord, arrears_edges, arrears_of
from gateway.domain.grades import RECOVERABLE, before_first
from gateway.domain.grounds import Ground, grade_ground, grounds_of
from gateway.domain.kinds.enterprise import BusinessStatus, EnterpriseProfile
from gateway.domain.kinds.red_list import RedListEntry
from gateway.domain.listings import Interval
from gateway.domain.records import Dossier
from gateway.domain.withdrawals import standing_facts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from gateway.domain.grades import Grade, GradeRules
    from gateway.domain.grounds import Weighing
    from gateway.domain.records import RelationKind
    from gateway.domain.vocabulary import EnterpriseKind, Trigger

    ProfileHistory = tuple[tuple[date, EnterpriseKind | None, bool, BusinessStatus], ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds of an enterprise over one stretch of time."""

    grounds: tuple[Ground, ...]
    grade: Grade
    red_listed: bool
    arrears: ArrearsRecord = NO_RECORD
    ceased_on: date | None = None
    """From when on the profile in force says revoked or deregistered (I-09); None while in business or not known."""


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
    if dossier.listings or dossier.relations or any(fact.weighs for fact in dossier.facts):
        return _computed(dossier, rules)
    return _of_profiles(profile_history(dossier), rules)


def profile_history(dossier: Dossier) -> ProfileHistory:
    """Return all that a timeline looks at in profiles: equal histories and nothing deciding, equal timelines."""
    return tuple((p.valid_from, p.kind, p.construction_unit, p.business_status) for p in dossier.profiles)


def empty(rules: GradeRules) -> Timeline:
    """Return the timeline of an enterprise without any record."""
    return _of_profiles((), rules)


@lru_cache(SHARED)
def _of_profiles(history: ProfileHistory, rules: GradeRules) -> Timeline:
    """Return the timeline of everybody with these profiles and nothing else that counts: nearly all enterprises."""
    profiles = (
        EnterpriseProfile(
            record_id="", name="", valid_from=since, kind=kind, construction_unit=unit, business_status=status
        )
        for since, kind, unit, status in history
    )
    return _computed(Dossier("", tuple(profiles)), rules)


def _computed(dossier: Dossier, rules: GradeRules) -> Timeline:
    dossier = replace(dossier, facts=standing_facts(dossier.facts))
    weighing = sorted(grounds_of(dossier, rules), key=_in_order)
    red = [fact for fact in dossier.facts if isinstance(fact, RedListEntry)]
    grades = rules.graded(dossier)
    arrears = arrears_of(dossier)
    starts = [start for start, _ in grades]
    instants: list[datetime] = []
    standings = [Standing((), before_first(rules, grades), red_listed=False)]
    known = (midnight(profile.valid_from) for profile in dossier.profiles)  # a method may grade on other days alone
    for instant in sorted({*starts, *known, *_edges(weighing), *_red_edges(red), *arrears_edges(dossier)}):
        place = bisect_right(starts, instant)
        grade = grades[place - 1][1] if place else standings[0].grade
        held = tuple(ground for span, ground in weighing if instant in span)
        grounds = (*held, *grade_ground(dossier.uscc, grade, _restricted_before(grades, grade)))
        standing = Standing(
            grounds,
            grade,
            red_listed=any(_red_at(entry, instant) for entry in red),
            arrears=arrears(instant),
            ceased_on=_ceased_on(dossier, civil_date(instant)),
        )
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


def _ceased_on(dossier: Dossier, day: date) -> date | None:
    """Return since when it has been out of business without a break; a second such profile begins nothing anew."""
    ceased: date | None = None
    for profile in dossier.profiles:
        if profile.valid_from <= day:
            ended = profile.business_status is not BusinessStatus.IN_BUSINESS
            ceased = (ceased or profile.valid_from) if ended else None
    return ceased


def _restricted_before(grades: list[tuple[datetime, Grade]], held: Grade) -> tuple[Interval, ...]:
    """Return the stretches of grade B or C before *held*, itself one of them, began; empty for other letters.

    The two are one restriction (G-05): turning from one into the other begins nothing new.
    """
    if held.letter not in RECOVERABLE or held.held_since is None:
        return ()
    found: list[Interval] = []
    for (start, grade), (end, _) in pairwise(grades):
        if start >= held.held_since or grade.letter not in RECOVERABLE:
            continue
        joined = found.pop().start if found and found[-1].end == start else start
        found.append(Interval(joined, end))
    return tuple(found)

"""The rules that find anomalies: each over the calls of a span, in the order of their instants."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from statistics import median
from typing import TYPE_CHECKING, Final

from formats.civil import SHANGHAI
from gateway.domain.anomalies import SHOWN_PLACES, Anomaly, AnomalyKind
from gateway.domain.call_record import OK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from formats.calendar import WorkingCalendar
    from gateway.domain.anomalies import AnomalyThresholds, DayCount, Known, Seen

PERSON_CHECK: Final = "CreditService/CheckPerson"


def over_volume(days: Iterable[DayCount], since: date, times: int, least: int) -> Iterator[tuple[DayCount, int]]:
    """Yield the days from *since* on with too many calls of a caller, each with its threshold.

    Args:
        days: Those before *since* are what a caller is measured by; one without any is measured by *least* alone.
        since: First day of the span.
        times: Multiple of the median of the caller's own days.
        least: Calls of a day below which no volume is one.
    """
    by_caller: dict[tuple[str, str], list[DayCount]] = defaultdict(list)
    for day in days:
        by_caller[day.agency, day.role].append(day)
    for own in by_caller.values():
        usual = [each.count for each in own if each.day < since]
        threshold = max(least, int(times * median(usual)) if usual else 0)
        yield from ((each, threshold) for each in own if each.day >= since and each.count >= threshold)


def of_officer(
    calls: Sequence[Seen], known: Known, limits: AnomalyThresholds, calendar: WorkingCalendar, until: datetime
) -> list[Anomaly]:
    """Return the anomalies among the calls of one officer of one caller.

    Args:
        calls: In the order of their instants.
        known: What else is known.
        limits: From which number on.
        calendar: Which days are worked.
        until: The present: a case may still come to an outcome.
    """
    return [
        *_without_outcome(calls, known, limits, until),
        *_enumeration(calls, known, limits),
        *_after_hours(calls, limits, calendar),
        *_same_person(calls, known, limits),
        *_refused_first(calls, limits),
        *_after_case_end(calls, known, limits),
    ]


def smallest(limits: AnomalyThresholds) -> int:
    """Return the number of calls below which no officer can be worth a look."""
    return min(
        limits.without_outcome,
        limits.enumerated,
        limits.after_hours,
        limits.same_person,
        limits.refused_first,
        limits.after_case_end,
    )


def _anomaly(kind: AnomalyKind, calls: Sequence[Seen], threshold: int, about: str = "") -> Anomaly:
    first = calls[0]
    return Anomaly(
        kind,
        first.agency,
        first.role,
        first.officer,
        first.at,
        calls[-1].at,
        len(calls),
        threshold,
        tuple(dict.fromkeys(calls))[:SHOWN_PLACES],
        about,
    )


def _without_outcome(
    calls: Sequence[Seen], known: Known, limits: AnomalyThresholds, until: datetime
) -> Iterator[Anomaly]:
    over = until - timedelta(days=limits.outcome_days)
    idle = [call for call in calls if call.asked and call.at < over and not known.ended.get(call.case_ref)]
    if len(idle) >= limits.without_outcome:
        yield _anomaly(AnomalyKind.WITHOUT_OUTCOME, idle, limits.without_outcome)


def _enumeration(calls: Sequence[Seen], known: Known, limits: AnomalyThresholds) -> Iterator[Anomaly]:
    """One by one: a batch of one case names its enterprises in one call and is for many."""
    span = timedelta(minutes=limits.enumeration_minutes)
    # Few have so many calls within the minutes; only the entries of those are read.
    dense = _dense([call for call in calls if call.alone], span, limits.enumerated)
    most = _most_different(dense, known.enterprises(dense), span) if dense else []
    if len(most) >= limits.enumerated:
        yield _anomaly(AnomalyKind.ENUMERATION, most, limits.enumerated)


def _most_different(calls: Sequence[Seen], about: Sequence[frozenset[str]], span: timedelta) -> list[Seen]:
    """Return of the span with the most different enterprises the first call about each of them."""
    within: dict[str, int] = defaultdict(int)
    first, best, most = 0, (0, 0), 0
    for last, call in enumerate(calls):
        for name in about[last]:
            within[name] += 1
        while call.at - calls[first].at >= span:
            for name in about[first]:
                within[name] -= 1
                if not within[name]:
                    del within[name]
            first += 1
        if len(within) > most:
            best, most = (first, last + 1), len(within)
    different: dict[str, Seen] = {}
    for place in range(*best):
        for name in sorted(about[place]):
            different.setdefault(name, calls[place])
    return list(different.values())


def _dense(calls: Sequence[Seen], span: timedelta, least: int) -> list[Seen]:
    """Return the calls that lie in some span with at least so many of them."""
    kept: set[int] = set()
    first = 0
    for last, call in enumerate(calls):
        while call.at - calls[first].at >= span:
            first += 1
        if last - first + 1 >= least:
            kept.update(range(first, last + 1))
    return [calls[place] for place in sorted(kept)]


def _after_hours(calls: Sequence[Seen], limits: AnomalyThresholds, calendar: WorkingCalendar) -> Iterator[Anomaly]:
    def off(call: Seen) -> bool:
        local = call.at.astimezone(SHANGHAI)
        return not (limits.day_begins <= local.hour < limits.day_ends and calendar.is_working_day(local.date()))

    late = [call for call in calls if call.asked and call.alone and off(call)]
    if len(late) >= limits.after_hours:
        yield _anomaly(AnomalyKind.AFTER_HOURS, late, limits.after_hours)


def _same_person(calls: Sequence[Seen], known: Known, limits: AnomalyThresholds) -> Iterator[Anomaly]:
    asked = [call for call in calls if call.method == PERSON_CHECK]
    if len(asked) < limits.same_person:
        return
    about: dict[str, list[Seen]] = defaultdict(list)
    for call, person in zip(asked, known.persons(asked), strict=True):
        if person:
            about[person].append(call)
    for repeated in about.values():
        if len(repeated) >= limits.same_person:
            yield _anomaly(AnomalyKind.SAME_PERSON, repeated, limits.same_person)


def _refused_first(calls: Sequence[Seen], limits: AnomalyThresholds) -> Iterator[Anomaly]:
    refused: list[Seen] = []
    for call in calls:
        if not call.alone:
            continue
        if refused and call.at - refused[-1].at > timedelta(hours=1):
            refused = []
        if call.outcome != OK:
            refused.append(call)
            continue
        if len(refused) >= limits.refused_first:
            yield _anomaly(AnomalyKind.REFUSED_FIRST, refused, limits.refused_first)
        refused = []


def _after_case_end(calls: Sequence[Seen], known: Known, limits: AnomalyThresholds) -> Iterator[Anomaly]:
    """A later point of the case is asked about rightly after an earlier one has come to its outcome."""
    late: dict[str, list[Seen]] = defaultdict(list)
    for call in calls:
        asked = call.point if call.asked else None
        ends = known.ended.get(call.case_ref, ())
        if asked is not None and any(point >= asked and call.at - at > timedelta(days=1) for point, at in ends):
            late[call.case_ref].append(call)
    for case_ref, own in late.items():
        if len(own) >= limits.after_case_end:
            yield _anomaly(AnomalyKind.AFTER_CASE_END, own, limits.after_case_end, case_ref)

"""What in the record of calls is worth an auditor's look, over a span of civil days, the heaviest first."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from formats.civil import midnight
from gateway.domain.anomalies import SHOWN_PLACES, WAGE_POINTS, Anomaly, AnomalyKind, Known
from gateway.domain.anomaly_rules import of_officer, over_volume, smallest
from gateway.domain.anomaly_words import explain
from gateway.domain.errors import MalformedRequestError
from gateway.services.ports.anomalies import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from formats.calendar import WorkingCalendar
    from gateway.domain.anomalies import AnomalyThresholds, Seen
    from gateway.domain.policy import LocalizedText
    from gateway.domain.vocabulary import DecisionPoint
    from gateway.services.ports.anomalies import RecordedCallsByOfficer, WhoCalled
    from gateway.services.ports.audit import AccessRow
    from gateway.services.ports.outcomes import OutcomeStore

MOST_DAYS: Final = 31
MOST_CALLS: Final = 500_000
"""Of one officer in a span; they are held in memory."""


@dataclass(frozen=True, slots=True)
class Found:
    """An anomaly in words, with the officer's name and the entries to begin with."""

    anomaly: Anomaly
    officer: str
    text: LocalizedText
    entries: Sequence[AccessRow]


class ListAnomalies:
    """Looks through the record. It reads every row of the span and of the days by which callers are measured."""

    def __init__(
        self,
        calls: RecordedCallsByOfficer,
        outcomes: OutcomeStore,
        calendar: WorkingCalendar,
        limits: AnomalyThresholds,
    ) -> None:
        self._calls = calls
        self._outcomes = outcomes
        self._calendar = calendar
        self._limits = limits

    async def __call__(
        self, days: tuple[date, date], kinds: Collection[AnomalyKind], now: datetime, most: int
    ) -> tuple[list[Found], int]:
        """Return up to *most* anomalies, the heaviest first, and how many there are beside them.

        Args:
            days: First civil day, and the one before which it ends; at most ``MOST_DAYS`` of them.
            kinds: Which; empty for all.
            now: The present.
            most: At least 1.

        Raises:
            MalformedRequestError: There are no such days or too many, or one officer made more than ``MOST_CALLS``.
            StoreUnavailableError: A database failed.
        """
        since, until = days
        if not 1 <= (until - since).days <= MOST_DAYS:
            raise MalformedRequestError("until", f"must be 1 to {MOST_DAYS} days after the first")
        return await asyncio.to_thread(self._list, days, kinds, now, most)

    def _list(
        self, days: tuple[date, date], kinds: Collection[AnomalyKind], now: datetime, most: int
    ) -> tuple[list[Found], int]:
        wanted = frozenset(kinds or AnomalyKind)
        span = Span(midnight(days[0]), midnight(days[1]))
        found = [*self._volumes(days, wanted)]
        if wanted - {AnomalyKind.VOLUME, AnomalyKind.WAGE_POINTS}:
            for who in self._calls.officers(span, smallest(self._limits)):
                found += self._of_officer(who, span, now)
        found = [each for each in found if each.kind in wanted]
        found.sort(key=lambda each: (-each.weight, each.kind, each.agency, each.role, each.begins, each.case_ref))
        return [self._found(each) for each in found[:most]], max(0, len(found) - most)

    def _volumes(self, days: tuple[date, date], kinds: frozenset[AnomalyKind]) -> Iterator[Anomaly]:
        limits = self._limits
        if AnomalyKind.VOLUME in kinds:
            yield from self._volume(AnomalyKind.VOLUME, days, limits.volume_least, ())
        if AnomalyKind.WAGE_POINTS in kinds:
            yield from self._volume(AnomalyKind.WAGE_POINTS, days, limits.wage_points, WAGE_POINTS)

    def _volume(
        self, kind: AnomalyKind, days: tuple[date, date], least: int, points: Collection[DecisionPoint]
    ) -> Iterator[Anomaly]:
        since, until = days
        before = midnight(since - timedelta(days=self._limits.baseline_days))
        counts = self._calls.day_counts(Span(before, midnight(until)), points)
        for day, threshold in over_volume(counts, since, self._limits.volume_times, least):
            span = Span(midnight(day.day), midnight(day.day + timedelta(days=1)))
            first = tuple(self._calls.first_calls((day.agency, day.role), span, SHOWN_PLACES, points))
            yield Anomaly(kind, day.agency, day.role, "", span.since, span.until, day.count, threshold, first)

    def _of_officer(self, who: WhoCalled, span: Span, now: datetime) -> list[Anomaly]:
        calls = self._calls.calls_of(who, span, MOST_CALLS + 1)
        if len(calls) > MOST_CALLS:
            raise MalformedRequestError("until", f"an officer made more than {MOST_CALLS} calls: name fewer days")
        known = Known(self._ended(who.agency, calls), self._enterprises, self._persons)
        return of_officer(calls, known, self._limits, self._calendar, now)

    def _ended(self, agency: str, calls: Sequence[Seen]) -> dict[str, list[tuple[DecisionPoint, datetime]]]:
        ended: dict[str, list[tuple[DecisionPoint, datetime]]] = defaultdict(list)
        cases = {call.case_ref for call in calls if call.asked and call.case_ref}
        for outcome in self._outcomes.of_cases(agency, cases) if cases else ():
            ended[outcome.case_ref].append((outcome.point, outcome.reported_at))
        return ended

    def _enterprises(self, calls: Sequence[Seen]) -> list[frozenset[str]]:
        return [_about(row.content if row.line is None else row.line) for row in self._calls.entries(calls)]

    def _persons(self, calls: Sequence[Seen]) -> list[str]:
        return [str(row.content.get("person", "")) for row in self._calls.entries(calls)]

    def _found(self, anomaly: Anomaly) -> Found:
        entries = self._calls.entries(anomaly.places)
        names = [str(row.content.get("officer", "")) for row in entries] if anomaly.officer else [""]
        return Found(anomaly, next(filter(None, names), ""), explain(anomaly, self._limits), entries)


def _about(body: Mapping[str, object]) -> frozenset[str]:
    """Return the enterprises of an entry; of a search that identified none, what was sought."""
    found = frozenset(map(str, _listed(body.get("enterprises"))))
    sought = body.get("sought")
    return found or frozenset(map(str, sought.values()) if isinstance(sought, dict) else ())


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()

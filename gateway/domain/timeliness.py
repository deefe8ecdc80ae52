"""How soon records arrived: the three working days of collection and the seven of double publicity (I-30, I-31).

A figure for each agency, feed and clock over the arrivals of some days. Which records those are is the store's to find.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.domain.clock_list import CLOCKS
from gateway.domain.clock_rules import AS_SHIPPED
from gateway.domain.clocks import due
from gateway.domain.kinds.licence import Licence
from gateway.domain.kinds.penalty import Penalty

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from formats.calendar import WorkingCalendar
    from gateway.domain.clock_rules import ClockParameters, ClockRule
    from gateway.domain.clocks import Deadline

COLLECTION = CLOCKS["I-30/report"]
DOUBLE_PUBLICITY = CLOCKS["I-31/publish"]
PUBLISHED_TWICE = frozenset({Penalty.wire_name, Licence.wire_name})
"""Kinds under the double publicity (I-31)."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A record's first version: when what it tells was decided or held, and when it was committed here, in UTC."""

    agency: str
    feed: str
    kind: str
    record_id: str
    began_on: date
    committed_at: datetime


@dataclass(frozen=True, slots=True)
class Timeliness:
    """How many records of one agency's feed came by the last day of one clock."""

    agency: str
    feed: str
    rule: ClockRule
    in_time: int = 0
    late: int = 0
    provisional: int = 0
    """Those among them whose last day was counted over a year that is not announced."""
    longest_delay: int = 0
    """Civil days by which the latest of them came after its last day; 0 when none was late."""
    longest_record_id: str = ""
    """That record, the first in order of id when several were as late; empty when none was."""

    def with_one(self, arrival: Arrival, deadline: Deadline) -> Timeliness:
        """Return the figure with one more record."""
        counted = replace(self, provisional=self.provisional + deadline.provisional)
        if arrival.committed_at < deadline.ends_at:
            return replace(counted, in_time=self.in_time + 1)
        delay = (civil_date(arrival.committed_at) - deadline.due_on).days
        counted = replace(counted, late=self.late + 1)
        if (-delay, arrival.record_id) < (-self.longest_delay, self.longest_record_id):
            return replace(counted, longest_delay=delay, longest_record_id=arrival.record_id)
        return counted


def timeliness(
    arrivals: Iterable[Arrival], calendar: WorkingCalendar, parameters: ClockParameters = AS_SHIPPED
) -> tuple[Timeliness, ...]:
    """Return the figures in order of agency, feed and clock; nothing for a feed in which nothing arrived."""
    found: dict[tuple[str, str, str], Timeliness] = {}
    ends: dict[tuple[str, date], Deadline] = {}
    for arrival in arrivals:
        for rule in (COLLECTION, DOUBLE_PUBLICITY) if arrival.kind in PUBLISHED_TWICE else (COLLECTION,):
            begun = (rule.clock_id, arrival.began_on)
            if begun not in ends:
                ends[begun] = due(rule, arrival.began_on, calendar, parameters)
            key = (arrival.agency, arrival.feed, rule.clock_id)
            before = found.get(key) or Timeliness(arrival.agency, arrival.feed, rule)
            found[key] = before.with_one(arrival, ends[begun])
    return tuple(figure for _, figure in sorted(found.items()))

"""How soon records arrived: the three working days of collection and the seven of double publicity (I-30, I-31).

A figure for each agency, feed and clock over the arrivals of some days. Which records those are is the store's to find.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gateway.domain.clock_list import CLOCKS
from gateway.domain.clock_rules import AS_SHIPPED
from gateway.domain.clocks import due
from gateway.domain.kinds.licence import Licence
from gateway.domain.kinds.penalty import Penalty

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from formats.calendar import WorkingCalendar
    from gateway.domain.clock_rules import ClockParameters, ClockRule
    from gateway.domain.clocks import Deadline

COLLECTION = CLOCKS["I-30/report"]
DOUBLE_PUBLICITY = CLOCKS["I-31/publish"]
PUBLISHED_TWICE = frozenset({Penalty.wire_name, Licence.wire_name})
"""Kinds under the double publicity (I-31)."""


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Records of one kind whose first versions came on one civil day from one agency's feed, about one day."""

    agency: str
    feed: str
    kind: str
    began_on: date
    """When what they tell was decided or held."""
    committed_on: date
    """The civil day, in UTC+8, on which they were committed here."""
    records: int
    """How many, at least 1."""
    record_id: str
    """The first of them in order of id."""


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

    def with_more(self, came: Arrivals, deadline: Deadline) -> Timeliness:
        """Return the figure with more records."""
        counted = replace(self, provisional=self.provisional + came.records * deadline.provisional)
        delay = (came.committed_on - deadline.due_on).days
        if delay <= 0:
            return replace(counted, in_time=self.in_time + came.records)
        counted = replace(counted, late=self.late + came.records)
        if (-delay, came.record_id) < (-self.longest_delay, self.longest_record_id):
            return replace(counted, longest_delay=delay, longest_record_id=came.record_id)
        return counted


def timeliness(
    arrivals: Iterable[Arrivals], calendar: WorkingCalendar, parameters: ClockParameters = AS_SHIPPED
) -> tuple[Timeliness, ...]:
    """Return the figures in order of agency, feed and clock; nothing for a feed in which nothing arrived."""
    found: dict[tuple[str, str, str], Timeliness] = {}
    ends: dict[tuple[str, date], Deadline] = {}
    for came in arrivals:
        for rule in (COLLECTION, DOUBLE_PUBLICITY) if came.kind in PUBLISHED_TWICE else (COLLECTION,):
            begun = (rule.clock_id, came.began_on)
            if begun not in ends:
                ends[begun] = due(rule, came.began_on, calendar, parameters)
            key = (came.agency, came.feed, rule.clock_id)
            before = found.get(key) or Timeliness(came.agency, came.feed, rule)
            found[key] = before.with_more(came, ends[begun])
    return tuple(figure for _, figure in sorted(found.items()))

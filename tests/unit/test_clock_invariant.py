"""Invariant 14 of the law's list: deadlines are those of its vectors, and clocks of 24 hours ignore holidays."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from builders import INSTANT, day
from listing_life import CALENDAR

from formats.civil import midnight
from gateway.domain.clock_list import CLOCKS
from gateway.domain.clock_rules import ClockParameters, Roll, Unit
from gateway.domain.clocks import Colour, colour, due


@pytest.mark.parametrize(
    ("start", "days", "last"),
    [
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-02-06", 10, "2026-02-27"),
        ("2026-04-30", 20, "2026-06-01"),
        ("2026-09-18", 3, "2026-09-22"),
        ("2026-09-30", 5, "2026-10-13"),
        ("2026-10-09", 15, "2026-10-29"),
        ("2025-12-31", 3, "2026-01-06"),
    ],
)
def test_invariant_14_deadlines_are_those_of_the_vectors(start, days, last):
    """The vectors of the law's list, counted as clocks: in time until 24:00 of the last day, late from then on."""
    deadline = due(replace(CLOCKS["L-16/decide"], length=days), day(start), CALENDAR)

    assert (deadline.due_on, deadline.provisional) == (day(last), False)
    assert deadline.ends_at == midnight(day(last) + timedelta(days=1))
    assert colour(deadline, deadline.ends_at - INSTANT) is Colour.YELLOW
    assert colour(deadline, deadline.ends_at) is Colour.RED


@pytest.mark.parametrize("clock_id", [clock_id for clock_id, rule in CLOCKS.items() if rule.unit is Unit.HOURS])
@pytest.mark.parametrize(
    "begun", ["2026-02-14T09:30:00+08:00", "2026-09-30T23:59:59+08:00", "2026-10-10T00:00:00+08:00"]
)
def test_invariant_14_clocks_of_24_hours_ignore_holidays(clock_id, begun):
    """On the eve of the Spring Festival, of the National Day, and from a working Saturday on."""
    start = datetime.fromisoformat(begun)
    for rolling in (frozenset(), frozenset(Roll) - {Roll.NEVER}):
        deadline = due(CLOCKS[clock_id], start, CALENDAR, ClockParameters(rolling=rolling))
        assert deadline.ends_at == start + timedelta(hours=24)
        assert not deadline.provisional

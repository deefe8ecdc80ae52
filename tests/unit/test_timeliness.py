"""How soon records arrived: counted by agency, feed and clock, with the longest delay."""

from __future__ import annotations

from datetime import date, timedelta

from builders import day
from listing_life import CALENDAR

from formats.civil import midnight
from gateway.domain.timeliness import Arrival, timeliness

FRIDAY = day("2026-06-05")
"""The third working day after it is Wednesday, 10 June; the seventh Tuesday, 16 June."""


def arrival(record_id, committed, *, kind="complaint", feed="labour_inspection", agency="hrss", began=FRIDAY):
    return Arrival(agency, feed, kind, record_id, began, committed)


def end_of(text):
    return midnight(day(text) + timedelta(days=1))


def test_a_record_is_in_time_up_to_the_last_instant_of_the_third_working_day():
    last = end_of("2026-06-10")
    (figure,) = timeliness([arrival("a", last - timedelta(microseconds=1)), arrival("b", last)], CALENDAR)
    assert (figure.rule.clock_id, figure.in_time, figure.late) == ("I-30/report", 1, 1)
    assert (figure.longest_delay, figure.longest_record_id) == (1, "b")


def test_the_longest_delay_names_its_record_and_the_first_by_id_when_several_are_as_late():
    late = [arrival(name, end_of("2026-06-15")) for name in ("c", "a", "b")]
    (figure,) = timeliness([arrival("z", end_of("2026-06-11")), *late], CALENDAR)
    assert (figure.late, figure.longest_delay, figure.longest_record_id) == (4, 6, "a")


def test_penalties_and_licences_are_counted_by_both_clocks_and_nothing_else_is():
    came = end_of("2026-06-12")
    sent = [arrival(kind, came, kind=kind, feed=kind) for kind in ("penalty", "licence", "listing_act")]
    found = {
        (figure.feed, figure.rule.clock_id): (figure.in_time, figure.late) for figure in timeliness(sent, CALENDAR)
    }
    assert found == {
        ("licence", "I-30/report"): (0, 1),
        ("licence", "I-31/publish"): (1, 0),
        ("listing_act", "I-30/report"): (0, 1),
        ("penalty", "I-30/report"): (0, 1),
        ("penalty", "I-31/publish"): (1, 0),
    }
    assert list(found) == sorted(found)


def test_every_agency_and_feed_is_counted_for_itself():
    sent = [arrival("a", midnight(FRIDAY), agency=agency, feed=feed) for agency in "ab" for feed in "xy"]
    assert [
        (f.agency, f.feed, f.in_time, f.longest_delay, f.longest_record_id) for f in timeliness(sent, CALENDAR)
    ] == [
        ("a", "x", 1, 0, ""),
        ("a", "y", 1, 0, ""),
        ("b", "x", 1, 0, ""),
        ("b", "y", 1, 0, ""),
    ]


def test_what_was_counted_over_a_year_that_is_not_announced_is_said_so():
    (figure,) = timeliness(
        [arrival("a", midnight(FRIDAY), began=date(2031, 3, 3)), arrival("b", midnight(FRIDAY))], CALENDAR
    )
    assert (figure.in_time, figure.provisional) == (2, 1)


def test_nothing_arrived_and_so_there_is_no_figure():
    assert timeliness([], CALENDAR) == ()

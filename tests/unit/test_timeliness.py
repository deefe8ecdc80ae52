"""How soon records arrived: counted by agency, feed and clock, with the longest delay."""

from __future__ import annotations

from datetime import date

from builders import day
from listing_life import CALENDAR

from gateway.domain.timeliness import Arrivals, timeliness

FRIDAY = day("2026-06-05")
"""The third working day after it is Wednesday, 10 June; the seventh Tuesday, 16 June."""


def arrival(
    record_id, committed, *, kind="complaint", feed="labour_inspection", agency="hrss", began=FRIDAY, records=1
):
    return Arrivals(agency, feed, kind, began, day(committed), records, record_id)


def test_a_record_is_in_time_on_the_third_working_day_and_late_on_the_next():
    (figure,) = timeliness([arrival("a", "2026-06-10"), arrival("b", "2026-06-11")], CALENDAR)
    assert (figure.rule.clock_id, figure.in_time, figure.late) == ("I-30/report", 1, 1)
    assert (figure.longest_delay, figure.longest_record_id) == (1, "b")


def test_records_that_came_together_are_counted_each():
    sent = [arrival("a", "2026-06-10", records=7), arrival("b", "2026-06-12", records=5)]
    (figure,) = timeliness(sent, CALENDAR)
    assert (figure.in_time, figure.late, figure.longest_delay, figure.longest_record_id) == (7, 5, 2, "b")


def test_the_longest_delay_names_its_record_and_the_first_by_id_when_several_are_as_late():
    late = [arrival(name, "2026-06-16") for name in ("c", "a", "b")]
    (figure,) = timeliness([arrival("z", "2026-06-12"), *late], CALENDAR)
    assert (figure.late, figure.longest_delay, figure.longest_record_id) == (4, 6, "a")


def test_penalties_and_licences_are_counted_by_both_clocks_and_nothing_else_is():
    came = "2026-06-13"
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
    sent = [arrival("a", "2026-06-05", agency=agency, feed=feed) for agency in "ab" for feed in "xy"]
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
        [arrival("a", "2026-06-05", began=date(2031, 3, 3), records=3), arrival("b", "2026-06-05")], CALENDAR
    )
    assert (figure.in_time, figure.provisional) == (4, 3)


def test_nothing_arrived_and_so_there_is_no_figure():
    assert timeliness([], CALENDAR) == ()

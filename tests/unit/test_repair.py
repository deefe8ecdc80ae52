"""The days that follow from a listing and its correction."""

from __future__ import annotations

import pytest
from builders import DAY, day, listed

from formats.calendar import WorkingCalendar
from formats.civil import midnight
from gateway.domain.clocks import due
from gateway.domain.listing_clocks import EARLY_EXIT_CR36, EARLY_EXIT_O45, LISTING_TERM
from gateway.domain.listings import terms
from gateway.domain.repair import early_exit, last_day


@pytest.mark.parametrize(
    ("decided", "corrected", "o45", "cr36"),
    [
        ("2026-03-02", "2026-03-02", "2026-09-02", "2027-03-02"),
        ("2026-03-02", "2026-01-15", "2026-09-02", "2027-03-02"),
        ("2026-03-02", "2026-06-30", "2026-12-30", "2027-03-02"),
        ("2026-03-02", "2026-09-02", "2027-03-02", "2027-03-02"),
        ("2026-03-02", "2026-11-20", "2027-05-20", "2027-03-02"),
        ("2026-03-02", "2027-04-01", "2027-10-01", "2027-04-01"),
        ("2024-02-29", "2024-08-31", "2025-02-28", "2025-02-28"),
    ],
)
def test_both_days_of_an_early_exit_are_given_and_the_reminder_is_the_later(decided, corrected, o45, cr36):
    found = early_exit(day(decided), day(corrected))

    assert (found.eligible_o45, found.eligible_cr36) == (day(o45), day(cr36))
    assert found.remind_on == max(day(o45), day(cr36))


@pytest.mark.parametrize("decided", ["2026-03-02", "2024-02-29", "2026-12-31", "2026-01-01"])
def test_the_last_day_of_a_listing_is_the_day_before_its_term_ends(decided):
    (term,) = terms(listed(decided, decided))

    assert midnight(last_day(day(decided)) + DAY) == term.ends
    assert due(LISTING_TERM, day(decided), WorkingCalendar([])).ends_at == term.ends


def test_a_listing_of_29_february_ends_with_27_february():
    assert last_day(day("2024-02-29")) == day("2027-02-27")


def test_a_clock_of_an_early_exit_ends_at_the_first_instant_of_the_eligible_day():
    found = early_exit(day("2026-03-02"), day("2026-06-30"))
    none_announced = WorkingCalendar([])

    assert due(EARLY_EXIT_O45, day("2026-06-30"), none_announced).ends_at == midnight(found.eligible_o45)
    assert due(EARLY_EXIT_CR36, day("2026-03-02"), none_announced).ends_at == midnight(found.eligible_cr36)

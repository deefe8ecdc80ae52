"""The days of a listing's procedure: L-06, L-08, L-19b."""

from __future__ import annotations

from datetime import date

from builders import day
from listing_life import APPLIED, CALENDAR, DECISION, ORDER, REPAIR, TO_LISTED, TO_NOTICE, case, lived, made

from gateway.domain.listing_dates import duties, last_day_to_object
from gateway.domain.listing_standing import standing_on
from gateway.domain.vocabulary import ListingActKind as Kind


def test_the_days_to_object_are_working_days_after_the_pre_notices_delivery():
    assert last_day_to_object(lived(*TO_NOTICE), CALENDAR).due == date(2025, 2, 5)
    assert last_day_to_object(lived(ORDER), CALENDAR) is None


def told(listing, today):
    standing = standing_on(listing, day(today))
    found = duties(listing, standing, CALENDAR)
    return {
        duty.rule_id: (duty.due.due.isoformat(), duty.done_on and duty.done_on.isoformat(), duty.late_on(day(today)))
        for duty in found
    }


def test_the_decision_is_due_twenty_working_days_after_the_orders_time():
    """L-08: 21 to 27 January and 5 to 22 February with 26 January and 8 February worked: 20 days end on 21 February."""
    assert told(lived(*TO_NOTICE), "2025-02-21") == {"L-08": ("2025-02-21", None, False)}
    assert told(lived(*TO_NOTICE), "2025-02-22") == {"L-08": ("2025-02-21", None, True)}
    assert told(lived(*TO_NOTICE, DECISION), "2025-03-03") == {"L-08": ("2025-02-21", "2025-03-03", True)}


def test_an_order_that_was_never_delivered_starts_no_clock():
    assert told(lived(ORDER), "2025-03-03") == {}


def test_with_the_heads_approval_it_is_due_twenty_days_later():
    extended = case(*TO_NOTICE).after(made(*DECISION, extended=True)).listing
    assert told(extended, "2025-03-03") == {"L-08": ("2025-03-21", "2025-03-03", False)}


def test_what_ended_leaves_every_site_within_ten_working_days():
    """L-19b: 1 April to 16 April 2026, the Qingming days off between."""
    ended = (*TO_LISTED, APPLIED, REPAIR)
    wanted = ("L-19b/UNPUBLISHED", "L-19b/OTHER_SITES_TOLD", "L-19b/PLATFORM_TOLD")
    found = told(lived(*ended, (Kind.UNPUBLISHED, "2026-04-15"), (Kind.PLATFORM_TOLD, "2026-04-17")), "2026-04-17")
    assert [found[rule] for rule in wanted] == [
        ("2026-04-16", "2026-04-15", False),
        ("2026-04-16", None, True),
        ("2026-04-16", "2026-04-17", True),
    ]


def test_of_an_expired_listing_the_days_run_from_the_anniversary():
    found = told(lived(*TO_LISTED), "2028-03-03")
    assert found["L-19b/PLATFORM_TOLD"] == ("2028-03-17", None, False)

"""Which clocks run on a listing at a moment, when each ends, and what ended it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from builders import day, listing
from listing_life import APPLIED, CALENDAR, DECISION, DELIVERED_ORDER, ORDER, REPAIR, TO_LISTED, TO_NOTICE, lived, made

from formats.calendar import WorkingCalendar, YearTable
from formats.civil import midnight
from gateway.domain.clocks import Colour
from gateway.domain.kinds.complaint import Complaint
from gateway.domain.kinds.penalty import Penalty
from gateway.domain.kinds.publication import Publication
from gateway.domain.listing_clocks import REPAIR_DECISION
from gateway.domain.running_clocks import (
    ClockFilter,
    RecordedWithdrawal,
    chosen,
    clock_of_withdrawal,
    clocks_of_listing,
)
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.domain.withdrawals import Withdrawal

TOLD = ((Kind.UNPUBLISHED, "2026-04-02"), (Kind.OTHER_SITES_TOLD, "2026-04-03"), (Kind.PLATFORM_TOLD, "2026-04-07"))


def shown(steps, on, calendar=CALENDAR):
    """Return, at noon of a day, each clock as (last day, colour) by its id and its start."""
    clocks = clocks_of_listing(lived(*steps), midnight(day(on)) + timedelta(hours=12), calendar)
    return {
        (clock.rule.clock_id, clock.start.isoformat()): (clock.deadline.due_on.isoformat(), clock.colour.name)
        for clock in clocks
    }


def of(clock_id, steps, on):
    """Return (start, last day, colour) of each clock of one rule."""
    return [(start, *rest) for (each, start), rest in shown(steps, on).items() if each == clock_id]


def test_an_order_starts_the_decisions_clock_once_its_time_has_passed_and_not_before():
    steps = (ORDER, DELIVERED_ORDER)
    assert shown(steps, "2025-01-20") == {}
    assert shown(steps, "2025-01-21") == {("L-08/decide", "2025-01-20"): ("2025-02-21", "GREEN")}
    assert of("L-08/decide", steps, "2025-02-21") == [("2025-01-20", "2025-02-21", "YELLOW")]
    assert of("L-08/decide", steps, "2025-02-22") == [("2025-01-20", "2025-02-21", "RED")]


def test_an_order_that_was_never_delivered_starts_no_clock():
    assert shown((ORDER,), "2025-03-03") == {}


@pytest.mark.parametrize("act", [Kind.NOT_LISTED, Kind.DECISION])
def test_a_decision_late_or_in_time_stops_the_decisions_clock(act):
    assert of("L-08/decide", (*TO_NOTICE, (act, "2025-02-20")), "2025-06-03")[0][2] == "DONE_IN_TIME"
    assert of("L-08/decide", (*TO_NOTICE, (act, "2025-02-24")), "2025-06-03")[0][2] == "DONE_LATE"


def test_an_order_paid_before_it_was_due_starts_no_clock_at_all():
    assert shown((ORDER, DELIVERED_ORDER, (Kind.NOT_LISTED, "2025-01-20")), "2025-03-03") == {}


def test_a_revoked_order_leaves_nothing_to_decide():
    steps = (*TO_NOTICE, (Kind.ORDER_REVOKED, "2025-02-05"))
    assert of("L-08/decide", steps, "2025-06-03") == [("2025-01-20", "2025-02-21", "DONE_IN_TIME")]


def test_an_approved_extension_is_the_length_that_counts():
    acts = [made(kind, on) for kind, on in TO_NOTICE]
    decided = made(Kind.DECISION, "2025-03-03", extended=True)
    (clock,) = [
        each
        for each in clocks_of_listing(listing(*acts, decided), midnight(day("2025-06-01")), CALENDAR)
        if each.rule.clock_id == "L-08/decide"
    ]
    assert (clock.deadline.due_on, clock.colour) == (date(2025, 3, 21), Colour.DONE_IN_TIME)


def test_the_right_to_object_runs_out_is_used_or_is_waived_by_a_decision_within_it():
    assert of("L-06/object", TO_NOTICE, "2025-01-23") == [("2025-01-22", "2025-02-05", "GREEN")]
    assert of("L-06/object", TO_NOTICE, "2025-02-06")[0][2] == "OVER"
    assert of("L-06/object", (*TO_NOTICE, (Kind.OBJECTION, "2025-01-24")), "2025-02-06")[0][2] == "DONE_IN_TIME"
    assert of("L-06/object", (*TO_NOTICE, (Kind.DECISION, "2025-01-24")), "2025-02-06")[0][2] == "DONE_IN_TIME"
    assert of("L-06/object", (*TO_NOTICE, DECISION), "2025-03-06")[0][2] == "OVER"


def test_each_objection_is_verified_by_the_first_result_after_it():
    steps = (
        *TO_NOTICE,
        (Kind.OBJECTION, "2025-01-23"),
        (Kind.OBJECTION, "2025-02-05"),
        (Kind.OBJECTION_VERIFIED, "2025-02-06"),
    )
    assert of("L-06/verify", steps, "2025-02-06") == [
        ("2025-01-23", "2025-02-06", "DONE_IN_TIME"),
        ("2025-02-05", "2025-02-11", "GREEN"),
    ]
    assert of("L-06/verify", (*steps, (Kind.OBJECTION_VERIFIED, "2025-02-20")), "2025-02-20")[1][2] == "DONE_LATE"
    at_once = (*TO_NOTICE, (Kind.OBJECTION, "2025-01-23"), (Kind.OBJECTION_VERIFIED, "2025-01-23"))
    assert of("L-06/verify", at_once, "2025-02-28")[0][2] == "DONE_IN_TIME"
    early = (*TO_NOTICE, (Kind.OBJECTION_VERIFIED, "2025-01-22"), (Kind.OBJECTION, "2025-01-23"))
    assert of("L-06/verify", early, "2025-02-28")[0][2] == "RED"


def test_two_objections_of_one_day_are_verified_when_both_are():
    steps = (*TO_NOTICE, (Kind.OBJECTION, "2025-01-23"), (Kind.OBJECTION, "2025-01-23"))
    once = (*steps, (Kind.OBJECTION_VERIFIED, "2025-01-24"))
    assert of("L-06/verify", once, "2025-01-24")[0][2] == "GREEN"
    twice = (*once, (Kind.OBJECTION_VERIFIED, "2025-01-27"))
    assert of("L-06/verify", twice, "2025-01-27")[0][2] == "DONE_IN_TIME"


def test_a_listing_has_its_term_its_minimum_publicity_and_the_remedies_from_its_delivery():
    clocks = shown(TO_LISTED, "2025-03-06")
    assert clocks[("L-13/term", "2025-03-03")] == ("2028-03-02", "GREEN")
    assert clocks[("L-20/early-exit", "2025-03-03")] == ("2026-03-02", "GREEN")
    assert clocks[("L-19c/reconsideration", "2025-03-05")] == ("2025-05-04", "GREEN")
    assert clocks[("L-19c/lawsuit", "2025-03-05")] == ("2025-09-05", "GREEN")
    assert not [each for each in clocks if each[0] == "L-21/early-exit"], "nothing says that it was corrected"
    assert not [each for each in shown((*TO_NOTICE, DECISION), "2025-03-06") if each[0].startswith("L-19c")]
    assert shown(TO_LISTED, "2026-03-03")[("L-20/early-exit", "2025-03-03")][1] == "OVER"


def test_a_delivery_to_a_person_alone_starts_no_remedy_of_the_enterprise():
    acts = [made(kind, on) for kind, on in (*TO_NOTICE, DECISION)]
    found = clocks_of_listing(
        listing(*acts, made(Kind.DELIVERY, "2025-03-05", party="person")), midnight(day("2025-03-06")), CALENDAR
    )
    assert not [clock for clock in found if clock.rule.clock_id.startswith("L-19c")]


def test_an_application_starts_both_clocks_and_the_alarm_is_set_to_the_shorter():
    found = clocks_of_listing(lived(*TO_LISTED, APPLIED), midnight(day("2026-03-21")), CALENDAR)
    ends = {
        clock.rule.clock_id: (clock.deadline.due_on.isoformat(), clock.alarm)
        for clock in found
        if clock.start == date(2026, 3, 20)
    }
    assert ends == {
        "C-07/accept": ("2026-03-25", True),
        "C-07/answer": ("2026-04-03", True),
        "L-16/decide": ("2026-04-13", False),
    }
    assert of("L-21/early-exit", (*TO_LISTED, APPLIED), "2026-03-21") == [("2025-04-01", "2025-09-30", "OVER")]


@pytest.mark.parametrize("answer", [Kind.REPAIR, Kind.REPAIR_REFUSED])
def test_an_application_decided_between_the_two_ends_is_late_for_one_and_in_time_for_the_other(answer):
    steps = (*TO_LISTED, APPLIED, (answer, "2026-04-08"))
    assert of("C-07/answer", steps, "2026-05-03")[0][2] == "DONE_LATE"
    assert of("L-16/decide", steps, "2026-05-03")[0][2] == "DONE_IN_TIME"
    assert of("C-07/accept", steps, "2026-05-03") == [], "when it was accepted is on no record"


ACCEPTED = (Kind.REPAIR_ACCEPTED, "2026-03-24")
EXTENDED = (Kind.REPAIR_EXTENDED, "2026-03-31")


def test_an_accepted_application_has_seven_working_days_and_seventeen_once_extended():
    """C-07, C-08: the Qingming festival takes Monday 6 April."""
    accepted = (*TO_LISTED, APPLIED, ACCEPTED)
    assert of("C-07/accept", accepted, "2026-03-24") == [("2026-03-20", "2026-03-25", "DONE_IN_TIME")]
    assert of("C-08/decide", accepted, "2026-03-24") == [("2026-03-24", "2026-04-02", "GREEN")]
    assert of("C-08/decide", (*TO_LISTED, APPLIED), "2026-03-24") == []
    extended = (*accepted, EXTENDED)
    assert of("C-08/decide", extended, "2026-04-03") == [("2026-03-24", "2026-04-17", "GREEN")]
    assert of("C-08/decide", (*extended, (Kind.REPAIR, "2026-04-17")), "2026-05-06")[0][2] == "DONE_IN_TIME"
    assert of("C-08/decide", (*accepted, (Kind.REPAIR_REFUSED, "2026-04-03")), "2026-05-06")[0][2] == "DONE_LATE"
    late = (*TO_LISTED, APPLIED, (Kind.REPAIR_ACCEPTED, "2026-03-26"))
    assert of("C-07/accept", late, "2026-03-26")[0][2] == "DONE_LATE"


def test_an_extension_of_another_application_extends_nothing():
    first = (*TO_LISTED, APPLIED, ACCEPTED, EXTENDED, (Kind.REPAIR_REFUSED, "2026-04-01"))
    steps = (*first, (Kind.REPAIR_APPLIED, "2026-05-06"), (Kind.REPAIR_ACCEPTED, "2026-05-07"))
    assert [last for _, last, _ in of("C-08/decide", steps, "2026-05-08")] == ["2026-04-17", "2026-05-15"]


@pytest.mark.parametrize(
    ("more", "alarmed"), [((), "C-07/answer"), ((ACCEPTED,), "C-08/decide"), ((ACCEPTED, EXTENDED), "C-07/answer")]
)
def test_of_the_clocks_on_one_application_the_alarm_is_set_to_the_first_whatever_starts_them(more, alarmed):
    """C-09."""
    found = clocks_of_listing(lived(*TO_LISTED, APPLIED, *more), midnight(day("2026-04-01")), CALENDAR)
    deciding = {each.rule.clock_id: each.alarm for each in found if each.rule.clock_id in REPAIR_DECISION}
    assert [clock_id for clock_id, alarm in deciding.items() if alarm] == [alarmed]


def test_a_refused_repair_starts_remedies_of_its_own():
    steps = (*TO_LISTED, APPLIED, (Kind.REPAIR_REFUSED, "2026-03-27"))
    starts = [start for start, *_ in of("L-19c/lawsuit", steps, "2026-04-03")]
    assert starts == ["2025-03-05", "2026-03-27"]


def test_a_listing_that_ended_is_taken_down_when_all_three_steps_are_done():
    ended = (*TO_LISTED, APPLIED, REPAIR)
    assert of("L-19b/unpublish", TO_LISTED, "2026-04-16") == []
    assert of("L-19b/unpublish", ended, "2026-04-02") == [("2026-04-01", "2026-04-16", "GREEN")]
    assert of("L-19b/unpublish", (*ended, *TOLD[:2]), "2026-04-17")[0][2] == "RED"
    assert of("L-19b/unpublish", (*ended, *TOLD), "2026-04-17")[0][2] == "DONE_IN_TIME"
    assert of("L-13/term", ended, "2026-04-17")[0][2] == "DONE_IN_TIME"
    assert of("L-19b/unpublish", TO_LISTED, "2028-03-03") == [("2028-03-03", "2028-03-17", "GREEN")]
    assert of("L-13/term", TO_LISTED, "2028-03-03")[0][2] == "OVER"


def test_a_restored_listing_has_a_second_term_and_nothing_to_take_down():
    steps = (*TO_LISTED, APPLIED, REPAIR, (Kind.RESTORE, "2026-04-20"), (Kind.DELIVERY, "2026-04-21"))
    found = of("L-13/term", steps, "2026-05-01")
    assert found == [("2025-03-03", "2028-03-02", "DONE_IN_TIME"), ("2026-04-20", "2029-04-19", "GREEN")]
    assert of("L-19b/unpublish", steps, "2026-05-01") == []
    assert [start for start, *_ in of("L-19c/lawsuit", steps, "2026-05-01")] == ["2025-03-05", "2026-04-21"]


def test_a_revocation_leaves_only_the_taking_down():
    steps = (*TO_LISTED, APPLIED, (Kind.REVOCATION, "2026-03-24"))
    left = {key[0]: rest for key, rest in shown(steps, "2026-12-01").items() if rest[1] in {"GREEN", "YELLOW", "RED"}}
    assert left == {"L-19b/unpublish": ("2026-04-08", "RED")}


def test_a_duty_that_becomes_moot_after_its_end_ended_late():
    steps = (*TO_LISTED, APPLIED, (Kind.REVOCATION, "2026-04-14"))
    assert of("L-16/decide", steps, "2026-12-01") == [("2026-03-20", "2026-04-13", "DONE_LATE")]


def test_what_is_dated_ahead_has_not_happened():
    assert shown((*TO_NOTICE, (Kind.OBJECTION, "2025-01-24")), "2025-01-23").keys() == {
        ("L-06/object", "2025-01-22"),
        ("L-08/decide", "2025-01-20"),
    }


def test_an_imported_year_moves_what_was_provisional_because_nothing_is_stored():
    steps = (*TO_LISTED, APPLIED)
    bare = WorkingCalendar([])
    off = frozenset(date(2026, 3, 23) + timedelta(days=number) for number in range(3))
    announced = WorkingCalendar([YearTable(2026, off, frozenset(), "an invented notice")])
    now = midnight(day("2026-03-21"))
    before, after = (
        next(c for c in clocks_of_listing(lived(*steps), now, calendar) if c.rule.clock_id == "C-07/answer")
        for calendar in (bare, announced)
    )
    assert (before.deadline.provisional, after.deadline.provisional) == (True, False)
    assert before.deadline.due_on < after.deadline.due_on
    assert before.deadline.calendar_version != after.deadline.calendar_version == announced.version


WITHDRAWN = Withdrawal(
    record_id="withdrawal-x",
    authority="甲局",
    document_number="撤〔1〕号",
    target_id="x",
    decided_on=date(2026, 5, 28),
    holds_until=None,
    reason="撤销",
)


@pytest.mark.parametrize(
    ("target", "clock_id", "last"),
    [(Penalty, "APL-48/withdraw", date(2026, 6, 2)), (Publication, "P-07/correct", date(2026, 6, 11))],
)
def test_a_withdrawal_was_in_time_up_to_the_last_instant_of_its_last_day(target, clock_id, last):
    end = midnight(last + timedelta(days=1))
    now = datetime(2026, 7, 1, tzinfo=UTC)
    in_time = clock_of_withdrawal(RecordedWithdrawal("u", WITHDRAWN, target, end - timedelta(seconds=1)), now, CALENDAR)
    late = clock_of_withdrawal(RecordedWithdrawal("u", WITHDRAWN, target, end), now, CALENDAR)
    assert (in_time.rule.clock_id, in_time.deadline.due_on) == (clock_id, last)
    assert (in_time.colour, late.colour) == (Colour.DONE_IN_TIME, Colour.DONE_LATE)
    assert (in_time.object_id, in_time.authority, late.done_at) == ("x", "甲局", end)


def test_a_withdrawal_of_what_cannot_be_withdrawn_is_an_error():
    with pytest.raises(KeyError):
        clock_of_withdrawal(RecordedWithdrawal("u", WITHDRAWN, Complaint, WITHDRAWN_AT), WITHDRAWN_AT, CALENDAR)


WITHDRAWN_AT = datetime(2026, 6, 1, tzinfo=UTC)


def test_clocks_are_chosen_by_every_filter_at_once_and_stand_in_order_of_their_ends():
    found = clocks_of_listing(lived(*TO_LISTED, APPLIED), midnight(day("2026-03-21")), CALENDAR)
    found = [replace(clock, authority="示例市人社局") for clock in found]
    everything = chosen(reversed(found), ClockFilter())
    assert [clock.place for clock in everything] == sorted(clock.place for clock in found)
    assert chosen(found, ClockFilter(authority="外省")) == []
    running = chosen(found, ClockFilter(authority="人社", colours=frozenset({Colour.GREEN})))
    assert {clock.colour for clock in running} == {Colour.GREEN}
    first = everything[0].deadline.due_on
    assert chosen(found, ClockFilter(due_before=first)) == []
    assert chosen(found, ClockFilter(due_before=first + timedelta(days=1)))[0] is everything[0]
    assert {c.rule.clock_id for c in chosen(found, ClockFilter(clock_ids=frozenset({"L-16/decide"})))} == {
        "L-16/decide"
    }


def test_a_listing_is_published_within_twenty_working_days_of_its_decision_until_it_ends():
    """I-32."""
    assert of("I-32/disclose", TO_LISTED, "2025-03-31") == [("2025-03-03", "2025-03-31", "YELLOW")]
    assert of("I-32/disclose", TO_LISTED, "2025-04-01")[0][2] == "RED"
    published = (*TO_LISTED, (Kind.PUBLISHED, "2025-03-06"))
    assert of("I-32/disclose", published, "2025-04-01")[0][2] == "DONE_IN_TIME"
    assert of("I-32/disclose", TO_LISTED, "2028-03-02")[0][2] == "RED"
    assert of("I-32/disclose", TO_LISTED, "2028-03-03")[0][2] == "DONE_LATE", "expired: nothing is left to publish"


def test_a_restored_listing_is_published_anew():
    restored = ((Kind.RESTORE, "2026-04-20"), (Kind.DELIVERY, "2026-04-21"))
    steps = (*TO_LISTED, (Kind.PUBLISHED, "2025-03-06"), APPLIED, REPAIR, *restored)
    assert [(start, colour) for start, _, colour in of("I-32/disclose", steps, "2026-05-06")] == [
        ("2025-03-03", "DONE_IN_TIME"),
        ("2026-04-20", "GREEN"),
    ]
    later = ((Kind.PUBLISHED, "2026-05-06"),)
    once = (*TO_LISTED, APPLIED, REPAIR, *restored, *later)
    assert [colour for *_, colour in of("I-32/disclose", once, "2026-06-01")] == ["DONE_LATE", "DONE_IN_TIME"]


def test_each_application_has_an_alarm_of_its_own():
    """C-09: two applications stand side by side, and the clocks on one say nothing of those on the other."""
    steps = (*TO_LISTED, APPLIED, (Kind.REPAIR_REFUSED, "2026-03-27"), (Kind.REPAIR_APPLIED, "2026-05-06"))
    found = clocks_of_listing(lived(*steps), midnight(day("2026-05-07")), CALENDAR)
    alarmed = {each.start.isoformat() for each in found if each.rule.clock_id in REPAIR_DECISION and each.alarm}
    assert alarmed == {"2026-03-20", "2026-05-06"}

"""Laws of the clocks of a listing, over any acts, calendar and moment."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from strategies import calendars, instants, listings

from formats.civil import civil_date
from gateway.domain.clock_rules import Kind
from gateway.domain.clocks import Colour
from gateway.domain.running_clocks import clocks_of_listing

RUNNING = {Colour.GREEN, Colour.YELLOW}


@given(listings(), instants, calendars(), st.randoms(use_true_random=False))
def test_the_order_in_which_acts_arrive_never_matters(listing, now, calendar, chance):
    acts = list(listing.acts)
    chance.shuffle(acts)
    assert clocks_of_listing(replace(listing, acts=tuple(acts)), now, calendar) == clocks_of_listing(
        listing, now, calendar
    )


@given(listings(), instants, calendars())
def test_clocks_stand_in_order_each_once_and_none_started_ahead_of_the_moment(listing, now, calendar):
    found = clocks_of_listing(listing, now, calendar)
    places = [clock.place for clock in found]
    assert places == sorted(set(places))
    assert all(clock.start <= civil_date(now) or clock.rule.clock_id == "L-21/early-exit" for clock in found)


@given(listings(), instants, calendars())
def test_only_duties_are_ever_red_and_only_what_runs_is_before_its_end(listing, now, calendar):
    for clock in clocks_of_listing(listing, now, calendar):
        if clock.colour is Colour.RED:
            assert clock.rule.kind is Kind.DUTY
        if clock.colour in RUNNING:
            assert clock.done_at is None
            assert now < clock.deadline.ends_at


@given(listings(), instants, instants, calendars())
def test_what_was_started_stays_on_the_list_and_what_runs_gets_no_greener(listing, first, second, calendar):
    """Acts that are on record by a moment are all that a later one sees here: time alone passes."""
    early, late = sorted((first, second))
    known = replace(listing, acts=tuple(act for act in listing.acts if act.day <= civil_date(early)))
    before = {clock.place: clock.colour for clock in clocks_of_listing(known, early, calendar)}
    after = {clock.place: clock.colour for clock in clocks_of_listing(known, late, calendar)}
    for place in before.keys() & after.keys():
        if before[place] in RUNNING and after[place] in RUNNING | {Colour.RED, Colour.OVER}:
            assert before[place] <= after[place]


@given(listings(), instants, calendars())
def test_of_the_clocks_of_one_application_exactly_one_has_the_alarm_and_it_ends_first(listing, now, calendar):
    found = [c for c in clocks_of_listing(listing, now, calendar) if c.rule.clock_id in {"C-07/answer", "L-16/decide"}]
    for start in {clock.start for clock in found}:
        own = [clock for clock in found if clock.start == start]
        (loud,) = [clock for clock in own if clock.alarm]
        assert loud.deadline.ends_at == min(clock.deadline.ends_at for clock in own)

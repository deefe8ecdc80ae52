"""Laws of a listing's procedure, over every life that the table of steps allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from builders import AUTHORITY, DAY, USCC
from hypothesis import given, settings
from hypothesis import strategies as st
from listing_life import CALENDAR, TO_LISTED, TO_NOTICE, made
from strategies import listings

from formats.civil import add_months, midnight
from gateway.domain.listing_acts import Act, still_open
from gateway.domain.listing_standing import standing_on
from gateway.domain.listing_steps import CHAIN, Case, Evidence, next_steps, require_step
from gateway.domain.listing_words import ListingCondition as Condition
from gateway.domain.listing_words import ListingStage as Stage
from gateway.domain.listings import Listing, ListingState, intervals_in_force, state_at, terms, weighing_on
from gateway.domain.vocabulary import ListingActKind as Kind

LAST = {Kind.NOT_LISTED, Kind.REVOCATION, Kind.ORDER_REVOKED, Kind.CRIMINAL_BAR_SET}
"""Steps after which little follows."""
STATES = {
    Stage.DECIDED: ListingState.DECIDED,
    Stage.REPAIRED: ListingState.REPAIRED,
    Stage.EXPIRED: ListingState.EXPIRED,
    Stage.REVOKED: ListingState.REVOKED,
}
"""Stages that say by themselves how the listing stands; before a decision it does not stand at all."""


@st.composite
def lives(draw):
    """Draw a life: up to thirty steps, each one that may be taken on its day, and a day not before the last.

    Most begin with what a listing always begins with; what closes it for good is rare.
    """
    day, case = date(2024, 1, 2), Case(Listing("L-1", USCC, ()))
    for kind, on in draw(st.sampled_from([(), TO_NOTICE, TO_LISTED, TO_LISTED, TO_LISTED])):
        day = date.fromisoformat(on)
        case = case.after(made(kind, on, act_id=f"A-0{len(case.listing.acts)}"))
    for number in range(10, draw(st.integers(11, 40))):
        day += draw(st.sampled_from([0, 1, 7, 40, 200])) * DAY
        steps = next_steps(case, day, CALENDAR)
        if not steps:
            continue
        onward = [step for step in steps if step not in LAST] or steps
        kind = draw(st.sampled_from(onward if draw(st.integers(0, 15)) else steps))
        act = Act(
            kind,
            day,
            f"示例〔{draw(st.integers(1, 3))}〕号",
            AUTHORITY,
            f"A-{number}",
            party=draw(st.sampled_from([USCC, "person"])) if kind is Kind.DELIVERY else "",
            due_on=day + 5 * DAY if kind is Kind.ORDER_ISSUED else None,
            corrected_on=day - draw(st.integers(0, 400)) * DAY if kind is Kind.REPAIR_APPLIED else None,
        )
        require_step(case, act, Evidence(), CALENDAR)
        case = case.after(act)
    return case, day + draw(st.sampled_from([0, 1, 30, 1200])) * DAY


@settings(deadline=None)
@given(lives())
def test_where_the_procedure_stands_and_how_the_listing_weighs_never_disagree(life):
    case, day = life
    standing, state = standing_on(case.listing, day), state_at(case.listing, midnight(day + DAY))
    if standing.term is not None and midnight(day + DAY) == standing.term.ends:
        return  # the anniversary itself lies between the two
    if standing.stage is not Stage.LISTED:
        assert state is STATES.get(standing.stage, ListingState.NOT_YET_DECIDED)
    elif Condition.STAYED in standing.conditions:
        assert state is ListingState.STAYED
    elif Condition.HIDDEN in standing.conditions:
        assert state is ListingState.HIDDEN
    else:
        assert state is ListingState.IN_FORCE


@settings(deadline=None)
@given(lives(), st.randoms(use_true_random=False))
def test_the_order_in_which_acts_arrive_changes_neither_standing_nor_next_steps(life, random):
    case, day = life
    acts = list(case.listing.acts)
    random.shuffle(acts)
    other = replace(case, listing=replace(case.listing, acts=tuple(acts)))
    assert standing_on(other.listing, day) == standing_on(case.listing, day)
    assert next_steps(other, day, CALENDAR) == next_steps(case, day, CALENDAR)


@settings(deadline=None)
@given(lives())
def test_no_life_weighs_without_its_chain_of_documents_and_a_delivery(life):
    case, _ = life
    if intervals_in_force(case.listing):
        assert {*CHAIN, Kind.DECISION, Kind.DELIVERY} <= {act.kind for act in case.listing.acts}


@settings(deadline=None)
@given(lives())
def test_invariant_6_no_life_has_a_repair_under_the_bar_or_within_six_months(life):
    listing = life[0].listing
    for repair in (act for act in listing.acts if act.kind is Kind.REPAIR):
        before = [act for act in listing.acts if act.act_id < repair.act_id]
        assert not still_open(before, Kind.CRIMINAL_BAR_SET, Kind.CRIMINAL_BAR_LIFTED)
        decided = [t.decision.on for t in terms(replace(listing, acts=tuple(before)))][-1]
        assert repair.on >= add_months(decided, 6)


@settings(deadline=None)
@given(lives())
def test_a_person_is_never_bound_longer_than_the_unit(life):
    """What ends the listing ends it for all; each begins with a delivery of its own."""
    listing = life[0].listing
    unit = intervals_in_force(weighing_on(listing, [USCC]))
    assert unit == intervals_in_force(listing)
    alike = replace(listing, acts=tuple(replace(act, party="") for act in listing.acts))
    for span in intervals_in_force(weighing_on(listing, ["person"])):
        assert any(whole.start <= span.start and span.end <= whole.end for whole in intervals_in_force(alike))


@settings(deadline=None)
@given(listings(), st.dates(date(2022, 1, 1), date(2032, 1, 1)))
def test_every_listing_that_can_be_imported_stands_somewhere(listing, day):
    standing = standing_on(listing, day)
    assert (standing.ended_on is None) == (standing.stage not in {Stage.REPAIRED, Stage.EXPIRED, Stage.REVOKED})
    assert standing.ended_on is None or standing.ended_on <= day
    next_steps(Case(listing), day, CALENDAR)


@settings(deadline=None)
@given(listings(), st.dates(date(2022, 1, 1), date(2032, 1, 1)))
def test_acts_of_later_days_change_nothing_about_a_day(listing, day):
    known = tuple(act for act in listing.acts if act.day <= day)
    assert standing_on(replace(listing, acts=known), day) == standing_on(listing, day)
    later = Act(Kind.REVOCATION, day + timedelta(days=1), "示例〔9〕号", AUTHORITY, "A-later")
    assert standing_on(replace(listing, acts=(*listing.acts, later)), day) == standing_on(listing, day)

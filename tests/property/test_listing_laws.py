"""Laws of the wage-arrears list, against an oracle that walks the acts day by day."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from builders import DAY
from hypothesis import given
from hypothesis import strategies as st
from strategies import instants, listings

from formats.civil import add_months, civil_date, midnight
from gateway.domain.listings import Listing, ListingState, disputed_at, intervals_in_force, state_at
from gateway.domain.vocabulary import ListingActKind as Kind


def walked(listing: Listing, moment) -> bool:
    """Tell whether the listing weighs, as a clerk would: the acts of each day in turn, for each decision of its own."""
    if any(act.kind is Kind.REVOCATION for act in listing.acts):
        return False
    starts = sorted(
        (act for act in listing.acts if act.kind in {Kind.DECISION, Kind.RESTORE}),
        key=lambda act: (act.on, act.kind, act.act_id),
    )
    return any(weighs_by(listing, starts, number, moment) for number in range(len(starts)))


def weighs_by(listing: Listing, starts, number, moment) -> bool:
    start = starts[number]
    if moment >= midnight(add_months(start.on, 36)):
        return False
    next_day = starts[number + 1].on if number + 1 < len(starts) else None
    delivered, repaired, stays = False, False, []
    today = start.on
    while midnight(today) <= moment:
        for act in sorted(listing.acts, key=lambda act: (act.kind, act.act_id)):
            same_day = act.on == today
            if same_day and act.kind is Kind.REPAIR and (today > start.on or start.kind is Kind.DECISION):
                repaired = True
            if act.on == today - DAY and act.kind is Kind.STAY_ENDED and stays:
                numbers = [stay.document_number for stay in stays]
                own = act.document_number if act.document_number in numbers else numbers[0]
                stays = [stay for stay in stays if stay.document_number != own]
            mine = act.kind is Kind.DELIVERY and act.on >= start.on and (next_day is None or act.on < next_day)
            if mine and ((act.at is None and act.on < today) or (act.at is not None and act.at <= moment)):
                delivered = True
        # Of one midnight, the end of yesterday's stay comes before a new one.
        stays += [
            act for act in sorted(listing.acts, key=lambda a: a.act_id) if act.kind is Kind.STAY and act.on == today
        ]
        today += DAY
    return delivered and not repaired and not stays


def earlier_stays_do_not_matter(listing: Listing) -> Listing:
    """Leave out stays from before the last decision: which end closes which of them is told by unit tests."""
    last = max(act.on for act in listing.acts if act.kind in {Kind.DECISION, Kind.RESTORE})
    kept = (act for act in listing.acts if act.kind not in {Kind.STAY, Kind.STAY_ENDED} or act.on >= last)
    return replace(listing, acts=tuple(kept))


@given(listings().map(earlier_stays_do_not_matter), instants)
def test_the_intervals_say_what_a_walk_through_the_acts_says(listing, moment):
    assert any(moment in span for span in intervals_in_force(listing)) == walked(listing, moment)


@given(listings().map(earlier_stays_do_not_matter), st.data())
def test_they_say_it_at_their_own_edges_too(listing, data):
    spans = intervals_in_force(listing)
    if spans:
        edge = data.draw(st.sampled_from([edge for span in spans for edge in (span.start, span.end)]))
        assert any(edge in span for span in spans) == walked(listing, edge)


@given(listings(), instants)
def test_a_listing_is_in_force_exactly_within_its_intervals(listing, moment):
    within = any(moment in span for span in intervals_in_force(listing))
    assert (state_at(listing, moment) is ListingState.IN_FORCE) == within


@given(listings())
def test_intervals_are_not_empty_in_order_and_apart(listing):
    spans = intervals_in_force(listing)
    assert all(span.start < span.end for span in spans)
    assert all(first.end < second.start for first, second in pairwise(spans))


@given(listings(), st.randoms(use_true_random=False), instants)
def test_the_order_in_which_acts_arrive_never_matters(listing, random, moment):
    shuffled = list(listing.acts)
    random.shuffle(shuffled)
    other = replace(listing, acts=tuple(shuffled))
    assert intervals_in_force(other) == intervals_in_force(listing)
    assert state_at(other, moment) is state_at(listing, moment)
    assert disputed_at(other, moment) == disputed_at(listing, moment)
    assert other.decision == listing.decision


@given(listings(void=False))
def test_it_weighs_only_when_decided_and_delivered_and_within_three_years_of_a_decision(listing):
    decisions = [act.on for act in listing.acts if act.kind in {Kind.DECISION, Kind.RESTORE}]
    deliveries = [act.counts_from for act in listing.acts if act.kind is Kind.DELIVERY]
    for span in intervals_in_force(listing):
        assert min(deliveries) <= span.start
        assert min(decisions) <= civil_date(span.start)
        assert span.end <= midnight(add_months(max(decisions), 36))


@given(listings(), instants)
def test_a_stay_is_named_only_where_one_was_ordered_and_a_repair_only_where_one_was_granted(listing, moment):
    state = state_at(listing, moment)
    kinds = {act.kind for act in listing.acts if act.counts_from <= moment}
    assert state is not ListingState.STAYED or Kind.STAY in kinds
    assert state is not ListingState.REPAIRED or Kind.REPAIR in kinds
    assert (state is ListingState.REVOKED) == any(act.kind is Kind.REVOCATION for act in listing.acts)


@given(listings(), instants)
def test_a_dispute_changes_nothing_about_when_it_weighs(listing, moment):
    kept = (act for act in listing.acts if act.kind not in {Kind.DISPUTE_OPENED, Kind.DISPUTE_CLOSED})
    assert intervals_in_force(replace(listing, acts=tuple(kept))) == intervals_in_force(listing)


@given(listings(), st.dates())
def test_one_more_revocation_takes_every_effect_away(listing, on):
    if 2000 < on.year < 2100:
        revocation = replace(listing.acts[0], kind=Kind.REVOCATION, on=on, act_id="A-revocation")
        assert intervals_in_force(replace(listing, acts=(*listing.acts, revocation))) == ()

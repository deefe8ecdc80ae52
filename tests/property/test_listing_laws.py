"""Laws of the wage-arrears list, against an oracle that walks the acts day by day."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from builders import DAY, INSTANT, RULES, USCC
from hypothesis import given
from hypothesis import strategies as st
from strategies import dossiers, instants, listings, profiles

from formats.civil import add_months, civil_date, midnight
from gateway.domain.listing_acts import EFFECTIVE, STAYS
from gateway.domain.listings import (
    Listing,
    ListingState,
    decision_at,
    disputed_at,
    intervals_in_force,
    state_at,
    turns,
    weighing_on,
)
from gateway.domain.timeline import build
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.domain.vocabulary import Trigger


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
    delivered, repaired, stays, hidings, shown = False, False, [], [], []
    today = start.on
    while midnight(today) <= moment:
        for act in sorted(listing.acts, key=lambda act: (act.kind, act.act_id)):
            same_day = act.on == today
            if same_day and act.kind is Kind.REPAIR and (today > start.on or start.kind is Kind.DECISION):
                repaired = True
            if act.on == today - DAY and act.kind is Kind.STAY_ENDED:
                stays = ended_by(act, stays)
            if act.on == today - DAY and act.kind is Kind.HIDDEN_ENDED:
                hidings = ended_by(act, hidings)
            if act.on == today - DAY and act.kind is Kind.REPAIR_SHOWN_REJECTED:
                shown = ended_by(act, shown)
            mine = act.kind is Kind.DELIVERY and act.on >= start.on and (next_day is None or act.on < next_day)
            mine = mine and act.party in {"", listing.uscc}
            if mine and ((act.at is None and act.on < today) or (act.at is not None and act.at <= moment)):
                delivered = True
        # Of one midnight, the end of yesterday's stay comes before a new one.
        of_today = sorted((act for act in listing.acts if act.on == today), key=lambda act: act.act_id)
        stays += [act for act in of_today if act.kind is Kind.STAY]
        hidings += [act for act in of_today if act.kind is Kind.HIDDEN]
        shown += [act for act in of_today if act.kind is Kind.REPAIR_SHOWN]
        today += DAY
    return delivered and not repaired and not stays and not hidings and not shown


def ended_by(act, still):
    numbers = [each.document_number for each in still]
    if not numbers:
        return still
    own = act.document_number if act.document_number in numbers else numbers[0]
    return [each for each in still if each.document_number != own]


def earlier_stays_do_not_matter(listing: Listing) -> Listing:
    """Leave out stays from before the last decision: which end closes which of them is told by unit tests."""
    last = max(act.on for act in listing.acts if act.kind in {Kind.DECISION, Kind.RESTORE})
    lifting = {kind for pair in STAYS for kind in pair}
    kept = (act for act in listing.acts if act.kind not in lifting or act.on >= last)
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
    assert state is not ListingState.HIDDEN or Kind.HIDDEN in kinds
    assert state is not ListingState.REPAIRED or Kind.REPAIR in kinds
    assert (state is ListingState.REVOKED) == any(act.kind is Kind.REVOCATION for act in listing.acts)


@given(listings(), instants)
def test_a_dispute_changes_nothing_about_when_it_weighs(listing, moment):
    disputes = {Kind.DISPUTE_OPENED, Kind.DISPUTE_CLOSED, Kind.ORDER_REVOKED}
    kept = (act for act in listing.acts if act.kind not in disputes)
    assert intervals_in_force(replace(listing, acts=tuple(kept))) == intervals_in_force(listing)


@given(listings(), st.dates())
def test_one_more_revocation_takes_every_effect_away(listing, on):
    if 2000 < on.year < 2100:
        revocation = replace(listing.acts[0], kind=Kind.REVOCATION, on=on, act_id="A-revocation")
        assert intervals_in_force(replace(listing, acts=(*listing.acts, revocation))) == ()


@given(listings(), instants)
def test_procedure_changes_nothing_that_is_answered(listing, moment):
    bare = replace(listing, acts=tuple(act for act in listing.acts if act.kind in EFFECTIVE))
    assert turns(bare) == turns(listing)
    assert intervals_in_force(bare) == intervals_in_force(listing)
    assert state_at(bare, moment) is state_at(listing, moment)
    assert disputed_at(bare, moment) == disputed_at(listing, moment)


@given(listings())
def test_invariant_4_at_three_years_from_the_decision_it_stops_whoever_has_not_removed_it(listing):
    for span in intervals_in_force(listing):
        last = max(act.on for act in listing.acts if act.kind in {Kind.DECISION, Kind.RESTORE})
        assert span.end <= midnight(add_months(last, 36))
        assert span.end <= midnight(add_months(decision_at(listing, span.end - INSTANT).on, 36))


@given(listings(), instants)
def test_invariant_5_what_ends_the_listing_ends_it_for_its_persons_at_the_same_instant(listing, moment):
    ended = {ListingState.REPAIRED, ListingState.REVOKED, ListingState.EXPIRED}
    unit, person = state_at(listing, moment), state_at(weighing_on(listing, ["person"]), moment)
    assert (unit in ended) == (person in ended)
    assert unit is person or unit not in ended


@given(listings())
def test_a_persons_listing_is_the_units_when_both_have_been_told_alike(listing):
    alike = replace(listing, acts=tuple(replace(act, party="") for act in listing.acts))
    assert intervals_in_force(weighing_on(alike, ["person"])) == intervals_in_force(alike)


@given(listings(), instants)
def test_a_person_that_was_told_nothing_is_bound_by_nothing(listing, moment):
    told = (replace(act, party=USCC) if act.kind is Kind.DELIVERY else act for act in listing.acts)
    assert intervals_in_force(weighing_on(replace(listing, acts=tuple(told)), ["person"])) == ()


@given(dossiers(), profiles(), instants)
def test_invariant_7_no_change_of_name_or_representative_changes_what_a_listing_weighs(dossier, others, moment):
    def listed(profiles):
        grounds = build(replace(dossier, profiles=profiles), RULES).at(moment)[0].grounds
        return [ground for ground in grounds if ground.trigger is Trigger.LISTING]

    assert listed(dossier.profiles) == listed(others)

"""Laws of what the public may see, for any listing, publication and red-list entry."""

from __future__ import annotations

from dataclasses import replace

from builders import INSTANT, USCC
from hypothesis import given
from hypothesis import strategies as st
from kind_records import SAMPLES
from strategies import days, instants, listings

from formats.private_numbers import find_private_number
from gateway.domain.kinds.red_list import RedListEntry
from gateway.domain.listings import ListingState, decision_at, state_at
from gateway.domain.publishable import FactSource, ListingSource, faults_of, last_end, shown_at, shown_within
from gateway.domain.vocabulary import ListingActKind as Kind

texts = st.text("示例甲乙0123456789 -@A", max_size=40)


@st.composite
def facts(draw):
    early, late = sorted((draw(days), draw(days)))
    if draw(st.booleans()):
        return RedListEntry(record_id="r", listed_on=early, until=draw(st.none() | st.just(late)))
    return replace(
        SAMPLES["publication"],
        published_on=early,
        display_until=late,
        main_facts=draw(texts),
        address=draw(texts),
        secrecy_reviewed=draw(st.booleans()),
    )


sources = listings().map(ListingSource) | facts().map(lambda fact: FactSource(USCC, fact))


@given(listings(), instants)
def test_a_listing_is_shown_exactly_when_it_is_in_force_and_was_published_in_that_term(listing, moment):
    shown = shown_at(ListingSource(listing), moment)
    in_force = state_at(listing, moment) is ListingState.IN_FORCE
    published = in_force and any(
        act.kind is Kind.PUBLISHED and act.counts_from <= moment and act.day >= decision_at(listing, moment).on
        for act in listing.acts
    )
    assert (shown is not None) == published


@given(sources, instants)
def test_an_item_is_shown_up_to_its_end_and_not_at_it(source, moment):
    item = shown_at(source, moment)
    if item is None:
        return
    end = item.display_until
    assert end is None or end > moment
    if end is not None:
        assert shown_at(source, end) is None
        assert shown_at(source, end - INSTANT).display_until == end
        assert last_end(source, end) == end
    for edge in source.edges():
        if edge > moment and (end is None or edge < end):
            assert shown_at(source, edge) is not None, "nothing ends before the end that was told"


@given(sources, instants, instants)
def test_what_is_shown_at_some_instant_of_a_span_is_shown_within_it(source, one, other):
    since, until = sorted((one, other))
    within = shown_within(source, since, until)
    for moment in (since, until, *(edge for edge in source.edges() if since <= edge <= until)):
        item = shown_at(source, moment)
        assert item is None or faults_of(item) or within


@given(facts(), instants)
def test_whatever_has_no_fault_holds_no_private_number_and_lacks_nothing(fact, moment):
    item = shown_at(FactSource(USCC, fact), moment)
    if item is None or faults_of(item):
        return
    if item.publication is not None:
        assert item.publication.missing == ()
        for text in (item.publication.main_facts, item.publication.address):
            assert find_private_number(text) is None


@given(listings(), instants, st.randoms())
def test_the_order_in_which_acts_arrive_never_matters(listing, moment, random):
    shuffled = replace(listing, acts=tuple(random.sample(listing.acts, len(listing.acts))))
    assert shown_at(ListingSource(shuffled), moment) == shown_at(ListingSource(listing), moment)

"""Laws of the credit platform's connector: exact amounts, whole files, and listings as the gateway itself sees them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import days, instants, listings

from adapters.platform.layouts import LAYOUTS, fen_of, read, wan_of, written
from adapters.platform.reconciling import digest
from adapters.platform.runs import ORDER, ListingAct, next_turn, runs
from formats.civil import civil_date, midnight
from gateway.domain.kinds.publication import Publication
from gateway.domain.listing_acts import EFFECTIVE
from gateway.domain.listings import ListingState, state_at
from gateway.domain.vocabulary import ListingActKind
from gateway.domain.withdrawals import ShownRepair, standing_facts

fen = st.integers(0, 10**18)
cells = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]) | st.sampled_from('",; 、\n'), max_size=12).map(
    str.strip
)


@given(fen)
def test_an_amount_comes_back_from_wan_to_the_fen(amount):
    assert fen_of(wan_of(amount)) == amount
    assert Decimal(wan_of(amount)) * 1_000_000 == amount


@given(st.integers(0, 10**9), st.integers(0, 6), st.integers(0, 999_999))
def test_any_way_of_writing_an_amount_in_wan_is_read_exactly(whole, places, rest):
    text = f"{whole}.{rest:06d}"[: len(str(whole)) + 1 + places].rstrip(".")
    assert fen_of(text) == Decimal(text) * 1_000_000


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1e3", "1.", ".5", "0.0000001", "1,000", "01", "１", "1 ", "NaN", "1.5万"]
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match="no amount"):
        fen_of(text)


def test_a_negative_amount_is_no_amount():
    with pytest.raises(ValueError, match="negative"):
        wan_of(-1)


@given(st.sampled_from(sorted(LAYOUTS)), st.data())
def test_what_is_written_is_read_back_cell_by_cell(kind, data):
    columns = LAYOUTS[kind].all_columns
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(columns, cells)), max_size=4))
    header, found = read(written(columns, rows))
    assert (header, found) == (columns, rows)


@given(
    st.lists(st.fixed_dictionaries({"对象名称": cells, "文书号": cells}), max_size=6), st.randoms(use_true_random=False)
)
def test_the_hash_of_rows_knows_no_order_and_every_row(rows, random):
    mixed = list(rows)
    random.shuffle(mixed)
    assert digest("listing", mixed) == digest("listing", rows)
    assert digest("listing", [*rows, {"对象名称": "x"}]) != digest("listing", rows)


def told(listing):
    """Return the acts as the stream of changes tells them."""
    return [
        ListingAct(
            act.act_id,
            act.kind.name,
            act.on,
            act.at,
            act.document_number,
            act.authority,
            to_person=act.party not in {"", listing.uscc},
        )
        for act in listing.acts
    ]


def test_the_acts_that_change_an_effect_are_the_gateways_less_what_only_disputes():
    """The order in which those of one instant count is the gateway's too."""
    lifting = EFFECTIVE - {
        ListingActKind.DISPUTE_OPENED,
        ListingActKind.DISPUTE_CLOSED,
        ListingActKind.ORDER_REVOKED,
    }
    assert [kind.name for kind in sorted(lifting)] == list(ORDER)


@given(listings(), instants)
def test_a_listing_is_shown_exactly_while_the_gateway_says_that_it_is_in_force(listing, moment):
    found = runs(told(listing), moment)
    assert any(run.in_force for run in found) == (state_at(listing, moment) is ListingState.IN_FORCE)


@given(listings(), instants, st.integers(0, 10**8))
def test_between_its_turns_time_alone_changes_nothing(listing, moment, seconds):
    acts = told(listing)
    turn = next_turn(acts, moment)
    later = moment + timedelta(seconds=seconds)
    if turn is None or later < turn:
        assert runs(acts, later) == runs(acts, moment)


@given(
    days,
    st.integers(1, 12),
    st.lists(st.tuples(st.integers(-3, 14), st.none() | st.integers(0, 6)), max_size=3),
    st.integers(-3, 16),
)
def test_a_record_holds_on_exactly_the_days_without_a_shown_repair(begin, length, reports, offset_asked):
    day = begin + timedelta(offset_asked)
    fact = Publication(
        record_id="p", authority="a", published_on=begin, display_until=begin + timedelta(length), for_wages=True
    )
    repairs = [
        ShownRepair(
            record_id=f"s{number}",
            target_id="p",
            shown_on=begin + timedelta(offset),
            rejected_on=None if after is None else begin + timedelta(offset + after),
        )
        for number, (offset, after) in enumerate(reports)
    ]
    pieces = [each for each in standing_facts((fact, *repairs)) if isinstance(each, Publication)]
    holds = any(each.published_on <= day < each.display_until for each in pieces)
    suspended = any(each.shown_on <= day and (each.rejected_on is None or day <= each.rejected_on) for each in repairs)
    assert holds == (begin <= day < begin + timedelta(length) and not suspended)
    assert pieces[0].published_on == begin
    assert civil_date(midnight(day)) == day

"""What is shown of listings, publications and the red list at a moment, by the law's words one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from builders import INSTANT, USCC, act, at, listing
from kind_records import SAMPLES

from gateway.domain.kinds.red_list import RedListEntry
from gateway.domain.publishable import FactSource, ListingSource, faults_of, last_end, shown_at, shown_within
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.domain.vocabulary import PublishableKind
from gateway.domain.withdrawals import Withdrawal, standing_facts

DECIDED = [act(Kind.DECISION, "2025-03-03"), act(Kind.DELIVERY, "2025-03-05")]
PUBLISHED = [*DECIDED, act(Kind.PUBLISHED, "2025-03-10")]
PUBLICATION = SAMPLES["publication"]
"""Displayed from 2026-02-03 until 2027-02-03."""
RED = RedListEntry(record_id="r", authority="甲局", document_number="1号", listed_on=date(2026, 1, 1), until=None)


def source(*more):
    return ListingSource(listing(*PUBLISHED, *more))


def shown(found, day):
    return shown_at(found, at(day)) is not None


def test_a_listing_is_shown_from_its_publication_to_its_third_anniversary():
    found = source()
    assert not shown(found, "2025-03-09")
    item = shown_at(found, at("2025-03-10"))
    assert (item.kind, item.uscc, item.published_on) == (
        PublishableKind.WAGE_ARREARS_LISTING,
        USCC,
        date(2025, 3, 10),
    )
    assert (item.decided_on, item.document_number) == (date(2025, 3, 3), DECIDED[0].document_number)
    assert item.display_until == at("2028-03-03")
    assert shown_at(found, at("2028-03-03") - INSTANT) == item
    assert not shown(found, "2028-03-03")
    assert last_end(found, at("2028-06-01")) == at("2028-03-03")


def test_what_is_not_published_and_what_is_not_delivered_is_not_shown():
    assert not shown(ListingSource(listing(*DECIDED)), "2025-06-01")
    undelivered = listing(DECIDED[0], act(Kind.PUBLISHED, "2025-03-10"))
    assert not shown(ListingSource(undelivered), "2025-06-01")


@pytest.mark.parametrize("ends", [Kind.REPAIR, Kind.STAY, Kind.HIDDEN])
def test_a_repair_a_stay_and_a_ruling_end_it_at_the_first_instant_of_their_day(ends):
    found = source(act(ends, "2026-04-01"))
    item = shown_at(found, at("2026-03-31"))
    assert item.display_until == at("2026-04-01")
    assert not shown(found, "2026-04-01")
    assert last_end(found, at("2026-05-01")) == at("2026-04-01")


@pytest.mark.parametrize(("opens", "ends"), [(Kind.STAY, Kind.STAY_ENDED), (Kind.HIDDEN, Kind.HIDDEN_ENDED)])
def test_after_a_stay_or_a_hiding_it_is_shown_again_without_a_second_publication(opens, ends):
    found = source(act(opens, "2026-04-01"), act(ends, "2026-06-01"))
    assert not shown(found, "2026-06-01")
    assert shown(found, "2026-06-02")


def test_a_revoked_listing_is_shown_at_no_moment():
    found = source(act(Kind.REVOCATION, "2026-04-01"))
    assert not shown_within(found, at("2020-01-01"), at("2030-01-01"))
    assert last_end(found, at("2030-01-01")) is None


def test_a_restored_listing_needs_a_publication_of_its_own():
    restored = (act(Kind.REPAIR, "2026-04-01"), act(Kind.RESTORE, "2026-08-01"), act(Kind.DELIVERY, "2026-08-03"))
    assert not shown(source(*restored), "2026-09-01")
    again = source(*restored, act(Kind.PUBLISHED, "2026-08-20"))
    assert not shown(again, "2026-08-19")
    assert shown_at(again, at("2026-08-20")).display_until == at("2029-08-01")


@pytest.mark.parametrize("kind", [Kind.DISPUTE_OPENED, Kind.ORDER_REVOKED])
def test_what_is_disputed_is_shown_and_says_so(kind):
    found = source(act(kind, "2026-04-01"))
    assert not shown_at(found, at("2026-03-31")).disputed
    item = shown_at(found, at("2026-04-01"))
    assert item.disputed
    assert item.display_until == at("2028-03-03"), "a dispute is no end"


def test_that_it_was_taken_down_elsewhere_or_applied_for_ends_nothing():
    found = source(replace(act(Kind.REPAIR_APPLIED, "2026-04-01"), corrected_on=date(2026, 3, 1)))
    assert shown(found, "2026-04-02")


def test_a_publication_is_shown_between_its_days_with_all_that_the_law_wants():
    found = FactSource(USCC, PUBLICATION)
    assert not shown(found, "2026-02-02")
    item = shown_at(found, at("2026-02-03"))
    assert (item.name, item.publication, item.display_until) == (
        "示例一号建筑工程有限公司",
        PUBLICATION,
        at("2027-02-03"),
    )
    assert faults_of(item) == ()
    assert not shown(found, "2027-02-03")


@pytest.mark.parametrize(("holds_until", "last"), [(date(2026, 6, 1), "2026-05-31"), (None, None)])
def test_a_withdrawn_publication_is_shown_until_that_day_or_never(holds_until, last):
    taken = Withdrawal(
        record_id="w", target_id="p", decided_on=date(2026, 5, 20), holds_until=holds_until, reason="撤销"
    )
    (left, _) = standing_facts((PUBLICATION, taken))
    found = FactSource(USCC, left)
    assert shown_within(found, at("2020-01-01"), at("2030-01-01")) is (last is not None)
    assert not shown(found, "2026-06-01")
    if last:
        assert shown(found, last)


def test_a_red_list_entry_is_shown_while_it_is_valid():
    assert shown_at(FactSource(USCC, RED), at("2040-01-01")).display_until is None
    ending = FactSource(USCC, replace(RED, until=date(2026, 3, 1)))
    assert shown_at(ending, at("2026-01-01")).display_until == at("2026-03-01")
    assert not shown(ending, "2026-03-01")
    assert not shown(ending, "2025-12-31")


def test_a_publication_that_lacks_what_the_law_wants_is_named_by_its_fields():
    item = shown_at(FactSource(USCC, replace(PUBLICATION, address="", secrecy_reviewed=False)), at("2026-03-01"))
    assert faults_of(item) == ("address", "secrecy_reviewed")


@pytest.mark.parametrize("field", ["main_facts", "handling_result", "address", "representative_name"])
def test_a_text_on_record_with_a_private_number_in_it_is_not_shown(field):
    stored = replace(PUBLICATION, **{field: "致电13812345678"})
    assert faults_of(shown_at(FactSource(USCC, stored), at("2026-03-01"))) == (field,)
    assert not shown_within(FactSource(USCC, stored), at("2020-01-01"), at("2030-01-01"))


def test_the_publics_id_tells_nothing_and_is_the_same_for_ever():
    one, other = (shown_at(each, at("2026-03-01")) for each in (source(), FactSource(USCC, PUBLICATION)))
    assert one.item_id != other.item_id
    assert one.record_id not in one.item_id
    assert shown_at(source(), at("2027-03-01")).item_id == one.item_id

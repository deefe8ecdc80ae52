"""When a wage-arrears listing weighs: L-13, L-18 to L-24, A-126, C-20."""

from __future__ import annotations

from datetime import datetime

import pytest
from builders import DAY, INSTANT, USCC, act, at, listed, listing

from formats.civil import SHANGHAI
from gateway.domain.listings import (
    Interval,
    Listing,
    ListingState,
    decision_at,
    disputed_at,
    intervals_in_force,
    state_at,
    terms,
    turns,
    weighing_on,
)
from gateway.domain.vocabulary import ListingActKind as Kind


def spans(subject: Listing) -> list[tuple[str, str]]:
    return [(civil(each.start), civil(each.end)) for each in intervals_in_force(subject)]


def civil(moment: datetime) -> str:
    local = moment.astimezone(SHANGHAI)
    return local.strftime("%Y-%m-%d" if (local.hour, local.minute) == (0, 0) else "%Y-%m-%dT%H:%M")


def test_a_delivery_known_by_its_date_only_counts_from_the_next_midnight():
    assert spans(listed("2025-03-01", "2025-03-10")) == [("2025-03-11", "2028-03-01")]


def test_a_delivery_at_a_known_instant_counts_from_that_instant():
    instant = datetime(2025, 3, 10, 14, 5, tzinfo=SHANGHAI)
    delivery = act(Kind.DELIVERY, "2025-03-10", at=instant)
    subject = listing(act(Kind.DECISION, "2025-03-01"), delivery)
    assert spans(subject) == [("2025-03-10T14:05", "2028-03-01")]
    assert state_at(subject, instant - INSTANT) is ListingState.DECIDED
    assert state_at(subject, instant) is ListingState.IN_FORCE


def test_the_instant_of_a_delivery_and_not_the_date_beside_it_says_to_which_decision_it_belongs():
    instant = datetime(2025, 3, 10, 14, 5, tzinfo=SHANGHAI)
    subject = listing(act(Kind.DECISION, "2025-03-01"), act(Kind.DELIVERY, "2025-02-01", at=instant))
    assert spans(subject) == [("2025-03-10T14:05", "2028-03-01")]


def test_a_listing_without_delivery_never_weighs():
    subject = listed("2025-03-01", None)
    assert intervals_in_force(subject) == ()
    assert state_at(subject, at("2025-03-01") - INSTANT) is ListingState.NOT_YET_DECIDED
    assert state_at(subject, at("2025-03-01")) is ListingState.DECIDED
    assert state_at(subject, at("2028-03-01")) is ListingState.EXPIRED


def test_a_delivery_before_the_decision_delivers_nothing():
    assert intervals_in_force(listed("2025-03-01", "2025-02-28")) == ()


def test_a_delivery_on_the_day_of_the_decision_counts_from_the_next_midnight():
    assert spans(listed("2025-03-01", "2025-03-01")) == [("2025-03-02", "2028-03-01")]


def test_the_earliest_of_two_deliveries_counts():
    subject = listed("2025-03-01", "2025-05-10", act(Kind.DELIVERY, "2025-03-10"))
    assert spans(subject) == [("2025-03-11", "2028-03-01")]


def test_the_term_is_counted_from_the_decision_however_late_it_is_delivered():
    assert spans(listed("2025-03-01", "2028-02-28")) == [("2028-02-29", "2028-03-01")]
    assert spans(listed("2025-03-01", "2028-02-29")) == []
    assert spans(listed("2025-03-01", "2029-01-01")) == []


def test_the_last_instant_of_the_third_year_weighs_and_the_anniversarys_midnight_does_not():
    subject = listed("2023-11-24", "2023-11-25")
    assert state_at(subject, at("2026-11-24") - INSTANT) is ListingState.IN_FORCE
    assert state_at(subject, at("2026-11-24")) is ListingState.EXPIRED


def test_a_listing_of_29_february_is_free_from_28_february():
    assert spans(listed("2024-02-29", "2024-03-01")) == [("2024-03-02", "2027-02-28")]


def test_a_stay_lifts_from_its_first_instant_and_its_end_weighs_from_the_next_midnight():
    subject = listed("2025-03-01", "2025-03-10", act(Kind.STAY, "2025-06-01"), act(Kind.STAY_ENDED, "2025-07-01"))
    assert spans(subject) == [("2025-03-11", "2025-06-01"), ("2025-07-02", "2028-03-01")]
    assert state_at(subject, at("2025-06-01")) is ListingState.STAYED
    assert state_at(subject, at("2025-07-02") - INSTANT) is ListingState.STAYED
    assert state_at(subject, at("2025-07-02")) is ListingState.IN_FORCE


def test_several_stays_are_each_left_out():
    more = [act(Kind.STAY, f"202{y}-06-01") for y in (5, 6)] + [act(Kind.STAY_ENDED, f"202{y}-06-30") for y in (5, 6)]
    assert spans(listed("2025-03-01", "2025-03-10", *more)) == [
        ("2025-03-11", "2025-06-01"),
        ("2025-07-01", "2026-06-01"),
        ("2026-07-01", "2028-03-01"),
    ]


def test_of_two_stays_that_overlap_each_needs_its_own_end():
    outer = act(Kind.STAY, "2025-06-01", document_number="复议〔1〕号")
    inner = act(Kind.STAY, "2025-07-01", document_number="法院〔2〕号")
    first, second = act(Kind.STAY_ENDED, "2025-08-01"), act(Kind.STAY_ENDED, "2025-09-01")
    subject = listed("2025-03-01", "2025-03-10", outer, inner, first, second)
    assert spans(subject) == [("2025-03-11", "2025-06-01"), ("2025-09-02", "2028-03-01")]
    assert state_at(subject, at("2025-08-15")) is ListingState.STAYED


def test_a_stays_end_that_names_a_document_ends_the_stay_of_that_document():
    older = act(Kind.STAY, "2026-01-01", document_number="复议〔1〕号")
    newer = act(Kind.STAY, "2026-10-01", document_number="法院〔2〕号")
    ended = act(Kind.STAY_ENDED, "2026-11-01", document_number="法院〔2〕号")
    subject = restored(act(Kind.DELIVERY, "2026-09-05"), older, newer, ended)
    assert spans(subject)[1:] == [("2026-09-06", "2026-10-01"), ("2026-11-02", "2029-09-01")]


def test_one_stay_recorded_twice_ends_once():
    stays = [act(Kind.STAY, "2025-06-01", document_number="复议〔1〕号") for _ in range(2)]
    subject = listed("2025-03-01", "2025-03-10", *stays, act(Kind.STAY_ENDED, "2025-07-01"))
    assert spans(subject) == [("2025-03-11", "2025-06-01"), ("2025-07-02", "2028-03-01")]


@pytest.mark.parametrize("number", ["复议〔1〕号", "法院〔2〕号"])
def test_a_new_stay_on_the_day_after_another_ended_lifts_at_once(number):
    first = act(Kind.STAY, "2025-06-01", document_number="复议〔1〕号")
    second = act(Kind.STAY, "2025-07-01", document_number=number)
    subject = listed("2025-03-01", "2025-03-10", first, act(Kind.STAY_ENDED, "2025-06-30"), second)
    assert spans(subject) == [("2025-03-11", "2025-06-01")]


def test_a_stay_before_the_delivery_holds_until_it_ends():
    stay = act(Kind.STAY, "2025-03-05")
    assert spans(listed("2025-03-01", "2025-03-10", stay)) == []
    ended = act(Kind.STAY_ENDED, "2025-04-01")
    assert spans(listed("2025-03-01", "2025-03-10", stay, ended)) == [("2025-04-02", "2028-03-01")]
    assert spans(listed("2025-03-01", "2025-05-10", stay, ended)) == [("2025-05-11", "2028-03-01")]


def test_a_stay_does_not_prolong_the_term():
    subject = listed("2025-03-01", "2025-03-10", act(Kind.STAY, "2026-01-01"), act(Kind.STAY_ENDED, "2028-02-29"))
    assert spans(subject) == [("2025-03-11", "2026-01-01")]
    assert state_at(subject, at("2028-02-29")) is ListingState.STAYED
    assert state_at(subject, at("2028-03-01")) is ListingState.EXPIRED


def test_a_repair_ends_it_from_that_days_first_instant():
    subject = listed("2025-03-01", "2025-03-10", act(Kind.REPAIR, "2026-05-01"))
    assert spans(subject) == [("2025-03-11", "2026-05-01")]
    assert state_at(subject, at("2026-05-01") - INSTANT) is ListingState.IN_FORCE
    assert state_at(subject, at("2026-05-01")) is ListingState.REPAIRED
    assert state_at(subject, at("2030-01-01")) is ListingState.REPAIRED


def test_a_stay_that_ends_after_a_repair_brings_nothing_back():
    more = (act(Kind.STAY, "2026-01-01"), act(Kind.REPAIR, "2026-05-01"), act(Kind.STAY_ENDED, "2026-06-01"))
    assert spans(listed("2025-03-01", "2025-03-10", *more)) == [("2025-03-11", "2026-01-01")]


def test_a_repair_before_the_delivery_leaves_nothing_to_weigh():
    assert spans(listed("2025-03-01", "2025-03-10", act(Kind.REPAIR, "2025-03-01"))) == []


def test_a_repair_after_the_term_repairs_nothing():
    subject = listed("2023-01-01", "2023-01-02", act(Kind.REPAIR, "2026-01-01"))
    assert state_at(subject, at("2026-02-01")) is ListingState.EXPIRED


def test_a_repair_dated_before_the_decision_is_not_of_this_decision():
    assert spans(listed("2025-03-01", "2025-03-10", act(Kind.REPAIR, "2025-02-28"))) == [("2025-03-11", "2028-03-01")]


def restored(*more) -> Listing:
    return listed("2025-03-01", "2025-03-10", act(Kind.REPAIR, "2026-05-01"), act(Kind.RESTORE, "2026-09-01"), *more)


def test_a_restored_listing_needs_a_delivery_of_its_own():
    subject = restored()
    assert spans(subject) == [("2025-03-11", "2026-05-01")]
    assert state_at(subject, at("2026-08-31")) is ListingState.REPAIRED
    assert state_at(subject, at("2026-09-01")) is ListingState.DECIDED
    assert terms(subject)[1].begins is None


def test_a_delivery_after_the_restoring_decision_delivers_that_one_only():
    subject = listed("2025-03-01", None, act(Kind.RESTORE, "2026-09-01"), act(Kind.DELIVERY, "2026-09-01"))
    assert [term.begins for term in terms(subject)] == [None, at("2026-09-02")]


def test_a_restored_listing_weighs_for_three_years_from_the_restoring_decision():
    subject = restored(act(Kind.DELIVERY, "2026-09-05"))
    assert spans(subject) == [("2025-03-11", "2026-05-01"), ("2026-09-06", "2029-09-01")]
    assert state_at(subject, at("2029-09-01")) is ListingState.EXPIRED
    assert decision_at(subject, at("2027-01-01")).kind is Kind.RESTORE
    assert decision_at(subject, at("2025-04-01")).kind is Kind.DECISION


def test_no_decision_is_returned_for_a_moment_at_which_nothing_weighs():
    with pytest.raises(LookupError):
        decision_at(listed(), at("2020-01-01"))


def test_a_repair_and_its_revocation_of_one_day_leave_the_restored_term():
    more = (act(Kind.REPAIR, "2026-05-01"), act(Kind.RESTORE, "2026-05-01"), act(Kind.DELIVERY, "2026-05-02"))
    assert spans(listed("2025-03-01", "2025-03-10", *more)) == [
        ("2025-03-11", "2026-05-01"),
        ("2026-05-03", "2029-05-01"),
    ]


def test_a_restored_listing_can_be_repaired_again():
    subject = restored(act(Kind.DELIVERY, "2026-09-05"), act(Kind.REPAIR, "2027-06-01"))
    assert spans(subject)[1] == ("2026-09-06", "2027-06-01")
    assert state_at(subject, at("2027-06-01")) is ListingState.REPAIRED


def test_a_stay_of_the_first_decision_does_not_stay_the_restoring_one():
    subject = restored(act(Kind.STAY, "2026-01-01"), act(Kind.DELIVERY, "2026-09-05"))
    assert spans(subject) == [("2025-03-11", "2026-01-01"), ("2026-09-06", "2029-09-01")]


def test_terms_that_overlap_are_one_interval_and_the_later_decision_counts():
    subject = listed("2025-03-01", "2025-03-10", act(Kind.RESTORE, "2026-09-01"), act(Kind.DELIVERY, "2026-09-05"))
    assert spans(subject) == [("2025-03-11", "2029-09-01")]
    assert decision_at(subject, at("2026-09-06") - INSTANT).kind is Kind.DECISION
    assert decision_at(subject, at("2026-09-06")).kind is Kind.RESTORE


@pytest.mark.parametrize("revoked", ["2025-03-05", "2026-01-01", "2031-01-01"])
def test_a_revoked_listing_is_void_from_the_start_at_every_moment(revoked):
    subject = restored(act(Kind.DELIVERY, "2026-09-05"), act(Kind.REVOCATION, revoked))
    assert intervals_in_force(subject) == ()
    for moment in ("2020-01-01", "2025-03-20", "2026-10-01", "2040-01-01"):
        assert state_at(subject, at(moment)) is ListingState.REVOKED


def test_without_a_decision_nothing_weighs_whatever_else_is_on_record():
    subject = listing(act(Kind.DELIVERY, "2025-03-10"), act(Kind.STAY_ENDED, "2025-04-01"))
    assert subject.decision is None
    assert intervals_in_force(subject) == ()
    assert state_at(subject, at("2025-05-01")) is ListingState.NOT_YET_DECIDED


def test_a_dispute_is_seen_from_its_day_until_it_is_closed_and_lifts_nothing():
    opened, closed = act(Kind.DISPUTE_OPENED, "2025-06-01"), act(Kind.DISPUTE_CLOSED, "2025-07-01")
    subject = listed("2025-03-01", "2025-03-10", opened, closed)
    seen = [disputed_at(subject, moment) for moment in (at("2025-06-01") - INSTANT, at("2025-06-01"))]
    assert seen == [False, True]
    seen = [disputed_at(subject, moment) for moment in (at("2025-07-01") - INSTANT, at("2025-07-01"))]
    assert seen == [True, False]
    assert spans(subject) == [("2025-03-11", "2028-03-01")]


def test_a_listing_stays_disputed_while_one_of_two_remedies_is_open():
    opened = [act(Kind.DISPUTE_OPENED, "2025-06-01"), act(Kind.DISPUTE_OPENED, "2025-06-10")]
    subject = listed("2025-03-01", "2025-03-10", *opened, act(Kind.DISPUTE_CLOSED, "2025-07-01"))
    assert disputed_at(subject, at("2025-07-02"))


def test_hiding_lifts_like_a_stay_while_a_reorganisation_is_carried_out():
    """C-10."""
    more = (act(Kind.HIDDEN, "2025-06-01"), act(Kind.HIDDEN_ENDED, "2025-07-01"))
    subject = listed("2025-03-01", "2025-03-10", *more)
    assert spans(subject) == [("2025-03-11", "2025-06-01"), ("2025-07-02", "2028-03-01")]
    assert state_at(subject, at("2025-06-01")) is ListingState.HIDDEN
    assert state_at(subject, at("2025-07-02")) is ListingState.IN_FORCE


def test_a_stay_is_not_ended_by_the_end_of_hiding_and_is_named_first():
    more = (act(Kind.STAY, "2025-06-01"), act(Kind.HIDDEN, "2025-06-05"), act(Kind.HIDDEN_ENDED, "2025-07-01"))
    subject = listed("2025-03-01", "2025-03-10", *more)
    assert spans(subject) == [("2025-03-11", "2025-06-01")]
    assert {state_at(subject, at(each)) for each in ("2025-06-06", "2025-07-02")} == {ListingState.STAYED}


def test_a_revoked_order_disputes_the_listing_and_lifts_nothing_until_its_authority_revokes_it():
    """L-19a, and invariant 5: revoked it is void from the start."""
    subject = listed("2025-03-01", "2025-03-10", act(Kind.ORDER_REVOKED, "2025-06-01"))
    assert [disputed_at(subject, moment) for moment in (at("2025-06-01") - INSTANT, at("2025-06-01"))] == [False, True]
    assert spans(subject) == [("2025-03-11", "2028-03-01")]
    assert spans(listing(*subject.acts, act(Kind.REVOCATION, "2025-06-10"))) == []


def test_each_party_is_bound_by_its_own_delivery():
    """A-126."""
    told = [act(Kind.DELIVERY, "2025-03-10", party=USCC), act(Kind.DELIVERY, "2025-04-10", party="p1")]
    subject = listing(act(Kind.DECISION, "2025-03-01"), *told)
    assert spans(subject) == [("2025-03-11", "2028-03-01")]
    assert spans(weighing_on(subject, ["p1"])) == [("2025-04-11", "2028-03-01")]
    assert spans(weighing_on(subject, ["p2"])) == []
    assert spans(weighing_on(subject, ["p2", "p1"])) == [("2025-04-11", "2028-03-01")]


def test_a_delivery_to_a_person_delivers_nothing_to_the_enterprise():
    subject = listing(act(Kind.DECISION, "2025-03-01"), act(Kind.DELIVERY, "2025-03-10", party="p1"))
    assert spans(subject) == []
    assert spans(weighing_on(subject, ["p1"])) == [("2025-03-11", "2028-03-01")]


def test_a_delivery_of_which_no_party_is_said_stands_for_all_of_them():
    assert spans(weighing_on(listed("2025-03-01", "2025-03-10"), ["p1"])) == [("2025-03-11", "2028-03-01")]


PROCEDURE = [
    *("ORDER_ISSUED", "ORDER_DELIVERED", "PRE_NOTICE", "PRE_NOTICE_DELIVERED", "OBJECTION", "OBJECTION_VERIFIED"),
    *("NOT_LISTED", "PUBLISHED", "REPAIR_APPLIED", "REPAIR_REFUSED", "CRIMINAL_BAR_SET", "CRIMINAL_BAR_LIFTED"),
    *("UNPUBLISHED", "OTHER_SITES_TOLD", "PLATFORM_TOLD", "REPAIR_ACCEPTED", "REPAIR_EXTENDED"),
]


@pytest.mark.parametrize("kind", Kind)
def test_only_what_changes_an_answer_is_an_instant_at_which_one_may_change(kind):
    """A criminal bar above all: no answer may tell that there is one."""
    plain = listed()
    more = listing(*plain.acts, act(kind, "2026-05-05"))
    assert (turns(more) == turns(plain)) is (kind.name in PROCEDURE)


def test_an_interval_holds_its_first_instant_and_not_its_last():
    span = Interval(at("2025-01-01"), at("2025-01-02"))
    assert span.start in span
    assert span.start + DAY not in span
    assert span.start - INSTANT not in span

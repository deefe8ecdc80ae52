"""Which ends a record has, from when each is known, and whom it concerns: C-02, C-10, L-13, L-17, L-18, L-24."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import INSTANT, USCC, act, at, listed, listing
from store_samples import fact

from gateway.domain.endings import (
    KnownEnding,
    Told,
    concerns,
    known_endings,
    listing_endings,
    recall,
    withdrawal_ending,
)
from gateway.domain.vocabulary import EndingKind
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.domain.withdrawals import Withdrawal


def ends(subject):
    return [(ending.kind.name, ending.at) for ending in listing_endings(subject)]


def test_a_term_ends_by_time_alone():
    assert ends(listed("2025-03-01", "2025-03-10")) == [("EXPIRED", at("2028-03-01"))]


def test_a_repair_takes_the_place_of_the_expiry():
    assert ends(listed("2025-03-01", "2025-03-10", act(Kind.REPAIR, "2026-04-01"))) == [("REPAIRED", at("2026-04-01"))]


@pytest.mark.parametrize(
    ("opens", "closes", "kind"),
    [(Kind.STAY, Kind.STAY_ENDED, "STAYED"), (Kind.HIDDEN, Kind.HIDDEN_ENDED, "HIDDEN")],
)
def test_what_lifts_a_listing_for_a_time_is_an_end_of_its_own(opens, closes, kind):
    subject = listed("2025-03-01", "2025-03-10", act(opens, "2025-06-01"), act(closes, "2025-07-01"))
    assert ends(subject) == [(kind, at("2025-06-01")), ("EXPIRED", at("2028-03-01"))]


def test_a_restored_listing_ends_twice_and_one_restored_at_once_was_repaired_all_the_same():
    restored = (act(Kind.REPAIR, "2026-04-01"), act(Kind.RESTORE, "2026-04-01"))
    delivered = act(Kind.DELIVERY, "2026-04-10")
    assert ends(listed("2025-03-01", "2025-03-10", *restored)) == [("REPAIRED", at("2026-04-01"))]
    twice = [("REPAIRED", at("2026-04-01")), ("EXPIRED", at("2029-04-01"))]
    assert ends(listed("2025-03-01", "2025-03-10", *restored, delivered)) == twice


def test_a_revoked_listing_is_void_from_when_it_was_first_taken_to_weigh_and_has_no_other_end():
    hidden = act(Kind.HIDDEN, "2025-06-01")
    subject = listed("2025-03-01", "2025-03-10", hidden, act(Kind.REVOCATION, "2025-09-01"))
    assert ends(subject) == [("VOID_FROM_START", at("2025-03-11"))]


def test_what_never_weighed_has_no_end():
    assert ends(listed("2025-03-01", None)) == []
    assert ends(listed("2025-03-01", None, act(Kind.REVOCATION, "2025-09-01"))) == []


def test_a_listing_that_weighs_on_a_person_only_ends_for_that_person():
    """L-17, A-126: its delivery was to the person alone."""
    delivery = act(Kind.DELIVERY, "2025-03-10", party="person")
    subject = replace(listing(act(Kind.DECISION, "2025-03-01"), delivery), person_keys=frozenset({"person", "other"}))
    repaired = replace(subject, acts=(*subject.acts, act(Kind.REPAIR, "2026-04-01")))
    revoked = replace(subject, acts=(*subject.acts, act(Kind.REVOCATION, "2026-04-01")))
    assert ends(subject) == [("EXPIRED", at("2028-03-01"))]
    assert ends(repaired) == [("REPAIRED", at("2026-04-01"))]
    assert ends(revoked) == [("VOID_FROM_START", at("2025-03-11"))]


def test_an_end_tells_the_document_that_weighed():
    decision = act(Kind.DECISION, "2025-03-01", document_number="列1号")
    subject = listing(
        decision, act(Kind.DELIVERY, "2025-03-10"), act(Kind.REPAIR, "2026-04-01", document_number="移1号")
    )
    (ending,) = listing_endings(subject)
    assert (ending.document_number, ending.record_id, ending.record_kind, ending.uscc) == (
        "列1号",
        "L-1",
        "listing",
        USCC,
    )


def known(subject, revisions):
    """Return the known endings of a listing whose acts came at these revisions, each committed that day of 2027."""
    by_act = {one.act_id: revision for one, revision in zip(subject.acts, revisions, strict=True)}
    committed = {revision: at("2027-01-01") + timedelta(days=revision) for revision in revisions}
    return {each.ending.kind.name: each for each in known_endings(subject, by_act, committed)}


def test_an_end_by_an_act_is_known_from_its_revision_and_one_by_time_when_the_time_has_come():
    repaired = known(listed("2025-03-01", "2025-03-10", act(Kind.REPAIR, "2026-04-01")), [1, 2, 7])
    expiring = known(listed("2025-03-01", "2025-03-10"), [1, 2])
    assert (repaired["REPAIRED"].revision, repaired["REPAIRED"].known_since) == (7, at("2027-01-08"))
    assert (expiring["EXPIRED"].revision, expiring["EXPIRED"].known_since) == (2, at("2028-03-01"))


def test_an_end_stays_the_same_when_something_else_is_learnt():
    first = listed("2025-03-01", "2025-03-10", act(Kind.HIDDEN, "2025-06-01"))
    later = replace(first, acts=(*first.acts, act(Kind.HIDDEN_ENDED, "2025-07-01")))
    before, after = known(first, [1, 2, 3])["HIDDEN"], known(later, [1, 2, 3, 9])["HIDDEN"]
    assert (before.ending.ending_id, before.revision) == (after.ending.ending_id, after.revision)
    early = replace(first, acts=(*first.acts, act(Kind.REVOCATION, "2025-09-01")))
    (one,), (two,) = (
        listing_endings(each) for each in (early, replace(early, acts=(*early.acts, act(Kind.DELIVERY, "2025-03-05"))))
    )
    assert (one.at, one.ending_id) != (two.at, two.ending_id)
    assert one.ending_id == two.ending_id


def told(revision, moment):
    return Told("L-1", "bidding", "C-1", revision, revision, moment)


def test_an_end_concerns_who_was_answered_without_knowing_of_it_or_about_a_moment_before_it():
    repaired = known(listed("2025-03-01", "2025-03-10", act(Kind.REPAIR, "2026-04-01")), [1, 2, 7])["REPAIRED"]
    late = at("2026-06-01")  # the repair was written down long after its day
    assert concerns(repaired, told(6, late))
    assert not concerns(repaired, told(7, late))
    assert not concerns(repaired, told(7, at("2026-04-01")))
    assert concerns(repaired, told(7, at("2026-04-01") - INSTANT))


def withdrawn(holds_until, **changes):
    publication = fact(1, "publication", "P-1", **changes).fact
    taken = Withdrawal(
        record_id="w", target_id="P-1", decided_on=publication.published_on, holds_until=holds_until, reason="撤销"
    )
    return withdrawal_ending(publication, taken, USCC, 5, {5: at("2026-06-01")})


def test_a_withdrawal_ends_a_publication_from_a_day_on_or_from_the_start():
    from_a_day = withdrawn(date(2026, 7, 2))
    assert isinstance(from_a_day, KnownEnding)
    assert (from_a_day.ending.kind, from_a_day.ending.record_kind) == (EndingKind.WITHDRAWN, "publication")
    assert (from_a_day.ending.at, from_a_day.known_since) == (at("2026-07-02"), at("2026-07-02"))
    void = withdrawn(None)
    assert (void.ending.kind, void.ending.at) == (EndingKind.VOID_FROM_START, at("2026-02-03"))
    assert (void.known_since, void.revision) == (at("2026-06-01"), 5)


def test_a_withdrawal_that_shortens_nothing_ends_nothing():
    assert withdrawn(date(2027, 2, 3)) is None
    assert withdrawal_ending(fact(1, "complaint").fact, withdrawn_fact(), USCC, 5, {5: at("2026-06-01")}) is None


def withdrawn_fact():
    return fact(1, "withdrawal").fact


def test_a_recalled_record_concerns_whoever_was_told_of_it_while_it_was_taken_for_this_enterprises():
    """X-01."""
    notice = fact(1, "published_notice", "N-1").fact
    recalled = recall(notice, USCC, 5, 9, {9: at("2026-06-01")})
    assert (recalled.ending.kind, recalled.ending.uscc) == (EndingKind.RECALLED, USCC)
    assert (recalled.ending.at, recalled.known_since) == (at("2026-02-07"), at("2026-06-01"))
    spans = [(4, 4), (5, 5), (8, 20), (9, 9), (1, 6), (1, 20)]
    concerned = [concerns(recalled, Told("N-1", "b", "", *span, at("2020-01-01"))) for span in spans]
    assert concerned == [False, True, True, False, True, True]


def test_a_record_that_passes_on_twice_is_recalled_twice():
    notice = fact(1, "published_notice", "N-1").fact
    committed = {9: at("2026-06-01"), 12: at("2026-06-01")}
    first, second = recall(notice, USCC, 5, 9, committed), recall(notice, USCC, 11, 12, committed)
    assert first.ending.ending_id != second.ending.ending_id

"""When a second person must agree to an import, what an import ends, and whom it restricts."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace

import pytest
from builders import (
    NOW,
    PROFILES,
    act,
    arrears,
    at,
    build,
    conviction,
    dossier,
    listed,
    listing,
    notice,
    penalty,
    policy,
    profile,
    publication,
    subject,
)

from gateway.domain.agencies import Agency, Role
from gateway.domain.eligibility import Moment, Question, decide
from gateway.domain.endings import Told, concerns
from gateway.domain.errors import EnterpriseNotFoundError, FieldNotInMandateError
from gateway.domain.import_ends import Ended, ends_earlier, lost_listings
from gateway.domain.imports import Person, Size, Thresholds, first_of_two
from gateway.domain.kinds.enterprise import BusinessStatus
from gateway.domain.policy_situations import situations
from gateway.domain.restriction import NO_FACTS, Restrictions, Shift
from gateway.domain.vocabulary import Effect, EndingKind, ListingActKind
from gateway.domain.voided_endings import voided_endings
from gateway.services.decide_import import DecideImport

LI, WANG, NOBODY = Person("hrss", "li"), Person("hrss", "wang"), Person("hrss", "")
SINCE = at("2026-03-01")
WEIGHING = {
    "listed": (listed("2025-03-01", "2025-03-10"),),
    "published": (publication("2026-01-10", "2027-01-10"),),
    "fined": (penalty("2026-01-01", "2027-01-01"),),
    "convicted": (conviction("2025-06-01"),),
    "owing": (arrears("2025-12-01"), arrears("2025-12-02", malicious=True)),
    "noticed": (notice("2025-12-01"),),
}


@pytest.mark.parametrize(
    ("size", "passes"),
    [(Size(10, 10, 1_000), False), (Size(11, 0, 0), True), (Size(0, 11, 0), True), (Size(0, 0, 1_001), True)],
)
def test_a_number_above_its_threshold_and_not_at_it_asks_for_a_second_person(size, passes):
    assert Thresholds().passed_by(size) is passes


def test_a_threshold_below_zero_is_refused_by_name():
    with pytest.raises(ValueError, match="ended"):
        Thresholds(ended=-1)


@pytest.mark.parametrize(
    ("who", "before", "first"),
    [
        (WANG, [LI], False),
        (WANG, [NOBODY], True),
        (WANG, [NOBODY, LI], False),
        (WANG, [Person("hrss", "--")], True),
        (Person("other", "li"), [LI], False),
    ],
)
def test_two_different_persons_are_enough_and_one_is_the_first(who, before, first):
    assert first_of_two(who, before) is first


@pytest.mark.parametrize(
    ("who", "before", "why"),
    [
        (LI, [LI], "SAME_PERSON"),
        (Person("hrss", "LI"), [LI], "SAME_PERSON"),
        (Person("hrss", "l-i."), [LI], "SAME_PERSON"),
        (Person("hrss", "ｌｉ"), [LI], "SAME_PERSON"),
        (Person("hrss", "張偉"), [Person("hrss", "张伟")], "SAME_PERSON"),
        (Person("hrss", "-."), [LI], "NO_HOLDER"),
        (LI, [NOBODY, LI], "SAME_PERSON"),
        (WANG, [LI, WANG], "SAME_PERSON"),
        (NOBODY, [LI], "NO_HOLDER"),
        (NOBODY, [NOBODY], "NO_HOLDER"),
    ],
)
def test_one_person_never_makes_two_and_a_certificate_without_a_holder_is_nobodys_word(who, before, why):
    with pytest.raises(ValueError, match=why):
        first_of_two(who, before)


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("held", WEIGHING)
def test_the_strongest_effect_at_each_point_is_that_of_some_case_and_of_no_case_a_stronger_one(name, held):
    rules = policy(name)
    timeline = build(*WEIGHING[held], using=rules.grade_rules)
    standing, _ = timeline.at(NOW)
    found = Restrictions(rules)._effects(standing, NOW)
    for point in rules.points:
        rows = [row for row in rules.rows if row.point is point]
        reached = Effect.NONE
        for ground in standing.grounds:
            for case in situations([row for row in rows if row.trigger is ground.trigger]):
                fixed = case.facts.cutoff_at is not None
                facts = replace(case.facts, cutoff_at=(at("2019-01-01") if case.late else NOW) if fixed else None)
                if _sent(facts, NOW):
                    row = rules.match(ground.trigger, point, facts, ground, NOW.date())
                    reached = max(reached, rules.effective(row, NOW.date())[0])
        assert reached == found[point]


def _sent(facts, moment):
    return facts.application_date is None or facts.application_date <= moment.date()


@pytest.mark.parametrize("held", sorted(WEIGHING))
def test_what_weighs_restricts_whoever_had_nothing_and_relieves_when_it_goes(held):
    rules = policy("shiyan")
    nothing, weighed = build(), build(*WEIGHING[held])
    compare = Restrictions(rules).compare
    stricter = compare(nothing, weighed, SINCE)
    assert stricter.stricter is not None
    assert stricter.stricter.before < stricter.stricter.after
    assert stricter.relieved is None
    back = compare(weighed, nothing, SINCE)
    assert (back.relieved, back.stricter) == (Shift(stricter.stricter.after, stricter.stricter.before), None)
    assert compare(weighed, weighed, SINCE) == compare(nothing, nothing, SINCE)


def test_whoever_goes_out_of_business_is_restricted():
    gone = build(profiles=(profile(business_status=BusinessStatus.DEREGISTERED),))
    assert Restrictions(policy("shiyan")).compare(build(), gone, SINCE).stricter == Shift(Effect.NONE, Effect.REVIEW)


def test_what_begins_only_tomorrow_restricts_and_what_is_over_does_not():
    compare = Restrictions(policy("shiyan")).compare
    coming = build(listed("2026-03-01", "2026-03-01"))
    assert compare(build(), coming, SINCE).stricter == Shift(Effect.NONE, Effect.BLOCK)
    over = build(penalty("2024-01-01", "2025-01-01"))
    assert compare(build(), over, SINCE).stricter is None


def test_one_listing_more_at_points_that_block_already_is_seen_where_they_did_not():
    """C by a conviction reviews what a listing blocks: the strongest of all points alone would hide it."""
    shifts = Restrictions(policy("shiyan")).compare(
        build(penalty("2026-01-01", "2027-01-01")),
        build(*WEIGHING["listed"], penalty("2026-01-01", "2027-01-01")),
        SINCE,
    )
    assert shifts.stricter is not None
    assert shifts.stricter.after is Effect.BLOCK


def test_a_decision_about_one_point_agrees_with_the_comparison():
    rules = policy("shiyan")
    held = subject(*WEIGHING["listed"])
    for point in rules.points:
        if rules.required_facts(point):
            continue
        answer = decide((held,), Question(point, NO_FACTS), rules, Moment(NOW, at("2027-01-01"), ()))
        strongest = max((measure.effect for measure in answer.measures), default=Effect.NONE)
        standing, _ = held.timeline.at(NOW)
        assert Restrictions(rules)._effects(standing, NOW)[point] == strongest


def test_a_fact_ends_earlier_when_its_end_moves_forward_or_appears():
    long, short = publication("2026-01-01", "2027-01-01"), publication("2026-01-01", "2026-06-01")
    assert ends_earlier(long, short)
    assert not ends_earlier(short, long)
    assert not ends_earlier(long, long)


def test_a_listing_is_lost_from_the_moment_on_at_which_it_weighs_no_more():
    before = dossier(listed("2025-03-01", "2025-03-10"))
    repaired = dossier(listed("2025-03-01", "2025-03-10", act(ListingActKind.REPAIR, "2026-02-01")))
    (lost,) = lost_listings(before, repaired, SINCE)
    assert isinstance(lost, Ended)
    assert list(lost_listings(repaired, before, SINCE)) == []
    assert list(lost_listings(before, before, SINCE)) == []
    assert list(lost_listings(before, repaired, at("2029-01-01"))) == []


DECISION, DELIVERY = act(ListingActKind.DECISION, "2025-03-01"), act(ListingActKind.DELIVERY, "2025-03-10")
REPAIR = act(ListingActKind.REPAIR, "2026-01-10")
COMMITTED = {number: at(f"2026-02-0{number}") for number in range(1, 6)}


def test_what_a_void_decision_weighed_ends_as_void_from_the_start():
    (known,) = voided_endings(listing(), {}, [(DECISION, 1, 4), (DELIVERY, 2, 4)], COMMITTED)
    assert known.ending.kind is EndingKind.VOID_FROM_START
    assert (known.revision, known.held_from, known.ending.passed) == (4, 1, 4)
    assert known.ending.at == at("2025-03-11")


def test_a_void_repair_ends_nothing_for_the_listing_weighs_again():
    standing = {DECISION.act_id: 1, DELIVERY.act_id: 1}
    assert voided_endings(listing(DECISION, DELIVERY), standing, [(REPAIR, 2, 3)], COMMITTED) == ()


def test_two_revocations_of_one_listing_are_two_endings():
    voided = [(DECISION, 1, 2), (DELIVERY, 1, 2), (DECISION, 3, 4), (DELIVERY, 3, 4)]
    first, second = voided_endings(listing(), {}, voided, COMMITTED)
    assert first.ending.ending_id != second.ending.ending_id
    assert (first.held_from, second.held_from) == (1, 3)


def test_whoever_was_told_only_after_a_record_came_again_is_not_told_that_it_was_void_before():
    (known,) = voided_endings(listing(), {}, [(DECISION, 1, 4), (DELIVERY, 2, 4)], COMMITTED)
    told = Told("L-1", "bidding", "case", 5, 6, at("2025-01-01"))
    assert not concerns(known, told)
    assert concerns(known, replace(told, revision=2, last_revision=2))
    assert concerns(known, replace(told, revision=3, last_revision=9))


class OneBatch:
    """A store with one import, of a feed that its agency had once."""

    def batch(self, batch_id, agency):
        return SimpleNamespace(batch_id=batch_id, agency=agency, feed="wage_list")


def test_an_import_of_a_feed_that_the_caller_has_no_more_is_not_known_to_it():
    decide_import = DecideImport(OneBatch(), None, None, Thresholds())
    agency = Agency(
        agency_id="a", name_zh="a", name_en="a", role=Role.PRODUCER, territory="420300", feeds=frozenset({"penalties"})
    )
    with pytest.raises(EnterpriseNotFoundError):
        asyncio.run(decide_import.batch(agency, "b"))
    kept = replace(agency, feeds=frozenset({"wage_list"}))
    assert asyncio.run(decide_import.batch(kept, "b")).feed == "wage_list"
    with pytest.raises(FieldNotInMandateError):
        decide_import.require(replace(agency, feeds=frozenset()))

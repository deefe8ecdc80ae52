"""The shipped policy in time: blocks that fall with their document, grounds that grow too old."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from shipped_policy import (
    BLOCK,
    DAY,
    INSIDE,
    NATIONAL,
    REVIEW,
    SEEN,
    SHIYAN,
    Seen,
    policy,
)

from gateway.domain.case_facts import NO_FACTS
from gateway.domain.policy import BasisLevel
from gateway.domain.vocabulary import (
    DecisionPoint,
    Trigger,
)


def test_the_local_document_carries_no_block_that_is_not_marked():
    rules = policy(SHIYAN)
    row = rules.match(Trigger.GRADE_B, DecisionPoint.BIDDING_AWARD, INSIDE, SEEN, DAY)

    assert rules.effective(row, DAY) == (BLOCK, False)
    assert rules.effective(replace(row, basis_contested=False), DAY) == (REVIEW, True)


def test_every_block_that_rests_on_the_local_method_is_marked_and_no_other_is():
    blocks = [row for row in policy(SHIYAN).rows if row.effect is BLOCK]
    contested = [row for row in blocks if row.basis_contested]

    assert {row.trigger for row in contested} == {Trigger.GRADE_B, Trigger.GRADE_C}
    levels = {policy(SHIYAN).bases[key].level for row in contested for key in row.basis}
    assert levels == {BasisLevel.LOCAL_NORMATIVE}
    assert not any(row.basis_contested for row in policy(NATIONAL).rows)


def test_a_local_block_falls_to_review_the_day_the_local_document_ends():
    rules = policy(SHIYAN)
    row = rules.match(Trigger.GRADE_B, DecisionPoint.BIDDING_AWARD, INSIDE, SEEN, DAY)

    assert rules.effective(row, date(2027, 12, 31)) == (BLOCK, False)
    assert rules.effective(row, date(2028, 1, 1)) == (REVIEW, True)
    assert rules.changes_after(datetime(2027, 12, 31, 15, 59, tzinfo=UTC)) == (datetime(2027, 12, 31, 16, tzinfo=UTC),)


def test_a_listing_blocks_nothing_before_the_wage_regulation():
    rules = policy(NATIONAL)
    row = rules.match(Trigger.LISTING, DecisionPoint.BIDDING_AWARD, INSIDE, SEEN, DAY)

    assert rules.effective(row, date(2020, 4, 30)) == (REVIEW, True)
    assert rules.effective(row, date(2020, 5, 1)) == (BLOCK, False)


def test_a_weaker_effect_does_not_fall_with_its_basis():
    rules = policy(NATIONAL)
    row = rules.match(Trigger.LISTING, DecisionPoint.LENDING_APPROVAL, NO_FACTS, SEEN, DAY)

    assert rules.effective(row, date(2019, 1, 1)) == (REVIEW, False)


@dataclass(frozen=True)
class Weighing(Seen):
    trigger: Trigger = Trigger.CONVICTION


def test_an_answer_ends_when_a_ground_grows_too_old():
    ground = Weighing(since=date(2024, 2, 29))
    now = datetime(2026, 11, 24, tzinfo=UTC)

    ends = policy(NATIONAL).ages_out_after(ground, DecisionPoint.PROCUREMENT_RESULT, now)

    assert ends == datetime(2027, 2, 27, 16, tzinfo=UTC)
    assert policy(NATIONAL).ages_out_after(ground, DecisionPoint.PROCUREMENT_RESULT, ends) is None
    assert policy(NATIONAL).ages_out_after(ground, DecisionPoint.AWARDS_CONFERRAL, now) is None

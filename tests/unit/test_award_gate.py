"""What is missing before the final act: earlier answers, verdicts of this moment, and what persons may decide over."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from award_samples import ANSWER
from builders import USCC

from gateway.domain.agencies import CLOSED_POINTS
from gateway.domain.award_gate import BEFORE, AwardGap, Words, earlier_needed, newest_earlier, verdict_gap
from gateway.domain.outcome_duty import FINAL_POINTS
from gateway.domain.vocabulary import DecisionPoint, Verdict

NOW = datetime(2026, 6, 10, 4, tzinfo=UTC)
LIMIT = timedelta(days=60)
Point = DecisionPoint
PUBLICITY = Point.BIDDING_CANDIDATE_PUBLICITY


def given(**changes):
    whole = {
        "point": PUBLICITY,
        "answered_at": NOW - timedelta(days=2),
        "verdict": Verdict.CLEAR,
        "usccs": frozenset({USCC}),
        "preview": False,
        "lot": "1",
        **changes,
    }
    return replace(ANSWER, **whole)


def needed(point=Point.BIDDING_AWARD, granted=frozenset(Point), part="1"):
    return earlier_needed(point, granted, part, NOW, LIMIT)


def found(*answers, **more):
    return newest_earlier(USCC, answers, needed(**more))


@pytest.mark.parametrize(
    ("changes", "gap"),
    [
        ({"usccs": frozenset({"other"})}, AwardGap.NEVER_CHECKED),
        ({"lot": "2"}, AwardGap.NEVER_CHECKED),
        # What the gate itself refused is no earlier check: asking again would do.
        ({"not_cleared": True}, AwardGap.NEVER_CHECKED),
        ({"point": Point.BIDDING_EVALUATION}, AwardGap.EARLIER_POINT),
        ({"point": Point.BIDDING_CONTRACT}, AwardGap.EARLIER_POINT),
        ({"verdict": Verdict.UNVERIFIABLE}, AwardGap.CHECK_UNVERIFIABLE),
        ({"preview": True}, AwardGap.CHECK_UNVERIFIABLE),
        ({"answered_at": NOW - LIMIT - timedelta(microseconds=1)}, AwardGap.CHECK_TOO_OLD),
    ],
)
def test_an_answer_that_will_not_do_leaves_its_gap(changes, gap):
    assert found(given(**changes)) is gap


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"lot": ""},
        {"point": Point.BIDDING_AWARD},
        {"verdict": Verdict.CONDITIONAL},
        # What stood in the way then may be repaired now: this moment is decided anew.
        {"verdict": Verdict.RESTRICTED},
        {"answered_at": NOW - LIMIT},
        {"usccs": frozenset({USCC, "other"})},
    ],
)
def test_an_answer_that_will_do_is_named(changes):
    answer = given(**changes)
    assert found(answer) == answer


def test_of_several_the_newest_that_will_do_counts():
    older, newest = given(answered_at=NOW - timedelta(days=9)), given()
    assert found(older, newest, given(answered_at=NOW, verdict=Verdict.UNVERIFIABLE)) == newest
    assert found(newest, older) == newest


def test_the_last_point_ahead_that_the_agency_may_ask_at_counts():
    granted = {Point.BIDDING_AWARD, Point.BIDDING_QUALIFICATION_REVIEW, Point.BIDDING_REGISTRATION}
    answer = given(point=Point.BIDDING_QUALIFICATION_REVIEW)
    assert found(answer, granted=granted) == answer
    assert found(given(point=Point.BIDDING_REGISTRATION), granted=granted) is AwardGap.EARLIER_POINT


@pytest.mark.parametrize(
    ("point", "granted"),
    [(Point.LENDING_APPROVAL, frozenset(Point)), (Point.BIDDING_AWARD, frozenset({Point.BIDDING_AWARD}))],
)
def test_where_nothing_comes_ahead_no_earlier_answer_is_needed(point, granted):
    assert found(point=point, granted=granted) is None


def test_points_ahead_are_of_the_same_area_and_lead_to_final_ones():
    assert BEFORE.keys() <= FINAL_POINTS
    for point, ahead in BEFORE.items():
        assert {each.area for each in ahead} == {point.area}
        assert list(ahead) == sorted(set(ahead), reverse=True)
        assert not {point, *ahead} & CLOSED_POINTS
        assert all(each < point for each in ahead)


@pytest.mark.parametrize(
    ("verdict", "decided", "persons", "gap"),
    [
        (Verdict.CLEAR, False, 0, None),
        (Verdict.CONDITIONAL, False, 0, AwardGap.CONDITIONS_OPEN),
        (Verdict.CONDITIONAL, True, 0, None),
        (Verdict.CONDITIONAL, False, 1, AwardGap.CONDITIONS_OPEN),
        (Verdict.CONDITIONAL, False, 2, None),
        (Verdict.RESTRICTED, False, 0, AwardGap.RESTRICTED),
        (Verdict.RESTRICTED, True, 0, AwardGap.RESTRICTED),
        (Verdict.RESTRICTED, True, 1, AwardGap.SECOND_PERSON_MISSING),
        (Verdict.RESTRICTED, False, 2, None),
        (Verdict.UNVERIFIABLE, True, 2, AwardGap.UNVERIFIABLE),
    ],
)
def test_one_officer_decides_over_conditions_two_persons_over_a_restriction_and_nobody_over_what_is_not_known(
    verdict, decided, persons, gap
):
    assert verdict_gap(verdict, Words(decided, persons)) is gap

"""The shipped policy on security and deposits: bounds of what is raised, and who has earned what."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from shipped_policy import (
    DAY,
    NATIONAL,
    SEEN,
    SHIYAN,
    policy,
    security,
)

from gateway.domain.case_facts import NO_FACTS
from gateway.domain.grades import Grade
from gateway.domain.policy import Merits
from gateway.domain.vocabulary import (
    DecisionPoint,
    GradeLetter,
    SecurityKind,
    Trigger,
)


@pytest.mark.parametrize(
    ("trigger", "kind", "surcharge", "cap", "cap_fen"),
    [
        ("LISTING", "WAGE_DEPOSIT", 100, 0, 0),
        ("LISTING", "PERFORMANCE_BOND", 0, 1000, 10_000_000),
        ("LISTING", "BID_BOND", 0, 200, 2_000_000),
        ("ARREARS_FINDING", "WAGE_DEPOSIT", 50, 0, 0),
    ],
)
def test_security_is_raised_within_its_bound(trigger, kind, surcharge, cap, cap_fen):
    bound = policy(NATIONAL).match(Trigger[trigger], DecisionPoint.GUARANTEE_ISSUE, security(kind), SEEN, DAY).security

    assert (bound.kind, bound.surcharge_percent, bound.cap_basis_points) == (SecurityKind[kind], surcharge, cap)
    assert bound.cap_fen(100_000_000) == cap_fen


def test_a_cap_is_rounded_down_to_a_whole_fen():
    bound = (
        policy(NATIONAL).match(Trigger.LISTING, DecisionPoint.GUARANTEE_ISSUE, security("BID_BOND"), SEEN, DAY).security
    )

    assert bound.cap_fen(149) == 2


def entitlements(profile, kind, held_since, *, letter=GradeLetter.A, red_listed=False, rules=()):
    grade = Grade(policy(profile).grade_rules.scale, letter, "G-04", (), held_since=held_since)
    now = datetime(2026, 11, 24, tzinfo=UTC)
    merits = Merits(grade, red_listed, frozenset(rules))
    return [each.rule_id for each in policy(profile).incentives_at(ISSUE, security(kind), merits, now)]


ISSUE = DecisionPoint.GUARANTEE_ISSUE
TWO_YEARS = datetime(2024, 11, 23, 16, tzinfo=UTC)


def test_grade_a_of_two_years_is_exempt_from_the_wage_deposit_by_the_local_rule_only():
    assert entitlements(SHIYAN, "WAGE_DEPOSIT", TWO_YEARS) == ["G-06"]
    assert entitlements(NATIONAL, "WAGE_DEPOSIT", TWO_YEARS) == []


@pytest.mark.parametrize("profile", [SHIYAN, NATIONAL])
@pytest.mark.parametrize("rules", [("D-03",), ("D-04",), ("D-04", "D-05"), ("D-03", "D-04", "D-05")])
def test_the_national_entitlements_are_earned_by_their_deposit_rule_whatever_the_grade(profile, rules):
    earned = entitlements(profile, "WAGE_DEPOSIT", None, letter=GradeLetter.NOT_RATED, rules=rules)
    assert earned == list(rules)


def test_grade_a_of_less_than_two_years_or_of_unknown_age_earns_no_reduction():
    assert entitlements(SHIYAN, "WAGE_DEPOSIT", datetime(2024, 11, 24, 16, tzinfo=UTC)) == []
    assert entitlements(SHIYAN, "WAGE_DEPOSIT", None) == []


@pytest.mark.parametrize("letter", [GradeLetter.A_WATCH, GradeLetter.NOT_RATED, GradeLetter.B])
def test_no_other_letter_earns_a_reduction(letter):
    assert entitlements(SHIYAN, "WAGE_DEPOSIT", TWO_YEARS, letter=letter) == []


def test_bonds_and_the_red_list_earn_no_reduction_of_the_wage_deposit():
    assert entitlements(SHIYAN, "BID_BOND", TWO_YEARS, rules=["D-03", "D-04"]) == []
    assert entitlements(SHIYAN, "WAGE_DEPOSIT", None, letter=GradeLetter.NOT_RATED, red_listed=True) == []


def test_the_red_list_earns_conveniences_without_a_grade():
    grade = Grade(policy(NATIONAL).grade_rules.scale, GradeLetter.NOT_RATED, "G-01", ())
    now = datetime(2026, 11, 24, tzinfo=UTC)

    found = policy(NATIONAL).incentives_at(
        DecisionPoint.LICENSING_ACCEPTANCE, NO_FACTS, Merits(grade, red_listed=True, deposit_rules=frozenset()), now
    )

    assert [incentive.rule_id for incentive in found] == ["G-05/A-40"]


def test_an_entitlement_ends_with_its_article():
    grade = Grade(
        policy(SHIYAN).grade_rules.scale, GradeLetter.A, "G-04", (), held_since=datetime(2024, 1, 1, tzinfo=UTC)
    )
    late = datetime(2028, 6, 1, tzinfo=UTC)

    found = policy(SHIYAN).incentives_at(
        DecisionPoint.GUARANTEE_ISSUE,
        security("WAGE_DEPOSIT"),
        Merits(grade, red_listed=False, deposit_rules=frozenset()),
        late,
    )

    assert "G-06" not in {incentive.rule_id for incentive in found}

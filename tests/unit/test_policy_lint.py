"""What lint finds in a policy that was sound before one thing was changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from gateway.domain.conditions import ALWAYS, AgeAtMost, AnyOf, Condition, GroundIs, WeighedAtCutoff
from gateway.domain.policy import BasisLevel
from gateway.domain.policy_lint import POINTS, lint, rule_id_of
from gateway.domain.vocabulary import CutoffRule, DecisionPoint, Effect, GradeLetter, SecurityKind, Trigger
from gateway.settings.policy_files import load_policy

FOLDER = Path(__file__).parents[2] / "config" / "policy"
DAY = date(2026, 11, 24)


@cache
def shipped(profile="national-2026"):
    return load_policy(FOLDER, profile, DAY)


def changed(rule_id, profile="national-2026", **values):
    rules = shipped(profile)
    assert rule_id in {row.rule_id for row in rules.rows}
    rows = tuple(replace(row, **values) if row.rule_id == rule_id else row for row in rules.rows)
    return replace(rules, rows=rows)


def reasons(policy):
    return {(finding.place, finding.reason) for finding in lint(policy)}


@pytest.mark.parametrize("profile", ["shiyan", "national-2026"])
def test_the_shipped_profiles_are_sound_and_total(profile):
    assert lint(shipped(profile)) == []
    assert len(POINTS) == len(DecisionPoint)


def test_a_missing_cell_is_a_gap():
    rules = shipped()
    rows = tuple(
        row for row in rules.rows if (row.trigger, row.point) != (Trigger.PENALTY, DecisionPoint.BIDDING_AWARD)
    )

    assert reasons(replace(rules, rows=rows)) == {
        ("A-30/TR5/award", "no row for PENALTY at BIDDING_AWARD: write NONE out")
    }


def test_a_missing_point_is_found():
    rules = shipped()
    points = {point: rule for point, rule in rules.points.items() if point is not DecisionPoint.LENDING_DRAWDOWN}

    assert ("LENDING_DRAWDOWN", "the decision point is missing") in reasons(replace(rules, points=points))


@pytest.mark.parametrize(
    ("rule_id", "values", "reason"),
    [
        ("A-40/TR1/decision", {"effect": Effect.BLOCK, "basis": ("ALL/38",)}, "LICENSING never blocks"),
        ("A-70/TR1/approval", {"effect": Effect.BLOCK}, "LENDING never blocks"),
        ("A-70/TR6/wage_account", {"effect": Effect.NO_CONVENIENCE}, "wages are never stopped: at most NOTICE"),
        ("A-10/TR1/wage_payment", {"effect": Effect.REVIEW}, "wages are never stopped: at most NOTICE"),
        (
            "A-90/PUBLISHED_NOTICE/nomination",
            {"effect": Effect.BLOCK},
            "PUBLISHED_NOTICE is at most REVIEW",
        ),
        ("A-90/TR1p/nomination", {"effect": Effect.BLOCK}, "LISTED_PERSON is at most REVIEW"),
        (
            "A-30/TR2/award",
            {"effect": Effect.BLOCK, "basis": ("R724/48",)},
            "a grade alone is at most REVIEW without a local document",
        ),
        (
            "A-60/TR7/decision",
            {"basis": ("QUAL/23",)},
            "a BLOCK needs a law, an administrative or local regulation, or an entry of the national list",
        ),
        ("A-80/TR1/establishment", {"basis": ()}, "rests on no article"),
        (
            "A-30/UNKNOWN_ENTERPRISE/award",
            {"effect": Effect.NOTICE},
            "UNKNOWN_ENTERPRISE is not clear here: REVIEW",
        ),
        (
            "A-40/NAME_MISMATCH/decision",
            {"effect": Effect.NOTICE},
            "NAME_MISMATCH is not clear here: REVIEW",
        ),
        ("A-30/NOT_IN_BUSINESS/award", {"effect": Effect.NOTICE}, "NOT_IN_BUSINESS is not clear here: REVIEW"),
        ("A-30/NOT_IN_BUSINESS/evaluation", {"effect": Effect.NONE}, "NOT_IN_BUSINESS is always told: at least NOTICE"),
        (
            "A-80/NOT_IN_BUSINESS/establishment",
            {"effect": Effect.BLOCK, "basis": ("R724/22",)},
            "NOT_IN_BUSINESS is at most REVIEW",
        ),
        ("A-50/TR1/issue", {"security": None}, "RAISE_SECURITY has a bound, and nothing else has one"),
        (
            "A-30/TR1/award",
            {"basis_contested": True},
            "a BLOCK on a local normative document carries basis_contested, and no other does",
        ),
        ("A-30/TR1/contract", {"basis_contested": True}, "only a BLOCK can rest on a contested basis"),
        ("A-30/TR1/award/2", {"step": 3}, "rows are numbered from 1 without a gap; this is number 2"),
        ("A-30/TR1/award", {"when": ALWAYS}, "exactly the last row of a cell is unconditional"),
        ("A-30/TR1/award", {"basis": ("R724/4800",)}, "has no article R724/4800"),
    ],
)
def test_what_no_policy_may_say_is_found(rule_id, values, reason):
    assert (rule_id, reason) in reasons(changed(rule_id, **values))


def test_a_cap_above_the_law_is_found():
    rules = shipped()
    row = next(row for row in rules.rows if row.rule_id == "A-50/TR1/issue/2")
    raised = replace(row.security, cap_basis_points=1001)

    assert ("A-50/TR1/issue/2", "the cap of PERFORMANCE_BOND is 1000 basis points") in reasons(
        changed("A-50/TR1/issue/2", security=raised)
    )


def test_a_bound_that_reaches_another_kind_of_security_is_found():
    everything = Condition((frozenset({AnyOf("security_kind", frozenset(SecurityKind))}),))

    found = reasons(changed("A-50/TR1/issue", when=everything))

    assert ("A-50/TR1/issue", "also applies to other security than WAGE_DEPOSIT") in found
    assert ("A-50/TR1/issue/2", "cannot be reached") in found
    assert ("A-50/TR1/issue/3", "cannot be reached") in found


def test_a_row_behind_one_that_takes_everything_cannot_be_reached():
    either = Condition((frozenset({AnyOf("state_funds", frozenset({True, False}))}),))

    assert ("A-30/TR1/award/2", "cannot be reached") in reasons(changed("A-30/TR1/award", when=either))


def test_a_row_that_an_earlier_one_always_forestalls_cannot_be_reached():
    rules = shipped()
    first, late, last = rules.cell(Trigger.CONVICTION, DecisionPoint.PROCUREMENT_RESULT)
    between = replace(
        late,
        rule_id=rule_id_of(first.trigger, first.point, 3),
        step=3,
        when=Condition((frozenset({AgeAtMost(12)}),)),
    )
    moved = replace(last, rule_id=rule_id_of(last.trigger, last.point, 4), step=4)
    others = tuple(row for row in rules.rows if row not in {first, late, last})

    assert reasons(replace(rules, rows=(*others, first, late, between, moved))) == {
        ("A-20/TR6/result/3", "cannot be reached")
    }


@pytest.mark.parametrize(
    ("rule_id", "real"),
    [
        ("A-30/PUBLISHED_NOTICE/award/2", "LISTING"),
        ("A-30/TR1p/award/2", "LISTING"),
        ("A-30/PUBLISHED_VIOLATION_NOTICE/award", "PUBLICATION"),
        ("A-10/PUBLISHED_VIOLATION_NOTICE/payment/2", "PUBLICATION"),
        ("A-80/SAME_NAME_VIOLATION_RECORD/establishment", "PUBLICATION"),
    ],
)
def test_a_notice_that_weighs_more_in_some_case_than_what_it_is_a_notice_of_is_found(rule_id, real):
    found = reasons(changed(rule_id, effect=Effect.REVIEW, basis=("R724/47",)))

    assert found == {(rule_id, f"is stronger than {real} would be")}


def without_cutoff(condition):
    return Condition(tuple(tests - {WeighedAtCutoff()} for tests in condition.alternatives))


@pytest.mark.parametrize(
    ("trigger", "point", "profile"),
    [
        (Trigger.LISTING, DecisionPoint.BIDDING_AWARD, "national-2026"),
        (Trigger.PENALTY, DecisionPoint.BIDDING_EVALUATION, "national-2026"),
        (Trigger.GRADE_B, DecisionPoint.BIDDING_CANDIDATE_PUBLICITY, "shiyan"),
        (Trigger.LISTING, DecisionPoint.PROCUREMENT_CONTRACT, "national-2026"),
        (Trigger.PENALTY, DecisionPoint.PROCUREMENT_RESULT, "national-2026"),
        (Trigger.CONVICTION, DecisionPoint.PROCUREMENT_QUALIFICATION_REVIEW, "national-2026"),
    ],
)
def test_a_block_of_what_came_after_the_cutoff_is_found(trigger, point, profile):
    rules = shipped(profile)
    blocking, late, *rest = rules.cell(trigger, point)
    moved = [replace(row, step=row.step - 1, rule_id=rule_id_of(trigger, point, row.step - 1)) for row in rest]
    others = tuple(row for row in rules.rows if row not in {blocking, late, *rest})
    blind = replace(blocking, when=without_cutoff(blocking.when))

    found = reasons(replace(rules, rows=(*others, blind, *moved)))

    assert blocking.effect is Effect.BLOCK
    assert found == {(blocking.rule_id, "what came after the cut-off gives REVIEW")}


@pytest.mark.parametrize("effect", [Effect.NOTICE, Effect.BLOCK])
def test_a_late_ground_that_is_told_or_blocked_in_place_of_reviewed_is_found(effect):
    found = reasons(changed("A-20/TR5/result/2", effect=effect))

    assert found == {("A-20/TR5/result/2", "what came after the cut-off gives REVIEW")}


def test_a_fixed_cutoff_that_lets_through_what_came_before_it_is_found():
    by_rule = {GroundIs("restriction", "PROCUREMENT_BAN"), AnyOf("cutoff_rule", frozenset({CutoffRule.NOT_FIXED}))}

    found = reasons(changed("A-20/TR5/result", when=Condition((frozenset(by_rule),))))

    assert found == {("A-20/TR5/result/2", "what came before the cut-off gives BLOCK")}


def test_a_listing_that_weighs_nowhere_in_an_area_is_found():
    rules = shipped()
    silent = {Trigger.LISTING, Trigger.PUBLISHED_NOTICE, Trigger.LISTED_PERSON, Trigger.LISTED_BRANCH_RELATION,
              Trigger.LISTED_PREDECESSOR, Trigger.LISTED_RELATED_PARTY, Trigger.LISTED_ELSEWHERE}  # fmt: skip
    rows = tuple(
        replace(row, effect=Effect.NOTICE) if row.trigger in silent and row.rule_id.startswith("A-70/") else row
        for row in rules.rows
    )

    assert reasons(replace(rules, rows=rows)) == {("A-70/TR1", "a listing must weigh somewhere in every area")}


def test_a_local_block_needs_the_profiles_header():
    found = reasons(replace(shipped("shiyan"), header=None))

    assert ("S15333/uses", "a local normative document must be the one that the profile's header carries") in found


def test_a_grades_block_rests_on_the_local_document_alone():
    found = reasons(changed("A-30/TR3/award", "shiyan", basis=("S15333/uses", "R724/47")))

    assert ("A-30/TR3/award", "a grade's BLOCK rests on the profile's own document alone, and ends with it") in found


def test_a_local_block_that_is_not_marked_is_found():
    found = reasons(changed("A-30/TR3/award", "shiyan", basis_contested=False))

    assert (
        "A-30/TR3/award",
        "a BLOCK on a local normative document carries basis_contested, and no other does",
    ) in found


@pytest.mark.parametrize("level", [BasisLevel.STATE_POLICY, BasisLevel.DEPT_RULE])
def test_a_block_may_rest_on_an_entry_of_the_national_list(level):
    rules = shipped()
    entry = replace(rules.bases["GF33/incentives"], document="NBL", article="1", level=level, on_national_list=True)
    bases = {**rules.bases, entry.key: entry}
    blocked = changed("A-90/TR1/nomination", basis=(entry.key,))

    assert lint(replace(blocked, bases=bases)) == []
    unlisted = {**bases, entry.key: replace(entry, on_national_list=False)}
    assert len(lint(replace(blocked, bases=unlisted))) == 1


def test_only_grade_a_and_only_by_case_facts_earns_an_incentive():
    rules = shipped()
    first = rules.incentives[0]
    by_b = replace(first, letters=frozenset({GradeLetter.B}))
    by_age = replace(first, when=Condition((frozenset({AgeAtMost(12)}),)))
    by_cutoff = replace(first, when=Condition((frozenset({WeighedAtCutoff()}),)))
    by_nothing = replace(first, basis=())

    for wrong, reason in [
        (by_b, "only grade A earns an incentive"),
        (by_age, "an incentive has no ground to look at"),
        (by_cutoff, "an incentive has no ground to look at"),
        (by_nothing, "rests on no article that is held"),
    ]:
        assert (first.rule_id, reason) in reasons(replace(rules, incentives=(wrong, *rules.incentives[1:])))


def test_exactly_the_wage_points_are_closed_and_none_of_them_waits():
    rules = shipped()
    for point, values, reason in [
        (DecisionPoint.LENDING_APPROVAL, {"closed": True}, "exactly the two wage points are closed"),
        (DecisionPoint.LENDING_WAGE_ACCOUNT, {"closed": False}, "exactly the two wage points are closed"),
        (
            DecisionPoint.FUNDING_WAGE_PAYMENT,
            {"late": True},
            "wages wait for nothing: a closed point is never late",
        ),
    ]:
        points = {**rules.points, point: replace(rules.points[point], **values)}
        assert (point.name, reason) in reasons(replace(rules, points=points))

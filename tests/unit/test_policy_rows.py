"""The shipped policy row by row: what each says, how it is named, and the grades that it weighs by."""

from __future__ import annotations

import pytest
from shipped_policy import (
    NATIONAL,
    SHIYAN,
    policy,
)

from gateway.domain.national_grades import NationalRules
from gateway.domain.shiyan_grades import ShiyanRules
from gateway.domain.vocabulary import (
    DecisionPoint,
    Trigger,
)


def test_the_grade_is_computed_with_the_profiles_numbers():
    rules = policy(SHIYAN).grade_rules

    assert rules == ShiyanRules("2021", "420300", 6, 24, 36, recovery_by_decision=False)
    assert policy(NATIONAL).grade_rules == NationalRules("2016-1", "000000", 1, 1, 36)


@pytest.mark.parametrize(
    ("profile", "weighing", "shown"),
    [(SHIYAN, "shiyan-15333", "national-2016"), (NATIONAL, "national-2016", "shiyan-15333")],
)
def test_the_profile_chooses_which_scheme_weighs_and_the_other_is_shown(profile, weighing, shown):
    rules = policy(profile)

    assert rules.grade_rules.scale.scheme == weighing
    assert [other.scale.scheme for other in rules.shown_grades] == [shown]


@pytest.mark.parametrize("trigger", [Trigger.GRADE_B, Trigger.GRADE_C])
def test_what_ends_a_grade_and_how_to_object_is_said_for_its_scheme(trigger):
    def said(profile):
        row = policy(profile).cell(trigger, DecisionPoint.BIDDING_REGISTRATION)[0]
        return row.ends_by, row.remedy

    assert "24个月" in said(SHIYAN)[0].zh or "事由" in said(SHIYAN)[0].zh
    assert "下一年度评价" in said(NATIONAL)[0].zh
    assert "查处" in said(NATIONAL)[1].zh
    assert all("complaint" not in text.en for text in said(NATIONAL))


def test_rows_are_named_by_area_trigger_point_and_place():
    rules = policy(SHIYAN)
    rows = rules.cell(Trigger.LISTING, DecisionPoint.BIDDING_AWARD)

    assert [row.rule_id for row in rows] == ["A-30/TR1/award", "A-30/TR1/award/2", "A-30/TR1/award/3"]
    assert rules.cell(Trigger.SAME_NAME_RECORD, DecisionPoint.LENDING_APPROVAL)[0].rule_id == (
        "A-70/SAME_NAME_RECORD/approval"
    )


def test_every_row_says_who_adopted_it_what_to_do_what_ends_it_and_how_to_object():
    for row in policy(SHIYAN).rows:
        for text in (row.adopted_by, row.instruction, row.ends_by, row.remedy):
            assert text.zh
            assert text.en

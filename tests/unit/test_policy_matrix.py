"""The shipped policy, cell by cell, area by area, A-10 to A-90."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from shipped_policy import (
    BANNED,
    BLOCK,
    DAY,
    EASY,
    INSIDE,
    LIMITED,
    MALICIOUS,
    NATIONAL,
    NONE,
    NOTICE,
    OUTSIDE,
    PRIVATE,
    RAISE,
    REVIEW,
    SEEN,
    SHIYAN,
    STATE,
    Seen,
    application,
    buying,
    effect,
    fund,
    policy,
    security,
)

from gateway.domain.case_facts import NO_FACTS, CaseFacts
from gateway.domain.errors import MalformedRequestError
from gateway.domain.vocabulary import (
    CutoffRule,
    DecisionPoint,
    Trigger,
)

CELLS = [
    # trigger, point, facts, ground, effect under both profiles
    ("LISTING", "FUNDING_APPLICATION", fund("NEW_GRANT"), SEEN, BLOCK),
    ("LISTING", "FUNDING_APPROVAL", fund("NEW_GRANT"), SEEN, BLOCK),
    ("LISTING", "FUNDING_PAYMENT", fund("EARLIER_GRANT"), SEEN, REVIEW),
    ("LISTING", "FUNDING_PAYMENT", fund("RELIEF"), SEEN, NONE),
    ("LISTING", "FUNDING_WAGE_PAYMENT", NO_FACTS, SEEN, NOTICE),
    ("GRADE_C", "FUNDING_APPROVAL", fund("NEW_GRANT"), SEEN, REVIEW),
    ("GRADE_B", "FUNDING_APPROVAL", fund("RELIEF"), SEEN, NONE),
    ("CONVICTION", "FUNDING_APPROVAL", fund("NEW_GRANT"), SEEN, REVIEW),
    ("CONVICTION", "FUNDING_APPROVAL", fund("RELIEF"), SEEN, NONE),
    ("LISTING", "PROCUREMENT_RESULT", buying(named=True), SEEN, BLOCK),
    ("LISTING", "PROCUREMENT_RESULT", buying(named=False), SEEN, REVIEW),
    ("PENALTY", "PROCUREMENT_CONTRACT", buying(named=False), BANNED, BLOCK),
    ("PENALTY", "PROCUREMENT_CONTRACT", buying(named=False), LIMITED, NOTICE),
    ("CONVICTION", "PROCUREMENT_QUALIFICATION_REVIEW", buying(named=False), Seen(date(2023, 11, 25)), BLOCK),
    ("CONVICTION", "PROCUREMENT_QUALIFICATION_REVIEW", buying(named=False), Seen(date(2023, 11, 24)), NOTICE),
    ("LISTING", "BIDDING_REGISTRATION", NO_FACTS, SEEN, NOTICE),
    ("GRADE_C", "BIDDING_REGISTRATION", NO_FACTS, SEEN, NOTICE),
    ("LISTING", "BIDDING_QUALIFICATION_REVIEW", INSIDE, SEEN, BLOCK),
    ("LISTING", "BIDDING_EVALUATION", OUTSIDE, SEEN, BLOCK),
    ("LISTING", "BIDDING_CANDIDATE_PUBLICITY", STATE, SEEN, BLOCK),
    ("LISTING", "BIDDING_AWARD", INSIDE, SEEN, BLOCK),
    ("LISTING", "BIDDING_AWARD", PRIVATE, SEEN, NOTICE),
    ("LISTING", "BIDDING_CONTRACT", INSIDE, SEEN, REVIEW),
    ("LISTING", "BIDDING_SUBCONTRACT_CONSENT", INSIDE, SEEN, REVIEW),
    ("PUBLISHED_NOTICE", "BIDDING_AWARD", INSIDE, SEEN, REVIEW),
    ("PUBLISHED_NOTICE", "BIDDING_AWARD", PRIVATE, SEEN, NOTICE),
    ("PUBLISHED_VIOLATION_NOTICE", "BIDDING_AWARD", INSIDE, SEEN, NOTICE),
    ("PUBLISHED_VIOLATION_NOTICE", "FUNDING_PAYMENT", fund("RELIEF"), SEEN, NONE),
    ("PUBLISHED_VIOLATION_NOTICE", "AWARDS_CONFERRAL", NO_FACTS, SEEN, REVIEW),
    ("SAME_NAME_VIOLATION_RECORD", "BIDDING_AWARD", INSIDE, SEEN, NOTICE),
    ("SAME_NAME_VIOLATION_RECORD", "AWARDS_NOMINATION", NO_FACTS, SEEN, REVIEW),
    ("PENALTY", "BIDDING_AWARD", PRIVATE, LIMITED, BLOCK),
    ("PENALTY", "BIDDING_AWARD", INSIDE, BANNED, NOTICE),
    ("PENALTY", "BIDDING_CONTRACT", INSIDE, LIMITED, REVIEW),
    ("LISTING", "LICENSING_ACCEPTANCE", NO_FACTS, SEEN, EASY),
    ("LISTING", "LICENSING_DECISION", NO_FACTS, SEEN, REVIEW),
    ("LISTING", "LICENSING_RENEWAL", NO_FACTS, SEEN, REVIEW),
    ("LISTED_PERSON", "LICENSING_ACCEPTANCE", NO_FACTS, SEEN, EASY),
    ("GRADE_C", "LICENSING_DECISION", NO_FACTS, SEEN, NOTICE),
    ("LISTING", "GUARANTEE_ISSUE", security("WAGE_DEPOSIT"), SEEN, RAISE),
    ("LISTING", "GUARANTEE_TENDER_DOCUMENT", security("BID_BOND"), SEEN, RAISE),
    ("LISTING", "GUARANTEE_CONTRACT", security("PERFORMANCE_BOND"), SEEN, RAISE),
    ("ARREARS_FINDING", "GUARANTEE_ISSUE", security("WAGE_DEPOSIT"), Seen(date(2024, 11, 25)), RAISE),
    ("ARREARS_FINDING", "GUARANTEE_ISSUE", security("WAGE_DEPOSIT"), Seen(date(2024, 11, 24)), NOTICE),
    ("ARREARS_FINDING", "GUARANTEE_ISSUE", security("BID_BOND"), SEEN, NOTICE),
    ("GRADE_UNDETERMINED", "GUARANTEE_ISSUE", security("WAGE_DEPOSIT"), SEEN, REVIEW),
    ("GRADE_UNDETERMINED", "GUARANTEE_ISSUE", security("BID_BOND"), SEEN, NONE),
    ("GRADE_UNDETERMINED", "BIDDING_AWARD", INSIDE, SEEN, NONE),
    ("PUBLISHED_NOTICE", "GUARANTEE_ISSUE", security("WAGE_DEPOSIT"), SEEN, REVIEW),
    ("LISTING", "QUALIFICATION_DECISION", application("UPGRADE"), SEEN, REVIEW),
    ("LISTING", "QUALIFICATION_DECISION", application("FIRST"), SEEN, NOTICE),
    ("LISTING", "QUALIFICATION_ACCEPTANCE", application("ADDITION"), SEEN, REVIEW),
    ("ARREARS_FINDING", "QUALIFICATION_DECISION", application("UPGRADE"), MALICIOUS, BLOCK),
    ("ARREARS_FINDING", "QUALIFICATION_DECISION", application("ADDITION"), MALICIOUS, BLOCK),
    ("ARREARS_FINDING", "QUALIFICATION_DECISION", application("RENEWAL"), MALICIOUS, NOTICE),
    ("ARREARS_FINDING", "QUALIFICATION_DECISION", application("CHANGE"), MALICIOUS, NOTICE),
    ("ARREARS_FINDING", "QUALIFICATION_DECISION", application("UPGRADE"), SEEN, REVIEW),
    ("ARREARS_FINDING", "QUALIFICATION_ACCEPTANCE", application("UPGRADE"), MALICIOUS, REVIEW),
    ("LISTING", "LENDING_APPROVAL", NO_FACTS, SEEN, REVIEW),
    ("LISTING", "LENDING_DRAWDOWN", NO_FACTS, SEEN, REVIEW),
    ("LISTING", "LENDING_WAGE_ACCOUNT", NO_FACTS, SEEN, NOTICE),
    ("CONVICTION", "LENDING_APPROVAL", NO_FACTS, SEEN, NOTICE),
    ("LISTING", "MARKET_ACCESS_ESTABLISHMENT", NO_FACTS, SEEN, REVIEW),
    ("LISTED_PERSON", "MARKET_ACCESS_REPRESENTATIVE_CHANGE", NO_FACTS, SEEN, REVIEW),
    ("CONVICTION", "MARKET_ACCESS_SECTOR_PERMIT", NO_FACTS, SEEN, REVIEW),
    ("GRADE_B", "MARKET_ACCESS_ESTABLISHMENT", NO_FACTS, SEEN, NOTICE),
    ("LISTING", "AWARDS_NOMINATION", NO_FACTS, SEEN, BLOCK),
    ("LISTING", "AWARDS_CONFERRAL", NO_FACTS, SEEN, BLOCK),
    ("LISTING", "AWARDS_REVOCATION", NO_FACTS, SEEN, REVIEW),
    ("CONVICTION", "AWARDS_PUBLICITY", NO_FACTS, SEEN, BLOCK),
    ("PUBLICATION", "AWARDS_NOMINATION", NO_FACTS, SEEN, REVIEW),
    ("PUBLICATION", "FUNDING_APPROVAL", fund("NEW_GRANT"), SEEN, NOTICE),
    ("GRADE_B", "AWARDS_NOMINATION", NO_FACTS, SEEN, REVIEW),
]

DIFFERENT = [
    # trigger, point, facts, effect under shiyan, effect under national-2026
    ("GRADE_B", "BIDDING_AWARD", INSIDE, BLOCK, REVIEW),
    ("GRADE_C", "BIDDING_QUALIFICATION_REVIEW", STATE, BLOCK, REVIEW),
    ("GRADE_C", "BIDDING_AWARD", OUTSIDE, NONE, REVIEW),
    ("GRADE_B", "BIDDING_CONTRACT", OUTSIDE, NONE, REVIEW),
    ("GRADE_B", "BIDDING_CONTRACT", INSIDE, REVIEW, REVIEW),
    ("GRADE_C", "BIDDING_AWARD", PRIVATE, NOTICE, NOTICE),
    ("GRADE_C", "PROCUREMENT_RESULT", buying(named=True), REVIEW, NOTICE),
    ("GRADE_C", "GUARANTEE_ISSUE", security("WAGE_DEPOSIT"), EASY, NOTICE),
    ("GRADE_B", "GUARANTEE_ISSUE", security("WAGE_DEPOSIT"), NOTICE, NOTICE),
    ("GRADE_B", "QUALIFICATION_DECISION", application("UPGRADE"), REVIEW, NOTICE),
    ("GRADE_B", "QUALIFICATION_DECISION", application("RENEWAL"), NOTICE, NOTICE),
    ("GRADE_C", "AWARDS_CONFERRAL", NO_FACTS, BLOCK, REVIEW),
    ("GRADE_C", "AWARDS_REVOCATION", NO_FACTS, REVIEW, REVIEW),
]


@pytest.mark.parametrize("profile", [SHIYAN, NATIONAL])
@pytest.mark.parametrize(("trigger", "point", "facts", "ground", "expected"), CELLS)
def test_a_cell_has_the_effect_of_the_area_table(profile, trigger, point, facts, ground, expected):
    assert effect(profile, trigger, point, facts, ground) is expected


@pytest.mark.parametrize(("trigger", "point", "facts", "local", "national"), DIFFERENT)
def test_a_grade_weighs_as_the_profile_says(trigger, point, facts, local, national):
    assert effect(SHIYAN, trigger, point, facts, SEEN) is local
    assert effect(NATIONAL, trigger, point, facts, SEEN) is national


FIXED = datetime(2026, 11, 20, 1, tzinfo=UTC)


@pytest.mark.parametrize("profile", [SHIYAN, NATIONAL])
@pytest.mark.parametrize(
    ("trigger", "point", "facts", "ground", "usual"), [cell for cell in CELLS if cell[2].cutoff_rule is not None]
)
def test_what_came_after_the_cutoff_is_reviewed_where_it_would_block(profile, trigger, point, facts, ground, usual):
    fixed = replace(facts, cutoff_rule=CutoffRule.FIXED, cutoff_at=FIXED)
    late = replace(ground, late=True)

    assert effect(profile, trigger, point, fixed, ground) is usual
    assert effect(profile, trigger, point, fixed, late) is (REVIEW if usual is BLOCK else usual)
    assert effect(profile, trigger, point, facts, late) is usual


@pytest.mark.parametrize(
    ("trigger", "point", "facts", "local", "national"), [cell for cell in DIFFERENT if cell[2].cutoff_rule is not None]
)
def test_a_grade_that_fell_after_the_cutoff_is_reviewed_where_it_would_block(trigger, point, facts, local, national):
    fixed, late = replace(facts, cutoff_rule=CutoffRule.FIXED, cutoff_at=FIXED), replace(SEEN, late=True)

    assert effect(SHIYAN, trigger, point, fixed, late) is (REVIEW if local is BLOCK else local)
    assert effect(NATIONAL, trigger, point, fixed, late) is national
    assert effect(SHIYAN, trigger, point, fixed, SEEN) is local


def test_the_officer_is_told_that_the_record_came_after_the_cutoff():
    fixed, late = replace(INSIDE, cutoff_rule=CutoffRule.FIXED, cutoff_at=FIXED), replace(SEEN, late=True)
    row = policy(SHIYAN).match(Trigger.LISTING, DecisionPoint.BIDDING_AWARD, fixed, late, DAY)

    assert row.rule_id == "A-30/TR1/award/2"
    assert "cut-off" in row.instruction.en
    assert "截止时点" in row.instruction.zh


@pytest.mark.parametrize(
    ("found_on", "applied_on", "expected"),
    [
        (date(2025, 11, 24), DAY, REVIEW),
        (date(2025, 11, 25), DAY, BLOCK),
        (date(2025, 5, 2), date(2026, 5, 1), BLOCK),
        (date(2025, 5, 1), date(2026, 5, 1), REVIEW),
        (date(2026, 6, 1), date(2026, 5, 1), BLOCK),
    ],
)
def test_malicious_arrears_count_from_a_year_before_the_application_until_the_decision(found_on, applied_on, expected):
    facts = application("UPGRADE", applied_on)
    ground = Seen(since=found_on, malicious=True)

    assert effect(SHIYAN, "ARREARS_FINDING", "QUALIFICATION_DECISION", facts, ground) is expected


LATE = {
    "FUNDING_PAYMENT", "PROCUREMENT_RESULT", "PROCUREMENT_CONTRACT", "BIDDING_AWARD", "BIDDING_CONTRACT",
    "BIDDING_SUBCONTRACT_CONSENT", "GUARANTEE_CONTRACT", "LENDING_DRAWDOWN", "AWARDS_CONFERRAL",
}  # fmt: skip
WAGES = {"FUNDING_WAGE_PAYMENT", "LENDING_WAGE_ACCOUNT"}


@pytest.mark.parametrize("point", DecisionPoint)
def test_existence_is_confirmed_at_award_contract_drawdown_payment_and_conferral(point):
    late = policy(SHIYAN).points[point].late

    assert late is (point.name in LATE)
    expected = REVIEW if late else NOTICE if point.name in WAGES else NONE
    assert effect(SHIYAN, "UNKNOWN_ENTERPRISE", point.name, NO_FACTS, SEEN) is expected


DECIDED = LATE | {
    "LICENSING_DECISION", "LICENSING_RENEWAL", "QUALIFICATION_DECISION", "LENDING_RENEWAL",
    "MARKET_ACCESS_ESTABLISHMENT", "MARKET_ACCESS_REPRESENTATIVE_CHANGE", "MARKET_ACCESS_SECTOR_PERMIT",
}  # fmt: skip


@pytest.mark.parametrize("point", DecisionPoint)
@pytest.mark.parametrize("profile", [SHIYAN, NATIONAL])
def test_who_is_out_of_business_is_reviewed_where_nothing_is_asked_after_and_told_before(profile, point):
    (row,) = policy(profile).cell(Trigger.NOT_IN_BUSINESS, point)

    assert row.effect is (REVIEW if point.name in DECIDED else NOTICE)
    assert {"CIV/69", "CIV/72"} <= set(row.basis)
    assert "市场监督管理部门" in row.instruction.zh or point.name in WAGES


@pytest.mark.parametrize("point", DecisionPoint)
@pytest.mark.parametrize("trigger", ["SAME_NAME_RECORD", "NAME_MISMATCH"])
def test_an_unsure_name_is_reviewed_everywhere_but_where_wages_are_paid(trigger, point):
    expected = NOTICE if point.name in WAGES else REVIEW

    assert effect(NATIONAL, trigger, point.name, NO_FACTS, SEEN) is expected


@pytest.mark.parametrize(
    ("point", "needed"),
    [
        ("BIDDING_REGISTRATION", ()),
        ("BIDDING_AWARD", ("cutoff_rule", "form", "must_be_tendered", "project_region", "state_funds")),
        ("BIDDING_CONTRACT", ("form", "must_be_tendered", "project_region", "state_funds")),
        ("PROCUREMENT_RESULT", ("cutoff_rule", "form", "tender_document_names_list")),
        ("FUNDING_PAYMENT", ("fund_kind",)),
        ("FUNDING_WAGE_PAYMENT", ()),
        ("GUARANTEE_ISSUE", ("contract_amount_fen", "security_kind")),
        ("QUALIFICATION_ACCEPTANCE", ("application_date", "application_kind")),
        ("LENDING_APPROVAL", ()),
    ],
)
@pytest.mark.parametrize("profile", [SHIYAN, NATIONAL])
def test_a_point_needs_the_facts_that_the_wire_says(profile, point, needed):
    assert policy(profile).required_facts(DecisionPoint[point]) == needed


def test_a_point_needs_every_fact_that_a_row_an_incentive_or_a_bound_looks_at():
    rules = policy(NATIONAL)
    points = {point: replace(rule, needs=()) for point, rule in rules.points.items()}
    bare = replace(rules, points=points)

    assert bare.required_facts(DecisionPoint.BIDDING_AWARD) == ("cutoff_rule", "must_be_tendered", "state_funds")
    assert bare.required_facts(DecisionPoint.GUARANTEE_ISSUE) == ("contract_amount_fen", "security_kind")
    assert bare.required_facts(DecisionPoint.QUALIFICATION_DECISION) == ("application_date", "application_kind")
    only_incentives = replace(bare, rows=())
    assert only_incentives.required_facts(DecisionPoint.GUARANTEE_ISSUE) == ("security_kind",)


def test_a_fact_that_a_rule_needs_is_never_assumed():
    facts = CaseFacts(project_region="420302", must_be_tendered=False, cutoff_rule=CutoffRule.NOT_FIXED)

    with pytest.raises(MalformedRequestError) as caught:
        policy(SHIYAN).match(Trigger.LISTING, DecisionPoint.BIDDING_AWARD, facts, SEEN, DAY)

    assert caught.value.field == "case_facts.bidding.state_funds"


def test_an_application_of_tomorrow_is_refused():
    facts = application("UPGRADE", date(2026, 11, 25))

    with pytest.raises(MalformedRequestError) as caught:
        policy(SHIYAN).match(Trigger.ARREARS_FINDING, DecisionPoint.QUALIFICATION_DECISION, facts, MALICIOUS, DAY)

    assert caught.value.field == "case_facts.qualification.application_date"

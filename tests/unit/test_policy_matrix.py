"""The shipped policy, cell by cell, area by area, A-10 to A-90."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from gateway.domain.case_facts import NO_FACTS, CaseFacts
from gateway.domain.errors import MalformedRequestError
from gateway.domain.grades import Grade
from gateway.domain.national_grades import NationalRules
from gateway.domain.policy import BasisLevel, Merits
from gateway.domain.shiyan_grades import ShiyanRules
from gateway.domain.vocabulary import (
    CutoffRule,
    DecisionPoint,
    Effect,
    FundKind,
    GradeLetter,
    ParticipationForm,
    QualificationApplicationKind,
    SecurityKind,
    Trigger,
)
from gateway.settings.policy_files import load_policy

FOLDER = Path(__file__).parents[2] / "config" / "policy"
DAY = date(2026, 11, 24)
SHIYAN, NATIONAL = "shiyan", "national-2026"
NONE, NOTICE, EASY, REVIEW, RAISE, BLOCK = Effect


@dataclass(frozen=True)
class Seen:
    since: date = date(2026, 3, 2)
    restriction: str = ""
    malicious: bool = False
    late: bool = False

    def came_after(self, moment):  # noqa: ARG002 - after whatever cut-off there is
        return self.late


@cache
def policy(profile):
    return load_policy(FOLDER, profile, DAY)


def effect(profile, trigger, point, facts, ground):
    row = policy(profile).match(Trigger[trigger], DecisionPoint[point], facts, ground, DAY)
    found, lapsed = policy(profile).effective(row, DAY)
    assert not lapsed
    return found


def tender(region="420302", *, must=True, state=False):
    return CaseFacts(
        project_region=region,
        must_be_tendered=must,
        state_funds=state,
        form=ParticipationForm.SINGLE,
        cutoff_rule=CutoffRule.NOT_FIXED,
    )


def fund(kind):
    return CaseFacts(fund_kind=FundKind[kind])


def buying(*, named):
    return CaseFacts(tender_document_names_list=named, form=ParticipationForm.SINGLE, cutoff_rule=CutoffRule.NOT_FIXED)


def security(kind):
    return CaseFacts(security_kind=SecurityKind[kind], contract_amount_fen=100_000_000)


def application(kind, on=DAY):
    return CaseFacts(application_kind=QualificationApplicationKind[kind], application_date=on)


SEEN = Seen()
LIMITED = Seen(restriction="NEW_PROJECTS_LIMITED")
BANNED = Seen(restriction="PROCUREMENT_BAN")
MALICIOUS = Seen(malicious=True)
INSIDE, OUTSIDE, PRIVATE = tender(), tender("420102"), tender(must=False)
STATE = tender(must=False, state=True)

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


def test_the_local_document_carries_no_block_that_is_not_marked():
    rules = policy(SHIYAN)
    row = rules.match(Trigger.GRADE_B, DecisionPoint.BIDDING_AWARD, INSIDE, SEEN, DAY)

    assert rules.effective(row, DAY) == (BLOCK, False)
    assert rules.effective(replace(row, basis_contested=False), DAY) == (REVIEW, True)


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

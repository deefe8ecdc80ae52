"""The decision: verdict, measures, doubts, incentives, and how long the answer holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders import (
    INSTANT,
    NOW,
    OTHER_USCC,
    PROFILES,
    USCC,
    act,
    arrears,
    at,
    complaint,
    conviction,
    day,
    listed,
    moment,
    notice,
    policy,
    profile,
    publication,
    question,
    red_entry,
    subject,
)

from gateway.domain.deposit_record import Projects
from gateway.domain.eligibility import decide
from gateway.domain.errors import MalformedRequestError
from gateway.domain.kinds.published_notice import NoticeList
from gateway.domain.records import RelationKind, Unresolved
from gateway.domain.vocabulary import (
    DISABLED_AREAS,
    Area,
    CutoffRule,
    DecisionPoint,
    Effect,
    FundKind,
    GradeLetter,
    ListingActKind,
    QualificationApplicationKind,
    SecurityKind,
    Trigger,
    Verdict,
)

AWARD = DecisionPoint.BIDDING_AWARD
MEMBER = RelationKind.CONSORTIUM_MEMBER
RELATED = RelationKind.RELATED_PARTY
LISTED = listed("2025-03-01", "2025-03-10")
AREAS = [area for area in Area if area not in DISABLED_AREAS]
NAMESAKE = Unresolved(
    "N-namesake",
    "示例一号建筑工程有限公司",
    NoticeList.WAGE_ARREARS_LISTING,
    "示例县人社局",
    "示例〔9〕号",
    date(2026, 1, 5),
)


def answer(*parties, point=AWARD, using="shiyan", when=None, explain=False, **facts):
    return decide(parties or (subject(),), question(point, explain=explain, **facts), policy(using), when or moment())


def effects(decision):
    return {(measure.ground.trigger, measure.effect) for measure in decision.measures}


def strongest(area, *parties, using="shiyan"):
    points = [point for point in DecisionPoint if point.area is area]
    return max(answer(*parties, point=point, using=using).verdict for point in points)


def six_complaints(month="2026-01"):
    return [complaint(f"{month}-{day:02}", f"{month}-20") for day in range(1, 7)]


# All nine areas (promise 3; ).


@pytest.mark.parametrize("using", PROFILES)
@pytest.mark.parametrize(
    ("area", "expected"),
    [
        (Area.FUNDING, Verdict.RESTRICTED),
        (Area.PROCUREMENT, Verdict.RESTRICTED),
        (Area.BIDDING, Verdict.RESTRICTED),
        (Area.LICENSING, Verdict.CONDITIONAL),
        (Area.GUARANTEE, Verdict.CONDITIONAL),
        (Area.QUALIFICATION, Verdict.CONDITIONAL),
        (Area.LENDING, Verdict.CONDITIONAL),
        (Area.MARKET_ACCESS, Verdict.CONDITIONAL),
        (Area.AWARDS, Verdict.RESTRICTED),
    ],
)
def test_a_listed_enterprise_weighs_in_each_of_the_nine_areas_in_its_lawful_strength(using, area, expected):
    party = subject(LISTED, profile(construction_unit=False, kind=None))
    assert strongest(area, party, using=using) is expected
    assert strongest(area, subject(), using=using) is Verdict.CLEAR


def test_malicious_arrears_are_what_blocks_an_upgrade():
    party = subject(arrears("2026-08-01", "2026-09-01", malicious=True))
    asked = {"application_kind": QualificationApplicationKind.UPGRADE, "application_date": day("2026-11-01")}
    assert answer(party, point=DecisionPoint.QUALIFICATION_DECISION, **asked).verdict is Verdict.RESTRICTED


@pytest.mark.parametrize("using", PROFILES)
@pytest.mark.parametrize("point", list(DecisionPoint))
def test_in_every_area_the_end_of_the_listings_third_year_ends_its_weight(using, point):
    party = subject(listed("2023-11-24", "2023-11-25"), profile(construction_unit=False, kind=None))
    ended = answer(party, point=point, using=using, when=moment(at("2026-11-24")))
    assert (ended.verdict, ended.measures) == (Verdict.CLEAR, ())
    before = moment(at("2026-11-24") - INSTANT, valid_until=at("2027-01-01"))
    last = answer(party, point=point, using=using, when=before)
    assert {measure.ground.trigger for measure in last.measures} <= {Trigger.LISTING}
    assert last.valid_until == at("2026-11-24")


def test_grade_b_and_c_are_restricted_in_local_bidding_under_the_local_profile_only():
    party = subject(*six_complaints())
    local, national = answer(party), answer(party, using="national-2026")
    assert (local.verdict, local.grade.letter) == (Verdict.RESTRICTED, GradeLetter.B)
    assert local.measures[0].row.basis_contested
    assert (national.verdict, national.grade.letter) == (Verdict.CONDITIONAL, GradeLetter.B)
    assert answer(party, project_region="110000").verdict is Verdict.CLEAR


def test_a_grade_whose_local_document_has_ended_falls_to_review_and_says_so():
    late = moment(at("2028-01-01"), valid_until=at("2028-01-02"))
    party = subject(conviction("2026-06-01"))
    decision = answer(party, when=late)
    (grade,) = (m for m in decision.measures if m.ground.trigger is Trigger.GRADE_C)
    assert (grade.effect, grade.basis_lapsed) == (Effect.REVIEW, True)
    assert decision.verdict is Verdict.CONDITIONAL


# Verdict.


def test_the_strongest_effect_sets_the_verdict_and_stands_first():
    decision = answer(subject(LISTED, publication("2026-01-01", "2027-01-01", for_wages=False), notice("2022-01-01")))
    ranks = [measure.effect for measure in decision.measures]
    assert ranks == sorted(ranks, reverse=True)
    assert decision.verdict is decision.measures[0].effect.verdict is Verdict.RESTRICTED


def test_a_notice_effect_leaves_the_verdict_clear():
    decision = answer(subject(LISTED), must_be_tendered=False, state_funds=False)
    assert (Trigger.LISTING, Effect.NOTICE) in effects(decision)
    assert decision.verdict is Verdict.CLEAR


def test_a_doubt_is_stronger_than_a_condition_and_weaker_than_a_block():
    doubtful = moment(NOW, "STALE_SOURCE: listings")
    assert answer(subject(), when=doubtful).verdict is Verdict.UNVERIFIABLE
    conditional = subject(notice("2026-01-01"))
    assert answer(conditional).verdict is Verdict.CONDITIONAL
    decision = answer(conditional, when=doubtful)
    assert (decision.verdict, decision.doubts) == (Verdict.UNVERIFIABLE, ("STALE_SOURCE: listings",))
    assert decision.measures
    blocked = answer(subject(LISTED), when=doubtful)
    assert (blocked.verdict, blocked.doubts) == (Verdict.RESTRICTED, ("STALE_SOURCE: listings",))


@pytest.mark.parametrize(
    ("field", "changed"),
    [("document_number", {"document_number": ""}), ("authority", {"authority": ""})],
)
def test_a_block_without_its_document_or_authority_is_unverifiable_and_says_what_is_missing(field, changed):
    decision = answer(subject(listed("2025-03-01", None, act(ListingActKind.DELIVERY, "2025-03-02"))))
    assert decision.verdict is Verdict.RESTRICTED
    bare = replace(LISTED, acts=tuple(replace(one, **changed) for one in LISTED.acts))
    incomplete = answer(subject(bare, profile(construction_unit=False, kind=None)))
    assert incomplete.verdict is Verdict.UNVERIFIABLE
    assert incomplete.doubts == (f"INCOMPLETE_RECORD: L-1: {field}",)
    assert incomplete.measures == ()


def test_a_condition_may_lack_its_document():
    party = subject(notice("2026-01-01", authority="", document_number=""))
    assert answer(party).verdict is Verdict.CONDITIONAL


def test_a_retyped_notice_reviews_and_never_blocks():
    decision = answer(subject(notice("2026-01-01")))
    assert effects(decision) == {(Trigger.PUBLISHED_NOTICE, Effect.REVIEW)}


def test_a_notice_of_a_publication_weighs_no_more_than_the_publication_itself_would():
    retyped = notice("2026-01-01", notice_list=NoticeList.MAJOR_VIOLATION_PUBLICATION)
    decision = answer(subject(retyped))
    assert effects(decision) == {(Trigger.PUBLISHED_VIOLATION_NOTICE, Effect.NOTICE)}
    assert decision.verdict is Verdict.CLEAR
    own = answer(subject(publication("2026-01-01", "2027-01-01", for_wages=False)))
    assert effects(own) == {(Trigger.PUBLICATION, Effect.NOTICE)}


def test_a_disputed_block_is_shown_and_stays():
    disputed = listed("2025-03-01", "2025-03-10", act(ListingActKind.DISPUTE_OPENED, "2026-01-01"))
    decision = answer(subject(disputed))
    assert decision.verdict is Verdict.RESTRICTED
    (measure,) = (m for m in decision.measures if m.ground.trigger is Trigger.LISTING)
    assert measure.ground.disputed
    assert measure.ground.effective_from == at("2025-03-11")


def test_a_stayed_a_repaired_and_a_revoked_listing_are_in_no_answer():
    for kind in (ListingActKind.STAY, ListingActKind.REPAIR, ListingActKind.REVOCATION):
        decision = answer(subject(listed("2025-03-01", "2025-03-10", act(kind, "2026-11-24"))))
        assert (decision.verdict, decision.measures) == (Verdict.CLEAR, ())


# Incentives.


GUARANTEE = {
    "point": DecisionPoint.GUARANTEE_ISSUE,
    "security_kind": SecurityKind.WAGE_DEPOSIT,
    "contract_amount_fen": 500_000_000,
    "project_region": "420381",
}


HERE = frozenset({("420302", day("2015-01-01"))})
"""Projects of years ago in the deposit area of the case."""


def earned(*facts, systems_in_place=False, first_days=HERE, **asked):
    """Return the ids of what is earned, those that are more generous than the national rule marked."""
    party = subject(*facts, projects=Projects(systems_in_place, first_days))
    found = answer(party, **(GUARANTEE | asked)).incentives
    return [each.incentive.rule_id + ("+" if each.local_more_generous else "") for each in found]


def test_grade_a_of_two_years_has_its_incentive():
    decision = answer(subject(), **GUARANTEE)
    assert "G-06" in {each.incentive.rule_id for each in decision.incentives}
    assert not decision.incentives_suspended


def test_what_the_local_rule_gives_more_is_found_by_computing_both():
    assert earned() == ["D-04", "G-06+"]
    assert earned(systems_in_place=True) == ["D-04", "D-05", "G-06"]
    assert earned(contract_amount_fen=299_999_999) == ["D-03", "D-04", "G-06"]
    assert earned(contract_amount_fen=300_000_000) == ["D-04", "G-06+"]
    assert earned(using="national-2026") == ["D-04"]


def test_the_cut_of_two_years_needs_projects_of_those_years_in_the_area_of_the_new_one():
    """D-04: an area that is not known is no area."""
    assert earned(using="national-2026", project_region="610300") == []
    assert earned(using="national-2026", project_region=None) == []
    assert earned(using="national-2026", first_days=frozenset()) == []
    assert earned(using="national-2026", first_days=frozenset({("420302", day("2024-11-24"))})) == ["D-04"]
    assert earned(using="national-2026", first_days=frozenset({("420302", day("2024-11-25"))})) == []


def test_the_answer_ends_when_two_years_in_the_area_are_over():
    party = subject(projects=Projects(first_days=frozenset({("420302", day("2024-12-01"))})))
    late = moment(NOW, valid_until=NOW + timedelta(days=90))
    assert answer(party, **GUARANTEE, when=late).valid_until == at("2026-12-01")


def test_arrears_of_two_years_ago_earn_no_cut_and_those_before_do():
    assert earned(arrears("2024-11-25", "2024-12-01")) == []
    assert earned(arrears("2024-11-24", "2024-12-01")) == ["D-04"]
    assert earned(arrears("2024-11-24", "2024-12-01"), security_kind=SecurityKind.BID_BOND) == []


def test_the_answer_ends_when_the_record_of_arrears_earns_more():
    old = profile("2024-12-01", construction_unit=False, kind=None)
    party = subject(old, projects=Projects(first_days=HERE))
    late = moment(NOW, valid_until=NOW + timedelta(days=90))
    decision = answer(party, **GUARANTEE, when=late)
    assert (decision.incentives, decision.valid_until) == ((), at("2026-12-01"))
    assert [
        each.incentive.rule_id for each in answer(party, **GUARANTEE, when=moment(at("2026-12-01"))).incentives
    ] == ["D-04"]


def test_the_answer_ends_when_a_grade_has_been_held_long_enough_for_more():
    party = subject(profile("2024-12-01"))
    decision = answer(party, **GUARANTEE, when=moment(NOW, valid_until=NOW + timedelta(days=90)))
    assert decision.valid_until == at("2026-12-01")
    assert decision.incentives == ()
    assert answer(party, **GUARANTEE, when=moment(at("2026-12-01"))).incentives


def test_a_restriction_in_the_same_area_suspends_incentives():
    decision = answer(subject(), subject(LISTED, uscc=OTHER_USCC, relation=MEMBER), **GUARANTEE)
    assert decision.incentives
    assert decision.incentives_suspended


def test_a_mere_notice_and_a_record_of_the_same_name_suspend_nothing():
    assert not answer(subject(same_name=(NAMESAKE,)), **GUARANTEE).incentives_suspended
    private = {"must_be_tendered": False, "state_funds": False}
    assert not answer(subject(LISTED), **private).incentives_suspended


def test_a_doubt_suspends_incentives():
    assert answer(subject(), **GUARANTEE, when=moment(NOW, "STALE_SOURCE: listings")).incentives_suspended


def test_the_red_list_earns_conveniences():
    asked = {"point": DecisionPoint.LENDING_APPROVAL}
    assert answer(subject(red_entry("2026-01-01")), **asked).incentives
    unrated = profile(construction_unit=False, kind=None)
    assert answer(subject(unrated), **asked).incentives == ()
    assert answer(subject(red_entry("2026-01-01"), unrated), **asked).incentives


# The cut-off of the tender document.


def cutoff(day_or_instant):
    instant = at(day_or_instant) if isinstance(day_or_instant, str) else day_or_instant
    return {"cutoff_rule": CutoffRule.FIXED, "cutoff_at": instant}


@pytest.mark.parametrize("point", [AWARD, DecisionPoint.PROCUREMENT_RESULT])
@pytest.mark.parametrize("using", PROFILES)
@pytest.mark.parametrize(
    ("fixed", "expected"),
    [
        ("2025-03-11", Verdict.RESTRICTED),
        ("2026-11-20", Verdict.RESTRICTED),
        ("2027-01-01", Verdict.RESTRICTED),
        ("2029-01-01", Verdict.RESTRICTED),
        ("2025-03-10", Verdict.CONDITIONAL),
        ("2025-01-01", Verdict.CONDITIONAL),
    ],
)
def test_a_listing_that_came_after_the_cutoff_is_reviewed(point, using, fixed, expected):
    assert answer(subject(LISTED), point=point, using=using, **cutoff(fixed)).verdict is expected


def test_the_instant_of_the_delivery_itself_is_not_after_it():
    begins = at("2025-03-11")
    assert answer(subject(LISTED), **cutoff(begins)).verdict is Verdict.RESTRICTED
    assert answer(subject(LISTED), **cutoff(begins - INSTANT)).verdict is Verdict.CONDITIONAL


@pytest.mark.parametrize(
    ("fixed", "expected"), [("2025-05-01", Verdict.RESTRICTED), ("2025-07-01", Verdict.CONDITIONAL)]
)
def test_a_listing_stayed_since_and_in_force_again_blocks_if_it_weighed_at_the_cutoff(fixed, expected):
    more = (act(ListingActKind.STAY, "2025-06-01"), act(ListingActKind.STAY_ENDED, "2025-09-01"))
    party = subject(listed("2025-03-01", "2025-03-10", *more))
    assert answer(party, point=DecisionPoint.PROCUREMENT_RESULT, **cutoff(fixed)).verdict is expected
    assert answer(party, **cutoff(fixed)).verdict is expected


def test_what_was_removed_since_the_cutoff_gives_nothing():
    repaired = listed("2025-03-01", "2025-03-10", act(ListingActKind.REPAIR, "2026-11-01"))
    assert answer(subject(repaired), **cutoff("2026-01-01")).verdict is Verdict.CLEAR


def test_a_grade_b_of_before_the_cutoff_blocks_though_the_enterprise_was_listed_after_it():
    grade_b = subject(*six_complaints())
    worse = subject(*six_complaints(), listed("2026-05-01", "2026-05-02"))
    assert answer(grade_b, **cutoff("2026-03-01")).verdict is Verdict.RESTRICTED
    assert answer(worse, **cutoff("2026-03-01")).verdict is Verdict.RESTRICTED
    assert answer(worse, **cutoff("2025-12-01")).verdict is Verdict.CONDITIONAL


def test_members_and_convictions_are_held_to_the_cutoff_too():
    member = subject(LISTED, uscc=OTHER_USCC, relation=MEMBER)
    assert answer(subject(), member, **cutoff("2025-01-01")).verdict is Verdict.CONDITIONAL
    assert answer(subject(), member, **cutoff("2026-01-01")).verdict is Verdict.RESTRICTED
    asked = {"point": DecisionPoint.PROCUREMENT_CONTRACT, "using": "national-2026"}
    convicted = subject(conviction("2026-01-01"))
    assert answer(convicted, **asked, **cutoff("2025-12-31")).verdict is Verdict.CONDITIONAL
    assert answer(convicted, **asked, **cutoff("2026-01-01")).verdict is Verdict.RESTRICTED


@pytest.mark.parametrize(("point", "area"), [(AWARD, "bidding"), (DecisionPoint.PROCUREMENT_RESULT, "procurement")])
def test_half_a_cutoff_is_refused(point, area):
    with pytest.raises(MalformedRequestError) as refused:
        answer(subject(LISTED), point=point, cutoff_rule=CutoffRule.FIXED)
    assert refused.value.field == f"case_facts.{area}.cutoff_at"
    with pytest.raises(MalformedRequestError) as refused:
        answer(subject(LISTED), point=point, cutoff_rule=None)
    assert refused.value.field == f"case_facts.{area}.cutoff_rule"


# Wages, facts, explanation, validity.


@pytest.mark.parametrize("point", [DecisionPoint.LENDING_WAGE_ACCOUNT, DecisionPoint.FUNDING_WAGE_PAYMENT])
@pytest.mark.parametrize("using", PROFILES)
def test_wages_are_never_stopped(point, using):
    everything = subject(LISTED, *six_complaints(), conviction("2026-01-01"), notice("2020-01-01"))
    decision = answer(everything, point=point, using=using)
    assert decision.verdict is Verdict.CLEAR
    assert all(measure.effect <= Effect.NOTICE for measure in decision.measures)


def test_a_fact_that_a_rule_needs_and_that_was_not_sent_is_named():
    with pytest.raises(MalformedRequestError) as refused:
        answer(subject(LISTED), point=DecisionPoint.FUNDING_APPROVAL, fund_kind=None)
    assert refused.value.field == "case_facts.funding.fund_kind"


def test_relief_is_outside_the_sanction():
    party = subject(LISTED)
    decision = answer(party, point=DecisionPoint.FUNDING_APPROVAL, fund_kind=FundKind.RELIEF)
    assert decision.verdict is Verdict.CLEAR


def test_rules_that_weigh_nothing_are_named_when_asked_for():
    party = subject(*six_complaints())
    assert answer(party, project_region="110000").not_fired == ()
    assert answer(party, project_region="110000", explain=True).not_fired == ("A-30/TR3/award/4",)


def test_the_answer_never_outlives_the_freshness_of_its_data():
    assert answer(subject(), when=moment(NOW, valid_until=NOW + timedelta(minutes=5))).valid_until == (
        NOW + timedelta(minutes=5)
    )


def test_the_answer_ends_when_a_ground_becomes_too_old_for_its_row():
    party = subject(arrears("2024-11-25", "2024-12-01"), profile(construction_unit=False, kind=None))
    decision = answer(party, **GUARANTEE, when=moment(NOW, valid_until=NOW + timedelta(days=90)))
    assert decision.valid_until == at("2026-11-25")


def test_the_code_of_the_enterprise_asked_about_is_that_of_the_first_party():
    assert answer(subject()).subjects[0].uscc == USCC

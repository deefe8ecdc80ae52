"""The decision about several parties, and about one that is not surely known (A-100 to A-105, invariants 8 and 9)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from builders import (
    INSTANT,
    OTHER_USCC,
    PROFILES,
    RULES,
    USCC,
    at,
    conviction,
    day,
    listed,
    moment,
    policy,
    profile,
    question,
    subject,
)

from gateway.domain.eligibility import decide
from gateway.domain.kinds.enterprise import BusinessStatus
from gateway.domain.kinds.published_notice import NoticeList
from gateway.domain.records import Relation, RelationKind, Unresolved
from gateway.domain.timeline import empty
from gateway.domain.vocabulary import (
    DISABLED_AREAS,
    Area,
    DecisionPoint,
    Effect,
    GradeLetter,
    MatchQuality,
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


# Parties.


def test_a_consortium_is_restricted_by_any_member_and_the_member_is_named():
    clean, bad = subject(), subject(LISTED, uscc=OTHER_USCC, relation=MEMBER)
    decision = answer(clean, subject(uscc="91420300MA0000003H", relation=MEMBER), bad)
    assert decision.verdict is Verdict.RESTRICTED
    assert {measure.ground.party_uscc for measure in decision.measures} == {OTHER_USCC}
    assert {measure.ground.relation for measure in decision.measures} == {MEMBER}
    assert (decision.grade.letter, decision.subjects[0]) == (GradeLetter.A, clean)


def test_what_weighs_on_a_member_through_a_relation_names_the_member():
    listing = listed(uscc="91420300MA0000009X", listing_id="L-9")
    relation = Relation(RelationKind.LEGAL_REPRESENTATIVE, "91420300MA0000009X", (listing,))
    own = answer(subject(relation)).measures[0].ground
    assert (own.party_uscc, own.relation) == ("91420300MA0000009X", RelationKind.LEGAL_REPRESENTATIVE)
    members = answer(subject(), subject(relation, uscc=OTHER_USCC, relation=MEMBER)).measures[0].ground
    assert (members.party_uscc, members.relation, members.trigger) == (OTHER_USCC, MEMBER, Trigger.LISTED_PERSON)
    assert members.record_id == "L-9"


@pytest.mark.parametrize("using", PROFILES)
@pytest.mark.parametrize("point", list(DecisionPoint))
def test_a_listed_related_party_is_at_most_reviewed(using, point):
    related = subject(LISTED, conviction("2026-01-01"), uscc=OTHER_USCC, relation=RELATED)
    decision = answer(subject(), related, point=point, using=using)
    assert {measure.ground.trigger for measure in decision.measures} <= {Trigger.LISTED_RELATED_PARTY}
    assert {measure.ground.party_uscc for measure in decision.measures} <= {OTHER_USCC}
    assert all(measure.effect <= Effect.REVIEW for measure in decision.measures)


def test_a_related_party_weighs_by_its_listing_only():
    unknown = subject(uscc=OTHER_USCC, relation=RELATED, timeline=empty(RULES), match=MatchQuality.UNKNOWN)
    convicted = subject(conviction("2026-01-01"), uscc="91420300MA0000003H", relation=RELATED)
    assert answer(subject(), unknown, convicted).measures == ()
    listed_one = answer(subject(), subject(LISTED, uscc=OTHER_USCC, relation=RELATED))
    (measure,) = listed_one.measures
    assert measure.ground.relation is RELATED
    assert measure.ground.document_number == LISTED.decision.document_number


# What is not known.


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        (DecisionPoint.BIDDING_REGISTRATION, Verdict.CLEAR),
        (DecisionPoint.BIDDING_AWARD, Verdict.CONDITIONAL),
        (DecisionPoint.LENDING_APPROVAL, Verdict.CLEAR),
        (DecisionPoint.LENDING_DRAWDOWN, Verdict.CONDITIONAL),
        (DecisionPoint.AWARDS_CONFERRAL, Verdict.CONDITIONAL),
    ],
)
def test_an_enterprise_without_any_record_is_clear_early_and_conditional_late(point, expected):
    unknown = subject(timeline=empty(RULES), match=MatchQuality.UNKNOWN)
    decision = answer(unknown, point=point)
    assert (decision.verdict, decision.grade.letter) == (expected, GradeLetter.NOT_RATED)


def test_an_unknown_consortium_member_counts_as_such():
    unknown = subject(uscc=OTHER_USCC, relation=MEMBER, timeline=empty(RULES), match=MatchQuality.UNKNOWN)
    (measure,) = answer(subject(), unknown).measures
    assert (measure.ground.trigger, measure.ground.party_uscc) == (Trigger.UNKNOWN_ENTERPRISE, OTHER_USCC)


def test_a_code_sent_with_a_name_that_it_never_bore_is_conditional():
    decision = answer(subject(match=MatchQuality.NAME_DIFFERS, name_sent="示例别家公司"))
    assert (decision.verdict, effects(decision)) == (
        Verdict.CONDITIONAL,
        {(Trigger.NAME_MISMATCH, Effect.REVIEW)},
    )


def test_a_record_of_the_same_name_without_a_code_is_a_reference_and_never_restricts():
    decision = answer(subject(same_name=(NAMESAKE,)))
    (measure,) = decision.measures
    assert (decision.verdict, measure.effect) == (Verdict.CONDITIONAL, Effect.REVIEW)
    named = (measure.ground.record_id, measure.ground.authority, measure.ground.document_number)
    assert named == ("N-namesake", "示例县人社局", "示例〔9〕号")


def test_a_publication_under_the_same_name_weighs_no_more_than_the_publication_would():
    published = replace(NAMESAKE, notice_list=NoticeList.MAJOR_VIOLATION_PUBLICATION)
    decision = answer(subject(same_name=(published,)))
    assert (decision.verdict, effects(decision)) == (
        Verdict.CLEAR,
        {(Trigger.SAME_NAME_VIOLATION_RECORD, Effect.NOTICE)},
    )
    honour = answer(subject(same_name=(published,)), point=DecisionPoint.AWARDS_CONFERRAL)
    assert (honour.verdict, honour.incentives_suspended) == (Verdict.CONDITIONAL, False)


GONE = profile("2026-02-01", business_status=BusinessStatus.DEREGISTERED)


@pytest.mark.parametrize("status", [BusinessStatus.REVOKED, BusinessStatus.DEREGISTERED])
@pytest.mark.parametrize(
    ("point", "expected"),
    [
        (DecisionPoint.BIDDING_REGISTRATION, Verdict.CLEAR),
        (DecisionPoint.BIDDING_AWARD, Verdict.CONDITIONAL),
        (DecisionPoint.LENDING_APPROVAL, Verdict.CLEAR),
        (DecisionPoint.LENDING_DRAWDOWN, Verdict.CONDITIONAL),
        (DecisionPoint.LENDING_WAGE_ACCOUNT, Verdict.CLEAR),
        (DecisionPoint.LICENSING_DECISION, Verdict.CONDITIONAL),
        (DecisionPoint.MARKET_ACCESS_ESTABLISHMENT, Verdict.CONDITIONAL),
    ],
)
def test_an_enterprise_out_of_business_is_told_early_and_conditional_late(status, point, expected):
    ended = subject(profile("2015-01-01"), profile("2026-02-01", business_status=status))
    decision = answer(ended, point=point)
    (measure,) = decision.measures
    assert (decision.verdict, measure.ground.trigger) == (expected, Trigger.NOT_IN_BUSINESS)
    assert (measure.ground.party_uscc, measure.ground.since) == (USCC, day("2026-02-01"))
    assert measure.ground.effective_from == at("2026-02-01")


def test_who_is_out_of_business_earns_nothing_not_even_where_it_is_only_told():
    facts = {"security_kind": SecurityKind.WAGE_DEPOSIT, "contract_amount_fen": 1}
    here = {"point": DecisionPoint.GUARANTEE_ISSUE, **facts}
    assert answer(subject(), **here).incentives_suspended is False
    gone = answer(subject(profile("2015-01-01"), GONE), **here)
    assert (gone.verdict, bool(gone.incentives), gone.incentives_suspended) == (Verdict.CLEAR, True, True)


def test_it_weighs_from_the_day_of_that_profile_and_until_market_regulation_says_otherwise():
    back = subject(profile("2015-01-01"), GONE, profile("2026-12-01"))
    before = answer(back, when=moment(at("2026-02-01") - INSTANT, valid_until=at("2030-01-01")))
    assert (before.verdict, before.valid_until) == (Verdict.CLEAR, at("2026-02-01"))
    assert answer(back, when=moment(at("2026-02-01"))).verdict is Verdict.CONDITIONAL
    during = answer(back, when=moment(at("2026-11-24"), valid_until=at("2030-01-01")))
    assert (during.verdict, during.valid_until) == (Verdict.CONDITIONAL, at("2026-12-01"))
    assert answer(back, when=moment(at("2026-12-01"))).verdict is Verdict.CLEAR


def test_a_listing_weighs_on_when_its_enterprise_is_deregistered():
    both = subject(LISTED, profile("2015-01-01"), GONE)
    decision = answer(both)
    assert decision.verdict is Verdict.RESTRICTED
    assert {Trigger.LISTING, Trigger.NOT_IN_BUSINESS} <= {measure.ground.trigger for measure in decision.measures}


def test_a_consortium_member_out_of_business_weighs_as_that_member_and_a_related_party_not_at_all():
    def other(relation):
        return subject(profile("2015-01-01"), GONE, uscc=OTHER_USCC, relation=relation)

    (measure,) = answer(subject(), other(MEMBER)).measures
    assert (measure.ground.relation, measure.ground.party_uscc) == (MEMBER, OTHER_USCC)
    assert answer(subject(), other(RelationKind.RELATED_PARTY)).measures == ()


def test_a_record_of_the_same_name_ages_out_like_any_notice():
    party = subject(same_name=(NAMESAKE,))
    last = answer(party, when=moment(at("2029-01-05") - INSTANT, valid_until=at("2030-01-01")))
    assert (last.verdict, last.valid_until) == (Verdict.CONDITIONAL, at("2029-01-05"))
    assert answer(party, when=moment(at("2029-01-05"))).verdict is Verdict.CLEAR


def test_another_enterprise_of_the_same_name_and_another_code_is_clear():
    assert answer(subject(LISTED, name="同名公司"), must_be_tendered=True).verdict is Verdict.RESTRICTED
    assert answer(subject(name="同名公司", uscc=OTHER_USCC)).verdict is Verdict.CLEAR

"""The decision about several parties, and about one that is not surely known (A-100 to A-105, invariants 8 and 9)."""

from __future__ import annotations

from datetime import date

import pytest
from builders import (
    INSTANT,
    OTHER_USCC,
    PROFILES,
    RULES,
    at,
    conviction,
    listed,
    moment,
    policy,
    question,
    subject,
)

from gateway.domain.eligibility import decide
from gateway.domain.records import Relation, RelationKind, Unresolved
from gateway.domain.timeline import empty
from gateway.domain.vocabulary import (
    DISABLED_AREAS,
    Area,
    DecisionPoint,
    Effect,
    GradeLetter,
    MatchQuality,
    Trigger,
    Verdict,
)

AWARD = DecisionPoint.BIDDING_AWARD
MEMBER = RelationKind.CONSORTIUM_MEMBER
RELATED = RelationKind.RELATED_PARTY
LISTED = listed("2025-03-01", "2025-03-10")
AREAS = [area for area in Area if area not in DISABLED_AREAS]
NAMESAKE = Unresolved("N-namesake", "示例一号建筑工程有限公司", "示例县人社局", "示例〔9〕号", date(2026, 1, 5))


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


def test_a_record_of_the_same_name_ages_out_like_any_notice():
    party = subject(same_name=(NAMESAKE,))
    last = answer(party, when=moment(at("2029-01-05") - INSTANT, valid_until=at("2030-01-01")))
    assert (last.verdict, last.valid_until) == (Verdict.CONDITIONAL, at("2029-01-05"))
    assert answer(party, when=moment(at("2029-01-05"))).verdict is Verdict.CLEAR


def test_another_enterprise_of_the_same_name_and_another_code_is_clear():
    assert answer(subject(LISTED, name="同名公司"), must_be_tendered=True).verdict is Verdict.RESTRICTED
    assert answer(subject(name="同名公司", uscc=OTHER_USCC)).verdict is Verdict.CLEAR

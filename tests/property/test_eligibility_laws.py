"""Laws of the decision, as far as one answer can show them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from builders import INSTANT, OTHER_USCC, RULES, USCC, moment, policy, subject
from case_strategies import GRADES, MEMBER, RELATED, cases, moments, questions, subjects, under, using
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import dossiers, facts, instants, listings, profiles

from formats.civil import civil_date
from gateway.domain import timeline
from gateway.domain.eligibility import decide
from gateway.domain.kinds.enterprise import BusinessStatus
from gateway.domain.kinds.published_notice import PublishedNotice
from gateway.domain.records import Dossier, RelationKind
from gateway.domain.vocabulary import (
    Area,
    DecisionPoint,
    Effect,
    MatchQuality,
    Trigger,
    Verdict,
)


def answer(parties, asked, profile, at, valid_for=timedelta(hours=4)):
    return decide(tuple(parties), asked, policy(profile), moment(at, valid_until=at + valid_for))


def shown(decision):
    return decision.verdict, decision.measures, decision.doubts, decision.not_fired, decision.incentives_suspended


@given(cases(), questions(), using, moments, st.randoms(use_true_random=False))
def test_the_order_of_parties_and_of_what_weighs_on_them_never_matters(parties, asked, profile, at, random):
    first, *others = parties
    random.shuffle(others)
    assert shown(answer((first, *others), asked, profile, at)) == shown(answer(parties, asked, profile, at))


@given(cases(), questions(), using, moments)
def test_the_verdict_is_that_of_the_strongest_measure_or_of_a_doubt(parties, asked, profile, at):
    decision = answer(parties, asked, profile, at)
    verdicts = [measure.effect.verdict for measure in decision.measures]
    verdicts += [Verdict.UNVERIFIABLE for _ in decision.doubts]
    assert decision.verdict is max(verdicts, default=Verdict.CLEAR)


@given(cases(), subjects(OTHER_USCC, MEMBER), questions(), using, moments)
def test_one_more_member_is_never_more_lenient(parties, more, asked, profile, at):
    before, after = answer(parties, asked, profile, at), answer((*parties, more), asked, profile, at)
    assert after.verdict >= before.verdict
    assert set(after.measures) >= set(before.measures)


@given(
    dossiers(),
    listings("L-more"),
    facts(("publication", "penalty", "conviction", "arrears")),
    questions(),
    using,
    moments,
)
def test_one_more_fact_is_never_more_lenient(file, listing, more, asked, profile, at):
    more = tuple(replace(fact, record_id=f"more-{place}") for place, fact in enumerate(more))

    # The authority's own record takes the place of a notice of it and may weigh less: test_grounds says when.
    file = replace(file, facts=tuple(fact for fact in file.facts if not isinstance(fact, PublishedNotice)))

    def verdict(dossier):
        return answer((subject(timeline=timeline.build(dossier, RULES)),), asked, profile, at).verdict

    before = verdict(file)
    assert verdict(replace(file, facts=(*file.facts, *more))) >= before
    assert verdict(replace(file, listings=(*file.listings, listing))) >= before


@given(dossiers(), questions(), using, moments, st.sampled_from([BusinessStatus.REVOKED, BusinessStatus.DEREGISTERED]))
def test_to_be_out_of_business_is_never_more_lenient_and_never_a_block_by_itself(file, asked, profile, at, status):
    def with_status(status):
        known = tuple(replace(one, business_status=status) for one in file.profiles)
        return answer((subject(timeline=timeline.build(replace(file, profiles=known), RULES)),), asked, profile, at)

    open_, ended = with_status(BusinessStatus.IN_BUSINESS), with_status(status)
    assert ended.verdict >= open_.verdict
    assert set(ended.measures) >= set(open_.measures)
    more = [measure for measure in ended.measures if measure not in open_.measures]
    assert [measure.ground.trigger for measure in more] == [Trigger.NOT_IN_BUSINESS] * (
        file.profile_on(civil_date(at)) is not None
    )
    assert all(measure.effect <= Effect.REVIEW for measure in more)


@given(cases(), questions(), using, moments)
def test_a_consortium_is_as_restricted_as_its_strongest_member_alone(parties, asked, profile, at):
    together = answer(parties, asked, profile, at).verdict
    alone = [answer((party,), asked, profile, at).verdict for party in parties]
    assert together is max(alone)


@given(cases(), questions(), using, moments)
def test_every_measure_names_a_party_of_the_question_or_a_relation_of_the_first(parties, asked, profile, at):
    named = {(party.uscc, party.relation) for party in parties}
    relations = {RelationKind.LEGAL_REPRESENTATIVE, RelationKind.HEAD_OFFICE, RelationKind.PREDECESSOR}
    for measure in answer(parties, asked, profile, at).measures:
        ground = measure.ground
        assert (ground.party_uscc, ground.relation) in named or ground.relation in relations


@given(cases(), questions(), using, moments)
def test_every_block_has_a_live_basis_a_document_an_end_and_a_remedy(parties, asked, profile, at):
    for measure in answer(parties, asked, profile, at).measures:
        assert measure.effect > Effect.NONE
        if measure.effect is Effect.BLOCK:
            articles = policy(profile).live(measure.row.basis, civil_date(at))
            assert len(articles) == len(measure.row.basis) > 0
            assert measure.ground.authority
            assert measure.ground.document_number
            assert measure.ground.effective_until is not None or measure.ground.trigger in GRADES
            assert measure.row.ends_by.zh
            assert measure.row.remedy.zh
            assert measure.row.remedy.en
            assert not measure.basis_lapsed


@given(
    cases(),
    questions(),
    using,
    moments,
    st.sampled_from([p for p in DecisionPoint if p.area in {Area.LICENSING, Area.LENDING}]),
)
def test_licensing_and_lending_never_restrict(parties, asked, profile, at, point):
    decision = answer(parties, asked._replace(point=point), profile, at)
    assert decision.verdict < Verdict.RESTRICTED
    assert decision.doubts == ()


tenders = st.sampled_from([p for p in DecisionPoint if p.area in {Area.BIDDING, Area.PROCUREMENT}])


@given(cases(), questions(), tenders, using, moments, instants)
def test_a_cutoff_never_makes_a_verdict_stronger_and_hides_nothing(parties, asked, point, profile, at, fixed):
    asked = asked._replace(point=point)
    plain, cut = answer(parties, under(asked, None), profile, at), answer(parties, under(asked, fixed), profile, at)
    assert cut.verdict <= plain.verdict
    assert {measure.ground for measure in cut.measures} >= {measure.ground for measure in plain.measures}
    assert (cut.verdict is Verdict.CLEAR) is (plain.verdict is Verdict.CLEAR)


@given(cases(), questions(), tenders, using, moments, st.timedeltas(timedelta(0), timedelta(days=2000)))
def test_a_cutoff_that_has_not_passed_is_none(parties, asked, point, profile, at, ahead):
    asked = asked._replace(point=point)
    plain = answer(parties, under(asked, None), profile, at)
    assert answer(parties, under(asked, at + ahead), profile, at) == plain


@given(cases(), questions(), tenders, using, moments, moments)
def test_what_blocked_at_the_cutoff_and_would_block_now_blocks(parties, asked, point, profile, first, second):
    fixed, at = sorted((first, second))
    asked = asked._replace(point=point)

    def blocked(when, cut):
        decision = answer(parties, under(asked, cut), profile, when)
        blocking = (measure.ground for measure in decision.measures if measure.effect is Effect.BLOCK)
        return {(ground.record_id, ground.party_uscc) for ground in blocking}

    assert blocked(at, fixed) >= blocked(at, None) & blocked(fixed, None)
    assert blocked(at, fixed) <= blocked(at, None)


@given(cases(), questions(), using, moments)
def test_a_related_party_is_reviewed_at_the_most(parties, asked, profile, at):
    for measure in answer(parties, asked, profile, at).measures:
        if measure.ground.relation is RELATED:
            assert measure.effect <= Effect.REVIEW


@given(cases(), questions(), moments)
def test_a_grade_never_blocks_without_a_local_document(parties, asked, at):
    for measure in answer(parties, asked, "national-2026", at).measures:
        assert measure.ground.trigger not in GRADES or measure.effect <= Effect.REVIEW


@given(cases(), questions(), using, moments, st.floats(0, 1, exclude_max=True))
def test_until_its_end_of_validity_the_answer_stays_the_same(parties, asked, profile, at, part):
    decision = answer(parties, asked, profile, at, timedelta(days=2000))
    assume(decision.verdict is not Verdict.UNVERIFIABLE)
    assert decision.valid_until > at
    later = min(at + (decision.valid_until - at) * part, decision.valid_until - INSTANT)
    again = answer(parties, asked, profile, later, timedelta(days=2000))
    assert again.verdict is decision.verdict
    assert [m.row.rule_id for m in again.measures] == [m.row.rule_id for m in decision.measures]
    assert [m.effect for m in again.measures] == [m.effect for m in decision.measures]
    assert again.incentives == decision.incentives
    assert again.grade == decision.grade


@given(cases(), questions(), using, moments)
def test_it_stays_the_same_up_to_the_last_instant(parties, asked, profile, at):
    decision = answer(parties, asked, profile, at, timedelta(days=2000))
    assume(decision.verdict is not Verdict.UNVERIFIABLE)
    last = decision.valid_until - INSTANT
    again = answer(parties, asked, profile, last, timedelta(days=2000))
    assert (again.verdict, again.incentives) == (decision.verdict, decision.incentives)
    assert [m.row.rule_id for m in again.measures] == [m.row.rule_id for m in decision.measures]


@given(cases(), questions(), using, moments)
def test_a_doubt_never_makes_a_verdict_weaker_and_leaves_a_block(parties, asked, profile, at):
    plain = answer(parties, asked, profile, at)
    doubted = decide(parties, asked, policy(profile), moment(at, "CLOCK: 2.0 s off the store's"))
    assert doubted.verdict is max(plain.verdict, Verdict.UNVERIFIABLE)
    assert doubted.measures == plain.measures


@given(cases(), questions(), using, moments, st.sampled_from([(), ("CLOCK: 2.0 s off the store's",)]))
def test_what_could_not_be_said_is_not_to_be_kept_and_all_else_is(parties, asked, profile, at, doubts):
    decision = decide(parties, asked, policy(profile), moment(at, *doubts))
    if decision.verdict is Verdict.UNVERIFIABLE:
        assert decision.valid_until == at
    else:
        assert decision.valid_until > at


@given(cases(), questions(), using, moments)
def test_the_answer_is_the_same_with_and_without_an_explanation(parties, asked, profile, at):
    explained = answer(parties, asked._replace(explain=True), profile, at)
    plain = answer(parties, asked._replace(explain=False), profile, at)
    assert replace(explained.weighed, not_fired=()) == plain.weighed


@given(profiles(), questions(), using, moments, st.sampled_from([MatchQuality.NAME_DIFFERS, MatchQuality.UNKNOWN]))
def test_how_a_party_was_named_never_restricts(known, asked, profile, at, match):
    party = subject(timeline=timeline.build(Dossier(USCC, known), RULES), match=match)
    assert answer((party,), asked, profile, at).verdict < Verdict.UNVERIFIABLE

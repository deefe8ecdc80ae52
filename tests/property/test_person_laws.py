"""Laws of the decision about a person, whatever is on record and whatever is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from builders import AUTHORITY, OTHER_USCC, USCC, moment, policy
from case_strategies import moments, questions, using
from hypothesis import given
from hypothesis import strategies as st
from strategies import days, instants, listings

from formats.civil import midnight
from gateway.domain.identity import Links
from gateway.domain.kinds.exam_record import ExamArticle, ExamRecord, RecordDuration
from gateway.domain.kinds.fact import PersonKey
from gateway.domain.kinds.identity_dispute import DisputeOutcome, IdentityDispute
from gateway.domain.kinds.insurance_severe_listing import InsuranceSevereListing, SevereCondition
from gateway.domain.kinds.recruitment_record import RecruitmentArticle, RecruitmentRecord
from gateway.domain.listings import intervals_in_force, weighing_on
from gateway.domain.person_decision import KnownPerson, PersonQuestion, decide_about_person
from gateway.domain.person_words import PersonCapacity, PersonConditionKind, PersonMatch
from gateway.domain.persons import PersonFile
from gateway.domain.vocabulary import Area, DecisionPoint, Effect, Trigger, Verdict

KEY = PersonKey("person")
"""The party of the deliveries that the strategies draw."""
FIVE = RecordDuration.FIVE_YEARS
WAGES = {DecisionPoint.FUNDING_WAGE_PAYMENT, DecisionPoint.LENDING_WAGE_ACCOUNT}
MARKS = st.sets(st.text("0123456789abcdef", min_size=32, max_size=32), max_size=3)


@st.composite
def own_records(draw):
    found = []
    for number in range(draw(st.integers(0, 3))):
        on, kind = draw(days), draw(st.integers(0, 2))
        stamp = {"record_id": f"P-{number}", "authority": AUTHORITY, "document_number": f"示例〔{number}〕号"}
        if kind == 0:
            duration = draw(st.sampled_from(RecordDuration))
            article = ExamArticle.ARTICLE_9
            found.append(
                ExamRecord(**stamp, person=KEY, exam="示例考试", article=article, duration=duration, decided_on=on)
            )
        elif kind == 1:
            ends, condition = on + draw(st.integers(1, 900)) * timedelta(days=1), SevereCondition.OTHER_SEVERE
            found.append(InsuranceSevereListing(**stamp, person=KEY, condition=condition, decided_on=on, ends_on=ends))
        else:
            article = RecruitmentArticle.ARTICLE_8
            found.append(
                RecruitmentRecord(
                    **stamp, person=KEY, recruiting_unit="示例", article=article, duration=FIVE, decided_on=on
                )
            )
    return tuple(found)


@st.composite
def disputes(draw, uscc):
    on = draw(days)
    outcome = draw(st.none() | st.sampled_from(DisputeOutcome))
    decided = None if outcome is None else on + draw(st.integers(0, 90)) * timedelta(days=1)
    dispute = IdentityDispute(
        record_id=f"D-{uscc}", authority=AUTHORITY, document_number="示例〔9〕号", person=KEY, disputed_on=on,
        outcome=outcome, decided_on=decided,
    )  # fmt: skip
    return {(KEY, uscc): (dispute,)}


@st.composite
def files(draw):
    own = draw(st.lists(st.sampled_from([USCC, OTHER_USCC]), max_size=2, unique=True))
    found = tuple(
        replace(draw(listings(f"L-{number}", uscc)), person_keys=frozenset({KEY})) for number, uscc in enumerate(own)
    )
    links = draw(st.just({}) | st.just({}) | disputes(USCC))
    return PersonFile(KEY, found, draw(own_records()), Links(links))


@st.composite
def asked(draw):
    whole = draw(questions())
    return PersonQuestion(whole.point, whole.facts, draw(st.sampled_from(PersonCapacity)))


def answer(file, question, profile, at, *, same_name=True, confirmed=(), doubts=()):
    when = moment(at, *doubts, valid_until=at + timedelta(hours=4))
    return decide_about_person(KnownPerson(file, same_name), question, policy(profile), when, confirmed)


@given(files(), asked(), using, moments, st.booleans(), MARKS)
def test_nobody_is_restricted_without_a_confirmation_of_just_that(file, question, profile, at, same_name, others):
    decision = answer(file, question, profile, at, same_name=same_name, confirmed=others)
    assert decision.verdict is not Verdict.RESTRICTED
    assert all(measure.effect is not Effect.BLOCK for measure in decision.measures)
    awaits = any(each.kind is PersonConditionKind.OFFICER_CONFIRMS for each in decision.conditions)
    assert awaits is bool(decision.to_confirm)


@given(files(), asked(), using, moments)
def test_what_an_officer_confirms_restricts_and_all_else_stays_as_it_was(file, question, profile, at):
    before = answer(file, question, profile, at)
    after = answer(file, question, profile, at, confirmed=before.to_confirm)
    assert (after.verdict is Verdict.RESTRICTED) is bool(before.to_confirm)
    assert not after.to_confirm
    assert {m.ground for m in after.measures} == {m.ground for m in before.measures}
    assert sum(m.effect is Effect.BLOCK for m in after.measures) == len(before.to_confirm)
    assert after.valid_until == before.valid_until


@given(files(), asked(), using, moments)
def test_under_another_name_no_confirmation_makes_it_more_than_a_review(file, question, profile, at):
    sure = answer(file, question, profile, at)
    unsure = answer(file, question, profile, at, same_name=False, confirmed=sure.to_confirm)
    assert unsure.verdict in {Verdict.CLEAR, Verdict.CONDITIONAL}
    assert not unsure.to_confirm
    assert (unsure.verdict is Verdict.CONDITIONAL) is (sure.verdict is Verdict.CONDITIONAL)
    assert unsure.match is (PersonMatch.PROBABLE if sure.measures else PersonMatch.NONE)
    kinds = {each.kind for each in unsure.conditions}
    assert kinds == ({PersonConditionKind.CONFIRM_IDENTITY} if unsure.verdict is Verdict.CONDITIONAL else set())


@given(files(), asked(), using, moments)
def test_a_doubt_is_unverifiable_until_a_block_is_confirmed(file, question, profile, at):
    doubted = answer(file, question, profile, at, doubts=("STALE_SOURCE: wage_list",))
    assert doubted.verdict is Verdict.UNVERIFIABLE
    assert doubted.valid_until == at
    proven = answer(file, question, profile, at, doubts=("STALE_SOURCE: wage_list",), confirmed=doubted.to_confirm)
    assert (proven.verdict is Verdict.RESTRICTED) is bool(doubted.to_confirm)


@given(files(), asked(), using, moments)
def test_a_listing_weighs_exactly_while_it_is_in_force_on_that_person(file, question, profile, at):
    decision = answer(file, question, profile, at)
    shown = {m.ground.record_id for m in decision.measures if m.ground.relation.value == "LISTED_WITH"}
    weighing = {
        listing.listing_id
        for listing in file.listings
        if any(at in span for span in intervals_in_force(weighing_on(listing, {KEY})))
    }
    assert shown <= weighing
    assert not any(listing.is_void and listing.listing_id in shown for listing in file.listings)
    weighs_there = question.point.area in {Area.LENDING, Area.MARKET_ACCESS, Area.AWARDS}
    if weighs_there and not file.links.disputes:
        assert shown == weighing


@given(files(), asked(), using, moments)
def test_for_an_enterprise_a_person_is_at_most_reviewed_and_its_own_records_are_not_looked_at(
    file, question, profile, at
):
    decision = answer(file, replace(question, capacity=PersonCapacity.FOR_ENTERPRISE), profile, at)
    assert {m.ground.trigger for m in decision.measures} <= {Trigger.LISTED_PERSON}
    assert all(m.effect <= Effect.REVIEW for m in decision.measures)
    assert not decision.to_confirm


@given(files(), asked(), using, moments)
def test_wages_are_never_stopped_and_loans_and_licences_never_blocked(file, question, profile, at):
    sure = answer(file, question, profile, at)
    confirmed = answer(file, question, profile, at, confirmed=sure.to_confirm)
    if question.point in WAGES:
        assert confirmed.verdict is Verdict.CLEAR
        assert not confirmed.conditions
    if question.point.area in {Area.LENDING, Area.LICENSING}:
        assert confirmed.verdict is not Verdict.RESTRICTED


@given(files(), asked(), using, moments, instants)
def test_the_answer_is_the_same_until_it_holds_no_more(file, question, profile, at, later):
    decision = answer(file, question, profile, at)
    if at <= later < decision.valid_until:
        again = answer(file, question, profile, later)
        assert (again.verdict, again.match, again.to_confirm) == (
            decision.verdict,
            decision.match,
            decision.to_confirm,
        )


@given(files(), asked(), using, moments, st.randoms(use_true_random=False))
def test_the_order_of_what_is_on_record_never_matters(file, question, profile, at, random):
    listed, facts = list(file.listings), list(file.facts)
    random.shuffle(listed)
    random.shuffle(facts)
    turned = replace(file, listings=tuple(listed), facts=tuple(facts))
    assert answer(turned, question, profile, at) == answer(file, question, profile, at)


@given(asked(), using, moments)
def test_nobody_on_record_is_clear_and_no_match(question, profile, at):
    for file in (None, PersonFile(KEY)):
        decision = answer(file, question, profile, at)
        assert (decision.verdict, decision.match) == (Verdict.CLEAR, PersonMatch.NONE)


@given(files(), asked(), using, moments)
def test_a_link_to_the_unit_that_was_found_false_never_weighed(file, question, profile, at):
    decided = midnight(date(2023, 1, 2))
    false = IdentityDispute(
        record_id="D", authority=AUTHORITY, document_number="示例〔9〕号", person=KEY, disputed_on=date(2023, 1, 1),
        outcome=DisputeOutcome.FALSE_LINK, decided_on=decided.date(),
    )  # fmt: skip
    links = Links({(KEY, uscc): (false,) for uscc in (USCC, OTHER_USCC)})
    decision = answer(replace(file, links=links), question, profile, at)
    assert all(m.ground.relation.value != "LISTED_WITH" for m in decision.measures)

"""What weighs on a person, one thing at a time, at the edges of its time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import AUTHORITY, DAY, INSTANT, USCC, act, at, day, listed, moment, policy, question

from gateway.domain.identity import Links
from gateway.domain.kinds.exam_record import ExamArticle, ExamRecord, RecordDuration
from gateway.domain.kinds.fact import PersonKey
from gateway.domain.kinds.identity_dispute import DisputeOutcome, IdentityDispute
from gateway.domain.kinds.insurance_severe_listing import InsuranceSevereListing, SevereCondition
from gateway.domain.kinds.recruitment_record import RecruitmentArticle, RecruitmentRecord
from gateway.domain.person_decision import KnownPerson, PersonQuestion, decide_about_person, mark_of
from gateway.domain.person_words import PersonCapacity, PersonConditionKind, PersonMatch
from gateway.domain.persons import PersonFile, kinds_weighing
from gateway.domain.records import RelationKind
from gateway.domain.vocabulary import DecisionPoint, Effect, ListingActKind, Trigger, Verdict

KEY = PersonKey("k" * 64)
OWN, FOR_ENTERPRISE = PersonCapacity
STAMP = {"authority": AUTHORITY, "document_number": "示例〔2026〕1号"}
NOMINATION = DecisionPoint.AWARDS_NOMINATION


def named(*acts, **changes):
    return replace(listed("2025-03-01", "2025-03-10", *acts), person_keys=frozenset({KEY}), **changes)


def exam(duration=RecordDuration.FIVE_YEARS, on="2026-01-31"):
    article = ExamArticle.ARTICLE_9
    return ExamRecord(
        record_id="X", **STAMP, person=KEY, exam="示例考试", article=article, duration=duration, decided_on=day(on)
    )


def severe():
    condition = SevereCondition.OTHER_SEVERE
    return InsuranceSevereListing(
        record_id="S", **STAMP, person=KEY, condition=condition, decided_on=day("2026-01-31"), ends_on=day("2026-05-01")
    )


def dispute(outcome=None, decided=None, on="2026-02-01"):
    made = IdentityDispute(
        record_id="D",
        **STAMP,
        person=KEY,
        disputed_on=day(on),
        outcome=outcome,
        decided_on=day(decided) if decided else None,
    )
    return Links({(KEY, USCC): (made,)})


def decide(*held, when="2026-03-01", point=DecisionPoint.BIDDING_AWARD, capacity=OWN, **how):
    asked = question(point)
    as_of = at(when) if isinstance(when, str) else when
    links, confirmed = how.pop("links", Links()), how.pop("confirmed", ())
    facts = tuple(each for each in held if not hasattr(each, "acts"))
    file = PersonFile(KEY, tuple(each for each in held if hasattr(each, "acts")), facts, links)
    person = KnownPerson(file, **how)
    return decide_about_person(person, PersonQuestion(point, asked.facts, capacity), policy(), moment(as_of), confirmed)


def test_a_listed_person_in_its_own_name_is_shown_what_would_block_as_a_review():
    decision = decide(named())
    (measure,) = decision.measures
    assert (measure.effect, measure.ground.trigger) == (Effect.REVIEW, Trigger.LISTING)
    assert (measure.ground.party_uscc, measure.ground.relation) == (USCC, RelationKind.LISTED_WITH)
    assert decision.verdict is Verdict.CONDITIONAL
    (condition,) = decision.conditions
    assert (condition.kind, condition.record_ids) == (PersonConditionKind.OFFICER_CONFIRMS, ("L-1",))
    assert decision.to_confirm == (mark_of(measure),)


def test_confirmed_it_blocks():
    listing = named()
    decision = decide(listing, confirmed=decide(listing).to_confirm)
    assert decision.verdict is Verdict.RESTRICTED
    assert [measure.effect for measure in decision.measures] == [Effect.BLOCK]
    assert decision.conditions == ()


def test_a_listing_that_is_restored_by_another_decision_must_be_confirmed_anew():
    first = decide(named())
    restored = named(
        act(ListingActKind.REPAIR, "2025-12-01"),
        act(ListingActKind.RESTORE, "2026-01-10"),
        act(ListingActKind.DELIVERY, "2026-01-12"),
    )
    again = decide(restored, confirmed=first.to_confirm)
    assert again.verdict is Verdict.CONDITIONAL
    assert again.to_confirm != first.to_confirm


@pytest.mark.parametrize(
    ("when", "weighs"),
    [
        (at("2025-03-11") - INSTANT, False),
        (at("2025-03-11"), True),
        (at("2028-03-01") - INSTANT, True),
        (at("2028-03-01"), False),
    ],
)
def test_a_listing_weighs_on_the_person_from_delivery_to_the_end_of_its_term(when, weighs):
    assert bool(decide(named(), when=when).measures) is weighs


def test_a_delivery_to_somebody_else_named_is_not_the_persons_own():
    party = replace(
        listed("2025-03-01", None, act(ListingActKind.DELIVERY, "2025-03-10", party="somebody else")),
        person_keys=frozenset({KEY}),
    )
    assert decide(party).match is PersonMatch.NONE
    own = replace(party, acts=(*party.acts, act(ListingActKind.DELIVERY, "2025-06-01", party=KEY)))
    assert decide(own).measures
    assert not decide(own, when=at("2025-06-02") - DAY).measures


@pytest.mark.parametrize("end", [ListingActKind.REPAIR, ListingActKind.REVOCATION, ListingActKind.STAY])
def test_what_ends_or_stays_the_listing_ends_it_for_the_person(end):
    decision = decide(named(act(end, "2025-12-01")))
    assert (decision.verdict, decision.match, decision.measures) == (Verdict.CLEAR, PersonMatch.NONE, ())


def test_an_objection_leaves_the_effect_and_is_shown():
    (measure,) = decide(named(act(ListingActKind.DISPUTE_OPENED, "2025-12-01"))).measures
    assert measure.ground.disputed


def test_a_disputed_identity_is_at_most_a_review_and_cannot_be_confirmed():
    listing = named()
    sure = decide(listing).to_confirm
    disputed = decide(listing, links=dispute(), confirmed=sure)
    assert [measure.effect for measure in disputed.measures] == [Effect.REVIEW]
    assert [each.kind for each in disputed.conditions] == [PersonConditionKind.CONFIRM_IDENTITY]
    assert disputed.to_confirm == ()
    before = decide(listing, when=at("2026-02-01") - INSTANT, links=dispute(), confirmed=sure)
    assert before.verdict is Verdict.RESTRICTED
    assert before.valid_until == at("2026-02-01")
    genuine = decide(listing, links=dispute(DisputeOutcome.GENUINE_LINK, "2026-02-20"), confirmed=sure)
    assert genuine.verdict is Verdict.RESTRICTED


def test_a_link_that_was_found_false_never_was():
    false = dispute(DisputeOutcome.FALSE_LINK, "2026-06-01", "2026-05-01")
    assert decide(named(), links=false).match is PersonMatch.NONE


@pytest.mark.parametrize(
    ("record", "when", "weighs"),
    [
        (exam(), at("2026-01-31") - INSTANT, False),
        (exam(), at("2026-01-31"), True),
        (exam(), at("2031-01-31") - INSTANT, True),
        (exam(), at("2031-01-31"), False),
        (exam(RecordDuration.LONG_TERM), at("2099-01-01"), True),
        (severe(), at("2026-01-31"), True),
        (severe(), at("2026-05-01") - INSTANT, True),
        (severe(), at("2026-05-01"), False),
    ],
)
def test_a_persons_own_record_weighs_for_its_time(record, when, weighs):
    assert bool(decide(record, when=when, point=NOMINATION).measures) is weighs


@pytest.mark.parametrize("point", DecisionPoint)
def test_own_records_weigh_where_the_law_refers_to_them_and_nowhere_else(point):
    area = point.area.name
    decision = decide(exam(), severe(), point=point)
    effects = {measure.ground.trigger: measure.effect for measure in decision.measures}
    expected = {
        "AWARDS": {Trigger.EXAM_RECORD: Effect.REVIEW, Trigger.INSURANCE_SEVERE_LISTING: Effect.NOTICE},
        "QUALIFICATION": {Trigger.EXAM_RECORD: Effect.REVIEW},
    }.get(area, {})
    assert effects == expected
    assert decision.match is (PersonMatch.EXACT if expected else PersonMatch.NONE)
    assert not decide(exam(), severe(), point=point, capacity=FOR_ENTERPRISE).measures
    kinds = {"listing_act", "identity_dispute"} | {measure.row.trigger.name.lower() for measure in decision.measures}
    assert kinds_weighing(policy(), point) == kinds


def test_the_end_of_a_record_that_weighs_nowhere_here_bounds_no_answer():
    soon = at("2031-01-31") - INSTANT
    assert decide(exam(), when=soon, point=NOMINATION).valid_until == at("2031-01-31")
    assert decide(exam(), when=soon).valid_until == decide(when=soon).valid_until > at("2031-01-31")


def test_a_recruitment_record_weighs_in_no_area():
    record = RecruitmentRecord(
        record_id="R",
        **STAMP,
        person=KEY,
        recruiting_unit="示例",
        article=RecruitmentArticle.ARTICLE_8,
        duration=RecordDuration.LONG_TERM,
        decided_on=day("2026-01-01"),
    )
    assert all(decide(record, point=point).match is PersonMatch.NONE for point in DecisionPoint)


def test_a_block_without_its_authority_is_a_doubt_and_no_restriction():
    whole = named()
    acts = tuple(replace(each, authority="") for each in whole.acts)
    decision = decide(replace(whole, acts=acts))
    assert decision.verdict is Verdict.UNVERIFIABLE
    assert decision.doubts == ("INCOMPLETE_RECORD: L-1: authority",)

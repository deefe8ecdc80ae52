"""A person is asked about by type and number over mutual TLS: what comes back, and what is recorded of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from e2e.asking_persons import (
    AWARDS,
    EXAMS,
    FOR_ENTERPRISE,
    PERSON,
    ask,
    asking,
    confirmed,
    list_person,
    listed_person,
    nominated,
    ref,
    submit,
)
from e2e.served import BIDDING, HRSS, today
from jointsanctions.v1 import common_pb2, credit_pb2, ending_pb2, listing_pb2, registry_pb2
from kind_records import SAMPLES, record_of
from plain_numbers import resident

from gateway.sample.records import act
from gateway.security.persons import KeyedPersonVault

pytestmark = pytest.mark.xdist_group("served")

CONFIRMS = credit_pb2.PERSON_CONDITION_KIND_OFFICER_CONFIRMS
IDENTITY = credit_pb2.PERSON_CONDITION_KIND_CONFIRM_IDENTITY


@pytest.fixture(scope="module")
def listed(served):
    return listed_person(served, 71_001)


def test_a_listed_person_is_conditional_until_an_officer_confirms_and_restricted_then(served, listed):
    person, party, revision = listed
    request = asking(person)
    first = ask(served, request, revision=revision)

    assert first.decision.verdict == common_pb2.VERDICT_CONDITIONAL
    assert first.decision.match_quality == credit_pb2.PERSON_MATCH_EXACT
    (measure,) = first.decision.measures
    assert (measure.effect, measure.trigger) == (common_pb2.EFFECT_REVIEW, common_pb2.TRIGGER_LISTING)
    assert (measure.relation, measure.party_uscc) == ("LISTED_WITH", party.uscc)
    assert measure.legal_basis
    (condition,) = first.decision.conditions
    assert (condition.kind, list(condition.record_ids)) == (CONFIRMS, [measure.record_id])
    assert condition.instruction.zh
    assert condition.instruction.en

    second = ask(served, confirmed(request, first))
    assert second.decision.verdict == common_pb2.VERDICT_RESTRICTED
    (measure,) = second.decision.measures
    assert measure.effect == common_pb2.EFFECT_BLOCK
    assert not second.decision.conditions
    assert ask(served, request).decision.verdict == common_pb2.VERDICT_CONDITIONAL, "a confirmation is for one answer"


def test_the_record_holds_the_keyed_hash_and_the_confirmation_and_nothing_of_the_document(served, listed):
    person, _, revision = listed
    request = asking(person)
    request.question.at_least_as_fresh = revision
    first, body = served.recorded_by(PERSON, request.SerializeToString())
    answer = credit_pb2.CheckPersonResponse.FromString(first.answer)

    vault = KeyedPersonVault(served.config.settings.person_key)
    assert body["person"] == vault.key(person.document_type, person.document_number)
    assert body["document"] == "RESIDENT_ID"
    assert "sha256" not in body["request"], "the request's hash is keyed: a number could be tried against it"
    assert len(body["to_confirm"]) == 1
    assert body["conditions"] == ["OFFICER_CONFIRMS"]
    assert person.document_number not in str(body)
    assert person.name not in str(body)
    assert person.document_number.encode() not in first.answer
    assert person.name.encode() not in first.answer

    _, body = served.recorded_by(PERSON, confirmed(request, answer).SerializeToString())
    position = answer.audit_position
    assert body["confirmation"]["officer"] == "officer-8"
    assert (body["confirmation"]["writer"], body["confirmation"]["number"]) == (position.writer, position.number)
    assert body["verdict"] == common_pb2.VERDICT_RESTRICTED


def test_a_person_acting_for_an_enterprise_is_reviewed_and_nothing_is_to_be_confirmed(served, listed):
    person, _, revision = listed
    answer = ask(served, asking(person, FOR_ENTERPRISE), revision=revision)
    (measure,) = answer.decision.measures
    assert (measure.trigger, measure.effect) == (common_pb2.TRIGGER_LISTED_PERSON, common_pb2.EFFECT_REVIEW)
    assert answer.decision.verdict == common_pb2.VERDICT_CONDITIONAL
    assert not answer.decision.conditions


def test_the_number_with_another_name_is_probable_and_no_confirmation_restricts(served, listed):
    person, _, revision = listed
    request = asking(ref(person.document_number, "样例丙"))
    answer = ask(served, request, revision=revision)

    assert answer.decision.match_quality == credit_pb2.PERSON_MATCH_PROBABLE
    assert answer.decision.verdict == common_pb2.VERDICT_CONDITIONAL
    assert [condition.kind for condition in answer.decision.conditions] == [IDENTITY]
    assert served.send(PERSON, confirmed(request, answer)).field == "confirmation.position"


@pytest.mark.parametrize("name", ["", "示例乙", " 示例乙 "])
def test_the_name_is_compared_where_it_is_sent_and_in_any_spelling(served, listed, name):
    person, _, revision = listed
    answer = ask(served, asking(ref(person.document_number, name)), revision=revision)
    assert answer.decision.match_quality == credit_pb2.PERSON_MATCH_EXACT


def test_invariant_8_a_namesake_with_another_number_and_the_number_as_another_document_are_nobody(served, listed):
    person, _, revision = listed
    namesake = ref(resident(71_004), person.name)
    other_type = ref(person.document_number, person.name, "OTHER")
    for who in (namesake, other_type):
        answer = ask(served, asking(who), revision=revision)
        assert answer.decision.verdict == common_pb2.VERDICT_CLEAR
        assert answer.decision.match_quality == credit_pb2.PERSON_MATCH_NONE
        assert not answer.decision.measures


def test_an_ended_and_a_void_listing_leave_no_trace(served):
    for kind in (listing_pb2.LISTING_ACT_KIND_REVOCATION, listing_pb2.LISTING_ACT_KIND_REPAIR):
        person = ref(resident(71_010 + kind))
        _, revision = list_person(
            served, person, lambda party, kind=kind: act(party, f"L-{party.uscc}", kind, today() - timedelta(days=3))
        )
        answer = ask(served, asking(person), revision=revision)
        assert answer.decision.verdict == common_pb2.VERDICT_CLEAR
        assert answer.decision.match_quality == credit_pb2.PERSON_MATCH_NONE
        assert not answer.decision.measures


def test_an_exam_record_weighs_on_the_candidate_for_an_award_and_is_not_told_to_a_tenderer(served):
    person = ref(resident(71_005), "示例戊")
    record = record_of(
        SAMPLES["exam_record"],
        {"name": person.name, "document_type": person.document_type, "document_number": person.document_number},
    )
    record.uscc = record.name = ""
    revision = submit(served, EXAMS, "exam_records", [record])

    answer = ask(served, nominated(person), AWARDS, revision)
    (measure,) = answer.decision.measures
    assert (measure.trigger, measure.effect) == (common_pb2.TRIGGER_EXAM_RECORD, common_pb2.EFFECT_REVIEW)
    assert [basis.document for basis in measure.legal_basis] == ["O31"]
    assert not answer.decision.conditions

    for request in (asking(person), asking(person, FOR_ENTERPRISE)):
        told = ask(served, request, BIDDING, revision)
        assert told.decision.match_quality == credit_pb2.PERSON_MATCH_NONE
        assert "EXAM" not in str(told.decision)


def test_a_revision_that_is_not_reached_makes_it_unverifiable(served, listed):
    person, _, _ = listed
    request = asking(person)
    first = ask(served, request)
    answer = ask(served, request, revision=2**40)
    assert answer.decision.verdict == common_pb2.VERDICT_UNVERIFIABLE
    assert answer.decision.unverifiable_because
    again = confirmed(request, first)
    proven = ask(served, again, revision=2**40)
    assert proven.decision.verdict == common_pb2.VERDICT_RESTRICTED, "what is confirmed stays"


def test_the_end_of_the_listing_reaches_whoever_was_told_of_it(served):
    person = ref(resident(71_008))
    party, revision = list_person(served, person)
    assert ask(served, asking(person), revision=revision).decision.measures
    ended = act(party, f"L-{party.uscc}", listing_pb2.LISTING_ACT_KIND_REVOCATION, today())
    revision = submit(served, HRSS, "wage_list", [ended])
    page = served.callers.as_caller(BIDDING).list_endings(ending_pb2.ListEndingsRequest(officer="o", page_size=100))
    assert party.uscc in str(page)


def test_a_feed_is_waited_for_only_where_it_can_weigh_on_a_person(start_gateway):
    gateway = start_gateway(filled=False)

    def confirm(*feeds):
        for feed in feeds:
            request = registry_pb2.ConfirmCurrentRequest(request_id=uuid4().hex, feed=feed, officer="o")
            request.current_until.GetCurrentTime()
            revision = (
                gateway.callers.as_caller(gateway.callers.file.feeds[feed]).confirm_current(request).data_revision
            )
        return revision

    somebody, clear, unverifiable = (
        ref(resident(71_020)),
        common_pb2.VERDICT_CLEAR,
        common_pb2.VERDICT_UNVERIFIABLE,
    )
    assert ask(gateway, asking(somebody)).decision.verdict == unverifiable
    revision = confirm("wage_list", "market_regulation", "labour_inspection")
    assert ask(gateway, asking(somebody), revision=revision).decision.verdict == clear
    candidate = ask(gateway, nominated(somebody), AWARDS)
    assert candidate.decision.verdict == unverifiable
    doubted = {reason.split()[-1] for reason in candidate.decision.unverifiable_because}
    assert doubted == {"exam_records", "social_insurance"}
    revision = confirm("exam_records", "social_insurance")
    assert ask(gateway, nominated(somebody), AWARDS, revision).decision.verdict == clear

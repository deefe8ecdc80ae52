"""An officer's confirmation over the wire: of which answer it may be, and what it does (I-53)."""

from __future__ import annotations

import grpc
import pytest
from e2e.asking_persons import (
    AWARDS,
    FOR_ENTERPRISE,
    PERSON,
    ask,
    asking,
    confirmed,
    list_person,
    listed_person,
    nominated,
    ref,
)
from e2e.served import BIDDING, HRSS
from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import common_pb2, credit_pb2
from plain_numbers import resident

pytestmark = pytest.mark.xdist_group("served")


@pytest.fixture(scope="module")
def listed(served):
    return listed_person(served, 72_001)


def other_person(_served, request):
    request.person.document_number = resident(71_002)


def other_case(_served, request):
    request.question.case_ref = "JSGC-2026-18"


def other_capacity(_served, request):
    request.capacity = FOR_ENTERPRISE


def other_facts(_served, request):
    request.question.case_facts.bidding.lot = "2"


def other_point(_served, request):
    request.question.decision_point = common_pb2.DECISION_POINT_BIDDING_EVALUATION


def other_number(_served, request):
    request.confirmation.position.number += 10_000_000


def other_leaf(_served, request):
    request.confirmation.position.leaf_hash = bytes(32)


def other_queue(_served, request):
    request.confirmation.position.writer = "gw9-9"


def answer_about_an_enterprise(served, request):
    question_about = credit_pb2.CheckEligibilityRequest(question=request.question)
    question_about.enterprise.uscc = served.city.example("listed").uscc
    answer = served.callers.as_caller(BIDDING).check(question_about)
    request.confirmation.position.CopyFrom(answer.audit_position)


@pytest.mark.parametrize(
    "change",
    [
        other_person,
        other_case,
        other_capacity,
        other_facts,
        other_point,
        other_number,
        other_leaf,
        other_queue,
        answer_about_an_enterprise,
    ],
)
def test_a_confirmation_of_another_answer_is_refused(served, listed, change):
    person, _, revision = listed
    request = asking(person)
    again = confirmed(request, ask(served, request, revision=revision))
    change(served, again)
    outcome, body = served.recorded_by(PERSON, again.SerializeToString())

    assert (outcome.code, outcome.field) == (grpc.StatusCode.INVALID_ARGUMENT, "confirmation.position")
    assert (body["outcome"], body["confirmation"]["officer"]) == ("MALFORMED_REQUEST", "officer-8")


def test_a_confirmation_of_another_agencys_answer_is_refused(served, listed):
    person, _, revision = listed
    request = nominated(person)
    first = ask(served, request, AWARDS, revision)
    assert first.decision.verdict == common_pb2.VERDICT_CONDITIONAL
    assert served.send(PERSON, confirmed(request, first), HRSS).field == "confirmation.position"


@pytest.mark.parametrize("seconds", [-5, 3600])
def test_a_confirmation_from_before_the_answer_or_from_ahead_is_refused(served, listed, seconds):
    person, _, revision = listed
    request = asking(person)
    first = ask(served, request, revision=revision)
    at = Timestamp(seconds=first.audit_position.recorded_at.seconds + seconds)
    assert served.send(PERSON, confirmed(request, first, at)).field == "confirmation.confirmed_at"


def test_what_came_to_weigh_after_the_answer_is_not_confirmed_by_it(served):
    person = ref(resident(71_003))
    _, revision = list_person(served, person)
    request = asking(person)
    first = ask(served, request, revision=revision)
    _, revision = list_person(served, person)
    again = confirmed(request, first)
    second = ask(served, again, revision=revision)

    effects = [measure.effect for measure in second.decision.measures]
    assert effects == [common_pb2.EFFECT_BLOCK, common_pb2.EFFECT_REVIEW]
    (condition,) = second.decision.conditions
    assert list(condition.record_ids) == [second.decision.measures[1].record_id]


def test_a_position_that_no_queue_can_have_is_malformed(served, listed):
    person, _, _ = listed
    request = asking(person)
    again = confirmed(request, ask(served, request), number=2**64 - 1)
    assert served.send(PERSON, again).field == "confirmation.position.number"
    again = confirmed(request, ask(served, request), leaf_hash=b"short")
    assert served.send(PERSON, again).field == "confirmation.position.leaf_hash"


def test_a_confirmation_is_for_the_present_only(served, listed):
    person, _, _ = listed
    request = asking(person)
    again = confirmed(request, ask(served, request))
    again.question.preview = True
    again.question.as_of.CopyFrom(Timestamp(seconds=again.confirmation.confirmed_at.seconds + 86_400))
    assert served.send(PERSON, again).field == "confirmation"


def test_a_preview_asks_for_no_confirmation_that_would_be_accepted(served, listed):
    person, _, revision = listed
    request = asking(person)
    now = ask(served, request, revision=revision).audit_position.recorded_at.seconds
    ahead = asking(person, preview=True, as_of=Timestamp(seconds=now + 86_400))
    preview = ask(served, ahead)
    assert preview.decision.verdict == common_pb2.VERDICT_CONDITIONAL
    assert served.send(PERSON, confirmed(request, preview)).field == "confirmation.position"

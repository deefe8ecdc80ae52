"""Many applicants in one batch: each stands or falls alone, and nobody by somebody else's answer."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

import grpc
import pytest
from jointsanctions.v1 import credit_pb2
from test_adapters_peer import (  # noqa: F401
    BLOCK,
    CASE,
    CONDITIONAL,
    RESTRICTED,
    REVIEW,
    Refusal,
    alone,
    at_the_wire,
    client,
    code,
    engine,
    facts,
    journal,
    peer,
    together,
)

from adapters.bidding import EVALUATION, REGISTRATION
from adapters.clearance import Clearance, ConditionalClearance
from adapters.errors import NoAnswerError, QuestionRefusedError, RestrictedError
from adapters.questions import Applicant, Party


def test_many_are_asked_in_one_batch_and_each_stands_alone(engine, peer, journal):
    peer.says(code(2), RESTRICTED, BLOCK)
    peer.says(code(3), CONDITIONAL, REVIEW)
    applicants = [alone(1), alone(2), together(3, 4), Applicant(Party("123"), facts=facts())]

    checked = engine.check_all(CASE, EVALUATION, applicants)

    kinds = [type(result) for result in checked.results]
    assert kinds == [Clearance, RestrictedError, ConditionalClearance, QuestionRefusedError]
    assert checked.calls == len(peer.requests) == 1
    assert len({result.position.line_hash for result in (checked.results[0], checked.results[2])}) == 2
    (request,) = peer.requests
    assert request.question.case_facts.bidding.form == credit_pb2.PARTICIPATION_FORM_SINGLE
    assert request.items[2].case_facts.bidding.form == credit_pb2.PARTICIPATION_FORM_CONSORTIUM
    assert not request.items[1].HasField("case_facts")


def test_more_than_a_thousand_are_split_and_that_is_said(engine, peer):
    checked = engine.check_all(CASE, REGISTRATION, [alone(number) for number in range(1001)])

    assert [type(result) for result in checked.results] == [Clearance] * 1001
    assert [result.question.lead for result in checked.results] == [code(number) for number in range(1001)]
    assert checked.calls == len(peer.requests) == 2


def test_nobody_is_asked_about_in_no_call(engine, peer):
    assert engine.check_all(CASE, EVALUATION, []).results == ()
    assert peer.requests == []


def test_an_item_that_the_gateway_refuses_stops_itself_only(engine, peer):
    peer.refusals = [
        Refusal(grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST", {"field": "items[1].enterprise.uscc"}),
        Refusal(grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST", {"field": "items[1].enterprise.name"}),
    ]

    checked = engine.check_all(CASE, EVALUATION, [alone(number) for number in range(4)])

    assert [type(result) for result in checked.results] == [
        Clearance,
        QuestionRefusedError,
        QuestionRefusedError,
        Clearance,
    ]
    assert [checked.results[i].question.lead for i in (0, 3)] == [code(0), code(3)]
    assert checked.calls == 1


def test_a_gateway_that_refuses_item_after_item_is_not_asked_for_ever(engine, peer):
    refusal = Refusal(grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST", {"field": "items[0].enterprise.uscc"})
    peer.refusals = [refusal] * 99

    checked = engine.check_all(CASE, EVALUATION, [alone(number) for number in range(40)])

    assert {type(result) for result in checked.results} == {QuestionRefusedError}
    assert len(peer.requests) == 17


def test_a_batch_without_an_answer_is_no_call_that_carried_one(engine, peer):
    peer.refusals = [Refusal(grpc.StatusCode.INTERNAL, "UNEXPECTED")]

    assert engine.check_all(CASE, EVALUATION, [alone(1), alone(2)]).calls == 0


@pytest.mark.parametrize(
    "twist",
    [
        lambda items: items[::-1],
        lambda items: items[:1],
        lambda items: [items[0], items[0]],
        lambda items: [*items, credit_pb2.BatchItemDecision(item_id="2")],
        lambda _: [],
    ],
)
def test_a_batch_answered_otherwise_than_asked_clears_nobody(engine, peer, twist):
    def answered_otherwise(response):
        items = twist(list(response.items))
        del response.items[:]
        response.items.extend(items)
        return response

    peer.twist = answered_otherwise

    checked = engine.check_all(CASE, EVALUATION, [alone(1), alone(2)])

    assert [type(result) for result in checked.results] == [NoAnswerError, NoAnswerError]


def test_an_item_that_is_about_somebody_else_clears_nobody(engine, peer):
    def swapped(response):
        response.items[0].decision.enterprise.uscc, response.items[1].decision.enterprise.uscc = code(2), code(1)
        return response

    peer.twist = swapped

    assert {result.reason for result in engine.check_all(CASE, EVALUATION, [alone(1), alone(2)]).results} == {
        "OTHER_PARTY"
    }

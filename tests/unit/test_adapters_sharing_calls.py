"""Several callers in one call of the engine: what stops one is that one's, and what is recorded is each one's own."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

import grpc
from test_adapters_peer import (  # noqa: F401
    BLOCK,
    CASE,
    RESTRICTED,
    Refusal,
    alone,
    at_the_wire,
    client,
    code,
    engine,
    journal,
    peer,
)

from adapters.asking import Step
from adapters.bidding import EVALUATION
from adapters.clearance import Clearance
from adapters.entries import OutcomeKind
from adapters.errors import GateClosedError, QuestionRefusedError, RestrictedError

MALFORMED = {"field": "items[1].enterprise.uscc"}


def asked_together(engine, *groups):
    return engine._check(Step(engine.rules.area, EVALUATION, CASE), groups)


def test_callers_who_ask_together_share_a_call_and_each_has_its_own(engine, peer, journal):
    peer.says(code(2), RESTRICTED, BLOCK)

    first, second = asked_together(engine, [alone(1)], [alone(2), alone(3)])

    assert len(peer.requests) == 1
    assert [type(each) for each in (*first.results, *second.results)] == [Clearance, RestrictedError, Clearance]
    assert [each.number for each in (*first.results, *second.results)] == [1, 2, 3]
    assert [(owed.question, owed.kind) for owed in journal.outcomes_owed()] == [(2, OutcomeKind.RESTRICTED)]


def test_an_enterprise_that_two_callers_ask_about_stands_in_one_bid_and_is_two_questions(engine, peer):
    first, second = asked_together(engine, [alone(1)], [alone(1)])
    (twice,) = asked_together(engine, [alone(1), alone(1)])

    assert [first.results[0].number, second.results[0].number] == [1, 2]
    assert [type(each) for each in twice.results] == [GateClosedError, GateClosedError]


def test_who_is_refused_in_company_is_to_be_asked_about_alone_and_nobody_else(engine, peer):
    peer.refusals = [Refusal(grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST", MALFORMED)]

    found = asked_together(engine, [alone(1)], [alone(2)], [alone(3)])

    assert [checked is None for checked in found] == [False, True, False]
    assert {type(each.results[0]) for each in found if each is not None} == {Clearance}


def test_who_asks_alone_hears_the_refusal(engine, peer):
    peer.refusals = [Refusal(grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST", {"field": "enterprise.uscc"})]

    (checked,) = asked_together(engine, [alone(2)])

    assert isinstance(checked.results[0], QuestionRefusedError)
    assert checked.results[0].field == "enterprise.uscc"

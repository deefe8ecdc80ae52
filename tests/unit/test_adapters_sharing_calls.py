"""Several callers in one call of the engine: what stops one is that one's, and what is recorded is each one's own."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event, Semaphore

import grpc
import pytest
from jointsanctions.v1 import common_pb2
from test_adapters_journal import ANSWER, NOW, QUESTION
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

from adapters import asking
from adapters.acts import Act
from adapters.asking import Step
from adapters.bidding import EVALUATION, REGISTRATION
from adapters.clearance import Clearance
from adapters.entries import OutcomeKind
from adapters.errors import GateClosedError, GatewayError, NoAnswerError, QuestionRefusedError, RestrictedError
from adapters.questions import Case

MALFORMED = {"field": "items[1].enterprise.uscc"}


OTHER = Case("T-2026-18", "Wang", "2", "lot 2")


def asked_together(engine, *groups, cases=()):
    steps = [Step(engine.rules.area, EVALUATION, case) for case in cases] or [
        Step(engine.rules.area, EVALUATION, CASE) for _ in groups
    ]
    return engine.carry(list(zip(steps, groups, strict=True)))


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


def test_callers_of_different_cases_share_a_call_in_which_each_names_its_own(engine, peer, journal):
    peer.says(code(2), RESTRICTED, BLOCK)

    first, second = asked_together(engine, [alone(1)], [alone(2), alone(3)], cases=(CASE, OTHER))

    (request,) = peer.requests
    assert (request.question.case_ref, request.question.officer, request.question.purpose) == ("", "", "")
    own = [(item.case_ref, item.officer, item.purpose) for item in request.items]
    assert own == [(CASE.case_ref, CASE.officer, ""), *[("T-2026-18", "Wang", "lot 2")] * 2]
    assert [type(each) for each in (*first.results, *second.results)] == [Clearance, RestrictedError, Clearance]
    cleared = second.results[1]
    assert (cleared.question.case_ref, cleared.question.part, cleared.question.officer) == ("T-2026-18", "2", "Wang")
    assert [each.lead for each in journal.open_questions(EVALUATION)] == [code(2)]
    assert [(each.case_ref, each.part) for each in journal.open_questions(EVALUATION)] == [("T-2026-18", "2")]
    assert [owed.officer for owed in journal.outcomes_owed()] == ["Wang"]


def test_what_all_have_in_common_is_said_once(engine, peer):
    asked_together(engine, [alone(1)], [alone(2)], cases=(CASE, Case("T-2026-18", CASE.officer)))
    asked_together(engine, [alone(1)], [alone(2)], cases=(CASE, Case(CASE.case_ref, "Wang")))

    cases, officers = peer.requests
    assert (cases.question.case_ref, cases.question.officer) == ("", CASE.officer)
    assert [(item.case_ref, item.officer) for item in cases.items] == [(CASE.case_ref, ""), ("T-2026-18", "")]
    assert (officers.question.case_ref, officers.question.officer) == (CASE.case_ref, "")
    assert [(item.case_ref, item.officer) for item in officers.items] == [("", CASE.officer), ("", "Wang")]


def test_who_states_no_facts_is_not_asked_about_with_the_facts_of_another(engine, peer):
    stated, silent = alone(1), replace(alone(2), facts=None)
    steps = [Step(engine.rules.area, REGISTRATION, case) for case in (CASE, OTHER)]
    engine.carry([(steps[0], [stated]), (steps[1], [silent])])
    engine.carry([(steps[1], [silent]), (steps[0], [stated])])

    for request in peer.requests:
        assert not request.question.HasField("case_facts")
        facts = {item.enterprise.uscc: item.case_facts for item in request.items if item.HasField("case_facts")}
        assert facts == {code(1): stated.facts}


def test_a_case_that_cannot_be_asked_about_stops_its_own_caller_only(engine, peer):
    broken = Case(" ", "Li")

    first, second, third = asked_together(engine, [alone(1)], [alone(2)], [alone(3)], cases=(CASE, broken, OTHER))

    assert (type(first.results[0]), second, type(third.results[0])) == (Clearance, second, Clearance)
    assert isinstance(second.results[0], QuestionRefusedError)
    assert second.results[0].field == "question.case_ref"
    assert [item.case_ref for item in peer.requests[0].items] == [CASE.case_ref, OTHER.case_ref]


def test_a_clearance_of_one_case_opens_no_gate_of_another_that_went_with_it(engine):
    (clearance,), _ = (each.results for each in asked_together(engine, [alone(1)], [alone(2)], cases=(CASE, OTHER)))

    engine.accept(clearance, Act(CASE, EVALUATION, alone(1)))
    with pytest.raises(GateClosedError) as closed:
        engine.accept(clearance, Act(OTHER, EVALUATION, alone(1)))
    assert closed.value.reason == "OTHER_CASE"


def test_where_officers_are_asserted_only_questions_of_one_officer_go_together(engine):
    steps = [
        Step(engine.rules.area, EVALUATION, Case(f"T-{number}", "Li" if number else "Wang")) for number in range(3)
    ]
    ways = {step.case.case_ref: engine._asker.way(step) for step in steps}
    assert len(set(ways.values())) == 1

    engine._asker._client = Asserting()
    ways = {step.case.case_ref: engine._asker.way(step) for step in steps}
    assert ways["T-0"] != ways["T-1"] == ways["T-2"]


class Asserting:
    asserts_officers = True


def test_answers_of_one_call_settle_what_they_were_asked_for_and_nothing_that_stands_between_them(journal):
    (waiting,) = journal.record_questions([QUESTION._replace(again=b"kept")])
    first, between, last = journal.record_questions([QUESTION, QUESTION._replace(instead_of=waiting), QUESTION])

    journal.record_answers({first: ANSWER, last: ANSWER}, NOW)
    assert (journal.pending.results(), journal.pending.waiting()) == ((), 1)

    journal.record_answers({between: ANSWER}, NOW)
    assert [(each.check.number, each.remade) for each in journal.pending.results()] == [(waiting, between)]
    assert journal.pending.waiting() == 0


class Slow:
    """Two calls of one point do not overlap; one that is never answered keeps nobody for longer than a second."""

    def __init__(self, *, asserts_officers=False):
        self.asserts_officers = asserts_officers
        self.entered, self.go, self.under_way, self.most = Semaphore(0), Event(), 0, 0

    def check(self, _request):
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        self.entered.release()
        self.go.wait(30)
        self.under_way -= 1
        raise GatewayError(grpc.StatusCode.DEADLINE_EXCEEDED, "NO_ANSWER", {}, "slow")


@pytest.mark.parametrize(("seconds", "asserted"), [(30.0, False), (0.01, False), (30.0, True)])
def test_calls_of_one_point_wait_for_each_other_but_not_long_and_not_for_other_officers(
    journal, monkeypatch, seconds, asserted
):
    monkeypatch.setattr(asking, "TURN_SECONDS", seconds)
    slow, both = Slow(asserts_officers=asserted), asserted or seconds < 1
    asker = asking.Asker(slow, journal, lambda: NOW)
    step = Step(common_pb2.AREA_BIDDING, EVALUATION, CASE)
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(asker.ask, [(step, alone(number))]) for number in (1, 2)]
        assert slow.entered.acquire(timeout=30)
        if both:
            assert slow.entered.acquire(timeout=30), "the second goes although the first hangs"
        slow.go.set()
        assert [type(each.result(30).results[0]) for each in asked] == [NoAnswerError] * 2
    assert slow.most == (2 if both else 1)

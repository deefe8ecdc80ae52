"""From a question to a clearance or to nothing, over the real wire."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import grpc
import pytest
from test_adapters_peer import (  # noqa: F401
    BLOCK,
    CASE,
    CLEAR,
    CONDITIONAL,
    NOW,
    RESTRICTED,
    REVIEW,
    RULES,
    UNVERIFIABLE,
    Clock,
    Refusal,
    act,
    alone,
    at_the_wire,
    client,
    code,
    engine,
    journal,
    peer,
    reviewed,
    settings,
    together,
)

from adapters.bidding import AWARD, EVALUATION, QUALIFICATION_REVIEW, REGISTRATION
from adapters.clearance import Clearance, ConditionalClearance
from adapters.client import GatewayClient
from adapters.enforcement import Enforcement
from adapters.entries import OutcomeKind
from adapters.errors import (
    ClearanceExpiredError,
    ConditionNotMetError,
    GateClosedError,
    JournalUnavailableError,
    MembersChangedError,
    NoAnswerError,
    QuestionRefusedError,
    RestrictedError,
    UnverifiableError,
)
from adapters.questions import Case


def test_a_clear_answer_is_a_clearance(engine, peer, journal):
    clearance = engine.require_clearance(act())

    assert type(clearance) is Clearance
    assert (clearance.case_ref, clearance.decision_point, clearance.parties) == ("T-2026-17", EVALUATION, {code(1)})
    assert (clearance.verdict, clearance.valid_until) == (CLEAR, NOW + timedelta(hours=2))
    assert len(clearance.answer_digest) == len(clearance.position.leaf_hash) == 32
    held = journal.answer_to(clearance.number)
    assert held.shows(clearance.question, clearance.answer)
    engine.accept(clearance, act())


def test_a_restricted_answer_raises_with_its_ground_and_is_owed_as_an_outcome(engine, peer, journal):
    peer.says(code(1), RESTRICTED, BLOCK)

    with pytest.raises(RestrictedError, match="十人社监〔2026〕3号") as caught:
        engine.require_clearance(act())

    assert caught.value.answer.measures == (BLOCK,)
    assert [owed.kind for owed in journal.outcomes_owed()] == [OutcomeKind.RESTRICTED]


def test_an_unverifiable_answer_raises_with_its_reason(engine, peer):
    peer.says(code(1), UNVERIFIABLE, unverifiable_because=["STALE_SOURCE: market-regulation"])

    with pytest.raises(UnverifiableError, match="STALE_SOURCE: market-regulation"):
        engine.require_clearance(act())


@pytest.mark.parametrize(
    ("status", "reason", "error"),
    [
        (grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST", QuestionRefusedError),
        (grpc.StatusCode.PERMISSION_DENIED, "AREA_NOT_IN_MANDATE", QuestionRefusedError),
        (grpc.StatusCode.UNAUTHENTICATED, "CERTIFICATE_REJECTED", QuestionRefusedError),
        (grpc.StatusCode.INTERNAL, "UNEXPECTED", NoAnswerError),
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "QUOTA_EXCEEDED", NoAnswerError),
    ],
)
def test_an_error_is_refusal_or_silence(engine, peer, journal, status, reason, error):
    peer.refusals = [Refusal(status, reason, {"field": "question.area"})]

    with pytest.raises(error) as caught:
        engine.require_clearance(act())

    assert caught.value.reason == reason
    assert getattr(caught.value, "field", "question.area") == "question.area"
    assert journal._read("SELECT reason FROM failure", ())[0]["reason"] == reason


def test_a_refusal_in_nobodys_name_is_silence(engine, peer):
    peer.refusals = [Refusal(grpc.StatusCode.PERMISSION_DENIED, "x", details=[])]

    with pytest.raises(NoAnswerError):
        engine.require_clearance(act())


@pytest.mark.parametrize("how", ["nobody there", "too slow"])
def test_no_answer_is_no_clearance(settings, journal, how):
    changed = {"target": "127.0.0.1:1"} if how == "nobody there" else {"deadline_seconds": 0.000_001}
    with GatewayClient(replace(settings, **changed)) as client:
        engine = Enforcement(client, journal, RULES, "enforce", Clock())
        with pytest.raises(NoAnswerError):
            engine.require_clearance(act())

    assert journal.last_answers("T-2026-17", EVALUATION) == ()


def test_a_conditional_answer_is_no_clearance_until_it_is_fulfilled(engine, peer, journal):
    peer.says(code(1), CONDITIONAL, REVIEW)
    conditional = engine.require_clearance(act())

    assert type(conditional) is ConditionalClearance
    with pytest.raises(GateClosedError):
        engine.accept(conditional, act())
    with pytest.raises(ConditionNotMetError, match="A-30/TR2") as caught:
        conditional.fulfil()
    assert caught.value.conditional is conditional
    assert journal.outcomes_owed() == ()

    clearance = conditional.fulfil(officer_review=reviewed())

    engine.accept(clearance, act())
    (owed,) = journal.outcomes_owed()
    assert (owed.kind, owed.officer, owed.details["review_reason"]) == (
        OutcomeKind.FULFILLED,
        "Wang",
        "arrears paid, certificate seen",
    )


def test_a_condition_that_cannot_be_recorded_is_not_met(engine, peer, journal):
    peer.says(code(1), CONDITIONAL, REVIEW)
    conditional = engine.require_clearance(act())
    journal._connection.execute("PRAGMA query_only = ON")

    with pytest.raises(JournalUnavailableError):
        conditional.fulfil(officer_review=reviewed())


def test_a_conditional_answer_is_not_fulfilled_after_its_time(engine, peer):
    peer.says(code(1), CONDITIONAL, REVIEW)
    conditional = engine.require_clearance(act())
    peer.clock.now += timedelta(hours=2)

    with pytest.raises(ClearanceExpiredError):
        conditional.fulfil(officer_review=reviewed(peer.clock.now))


def test_a_clearance_ends_at_its_valid_until(engine, peer):
    clearance = engine.require_clearance(act())

    peer.clock.now = NOW + timedelta(hours=2) - timedelta(microseconds=1)
    engine.accept(clearance, act())
    peer.clock.now = NOW + timedelta(hours=2)
    assert not clearance.still_valid(peer.clock.now)
    with pytest.raises(ClearanceExpiredError):
        engine.accept(clearance, act())


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        (act(point=REGISTRATION), "OTHER_POINT"),
        (act(case=Case("T-2026-18", "Li")), "OTHER_CASE"),
        (act(case=Case("T-2026-17", "Li", part="lot 2")), "OTHER_CASE"),
        (act(alone(2)), "OTHER_PARTIES"),
        (act(together(1, 2)), "OTHER_PARTIES"),
    ],
)
def test_a_clearance_serves_for_nothing_else(engine, other, reason):
    clearance = engine.require_clearance(act())

    with pytest.raises(GateClosedError) as caught:
        engine.accept(clearance, other)
    assert caught.value.reason == reason


def test_a_clearance_made_by_hand_opens_nothing(engine, peer):
    peer.says(code(1), CONDITIONAL, REVIEW)
    unmet = engine.require_clearance(act())
    cleared = engine.require_clearance(act(alone(2)))
    forged = [
        Clearance(unmet.number, unmet.question, unmet.answer),
        Clearance(99, cleared.question, cleared.answer),
        Clearance(unmet.number, unmet.question, cleared.answer),
        Clearance(cleared.number, cleared.question, cleared.answer._replace(valid_until=NOW + timedelta(days=9))),
    ]

    for clearance in forged:
        with pytest.raises(GateClosedError) as caught:
            engine.accept(clearance, act(alone(2 if clearance.question is cleared.question else 1)))
        assert caught.value.reason == "NOT_IN_JOURNAL"


def test_a_party_in_two_bids_stops_both(engine, peer):
    checked = engine.check_all(CASE, QUALIFICATION_REVIEW, [alone(1), together(2, 1), alone(3)])

    assert [getattr(result, "reason", "") for result in checked.results] == ["PARTY_IN_TWO_BIDS"] * 2 + [""]


def test_members_are_those_of_the_first_review(engine, peer):
    engine.require_clearance(act(together(1, 2), QUALIFICATION_REVIEW))

    for point in (QUALIFICATION_REVIEW, EVALUATION, AWARD):
        for changed in (together(1, 3), together(1, 2, 3), alone(1), alone(2)):
            with pytest.raises(MembersChangedError):
                engine.require_clearance(act(changed, point))
    assert len(peer.requests) == 1
    engine.require_clearance(act(together(2, 1), EVALUATION))
    engine.require_clearance(act(together(1, 3), EVALUATION, Case("T-2026-17", "Li", part="lot 2")))
    engine.require_clearance(act(together(1, 3), REGISTRATION))


def test_a_faulty_review_fixes_nothing(engine, peer):
    peer.decisions = {code(1): (CLEAR, (), {"valid_until": NOW})}
    with pytest.raises(UnverifiableError):
        engine.require_clearance(act(together(1, 2), QUALIFICATION_REVIEW))
    peer.reset()

    engine.require_clearance(act(together(1, 3), EVALUATION))

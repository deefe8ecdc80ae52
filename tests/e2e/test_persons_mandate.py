"""Who may ask about persons, under which consent, and what is said of a question that is none."""

from __future__ import annotations

from datetime import timedelta

import grpc
import pytest
from e2e.asking_persons import BANK, HOUSING, PERSON, asking, listed_person, ref
from e2e.served import question, today
from jointsanctions.v1 import common_pb2, credit_pb2
from plain_numbers import resident

pytestmark = pytest.mark.xdist_group("served")


@pytest.fixture(scope="module")
def listed(served):
    return listed_person(served, 73_001)


def test_invariant_10_a_bank_needs_the_persons_consent_for_the_purpose_it_asks_for(served, listed):
    person, _, revision = listed

    def lending(**consent):
        request = asking(
            person,
            area=common_pb2.AREA_LENDING,
            decision_point=common_pb2.DECISION_POINT_LENDING_APPROVAL,
            case_facts=None,
            purpose="贷款审批",
        )
        whole = {
            "document_number": "授信2026-7",
            "signed_on": today().isoformat(),
            "purpose": "贷款审批",
            "expires_on": today().isoformat(),
        }
        if consent is not None:
            request.authorization_ref.CopyFrom(common_pb2.Authorization(**{**whole, **consent}))
        return request

    yesterday = (today() - timedelta(days=1)).isoformat()
    tomorrow = (today() + timedelta(days=1)).isoformat()
    bare = lending()
    bare.ClearField("authorization_ref")
    for request, field in (
        (bare, "authorization_ref"),
        (lending(document_number=" "), "authorization_ref"),
        (lending(purpose="担保审批"), "authorization_ref.purpose"),
        (lending(signed_on=yesterday, expires_on=yesterday), "authorization_ref.expires_on"),
        (lending(expires_on=""), "authorization_ref.expires_on"),
        (lending(signed_on=tomorrow, expires_on=tomorrow), "authorization_ref.signed_on"),
    ):
        outcome, body = served.recorded_by(PERSON, request.SerializeToString(), BANK)
        assert (outcome.code, outcome.reason) == (grpc.StatusCode.PERMISSION_DENIED, "AUTHORIZATION_MISSING"), field
        assert (outcome.field, body["outcome"], body["field"]) == (field, "AUTHORIZATION_MISSING", field)

    request = lending()
    request.question.at_least_as_fresh = revision
    outcome, body = served.recorded_by(PERSON, request.SerializeToString(), BANK)
    answer = credit_pb2.CheckPersonResponse.FromString(outcome.answer)
    assert body["authorization"] == "授信2026-7"
    assert body["authorization_terms"]["purpose"] == "贷款审批"
    assert answer.decision.verdict == common_pb2.VERDICT_CONDITIONAL
    assert not answer.decision.conditions, "a loan is never blocked, and nothing is to be confirmed (A-70)"


def test_whoever_is_not_granted_persons_is_told_that_and_nothing_else(served):
    request = credit_pb2.CheckPersonRequest(question=question(case_ref="R-3", officer="officer-3"))
    outcome, body = served.recorded_by(PERSON, request.SerializeToString(), "emergency-management.asking-system")
    assert (outcome.code, outcome.reason) == (grpc.StatusCode.PERMISSION_DENIED, "FIELD_NOT_IN_MANDATE")
    assert (outcome.field, body["field"], body["case"]) == ("person", "person", "R-3")


def test_a_point_outside_the_mandate_is_refused_before_the_document_is_looked_at(served):
    outcome = served.send(PERSON, asking(ref("no number")), HOUSING)
    assert outcome.reason == "AREA_NOT_IN_MANDATE"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (lambda r: r.person.Clear(), "person.document_type"),
        (lambda r: setattr(r.person, "document_type", "LIBRARY_CARD"), "person.document_type"),
        (lambda r: setattr(r.person, "document_number", " "), "person.document_number"),
        (lambda r: setattr(r.person, "document_number", "420302196001010000"), "person.document_number"),
        (lambda r: setattr(r.person, "document_number", "7" * 33), "person.document_number"),
        (lambda r: setattr(r.person, "name", " "), "person.name"),
        (lambda r: setattr(r.person, "name", resident(71_006)), "person.name"),
        (lambda r: r.person.CopyFrom(ref("EJ7391846", "", "PASSPORT")), "person.name"),
        (lambda r: setattr(r, "capacity", 0), "capacity"),
        (lambda r: setattr(r, "capacity", 9), "capacity"),
        (lambda r: setattr(r.question, "authorization_ref", "x"), "question.authorization_ref"),
        (lambda r: setattr(r.question, "explain", True), "question.explain"),
        (lambda r: setattr(r.confirmation, "officer", "o"), "confirmation.confirmed_at"),
        (lambda r: r.confirmation.confirmed_at.GetCurrentTime(), "confirmation.officer"),
        (lambda r: setattr(r.question, "case_ref", ""), "question.case_ref"),
    ],
)
def test_each_fault_names_its_field_and_shows_no_number(served, change, field):
    request = asking(ref(resident(71_007)))
    change(request)
    outcome = served.send(PERSON, request)
    assert outcome.field == field
    assert "71" + "007" not in outcome.text()
    assert resident(71_007) not in outcome.text()
    assert resident(71_006) not in outcome.text()
    assert "4203021960" not in outcome.text()

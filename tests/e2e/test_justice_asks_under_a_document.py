"""Police, procuratorate and courts read a record under a document, unseen by whom it is about (I-60, R-05)."""

from __future__ import annotations

import pytest
from e2e.disclosed import BANK, JUSTICE, POLICE, asking, wanted
from e2e.served import HRSS, RECORD
from jointsanctions.v1 import subject_pb2

pytestmark = pytest.mark.xdist_group("disclosed")


@pytest.fixture
def city(city_of_columns):
    return city_of_columns


@pytest.mark.parametrize("who", JUSTICE)
@pytest.mark.parametrize(
    ("change", "reason", "field"),
    [
        (None, "AUTHORIZATION_MISSING", "authorization_ref"),
        ({"document_number": ""}, "AUTHORIZATION_MISSING", "authorization_ref"),
        ({"signed_on": "2099-01-01"}, "AUTHORIZATION_MISSING", "authorization_ref.signed_on"),
        (
            {"expires_on": "2026-01-02", "signed_on": "2026-01-01"},
            "AUTHORIZATION_MISSING",
            "authorization_ref.expires_on",
        ),
        ({"signed_on": ""}, "MALFORMED_REQUEST", "authorization_ref.signed_on"),
        ({"purpose": ""}, "MALFORMED_REQUEST", "authorization_ref.purpose"),
    ],
)
def test_without_a_document_that_holds_nobody_of_justice_is_told_anything(city, who, change, reason, field):
    request = wanted(city.enterprise.uscc, who)
    if change is None:
        request.ClearField("authorization_ref")
    for name, value in (change or {}).items():
        setattr(request.authorization_ref, name, value)
    outcome, body = city.served.recorded_by(RECORD, request.SerializeToString(), who)

    assert (outcome.reason, outcome.field) == (reason, field)
    assert (body["outcome"], body["case"], "enterprises" in body) == (reason, "D-2026-1", False)


def test_the_document_is_asked_for_before_any_format_is_looked_at(city):
    request = wanted("no code", POLICE, purpose="\n")
    request.officer = ""
    request.ClearField("authorization_ref")
    assert city.served.send(RECORD, request, POLICE).reason == "AUTHORIZATION_MISSING"


def test_the_document_is_on_record_and_the_question_is_hidden_from_the_enterprise(city):
    assert city.served.send(RECORD, wanted(city.enterprise.uscc, BANK), BANK).ok
    outcome, body = city.served.recorded_by(RECORD, wanted(city.enterprise.uscc, POLICE).SerializeToString(), POLICE)
    window = subject_pb2.ListWhoAskedRequest(case_ref="w", officer="o", page_size=1_000)
    window.enterprise.uscc = city.enterprise.uscc
    asked = city.served.send("/jointsanctions.v1.SubjectService/ListWhoAsked", window, "hrss-window.subject")
    told = subject_pb2.ListWhoAskedResponse.FromString(asked.answer)

    assert outcome.ok
    assert (body["authorization"], body["authorization_terms"]["purpose"]) == ("示调〔2026〕1号", "核查涉案单位")
    assert told.questions
    assert not {question.agency for question in told.questions} & {who.split(".")[0] for who in JUSTICE}


@pytest.mark.parametrize("who", [HRSS, BANK, asking("BIDDING")])
def test_whoever_needs_no_document_is_told_that_it_changes_nothing(city, who):
    request = wanted(city.enterprise.uscc, POLICE)
    outcome = city.served.send(RECORD, request, who)
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", "authorization_ref")

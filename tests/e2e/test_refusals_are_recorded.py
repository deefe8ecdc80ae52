"""Whoever may not ask gets one reason and nothing else, and the attempt is on record under the caller's name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import grpc
import pytest
from e2e.served import (
    AUDITOR,
    BATCH,
    BIDDING,
    CHECK,
    CONFIRM,
    FINANCE,
    HRSS,
    RECORD,
    REGISTRAR,
    SEARCH,
    STRANGER,
    SUBMIT,
    TOURISM,
    award,
    body_of,
    gateway_in,
    new_party,
    prepared,
    question,
)
from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import audit_pb2, common_pb2, credit_pb2, registry_pb2

pytestmark = pytest.mark.xdist_group("served")
BANK = "hanjiang-bank.bank"
DENIED = grpc.StatusCode.PERMISSION_DENIED
GARBAGE = b"\xff\xfe\xfd no protobuf"
PAST = Timestamp(seconds=int((datetime.now(UTC) - timedelta(days=30)).timestamp()))
CLOSED = {
    "area": common_pb2.AREA_LENDING,
    "decision_point": common_pb2.DECISION_POINT_LENDING_WAGE_ACCOUNT,
    "case_facts": None,
}


def listed(served, **parts):
    return award(served.city.example("listed").uscc, **parts)


def record_request(served, **parts):
    request = credit_pb2.GetCreditRecordRequest(case_ref="R-1", officer="o", **parts)
    request.enterprise.uscc = served.city.example("listed").uscc
    return request


def confirmation(feed):
    request = registry_pb2.ConfirmCurrentRequest(request_id=new_party().uscc, feed=feed, officer="o")
    request.current_until.GetCurrentTime()
    return request


# Who, which method, what is sent, and the reason and field of the refusal.
REFUSED = {
    "a genuine certificate of an agency that nobody knows": (STRANGER, CHECK, listed, "CALLER_UNKNOWN", ""),
    "a stranger's garbage": (STRANGER, CHECK, lambda _: GARBAGE, "CALLER_UNKNOWN", ""),
    "a stranger at the records": (STRANGER, SEARCH, lambda _: b"", "CALLER_UNKNOWN", ""),
    "an agency without a mandate": (TOURISM, CHECK, listed, "AREA_NOT_IN_MANDATE", ""),
    "an agency without a mandate, whose question is malformed besides": (
        TOURISM,
        CHECK,
        lambda _: award("no code", case_ref="", officer="", purpose="x" * 999),
        "AREA_NOT_IN_MANDATE",
        "",
    ),
    "an area that is another's": (FINANCE, CHECK, listed, "AREA_NOT_IN_MANDATE", ""),
    "an auditor who asks about a subject": (AUDITOR, CHECK, listed, "ROLE_NOT_PERMITTED", ""),
    "an auditor who asks about many": (AUDITOR, BATCH, lambda _: b"", "ROLE_NOT_PERMITTED", ""),
    "an auditor who reads an enterprise's record": (AUDITOR, RECORD, record_request, "ROLE_NOT_PERMITTED", ""),
    "an auditor's garbage": (AUDITOR, CHECK, lambda _: GARBAGE, "ROLE_NOT_PERMITTED", ""),
    "a deciding system that submits": (
        BIDDING,
        SUBMIT,
        lambda _: registry_pb2.SubmitRecordsRequest(feed="wage_list"),
        "ROLE_NOT_PERMITTED",
        "",
    ),
    "a deciding system that confirms": (
        BIDDING,
        CONFIRM,
        lambda _: confirmation("wage_list"),
        "ROLE_NOT_PERMITTED",
        "",
    ),
    "a producer with another's feed": (
        REGISTRAR,
        SUBMIT,
        lambda _: registry_pb2.SubmitRecordsRequest(feed="wage_list"),
        "FIELD_NOT_IN_MANDATE",
        "feed",
    ),
    "a producer with a feed that there is not": (
        HRSS,
        SUBMIT,
        lambda _: registry_pb2.SubmitRecordsRequest(feed="rumours"),
        "FIELD_NOT_IN_MANDATE",
        "feed",
    ),
    "a producer who confirms another's feed": (
        HRSS,
        CONFIRM,
        lambda _: confirmation("market_regulation"),
        "FIELD_NOT_IN_MANDATE",
        "feed",
    ),
    "a closed point that was not granted": (
        BIDDING,
        CHECK,
        lambda served: listed(served, **CLOSED),
        "AREA_NOT_IN_MANDATE",
        "",
    ),
    "a granted area's closed point in another's hands": (
        FINANCE,
        CHECK,
        lambda served: listed(served, **CLOSED),
        "AREA_NOT_IN_MANDATE",
        "",
    ),
    "a question without a case": (
        BIDDING,
        CHECK,
        lambda served: listed(served, case_ref="  "),
        "AUTHORIZATION_MISSING",
        "question.case_ref",
    ),
    "a read without a case": (
        BIDDING,
        RECORD,
        lambda _: credit_pb2.GetCreditRecordRequest(officer="o"),
        "AUTHORIZATION_MISSING",
        "case_ref",
    ),
    "a deciding system that asks about the past": (
        BIDDING,
        CHECK,
        lambda served: listed(served, as_of=PAST),
        "FIELD_NOT_IN_MANDATE",
        "question.as_of",
    ),
    "a deciding system that asks what was known": (
        BIDDING,
        CHECK,
        lambda served: listed(served, known_at=PAST),
        "FIELD_NOT_IN_MANDATE",
        "question.known_at",
    ),
    "a deciding system that reads what was known": (
        BIDDING,
        RECORD,
        lambda served: record_request(served, known_at=PAST),
        "FIELD_NOT_IN_MANDATE",
        "known_at",
    ),
    "a deciding system that reads the past": (
        BIDDING,
        RECORD,
        lambda served: record_request(served, as_of=PAST),
        "FIELD_NOT_IN_MANDATE",
        "as_of",
    ),
    "an agency that looks for another's calls": (
        BIDDING,
        SEARCH,
        lambda _: audit_pb2.SearchAccessRequest(searched_by="o", agency="hrss"),
        "FIELD_NOT_IN_MANDATE",
        "agency",
    ),
}


def sent(served, make):
    message = make(served)
    return message if isinstance(message, bytes) else message.SerializeToString()


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_one_reason_and_recorded_under_the_callers_name(served, what):
    who, path, make, reason, field = REFUSED[what]
    outcome, body = served.recorded_by(path, sent(served, make), who)

    assert (outcome.code, outcome.reason, outcome.field) == (DENIED, reason, field)
    assert outcome.infos[0].domain == "joint-sanctions-gateway"
    assert (body["outcome"], body.get("field", "")) == (reason, field)
    assert body["method"] == path.removeprefix("/jointsanctions.v1.")
    assert [body["caller"]["agency"], body["caller"]["role"]] == who.split(".")
    assert "verdict" not in body
    assert "response" not in body


@pytest.mark.parametrize("who", [BIDDING, STRANGER, AUDITOR])
def test_a_method_that_there_is_not_is_recorded_and_unimplemented(served, who):
    for path in ("/jointsanctions.v1.CreditService/ClearEverything", "/grpc.reflection.v1.ServerReflection/Info", "/x"):
        outcome, body = served.recorded_by(path, GARBAGE, who)
        known = who != STRANGER
        assert outcome.code is (grpc.StatusCode.UNIMPLEMENTED if known else DENIED)
        assert outcome.reason == body["outcome"] == ("METHOD_UNKNOWN" if known else "CALLER_UNKNOWN")


def test_who_may_not_ask_learns_nothing_about_whom_it_asked(served):
    def answers(code):
        found = [served.send(CHECK, award(code), TOURISM), served.send(CHECK, award(code), STRANGER)]
        found.append(served.send(CHECK, award(code, as_of=PAST)))
        return [(outcome.code, outcome.details, outcome.trailers) for outcome in found]

    assert answers(served.city.example("listed").uscc) == answers(new_party().uscc)


def test_permission_comes_before_format_and_format_before_existence(served):
    nonconforming = served.city.example("nonconforming_code").uscc
    unknown = nonconforming[:-1] + ("A" if nonconforming[-1] != "A" else "B")
    nobody = served.send(CHECK, award(unknown))
    malformed = served.send(CHECK, award(unknown, officer=""))
    refused = served.send(CHECK, award(unknown, officer="", case_ref=""), TOURISM)

    assert (nobody.reason, nobody.field) == ("MALFORMED_REQUEST", "enterprise.uscc")
    assert (malformed.reason, malformed.field) == ("MALFORMED_REQUEST", "question.officer")
    assert refused.reason == "AREA_NOT_IN_MANDATE"


def test_a_refused_question_is_found_by_its_case_and_by_its_reason(served):
    served.send(CHECK, award(served.city.example("listed").uscc, case_ref="NOT-YOURS"), TOURISM)
    search = audit_pb2.SearchAccessRequest(searched_by="a", agency="tourism", case_ref="NOT-YOURS")
    search.outcome = "AREA_NOT_IN_MANDATE"
    (found,) = served.callers.as_caller(AUDITOR).search_access(search).entries

    assert (found.agency, found.role, found.officer) == ("tourism", "asking-system", "officer-7")
    assert (found.area, found.decision_point) == (question().area, question().decision_point)
    assert found.verdict == common_pb2.VERDICT_UNSPECIFIED


def test_a_closed_point_is_answered_to_whom_it_was_granted_and_never_stops_wages(served):
    answer = served.callers.as_caller(BANK).check(listed(served, **CLOSED))

    assert answer.decision.verdict == common_pb2.VERDICT_CLEAR
    assert max(measure.effect for measure in answer.decision.measures) <= common_pb2.EFFECT_NOTICE


def test_hrss_may_ask_about_the_past_and_the_record_says_so(served):
    answer = served.callers.as_caller(HRSS).check(listed(served, as_of=PAST))

    assert answer.basis.as_of == PAST
    assert body_of(served.entry(answer.audit_position))["as_of"].startswith(PAST.ToDatetime().strftime("%Y-%m-%d"))


def test_the_auditor_and_hrss_each_see_what_they_may(served):
    served.callers.as_caller(BIDDING).check(listed(served, case_ref="WHO-SEES"))
    search = audit_pb2.SearchAccessRequest(searched_by="a", case_ref="WHO-SEES")

    assert len(served.callers.as_caller(AUDITOR).search_access(search).entries) == 1
    assert len(served.callers.as_caller(BIDDING).search_access(search).entries) == 1
    assert not served.callers.as_caller(HRSS).search_access(search).entries


@pytest.mark.xdist_group("processes")
def test_a_closed_point_is_not_granted_with_all_points_of_its_area(tmp_path):
    granted = '"FUNDING_*", "FUNDING_WAGE_PAYMENT"]'
    agencies = prepared(tmp_path, {}).config / "agencies.toml"
    text = agencies.read_text(encoding="utf-8")
    assert granted in text
    agencies.write_text(text.replace(granted, '"FUNDING_*"]'), encoding="utf-8")
    with gateway_in(tmp_path, filled=False) as gateway:
        area = {"area": common_pb2.AREA_FUNDING, "case_facts": None}
        closed = award(new_party().uscc, decision_point=common_pb2.DECISION_POINT_FUNDING_WAGE_PAYMENT, **area)
        refused = gateway.send(CHECK, closed, FINANCE)
        assert (refused.code, refused.reason) == (DENIED, "AREA_NOT_IN_MANDATE")
        facts = credit_pb2.CaseFacts(funding=credit_pb2.FundingFacts(fund_kind=credit_pb2.FUND_KIND_NEW_GRANT))
        closed.question.decision_point = common_pb2.DECISION_POINT_FUNDING_PAYMENT
        closed.question.case_facts.CopyFrom(facts)
        assert gateway.send(CHECK, closed, FINANCE).ok


def test_a_search_is_on_record_with_everything_that_was_searched_for(served):
    request = audit_pb2.SearchAccessRequest(
        searched_by="auditor-3",
        uscc=served.city.example("listed").uscc,
        agency="housing",
        officer="officer-7",
        case_ref="JSGC-2026-17",
        area=common_pb2.AREA_BIDDING,
        verdict=common_pb2.VERDICT_RESTRICTED,
        until=Timestamp(seconds=1_795_000_000),
        outcome="OK",
    )
    getattr(request, "from").CopyFrom(Timestamp(seconds=1_700_000_000))

    _, body = served.recorded_by(SEARCH, request.SerializeToString(), AUDITOR)

    assert body["search"] == {
        "uscc": request.uscc,
        "agency": "housing",
        "officer": "officer-7",
        "case": "JSGC-2026-17",
        "area": 3,
        "verdict": 4,
        "since": "2023-11-14T22:13:20.000000Z",
        "until": "2026-11-18T11:06:40.000000Z",
        "outcome": "OK",
    }

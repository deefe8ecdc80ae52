"""The window over mutual TLS: who asked is told to whom it is about, and an objection goes to who has to answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from audit_calls import DRAFT, body, record
from e2e.served import AUDITOR, BIDDING, HRSS, award, new_party, question, today
from google.protobuf.json_format import MessageToDict
from jointsanctions.v1 import (
    audit_pb2,
    clock_pb2,
    common_pb2,
    credit_pb2,
    objection_pb2,
    record_pb2,
    registry_pb2,
    subject_pb2,
)

from adapters.errors import GatewayError
from gateway.bootstrap.stores import audit_place, store_engine
from gateway.cli.main import main
from gateway.domain.audit import Draft
from gateway.sample.records import publication

pytestmark = pytest.mark.xdist_group("served")
WINDOW = "hrss-window.subject"
OPERATIONS = "gateway-operations.operator"
AUTHORITY = "示例市人力资源和社会保障局"


def ago(days):
    return today() - timedelta(days=days)


def applies(party):
    return {
        "enterprise": common_pb2.EnterpriseRef(uscc=party.uscc),
        "case_ref": "窗口〔2026〕3号",
        "officer": "window-officer",
    }


def who_asked(served, party, **more):
    request = subject_pb2.ListWhoAskedRequest(**applies(party), **more)
    window = served.callers.as_caller(WINDOW)
    return window.subject("ListWhoAsked", request, subject_pb2.ListWhoAskedResponse)


def submit(served, record, feed, request_id):
    record.row = 1
    request = registry_pb2.SubmitRecordsRequest(
        request_id=request_id, feed=feed, records=[record], officer="o", last=True
    )
    answer = served.callers.as_caller(HRSS).submit([request])
    assert [row.status for row in answer.rows] == [], answer.rows
    return answer.data_revision


def test_an_enterprise_sees_who_asked_in_single_checks_batches_and_consortia_and_nothing_of_others(served):
    party, leader = new_party(), new_party()
    client = served.callers.as_caller(BIDDING)
    single = award(party.uscc, purpose="开标前核查", officer="officer-secret", case_ref="CASE-SECRET")
    client.check(single)
    consortium = award(leader.uscc, officer="officer-secret")
    consortium.question.case_facts.bidding.form = credit_pb2.PARTICIPATION_FORM_CONSORTIUM
    consortium.consortium_members.add(uscc=party.uscc)
    client.check(consortium)
    batch = credit_pb2.BatchCheckEligibilityRequest(question=question())
    for number, code in enumerate((leader.uscc, party.uscc)):
        batch.items.add(item_id=f"i{number}", enterprise=common_pb2.EnterpriseRef(uscc=code))
    client.batch(batch)
    found = who_asked(served, party)
    assert [(each.method, list(each.relations), each.purpose) for each in found.questions] == [
        ("CreditService/BatchCheckEligibility", ["SELF"], ""),
        ("CreditService/CheckEligibility", ["CONSORTIUM_MEMBER"], ""),
        ("CreditService/CheckEligibility", ["SELF"], "开标前核查"),
    ]
    assert {(each.agency, each.agency_name.zh, each.area, each.decision_point) for each in found.questions} == {
        (
            "public-resources-trading",
            "市公共资源交易中心",
            common_pb2.AREA_BIDDING,
            common_pb2.DECISION_POINT_BIDDING_AWARD,
        )
    }
    said = json.dumps(MessageToDict(found), ensure_ascii=False)
    for secret in ("officer-secret", "CASE-SECRET", leader.uscc, "officer-7"):
        assert secret not in said
    first = who_asked(served, party, page_size=2)
    assert first.questions[0].method == "SubjectService/ListWhoAsked", "the window's own read is a question too"


def test_pages_of_who_asked_have_a_token_for_this_enterprise_only(served):
    party, other = new_party(), new_party()
    client = served.callers.as_caller(BIDDING)
    for _ in range(3):
        client.check(award(party.uscc))
    first = who_asked(served, party, page_size=2)
    second = who_asked(served, party, page_size=2, page_token=first.next_page_token)
    assert (len(first.questions), len(second.questions), second.next_page_token) == (2, 1, "")
    with pytest.raises(GatewayError) as caught:
        who_asked(served, other, page_token=first.next_page_token)
    assert (caught.value.reason, caught.value.metadata["field"]) == ("MALFORMED_REQUEST", "page_token")


def test_the_window_needs_an_application_and_an_officer(served):
    party = new_party()
    for field in ("case_ref", "officer"):
        request = subject_pb2.ListWhoAskedRequest(**{**applies(party), field: ""})
        with pytest.raises(GatewayError) as caught:
            served.callers.as_caller(WINDOW).subject("ListWhoAsked", request, subject_pb2.ListWhoAskedResponse)
        assert caught.value.metadata["field"] == field


def test_an_objection_to_a_publication_goes_its_way(served):
    """Filed, disputed, on the authority's list, answered under a document number, and seen by who filed it."""
    party = new_party()
    shown = publication(party, f"P-{party.uscc}", ago(60), today() + timedelta(days=60), for_wages=False)
    shown.document_number = f"社-{party.uscc}"
    submit(served, shown, "publications", f"p-{party.uscc}")
    window, hrss = served.callers.as_caller(WINDOW), served.callers.as_caller(HRSS)
    request = objection_pb2.FileObjectionRequest(
        **applies(party),
        request_id=f"o-{party.uscc}",
        about="PUBLICATION",
        document_number=shown.document_number,
        grounds="公布的事实有误",
    )
    filed = window.subject("FileObjection", request, objection_pb2.FileObjectionResponse)
    again = window.subject("FileObjection", request, objection_pb2.FileObjectionResponse)
    filed.ClearField("audit_position")
    again.ClearField("audit_position")
    assert filed == again
    assert (filed.authority, filed.received_on) == (shown.authority, today().isoformat())
    clocks = clock_pb2.ListClocksRequest(
        officer="o", authority=shown.authority, clock_ids=["P-06/review"], page_size=999
    )
    listed = hrss.registry("ListClocks", clocks, clock_pb2.ListClocksResponse).clocks
    assert [each.due_on for each in listed if each.object_id == filed.objection_id] == [filed.answer_by]
    answer = objection_pb2.AnswerObjectionRequest(
        request_id=f"a-{party.uscc}",
        objection_id=filed.objection_id,
        authority=shown.authority,
        document_number="复〔2026〕1号",
        decided_on=today().isoformat(),
        result="UPHELD",
        answer="复核后维持",
        officer="o",
    )
    answered = hrss.registry("AnswerObjection", answer, objection_pb2.AnswerObjectionResponse)
    assert answered.uscc == party.uscc
    own = window.subject(
        "ListOwnObjections",
        objection_pb2.ListOwnObjectionsRequest(**applies(party)),
        objection_pb2.ListOwnObjectionsResponse,
    )
    (seen,) = own.objections
    assert (seen.document_number, seen.grounds, seen.result, seen.answer_number, seen.answer) == (
        shown.document_number,
        "公布的事实有误",
        "UPHELD",
        "复〔2026〕1号",
        "复核后维持",
    )


def test_an_objection_to_a_penalty_is_shown_to_who_asks_and_in_the_enterprises_file(served):
    party = new_party()
    penalty = party.record(f"N-{party.uscc}")
    penalty.authority, penalty.document_number = AUTHORITY, f"罚-{party.uscc}"
    penalty.penalty.CopyFrom(
        record_pb2.AdministrativePenalty(
            restriction="NEW_PROJECTS_LIMITED",
            decided_on=ago(30).isoformat(),
            restricts_from=ago(30).isoformat(),
            restricts_until=(today() + timedelta(days=300)).isoformat(),
        )
    )
    submit(served, penalty, "labour_inspection", f"n-{party.uscc}")
    request = objection_pb2.FileObjectionRequest(
        **applies(party),
        request_id=f"o-{party.uscc}",
        about="PENALTY",
        document_number=penalty.document_number,
        grounds="处罚对象有误",
    )
    window = served.callers.as_caller(WINDOW)
    filed = window.subject("FileObjection", request, objection_pb2.FileObjectionResponse)
    asked = award(party.uscc)
    asked.question.at_least_as_fresh = filed.data_revision
    decision = served.callers.as_caller(BIDDING).check(asked).decision
    assert [each.disputed for each in decision.measures if each.trigger == common_pb2.TRIGGER_PENALTY] == [True]
    for wrong, reason in (
        ({"about": "RUMOUR"}, "MALFORMED_REQUEST"),
        ({"document_number": "无"}, "ENTERPRISE_NOT_FOUND"),
    ):
        other = objection_pb2.FileObjectionRequest()
        other.CopyFrom(request)
        other.request_id = f"{request.request_id}-{reason}"
        for name, value in wrong.items():
            setattr(other, name, value)
        with pytest.raises(GatewayError) as caught:
            window.subject("FileObjection", other, objection_pb2.FileObjectionResponse)
        assert caught.value.reason == reason


def jsg(served, *words):
    place = ["--config", str(served.place.config), "--state", str(served.place.state)]
    return main([*place, "--address", f"127.0.0.1:{served.port}", *words])


def test_the_commands_of_the_window_say_what_the_methods_say(served, capsys):
    party = new_party()
    served.callers.as_caller(BIDDING).check(award(party.uscc))
    assert jsg(served, "window", "asked", party.uscc, "--case", "窗口〔2026〕3号") == 0
    assert "市公共资源交易中心" in capsys.readouterr().out
    assert jsg(served, "window", "objections", party.uscc, "--case", "窗口〔2026〕3号", "--json") == 0
    assert "data_revision" in json.loads(capsys.readouterr().out)


def test_old_entries_are_counted_then_erased_and_the_running_gateway_goes_on(start_gateway, capsys):
    served = start_gateway()
    engine = store_engine(served.config.settings)
    place = audit_place(served.config.settings, engine)
    old = datetime(2015, 3, 2, 4, tzinfo=UTC)
    read = Draft(body(method="AuditService/SearchAccess", officer="officer-old"))
    record(place, read, read, DRAFT, writer="retired-0", times=[old] * 3)
    place.close()
    engine.dispose()
    assert jsg(served, "retention", "--json") == 0
    counted = json.loads(capsys.readouterr().out)
    assert (counted["classes"], counted["erased"]) == ({"ORDINARY": {"months": 60, "due": 2, "held": 0}}, 0)
    assert jsg(served, "retention", "--erase") == 2
    assert jsg(served, "retention", "--erase", "--document", "档〔2026〕7号") == 1
    assert "STATE" in capsys.readouterr().err
    assert not any(entry.erased for entry in served.entries(writer="retired-0")), "a state just made shows no day"
    engine = store_engine(served.config.settings)
    place = audit_place(served.config.settings, engine)
    record(place, DRAFT, writer="retired-1", times=[datetime.now(UTC) - timedelta(days=2)])
    place.close()
    engine.dispose()
    assert jsg(served, "retention", "--erase", "--document", "档〔2026〕7号", "--json") == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["erased"] == 2
    assert [entry.erased for entry in served.entries(writer="retired-0")] == [True, True, False]
    begun = [
        json.loads(entry.body)
        for entry in served.entries()
        if b'"BEGUN"' in entry.body and b"ApplyRetention" in entry.body
    ]
    assert [
        (each["retention"]["writer"], each["retention"]["due"], each["retention"]["document"]) for each in begun
    ] == [("retired-0", {"ORDINARY": 2}, "档〔2026〕7号")]
    # Other links may be in disorder: the log comes to entries that were put in by hand when it does.
    jsg(served, "doctor", "--erased", "--json")
    found = {row["link"]: row["found"] for row in json.loads(capsys.readouterr().out) if row["sound"]}
    assert found["erased entries"] == "2, each as a recorded run ordered"
    assert jsg(served, "retention", "--json") == 0
    assert json.loads(capsys.readouterr().out)["classes"] == {}
    search = audit_pb2.SearchAccessRequest(officer="officer-old", searched_by="auditor")
    assert list(served.callers.as_caller(AUDITOR).search_access(search).entries) == []
    assert served.healthy()


def test_nobody_but_the_operator_applies_retention(served):
    for who in (AUDITOR, HRSS, WINDOW):
        with pytest.raises(GatewayError) as caught:
            served.callers.as_caller(who).apply_retention(audit_pb2.ApplyRetentionRequest(request_id="r", officer="o"))
        assert caught.value.reason == "ROLE_NOT_PERMITTED"
    with pytest.raises(GatewayError) as caught:
        served.callers.as_caller(OPERATIONS).apply_retention(
            audit_pb2.ApplyRetentionRequest(request_id="r", officer="o", erase=True)
        )
    assert caught.value.metadata["field"] == "document_number"

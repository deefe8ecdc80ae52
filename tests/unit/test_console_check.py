"""The deciding officer's question in the console: what is asked, and what stands on the page of the answer."""

from __future__ import annotations

import re

import grpc
import pytest
from console_desk import CODE, SCRIPT, Desktop, answer, measure
from jointsanctions.v1 import candidate_pb2, common_pb2, credit_pb2

from adapters.errors import GatewayError

NAME = "示例建设有限公司"
FACTS = {
    "fact_project_region": "420302",
    "fact_must_be_tendered": "true",
    "fact_state_funds": "false",
    "fact_form": "SINGLE",
    "fact_cutoff_rule": "FIXED",
    "fact_cutoff_at": "2026-11-20T17:00",
}


@pytest.fixture
def desktop():
    desktop = Desktop()
    desktop.opened()
    return desktop


def refused(code, reason, **metadata):
    return GatewayError(code, reason, metadata, "said by the gateway")


def test_only_the_points_of_the_certificates_areas_can_be_asked_at(desktop):
    page = desktop.get("/check").text

    assert "/check/BIDDING_AWARD" in page
    assert "/check/GUARANTEE_ISSUE" in page
    assert "/check/LENDING_APPROVAL" not in page
    assert desktop.get("/check/LENDING_APPROVAL").status == 404
    assert desktop.post("/check/LENDING_APPROVAL", {"uscc": CODE, "case_ref": "C-1"}).status == 404
    assert desktop.get("/check/UNSPECIFIED").status == 404
    assert desktop.gateway.asked == []


def test_what_the_form_says_is_what_is_asked(desktop):
    fields = {**FACTS, "members": f"{CODE}，91420300MA1000447A", "purpose": "定标"}
    desktop.asked(fields, "BIDDING_AWARD")
    (request,) = desktop.gateway.asked

    assert request.question.area == common_pb2.AREA_BIDDING
    assert request.question.decision_point == common_pb2.DECISION_POINT_BIDDING_AWARD
    assert (request.question.case_ref, request.question.officer) == ("JSGC-2026-17", "officer-7")
    assert request.question.purpose == "定标"
    assert request.enterprise.uscc == CODE
    assert [each.uscc for each in request.consortium_members] == [CODE, "91420300MA1000447A"]
    facts = request.question.case_facts.bidding
    assert (facts.must_be_tendered, facts.state_funds) == (True, False)
    assert facts.form == credit_pb2.PARTICIPATION_FORM_SINGLE
    assert facts.cutoff_rule == credit_pb2.CUTOFF_RULE_FIXED
    assert facts.cutoff_at.ToJsonString() == "2026-11-20T09:00:00Z"


def test_an_amount_is_asked_in_fen_and_never_rounded(desktop):
    desktop.asked({"fact_security_kind": "BID_BOND", "fact_contract_amount_fen": "1,200,000.05"}, "GUARANTEE_ISSUE")

    assert desktop.gateway.asked[0].question.case_facts.guarantee.contract_amount_fen == 120_000_005


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("fact_cutoff_at", "yesterday"),
        ("fact_must_be_tendered", "perhaps"),
        ("fact_form", "UNSPECIFIED"),
        ("fact_cutoff_rule", "fixed"),
    ],
)
def test_a_fact_that_is_none_is_named_and_nothing_is_asked(desktop, name, said):
    reply = desktop.post("/check/BIDDING_AWARD", {"uscc": CODE, "case_ref": "C-1", **FACTS, name: said})

    assert reply.status == 422
    assert f'href="#{name}"' in reply.text
    assert desktop.gateway.asked == []


@pytest.mark.parametrize("amount", ["-1", "1.234", "1e3", "１２", "1.", "", "x"])
def test_an_amount_that_is_none_never_reaches_the_wire_as_another(desktop, amount):
    fields = {"uscc": CODE, "case_ref": "C-1", "fact_contract_amount_fen": amount}
    reply = desktop.post("/check/GUARANTEE_ISSUE", fields)

    if amount in {"", "1."}:
        facts = desktop.gateway.asked[0].question.case_facts.guarantee
        assert facts.contract_amount_fen == (100 if amount else 0)
        assert facts.HasField("contract_amount_fen") is bool(amount)
    else:
        assert reply.status == 422
        assert desktop.gateway.asked == []


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"uscc": CODE}, "case_ref"),
        ({"case_ref": "C-1"}, "uscc"),
        ({"uscc": CODE, "case_ref": "字" * 43}, "case_ref"),
        ({"uscc": CODE, "case_ref": "C-1", "purpose": "字" * 86}, "purpose"),
        ({"uscc": CODE, "case_ref": "C-1", "members": f"{CODE} " * 21}, "members"),
    ],
)
def test_what_is_missing_or_too_long_is_named_and_nothing_is_asked(desktop, fields, at):
    reply = desktop.post("/check/BIDDING_REGISTRATION", fields)

    assert reply.status == 422
    assert f'href="#{at}"' in reply.text
    assert 'value="C-1"' in reply.text or "case_ref" not in fields or len(fields["case_ref"]) > 3
    assert desktop.gateway.asked == []


def test_no_address_ever_holds_whom_it_was_about(desktop):
    desktop.gateway.answer = answer(name=NAME)
    page = desktop.asked({"name": NAME, "purpose": "定标前核实"})
    found = re.search(r'href="([^"]+/outcome)"', page.text)[1]
    desktop.browser.get(found)
    desktop.gateway.candidates.candidates.add(uscc=CODE, name=NAME)
    desktop.asked({"uscc": "", "name": NAME})

    for address in desktop.browser.asked:
        for secret in (CODE, NAME, "JSGC-2026-17", "officer-7", "%E7"):
            assert secret not in address


def test_a_name_with_a_script_in_it_is_text(desktop):
    desktop.gateway.answer = answer(name=SCRIPT, measures=[measure(authority=SCRIPT)])
    desktop.gateway.candidates.candidates.add(uscc=CODE, name=SCRIPT, matched_name='"><img src=x>')
    pages = [
        desktop.asked({"name": SCRIPT, "case_ref": '"><b>C'}),
        desktop.asked({"uscc": "", "name": SCRIPT, "purpose": '"><b>C'}),
        desktop.post("/check/BIDDING_REGISTRATION", {"name": SCRIPT}),
    ]

    for page in pages:
        assert SCRIPT not in page.text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;有限公司" in page.text
        assert "<b>C" not in page.text
        assert "<img" not in page.text


def test_who_is_meant_by_a_name_is_chosen_and_asked_about_by_code(desktop):
    desktop.gateway.candidates = candidate_pb2.ResolveEnterpriseResponse(
        candidates=[
            candidate_pb2.EnterpriseCandidate(
                uscc=CODE, name=NAME, match_kind=candidate_pb2.MATCH_KIND_SIMILAR_NAME, business_status="REVOKED"
            )
        ],
        left_out=True,
    )
    page = desktop.asked({"uscc": "", "name": "示例建设", "purpose": "定标"})
    (search,) = desktop.gateway.asked

    assert (search.name, search.case_ref, search.officer) == ("示例建设", "JSGC-2026-17", "officer-7")
    assert "名称相近" in page.words
    assert "吊销" in page.words
    assert "另有同名企业" in page.words
    assert "可以办理" not in page.words
    chosen = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page.text))
    assert chosen["uscc"] == CODE
    desktop.post("/check/BIDDING_REGISTRATION", {**chosen, "csrf": desktop.browser.csrf})
    asked = desktop.gateway.asked[1]
    assert (asked.enterprise.uscc, asked.question.case_ref, asked.question.purpose) == (CODE, "JSGC-2026-17", "定标")


def test_nobody_found_is_no_clear_answer(desktop):
    page = desktop.asked({"uscc": "", "name": "无此企业"})

    assert "没有候选不等于无限制" in page.words
    assert "可以办理" not in page.words


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (refused(grpc.StatusCode.PERMISSION_DENIED, "AREA_NOT_IN_MANDATE"), "此证书无权这样做"),
        (refused(grpc.StatusCode.UNAVAILABLE, "AUDIT_UNAVAILABLE"), "没有答复不等于无限制"),
        (refused(grpc.StatusCode.UNAVAILABLE, "NO_ANSWER"), "没有答复不等于无限制"),
        (refused(grpc.StatusCode.DATA_LOSS, "UNEXPECTED"), "没有答复不等于无限制"),
        (refused(grpc.StatusCode.UNAUTHENTICATED, "CERTIFICATE_REJECTED"), "网关不接受此证书"),
        (refused(grpc.StatusCode.UNAUTHENTICATED, "CERTIFICATE_REJECTED", why="revoked"), "此证书已被吊销，不能恢复"),
        (refused(grpc.StatusCode.UNAUTHENTICATED, "CERTIFICATE_REJECTED", why="expired"), "网关不接受此证书"),
    ],
)
def test_a_call_that_is_not_answered_is_told_in_words_and_never_as_an_answer(desktop, error, said):
    desktop.gateway.error = error
    reply = desktop.post("/check/BIDDING_REGISTRATION", {"uscc": CODE, "case_ref": "C-1"})

    assert reply.status == 422
    assert said in reply.words
    assert error.reason in reply.words
    assert f'value="{CODE}"' in reply.text
    assert "可以办理" not in reply.words


def test_a_field_that_the_gateway_names_is_marked_in_the_form(desktop):
    desktop.gateway.error = refused(
        grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST", field="case_facts.bidding.project_region"
    )
    reply = desktop.post("/check/BIDDING_AWARD", {"uscc": CODE, "case_ref": "C-1", **FACTS})

    assert 'href="#fact_project_region"' in reply.text
    assert reply.text.count('aria-invalid="true"') == 1


def test_a_residents_number_in_a_refusal_is_masked(desktop):
    number = "11010519491231002X"
    desktop.gateway.error = refused(grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST", value=number)

    assert number not in desktop.post("/check/BIDDING_REGISTRATION", {"uscc": CODE, "case_ref": "C-1"}).text


def test_a_page_that_fails_shows_nothing_of_the_program(desktop, caplog):
    desktop.gateway.error = ZeroDivisionError("secret of the program")
    reply = desktop.post("/check/BIDDING_REGISTRATION", {"uscc": CODE, "case_ref": "C-1"})

    assert reply.status == 500
    assert "没有结论，不得视为无限制" in reply.words
    assert "secret" not in reply.text
    assert "Traceback" not in reply.text
    incident = re.search(r"事件号 ([0-9a-f]{8})", reply.words)[1]
    assert incident in caplog.text


def test_a_result_that_is_not_there_is_said_so(desktop):
    for path in ("/answers/x", "/found/x", "/answers/x/outcome", "/reported/x"):
        assert desktop.get(path).status == 404
    assert desktop.post("/answers/x/receipt").status == 404
    assert desktop.post("/answers/x/outcome").status == 404

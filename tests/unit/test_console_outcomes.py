"""What an officer decides on an answer in the console, and how it is reported."""

from __future__ import annotations

import re

import grpc
import pytest
from console_desk import CODE, Desktop, answer, measure, stamp
from jointsanctions.v1 import common_pb2
from jointsanctions.v1 import outcome_pb2 as pb

from adapters.errors import GatewayError

FORM = {"outcome": "REFUSED", "decided_on": "2026-11-30"}
REVIEW = common_pb2.EFFECT_REVIEW
RAISE = common_pb2.EFFECT_RAISE_SECURITY


class Deciding(Desktop):
    """A console in which a question was answered."""

    def __init__(self, verdict, measures=()):
        super().__init__()
        self.opened()
        self.gateway.answer = answer(verdict, measures=measures)
        self.at = re.search(r"/answers/[^/\"]+/outcome", self.asked().text)[0]
        self.gateway.asked.clear()

    def decide(self, **fields):
        return self.post(self.at, {**FORM, **fields})

    @property
    def reported(self):
        return [each for each in self.gateway.asked if isinstance(each, pb.ReportOutcomeRequest)]


def test_a_decision_is_reported_on_the_answer_it_rests_on():
    deciding = Deciding(common_pb2.VERDICT_CLEAR)
    page = deciding.browser.follow(
        deciding.decide(outcome="GRANTED", document_number="示〔2026〕7号", note="已公示", part="1")
    )
    (request,) = deciding.reported

    assert (request.area, request.decision_point) == (
        common_pb2.AREA_BIDDING,
        common_pb2.DECISION_POINT_BIDDING_REGISTRATION,
    )
    assert (request.case_ref, request.uscc, request.officer) == ("JSGC-2026-17", CODE, "officer-7")
    assert (request.answer.writer, request.answer.number, request.answer.leaf_hash) == ("gw1-0", 17, b"\x01" * 32)
    assert request.outcome == pb.OUTCOME_KIND_GRANTED
    assert (request.decided_on, request.document_number) == ("2026-11-30", "示〔2026〕7号")
    assert (request.note, request.part) == ("已公示", "1")
    assert request.request_id
    assert "已登记" in page.words


@pytest.mark.parametrize(
    "verdict", [common_pb2.VERDICT_RESTRICTED, common_pb2.VERDICT_UNVERIFIABLE, common_pb2.VERDICT_UNSPECIFIED]
)
@pytest.mark.parametrize(
    "outcome", ["GRANTED", "GRANTED_WITH_CONDITIONS", "CONDITIONS_FULFILLED", "OVERRIDDEN", "NOT_STOPPED", "", "x"]
)
def test_over_what_is_restricted_or_not_verified_nobody_goes_ahead_here(verdict, outcome):
    deciding = Deciding(verdict)

    assert deciding.decide(outcome=outcome, note="紧急").status == 422
    assert deciding.reported == []
    assert f'value="{outcome or "GRANTED"}"' not in deciding.get(deciding.at).text


def test_what_is_restricted_can_be_refused():
    deciding = Deciding(common_pb2.VERDICT_RESTRICTED)
    deciding.decide()

    assert [each.outcome for each in deciding.reported] == [pb.OUTCOME_KIND_REFUSED]


def test_an_override_needs_its_reason():
    deciding = Deciding(common_pb2.VERDICT_CONDITIONAL, [measure()])

    reply = deciding.decide(outcome="OVERRIDDEN")
    assert reply.status == 422
    assert "另行决定必须说明理由" in reply.words
    assert deciding.reported == []
    assert deciding.decide(outcome="OVERRIDDEN", note="已整改，现场核实").status == 303
    (request,) = deciding.reported
    assert (request.outcome, request.note) == (pb.OUTCOME_KIND_OVERRIDDEN, "已整改，现场核实")
    assert not request.conditions


def test_a_review_is_an_officers_with_its_reason():
    deciding = Deciding(common_pb2.VERDICT_CONDITIONAL, [measure()])

    assert deciding.decide(outcome="GRANTED_WITH_CONDITIONS").status == 422
    assert deciding.reported == []
    assert deciding.decide(outcome="GRANTED_WITH_CONDITIONS", review="已核对材料").status == 303
    (request,) = deciding.reported
    assert [(each.kind, each.text) for each in request.conditions] == [
        (pb.FULFILMENT_KIND_OFFICER_REVIEW, "已核对材料")
    ]


def test_every_condition_of_an_answer_must_be_met():
    measures = [
        measure(disputed=True),
        measure(rule_id="A-41", effect=common_pb2.EFFECT_NO_CONVENIENCE),
        measure(rule_id="A-9", trigger=common_pb2.TRIGGER_UNKNOWN_ENTERPRISE),
    ]
    met = {"review": "已核对", "hearing": "笔录 3", "withheld": "未给予便利", "existence": "核实 8"}
    deciding = Deciding(common_pb2.VERDICT_CONDITIONAL, measures)

    for left_out in met:
        rest = {name: said for name, said in met.items() if name != left_out}
        reply = deciding.decide(outcome="CONDITIONS_FULFILLED", **rest)
        assert reply.status == 422, left_out
        assert "条件还没有全部满足" in reply.words
    assert deciding.reported == []
    assert deciding.decide(outcome="CONDITIONS_FULFILLED", **met).status == 303
    assert {each.text for each in deciding.reported[0].conditions} == set(met.values())


@pytest.mark.parametrize(
    ("amount", "ordinary", "taken"),
    [
        ("1500", "1000", True),
        ("1499.99", "1000", False),
        ("20000", "1000", False),
        ("1500", "", False),
        ("0", "1000", False),
        ("x", "1000", False),
        ("", "1000", False),
    ],
)
def test_security_is_raised_within_the_bound_of_the_answer(amount, ordinary, taken):
    bound = common_pb2.SecurityBound(kind="BID_BOND", surcharge_percent=50, cap_fen=1_000_000)
    deciding = Deciding(common_pb2.VERDICT_CONDITIONAL, [measure(effect=RAISE, security_bound=bound)])
    reply = deciding.decide(outcome="GRANTED_WITH_CONDITIONS", amount=amount, ordinary=ordinary)

    assert (reply.status == 303) is taken
    assert [each.conditions[0].text for each in deciding.reported] == (["1500 CNY"] if taken else [])


@pytest.mark.parametrize("day", ["2026-11-29", "2026-12-01", "yesterday", ""])
def test_nothing_is_decided_before_its_answer_or_after_today(day):
    deciding = Deciding(common_pb2.VERDICT_CLEAR)

    assert deciding.decide(decided_on=day).status == 422
    assert deciding.reported == []


@pytest.mark.parametrize(
    "fields", [{"note": "字" * 167}, {"document_number": "字" * 43}, {"part": "字" * 22}, {"review": "字" * 86}]
)
def test_what_the_gateway_would_not_take_is_said_before(fields):
    deciding = Deciding(common_pb2.VERDICT_CONDITIONAL, [measure()])

    assert deciding.decide(**fields).status == 422
    assert deciding.reported == []


def test_a_report_that_is_refused_is_told_with_the_form_as_it_was():
    deciding = Deciding(common_pb2.VERDICT_CLEAR)
    deciding.gateway.error = GatewayError(grpc.StatusCode.ALREADY_EXISTS, "OUTCOME_REPORTED", {}, "it is reported")
    reply = deciding.decide(note="已公示")

    assert reply.status == 422
    assert "OUTCOME_REPORTED" in reply.words
    assert 'value="已公示"' in reply.text


def missed(**parts):
    whole = {
        "decision_point": common_pb2.DECISION_POINT_BIDDING_AWARD,
        "case_ref": "JSGC-2026-18",
        "uscc": CODE,
        "answer": pb.AnswerPosition(writer="gw1-0", number=9, leaf_hash=b"\x02" * 32, line_hash=b"\x03" * 32),
        "verdict": common_pb2.VERDICT_CONDITIONAL,
        "answered_at": stamp(),
        "due_on": "2026-12-02",
    }
    return pb.MissingOutcome(**{**whole, **parts})


def test_what_is_owed_is_shown_once_each_and_can_be_reported():
    desktop = Desktop(areas=(common_pb2.AREA_BIDDING,))
    desktop.opened()
    older = missed(answer=pb.AnswerPosition(writer="gw1-0", number=3, leaf_hash=b"\x04" * 32))
    desktop.gateway.missing.missing.extend([missed(overdue=True), older])
    page = desktop.get("/outcomes?since=2026-11-01")
    (asked,) = desktop.gateway.asked

    assert (asked.area, asked.since_on, asked.officer) == (common_pb2.AREA_BIDDING, "2026-11-01", "officer-7")
    assert page.text.count("JSGC-2026-18") == 1
    assert "已逾期" in page.words
    assert "应于 2026-12-02 前登记" in page.words
    at = re.search(r'href="([^"]+/outcome)"', page.text)[1]
    desktop.browser.get(at)
    assert desktop.browser.post(at, {**FORM, "outcome": "GRANTED_WITH_CONDITIONS"}).status == 422
    reply = desktop.browser.post(at, {**FORM, "outcome": "GRANTED_WITH_CONDITIONS", "security": "履约保证金 1500 元"})
    assert reply.status == 303
    request = desktop.gateway.asked[-1]
    assert (request.answer.number, request.answer.line_hash) == (9, b"\x03" * 32)
    assert [(each.kind, each.text) for each in request.conditions] == [
        (pb.FULFILMENT_KIND_SECURITY_RAISED, "履约保证金 1500 元")
    ]


def test_nothing_owed_is_said_so():
    desktop = Desktop()
    desktop.opened()

    assert "没有待报的结果" in desktop.get("/outcomes").words
    assert [each.since_on for each in desktop.gateway.asked] == ["2026-10-31"] * 2
    assert desktop.get("/outcomes?since=x").status == 404


@pytest.mark.parametrize(
    ("others", "status"), [("AREA_NOT_IN_MANDATE", 200), ("ROLE_NOT_PERMITTED", 502), ("AUDIT_UNAVAILABLE", 502)]
)
def test_an_area_that_is_not_ours_owes_nothing_and_any_other_failure_is_told(others, status):
    desktop = Desktop()
    desktop.opened()
    ours = desktop.gateway.missing_outcomes

    def asked(request):
        if request.area != common_pb2.AREA_BIDDING:
            raise GatewayError(grpc.StatusCode.PERMISSION_DENIED, others, {}, "not here")
        return ours(request)

    desktop.gateway.missing.missing.append(missed())
    desktop.gateway.missing_outcomes = asked
    page = desktop.get("/outcomes")

    assert page.status == status
    assert ("JSGC-2026-18" in page.words) is (status == 200)


def test_where_no_area_is_ours_it_is_told_and_not_that_nothing_is_owed():
    desktop = Desktop()
    desktop.opened()
    desktop.gateway.error = GatewayError(grpc.StatusCode.PERMISSION_DENIED, "AREA_NOT_IN_MANDATE", {}, "not yours")
    page = desktop.get("/outcomes")

    assert page.status == 502
    assert "此证书无权这样做" in page.words
    assert "没有待报的结果" not in page.words

"""The award gate in the console: asked, decided over, and by two persons; what was not cleared is never said to be."""

from __future__ import annotations

import json
import re

import grpc
import pytest
from console_desk import CODE, Desktop, answer, measure
from jointsanctions.v1 import common_pb2, credit_pb2, outcome_pb2
from test_console_cases import listed, opened

from adapters.errors import GatewayError
from console.gating import MOST_WORD, REASON_BYTES

AWARD = str(int(common_pb2.DECISION_POINT_BIDDING_AWARD))
CLEARED = credit_pb2.AWARD_CLEARANCE_CLEARED
PENDING = credit_pb2.AWARD_CLEARANCE_PROOF_PENDING
NOT_CLEARED = credit_pb2.AWARD_CLEARANCE_NOT_CLEARED
RESTRICTED, CONDITIONAL = common_pb2.VERDICT_RESTRICTED, common_pb2.VERDICT_CONDITIONAL
GAP = credit_pb2.AwardGap
WORD = {"reason": "抢险救灾", "document_number": "示应急〔2026〕1号"}


def gate(clearance=NOT_CLEARED, verdict=RESTRICTED, gaps=(GAP.AWARD_GAP_RESTRICTED,)):
    found = answer(verdict, measures=[measure()] if verdict in {RESTRICTED, CONDITIONAL} else ())
    party = credit_pb2.PartyClearance(uscc=CODE, verdict=verdict, gaps=gaps)
    return credit_pb2.ClearAwardResponse(
        clearance=clearance,
        decision=found.decision,
        basis=found.basis,
        parties=[party],
        audit_position=found.audit_position,
    )


@pytest.fixture
def desktop():
    desktop = Desktop()
    desktop.opened("o-1")
    return desktop


def asked(desktop, said=None, **fields):
    """Open the case, ask the gate about its first applicant; return the page and its address."""
    desktop.gateway.gate = said if said is not None else gate()
    address, _ = opened(desktop)
    reply = desktop.post(f"{address}/gate", {"place": "0", "point": AWARD, **fields})
    return reply.location.removeprefix(desktop.console.base), desktop.browser.follow(reply)


def begun(desktop):
    """Give the first word; return the file for the second person."""
    at, _ = asked(desktop)
    desktop.gateway.gate = gate(gaps=[GAP.AWARD_GAP_SECOND_PERSON_MISSING])
    page = desktop.browser.follow(desktop.post(at, {"word": "emergency", **WORD}))
    saved = re.search(r'action="[^"]*(/gate/[^"]+/word)"', page.text)[1]
    return desktop.post(saved)


def second_desk(officer="o-2"):
    other = Desktop()
    other.opened(officer)
    other.gateway.gate = gate()
    return other


def open_word(desktop, content):
    return desktop.browser.upload(desktop.path("/second"), {}, {"word": content})


def test_the_gate_is_asked_about_the_registered_applicant_and_nothing_else(desktop):
    at, page = asked(desktop)
    request = desktop.gateway.asked[-1]

    assert (request.officer, request.case_ref, request.part) == ("o-1", "JSGC-2026-18", "2")
    assert request.applicant == listed().case.applicants[0]
    assert not request.HasField("override")
    assert not request.HasField("emergency")
    assert re.fullmatch(r"/gate/[\w-]{20,}", at)
    for said in ("不予放行", "由认定机关修复、停止执行或者更正", "示例办法", "紧急程序（须两人）"):
        assert said in page.words
    assert "准予放行" not in page.words


@pytest.mark.parametrize(
    "fields",
    [{"place": "2"}, {"place": "-1"}, {"place": ""}, {"place": "0", "point": "x"}, {"point": "9999"}, {"place": "²"}],
)
def test_what_is_no_applicant_and_no_point_asks_nobody(desktop, fields):
    address, _ = opened(desktop)
    before = len(desktop.gateway.asked)

    assert desktop.post(f"{address}/gate", {"place": "0", "point": AWARD, **fields}).status == 404
    assert len(desktop.gateway.asked) == before


@pytest.mark.parametrize(
    ("clearance", "said", "not_said"),
    [
        (CLEARED, "准予放行", "不予放行"),
        (PENDING, "待出证明，先不要办理", "准予放行"),
        (NOT_CLEARED, "不予放行", "准予放行"),
        (0, "不予放行", "准予放行"),
        (99, "不予放行", "准予放行"),
    ],
)
def test_only_what_the_gate_cleared_is_cleared(desktop, clearance, said, not_said):
    _, page = asked(desktop, gate(clearance, common_pb2.VERDICT_CLEAR, ()))

    assert f"<h1>{said}</h1>" in page.text
    assert not_said not in page.words
    assert ("登记处理结果" in page.words) is (clearance == CLEARED)


def test_a_gap_that_is_not_known_here_is_told_and_opens_nothing(desktop):
    _, page = asked(desktop, gate(gaps=[99]))

    assert "不认识的一项" in page.words
    assert 'name="word"' not in page.text


def test_over_what_is_conditional_one_officer_decides_with_a_reason(desktop):
    at, page = asked(desktop, gate(verdict=CONDITIONAL, gaps=[GAP.AWARD_GAP_CONDITIONS_OPEN]))
    assert 'value="override"' in page.text
    assert 'value="emergency"' not in page.text
    assert desktop.post(at, {"word": "override"}).status == 422
    desktop.gateway.gate = gate(CLEARED, CONDITIONAL, ())
    done = desktop.browser.follow(desktop.post(at, {"word": "override", "reason": "已补足保证金"}))
    request = desktop.gateway.asked[-1]

    assert "准予放行" in done.words
    assert (request.override.reason, request.HasField("emergency")) == ("已补足保证金", False)


def test_over_what_cannot_be_verified_nobody_decides(desktop):
    both = [GAP.AWARD_GAP_RESTRICTED, GAP.AWARD_GAP_UNVERIFIABLE, GAP.AWARD_GAP_CONDITIONS_OPEN]
    _, page = asked(desktop, gate(gaps=both))

    assert 'name="word"' not in page.text


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": ""},
        {"document_number": ""},
        {"reason": "急" * (REASON_BYTES // 3 + 1)},
        {"document_number": "x" * 129},
    ],
)
def test_the_emergency_needs_reason_and_document_within_bounds(desktop, fields):
    at, _ = asked(desktop)
    before = len(desktop.gateway.asked)
    page = desktop.post(at, {"word": "emergency", **WORD, **fields})

    assert page.status == 422
    assert f'href="#{next(iter(fields))}"' in page.text
    assert len(desktop.gateway.asked) == before


def test_the_first_word_clears_nothing_and_is_handed_over_as_a_file(desktop):
    file = begun(desktop)
    said = json.loads(file.content)

    assert "attachment" in file.headers["content-disposition"]
    assert (said["officer"], said["emergency"]["reason"]) == ("o-1", WORD["reason"])
    assert said["emergency"]["first"]["number"] == "17"
    assert desktop.gateway.asked[-1].emergency.HasField("first") is False


def test_the_second_person_sees_what_weighs_now_before_joining_in(desktop):
    word, other = begun(desktop).content, second_desk()
    page = other.browser.follow(open_word(other, word))
    (plain,) = other.gateway.asked

    assert (plain.officer, plain.HasField("emergency")) == ("o-2", False)
    for said in ("示例办法", WORD["reason"], WORD["document_number"], "o-1", "作为第二人确认"):
        assert said in page.words
    at = re.search(r'action="[^"]*(/second/[^"]+)"', page.text)[1]
    assert other.post(at).status == 422
    assert len(other.gateway.asked) == 1, "who has not looked joins in nothing"
    other.gateway.gate = gate(CLEARED, gaps=())
    done = other.browser.follow(other.post(at, {"seen": "yes"}))
    request = other.gateway.asked[-1]
    assert "准予放行" in done.words
    assert "上列限制仍然有效" in done.words
    assert (request.officer, request.emergency.reason, request.emergency.first.number) == ("o-2", WORD["reason"], 17)
    outcome = other.get(re.search(r'href="[^"]*(/answers/[^"]+/outcome)"', done.text)[1])
    assert re.findall(r'name="outcome" value="(\w+)"', outcome.text)[0] == "OVERRIDDEN"
    assert 'value="GRANTED"' not in outcome.text
    assert 'value="2"' in outcome.text, "the lot is that of the case"


@pytest.mark.parametrize(
    ("why", "said"), [("SAME_PERSON", "第二人就是第一人"), ("NO_HOLDER", "证书没有写明持有人"), ("", "需要第二人")]
)
def test_what_the_gateway_refuses_the_second_person_is_told_in_words(desktop, why, said):
    word, other = begun(desktop).content, second_desk("o-1")
    page = other.browser.follow(open_word(other, word))
    at = re.search(r'action="[^"]*(/second/[^"]+)"', page.text)[1]
    status = grpc.StatusCode.PERMISSION_DENIED
    other.gateway.error = GatewayError(status, "SECOND_PERSON_REQUIRED", {"why": why} if why else {}, "no")
    refused = other.post(at, {"seen": "yes"})

    assert refused.status == 422
    assert said in refused.words
    assert "<h1>准予放行</h1>" not in refused.text


@pytest.mark.parametrize("gaps", [(), (GAP.AWARD_GAP_UNVERIFIABLE,)])
def test_where_nothing_is_restricted_any_more_there_is_nothing_to_join_in(desktop, gaps):
    word, other = begun(desktop).content, second_desk()
    other.gateway.gate = gate(gaps=gaps)
    page = other.browser.follow(open_word(other, word))

    assert "按现在的情况不能走紧急程序" in page.words
    assert 'name="seen"' not in page.text


def broken(word, change):
    said = json.loads(word)
    change(said)
    return json.dumps(said).encode()


def test_a_file_that_is_no_first_word_asks_nobody(desktop):
    word, other = begun(desktop).content, second_desk()
    files = [
        b"",
        b"{}",
        b"\xff",
        b"[" * 5_000,
        b"x" * (MOST_WORD + 1),
        broken(word, lambda said: said["emergency"].pop("first")),
        broken(word, lambda said: said["emergency"]["first"].update(leaf_hash="AAAA")),
        broken(word, lambda said: said.pop("case_ref")),
        broken(word, lambda said: said.update(override={"reason": "x"})),
        broken(word, lambda said: said.update(other=1)),
    ]
    for each in files:
        page = open_word(other, each)
        assert (page.status, "这不是第一人保存的文件" in page.words) == (422, True), each[:40]
    assert other.gateway.asked == []


def test_a_receipt_is_handed_over_of_what_is_cleared_alone(desktop):
    at, _ = asked(desktop)

    assert desktop.post(f"{at}/receipt").status == 404
    assert desktop.post(f"{at}/word").status == 404


def test_the_outcome_of_what_two_persons_cleared_is_reported_as_overridden(desktop):
    word, other = begun(desktop).content, second_desk()
    page = other.browser.follow(open_word(other, word))
    other.gateway.gate = gate(CLEARED, gaps=())
    at = re.search(r'action="[^"]*(/second/[^"]+)"', page.text)[1]
    done = other.browser.follow(other.post(at, {"seen": "yes"}))
    form = re.search(r'href="[^"]*(/answers/[^"]+/outcome)"', done.text)[1]
    day = {"decided_on": "2026-11-30", "note": "抢险救灾"}

    assert other.post(form, {"outcome": "OVERRIDDEN", **day, "note": ""}).status == 422
    assert other.post(form, {"outcome": "OVERRIDDEN", **day}).status == 303
    assert other.gateway.asked[-1].outcome == outcome_pb2.OUTCOME_KIND_OVERRIDDEN


def test_the_pages_of_one_session_are_not_there_for_another(desktop):
    at, _ = asked(desktop)
    other = second_desk()

    assert other.get(at).status == 404

"""The page that verifies receipts, in a browser that is offline: dropped, verified, told."""

from __future__ import annotations

import hashlib

import pytest
from browser import LOOKS, browser, looking, pictured
from jointsanctions.v1 import common_pb2, credit_pb2
from test_receipt_page_in_node import KEYS, recorded, witnessed
from unit.test_formats_receipt import proven_here, receipt

from console.receipt.page import verifier_page
from formats import canonical
from formats.receipt import encode_receipt
from gateway.cli.verifier import NAMES

pytestmark = pytest.mark.xdist_group("browser")

EVIL = "<script>alert(1)</script>有限公司"


def answered():
    """Return an answer that restricts, with one measure."""
    answer = credit_pb2.CheckEligibilityResponse()
    answer.decision.verdict = common_pb2.VERDICT_RESTRICTED
    measure = answer.decision.measures.add(rule_id="A-30/TR1", effect=common_pb2.EFFECT_BLOCK, authority=EVIL)
    measure.document_number = "示人社〔2026〕1号"
    measure.instruction.zh, measure.instruction.en = "否决其投标", "reject the bid"
    basis = measure.legal_basis.add(document="GOV-535", article="48")
    basis.title.zh = "保障农民工工资支付条例"
    measure.ends_by.zh, measure.ends_by.en = "移出名单", "removal from the list"
    measure.remedy.zh, measure.remedy.en = "向认定机关陈述申辩", "be heard by the deciding authority"
    return answer.SerializeToString(deterministic=True)


def hostile():
    """Return a receipt of a question whose every text would be markup, with its answer and a witness."""
    response = answered()
    body = canonical.encode(
        {
            "method": "CreditService/CheckEligibility",
            "outcome": "OK",
            "case": EVIL,
            "officer": '"><img src=x onerror=alert(1)>',
            "purpose": "</script><script>alert(1)</script>",
            "caller": {"agency": "public-resources-trading", "role": "asking-system"},
            "area": common_pb2.AREA_BIDDING,
            "point": common_pb2.DECISION_POINT_BIDDING_AWARD,
            "enterprises": ["91420300MA10004470"],
            "verdict": common_pb2.VERDICT_RESTRICTED,
            "valid_until": "2026-11-24T05:00:00.000000Z",
            "measures": ["A-30/TR1"],
            "response": hashlib.sha256(response).hexdigest(),
        }
    )
    return witnessed(recorded(body, response))


@pytest.fixture(scope="module")
def chromium():
    with browser() as found:
        yield found


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stick")
    (folder / "receipt.html").write_text(verifier_page(KEYS, NAMES), encoding="utf-8")
    whole = encode_receipt(hostile())
    (folder / "holds.json").write_bytes(whole)
    (folder / "altered.json").write_bytes(whole.replace(b"91420300MA10004470", b"91420300MA10004471"))
    (folder / "bare.json").write_bytes(encode_receipt(receipt(shown=False)))
    (folder / "item.json").write_bytes(encode_receipt(receipt(batch=True)))
    (folder / "picture.json").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")
    return folder


@pytest.fixture(params=LOOKS)
def page(request, chromium, files):
    with looking(chromium, request.param, offline=True) as found:
        found.goto((files / "receipt.html").as_uri())
        found.look = request.param
        yield found


def told(page, *files):
    page.set_input_files("#file", files)
    page.wait_for_function("count => document.querySelectorAll('article').length === count", arg=len(files))
    return page.locator("article").first


def states(article):
    return {each.get_attribute("data-part"): each.get_attribute("class") for each in article.locator(".parts li").all()}


def test_one_that_holds_is_told_in_words_and_its_texts_are_texts(page, files):
    article = told(page, files / "holds.json")
    assert "凭证成立" in article.locator("h2").first.inner_text()
    assert set(states(article).values()) == {"holds", "absent"}
    said = article.inner_text()
    for text in (
        EVIL,
        '"><img src=x onerror=alert(1)>',
        "</script><script>alert(1)</script>",
        "受限，不得批准",
        "招标投标",
    ):
        assert text in said
    for text in ("受限，不得批准", "招标投标", "否决其投标", "保障农民工工资支付条例 第48条", "示人社〔2026〕1号"):
        assert text in said
    assert "2026-11-24 13:00:00 +08:00" in said
    assert "witness.example.org/w1" in said
    assert page.locator("article img, article script").count() == 0
    pictured(page, f"receipt-holds-{page.look}")


def test_of_one_that_was_altered_only_what_failed_is_told(page, files):
    article = told(page, files / "altered.json")
    assert "凭证不成立" in article.locator("h2").first.inner_text()
    assert {name for name, state in states(article).items() if state == "fails"} == {"entry"}
    assert "9142030" not in article.inner_text()
    pictured(page, f"receipt-altered-{page.look}")


def test_what_is_not_proven_is_said(page, files):
    bare = told(page, files / "bare.json").inner_text()
    assert "谁问了什么、答了什么，均未证明" in bare
    assert "没有见证机关会签" in bare
    pictured(page, f"receipt-bare-{page.look}")
    item = told(page, files / "item.json").inner_text()
    assert "措施的文字与法律依据未证明" in item


@pytest.mark.parametrize(("verdict", "said"), [("CLEAR", True), ("UNVERIFIABLE", False)])
def test_that_there_is_no_measure_is_said_of_a_clear_answer_alone(page, files, tmp_path, verdict, said):
    number = common_pb2.Verdict.Value(f"VERDICT_{verdict}")
    answer = credit_pb2.CheckEligibilityResponse()
    answer.decision.verdict = number
    response = answer.SerializeToString(deterministic=True)
    body = {
        "method": "CreditService/CheckEligibility",
        "verdict": number,
        "response": hashlib.sha256(response).hexdigest(),
    }
    (tmp_path / "a.json").write_bytes(encode_receipt(recorded(canonical.encode(body), response)))
    assert ("无限制措施" in told(page, tmp_path / "a.json").inner_text()) == said


def test_several_files_are_told_each_and_what_is_none_is_refused(page, files):
    told(page, files / "holds.json", files / "picture.json", files / "altered.json")
    assert [each.get_attribute("class") for each in page.locator("article").all()] == ["holds", "fails", "fails"]


def test_it_is_worked_by_the_keyboard_and_told_to_who_does_not_see(page, files):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "file"
    assert page.locator("#results").get_attribute("aria-live") == "polite"
    told(page, files / "altered.json")
    assert "凭证不成立" in page.evaluate("document.activeElement.innerText")


def test_dropped_files_are_taken(page, files):
    content = (files / "holds.json").read_text(encoding="utf-8")
    page.evaluate(
        """content => {
            const carried = new DataTransfer();
            carried.items.add(new File([content], "dropped.json"));
            document.dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true, cancelable: true }));
        }""",
        content,
    )
    page.wait_for_selector("article.holds")


def test_the_sample_is_one_for_the_gateways_code_too():
    assert proven_here(encode_receipt(hostile()))

"""The page of a receipt: it says what the receipt says, and every changed byte of it is noticed."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jointsanctions.v1 import common_pb2, credit_pb2
from unit.test_formats_receipt import INDEX, KINDS, LINES, SALT, proven_here, receipt

from formats import canonical
from formats.merkle import leaf_hash
from formats.query_code import decode_query_code
from formats.receipt import ReceiptError, encode_receipt
from gateway.cli import page_words as words
from gateway.cli.receipt_page import page_of, query_code_of, receipt_in
from gateway.domain.vocabulary import Area, DecisionPoint, Effect, Verdict


def with_body(**changed):
    """Return a receipt of another body, which is as little verified by its page as any."""
    found = receipt()
    body = canonical.encode({**canonical.decode(found.body), **changed})
    envelope = {**canonical.decode(found.envelope), "body": hashlib.sha256(SALT + body).hexdigest()}
    return replace(found, body=body, envelope=canonical.encode(envelope))


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_gives_back_its_receipt(kind):
    content = encode_receipt(KINDS[kind])
    assert receipt_in(page_of(content)) == content


def taken(page):
    """Tell whether a page is taken for that of a receipt that holds."""
    try:
        return proven_here(receipt_in(page))
    except ReceiptError:
        return False


@pytest.mark.parametrize("kind", KINDS)
def test_no_page_with_a_changed_character_is_taken(kind):
    page = page_of(encode_receipt(KINDS[kind]))
    assert taken(page)
    changed = [page[:at] + chr(ord(page[at]) ^ 1) + page[at + 1 :] for at in range(0, len(page), 3)]
    assert [at for at, each in enumerate(changed) if taken(each)] == []
    assert not any(taken(each) for each in (page[:-1], page + "\n", "", page.replace("<h2>", "<h2 >")))


def test_no_page_that_tells_another_verdict_is_taken():
    page = page_of(encode_receipt(receipt()))
    for said, instead in (("受限，不得批准", "可以办理"), ("RESTRICTED", "CLEAR")):
        assert page.count(said) == 1
        assert not taken(page.replace(said, instead))


def test_two_receipts_in_one_page_are_none():
    page = page_of(encode_receipt(receipt()))
    with pytest.raises(ReceiptError, match="one receipt"):
        receipt_in(page + page)


def test_it_says_who_asked_what_and_what_was_answered():
    asked = with_body(
        caller={"agency": "trading-centre", "role": "asking-system"},
        officer="李经办",
        area=int(Area.BIDDING),
        point=int(DecisionPoint.BIDDING_AWARD),
        enterprises=["91420399MA00K2UM2D"],
    )
    page = page_of(encode_receipt(asked))
    for said in (
        "trading-centre / asking-system",
        "李经办",
        "招标投标",
        "定标",
        "91420399MA00K2UM2D",
        "项目-17",
        "受限",
    ):
        assert said in page
    assert "2026-11-24 12:00:00 +08:00" in page
    assert words.NO_ANSWER[0] in page


def test_with_the_answer_it_says_on_what_ground():
    answer = credit_pb2.CheckEligibilityResponse()
    answer.decision.enterprise.uscc = "91420399MA00K2UM2D"
    answer.decision.measures.add(
        effect=int(Effect.BLOCK),
        instruction=common_pb2.LocalizedText(zh="不得定标", en="do not award"),
        authority="示例市人社局",
        document_number="示人社监〔2026〕1号",
        legal_basis=[
            common_pb2.LegalBasis(document="R724", article="48", title=common_pb2.LocalizedText(zh="条例", en="R"))
        ],
    )
    page = page_of(encode_receipt(replace(with_body(), response=answer.SerializeToString(deterministic=True))))
    for said in ("限制：不得定标", "block: do not award", "示例市人社局 示人社监〔2026〕1号", "条例 第48条（R724 48）"):
        assert said in page


@pytest.mark.parametrize("verdict", Verdict)
def test_that_there_is_no_measure_is_said_of_a_clear_answer_alone(verdict):
    answer = credit_pb2.CheckEligibilityResponse()
    answer.decision.enterprise.uscc = "91420399MA00K2UM2D"
    response = answer.SerializeToString(deterministic=True)
    page = page_of(encode_receipt(replace(with_body(verdict=int(verdict)), response=response)))
    assert (words.NO_MEASURE[0] in page) == (verdict is Verdict.CLEAR)


def test_one_of_a_batch_shows_its_own_line_and_no_other():
    page = page_of(encode_receipt(KINDS["one of a batch"]))
    assert "bidder-2" in page
    held = base64.b64decode(page.split('<pre id="receipt">')[1].split("</pre>")[0].replace("\n", ""))
    shown = page + held.decode()
    assert [place for place in range(len(LINES)) if f"bidder-{place}" in shown] == [2]


def test_without_the_body_it_says_that_it_shows_nothing_of_the_question():
    page = page_of(encode_receipt(KINDS["without its body"]))
    assert words.NOT_SHOWN[0] in page
    assert words.VERDICT[0] not in page


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_whatever_was_asked_is_text_and_never_markup(said):
    content = encode_receipt(with_body(case=f"<script>{said}</script>"))
    page = page_of(content)
    assert "<script" not in page
    assert receipt_in(page) == content


def test_the_code_on_it_finds_the_entry():
    found = receipt()
    code = query_code_of(found)
    assert code in page_of(encode_receipt(found))
    read = decode_query_code(code)
    assert (read.year, read.index) == (2026, INDEX)
    assert read.of(leaf_hash(found.envelope))


@pytest.mark.parametrize("changed", [{"verdict": 99}, {"area": "x", "point": 34}, {"caller": 5}, {"point": 7}])
def test_a_receipt_whose_parts_mean_nothing_has_no_page(changed):
    with pytest.raises(ReceiptError, match="cannot be read"):
        page_of(encode_receipt(with_body(**changed)))


def test_every_word_of_the_vocabulary_is_in_both_languages():
    for wanted, table in (
        (Area, words.AREAS),
        (DecisionPoint, words.POINTS),
        (Effect, words.EFFECTS),
        (Verdict, words.VERDICTS),
    ):
        assert set(table) == set(wanted)
        assert all(chinese and english and not chinese.isascii() for chinese, english in table.values())

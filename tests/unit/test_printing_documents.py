"""What the printed documents say: an answer, a decision to list, a letter; and what they refuse to print."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from jointsanctions.v1 import credit_pb2
from printing_samples import (
    AUTHORITY,
    CHAIN,
    CODE,
    DECIDED,
    DELIVERED,
    NAME,
    RECORDED,
    SAID,
    USCC,
    act,
    answer,
    listing,
    question,
    verdict,
)
from unit.test_referral_letters import LETTERS, NOT_FILED, case

from adapters.letters.draft import HINTS, MARK
from console.printing.facts import facts_said
from console.printing.letter import EPOCH, letter_page
from console.printing.listing_decision import REQUIRED, decision_page
from console.printing.model import Heading, Look, NewPage, Note, Paragraph, PrintError, Rows, Table
from console.printing.verdict import verdict_page
from console.printing.words import BLANK, day_zh, word, yuan
from gateway.cli.print_names import GRADES, NAMES
from gateway.domain.vocabulary import GradeLetter, Verdict

ROOT = Path(__file__).parents[2]


def said(page):
    """Return all that a page says, in order: titles of rows with what they say, and texts."""
    found = []
    for block in page.blocks:
        if isinstance(block, Rows):
            found += [(title[0], value) for title, value in block.rows if value]
        elif isinstance(block, Table):
            found += [("", cell) for row in block.rows for cell in row]
        elif not isinstance(block, NewPage):
            found.append(("", block.text))
    return found


def values(page, title):
    return [value if isinstance(value, str) else value[0] for name, value in said(page) if name == title]


def texts(page):
    return [value if isinstance(value, str) else value[0] for _, value in said(page)]


def test_the_verdict_comes_first_and_large_with_until_when_it_holds():
    page = verdict()
    first, second = page.blocks[:2]
    assert (first.look, first.rows[0][1]) == (Look.VERDICT, NAMES["verdicts"][int(Verdict.RESTRICTED)])
    assert [value for _, value in second.rows] == [f"{USCC} {NAME}", "2026-11-20 18:00:00 +08:00"]
    assert page.dated == RECORDED.at
    assert page.reference.value == CODE


def test_an_answer_is_printed_with_its_question():
    page = verdict(authorization_ref="示法〔2026〕3号")
    for title, expected in (
        ("询问机关", RECORDED.agency),
        ("经办人", "李经办"),
        ("记录时间", "2026-11-20 17:00:03 +08:00"),
        ("联合体成员", "91420300MA10004470 示例县第二建筑有限公司"),
        ("业务编号", "JSGC-2026-17"),
        ("领域", "招标投标"),
        ("决定环节", "定标"),
        ("用途", "定标前核查"),
        ("授权文书", "示法〔2026〕3号"),
        ("诚信等级", "C级（O45 ）"),
        ("规则版本与数据版本", "shiyan 2026.3; 417"),
    ):
        assert values(page, title) == [expected]
    assert values(page, "案件事实")[0].splitlines() == [
        "项目所在地行政区划代码：420302",
        "依法必须招标：是",
        "参加形式：单独",
        "截止时点（北京时间）：2026-11-20 17:00:00 +08:00",
    ]


def test_facts_are_said_in_words_amounts_in_yuan_and_what_has_none_as_it_was_sent():
    guarantee = credit_pb2.GuaranteeFacts(
        security_kind=credit_pb2.SECURITY_KIND_WAGE_DEPOSIT, contract_amount_fen=123_456_700
    )
    assert facts_said(credit_pb2.CaseFacts(guarantee=guarantee)) == (
        "担保类型：工资保证金\n合同金额（元）：1,234,567.00",
        "Kind of security: Wage deposit\nContract amount (yuan): 1,234,567.00",
    )
    bidding = credit_pb2.BiddingFacts(must_be_tendered=False, cutoff_rule=credit_pb2.CUTOFF_RULE_NOT_FIXED)
    bidding.form = 77
    assert facts_said(credit_pb2.CaseFacts(bidding=bidding))[1].splitlines() == [
        "The law requires a tender: No",
        "Comes alone or as a consortium: 77",
        "Does the document fix a cut-off for credit records: No",
    ]
    assert facts_said(credit_pb2.CaseFacts()) == ("", "")


def test_every_measure_has_its_ground_its_end_and_its_remedy():
    page = verdict_page(question(), answer(measures=40), RECORDED, NAMES)
    assert values(page, "认定机关及文号") == [f"{AUTHORITY} 示人社监〔2026〕{number}号" for number in range(1, 41)]
    assert values(page, "依据") == ["《保障农民工工资支付条例》第48条"] * 40
    assert values(page, "救济") == ["可以申请行政复议，或者提起行政诉讼"] * 40
    assert values(page, "终止") == ["移出名单之日终止"] * 40
    assert values(page, "注意") == ["当事人已提出异议，先听取其意见"]
    assert [each for each in texts(page) if "共 40 项" in each][-1] == "措施：第 40 项，共 40 项"


def test_security_is_printed_as_far_as_it_was_computed():
    given = answer(measures=1)
    bound = given.decision.measures[0].security_bound
    bound.surcharge_percent, bound.raised_fen, bound.cap_fen = 50, 123_456, 200_000
    assert values(verdict_page(question(), given, RECORDED, NAMES), "担保上限") == [
        "上浮 50%，提高至不少于 1,234.56 元，不超过 2,000.00 元"
    ]
    bound.ClearField("raised_fen")
    assert "提高至" not in values(verdict_page(question(), given, RECORDED, NAMES), "担保上限")[0]


def test_only_of_what_is_clear_it_is_said_that_there_is_no_measure():
    doubtful = answer(Verdict.UNVERIFIABLE, measures=0)
    doubtful.decision.unverifiable_because.append("STALE_SOURCE: wage_list")
    page = verdict_page(question(), doubtful, RECORDED, NAMES)
    assert "无限制措施" not in "".join(texts(page))
    assert values(page, "无法核实的原因") == ["来源未按时确认（STALE_SOURCE: wage_list）"]
    clear = verdict_page(question(), answer(Verdict.CLEAR, measures=0), RECORDED, NAMES)
    assert values(clear, "措施") == ["无限制措施"]


def test_a_name_that_is_not_the_one_on_record_is_shown_beside_it():
    given = answer()
    given.decision.enterprise.name_sent = "示例市别的公司"
    assert values(verdict_page(question(), given, RECORDED, NAMES), "来询名称（与登记不一致）") == ["示例市别的公司"]
    given.decision.enterprise.name_sent = NAME
    assert values(verdict_page(question(), given, RECORDED, NAMES), "来询名称（与登记不一致）") == []


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda given: setattr(given.decision, "verdict", 99), "verdicts: 99"),
        (lambda given: setattr(given.decision.measures[0], "effect", 99), "effects: 99"),
        (lambda given: setattr(given.decision.grade, "letter", 99), "grades: 99"),
        (lambda given: given.decision.unverifiable_because.append("NEW"), "doubts: NEW"),
    ],
)
def test_what_this_version_has_no_words_for_is_not_printed(change, named):
    given = answer()
    change(given)
    with pytest.raises(PrintError, match=named):
        verdict_page(question(), given, RECORDED, NAMES)


def test_a_decision_to_list_says_what_its_document_must_state():
    page = decision_page(listing(), NAME, CODE, NAMES)
    whole = texts(page)
    for name in REQUIRED:
        assert [each for each in whole if SAID[name] in each], name
    assert page.number[0] == "文号：示人社监列〔2026〕9号"
    assert f"{NAME}（统一社会信用代码：{USCC}）：" in whole
    (facts,) = [each for each in whole if "责令限期支付" in each]
    for expected in ("示人社监令〔2026〕8号", "于2026年1月6日送达", "限期至2026年1月20日", "于2026年1月26日送达"):
        assert expected in facts
    assert [each for each in whole if BLANK in each] == [f"{number}. 姓名、职务：{BLANK}" for number in (1, 2)]
    assert "随本决定一并送达信用修复告知书：修复告知〔2026〕9号。" in whole
    assert whole.index(f"{AUTHORITY}（印章）") < whole.index("2026年3月2日")
    assert values(page, "送达企业") == ["2026-03-04 送达回证〔2026〕12号"]
    assert page.dated.isoformat() == "2026-03-01T16:00:00+00:00"


@pytest.mark.parametrize("name", REQUIRED)
def test_a_decision_that_lacks_what_its_document_must_state_is_not_printed(name):
    kept = {each: text for each, text in SAID.items() if each != name}
    for lacking in (kept, {**kept, name: "  "}):
        with pytest.raises(PrintError, match=f"L-09.*: {name}$"):
            decision_page(listing(*CHAIN, act("DECISION", "2026-03-02", "1号", **lacking)), NAME, CODE, NAMES)


def test_without_a_decision_there_is_nothing_to_print():
    with pytest.raises(PrintError, match="no decision to list"):
        decision_page(listing(*CHAIN), NAME, CODE, NAMES)


def test_an_imported_decision_brings_its_chain_with_it_and_what_is_not_known_is_a_blank():
    brought = {"chain.order_number": "示令1号", "chain.order_due_on": "2026-01-20"}
    page = decision_page(listing(act("DECISION", "2026-03-02", "1号", **SAID, **brought)), "", CODE, NAMES)
    (facts,) = [each for each in texts(page) if "责令限期支付" in each]
    assert "示令1号" in facts
    assert "限期至2026年1月20日" in facts
    assert facts.count(BLANK) == 3
    assert f"{BLANK}（统一社会信用代码：{USCC}）：" in texts(page)


def test_a_revoked_or_undelivered_decision_does_not_look_as_if_it_stood():
    revoked = decision_page(listing(stage="REVOKED", in_force=False), NAME, CODE, NAMES)
    assert values(revoked, "目前状态") == ["已撤销，自始无效，无效力"]
    alone = listing(*CHAIN, DECIDED, act("DELIVERY", "2026-03-04", "1号", to_person=True), stage="DECIDED")
    undelivered = decision_page(alone, NAME, CODE, NAMES)
    assert Note(word("not_delivered")) in undelivered.blocks
    assert values(undelivered, "送达人员") == ["2026-03-04"]
    assert (
        Note(word("not_delivered")) not in decision_page(listing(*CHAIN, DECIDED, DELIVERED), NAME, CODE, NAMES).blocks
    )


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_on_paper_has_the_words_of_its_draft_and_the_hints_on_a_page_of_their_own(letter):
    draft = letter(case(NOT_FILED))
    page = letter_page(draft, "YS-2026-7")
    sent, hints = page.blocks[: page.blocks.index(NewPage())], page.blocks[page.blocks.index(NewPage()) + 1 :]
    lines = [(draft.addressee, Paragraph)] + [(each, Heading if each.heading else Paragraph) for each in draft.body]
    lines += [(each, Paragraph) for each in draft.closing]
    shown = [(each.text, type(each)) for each in sent if not isinstance(each, Table)]
    assert [each for each in shown if each[0][0] != BLANK] == [((line.zh, line.en), kind) for line, kind in lines]
    assert [each.text for each in hints] == [(each.zh, each.en) for each in (HINTS, *draft.hints)]
    assert [each.rows for each in sent if isinstance(each, Table)] == ([draft.materials] if draft.materials else [])
    assert (page.mark, page.dated) == (MARK, EPOCH)
    assert page.reference.command == "jsg referral show YS-2026-7"


def test_a_letter_without_its_list_of_materials_says_so():
    draft = LETTERS[0](case(files=()))
    assert BLANK in texts(letter_page(draft, "YS-2026-7"))


def test_every_grade_has_words_and_amounts_and_days_are_written_as_documents_write_them():
    assert set(GRADES) == set(GradeLetter)
    assert (yuan(123_456_789), yuan(5)) == ("1,234,567.89", "0.05")
    assert (day_zh("2026-01-05"), day_zh("")) == ("2026年1月5日", BLANK)


def test_every_text_of_the_pages_is_in_both_languages_and_is_used():
    catalogue = tomllib.loads((ROOT / "console/texts.toml").read_text(encoding="utf-8"))["printing"]
    sources = [*(ROOT / "console/printing").glob("*.py"), ROOT / "gateway/cli/receipt_print.py"]
    used = {name for file in sources for name in re.findall(r"[\"']([a-z_]+)[\"']", file.read_text(encoding="utf-8"))}
    assert set(catalogue) - used == set()
    for text in catalogue.values():
        assert text["zh"]
        assert text["en"]
        assert not text["zh"].isascii() or "{" in text["zh"]
        assert set(re.findall(r"\{(\w+)\}", text["en"])) <= set(re.findall(r"\{(\w+)\}", text["zh"]))

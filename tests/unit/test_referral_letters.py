"""Letters of a referral: each known field in its place, a blank for each that is not, a document that does no harm."""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree as ET

import docx
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from jointsanctions.v1 import clock_pb2, common_pb2
from jointsanctions.v1 import referral_pb2 as pb

from adapters.errors import SettingsError
from adapters.letters.case_file import CaseFile, ListedMaterial, Names, day_zh
from adapters.letters.contesting import reconsideration_letter, supervision_letter
from adapters.letters.docx_file import EPOCH, write_docx
from adapters.letters.draft import BLANK, MARK, LetterError
from adapters.letters.referring import copy_letter, referral_letter
from adapters.letters.wording import CONDUCTS, DEBTORS, DELIVERIES, EVIDENCE, MATERIALS
from formats.dossier import EvidenceKind, Material
from gateway.cli.referral_letter import run

USCC = "91420302MA0000000X"
NAMES = Names("示例市人力资源和社会保障局", "示例市公安局", "示例市某某建筑有限公司")
LETTERS = [referral_letter, copy_letter, reconsideration_letter, supervision_letter]
FILES = [
    ListedMaterial("移送书正本", Material.REFERRAL_LETTER, EvidenceKind.NONE),
    ListedMaterial("责令改正指令书", Material.ORDER, EvidenceKind.DOCUMENTARY),
    ListedMaterial("涉案物品", Material.ITEM_LIST, EvidenceKind.NONE),
]
AT = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)


def stamp(at: datetime) -> Timestamp:
    made = Timestamp()
    made.FromDatetime(at)
    return made


def step(kind: str, number: int, reasons: str = "", agency: str = "hrss", **other) -> pb.RecordedReferralStep:
    made = pb.ReferralStep(
        kind=pb.ReferralActKind.Value(f"REFERRAL_ACT_KIND_{kind}"),
        document_number=f"示〔2026〕{number}号",
        at=stamp(AT + timedelta(days=number)),
        reasons=reasons,
        **other,
    )
    return pb.RecordedReferralStep(step=made, agency=agency)


SENT = [step("REPORT", 0), step("APPROVAL", 1), step("SENDING", 2, to_agency="public-security")]
NOT_FILED = [*SENT, step("RECEIPT", 3), step("NON_FILING", 5, "证据不足", "public-security")]


def clock(clock_id: str) -> clock_pb2.Clock:
    return clock_pb2.Clock(
        clock_id=clock_id,
        title=common_pb2.LocalizedText(zh="提请复议或者建议立案监督", en="contest the decision"),
        source="R310 9",
        ends_at=stamp(datetime(2026, 11, 10, 16, tzinfo=UTC)),
        due_on_working_days="2026-11-12",
    )


def case(steps=(), names=NAMES, files=FILES, facts=None, **other) -> CaseFile:
    found = {
        "county": "420302",
        "debtor": pb.REFERRAL_DEBTOR_UNIT,
        "uscc": USCC,
        "claims": [pb.WorkerClaim(worker=f"w{n}", owed_fen=600_050, unpaid_months=n % 5) for n in range(12)],
        "order": pb.PaymentOrder(
            document_number="示人社监令〔2026〕88号",
            issued_on="2026-10-01",
            delivered_on="2026-10-03",
            delivery=pb.ORDER_DELIVERY_IN_PERSON,
            due_on="2026-10-20",
        ),
        "conducts": [pb.REFERRAL_CONDUCT_HIDES, pb.REFERRAL_CONDUCT_MOVES_PROPERTY],
    }
    shown = pb.GetReferralResponse(
        referral=pb.Referral(
            referral_id="YS-2026-7", agency="hrss", clocks=[clock("T-30/contest"), clock("T-22/send")]
        ),
        steps=steps,
        facts=pb.ReferralFacts(**{**found, **(facts or {})}),
        **other,
    )
    return CaseFile(shown, names, files)


def text_of(content: bytes) -> str:
    """Return all text of a document as the library reads it: header, paragraphs and cells."""
    document = docx.Document(io.BytesIO(content))
    lines = [each.text for each in document.sections[0].header.paragraphs]
    lines += [each.text for each in document.paragraphs]
    lines += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(lines)


def written(letter, of: CaseFile) -> str:
    return text_of(write_docx(letter(of)))


def test_the_letter_of_referral_has_every_field_in_its_place():
    payment = pb.ReferralPayment(paid_on="2026-11-01", paid_fen=120_000, document_number="付〔2026〕1号")
    text = written(referral_letter, case(SENT, payments=[payment]))
    for expected in (
        "涉嫌犯罪案件移送书",
        "文号：示〔2026〕2号",
        "示例市公安局：",
        f"示例市某某建筑有限公司（用人单位，统一社会信用代码：{USCC}）",
        "案件编号：YS-2026-7",
        "第二百七十六条之一",
        "国务院令第310号）第五条、第六条",
        "于2026年10月1日作出示人社监令〔2026〕88号，责令其于2026年10月20日前（含当日）支付",
        "于2026年10月3日送达，送达方式：直接送达",
        "拖欠12名劳动者劳动报酬人民币72,006.00元；单个劳动者被拖欠最多6,000.50元，被拖欠时间最长4个月",
        "行政区划代码：420302",
        "逃跑、藏匿；转移、处分财产。",
        "2026年11月1日支付人民币1,200.00元（凭证付〔2026〕1号）。",
        "移送报告：示〔2026〕0号，2026年11月2日；批准：示〔2026〕1号，2026年11月3日。",
        "责令改正指令书",
        "责令支付的文书\norder to pay",
        "书证\ndocumentary",
        "示例市人力资源和社会保障局（印章）",
        "2026年11月4日",
        "期限（T-22/send，R310 9）",
        "“三日”如按工作日计算，最后一日为2026年11月12日，以先到者为准",
        *MARK,
    ):
        assert expected in text, expected
    assert "public-security" in text, "the note tells whom the gateway knows the police as"


def test_the_copy_lists_only_what_is_copied_and_says_whether_the_case_was_sent():
    text = written(copy_letter, case(SENT))
    assert "移送书正本" in text
    assert "涉案物品" in text
    assert "责令改正指令书" not in text
    assert "已于2026年11月4日以示〔2026〕2号移送【　　　　】（公安机关）" in text
    assert "拟移送" in written(copy_letter, case())
    assert "人社部发〔2014〕100号" in text


def test_the_request_for_reconsideration_quotes_the_police_and_leaves_our_reasons_to_us():
    text = written(reconsideration_letter, case(NOT_FILED))
    assert "你单位于2026年11月7日以示〔2026〕5号决定不予立案，理由为：“证据不足”。" in text
    assert f"我单位认为本案符合立案条件，理由：{BLANK}" in text
    assert f"文号：{BLANK}" in text
    assert "第九条" in text
    assert "2026-11-11 00:00（北京时间）前" in text
    asked = step("RECONSIDERATION_REQUEST", 6, "证据充分")
    text = written(reconsideration_letter, case([*NOT_FILED, asked]))
    assert "理由：证据充分" in text
    assert "文号：示〔2026〕6号" in text


def test_the_suggestion_of_supervision_rests_on_the_last_decision_or_on_silence():
    upheld = step("NON_FILING_UPHELD", 8, "维持", "public-security")
    text = written(supervision_letter, case([*NOT_FILED, step("RECONSIDERATION_REQUEST", 6), upheld]))
    assert "公安机关于2026年11月10日以示〔2026〕8号决定维持不予立案的决定，理由为：“维持”。" in text
    assert "第五百五十七条至第五百六十四条" in text
    assert "公安机关于2026年11月7日" in written(supervision_letter, case(NOT_FILED))
    assert "签收，至今未见是否立案的决定" in written(supervision_letter, case([*SENT, step("RECEIPT", 3)]))
    assert "未见公安机关签收" in written(supervision_letter, case(SENT))


def test_what_is_not_on_record_is_a_blank_and_nothing_is_invented():
    bare = case(names=Names(), files=(), facts={"uscc": "", "order": pb.PaymentOrder(), "conducts": [], "claims": []})
    text = written(referral_letter, bare)
    for expected in (
        f"文号：{BLANK}",
        f"\n{BLANK}：\n",
        f"{BLANK}（用人单位，统一社会信用代码或者证件号码：{BLANK}）",
        f"于{BLANK}年{BLANK}月{BLANK}日作出{BLANK}",
        f"送达方式：{BLANK}",
        f"三、拒不支付的情形\nHow payment is refused (T-01, T-06)\n{BLANK}。",
        f"移送报告：{BLANK}，{BLANK}年{BLANK}月{BLANK}日；批准：{BLANK}",
        f"{BLANK}（印章）",
        "本案没有支付记录",
    ):
        assert expected in text, expected
    assert text.count(BLANK) > 15


def test_serious_consequences_are_to_be_told_where_they_are_on_record():
    assert "严重后果" not in written(referral_letter, case())
    assert f"造成严重后果：{BLANK}" in written(referral_letter, case(facts={"serious_consequences": True}))


def test_the_gaps_of_the_file_are_hints_to_who_drafts():
    gap = pb.ReferralGap(rule="T-04", text=common_pb2.LocalizedText(zh="未见送达证明", en="no proof of delivery"))
    assert "材料未显示（T-04）：未见送达证明" in written(referral_letter, case(gaps=[gap]))


@pytest.mark.parametrize(
    ("letter", "steps", "why"),
    [
        (reconsideration_letter, SENT, "no decision not to file"),
        (reconsideration_letter, [*NOT_FILED, step("FILING", 9)], "have filed"),
        (supervision_letter, [], "not on record as sent"),
        (supervision_letter, [*NOT_FILED, step("FILING", 9)], "have filed"),
    ],
)
def test_a_letter_about_what_is_not_there_is_refused(letter, steps, why):
    with pytest.raises(LetterError, match=why):
        letter(case(steps))


def test_to_who_is_not_shown_the_facts_there_is_no_letter():
    with pytest.raises(LetterError, match="refers it alone"):
        CaseFile(pb.GetReferralResponse(referral=pb.Referral(referral_id="YS-1")), NAMES)


@pytest.mark.parametrize("letter", LETTERS)
def test_the_same_letter_is_the_same_bytes_and_says_no_time_of_its_making(letter):
    content = write_docx(letter(case(NOT_FILED)))
    assert write_docx(letter(case(NOT_FILED))) == content
    properties = docx.Document(io.BytesIO(content)).core_properties
    assert (properties.created.replace(tzinfo=None), properties.author) == (EPOCH, "")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


@pytest.mark.parametrize("letter", LETTERS)
def test_a_document_has_no_macro_no_link_to_elsewhere_and_no_field(letter):
    content = write_docx(letter(case(NOT_FILED)))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            assert "vba" not in name.lower()
            raw = archive.read(name)
            if name.endswith((".xml", ".rels")):
                root = ET.fromstring(raw)  # noqa: S314 - our own
                assert all(each.get("TargetMode") != "External" for each in root.iter()), name
                tags = {each.tag.rpartition("}")[2] for each in root.iter()}
                assert not tags & {"instrText", "fldSimple", "hyperlink", "altChunk", "object", "control"}, name


@pytest.mark.parametrize(
    "hostile",
    [
        "<w:p/>&amp;]]><!--",
        "</w:t></w:r></w:p><script>x</script>",
        "a\0b\x07c\x1fd",
        "\u202eabc\u2066",
        "\ufffe\uffff",
        "=HYPERLINK(1)",
        "{{ 7 * 7 }}{% for %}",
        "甲" * 5_000,
        "a\tb\r\nc\u2028d",
    ],
)
def test_a_name_with_markup_or_controls_is_only_a_name(hostile):
    names = Names(hostile, hostile, hostile)
    files = [ListedMaterial(hostile, Material.ITEM_LIST, EvidenceKind.PHYSICAL)]
    reasons = [*SENT, step("NON_FILING", 5, hostile.encode("utf-8", "ignore").decode())]
    for letter in LETTERS:
        text = written(letter, case(reasons, names, files))
        shown = "".join(each if each.isprintable() or each == "\n" else "\ufffd" for each in hostile)
        assert shown in text
        assert not [each for each in text if not each.isprintable() and each not in "\n\t　"]


def test_every_word_that_the_facts_can_have_has_its_wording():
    for words, kinds in (
        (CONDUCTS, pb.ReferralConduct),
        (DELIVERIES, pb.OrderDelivery),
        (DEBTORS, pb.ReferralDebtor),
    ):
        assert set(words) == set(kinds.values()) - {0}
    assert set(MATERIALS) == set(Material)
    assert set(EVIDENCE) == set(EvidenceKind)


def test_without_the_library_for_documents_it_is_said_what_is_missing(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "docx", None)
    monkeypatch.delitem(sys.modules, "adapters.letters.docx_file", raising=False)
    with pytest.raises(SettingsError, match="extra `letters`"):
        run(argparse.Namespace(out=tmp_path / "letter.docx"))


def test_days_are_written_as_chinese_letters_write_them():
    assert day_zh("2026-01-05") == "2026年1月5日"
    assert day_zh(date(2026, 12, 31).isoformat()) == "2026年12月31日"

"""Rows under the shipped mappings: what record each becomes, and every reason why it becomes none."""

from __future__ import annotations

from pathlib import Path

import pytest
from jointsanctions.v1 import common_pb2, listing_pb2

from formats.csv_rows import Fault, SourceRow
from formats.identifiers import resident_id_check_character, uscc_check_character
from formats.resident_ids import mask_resident_ids
from gateway.cli.import_duplicates import SeenKeys
from gateway.cli.import_mapping import find_mapping, load_mapping
from gateway.cli.import_rows import RowMapper

SHIPPED = Path(__file__).parents[2] / "config" / "import"
FIRST17 = "91420399MA000001X"
SOUND = FIRST17 + uscc_check_character(FIRST17)
UNSOUND = FIRST17 + next(c for c in "01" if c != SOUND[-1])
PERSON17 = "42039919000101001"
RESIDENT = PERSON17 + resident_id_check_character(PERSON17)
NAME = "示例青禾建筑工程有限公司"

NOTICE = {
    "name": NAME,
    "uscc": SOUND,
    "list": "拖欠农民工工资失信联合惩戒名单",
    "authority": "示例市人力资源和社会保障局",
    "published_on": "2026年3月5日",
    "case_no": "示〔2026〕1号",
    "amount_cny": "170600",
    "note": "",
}
ENTERPRISE = {
    "统一社会信用代码": SOUND,
    "企业名称": NAME,
    "生效日期": "2020/1/6",
    "是否施工单位": "是",
    "企业类型": "外地企业",
    "登记状态": "存续",
    "法定代表人": "示甲乙",
    "证件类型": "1",
    "法定代表人证件号": RESIDENT,
}
COMPLAINT = {
    "投诉编号": "示投〔2026〕1号",
    "用人单位名称": NAME,
    "统一社会信用代码": SOUND,
    "受理日期": "2026-03-05",
    "查实日期": "2026-03-10",
    "工资付清日期": "",
    "受理机关": "示例市人力资源和社会保障局",
}
ARREARS = {
    "用人单位名称": NAME,
    "统一社会信用代码": SOUND,
    "发现日期": "2026-03-05",
    "付清日期": "",
    "拖欠金额(元)": "86,400.50",
    "涉及人数": "12",
    "是否恶意拖欠": "否",
    "认定机关": "示例市人力资源和社会保障局",
    "文书号": "示〔2026〕2号",
}
ACT = {
    "名单编号": "示名〔2026〕1号",
    "行为": "列入决定",
    "行为日期": "2026-05-20",
    "对象名称": NAME,
    "统一社会信用代码": SOUND,
    "发布机关名称": "示例市人力资源和社会保障局",
    "文书号": "示〔2026〕3号",
    "列入事由": "ORDER_UNPAID",
    "法定代表人": "示甲乙",
    "法定代表人证件号": RESIDENT.lower(),
    "证件类型": "1",
    "责令支付文书号": "示责〔2026〕1号",
    "责令送达日期": "2026-03-01",
    "责令期限届满日期": "2026-03-20",
    "告知书文号": "示告〔2026〕1号",
    "告知送达日期": "2026-05-01",
    "到期退出情况": "",
    "续期原因": "",
}
PENALTY = {
    "行政相对人名称": NAME,
    "统一社会信用代码": SOUND,
    "行政处罚决定书文号": "示罚〔2026〕1号",
    "处罚机关": "示例市人力资源和社会保障局",
    "处罚决定日期": "2026/3/5",
    "处罚有效期": "2026/9/5",
    "处罚类别": "限制承接新项目",
    "罚款金额(万元)": "5.5",
    "没收金额(万元)": "",
}


def mapped(mapping, row, **changed):
    cells = row | changed
    layout = load_mapping(find_mapping(mapping, SHIPPED))
    return RowMapper(layout, tuple(cells)).record(SourceRow(7, tuple(cells.values())))


def only_fault(result):
    assert isinstance(result, list)
    assert len(result) == 1
    return result[0]


def test_a_listing_notice_becomes_a_published_notice():
    record = mapped("published-notices", NOTICE)

    assert record.row == 7
    assert (record.uscc, record.name, record.document_number) == (SOUND, NAME, "示〔2026〕1号")
    assert record.published_notice.list == "WAGE_ARREARS_LISTING"
    assert record.published_notice.published_on == "2026-03-05"


def test_the_kind_of_notice_follows_the_lists_name():
    record = mapped("published-notices", NOTICE, list="重大劳动保障违法案件")

    assert record.published_notice.list == "MAJOR_VIOLATION_PUBLICATION"


def test_a_list_that_is_not_held_is_refused_by_name():
    fault = only_fault(mapped("published-notices", NOTICE, list="失信被执行人", uscc="nonsense"))

    assert fault == Fault("list", "judgment-debtor list: not held here", "失信被执行人名单：本系统不收录")


def test_a_list_that_nobody_named_is_not_guessed():
    fault = only_fault(mapped("published-notices", NOTICE, list="某名单"))

    assert fault.column == "list"
    assert fault.en == "the mapping has no kind of record for this"


@pytest.mark.parametrize("code", ["", UNSOUND])
def test_a_notice_goes_out_without_a_sound_code(code):
    assert mapped("published-notices", NOTICE, uscc=code).uscc == code


@pytest.mark.parametrize(
    ("mapping", "row", "column"),
    [
        ("published-notices", NOTICE, "uscc"),
        ("enterprises", ENTERPRISE, "统一社会信用代码"),
        ("complaints", COMPLAINT, "统一社会信用代码"),
    ],
)
def test_a_residents_number_in_the_codes_place_is_refused_and_not_told(mapping, row, column):
    fault = only_fault(mapped(mapping, row, **{column: RESIDENT}))

    assert fault.column == column
    assert RESIDENT not in fault.en + fault.zh


@pytest.mark.parametrize(
    ("mapping", "row"),
    [("complaints", COMPLAINT), ("arrears", ARREARS), ("listing-acts", ACT), ("penalties-double-publicity", PENALTY)],
)
def test_a_code_that_fails_its_check_is_for_the_gateway_to_decide_and_none_is_refused(mapping, row):
    assert mapped(mapping, row, 统一社会信用代码=UNSOUND).uscc == UNSOUND
    assert only_fault(mapped(mapping, row, 统一社会信用代码="")).column == "统一社会信用代码"


def test_the_master_feeds_plausible_code_is_for_the_gateway_to_decide():
    assert mapped("enterprises", ENTERPRISE, 统一社会信用代码=UNSOUND).uscc == UNSOUND
    assert "18 characters" in only_fault(mapped("enterprises", ENTERPRISE, 统一社会信用代码=SOUND[:17])).en


def test_an_enterprise_profile_is_mapped_whole():
    record = mapped("enterprises", ENTERPRISE)
    sent = record.enterprise

    assert (record.name, sent.name, sent.valid_from) == (NAME, NAME, "2020-01-06")
    assert sent.kind == common_pb2.ENTERPRISE_KIND_NONLOCAL
    assert sent.construction_unit
    assert sent.business_status == "IN_BUSINESS"
    person = sent.legal_representative
    assert (person.name, person.document_type, person.document_number) == ("示甲乙", "RESIDENT_ID", RESIDENT)


def test_no_means_no_and_an_empty_flag_is_unset():
    assert mapped("enterprises", ENTERPRISE, 是否施工单位="否").enterprise.HasField("construction_unit")
    assert not mapped("enterprises", ENTERPRISE, 是否施工单位="否").enterprise.construction_unit
    assert only_fault(mapped("enterprises", ENTERPRISE, 是否施工单位="")).column == "是否施工单位"


def test_a_person_is_named_whole_or_not_at_all():
    nobody = {"法定代表人": "", "证件类型": "", "法定代表人证件号": ""}
    assert not mapped("enterprises", ENTERPRISE, **nobody).enterprise.HasField("legal_representative")
    for column in nobody:
        assert "name, kind of document and number" in only_fault(mapped("enterprises", ENTERPRISE, **{column: ""})).en


def test_a_residents_number_of_a_person_must_pass_its_check():
    wrong = RESIDENT[:-1] + ("0" if RESIDENT[-1] != "0" else "1")
    fault = only_fault(mapped("enterprises", ENTERPRISE, 法定代表人证件号=wrong))

    assert "check character" in fault.en
    assert wrong not in fault.en + fault.zh
    assert mapped("enterprises", ENTERPRISE, 法定代表人证件号="示1234567", 证件类型="2").enterprise.HasField(
        "legal_representative"
    )


def test_arrears_are_in_fen():
    record = mapped("arrears", ARREARS)

    assert record.arrears.amount_fen == 8_640_050
    assert record.arrears.workers == 12
    assert not record.arrears.paid_on


def test_a_decision_carries_chain_persons_and_reason():
    record = mapped("listing-acts", ACT)
    sent = record.listing_act

    assert sent.act == listing_pb2.LISTING_ACT_KIND_DECISION
    assert (sent.listing_id, sent.on, sent.reason) == ("示名〔2026〕1号", "2026-05-20", "ORDER_UNPAID")
    assert sent.chain.order_due_on == "2026-03-20"
    assert sent.chain.pre_notice_delivered_on == "2026-05-01"
    assert [person.document_number for person in sent.persons] == [RESIDENT]


def test_a_later_act_carries_neither_chain_nor_persons():
    record = mapped("listing-acts", ACT, 行为="送达", 行为日期="2026-05-22")

    assert record.listing_act.act == listing_pb2.LISTING_ACT_KIND_DELIVERY
    assert not record.listing_act.HasField("chain")
    assert not record.listing_act.persons


def test_the_acts_of_one_listing_have_different_keys():
    assert mapped("listing-acts", ACT).source_key != mapped("listing-acts", ACT, 行为="送达").source_key


@pytest.mark.parametrize("column", ["到期退出情况", "续期原因"])
def test_a_record_under_the_old_rules_is_refused(column):
    assert "before 2022" in only_fault(mapped("listing-acts", ACT, **{column: "未整改"})).en


def test_a_restricting_penalty_is_mapped_with_its_days():
    sent = mapped("penalties-double-publicity", PENALTY).penalty
    assert (sent.restriction, sent.decided_on, sent.restricts_from) == ("NEW_PROJECTS_LIMITED", *["2026-03-05"] * 2)
    assert sent.restricts_until == sent.valid_until == "2026-09-05"


@pytest.mark.parametrize("name", ["罚款", "警告", "暂扣许可证件"])
def test_any_other_penalty_is_mapped_without_a_restriction_and_its_amounts_in_fen(name):
    amounts = {"罚款金额(万元)": "1.5", "没收金额(万元)": "0", "处罚有效期": ""}
    sent = mapped("penalties-double-publicity", PENALTY, 处罚类别=name, **amounts).penalty
    assert (sent.penalty_class, sent.restriction, sent.restricts_from, sent.restricts_until) == (name, "", "", "")
    assert (sent.fine_fen, sent.confiscated_fen) == (1_500_000, 0)
    assert sent.HasField("confiscated_fen")


def test_a_restricting_penalty_without_its_end_and_a_detention_are_refused():
    assert only_fault(mapped("penalties-double-publicity", PENALTY, 处罚有效期="")).column == "处罚有效期"
    assert "natural person" in only_fault(mapped("penalties-double-publicity", PENALTY, 处罚类别="行政拘留")).en


def test_a_value_outside_the_mapping_is_not_guessed():
    fault = only_fault(mapped("penalties-double-publicity", PENALTY, 处罚类别="罚款;降低资质等级"))

    assert fault.column == "处罚类别"
    assert "no such value" in fault.en


def test_a_shifted_row_shows_by_its_types():
    cells = list(NOTICE.values())
    shifted = dict(zip(NOTICE, [cells[-1], *cells[:-1]], strict=True))
    result = mapped("published-notices", shifted | {"list": NOTICE["list"]})

    assert {fault.column for fault in result} >= {"name", "uscc", "published_on"}


def test_a_column_that_is_only_checked_still_must_fit():
    assert only_fault(mapped("published-notices", NOTICE, amount_cny="2026-03-05")).column == "amount_cny"


@pytest.mark.parametrize("text", ["示例\ufffd公司", "示例\ue123公司", "示例\x00公司", "示例\x07公司"])
def test_a_damaged_text_is_refused(text):
    assert only_fault(mapped("published-notices", NOTICE, name=text)).column == "name"
    assert only_fault(mapped("published-notices", NOTICE, note=text)).column == "note"


def test_a_text_over_several_lines_is_refused_where_it_is_taken():
    assert "several lines" in only_fault(mapped("published-notices", NOTICE, name="示例\n公司")).en
    assert mapped("published-notices", NOTICE, note="one\ntwo").name == NAME


def test_every_fault_of_a_row_is_told():
    result = mapped("published-notices", NOTICE, name="", published_on="soon", amount_cny="much")

    assert [fault.column for fault in result] == ["name", "published_on", "amount_cny"]


def test_the_key_does_not_depend_on_how_a_source_writes():
    same = mapped("published-notices", NOTICE, uscc=f"{SOUND[:8]} {SOUND[8:]}".lower(), published_on="2026/3/5")

    assert same.source_key == mapped("published-notices", NOTICE).source_key


def test_a_long_or_ambiguous_key_becomes_a_digest():
    short, long = mapped("complaints", COMPLAINT), mapped("complaints", COMPLAINT, 投诉编号="长" * 43)
    slashed = mapped("complaints", COMPLAINT, 投诉编号="a/b")

    assert short.source_key == "示投〔2026〕1号"
    assert long.source_key != slashed.source_key
    for record in (long, slashed):
        assert record.source_key.startswith("sha256:")
        assert len(record.source_key.encode()) <= 128


def test_a_row_whose_form_is_broken_is_its_own_fault():
    fault = Fault("", "broken", "损坏")
    layout = load_mapping(find_mapping("complaints", SHIPPED))

    assert RowMapper(layout, tuple(COMPLAINT)).record(SourceRow(3, ("x",), fault)) == [fault]


def test_numbers_of_residents_are_masked_wherever_they_stand():
    spaced = f"{RESIDENT[:6]} {RESIDENT[6:14]} {RESIDENT[14:]}"
    for text in (RESIDENT, f"电话{RESIDENT}，{RESIDENT}", spaced):
        assert RESIDENT not in mask_resident_ids(text).replace(" ", "")
        assert "420***********" in mask_resident_ids(text)
    digits = "914203991234567890"
    for kept in (SOUND, digits, "1" * 18, f"{RESIDENT}1"):
        assert mask_resident_ids(kept) == kept


def test_seen_keys_remember_the_first_line_of_each():
    seen = SeenKeys()
    assert [seen.first_line(f"key {number}", number) for number in range(1, 5_001)] == [None] * 5_000
    assert [seen.first_line(f"key {number}", 9_999) for number in range(1, 5_001)] == list(range(1, 5_001))

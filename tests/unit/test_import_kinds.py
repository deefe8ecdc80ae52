"""Mappings of kinds beside the first ones: licences, records of persons, fields of several words."""

from __future__ import annotations

from pathlib import Path

import pytest

from formats.csv_rows import SourceRow
from formats.identifiers import resident_id_check_character, uscc_check_character
from gateway.cli.import_mapping import find_mapping, load_mapping
from gateway.cli.import_rows import RowMapper
from gateway.cli.import_targets import KINDS, Forms, target
from gateway.domain import kinds
from gateway.domain.kinds.attributes import content_of
from gateway.domain.kinds.fact import PersonKey

SHIPPED = Path(__file__).parents[2] / "config" / "import"
SOUND = "91420399MA000001X" + uscc_check_character("91420399MA000001X")
RESIDENT = "42039919000101001" + resident_id_check_character("42039919000101001")
FORMS = Forms(("YYYY-MM-DD",), "元", "plausible")
LICENCE = {
    "行政相对人名称": "示例青禾建筑工程有限公司",
    "统一社会信用代码": SOUND,
    "行政许可决定文书名称": "示例许可决定书",
    "行政许可决定文书号": "示许〔2026〕1号",
    "许可类别": "普通",
    "许可决定日期": "2026/3/5",
    "有效期自": "2026/3/6",
    "有效期至": "",
    "许可内容": "示例许可内容",
    "许可机关": "示例市住房和城乡建设局",
    "当前状态": "1",
}
EXAMS = """
title = "Exam records"
feed = "exam_records"
key = ["文书号", "证件号"]
dates = ["YYYY-MM-DD"]

[columns]
"姓名" = "fact.person.name"
"证件类型" = "fact.person.document_type"
"证件号" = "fact.person.document_number"
"代码" = "uscc"
"考试" = "fact.exam"
"条款" = "fact.article"
"期限" = "fact.duration"
"决定日期" = "fact.decided_on"
"机关" = "authority"
"文书号" = "document_number"

[[records]]
kind = "exam_record"
"""
EXAM = {
    "姓名": "示甲乙",
    "证件类型": "RESIDENT_ID",
    "证件号": RESIDENT,
    "代码": "",
    "考试": "示例资格考试",
    "条款": "ARTICLE_8",
    "期限": "LONG_TERM",
    "决定日期": "2026-03-05",
    "机关": "示例省人事考试院",
    "文书号": "示考〔2026〕1号",
}
VIOLATIONS = """
title = "Labour violations"
feed = "labour_inspection"
key = ["文书号"]
dates = ["YYYY-MM-DD"]

[columns]
"代码" = "uscc"
"日期" = "fact.decided_on"
"事项" = "fact.item"
"情节" = "fact.circumstances"
"文书号" = "document_number"

[[records]]
kind = "labour_violation"
"""
VIOLATION = {"代码": SOUND, "日期": "2026-03-05", "事项": "WAGES", "情节": "MASS_EVENT", "文书号": "1号"}


def mapped(path, row, **changed):
    cells = row | changed
    return RowMapper(load_mapping(path), tuple(cells)).record(SourceRow(7, tuple(cells.values())))


def written(folder, text):
    path = folder / "layout.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_licence_is_mapped_whole_and_its_state_by_the_layouts_word():
    record = mapped(find_mapping("licences-double-publicity", SHIPPED), LICENCE)
    assert (record.authority, record.document_number) == ("示例市住房和城乡建设局", "示许〔2026〕1号")
    assert (record.licence.valid_from, record.licence.valid_until, record.licence.state) == ("2026-03-06", "", "VALID")
    assert (
        mapped(find_mapping("licences-double-publicity", SHIPPED), LICENCE, 当前状态="无效").licence.state == "INVALID"
    )
    (fault,) = mapped(find_mapping("licences-double-publicity", SHIPPED), LICENCE, 当前状态="3")
    assert fault.column == "当前状态"


def test_a_persons_record_needs_no_code_and_a_whole_person(tmp_path):
    path = written(tmp_path, EXAMS)
    record = mapped(path, EXAM)
    assert (record.uscc, record.exam_record.person.document_number) == ("", RESIDENT)
    (fault,) = mapped(path, EXAM, 姓名="")
    assert "name, kind of document and number" in fault.en
    (fault,) = mapped(path, EXAM, 证件号=RESIDENT[:-1] + ("1" if RESIDENT[-1] != "1" else "2"))
    assert fault.column == "person"
    (fault,) = mapped(path, EXAM, 姓名="", 证件类型="", 证件号="")
    assert fault.column == "uscc"


def test_of_a_field_of_several_words_a_column_gives_one(tmp_path):
    path = written(tmp_path, VIOLATIONS)
    assert list(mapped(path, VIOLATION).labour_violation.circumstances) == ["MASS_EVENT"]
    assert list(mapped(path, VIOLATION, 情节="").labour_violation.circumstances) == []
    (fault,) = mapped(path, VIOLATION, 情节="骚乱")
    assert fault.column == "情节"
    assert "MASS_EVENT" in fault.en


@pytest.mark.parametrize("name", kinds.KINDS)
def test_every_field_of_every_kind_can_be_mapped(name):
    assert name in KINDS
    for attribute in content_of(kinds.KINDS[name]):
        fields = ["name", "document_type", "document_number"] if attribute.type is PersonKey else [""]
        for inner in fields:
            aim = target(name, ".".join(filter(None, ("fact", attribute.wire, inner))), FORMS)
            assert aim.path[:2] == (name, attribute.wire)

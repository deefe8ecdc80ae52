"""Spreadsheets as officers have them: what cannot be read for certain is named by line and column, never guessed."""

from __future__ import annotations

import zipfile
from datetime import datetime

import pytest
from batch_samples import ASKED, HEADER, code, csv_of, examined, told, workbook

from adapters.files.cells import letters
from adapters.files.lines import Defaults
from formats.file_encoding import FileFault
from formats.merged_cells import merged_cells

LINE = (code(1), "示例建设有限公司", "PX-2026-7")


def column(name):
    return f"{letters(HEADER.index(name))} {name}"


def test_a_sound_file_has_its_lines_and_no_fault(tmp_path):
    found = examined(workbook(tmp_path / "a.xlsx", HEADER, LINE, (None, None, None), LINE))

    assert (found.lines, found.faulty, found.faults) == (2, 0, ())


@pytest.mark.parametrize("header", [("USCC", "Name", "case_ref"), (" uscc ", "企业名称", "项目编号")])
def test_headers_stand_in_chinese_or_english(tmp_path, header):
    assert examined(csv_of(tmp_path / "a.csv", header, LINE)).faulty == 0


@pytest.mark.parametrize(
    ("header", "why"),
    [
        (("统一社会信用代码", "uscc", "评选编号"), "two columns say the same: 统一社会信用代码, uscc"),
        (("企业名称", "评选编号"), "columns that are missing: 统一社会信用代码"),
        (("uscc;企业名称;评选编号",), "columns that are missing"),
    ],
)
def test_a_header_that_cannot_be_used_is_a_fault_of_the_file(tmp_path, header, why):
    with pytest.raises(FileFault, match=why):
        examined(csv_of(tmp_path / "a.csv", header, LINE[: len(header)]))


def hide(book):
    book.create_sheet("旧名单").sheet_state = "hidden"


def hide_deep(book):
    book.create_sheet("旧名单").sheet_state = "veryHidden"


@pytest.mark.parametrize("change", [hide, hide_deep])
def test_a_hidden_sheet_is_named(tmp_path, change):
    with pytest.raises(FileFault, match="2 sheets, of which hidden: 旧名单"):
        examined(workbook(tmp_path / "a.xlsx", HEADER, LINE, change=change))


def test_merged_cells_are_named_and_nothing_is_filled_in(tmp_path):
    path = workbook(tmp_path / "a.xlsx", HEADER, LINE, LINE, change=lambda book: book.active.merge_cells("C2:C3"))

    with pytest.raises(FileFault, match="merged cells: C2:C3"):
        examined(path)


@pytest.mark.parametrize("before", [0, 1, (1 << 20) - 36, (1 << 20) - 20, (1 << 20) - 5, (1 << 20) + 3])
def test_merged_cells_are_found_wherever_a_chunk_ends(tmp_path, before):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as made:
        sheet = (
            "<c>"
            + " " * max(before - 3, 0)
            + '<mergeCells><mergeCell ref="A2:A4"/><x:mergeCell ref="B1:C1"/></mergeCells>'
        )
        made.writestr("xl/worksheets/sheet1.xml", sheet)

    assert merged_cells(tmp_path / "a.xlsx") == ("A2:A4", "B1:C1")


@pytest.mark.parametrize(
    ("cell", "name", "why"),
    [
        ("=A1", "统一社会信用代码", "a formula"),
        (914201234567890123, "统一社会信用代码", "lost its digits"),
        (datetime(2026, 7, 1), "评选编号", "a date stands here"),  # noqa: DTZ001 - as workbooks have them
        (46204.5, "评选编号", "a decimal number"),
        ("PX\x0b1", "评选编号", "control character"),
        ("PX�", "评选编号", "wrong encoding"),
        ("", "评选编号", "it is required"),
        ("x" * 129, "评选编号", "at most 128"),
        ("11010519491231002X", "统一社会信用代码", "uscc"),
        ("11010519491231002X 王", "评选编号", "resident identity number"),
        ("名" * 101, "企业名称", "at most 300"),
    ],
)
def test_a_cell_that_is_not_what_was_typed_or_cannot_be_asked_about_is_named(tmp_path, cell, name, why):
    row = list(LINE)
    row[HEADER.index(name)] = cell
    path = tmp_path / "a.xlsx"
    if isinstance(cell, str) and "\x0b" in cell:
        path = csv_of(tmp_path / "a.csv", HEADER, LINE, row)
    else:
        workbook(path, HEADER, LINE, row)

    found = examined(path)

    ((line, where, said),) = told(found)
    assert (line, where) == (3, column(name))
    assert why in said
    assert "11010519491231002X" not in said


def test_every_fault_of_a_file_is_named_and_not_the_first_alone(tmp_path):
    rows = [("x", "", "PX-1"), LINE, (code(2), "", ""), ("=A1", "", "=A2")]

    found = examined(workbook(tmp_path / "a.xlsx", HEADER, *rows))

    assert (found.lines, found.faulty) == (4, 3)
    assert [(line, where) for line, where, _ in told(found)] == [
        (2, column("统一社会信用代码")),
        (4, column("评选编号")),
        (5, column("统一社会信用代码")),
        (5, column("评选编号")),
    ]


def test_a_line_with_too_few_or_too_many_cells_is_a_fault_of_the_line(tmp_path):
    found = examined(csv_of(tmp_path / "a.csv", HEADER, LINE[:2], (*LINE, "x")))

    assert [(line, where) for line, where, _ in told(found)] == [(2, ""), (3, "")]


@pytest.mark.parametrize(
    ("defaults", "name"), [(Defaults("", ASKED.point), "经办人"), (Defaults(ASKED.officer, ""), "环节")]
)
def test_who_asks_and_where_is_said_by_the_line_or_beside_it(tmp_path, defaults, name):
    path = csv_of(tmp_path / "a.csv", HEADER, LINE)

    assert [where for _, where, _ in told(examined(path, defaults=defaults))] == [name]
    whole = csv_of(tmp_path / "b.csv", (*HEADER, "经办人", "环节"), (*LINE, "li.wei", "公示"))
    assert examined(whole, defaults=Defaults()).faulty == 0


def test_a_word_that_is_not_known_is_named_with_those_that_are(tmp_path):
    header = ("uscc", "申报编号", "资金类型", "环节")
    rows = [(code(1), "ZJ-1", "新申请", "申报"), (code(1), "ZJ-2", "贷款", "申报"), (code(1), "ZJ-3", "", "审批")]

    found = examined(csv_of(tmp_path / "a.csv", header, *rows), "funding", defaults=Defaults("li.wei"))

    (second, third) = told(found)
    assert second[:2] == (3, "C 资金类型")
    assert "新申请, 此前已批准, 救助" in second[2]
    assert third[:2] == (4, "C 资金类型")
    assert "FUNDING_APPROVAL needs it" in third[2]


def test_a_point_of_another_area_is_named(tmp_path):
    found = examined(csv_of(tmp_path / "a.csv", HEADER, LINE), defaults=Defaults("li.wei", "BIDDING_AWARD"))

    ((_, where, why),) = told(found)
    assert where == "环节"
    assert "no decision point of this area" in why


def test_gb18030_is_read_where_it_is_declared_and_named_where_it_is_not(tmp_path):
    path = csv_of(tmp_path / "a.csv", HEADER, LINE, encoding="gb18030")

    with pytest.raises(FileFault, match=r"not UTF-8: .* it reads as GB18030") as refused:
        examined(path)
    assert "可按GB18030读取" in refused.value.zh
    assert examined(path, encoding="gb18030").faulty == 0


def test_utf8_declared_as_gb18030_is_named(tmp_path):
    with pytest.raises(FileFault, match="UTF-8"):
        examined(csv_of(tmp_path / "a.csv", HEADER, LINE), encoding="gb18030")


def test_text_that_was_read_wrongly_once_before_has_no_header_that_is_known(tmp_path):
    twice = [tuple(cell.encode().decode("latin-1") for cell in row) for row in (HEADER, LINE)]

    with pytest.raises(FileFault, match="columns that are missing: 统一社会信用代码"):
        examined(csv_of(tmp_path / "a.csv", *twice))


@pytest.mark.parametrize("name", ["a.xls", "a.et", "a.ods"])
def test_another_format_is_refused_by_its_name(tmp_path, name):
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0")

    with pytest.raises(FileFault, match=rf"\{name[1:]}: save it as \.xlsx"):
        examined(tmp_path / name)


@pytest.mark.parametrize("rows", [(), (HEADER,), (HEADER, ("", "", ""))])
def test_a_file_without_a_line_is_a_fault(tmp_path, rows):
    with pytest.raises(FileFault):
        examined(csv_of(tmp_path / "a.csv", *rows))


def test_a_sheet_of_a_million_empty_rows_is_read_to_its_end(tmp_path):
    sheet = '<row r="1048576"><c r="A1048576" t="inlineStr"><is><t></t></is></c></row></sheetData>'
    workbook(tmp_path / "small.xlsx", HEADER, LINE)
    with zipfile.ZipFile(tmp_path / "small.xlsx") as small, zipfile.ZipFile(tmp_path / "a.xlsx", "w") as made:
        for part in small.namelist():
            raw = small.read(part)
            if part == "xl/worksheets/sheet1.xml":
                assert b"</sheetData>" in raw
                raw = raw.replace(b"</sheetData>", sheet.encode())
            made.writestr(part, raw)

    found = examined(tmp_path / "a.xlsx")

    assert (found.lines, found.faulty) == (1, 0)


def test_columns_are_lettered_as_a_spreadsheet_does():
    assert [letters(place) for place in (0, 25, 26, 51, 52, 701, 702)] == ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]

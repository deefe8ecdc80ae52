"""Workbooks: every row as that of a CSV file, and nothing taken for what it may have meant."""

from __future__ import annotations

from datetime import date, datetime

import openpyxl
import pytest

from formats.file_encoding import FileFault
from formats.workbook import read_sheet, survey_workbook


def rows_of(folder, *rows, sheets=1):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for _ in range(sheets - 1):
        book.create_sheet()
    book.save(folder / "source.xlsx")
    return list(read_sheet(survey_workbook(folder / "source.xlsx"), lambda *_: None))


def test_cells_come_as_texts_in_the_width_of_the_header(tmp_path):
    header, row, blank, after = rows_of(
        tmp_path,
        ["a", "b", "c", "d", "e", "f", "g", None],
        ["示例", 7, 86400.5, True, date(2026, 3, 5), datetime(2026, 3, 5, 9, 30), None],  # noqa: DTZ001 - a cell has no zone
        [None, " "],
        ["x", *[None] * 6],
    )
    assert header.cells == tuple("abcdefg")
    assert row.cells == ("示例", "7", "86400.5", "true", "2026-03-05", "2026-03-05 09:30:00", "")
    assert row.fault is None
    assert blank.blank
    assert (after.line, after.cells) == (4, ("x", *[""] * 6))


def test_a_number_that_lost_its_digits_is_no_code(tmp_path):
    _, row = rows_of(tmp_path, ["a", "b"], [914203000000000000, 9.14203e17])
    assert row.cells == ("9.142030E+17", "9.142030E+17")


@pytest.mark.parametrize(("cell", "why"), [("=A1", "a formula"), ("#REF!", "an error")])
def test_what_a_spreadsheet_computes_is_not_taken(tmp_path, cell, why):
    _, row = rows_of(tmp_path, ["a"], [cell])
    assert row.fault.en.startswith(why)


def test_a_row_with_more_cells_than_the_header_is_shifted(tmp_path):
    _, row = rows_of(tmp_path, ["a", "b"], ["1", "2", "3"])
    assert row.fault.en.startswith("3 cells where the header has 2")


def test_only_a_workbook_of_one_sheet_is_read(tmp_path):
    with pytest.raises(FileFault, match="2 sheets"):
        rows_of(tmp_path, ["a"], sheets=2)
    (tmp_path / "text.xlsx").write_text("a,b", encoding="utf-8")
    with pytest.raises(FileFault, match="no Excel workbook"):
        survey_workbook(tmp_path / "text.xlsx")

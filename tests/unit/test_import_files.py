"""Rows of source files: every row comes out, with its line and what is wrong with its form."""

from __future__ import annotations

from pathlib import Path

import pytest

from formats.csv_rows import read_rows
from formats.file_encoding import FileFault, survey
from gateway.cli.import_files import check_header
from gateway.cli.import_mapping import find_mapping, load_mapping

LAYOUT = load_mapping(find_mapping("published-notices", Path(__file__).parents[2] / "config" / "import"))
HEADER = "name,uscc,list,authority,published_on,case_no"


def rows_of(folder, text):
    path = folder / "source.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return list(read_rows(survey(path, "utf-8"), lambda *_: None))


def test_rows_keep_the_line_on_which_they_begin(tmp_path):
    rows = rows_of(tmp_path, 'a,b\r\n"1\r\n2",x\r\n\r\n3,y\r\n')

    assert [(row.line, row.cells) for row in rows] == [(1, ("a", "b")), (2, ("1\r\n2", "x")), (4, ()), (5, ("3", "y"))]
    assert [row.blank for row in rows] == [False, False, True, False]


def test_a_row_of_empty_cells_is_blank_and_a_broken_one_is_not(tmp_path):
    rows = rows_of(tmp_path, 'a,b\n ,\n,\u3000\n,,\n ,"')

    assert [row.blank for row in rows] == [False, True, True, True, False]


def test_a_row_cut_off_or_shifted_is_told_by_its_cells(tmp_path):
    rows = rows_of(tmp_path, "a,b,c\n1,2\n1,2,3,4\n1,2,3\n")

    assert [row.fault is not None for row in rows] == [False, True, True, False]
    assert rows[1].fault.en.startswith("2 cells where the header has 3")
    assert rows[2].fault.zh.startswith("有4个单元格")


def test_an_unclosed_quote_takes_what_it_swallowed_and_nothing_before(tmp_path):
    rows = rows_of(tmp_path, 'a,b\n1,2\n3,"4\n5,6\n')

    assert [row.cells for row in rows[:2]] == [("a", "b"), ("1", "2")]
    assert rows[2].fault.en == "a quote is not closed: lines 3 to 4 are cut off or broken"
    assert rows[2].cells == ('3,"4',)
    assert len(rows) == 3


def test_text_after_a_closing_quote_breaks_its_row_only(tmp_path):
    rows = rows_of(tmp_path, 'a,b\n"1"x,2\n3,4\n')

    assert [row.fault is not None for row in rows] == [False, True, False]
    assert rows[2].cells == ("3", "4")
    assert rows[2].line == 3


def test_after_a_cell_without_an_end_nothing_is_taken_for_a_row(tmp_path):
    rows = rows_of(tmp_path, 'a,b\n1,"' + "x\n" * 70_000 + '3,4\n"\n5,6\n')

    assert rows[0].cells == ("a", "b")
    assert [row.fault is None for row in rows[1:]] == [False]
    assert "nothing after it was read" in rows[1].fault.en


def test_the_position_is_told_up_to_the_end(tmp_path):
    path = tmp_path / "source.csv"
    path.write_text("a,b\n" + "1,2\n" * 5_000, encoding="utf-8")
    positions = []
    list(read_rows(survey(path, "auto"), lambda position, _: positions.append(position)))

    assert positions[-1] == path.stat().st_size
    assert len(positions) == 6


def test_a_header_that_fits_gives_its_columns(tmp_path):
    rows = rows_of(tmp_path, f" {HEADER} \nx\n")

    assert check_header(rows[0], LAYOUT) == tuple(HEADER.split(","))


def test_the_columns_of_a_rejects_file_are_passed_over(tmp_path):
    rows = rows_of(tmp_path, f"line,field,reason_en,reason_zh,{HEADER}\n")

    assert check_header(rows[0], LAYOUT)[4] == "name"


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        (HEADER.replace("case_no", "name"), "columns that come twice: name"),
        (HEADER + ",colour", "columns that the mapping does not know: colour"),
        (HEADER.replace("uscc,", ""), "columns that are missing: uscc"),
        (HEADER.replace(",", ";"), "not separated by commas"),
        ("示例青禾有限公司,91420399MA0000017X,名单,某局,2026-01-02,1", "the header row may be missing"),
        ('name,"uscc', "the header is broken"),
    ],
)
def test_a_header_that_does_not_fit_is_a_clear_fault(tmp_path, header, problem):
    rows = rows_of(tmp_path, header + "\n")

    with pytest.raises(FileFault, match=problem):
        check_header(rows[0], LAYOUT)

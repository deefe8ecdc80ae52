"""The rejects file is opened in spreadsheets and lies where others may write: neither is trusted."""

from __future__ import annotations

import csv
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from formats.csv_rows import Fault, SourceRow
from formats.spreadsheet import neutralised, restored
from gateway.cli.import_records import LAYOUT
from gateway.cli.import_rejects import Rejects

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=HYPERLINK("x")', "＝1", "＋1", "－1", "＠A")
cells = st.text() | st.from_regex(r"'{0,3}[=+\-@\t＝]?[a-z']{0,3}", fullmatch=True)


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula_where_the_file_is_opened(tmp_path, formula):
    rejects = Rejects(tmp_path / "r.csv", ("a", "b"), LAYOUT)
    rejects.add(SourceRow(2, (formula, "示例")), [Fault("a", "is wrong", "有误")])
    rejects.add(SourceRow(3, (formula,), Fault("", "is cut off", "被截断")), [Fault("", "is cut off", "被截断")])
    rejects.close()

    with (tmp_path / "r.csv").open(encoding="utf-8-sig", newline="") as file:
        written = [cell for row in csv.reader(file) for cell in row]
    assert f"'{formula}" in written
    assert [cell for cell in written if cell[:1] and cell[0] in "=+-@\t\r\n＝＋－＠"] == []


@given(cells)
def test_a_cell_comes_back_as_it_was_and_runs_nowhere(cell):
    assert restored(neutralised(cell)) == cell
    assert neutralised(cell)[:1] not in set("=+-@\t\r\n＝＋－＠")


@given(cells)
def test_only_a_cell_that_would_run_is_touched(cell):
    assert neutralised(cell) == cell or cell.lstrip("'")[:1] in set("=+-@\t\r\n＝＋－＠")


def rejected(path):
    rejects = Rejects(path, ("a",), LAYOUT)
    rejects.add(SourceRow(2, ("示例",)), [Fault("a", "is wrong", "有误")])
    rejects.close()


def test_a_link_in_the_files_place_is_not_written_through(tmp_path):
    victim, path = tmp_path / "victim", tmp_path / "r.csv"
    victim.write_text("whole", encoding="utf-8")
    path.symlink_to(victim)

    with pytest.raises(OSError, match="symbolic links"):
        rejected(path)
    assert victim.read_text(encoding="utf-8") == "whole"


def test_a_file_that_was_there_for_everybody_is_its_owners_alone_afterwards(tmp_path):
    path = tmp_path / "r.csv"
    path.touch(mode=0o644)
    rejected(path)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600

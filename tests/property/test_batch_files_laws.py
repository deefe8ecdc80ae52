"""Whatever stands in the cells of a batch file comes back as it stood, and no line comes back without a verdict."""

from __future__ import annotations

import csv
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
from batch_samples import HEADER, Answering, answered, csv_of
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.files.cells import CONTROL
from adapters.journal import Journal
from formats.spreadsheet import restored

TEXTS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=12)
AWKWARD = st.sampled_from(["=1+1", "'=1", "@x", "\t", "a\r\nb", "\x0b", "_x000B_", "\uffff"])
CELLS = st.lists(st.tuples(TEXTS | AWKWARD, TEXTS), min_size=1, max_size=4)


def rows_of(path):
    if path.suffix == ".xlsx":
        return [list(row) for row in openpyxl.load_workbook(path).active.iter_rows(min_row=2, values_only=True)]
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def as_xml_has_it(text):
    """Return a text with the line ends that XML makes of others, and what no workbook holds shown as lost."""
    return CONTROL.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")


@settings(max_examples=40, deadline=None)
@given(CELLS, st.sampled_from([".csv", ".xlsx"]))
def test_cells_come_back_as_they_stood_and_every_line_has_a_verdict(cells, suffix):
    with TemporaryDirectory() as folder, Journal(Path(folder) / "journal.db") as journal:
        rows = [("x", *each, f"PX-{i}") for i, each in enumerate(cells)]
        source = csv_of(Path(folder) / "a.csv", (HEADER[0], "备注", "又", HEADER[2]), *rows)
        target, client = Path(folder) / f"out{suffix}", Answering()

        summary = answered(source, target, journal, client)

        assert (client.calls, dict(summary.verdicts)) == (0, {"UNVERIFIABLE": len(rows)})
        for row, back in zip(rows, rows_of(target), strict=True):
            assert back[5:7] == ["无法核实", "UNVERIFIABLE"]
            found = [each or "" for each in back[:4]]
            if suffix == ".csv":
                assert [restored(each) for each in found] == list(row)
            else:
                assert [as_xml_has_it(each) for each in found] == [as_xml_has_it(each) for each in row]

"""Refused rows that an officer corrects, and the file that they then make: the successor of the one that was read."""

from __future__ import annotations

import csv
import io
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from console.importing import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.importing import Mending, RefusedRow

LINES: Final = ".jsonl"


def row_at(mending: Mending, line: str) -> RefusedRow | None:
    """Return the refused row of a line that an address names; None where there is none."""
    return next((row for row in mending.imported.refused if str(row.line) == line), None)


def cells_of(mending: Mending, row: RefusedRow) -> tuple[str, ...]:
    """Return one cell a column: as it was corrected, else as it was; what is cut off is empty."""
    columns = mending.imported.columns
    there = mending.mended.get(row.line, row.cells)
    return (*there, *[""] * len(columns))[: len(columns)]


def left_over(mending: Mending, row: RefusedRow) -> tuple[str, ...]:
    """Return the cells of a row that is longer than its columns: nobody knows which cell belongs where."""
    return row.cells[len(mending.imported.columns) :]


def mend(mending: Mending, row: RefusedRow, filled: Mapping[str, str]) -> None:
    """Keep a row as a form corrects it; the file is not sent yet."""
    columns = mending.imported.columns
    mending.mended[row.line] = tuple(filled.get(f"cell_{place}", "") for place in range(len(columns)))


def successor(mending: Mending) -> Source:
    """Return the file of the corrected rows alone, in the layout of the one that they come from.

    The same rows make the same file, so that it is one import however often it is sent.
    """
    name = PurePath(mending.imported.source.name)
    rows = [cells for _, cells in sorted(mending.mended.items())]
    if name.suffix.lower() == LINES:
        content = "".join(f"{cells[0]}\n" for cells in rows)
        return Source(name.name, content.encode(), mending.imported.source.mapping)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(mending.imported.columns)
    writer.writerows(rows)
    return Source(f"{name.stem}.csv", text.getvalue().encode(), mending.imported.source.mapping)

"""The rejects file: every row that was not taken, with line, field and reason, then its cells as they were.

Residents' numbers are masked in it, wherever they stand (I-22); the file is readable by its owner alone. It is made to
be opened in a spreadsheet, so no cell of the source may run there as a formula: such a cell gets an apostrophe before
it, which is taken off again when the corrected file is imported.
"""

from __future__ import annotations

import csv
import os
from typing import TYPE_CHECKING

from formats.identifiers import UsccError, mask_resident_id, parse_uscc
from formats.resident_ids import mask_resident_ids
from formats.spreadsheet import neutralised
from gateway.cli.import_files import REJECT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import TextIO

    from formats.csv_rows import Fault, SourceRow
    from gateway.cli.import_layout import Layout


class Rejects:
    """Writes a rejects file in UTF-8 with a byte order mark; the file appears with its first row."""

    def __init__(self, path: Path | None, header: Sequence[str], layout: Layout) -> None:
        """Keep where to write; None writes nothing, and rows are only counted.

        *header* are the names of the source's columns.
        """
        self._path = path
        self._header = [name for name in header if name not in REJECT_COLUMNS]
        self._kept = [place for place, name in enumerate(header) if name not in REJECT_COLUMNS]
        self._secret = {place for place, name in enumerate(header) if name in _person_columns(layout)}
        self._file: TextIO | None = None
        self.count = 0

    def add(self, row: SourceRow, faults: Iterable[Fault]) -> None:
        """Write one row; several faults are joined in its one line."""
        found = list(faults)
        self.count += 1
        if self._path is None:
            return
        if self._file is None:
            self._file = self._opened(self._path)
        cells = [neutralised(mask_resident_ids(cell)) for cell in self._cells(row)]
        columns = "; ".join(dict.fromkeys(fault.column for fault in found if fault.column))
        why_en, why_zh = "; ".join(fault.en for fault in found), "；".join(fault.zh for fault in found)
        csv.writer(self._file).writerow([row.line, columns, why_en, why_zh, *cells])

    def _cells(self, row: SourceRow) -> list[str]:
        """Return the cells to show; of a row that fits the header without the reject columns and persons' numbers.

        In one that does not fit, nobody knows which cell a person's number is: where one may be, every number but the
        code of an enterprise is masked.
        """
        if row.fault is not None:
            return [_unless_code(cell) for cell in row.cells] if self._secret else list(row.cells)
        return [
            mask_resident_id(row.cells[place]) if place in self._secret else row.cells[place] for place in self._kept
        ]

    def _opened(self, path: Path) -> TextIO:
        # It lies beside a file that somebody else may have brought: neither a link there nor its old mode is kept.
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        os.fchmod(descriptor, 0o600)
        file = os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="")
        csv.writer(file).writerow([*REJECT_COLUMNS, *self._header])
        return file

    def close(self) -> None:
        """Finish the file. One of an earlier run is emptied when this run rejected nothing."""
        if self._file is None and self._path is not None and self._path.exists():
            self._file = self._opened(self._path)
        if self._file is not None:
            self._file.close()


def _unless_code(cell: str) -> str:
    if not any(character.isdigit() for character in cell):
        return cell
    try:
        parse_uscc(cell)
    except UsccError:
        return mask_resident_id(cell)
    return cell


def _person_columns(layout: Layout) -> set[str]:
    """Return the columns that hold persons' numbers under any kind of record of *layout*."""
    return {
        column.name
        for variant in layout.variants
        for column in variant.columns
        if any(len(aim.path) > 1 and aim.path[-1] == "document_number" for aim in column.targets)
    }

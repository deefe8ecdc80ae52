"""The rows of one CSV file: comma-separated, quoted with double quotes, one header row.

Every row comes out, the ones that are no rows too, with the reason why: a quote that never ends, text after a closing
quote, more or fewer cells than the header has. What the cells mean is for whoever reads them.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TextIO

    from formats.file_encoding import Survey

_SHOWN: Final = 400


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: the column at fault (empty: the row as a whole) and why, in both languages."""

    column: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row as it stands.

    Attributes:
        line: The line on which it begins, from 1.
        cells: Its cells as texts.
        fault: The fault of its form, if it has one: the first of its cells' where cells are at fault.
        cell_faults: What is wrong with single cells, by their place from 0; a workbook alone has any.
        values: Of a workbook, what the cells hold before it is made texts of; empty of a CSV.
    """

    line: int
    cells: tuple[str, ...]
    fault: Fault | None = None
    cell_faults: Mapping[int, Fault] = field(default_factory=dict)
    values: tuple[object, ...] = ()

    @property
    def blank(self) -> bool:
        """Whether no cell holds anything: an empty line, or what a spreadsheet leaves below its table."""
        return self.fault is None and not any(cell.strip() for cell in self.cells)


class _Lines:
    """Lines of a file as the CSV reader takes them, remembering those of the present row."""

    def __init__(self, source: TextIO) -> None:
        self._source = source
        self.number = 0
        self.of_row: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = next(self._source)
        self.number += 1
        self.of_row.append(line[:_SHOWN])
        return line

    def begin_row(self) -> int:
        self.of_row.clear()
        return self.number + 1

    def drain(self) -> None:
        """Take all that is left."""
        for _ in self:
            del self.of_row[1:]


def read_rows(survey: Survey, progress: Callable[[int, int], None]) -> Iterator[SourceRow]:
    """Yield every row of a file in order, the header first.

    *progress* is called with the numbers of bytes and lines read so far, now and then. A row whose form is broken has
    its first line as its only cell.
    """
    with survey.path.open("rb") as raw, io.TextIOWrapper(raw, survey.codec, "strict", newline="") as source:
        lines = _Lines(source)
        reader = csv.reader(lines, strict=True)
        width = 0
        while True:
            line = lines.begin_row()
            if line % 1000 == 0:
                progress(raw.tell(), line)
            try:
                cells = tuple(next(reader))
            except StopIteration:
                progress(survey.size, lines.number)
                return
            except csv.Error as error:
                yield _broken(line, lines, str(error))
                continue
            width = width or len(cells)
            yield SourceRow(line, cells, misfit(cells, width))


def _broken(line: int, lines: _Lines, why: str) -> SourceRow:
    if "field limit" in why:
        # Where the cell ends cannot be known, so nothing after it can be trusted to be a row.
        lines.drain()
        fault = Fault("", "a cell does not end: nothing after it was read", "单元格未结束，其后内容均未读取")
    elif "end of data" in why:
        first, last = line, lines.number
        fault = Fault(
            "",
            f"a quote is not closed: lines {first} to {last} are cut off or broken",
            f"引号未闭合：第{first}至{last}行被截断或损坏",
        )
    else:
        fault = Fault("", "text stands after a closing quote, or a quote is misplaced", "引号位置错误")
    return SourceRow(line, (lines.of_row[0].rstrip("\r\n"),), fault)


def misfit(cells: tuple[str, ...], width: int) -> Fault | None:
    """Return the fault of a row with another number of cells than the header has; None when it fits, or is blank."""
    if len(cells) == width or not any(cell.strip() for cell in cells):
        return None
    en = f"{len(cells)} cells where the header has {width}: the row is cut off or shifted"
    return Fault("", en, f"有{len(cells)}个单元格，而表头为{width}个：该行被截断或错列")

"""The rows of one CSV file: comma-separated, quoted with double quotes, one header row.

Every row comes out, the ones that are no rows too, with the reason why: a quote that never ends, text after a closing
quote, more or fewer cells than the header has. What the cells mean is in ``import_rows``.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.cli.import_encoding import FileFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO

    from gateway.cli.import_encoding import Survey
    from gateway.cli.import_layout import Layout

REJECT_COLUMNS: Final = ("line", "field", "reason_en", "reason_zh")
"""First columns of a rejects file; a corrected one can be imported as it is, they are passed over."""

_SHOWN: Final = 400


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: the column at fault (empty: the row as a whole) and why, in both languages."""

    column: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row as it stands: the line on which it begins, from 1, its cells, and the fault of its form if it has one."""

    line: int
    cells: tuple[str, ...]
    fault: Fault | None = None

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


def check_header(header: SourceRow, layout: Layout) -> tuple[str, ...]:
    """Return the names of the columns in order, white space at their ends taken off.

    Raises:
        FileFault: No header; a column twice, unknown to the mapping, or missing.
    """
    if header.fault is not None:
        raise FileFault(f"the header is broken: {header.fault.en}", f"表头损坏：{header.fault.zh}")
    names = tuple(cell.strip() for cell in header.cells)
    twice = sorted({name for name in names if names.count(name) > 1})
    known = layout.column_names | layout.ignore
    unknown = [name for name in names if name not in known and name not in REJECT_COLUMNS]
    missing = sorted(known - layout.optional - set(names))
    for problem, found, zh in (
        ("columns that come twice", twice, "重复列"),
        ("columns that the mapping does not know", unknown, "映射中没有的列"),
        ("columns that are missing", missing, "缺少的列"),
    ):
        if found:
            shown = ", ".join(name[:40] or "(empty)" for name in found[:8]) + (" …" if len(found) > 8 else "")
            hint = _hint(names, len(unknown))
            raise FileFault(f"{problem}: {shown}{hint[0]}", f"{zh}：{shown}{hint[1]}")
    return names


def _hint(names: tuple[str, ...], unknown: int) -> tuple[str, str]:
    if len(names) == 1 and any(mark in names[0] for mark in ";\t|"):
        return "; the file is not separated by commas", "；文件不是以逗号分隔"
    if unknown == len(names):
        return "; the header row may be missing", "；可能缺少表头行"
    return "", ""

"""Lists of awards as CSV: one row an award, with its case, its enterprise, when and in which area (A-122).

A row that cannot be used is a fault with its line and its column, and nobody is left out without one.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats.civil import parse_date, parse_instant
from formats.resident_ids import mask_resident_ids
from formats.spreadsheet import restored

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date, datetime

COLUMNS: Final = ("case", "uscc", "awarded", "area")
"""Columns that a list must have; ``agency`` and ``row`` may be there."""
MOST_COLUMNS: Final = 64
"""Others are left alone; every row is held against all of them."""
_BEYOND: Final = "\0"
"""Stands for what a line has beyond the columns; no column bears it."""
_SHOWN: Final = 40


@dataclass(frozen=True, slots=True)
class ListedAward:
    """One award of a list.

    Attributes:
        line: The line on which it ends, from 1.
        row: The list's own id of it; ``line N`` where it has none.
        awarded: A civil day, or an instant with its zone.
        area: One of the words that were given, in small letters.
        agency: Who awarded; empty where the list does not say.
    """

    line: int
    row: str
    case: str
    uscc: str
    awarded: date | datetime
    area: str
    agency: str


@dataclass(frozen=True, slots=True)
class AwardFault:
    """Why a list, or a row of it, cannot be used: line (0: the list), column (empty: the row), in both languages."""

    line: int
    column: str
    en: str
    zh: str

    def __str__(self) -> str:
        """Return it in English, as a terminal shows it."""
        between = " " if self.en.startswith("is ") else ": "
        line = f"line {self.line}: " if self.line else ""
        return f"{line}{self.column}{between}{self.en}" if self.column else f"{line}{self.en}"


def read_awards(text: str, areas: Collection[str]) -> Iterator[ListedAward | AwardFault]:
    """Yield the awards of a list in its order, and in the place of what cannot be used why; *areas* are small words."""
    lines = csv.DictReader(io.StringIO(text, newline=""), restkey=_BEYOND, strict=True)
    try:
        header = lines.fieldnames or ()
        if len(header) > MOST_COLUMNS:
            yield AwardFault(0, "", f"has more than {MOST_COLUMNS} columns", f"超过 {MOST_COLUMNS} 列")
            return
        missing = [column for column in COLUMNS if column not in header]
        if missing:
            named = ", ".join(missing)
            yield AwardFault(0, "", f"there is no column {named}", f"缺少列 {named}")
            return
        for row in lines:
            yield _read(lines.line_num, row, areas)
    except csv.Error as error:
        at = lines.line_num
        yield AwardFault(0, "", f"after line {at}: {error}", f"第 {at} 行之后无法按 CSV 读取")


def _read(line: int, row: dict[str, str], areas: Collection[str]) -> ListedAward | AwardFault:
    if _BEYOND in row:
        return AwardFault(line, "", "has more values than there are columns", "值多于列")
    cells = {key: restored((value or "").strip()) for key, value in row.items()}
    for column in COLUMNS:
        if not cells[column]:
            return AwardFault(line, column, "is empty", "为空")
    area = cells["area"].lower()
    if area not in areas:
        shown = _shown(cells["area"])
        return AwardFault(line, "area", f"{shown!r} is none", f"没有领域 {shown}")
    try:
        said = cells["awarded"]
        awarded = parse_instant(said) if "T" in said else parse_date(said)
    except ValueError as error:
        return AwardFault(line, "awarded", mask_resident_ids(str(error)), "须为日期 YYYY-MM-DD，或者带时差的时刻")
    named = cells.get("row") or f"line {line}"
    return ListedAward(line, named, cells["case"], cells["uscc"], awarded, area, cells.get("agency", ""))


def _shown(cell: str) -> str:
    """Return a cell as it may be repeated: short, and without a resident's number (I-22)."""
    found = mask_resident_ids(cell)
    return found if len(found) <= _SHOWN else found[:_SHOWN] + "…"

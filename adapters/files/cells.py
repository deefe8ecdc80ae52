"""What a spreadsheet has made of a single cell: whether it is still what was typed, and can be given back."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from formats.csv_rows import SourceRow

LONGEST_CELL: Final = 32_767
"""Characters of one cell, the most that a workbook holds."""

CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that no workbook holds."""
_EXACT: Final = 10**15
"""Spreadsheets keep fifteen digits of a number (``formats.workbook``)."""


def unkept(cell: str) -> tuple[str, str] | None:
    """Say in both languages why a workbook cannot hold a cell; None where it can."""
    if CONTROL.search(cell):
        return "it holds a control character", "含控制字符"
    if len(cell) > LONGEST_CELL:
        return f"it has over {LONGEST_CELL} characters", f"超过{LONGEST_CELL}个字符"
    return None


def letters(place: int) -> str:
    """Return the letters by which a spreadsheet names the column at *place*, counted from 0: 0 is A, 26 is AA."""
    name, left = "", place + 1
    while left:
        left, digit = divmod(left - 1, 26)
        name = chr(ord("A") + digit) + name
    return name


def misread(row: SourceRow, place: int) -> tuple[str, str] | None:
    """Say what a spreadsheet has made of a cell that is read as text; None where it is what was typed."""
    if "\ufffd" in row.cells[place]:
        return "a character is lost: the text was read in a wrong encoding", "有字符丢失：文件曾以错误编码读取"
    value = row.values[place] if place < len(row.values) else None
    if isinstance(value, date | datetime | time | timedelta):
        return "a date stands here where text is read: format the column as text", "单元格为日期，请将该列设为文本"
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _EXACT:
        return "a number that has lost its digits: format the column as text", "数字已丢失位数，请将该列设为文本"
    if isinstance(value, float) and value != int(value):
        return "a decimal number: format the column as text", "单元格为小数，请将该列设为文本"
    return None

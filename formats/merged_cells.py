"""Which cells of a workbook are merged, read from its parts: a workbook that is read row by row does not tell it."""

from __future__ import annotations

import re
import zipfile
from typing import TYPE_CHECKING, Final

from formats.file_encoding import FileFault
from formats.workbook import BROKEN

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

_CHUNK: Final = 1 << 20
_TAG: Final = 256
_MOST_SHOWN: Final = 100
_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^<>]*?\bref="([^"<>]{1,32})"')


def merged_cells(path: Path) -> tuple[str, ...]:
    """Return the ranges of merged cells, such as ``A2:A4``, at most 100; empty when there are none.

    Only the first cell of a range holds anything: the others look filled in and are not.

    Raises:
        FileFault: The workbook cannot be opened.
        OSError: The file cannot be read.
    """
    found: list[str] = []
    try:
        with zipfile.ZipFile(path) as parts:
            for name in parts.namelist():
                if _SHEET.fullmatch(name):
                    with parts.open(name) as part:
                        found += _merged(part)
    except BROKEN as error:
        raise FileFault(f"the workbook cannot be opened: {type(error).__name__}", "工作簿无法打开") from None
    return tuple(found[:_MOST_SHOWN])


def _merged(part: IO[bytes]) -> list[str]:
    found: list[str] = []
    tail = b""
    while len(found) < _MOST_SHOWN and (chunk := part.read(_CHUNK)):
        text = tail + chunk
        found += [each.decode("ascii", "replace") for each in _MERGED.findall(text)]
        # What a chunk cuts through is looked at with the next one; what was found is not found again.
        tail = text[max(text.rfind(b"<"), 0) :][-_TAG:]
        if _MERGED.search(tail):
            tail = b""
    return found

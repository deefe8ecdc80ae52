"""Writes the answered file: beside its place, whole, and then in one rename; a kill leaves the old state.

A cell never runs: in a CSV one that a spreadsheet would take for a formula gets an apostrophe before it
(``formats.spreadsheet``), in a workbook it is stored as text.
"""

from __future__ import annotations

import csv
import fcntl
import io
import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

from adapters.files.cells import CONTROL, LONGEST_CELL
from formats.spreadsheet import neutralised
from formats.workbook import LXML, SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

_RUNS: Final = re.compile(r"[=+\-@\t\r＝＋－＠]")


class TargetError(Exception):
    """The answered file cannot be written where it is to be; the message names it."""


class Sheet(Protocol):
    """Takes the rows of an answered file, the header first."""

    def write(self, cells: Sequence[object]) -> None:
        """Add one row: texts, or what a workbook's cells held."""


@contextmanager
def written_whole(target: Path, codec: str) -> Iterator[Sheet]:
    """Give a sheet to write to, and put it into its place when the block ends without an error.

    Args:
        target: A workbook (``.xlsx``) or else a CSV; it must not be there yet.
        codec: Encoding of a CSV.

    Raises:
        TargetError: It is there already, or another run writes it.
        OSError: It cannot be written.
    """
    part = target.with_name(f".{target.name}.part")
    with _own(part) as file:
        try:
            if target.exists():
                raise TargetError(f"{target}: is there already")
            sheet = _Workbook(file) if target.suffix.lower() == SUFFIX else _Csv(file, codec)
            yield sheet
            sheet.end()
            file.flush()
            os.fsync(file.fileno())
            if target.exists():
                raise TargetError(f"{target}: is there already")
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _own(part: Path) -> Iterator[BinaryIO]:
    """Open the unfinished file for this run alone; what a killed run left is begun anew."""
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TargetError(f"{part}: another run writes it") from None
        os.fchmod(descriptor, 0o600)
        file.truncate()
        yield file


class _Csv:
    def __init__(self, file: BinaryIO, codec: str) -> None:
        self._text = io.TextIOWrapper(file, codec, newline="", write_through=True)
        self._rows = csv.writer(self._text, lineterminator="\r\n")

    def write(self, cells: Sequence[object]) -> None:
        self._rows.writerow([neutralised("" if cell is None else str(cell)) for cell in cells])

    def end(self) -> None:
        self._text.flush()
        self._text.detach()


class _Workbook:
    def __init__(self, file: BinaryIO) -> None:
        try:
            os.environ.setdefault(LXML, "False")
            import openpyxl  # noqa: PLC0415 - an extra that need not be there
            from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - likewise
        except ImportError as error:
            raise TargetError(
                "写出工作簿需安装扩展files（openpyxl） workbooks need the extra `files` (openpyxl)"
            ) from error

        self._file, self._cell = file, WriteOnlyCell
        self._book = openpyxl.Workbook(write_only=True)
        self._sheet = self._book.create_sheet("答复 answers")

    def write(self, cells: Sequence[object]) -> None:
        self._sheet.append([self._shown(cell) if isinstance(cell, str) else cell for cell in cells])

    def _shown(self, text: str) -> Any:  # noqa: ANN401 - the library has no types
        # What a workbook cannot hold stands in lines at fault alone, and is shown as lost.
        text = CONTROL.sub("\ufffd", text)[:LONGEST_CELL]
        cell = self._cell(self._sheet, value=text)
        cell.data_type = "s"
        if _RUNS.match(text):
            # It stays text when somebody edits the cell.
            cell.quotePrefix = True
        return cell

    def end(self) -> None:
        self._book.save(self._file)

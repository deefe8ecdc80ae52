"""The rows of an Excel workbook of one sheet, one after another, as those of a CSV file.

Reading is as strict: a formula, an error, a number that lost its digits is never taken for what it may have meant.
Real dates come as ``YYYY-MM-DD``. It needs the extra ``files``. Old workbooks (``.xls``) are refused in
``file_encoding``.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
import zlib
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Final

from formats.csv_rows import Fault, SourceRow, misfit
from formats.file_encoding import FileFault, Survey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

SUFFIX: Final = ".xlsx"
LXML: Final = "OPENPYXL_LXML"
"""Environment of openpyxl: off, it reads XML by the standard library, which refuses entities, whatever is installed."""
_EXACT: Final = 10**15
"""Spreadsheets keep fifteen digits of a number: from here on it is not what was typed."""
_LARGEST: Final = 2 << 30
"""Bytes of all parts unpacked. A sheet of a million rows, the most that there can be, stays below."""
BROKEN: Final = (
    AttributeError,
    EOFError,
    IndexError,
    KeyError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What zip, XML and openpyxl raise for parts that are not what a workbook's must be.

By lxml or by the standard library, an error of the XML is a ``SyntaxError``.
"""


def survey_workbook(path: Path) -> Survey:
    """Return digest and size of a workbook.

    Raises:
        FileFault: It is none, or unpacks to more than any sheet holds.
        OSError: The file cannot be read.
    """
    with path.open("rb") as source:
        digest = hashlib.file_digest(source, "sha256").hexdigest()
        size = source.tell()
    if not zipfile.is_zipfile(path):
        raise FileFault("this is no Excel workbook", "不是Excel工作簿")
    _check_size(path)
    return Survey(path, "xlsx", digest, size, cut_off=False)


def _check_size(path: Path) -> None:
    """Refuse a workbook that unpacks beyond bounds; no part is unpacked further than the size that it states."""
    try:
        with zipfile.ZipFile(path) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except BROKEN as error:
        raise FileFault(f"the workbook cannot be opened: {type(error).__name__}", "工作簿无法打开") from None
    if unpacked > _LARGEST:
        raise FileFault(f"the workbook unpacks to over {_LARGEST} bytes", f"工作簿解压后超过{_LARGEST}字节")


def read_sheet(survey: Survey, progress: Callable[[int, int], None]) -> Iterator[SourceRow]:
    """Yield every row of the workbook's only sheet in order, the header first.

    *progress* is called with the share of the file, as bytes, and the number of rows read so far, now and then.

    Raises:
        FileFault: The extra is not installed, or it is no workbook of one sheet; or its parts are broken, which may
            show after some rows.
    """
    # Opened here, because the library leaves a file open when it cannot use it.
    with survey.path.open("rb") as source:
        workbook = _opened(source)
        try:
            yield from _rows(workbook, survey, progress)
        except BROKEN as error:
            raise FileFault(f"the workbook is broken: {type(error).__name__}", "工作簿已损坏") from None
        finally:
            workbook.close()


def _rows(workbook: Any, survey: Survey, progress: Callable[[int, int], None]) -> Iterator[SourceRow]:  # noqa: ANN401 - the library has no types
    sheets = workbook.worksheets
    if len(sheets) != 1:
        raise _too_many(sheets)
    last = sheets[0].max_row or 0
    width = 0
    for number, cells in enumerate(sheets[0].iter_rows(), 1):
        if number % 1000 == 0:
            progress(survey.size * number // max(last, number), number)
        row = _row(number, cells, width)
        width = width or len(row.cells)
        yield row
    progress(survey.size, last)


def _too_many(sheets: list[Any]) -> FileFault:
    """Return the fault of a workbook with another number of sheets than one; what is hidden is named."""
    hidden = [sheet.title for sheet in sheets if sheet.sheet_state != "visible"]
    shown = ", ".join(title[:40] for title in hidden[:8])
    en, zh = (f", of which hidden: {shown}", f"，其中隐藏：{shown}") if hidden else ("", "")
    return FileFault(
        f"the workbook has {len(sheets)} sheets{en}: keep the one to read",
        f"工作簿有{len(sheets)}个工作表{zh}，应只留一个",
    )


def _opened(source: BinaryIO) -> Any:  # noqa: ANN401 - the library has no types
    os.environ.setdefault(LXML, "False")
    try:
        import openpyxl  # noqa: PLC0415 - an extra that need not be there
    except ImportError:
        raise FileFault(
            "workbooks need the extra `files` (openpyxl)", "读取工作簿需安装扩展files（openpyxl）"
        ) from None
    try:
        return openpyxl.load_workbook(source, read_only=True)
    except (OSError, *BROKEN) as error:
        raise FileFault(f"the workbook cannot be opened: {type(error).__name__}", "工作簿无法打开") from None


def _row(number: int, cells: tuple[Any, ...], width: int) -> SourceRow:
    texts, faults = [], {}
    for place, cell in enumerate(cells):
        text, fault = _text(cell)
        texts.append(text)
        if fault is not None:
            faults[place] = fault
    while texts and not texts[-1]:
        texts.pop()
    texts += [""] * (width - len(texts))
    whole = tuple(texts)
    first = next(iter(faults.values()), None)
    values = tuple(cell.value for cell in cells[: len(whole)])
    return SourceRow(number, whole, first or misfit(whole, width or len(whole)), faults, values)


def _text(cell: Any) -> tuple[str, Fault | None]:  # noqa: ANN401 - the library has no types
    value = cell.value
    if cell.data_type == "f":
        # One over several cells is an object that has its text, or none.
        text = value if isinstance(value, str) else str(getattr(value, "text", None) or "=")
        return text, Fault("", "a formula: replace it by its value", "单元格为公式，请转为数值")
    if cell.data_type == "e":
        return str(value), Fault("", "an error of the spreadsheet", "单元格为表格软件错误值")
    if value is None:
        return "", None
    if isinstance(value, bool):
        return ("true" if value else "false"), None
    if isinstance(value, int | float):
        return _number(value), None
    if isinstance(value, datetime) and value.time() == time.min:
        return value.date().isoformat(), None
    return str(value), None


def _number(value: float) -> str:
    """Write a number as it was typed; one that has more digits than are kept so that no code is read from it."""
    if abs(value) >= _EXACT:
        return f"{value:E}"
    return str(int(value)) if value == int(value) else repr(value)

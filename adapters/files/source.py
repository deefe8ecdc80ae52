"""The file as it stands: its encoding, its header, its rows. What a row means is in ``lines``.

Strict: an encoding that was not declared, a second sheet, a hidden one, merged cells, a header that comes twice or is
not there are faults of the whole file, each said by name. Rows hidden by a filter are rows like others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats.csv_rows import read_rows
from formats.file_encoding import FileFault, survey
from formats.merged_cells import merged_cells
from formats.workbook import SUFFIX, read_sheet, survey_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from adapters.files.columns import Columns
    from formats.csv_rows import SourceRow
    from formats.file_encoding import Survey

MOST_LINES: Final = 100_000
"""Lines of one file."""
OTHER_FORMATS: Final = (".xls", ".et", ".ods")
"""Kinds of spreadsheet that are named when they are refused."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read.

    Attributes:
        survey: Its encoding and digest.
        header: Its header row, as it stands.
        places: By field, the place of its column from 0.
    """

    survey: Survey
    header: tuple[str, ...]
    places: Mapping[str, int]

    def rows(self) -> Iterator[SourceRow]:
        """Yield the rows below the header that are not blank.

        Raises:
            FileFault: It cannot be read to its end, or has more lines than are taken.
            OSError: Likewise.
        """
        count = 0
        rows = _rows(self.survey)
        next(rows)
        for row in rows:
            if row.blank and not row.cell_faults:
                continue
            count += 1
            if count > MOST_LINES:
                raise FileFault(f"the file has more than {MOST_LINES} lines", f"文件超过{MOST_LINES}行")
            yield row

    def unchanged(self) -> bool:
        """Return whether the file is still what was surveyed."""
        return _survey(self.survey.path, _encoding(self.survey)).digest == self.survey.digest


def open_source(path: Path, encoding: str, columns: Columns, left_out: frozenset[str]) -> Source:
    """Survey a file and find its columns.

    Args:
        path: A workbook (``.xlsx``) or else a CSV.
        encoding: Of a CSV: ``utf-8``, ``gb18030``, or ``auto`` for whichever fits.
        columns: How columns are named.
        left_out: Headers of answers: their columns are passed over, so that an answered file can be asked again.

    Raises:
        FileFault: Nothing of it can be used.
        OSError: It cannot be read.
    """
    surveyed = _survey(path, encoding)
    header = next(_rows(surveyed), None)
    if header is None:
        raise FileFault("the file is empty", "文件为空")
    if header.cell_faults or (header.fault is not None):
        raise FileFault("the header is broken", "表头损坏")
    names = tuple(each.strip() for each in header.cells)
    return Source(surveyed, names, _places(names, columns, left_out))


def _survey(path: Path, encoding: str) -> Survey:
    if path.suffix.lower() in OTHER_FORMATS:
        raise FileFault(f"{path.suffix}: save it as .xlsx or CSV first", f"{path.suffix}：请先另存为.xlsx或CSV")
    if path.suffix.lower() != SUFFIX:
        return survey(path, encoding)
    surveyed = survey_workbook(path)
    merged = merged_cells(path)
    if merged:
        shown = ", ".join(merged[:8]) + (" …" if len(merged) > 8 else "")
        raise FileFault(
            f"merged cells: {shown}; unmerge them and fill in every cell", f"合并单元格：{shown}；请取消合并并逐格填写"
        )
    return surveyed


def _rows(surveyed: Survey) -> Iterator[SourceRow]:
    read = read_sheet if surveyed.codec == "xlsx" else read_rows
    return read(surveyed, lambda *_: None)


def _encoding(surveyed: Survey) -> str:
    return "gb18030" if surveyed.codec == "gb18030" else "utf-8"


def _places(names: tuple[str, ...], columns: Columns, left_out: frozenset[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for field, headers in columns.headers.items():
        known = {each.casefold() for each in headers}
        at = [i for i, name in enumerate(names) if name.casefold() in known and name not in left_out]
        if len(at) > 1:
            shown = ", ".join(names[i] for i in at)
            raise FileFault(f"two columns say the same: {shown}", f"有两列含义相同：{shown}")
        if at:
            found[field] = at[0]
    missing = [columns.header(field) for field in ("uscc", "case_ref") if field not in found]
    if missing:
        shown, seen = ", ".join(missing), ", ".join(name[:40] for name in names[:8])
        raise FileFault(
            f"columns that are missing: {shown}; the first row has: {seen}",
            f"缺少的列：{shown}；首行为：{seen}",
        )
    return found

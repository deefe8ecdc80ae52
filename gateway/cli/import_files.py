"""The header of a file to import: which columns it has, against those that the mapping knows.

Rows are read in ``formats.csv_rows`` and ``formats.workbook``; what their cells mean is in ``import_rows``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from formats.file_encoding import FileFault

if TYPE_CHECKING:
    from formats.csv_rows import SourceRow
    from gateway.cli.import_layout import Layout

REJECT_COLUMNS: Final = ("line", "field", "reason_en", "reason_zh")
"""First columns of a rejects file; a corrected one can be imported as it is, they are passed over."""


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

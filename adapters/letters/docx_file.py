"""A draft as a DOCX document, the same bytes for the same draft. The only module that knows python-docx.

Text is text: what a name holds of XML is escaped by the library, and a character that no letter shows (a control, a
change of direction) is replaced by U+FFFD before. There is no macro, no field and no link in the document.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from adapters.letters.draft import COLUMNS, HINTS, MARK, NO_LIST, WIDTHS, Draft, Line

if TYPE_CHECKING:
    from collections.abc import Iterable

EPOCH: Final = datetime(1980, 1, 1)  # noqa: DTZ001 - a document's property has no zone, and this says no time
"""Of every document: when one was made is not in it, so that the same is the same."""
_TITLE_FONT, _HEADING_FONT, _BODY_FONT, _LATIN = "方正小标宋简体", "黑体", "仿宋_GB2312", "Times New Roman"
_TITLE, _BODY, _CELL, _NOTE = Pt(22), Pt(16), Pt(10.5), Pt(9)
_GREY: Final = RGBColor(0x60, 0x60, 0x60)
_KEPT: Final = "　\n"
_FIRST_LINE: Final = Pt(32)


def write_docx(draft: Draft) -> bytes:
    """Return the document."""
    document = docx.Document()
    _page(document)
    _line(document, draft.title, _TITLE, _TITLE_FONT, WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, draft.number, _BODY, _BODY_FONT, WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, draft.addressee, _BODY, _BODY_FONT)
    for line in draft.body:
        if line.heading:
            _line(document, line, _BODY, _HEADING_FONT, indent=True)
        else:
            _line(document, line, _BODY, _BODY_FONT, indent=True)
    if draft.materials:
        _table(document, draft.materials)
    elif draft.body[-1].heading:
        _line(document, NO_LIST, _BODY, _BODY_FONT, indent=True)
    for line in draft.closing:
        _line(document, line, _BODY, _BODY_FONT, WD_ALIGN_PARAGRAPH.RIGHT)
    _line(document, HINTS, _BODY, _HEADING_FONT)
    for line in draft.hints:
        _line(document, line, _CELL, _BODY_FONT)
    _properties(document, draft)
    made = io.BytesIO()
    document.save(made)
    return _repacked(made.getvalue())


def plain(text: str) -> str:
    """Return a text as a document shows it: U+FFFD for what cannot be printed, so that it is seen."""
    return "".join(each if each.isprintable() or each in _KEPT else "\ufffd" for each in text)


def _page(document: Any) -> None:  # noqa: ANN401 - the library's classes are functions to a type checker
    """Set the page as GB/T 9704 has it, and mark each as a draft."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37),
        Mm(35),
        Mm(28),
        Mm(26),
    )
    header = section.header.paragraphs[0]
    header.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(header, " — ".join(MARK), _NOTE, _HEADING_FONT)


def _line(
    document: Any,  # noqa: ANN401 - likewise
    line: Line,
    size: Pt,
    font: str,
    alignment: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
    *,
    indent: bool = False,
) -> None:
    """Add a paragraph, and beneath it what it means in English."""
    paragraph = document.add_paragraph()
    paragraph.alignment = alignment
    paragraph.paragraph_format.space_after = Pt(0)
    if indent:
        paragraph.paragraph_format.first_line_indent = _FIRST_LINE
    paragraph.paragraph_format.keep_with_next = True
    _run(paragraph, line.zh, size, font)
    note = document.add_paragraph()
    note.alignment = alignment
    note.paragraph_format.keep_with_next = line.heading
    _run(note, line.en, _NOTE, _BODY_FONT).font.color.rgb = _GREY


def _table(document: Any, rows: Iterable[tuple[str, ...]]) -> None:  # noqa: ANN401 - likewise
    table = document.add_table(rows=0, cols=len(COLUMNS))
    table.style = "Table Grid"
    table.autofit = False
    for column, width in zip(table.columns, WIDTHS, strict=True):
        column.width = Mm(width)
    for row in (COLUMNS, *rows):
        for cell, text, width in zip(table.add_row().cells, row, WIDTHS, strict=True):
            cell.width = Mm(width)
            _run(cell.paragraphs[0], text, _CELL, _BODY_FONT)
    document.add_paragraph()


def _run(paragraph: Any, text: str, size: Pt, font: str) -> Any:  # noqa: ANN401 - likewise
    run = paragraph.add_run(plain(text))
    run.font.size = size
    run.font.name = _LATIN
    run._element.rPr.rFonts.set(qn("w:eastAsia"), font)  # noqa: SLF001 - the library has no other way
    return run


def _properties(document: Any, draft: Draft) -> None:  # noqa: ANN401 - likewise
    properties = document.core_properties
    properties.title, properties.author, properties.comments = plain(draft.title.zh), "", ""
    properties.last_modified_by, properties.revision = "", 1
    properties.created = properties.modified = EPOCH


def _repacked(content: bytes) -> bytes:
    """Return a document whose ZIP file says no time, and is the same for every version of a compressor."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(packed, "w") as after:
        for name in before.namelist():
            after.writestr(zipfile.ZipInfo(name, EPOCH.timetuple()[:6]), before.read(name))
    return packed.getvalue()

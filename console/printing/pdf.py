"""Typesets a page: PDF/A with its fonts in it, text that can be selected, the code to scan, and what is attached.

The only module that knows the libraries (extra ``print``): typst sets it, segno draws the QR code, and the typefaces
are Noto Serif SC and Noto Sans SC as their authors publish them. It reads no file but the typefaces, and asks nobody
for one. The same page makes the same bytes with the same versions of the libraries.
"""

from __future__ import annotations

import io
import json
import re
from datetime import UTC
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pylopdf_fonts_zh_cn
import segno
import typst

from console.printing.model import Heading, NewPage, Note, Paragraph, PrintError, Rows, Table

if TYPE_CHECKING:
    from console.printing.model import Attached, Block, Page

STANDARD: Final = "a-2a"
"""For keeping (ISO 19005-2), with the structure that reading aloud needs. It forbids a character without a glyph."""
STANDARD_WITH_FILE: Final = "a-3a"
"""The same where a file is attached (ISO 19005-3), which differs in allowing it."""
_MISSING: Final = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ESCAPED: Final = re.compile(r"\\u\{([0-9a-f]+)\}")
_KEPT: Final = "　\n"


def write_pdf(page: Page, more_fonts: Path | None = None) -> bytes:
    """Return the document.

    Args:
        page: What it says.
        more_fonts: Folder of fonts for characters that the built-in ones lack.

    Raises:
        PrintError: A character is in no font, which the message names; or *more_fonts* is no folder of fonts.
    """
    source = resources.files("console.printing").joinpath("page.typ").read_bytes()
    try:
        made = typst.compile(
            source,
            font_paths=_fonts(more_fonts),
            sys_inputs={"page": json.dumps(_given(page), ensure_ascii=False)},
            pdf_standards=[STANDARD if page.attached is None else STANDARD_WITH_FILE],
        )
    except typst.TypstError as error:
        raise PrintError(_why(error.message)) from error
    return bytes(made)


def plain(text: str) -> str:
    """Return a text as a page shows it: what cannot be printed (a control, a change of direction) by its number."""
    return "".join(each if each.isprintable() or each in _KEPT else f"[U+{ord(each):04X}]" for each in text)


def _fonts(more: Path | None) -> typst.Fonts:
    own = Path(pylopdf_fonts_zh_cn.__file__).parent
    if more is None:
        return _loaded(own)
    if not more.is_dir():
        raise PrintError(f"不是字体文件夹 not a folder of fonts: {more}")
    found = _loaded(own, more)
    if len(found.fonts()) == len(_loaded(own).fonts()):
        raise PrintError(f"文件夹中没有字体 no font in the folder: {more}")
    return found


def _loaded(*folders: Path) -> typst.Fonts:
    """Load fonts of these folders and no others: those of the machine would make another page on another machine."""
    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(each) for each in folders]
    )


def _why(message: str) -> str:
    missing = _MISSING.search(message)
    if missing is None:
        return f"无法排版 it cannot be typeset: {message}"
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), missing[1])
    named = " ".join(f"U+{ord(each):04X}" for each in text)
    return (
        f"字体中没有字符“{text}”（{named}），请用 --fonts 指定含有该字的字体文件夹 "
        f"no font has the character {text!r} ({named}): name a folder of fonts that has it with --fonts"
    )


def _given(page: Page) -> dict[str, Any]:
    """Return what the typesetter is given."""
    reference, at = page.reference, page.dated.astimezone(UTC)
    said: dict[str, Any] = _plain(
        {
            "title": page.title,
            "number": page.number,
            "mark": page.mark,
            "reference": {"title": reference.title, "value": reference.value, "verify": reference.verify},
            "blocks": [given for block in page.blocks if (given := _block(block))],
        }
    )
    said["attached"] = _attached(page.attached)
    said["qr"] = _qr(f"{reference.value}\n{reference.command}")
    said["dated"] = {
        "year": at.year,
        "month": at.month,
        "day": at.day,
        "hour": at.hour,
        "minute": at.minute,
        "second": at.second,
    }
    return said


def _attached(file: Attached | None) -> dict[str, str] | None:
    """Return what is attached as it is: what a page shows of a text is no matter here."""
    if file is None:
        return None
    return {"name": file.name, "media": file.media, "said": " ".join(file.said), "content": file.content}


def _block(block: Block) -> dict[str, Any]:
    """Return one block; an empty one for rows without a value, which are left out."""
    if isinstance(block, Heading):
        return {"kind": "heading", "text": block.text}
    if isinstance(block, Rows):
        shown = [row for row in block.rows if row[1] and (isinstance(row[1], str) or any(row[1]))]
        return {"kind": "rows", "look": block.look, "rows": shown} if shown else {}
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "text": block.text, "indent": block.indent, "right": block.right}
    if isinstance(block, Note):
        return {"kind": "note", "text": block.text}
    if isinstance(block, Table):
        return {"kind": "table", "columns": block.columns, "widths": block.widths, "rows": block.rows}
    if isinstance(block, NewPage):
        return {"kind": "new-page"}
    raise TypeError(f"no block of a page: {block!r}")


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever JSON has
    """Return a value with every text in it as a page shows it."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value


def _qr(content: str) -> str:
    """Return a QR code as SVG; error correction M, for a fold or a stamp on the paper."""
    drawn = io.BytesIO()
    segno.make(content, error="m", micro=False).save(
        drawn, kind="svg", border=2, xmldecl=False, svgns=True, nl=False, svgclass=None, lineclass=None
    )
    return drawn.getvalue().decode()

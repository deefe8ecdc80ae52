"""A letter before it is a document: lines in Chinese with an English note, a table of materials, and hints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BLANK: Final = "【　　　　】"
"""What is not known."""


class LetterError(ValueError):
    """There is nothing that such a letter could say of the case; the message tells what is missing."""


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph, and what it means in English; ``heading`` begins a section."""

    zh: str
    en: str
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter. ``hints`` are for who drafts it and not part of what is sent."""

    title: Line
    number: Line
    addressee: Line
    body: tuple[Line, ...]
    materials: tuple[tuple[str, ...], ...]
    """Rows below ``COLUMNS``; empty where the list is not known yet."""
    closing: tuple[Line, ...]
    hints: tuple[Line, ...]


MARK: Final = (
    "草稿 DRAFT　未经审核签发，不产生法律效力",
    "not reviewed, not issued, without legal effect",
)
"""At the head of every page."""
NO_LIST: Final = Line(BLANK, "the list of materials is not at hand")
HINTS: Final = Line("起草提示", "Hints for who drafts it", heading=True)
COLUMNS: Final = ("序号\nNo.", "材料名称\nTitle", "材料种类\nMaterial", "证据种类\nEvidence", "页数\nPages")

WIDTHS: Final = (12, 60, 42, 26, 16)
"""Of the columns, in millimetres."""


def or_blank(value: str) -> str:
    """Return a value, or the blank where there is none."""
    return value.strip() or BLANK

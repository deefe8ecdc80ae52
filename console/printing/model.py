"""What a printed page is made of, before it is typeset. Every text is in Chinese and in English, Chinese first."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from console.texts import Pair

    Said = str | Pair
    Row = tuple[Pair, Said]
    """What is said, and the saying: one text for both languages (a number, a name), or one of each."""


class PrintError(ValueError):
    """A page cannot be printed; the message says why, and of what it lacks which."""


class Look(StrEnum):
    """How the values of rows look."""

    PLAIN = ""
    VERDICT = "verdict"
    """Large: what a reader must not miss."""
    HASH = "hash"
    """Small, for long hexadecimal numbers."""


@dataclass(frozen=True, slots=True)
class Heading:
    """Begins a section; it stays with what follows it."""

    text: Pair


@dataclass(frozen=True, slots=True)
class Rows:
    """Titles at the left, values at the right; one without a value is left out."""

    rows: tuple[Row, ...]
    look: Look = Look.PLAIN


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; ``right`` for who signs it and when, ``indent`` for the body of a letter."""

    text: Pair
    indent: bool = False
    right: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """A caution, set apart."""

    text: Pair


@dataclass(frozen=True, slots=True)
class Table:
    """A table; a line break within a cell is kept."""

    columns: tuple[str, ...]
    widths: tuple[int, ...]
    """Of the columns, in relation to each other."""
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class NewPage:
    """What follows begins a page of its own."""


Block = Heading | Rows | Paragraph | Note | Table | NewPage


@dataclass(frozen=True, slots=True)
class Reference:
    """By what the page is found again: printed beside its QR code and at the foot of each page.

    Attributes:
        title: What it is, such as a query code.
        value: The reference itself.
        verify: How a reader verifies the page by it.
        command: What is typed for that; the QR code holds ``value``, and on a second line this.
    """

    title: Pair
    value: str
    verify: Pair
    command: str


@dataclass(frozen=True, slots=True)
class Attached:
    """A file within the document, from which a reader takes it out as it is.

    Attributes:
        name: What it is called there.
        media: Its media type.
        said: What it is.
        content: Its text, in the file as UTF-8.
    """

    name: str
    media: str
    said: Pair
    content: str


@dataclass(frozen=True, slots=True)
class Page:
    """A document of one page or more.

    Attributes:
        title: Its title.
        number: Its document number with what that is; None where it has none.
        reference: By what it is found again.
        blocks: Its content.
        dated: Instant for the PDF's own date, that of what the page shows and never that of printing.
        mark: At the head of each page, such as that it is a draft.
        attached: What is in the file beside the pages; None for nothing.
    """

    title: Pair
    number: Pair | None
    reference: Reference
    blocks: tuple[Block, ...]
    dated: datetime
    mark: Pair | None = None
    attached: Attached | None = None

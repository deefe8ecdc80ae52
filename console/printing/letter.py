"""The page of a letter's draft: the words of ``adapters.letters``, which its DOCX has too."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from adapters.letters.draft import COLUMNS, HINTS, MARK, NO_LIST, WIDTHS
from console.printing.model import Heading, NewPage, Page, Paragraph, Reference, Table
from console.printing.words import word

if TYPE_CHECKING:
    from adapters.letters.draft import Draft, Line
    from console.printing.model import Block
    from console.texts import Pair

EPOCH: Final = datetime(1980, 1, 1, tzinfo=UTC)
"""Of every draft, as of its DOCX: when one was made is not in it, so that the same is the same."""


def letter_page(draft: Draft, case_number: str) -> Page:
    """Return the page of a draft; the hints for who drafts it stand on a page of their own, which is not sent."""
    blocks: list[Block] = [Paragraph(_pair(draft.addressee))]
    blocks.extend(Heading(_pair(line)) if line.heading else Paragraph(_pair(line), indent=True) for line in draft.body)
    if draft.materials:
        blocks.append(Table(COLUMNS, WIDTHS, draft.materials))
    elif draft.body[-1].heading:
        blocks.append(Paragraph(_pair(NO_LIST), indent=True))
    blocks.extend(Paragraph(_pair(line), right=True) for line in draft.closing)
    blocks.append(NewPage())
    blocks.append(Heading(_pair(HINTS)))
    blocks.extend(Paragraph(_pair(line)) for line in draft.hints)
    command = f"jsg referral show {case_number}"
    return Page(
        title=_pair(draft.title),
        number=_pair(draft.number),
        reference=Reference(word("case_number"), case_number, word("verify_by_case", command=command), command),
        blocks=tuple(blocks),
        dated=EPOCH,
        mark=MARK,
    )


def _pair(line: Line) -> Pair:
    return line.zh, line.en

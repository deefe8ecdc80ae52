"""Words of a page: those of its catalogue, those for the numbers of the record, and how a moment is written."""

from __future__ import annotations

from datetime import UTC, date
from typing import TYPE_CHECKING

from console.printing.model import Attached, Note, PrintError, Reference
from console.texts import texts
from formats.civil import SHANGHAI

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from google.protobuf.timestamp_pb2 import Timestamp

    from console.texts import Pair

    Names = Mapping[str, Mapping[int | str, Pair]]
    """Words for the numbers and codes of the record, such as ``verdicts``."""

RECEIPT = "receipt.json"
"""What a receipt is called within a PDF."""
BLANK = "【　　　　】"
"""What is not known, to be filled in by hand; as in letters."""


def word(name: str, /, **given: object) -> Pair:
    """Return a text of the pages with what is *given* filled in, as it is: a brace in it is a brace.

    Raises:
        KeyError: There is no such text.
    """
    chinese, english = texts("printing")[name]
    return (chinese.format(**given), english.format(**given)) if given else (chinese, english)


def named(names: Names, table: str, number: int | str) -> Pair:
    """Return the words for a number or code of the record.

    Raises:
        PrintError: This version has none for it.
    """
    found = names[table].get(number)
    if found is None:
        raise PrintError(f"本版本不识别 this version has no words for {table}: {number}")
    return found


def moment(at: Timestamp) -> str:
    """Return an instant of the wire as ``local`` does."""
    return local(at.ToDatetime(tzinfo=UTC))


def local(at: datetime) -> str:
    """Return an instant as local time, with the offset."""
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S +08:00")


def day_zh(day: str) -> str:
    """Return a civil day as Chinese documents write it; the blank for an empty one."""
    if not day:
        return BLANK
    read = date.fromisoformat(day)
    return f"{read.year}年{read.month}月{read.day}日"


def yuan(fen: int) -> str:
    """Return an amount of fen in yuan."""
    return f"{fen // 100:,}.{fen % 100:02}"


def receipt_file(content: str) -> Attached:
    """Return a receipt as it goes into the PDF: who has the file can verify it, and needs the gateway for nothing."""
    return Attached(RECEIPT, "application/json", word("receipt_attached"), content)


def not_a_proof() -> Note:
    """Return what stands under what a receipt proves: that text is no proof, and where in the file the proof is."""
    return Note(word("not_a_proof_but_the_file", name=RECEIPT))


def by_code(code: str) -> Reference:
    """Return the reference of a page whose receipt is fetched by its query code."""
    command = f"jsg audit receipt {code}"
    return Reference(word("query_code"), code, word("verify_by_code", command=command), command)

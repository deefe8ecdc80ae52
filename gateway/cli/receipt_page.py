"""A receipt as a page to read and to print, with the receipt in it.

The page is a pure function of the receipt. So it is verified by writing it once more: whoever changes a word of what it
shows makes another page than its receipt does. Another version of this program may write it otherwise; the receipt in
it holds as before. It loads nothing and runs nothing.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from google.protobuf.message import DecodeError

from console.printing.model import Heading, Rows
from formats.checkpoint import parse_checkpoint
from formats.merkle import leaf_hash
from formats.note import decode_note
from formats.query_code import encode_query_code
from formats.receipt import ReceiptError, decode_receipt
from formats.tlog_proof import decode_proof
from gateway.cli import page_words as words
from gateway.cli.page_style import POLICY, STYLE
from gateway.cli.receipt_said import parts_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.printing.model import Row
    from formats.receipt import Receipt
    from gateway.cli.page_words import Pair

PAGE_LIMIT: Final = 4_000_000
"""Characters of a page: more than any receipt makes."""
_HELD: Final = re.compile(r'<pre id="receipt">([A-Za-z0-9+/=\n]*)</pre>')
_LINE: Final = 96


def page_of(receipt: bytes) -> str:
    """Return the page of a receipt, which is not verified by it.

    Raises:
        ReceiptError: It is none, or its parts cannot be read.
    """
    found = decode_receipt(receipt)
    try:
        return _page(found, receipt)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, DecodeError) as error:
        raise ReceiptError(f"a part of the receipt cannot be read: {error}") from error


def receipt_in(page: str) -> bytes:
    """Return the receipt that a page holds.

    Raises:
        ReceiptError: It holds none, or shows anything else than its receipt says.
    """
    held = _HELD.findall(page) if len(page) <= PAGE_LIMIT else []
    if len(held) != 1:
        raise ReceiptError("not a page with one receipt in it")
    try:
        receipt = base64.b64decode(held[0].replace("\n", ""), validate=True)
    except binascii.Error as error:
        raise ReceiptError(f"the receipt in the page cannot be read: {error}") from error
    if page_of(receipt) != page:
        raise ReceiptError(
            "the page is not the one that its receipt makes: something in it was changed, or another "
            "version of this program has written it"
        )
    return receipt


def query_code_of(receipt: Receipt) -> str:
    """Return the query code of a receipt, which is not verified by it.

    Raises:
        ValueError: Its proof cannot be read, or its log is not that of a year.
    """
    proof = decode_proof(receipt.proof)
    origin = parse_checkpoint(decode_note(proof.checkpoint).text).origin
    return encode_query_code(int(origin.rpartition("/")[2]), proof.index, leaf_hash(receipt.envelope))


def _page(receipt: Receipt, content: bytes) -> str:
    root = Element("html", {"lang": "zh-CN"})
    head, body = SubElement(root, "head"), SubElement(root, "body")
    SubElement(head, "meta", {"charset": "utf-8"})
    SubElement(head, "meta", {"http-equiv": "Content-Security-Policy", "content": POLICY})
    SubElement(head, "meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"})
    SubElement(head, "meta", {"name": "robots", "content": "noindex, noarchive"})
    code = query_code_of(receipt)
    _text(head, "title", f"{words.TITLE[0]} {code}")
    _text(head, "style", STYLE)
    _pair(SubElement(body, "h1"), words.TITLE)
    _rows(body, [(words.CODE, code)], "code")
    for part in parts_of(receipt):
        if isinstance(part, Heading):
            _pair(SubElement(body, "h2"), part.text)
        elif isinstance(part, Rows):
            _rows(body, part.rows, part.look.value)
        else:
            _pair(SubElement(body, "p", {"class": "note"}), part.text)
    for said in (words.CAUTION, words.ON_PAPER):
        _pair(SubElement(body, "p", {"class": "note"}), said)
    held = SubElement(body, "details")
    _pair(SubElement(held, "summary"), words.EMBEDDED)
    coded = base64.b64encode(content).decode()
    _text(held, "pre", "\n".join(coded[at : at + _LINE] for at in range(0, len(coded), _LINE)), {"id": "receipt"})
    return "<!DOCTYPE html>\n" + tostring(root, encoding="unicode", method="html") + "\n"


def _rows(parent: Element, rows: Iterable[Row], style: str) -> None:
    listed = SubElement(parent, "dl")
    for title, said in rows:
        if said:
            _pair(SubElement(listed, "dt"), title)
            value = SubElement(listed, "dd", {"class": style} if style else {})
            if isinstance(said, str):
                value.text = said
            else:
                _pair(value, said)


def _pair(parent: Element, said: Pair) -> None:
    """Add a text in both languages."""
    _text(parent, "span", said[0])
    _text(parent, "span", said[1], {"class": "en", "lang": "en"})


def _text(parent: Element, tag: str, text: str, attributes: dict[str, str] | None = None) -> None:
    SubElement(parent, tag, attributes or {}).text = text

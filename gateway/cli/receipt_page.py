"""A receipt as a page to read and to print, with the receipt in it.

The page is a pure function of the receipt. So it is verified by writing it once more: whoever changes a word of what it
shows makes another page than its receipt does. Another version of this program may write it otherwise; the receipt in
it holds as before. It loads nothing and runs nothing.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC
from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from google.protobuf.message import DecodeError
from jointsanctions.v1 import credit_pb2

from formats import canonical
from formats.checkpoint import parse_checkpoint
from formats.civil import format_instant
from formats.merkle import leaf_hash
from formats.note import decode_note
from formats.query_code import encode_query_code
from formats.receipt import ReceiptError, decode_receipt
from formats.tlog_proof import decode_proof
from gateway.cli import page_words as words
from gateway.cli.page_rows import measure_rows, moment, proof_rows, question_rows
from gateway.cli.page_style import POLICY, STYLE
from gateway.domain.vocabulary import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from formats.receipt import Receipt
    from gateway.cli.page_rows import Row
    from gateway.cli.page_words import Pair

PAGE_LIMIT: Final = 4_000_000
"""Characters of a page: more than any receipt makes."""
CHECK: Final = "CreditService/CheckEligibility"
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
    envelope, asked = _object(receipt.envelope), _object(receipt.body) if receipt.body else {}
    line = _object(receipt.line.content) if receipt.line else {}
    if asked:
        _pair(SubElement(body, "h2"), words.ASKED)
        _rows(body, list(question_rows(envelope, asked, line)))
        _pair(SubElement(body, "h2"), words.ANSWERED)
        _answer(body, receipt, asked, line)
    else:
        _rows(body, [(words.RECORDED_AT, moment(envelope["time"]))])
        _pair(SubElement(body, "p", {"class": "note"}), words.NOT_SHOWN)
    _pair(SubElement(body, "h2"), words.PROOF)
    _rows(body, list(proof_rows(receipt)), "hash")
    for said in (words.CAUTION, words.ON_PAPER):
        _pair(SubElement(body, "p", {"class": "note"}), said)
    held = SubElement(body, "details")
    _pair(SubElement(held, "summary"), words.EMBEDDED)
    coded = base64.b64encode(content).decode()
    _text(held, "pre", "\n".join(coded[at : at + _LINE] for at in range(0, len(coded), _LINE)), {"id": "receipt"})
    return "<!DOCTYPE html>\n" + tostring(root, encoding="unicode", method="html") + "\n"


def _answer(parent: Element, receipt: Receipt, body: Mapping[str, Any], line: Mapping[str, Any]) -> None:
    verdict = line.get("verdict") or body.get("verdict")
    if verdict is None:
        _rows(parent, [(words.OUTCOME, str(body.get("outcome", "")))])
        return
    _rows(parent, [(words.VERDICT, words.VERDICTS[Verdict(verdict)])], "verdict")
    if not receipt.response or body.get("method") != CHECK:
        _pair(SubElement(parent, "p", {"class": "note"}), words.NO_ANSWER)
        return
    decision = credit_pb2.CheckEligibilityResponse.FromString(receipt.response).decision
    rows: list[Row] = [(words.ENTERPRISE, f"{decision.enterprise.uscc} {decision.enterprise.name}")]
    if decision.HasField("valid_until"):
        rows.append((words.VALID_UNTIL, moment(format_instant(decision.valid_until.ToDatetime(tzinfo=UTC)))))
    if not decision.measures:
        rows.append((words.MEASURE, words.NO_MEASURE))
    _rows(parent, rows)
    for measure in decision.measures:
        _rows(parent, list(measure_rows(measure)))


def _rows(parent: Element, rows: list[Row], style: str = "") -> None:
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


def _object(data: bytes) -> dict[str, Any]:
    content = canonical.decode(data)
    if not isinstance(content, dict):
        raise TypeError("a part is not an object")
    return content

"""A receipt on paper: what its page on a screen says, with the code to scan, and in the file the receipt itself."""

from __future__ import annotations

from google.protobuf.message import DecodeError

from console.printing.model import Page
from console.printing.words import by_code, not_a_proof, receipt_file
from formats.civil import parse_instant
from formats.receipt import ReceiptError, decode_receipt
from gateway.cli import page_words as words
from gateway.cli.receipt_page import query_code_of
from gateway.cli.receipt_said import object_of, parts_of


def receipt_print(content: bytes) -> Page:
    """Return the page of a receipt, which is not verified by it but attached to it.

    Raises:
        ReceiptError: It is none, or its parts cannot be read.
    """
    receipt = decode_receipt(content)
    try:
        return Page(
            title=words.TITLE,
            number=None,
            reference=by_code(query_code_of(receipt)),
            blocks=(*parts_of(receipt), not_a_proof()),
            dated=parse_instant(str(object_of(receipt.envelope)["time"])),
            attached=receipt_file(content.decode()),
        )
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError, DecodeError) as error:
        raise ReceiptError(f"a part of the receipt cannot be read: {error}") from error

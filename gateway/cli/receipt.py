"""``jsg audit receipt|page``: the proof of an answer, fetched, the answer put in, and made a page to print."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jointsanctions.v1 import receipt_pb2

from console.printing.model import PrintError
from formats.merkle import HASH_SIZE
from formats.query_code import decode_query_code
from formats.receipt import ReceiptError, decode_receipt, encode_receipt, with_response
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect
from gateway.cli.print_page import SUFFIX, add_fonts, printer
from gateway.cli.receipt_page import page_of, query_code_of
from gateway.cli.receipt_print import receipt_print

if TYPE_CHECKING:
    from gateway.cli.connection import Subparsers

OK, ERROR, USAGE = 0, 1, 2


def register(commands: Subparsers) -> None:
    """Add the commands to those of ``audit``."""
    example = "jsg audit receipt gw1-0/16 93f403ea52b22ec16707f3d4c5c40fbfe2fa28d3ba85d638cb728e3d8dd25989 --out a.json"
    get = command(commands, "receipt", "fetch the receipt of an answer", example, run_receipt)
    get.add_argument(
        "place",
        metavar="WRITER/NUMBER|CODE",
        help="where the answer is recorded, as it said, or the query code of a page",
    )
    get.add_argument("leaf", type=_leaf, nargs="?", metavar="LEAF", help="its leaf hash, hexadecimal, as it said")
    get.add_argument("--item", type=int, default=None, metavar="N", help="item of a batch, from 0")
    get.add_argument("--response", type=Path, default=None, metavar="FILE", help="the answer's bytes, to be put in")
    get.add_argument("--officer", default=account(), help="who asks for it")
    get.add_argument("--out", type=Path, required=True, metavar="FILE", help="write it there")
    page = command(commands, "page", "make a receipt a page to print", "jsg audit page a.json --out a.pdf", run_page)
    page.add_argument("receipt", type=Path, metavar="RECEIPT", help="the receipt")
    say = "write the page there: .pdf for paper, anything else as HTML with the receipt in it"
    page.add_argument("--out", type=Path, required=True, metavar="FILE", help=say)
    add_fonts(page)


def run_receipt(arguments: argparse.Namespace) -> int:
    """Fetch a receipt, verify it as far as it goes, and write it."""
    try:
        request = _wanted(arguments.place, arguments.leaf)
    except ValueError as error:
        print(f"jsg audit receipt: {error}", file=sys.stderr)
        return USAGE
    request.officer = arguments.officer
    if arguments.item is not None:
        request.item = arguments.item
    with connect(arguments, client_file(arguments).audit_reader) as client:
        content = client.receipt(request).receipt
    if arguments.response is not None:
        try:
            content = encode_receipt(with_response(decode_receipt(content), arguments.response.read_bytes()))
        except (OSError, ReceiptError) as error:
            print(f"jsg audit receipt: --response {arguments.response}: {error}", file=sys.stderr)
            return ERROR
    if not _written("jsg audit receipt", arguments.out, content):
        return ERROR
    print(json.dumps({"file": str(arguments.out)}) if arguments.json else f"收据 receipt: {arguments.out}")
    return OK


def run_page(arguments: argparse.Namespace) -> int:
    """Make a page of a receipt, which is not verified by that."""
    try:
        content = arguments.receipt.read_bytes()
        code = query_code_of(decode_receipt(content))
        if arguments.out.suffix.lower() == SUFFIX:
            page = printer(arguments.fonts)(receipt_print(content))
        else:
            page = page_of(content).encode()
    except (OSError, ReceiptError, PrintError) as error:
        print(f"jsg audit page: {arguments.receipt}: {error}", file=sys.stderr)
        return ERROR
    if not _written("jsg audit page", arguments.out, page):
        return ERROR
    said = {"file": str(arguments.out), "query_code": code}
    print(json.dumps(said) if arguments.json else f"凭证页 page: {arguments.out}\n查询码 query code: {code}")
    return OK


def _written(said_by: str, file: Path, content: bytes) -> bool:
    """Write a file; False where it cannot be, which standard error says."""
    try:
        file.write_bytes(content)
    except OSError as error:
        print(f"{said_by}: --out {file}: {error}", file=sys.stderr)
        return False
    return True


def _wanted(place: str, leaf: bytes | None) -> receipt_pb2.GetReceiptRequest:
    writer, slash, number = place.rpartition("/")
    if not slash:
        decode_query_code(place)
        if leaf is not None:
            raise ValueError("a query code stands alone, without a leaf hash")
        return receipt_pb2.GetReceiptRequest(query_code=place)
    if not writer or not (number.isascii() and number.isdigit()):
        raise ValueError(f"{place!r} is neither WRITER/NUMBER nor a query code")
    if leaf is None:
        raise ValueError("WRITER/NUMBER needs the leaf hash beside it")
    return receipt_pb2.GetReceiptRequest(writer=writer, number=int(number), leaf_hash=leaf)


def _leaf(text: str) -> bytes:
    try:
        leaf = bytes.fromhex(text)
    except ValueError:
        leaf = b""
    if len(leaf) != HASH_SIZE:
        raise argparse.ArgumentTypeError(f"a leaf hash has {2 * HASH_SIZE} hexadecimal digits")
    return leaf

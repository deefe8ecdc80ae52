"""``jsg listing print``: the decision to list as a page of paper, of what is on record of the listing."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jointsanctions.v1 import listing_pb2 as pb

from console.printing.listing_decision import decision_page
from console.printing.model import PrintError
from formats.receipt import ReceiptError, decode_receipt
from gateway.cli.account import account
from gateway.cli.check_kept import fetch_receipt
from gateway.cli.connection import client_file, command, connect
from gateway.cli.print_names import NAMES
from gateway.cli.print_page import add_fonts, printer
from gateway.cli.receipt_page import query_code_of
from gateway.services.listing_steps import FEED

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1


def add_print(commands: Subparsers) -> None:
    """Add the command to those of ``listing``."""
    example = "jsg listing print L-17 --out decision.pdf --name 示例市某某建筑有限公司"
    made = command(commands, "print", "the decision to list as a page to print, as PDF", example, run_print)
    made.add_argument("listing_id", metavar="LISTING", help="id of the listing")
    made.add_argument("--out", type=Path, required=True, metavar="FILE", help="write it there")
    made.add_argument("--name", default="", help="name of the enterprise, which the gateway has as a code")
    made.add_argument("--officer", default=account(), help="who reads (default: the account logged in)")
    add_fonts(made)


def run_print(arguments: argparse.Namespace) -> int:
    """Read a listing, fetch the receipt of that reading, and write the page of its decision."""
    write_pdf = printer(arguments.fonts)
    request = pb.GetListingRequest(listing_id=arguments.listing_id, officer=arguments.officer)
    with connect(arguments, client_file(arguments).feeds[FEED]) as client:
        listing = client.registry("GetListing", request, pb.GetListingResponse)
        receipt = fetch_receipt(client, listing.audit_position, arguments.officer)
    try:
        code = query_code_of(decode_receipt(receipt))
        arguments.out.write_bytes(write_pdf(decision_page(listing, arguments.name, code, NAMES)))
    except (OSError, ReceiptError, PrintError) as error:
        print(f"jsg listing print: {arguments.out}: {error}", file=sys.stderr)
        return ERROR
    said = {"file": str(arguments.out), "query_code": code}
    print(json.dumps(said) if arguments.json else f"决定书 decision: {arguments.out}\n查询码 query code: {code}")
    return OK

"""What is kept of an answer of ``jsg check``: its receipt, and its page on paper."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jointsanctions.v1 import receipt_pb2

from console.printing.model import PrintError
from console.printing.verdict import Recorded, verdict_page
from formats.civil import parse_instant
from formats.receipt import ReceiptError, decode_receipt, encode_receipt, with_response
from gateway.cli.print_names import NAMES
from gateway.cli.print_page import add_fonts, printer
from gateway.cli.receipt_page import query_code_of
from gateway.cli.receipt_said import object_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from google.protobuf.message import Message
    from jointsanctions.v1 import common_pb2, credit_pb2

    from adapters.client import GatewayClient
    from console.printing.model import Page

POSITION_FIELD = "audit_position"


def add_kept(check: argparse.ArgumentParser) -> None:
    """Add the options."""
    check.add_argument("--receipt", type=Path, default=None, metavar="FILE", help="write the answer's receipt there")
    check.add_argument("--print", type=Path, default=None, metavar="FILE", help="write the answer there, as PDF")
    add_fonts(check)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where receipt and page of an answer go; none of either where it was not asked for."""

    receipt: Path | None
    page: Path | None
    write_pdf: Callable[[Page], bytes] | None

    @classmethod
    def of(cls, arguments: argparse.Namespace) -> Kept:
        """Return what the command line asks to keep.

        Raises:
            SettingsError: A page is asked for, and the libraries for it are not installed: said before it is asked.
        """
        return cls(arguments.receipt, arguments.print, printer(arguments.fonts) if arguments.print else None)

    def keep(
        self,
        client: GatewayClient,
        request: credit_pb2.CheckEligibilityRequest,
        answer: credit_pb2.CheckEligibilityResponse,
    ) -> bool:
        """Fetch the receipt of an answer just given, put the answer in, and write what is to be kept.

        Returns:
            False where something could not be written: standard error says what, and how to fetch it; the answer stands
        """
        if self.receipt is None and self.page is None:
            return True
        place = answer.audit_position
        fetched = fetch_receipt(client, place, request.question.officer)
        option = f"--receipt {self.receipt}"
        try:
            content = encode_receipt(with_response(decode_receipt(fetched), answer_bytes(answer)))
            if self.receipt is not None:
                self.receipt.write_bytes(content)
            option = f"--print {self.page}"
            if self.page is not None and self.write_pdf is not None:
                page = verdict_page(request, answer, recorded(content), NAMES)
                self.page.write_bytes(self.write_pdf(page))
        except (OSError, ReceiptError, PrintError) as error:
            again = f"jsg audit receipt {place.writer}/{place.number} {place.leaf_hash.hex()} --out FILE"
            print(f"jsg check: {option}: {error}; fetch its receipt with {again}", file=sys.stderr)
            return False
        return True


def fetch_receipt(client: GatewayClient, position: common_pb2.AuditPosition, officer: str) -> bytes:
    """Return the receipt of an answer, without the answer in it."""
    request = receipt_pb2.GetReceiptRequest(
        writer=position.writer, number=position.number, leaf_hash=position.leaf_hash, officer=officer
    )
    return client.receipt(request).receipt


def recorded(content: bytes) -> Recorded:
    """Return how an answer is on record, by its receipt.

    Raises:
        ReceiptError: The receipt does not say it.
    """
    receipt = decode_receipt(content)
    try:
        caller = object_of(receipt.body)["caller"]
        at = parse_instant(str(object_of(receipt.envelope)["time"]))
        who = f"{caller['agency']} / {caller['role']}"
        return Recorded(who, at, query_code_of(receipt), content.decode())
    except (ValueError, TypeError, KeyError) as error:
        raise ReceiptError(f"a part of the receipt cannot be read: {error}") from error


def answer_bytes(answer: Message) -> bytes:
    """Return the bytes of an answer that its entry holds the hash of: deterministic, without its audit position."""
    plain = type(answer)()
    plain.CopyFrom(answer)
    plain.ClearField(POSITION_FIELD)
    return plain.SerializeToString(deterministic=True)

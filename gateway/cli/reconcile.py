"""``jsg audit reconcile``: an agency's own list of its calls against the gateway's record of them."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import audit_pb2, receipt_pb2

from adapters.errors import GatewayError
from formats.civil import midnight, parse_date
from formats.receipt import ReceiptError, decode_receipt, verify_receipt
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect, day
from gateway.cli.own_calls import OwnCallsError, read_own_calls
from gateway.cli.verify import add_keys, trusted_keys
from gateway.security.log_keys import holds

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping, Sequence

    from adapters.client import GatewayClient
    from formats.note import VerificationKey
    from gateway.cli.connection import Subparsers
    from gateway.cli.own_calls import OwnCall

OK, DIFFERENT, USAGE = 0, 1, 2
PAGE: Final = 1_000
READS: Final = ("AuditService/", "CreditService/GetReceipt")
"""Reads of the record itself: of a list that names no methods they are not extra."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One call on which list and record differ: ``missing`` in the record, ``extra`` there, or ``different``."""

    what: str
    place: str
    why: str


def register(commands: Subparsers) -> None:
    """Add the command to those of ``audit``."""
    example = "jsg --as public-resources-trading.asking-system audit reconcile calls.jsonl --prove"
    parser = command(commands, "reconcile", "compare an agency's own list of calls with the record", example, run)
    parser.add_argument("file", type=Path, metavar="FILE", help="JSON Lines, CSV, or a journal of the adapter")
    parser.add_argument(
        "--from", dest="since", type=day, default="", metavar="YYYY-MM-DD", help="first day of the list"
    )
    parser.add_argument("--until", type=day, default="", metavar="YYYY-MM-DD", help="day at whose start the list ends")
    parser.add_argument("--prove", action="store_true", help="fetch and verify the receipt of every call of the list")
    parser.add_argument("--officer", default=account(), help="who compares")
    add_keys(parser)


def run(arguments: argparse.Namespace) -> int:
    """Compare, and print every difference; 1 when there is one."""
    try:
        own = read_own_calls(arguments.file)
    except (OSError, OwnCallsError) as error:
        print(f"jsg audit reconcile: {error}", file=sys.stderr)
        return USAGE
    keys = trusted_keys(arguments) if arguments.prove else []
    if arguments.prove and not keys:
        print("jsg audit reconcile: no key is at hand: name a file of keys with --keys", file=sys.stderr)
        return USAGE
    with connect(arguments, client_file(arguments).audit_reader) as client:
        recorded = _recorded(client, arguments)
        found = compare(own, recorded)
        if arguments.prove:
            wrong = {each.place for each in found}
            sound = [call for call in own if _place(call) not in wrong]
            found += [each for call in sound for each in _proven(client, call, keys, arguments.officer)]
    if arguments.json:
        told = {"calls": len(own), "recorded": len(recorded), "differences": [asdict(each) for each in found]}
        print(json.dumps(told, ensure_ascii=False))
    else:
        for each in found:
            print(f"{_WORDS[each.what]} {each.what}  {each.place}  {each.why}".rstrip())
        print(f"自有 own {len(own)}, 已记录 recorded {len(recorded)}, 不符 differences {len(found)}")
    return DIFFERENT if found else OK


def compare(own: Sequence[OwnCall], recorded: Mapping[tuple[str, int], audit_pb2.AccessEntry]) -> list[Discrepancy]:
    """Return on which calls an agency's list and the record differ, in the order of the list and then of the record.

    Args:
        own: The answered calls of the agency, each once.
        recorded: Its recorded calls by queue and number, answered ones alone.
    """
    found: list[Discrepancy] = []
    for call in own:
        entry = recorded.get((call.writer, call.number))
        if entry is None:
            found.append(Discrepancy("missing", _place(call), call.method))
        elif entry.position.leaf_hash.hex() != call.leaf:
            found.append(Discrepancy("different", _place(call), "another leaf hash is recorded"))
        elif call.method and entry.method != call.method:
            found.append(Discrepancy("different", _place(call), f"recorded as {entry.method}"))
    listed = {(call.writer, call.number) for call in own}
    methods = {call.method for call in own} - {""}
    for (writer, number), entry in recorded.items():
        of_the_list = entry.method in methods if methods else not entry.method.startswith(READS)
        if (writer, number) not in listed and of_the_list:
            found.append(Discrepancy("extra", f"{writer}/{number}", entry.method))
    return found


def _recorded(client: GatewayClient, arguments: argparse.Namespace) -> dict[tuple[str, int], audit_pb2.AccessEntry]:
    """Return the caller's own answered calls, the oldest first; of a batch the call itself."""
    request = audit_pb2.SearchAccessRequest(outcome="OK", page_size=PAGE, searched_by=arguments.officer)
    for said, field in ((arguments.since, getattr(request, "from")), (arguments.until, request.until)):
        if said:
            field.FromDatetime(midnight(parse_date(said)))
    found: list[audit_pb2.AccessEntry] = []
    while True:
        page = client.search_access(request)
        found += [each for each in page.entries if not each.HasField("item")]
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    return {(each.position.writer, each.position.number): each for each in reversed(found)}


def _proven(
    client: GatewayClient, call: OwnCall, keys: Sequence[VerificationKey], officer: str
) -> Iterable[Discrepancy]:
    """Yield what the receipt of a call does not prove, or says otherwise than the list."""
    request = receipt_pb2.GetReceiptRequest(
        writer=call.writer, number=call.number, leaf_hash=bytes.fromhex(call.leaf), officer=officer
    )
    try:
        verified = verify_receipt(decode_receipt(client.receipt(request).receipt), keys, holds)
    except (ReceiptError, GatewayError) as error:
        yield Discrepancy("different", _place(call), f"is not proven: {error}")
        return
    body: Any = verified.body or {}
    recorded = body.get("request", {}).get("sha256", "")
    # A call that names a person is recorded by a keyed hash, which nobody outside can compute.
    if call.request and recorded and recorded != call.request:
        yield Discrepancy("different", _place(call), "another request is recorded")


def _place(call: OwnCall) -> str:
    return f"{call.writer}/{call.number}"


_WORDS: Final = {"missing": "缺失", "extra": "多出", "different": "不同"}

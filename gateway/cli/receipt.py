"""``jsg audit receipt|verify|checkpoint``: the proof of an answer, fetched, and verified without the gateway."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import log_pb2, receipt_pb2

from formats.checkpoint import parse_checkpoint
from formats.merkle import HASH_SIZE
from formats.note import NoteError, decode_note, parse_key, verify_note
from formats.receipt import ReceiptError, decode_receipt, encode_receipt, verify_receipt, with_response
from gateway.cli.connection import client_file, command, connect
from gateway.domain.vocabulary import Verdict
from gateway.security.log_keys import holds
from gateway.settings.gateway_file import load_gateway

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google.protobuf.message import Message
    from jointsanctions.v1 import common_pb2

    from adapters.client import GatewayClient
    from formats.note import VerificationKey
    from formats.receipt import VerifiedReceipt
    from gateway.cli.connection import Subparsers

OK, ERROR, USAGE = 0, 1, 2
POSITION_FIELD: Final = "audit_position"


def register(commands: Subparsers) -> None:
    """Add the commands to those of ``audit``."""
    example = "jsg audit receipt gw1-0/16 93f403ea52b22ec16707f3d4c5c40fbfe2fa28d3ba85d638cb728e3d8dd25989 --out a.json"
    get = command(commands, "receipt", "fetch the receipt of an answer", example, run_receipt)
    get.add_argument("place", type=_place, metavar="WRITER/NUMBER", help="where the answer is recorded, as it said")
    get.add_argument("leaf", type=_leaf, metavar="LEAF", help="its leaf hash, hexadecimal, as it said")
    get.add_argument("--item", type=int, default=None, metavar="N", help="item of a batch, from 0")
    get.add_argument("--response", type=Path, default=None, metavar="FILE", help="the answer's bytes, to be put in")
    get.add_argument("--officer", default=getpass.getuser(), help="who asks for it")
    get.add_argument("--out", type=Path, required=True, metavar="FILE", help="write it there")
    verify = command(
        commands, "verify", "verify receipts, without a gateway", "jsg audit verify a.json --key 'KEY'", run_verify
    )
    verify.add_argument("files", nargs="+", type=Path, metavar="FILE", help="receipt")
    verify.add_argument(
        "--key", action="append", default=[], type=_key, help="public key of a log or a witness that is trusted"
    )
    checkpoint = command(
        commands, "checkpoint", "fetch and verify the newest checkpoint", "jsg audit checkpoint", run_checkpoint
    )
    checkpoint.add_argument("--origin", default="", help="name of the log (default: the one that is open)")
    checkpoint.add_argument("--key", action="append", default=[], type=_key, help="public key that is trusted")
    checkpoint.add_argument("--out", type=Path, default=None, metavar="FILE", help="write it there")


def run_receipt(arguments: argparse.Namespace) -> int:
    """Fetch a receipt, verify it as far as it goes, and write it."""
    writer, number = arguments.place
    request = receipt_pb2.GetReceiptRequest(
        writer=writer, number=number, leaf_hash=arguments.leaf, officer=arguments.officer
    )
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
    arguments.out.write_bytes(content)
    print(json.dumps({"file": str(arguments.out)}) if arguments.json else f"收据 receipt: {arguments.out}")
    return OK


def save_receipt(
    client: GatewayClient, file: Path, position: common_pb2.AuditPosition, officer: str, response: bytes
) -> None:
    """Fetch the receipt of an answer just given, put the answer in, and write it to *file*."""
    request = receipt_pb2.GetReceiptRequest(
        writer=position.writer, number=position.number, leaf_hash=position.leaf_hash, officer=officer
    )
    receipt = decode_receipt(client.receipt(request).receipt)
    file.write_bytes(encode_receipt(with_response(receipt, response)))


def answer_bytes(answer: Message) -> bytes:
    """Return the bytes of an answer that its entry holds the hash of: deterministic, without its audit position."""
    plain = type(answer)()
    plain.CopyFrom(answer)
    plain.ClearField(POSITION_FIELD)
    return plain.SerializeToString(deterministic=True)


def run_verify(arguments: argparse.Namespace) -> int:
    """Verify each file; 1 when one of them does not hold."""
    keys = arguments.key or known_keys(arguments)
    if not keys:
        print("jsg audit verify: no key is at hand: name one with --key", file=sys.stderr)
        return USAGE
    failed = False
    for file in arguments.files:
        try:
            verified = verify_receipt(decode_receipt(file.read_bytes()), keys, holds)
        except (OSError, ReceiptError) as error:
            failed = True
            said = json.dumps({"file": str(file), "valid": False, "why": str(error)}, ensure_ascii=False)
            print(said if arguments.json else f"无效 INVALID  {file}: {error}")
            continue
        told = _told(verified)
        if arguments.json:
            print(json.dumps({"file": str(file), "valid": True, **told}, ensure_ascii=False))
        else:
            print(f"有效 VALID    {file}")
            for line in _lines(told):
                print(f"  {line}")
    return ERROR if failed else OK


def run_checkpoint(arguments: argparse.Namespace) -> int:
    """Fetch the newest checkpoint, verify it by the keys at hand, print it or write it."""
    request = log_pb2.GetCheckpointRequest(origin=arguments.origin)
    with connect(arguments, client_file(arguments).audit_reader) as client:
        found = client.audit("GetCheckpoint", request, log_pb2.GetCheckpointResponse)
    keys = arguments.key or known_keys(arguments)
    try:
        note = decode_note(found.checkpoint)
        checkpoint = parse_checkpoint(note.text)
        signed = [str(each.key) for each in verify_note(note, keys, holds)]
    except NoteError as error:
        print(f"jsg audit checkpoint: {error}", file=sys.stderr)
        return ERROR
    if arguments.out is not None:
        arguments.out.write_bytes(found.checkpoint)
    if arguments.json:
        said = {
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": checkpoint.root.hex(),
            "signed_by": signed,
        }
        print(json.dumps({**said, "key": found.key}, ensure_ascii=False))
    else:
        print(found.checkpoint.decode(), end="")
        by = ", ".join(signed) or "没有已知密钥 none of the keys at hand"
        print(f"验签 verified by {by}")
    return OK if signed else ERROR


def known_keys(arguments: argparse.Namespace) -> list[VerificationKey]:
    """Return the keys that the logs under this state folder publish; none elsewhere than beside a gateway."""
    folder = load_gateway(arguments.config / "gateway.toml", arguments.state).state / "log"
    return [parse_key(file.read_text(encoding="utf-8").strip()) for file in sorted(folder.glob("*/vkey"))]


def _told(verified: VerifiedReceipt) -> dict[str, object]:
    """Return what a receipt has proven, in words of the record."""
    body, line = verified.body or {}, verified.line or {}
    told: dict[str, object] = {
        "log": verified.checkpoint.origin,
        "index": verified.index,
        "size": verified.checkpoint.size,
        "recorded_at": verified.envelope.get("time"),
        "writer": verified.envelope.get("writer"),
        "number": verified.envelope.get("n"),
        "signed_by": [each.key.name for each in verified.signed],
        "response_shown": verified.response_shown,
    }
    for name in ("method", "outcome", "case", "officer", "purpose"):
        told[name] = body.get(name)
    told["caller"] = _agency(body)
    told["enterprises"] = line.get("enterprises") or body.get("enterprises")
    verdict = line.get("verdict") or body.get("verdict")
    told["verdict"] = Verdict(verdict).name if isinstance(verdict, int) and verdict in list(Verdict) else None
    return {key: value for key, value in told.items() if value not in (None, "", [])}


def _agency(body: object) -> str:
    caller = body.get("caller") if isinstance(body, dict) else None
    return str(caller.get("agency", "")) if isinstance(caller, dict) else ""


def _lines(told: dict[str, object]) -> Iterable[str]:
    for name, value in told.items():
        yield f"{name:14} {', '.join(map(str, value)) if isinstance(value, list) else value}"


def _place(text: str) -> tuple[str, int]:
    writer, _, number = text.rpartition("/")
    if not writer or not (number.isascii() and number.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is not WRITER/NUMBER")
    return writer, int(number)


def _leaf(text: str) -> bytes:
    try:
        leaf = bytes.fromhex(text)
    except ValueError:
        leaf = b""
    if len(leaf) != HASH_SIZE:
        raise argparse.ArgumentTypeError(f"a leaf hash has {2 * HASH_SIZE} hexadecimal digits")
    return leaf


def _key(text: str) -> VerificationKey:
    try:
        return parse_key(text)
    except NoteError as error:
        raise argparse.ArgumentTypeError(str(error)) from None

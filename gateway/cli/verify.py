"""``jsg audit verify|checkpoint``: what proves itself, verified without a gateway, and a gateway's checkpoint."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jointsanctions.v1 import log_pb2

from formats.access_export import MANIFEST_FILE, PROOFS_FILE, RECEIPT_FILE, ExportError
from formats.checkpoint import parse_checkpoint
from formats.day_proof import DayProofError, is_day_proof, verify_day_proof
from formats.note import NoteError, decode_note, parse_key, verify_note
from formats.receipt import ReceiptError, decode_receipt, verify_receipt
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect
from gateway.cli.export_verify import verify_export
from gateway.cli.receipt_page import receipt_in
from gateway.cli.verify_folder import kept_checkpoints, verify_folder
from gateway.domain.vocabulary import Verdict
from gateway.security.log_keys import holds
from gateway.settings import ConfigurationError
from gateway.settings.gateway_file import load_gateway

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from formats.note import VerificationKey
    from formats.receipt import VerifiedReceipt
    from gateway.cli.connection import Subparsers

OK, ERROR, USAGE = 0, 1, 2


def register(commands: Subparsers) -> None:
    """Add the commands to those of ``audit``."""
    verify = command(
        commands,
        "verify",
        "verify receipts, exports, proofs of days, or a copy of the log's files, without a gateway",
        "jsg audit verify a.json --keys log.vkey",
        run_verify,
    )
    say = "receipt or its page, proof of days, folder of an export or of a log's static files"
    verify.add_argument("files", nargs="+", type=Path, metavar="FILE", help=say)
    add_keys(verify)
    add_kept(verify)
    checkpoint = command(
        commands, "checkpoint", "fetch and verify the newest checkpoint", "jsg audit checkpoint", run_checkpoint
    )
    checkpoint.add_argument("--officer", default=account(), help="who asks")
    checkpoint.add_argument("--origin", default="", help="name of the log (default: the one that is open)")
    add_keys(checkpoint)
    checkpoint.add_argument("--out", type=Path, default=None, metavar="FILE", help="write it there")


def run_verify(arguments: argparse.Namespace) -> int:
    """Verify each file; 1 when one of them does not hold."""
    keys = trusted_keys(arguments)
    if not keys:
        print("jsg audit verify: no key is at hand: name a file of keys with --keys", file=sys.stderr)
        return USAGE
    failed, kept = False, kept_checkpoints(arguments.checkpoint, keys)
    if kept and not any(file.is_dir() for file in arguments.files):
        print("jsg audit verify: --checkpoint: is for the folder of a log", file=sys.stderr)
        return USAGE
    for file in arguments.files:
        if file.is_dir() and not _is_export(file):
            failed = not verify_folder(file, keys, kept, as_json=arguments.json) or failed
            continue
        try:
            told = _proven(file, keys)
        except (OSError, ReceiptError, DayProofError, ExportError) as error:
            failed = True
            said = json.dumps({"file": str(file), "valid": False, "why": str(error)}, ensure_ascii=False)
            print(said if arguments.json else f"无效 INVALID  {file}: {error}")
            continue
        if arguments.json:
            print(json.dumps({"file": str(file), "valid": True, **told}, ensure_ascii=False))
        else:
            print(f"有效 VALID    {file}")
            for line in _lines(told):
                print(f"  {line}")
    return ERROR if failed else OK


def _proven(file: Path, keys: Sequence[VerificationKey]) -> dict[str, object]:
    """Return what a receipt, the page of one, a proof of days or an export proves; raises what verifying it does."""
    if file.is_dir():
        return verify_export(file, keys, holds)
    content = file.read_bytes()
    if not is_day_proof(content):
        return _told(verify_receipt(decode_receipt(receipt_bytes(content)), keys, holds))
    uscc, days = verify_day_proof(content, keys, holds)
    sides = list(days[0].entries)
    told: dict[str, object] = {"uscc": uscc, "from": str(days[0].day), "until": str(days[-1].day), "sides": sides}
    for side in sides:
        named = [each for day in days for each in day.entries[side]]
        told[side] = [f"{each['log']}/{each['index']} {each['at']}" for each in named]
        told[f"{side}_count"] = len(named)
    return told


def _is_export(folder: Path) -> bool:
    """Return whether a folder is that of an export, or what is left of one, and not a copy of a log's files."""
    return any((folder / name).exists() for name in (MANIFEST_FILE, RECEIPT_FILE, PROOFS_FILE))


def run_checkpoint(arguments: argparse.Namespace) -> int:
    """Fetch the newest checkpoint, verify it by the keys at hand, print it or write it."""
    request = log_pb2.GetCheckpointRequest(origin=arguments.origin, officer=arguments.officer)
    with connect(arguments, client_file(arguments).audit_reader) as client:
        found = client.audit("GetCheckpoint", request, log_pb2.GetCheckpointResponse)
    keys = trusted_keys(arguments)
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


def trusted_keys(arguments: argparse.Namespace) -> list[VerificationKey]:
    """Return the keys of the files that were named; without any, those that the logs under this state folder publish.

    Raises:
        ConfigurationError: A file cannot be read, or holds something else than keys, one a line.
    """
    files = arguments.keys
    if not files:
        folder = load_gateway(arguments.config / "gateway.toml", arguments.state).state / "log"
        files = sorted(folder.glob("*/vkey"))
    return keys_in(files)


def keys_in(files: Iterable[Path]) -> list[VerificationKey]:
    """Return the public keys in *files*, one a line. Raises ``ConfigurationError``."""
    keys = []
    for file in files:
        try:
            keys += [parse_key(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
        except (OSError, ValueError) as error:
            raise ConfigurationError(str(file), "--keys", str(error)) from error
    return keys


def add_kept(parser: argparse.ArgumentParser) -> None:
    """Add ``--checkpoint``: what was kept elsewhere of the log that is looked at."""
    say = "checkpoint that was kept elsewhere, best one that a witness has cosigned: the log must not fall behind it"
    parser.add_argument("--checkpoint", action="append", default=[], type=Path, metavar="FILE", help=say)


def add_keys(parser: argparse.ArgumentParser) -> None:
    """Add ``--keys``: the public keys that are trusted."""
    say = (
        "file of public keys of logs and witnesses that are trusted, one a line (default: those under the state folder)"
    )
    parser.add_argument("--keys", action="append", default=[], type=Path, metavar="FILE", help=say)


def receipt_bytes(content: bytes) -> bytes:
    """Return the receipt that a file is or, as a page that shows what its receipt says and nothing else, holds.

    Raises:
        ReceiptError: It is a page that its receipt does not make.
    """
    if not content.startswith(b"<"):
        return content
    try:
        return receipt_in(content.decode())
    except UnicodeDecodeError as error:
        raise ReceiptError(f"the page is not text: {error}") from error


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
        told[name] = line.get(name) or body.get(name)
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

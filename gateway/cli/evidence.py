"""``jsg evidence``: whether sealed evidence is all there, and what is left of uploads. No content is shown."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from formats.civil import civil_date, format_instant
from gateway.bootstrap.config import StartError
from gateway.bootstrap.evidence import evidence_upkeep
from gateway.bootstrap.evidence_bring import bring_evidence
from gateway.bootstrap.evidence_check import cases_on_hold, look_at_evidence
from gateway.cli.connection import command
from gateway.domain.errors import GatewayError
from gateway.security.key_ring import PersonKeyError
from gateway.settings.gateway_file import load_gateway
from gateway.storage.content import ContentError

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers
    from gateway.services.ports.evidence import StoredFile

OK, ERROR, USAGE = 0, 1, 2
LEAST_DAYS = 1
"""What was written to less than a day ago may be on its way."""


def register(subparsers: Subparsers) -> None:
    """Add ``evidence`` with its commands."""
    evidence = subparsers.add_parser("evidence", help="sealed evidence: is all of it there, what is left of uploads")
    commands = evidence.add_subparsers(required=True, metavar="COMMAND")
    say = "hold what the store has to what the cases on record name"
    check = command(commands, "check", say, "jsg evidence check --read", run_check)
    check.add_argument(
        "--read", action="store_true", help="read every file and hold it to its hash (default: its size)"
    )
    say = "bring what the folder evidence/ has into the bucket that is configured now"
    command(commands, "bring", say, "jsg evidence bring", run_bring)
    say = "list the uploads that are not whole; with --discard, throw away the old ones"
    uploads = command(commands, "uploads", say, "jsg evidence uploads --discard 30", run_uploads)
    uploads.add_argument("--discard", type=int, metavar="DAYS", help="throw away what nobody wrote to for so many days")


def run_check(arguments: argparse.Namespace) -> int:
    """Look at every file; 1 when one is missing or not what is on record."""
    settings = load_gateway(arguments.config / "gateway.toml", arguments.state)
    try:
        look = look_at_evidence(settings, _progress, read=arguments.read)
    except (GatewayError, ContentError, OSError) as error:
        return _failed(error)
    except PersonKeyError as error:
        raise StartError(str(error)) from error
    _end_of_progress()
    if arguments.json:
        unnamed = [_row(each) for each in look.unnamed]
        print(json.dumps({"named": look.named, "bytes": look.size, "flaws": look.flaws, "unnamed": unnamed}))
        return ERROR if look.flaws else OK
    for flaw in look.flaws:
        print(f"异常 BROKEN  {flaw}")
    for each in look.unnamed:
        print(f"未被案件引用 named by no case  {_words(each)}")
    print(f"已登记 named by cases {look.named}, {look.size} 字节 bytes, 异常 broken {len(look.flaws)}")
    return ERROR if look.flaws else OK


def run_bring(arguments: argparse.Namespace) -> int:
    """Bring every file that a case names; 1 when the folder has one not."""
    settings = load_gateway(arguments.config / "gateway.toml", arguments.state)
    try:
        brought = bring_evidence(settings, _progress)
    except (GatewayError, ContentError, OSError) as error:
        return _failed(error)
    except PersonKeyError as error:
        raise StartError(str(error)) from error
    _end_of_progress()
    if arguments.json:
        print(json.dumps({"brought": brought.now, "before": brought.before, "flaws": brought.flaws}))
    else:
        for flaw in brought.flaws:
            print(f"异常 BROKEN  {flaw}")
        print(f"已移入 brought {brought.now}, 原已在内 there before {brought.before}, 异常 broken {len(brought.flaws)}")
    return ERROR if brought.flaws else OK


def run_uploads(arguments: argparse.Namespace) -> int:
    """List or throw away uploads that are not whole; 1 when one that was to be thrown away is written to."""
    if arguments.discard is not None and arguments.discard < LEAST_DAYS:
        print(f"jsg evidence: --discard: must be {LEAST_DAYS} or more", file=sys.stderr)
        return USAGE
    settings = load_gateway(arguments.config / "gateway.toml", arguments.state)
    upkeep, now, rows, left = evidence_upkeep(settings), datetime.now(UTC), [], 0
    try:
        held = cases_on_hold(settings, upkeep, civil_date(now)) if arguments.discard is not None else frozenset()
        for each in list(upkeep.unfinished()):
            old = arguments.discard is not None and now - each.since >= timedelta(days=arguments.discard)
            kept = old and each.case in held
            gone = old and not kept and upkeep.discard(each)
            left += old and not kept and not gone
            rows.append({**_row(each), "discarded": gone, "on_hold": kept})
            if not arguments.json:
                print(f"{_done(old=old, kept=kept, gone=gone)}  {_words(each)}")
    except (GatewayError, ContentError, OSError) as error:
        return _failed(error)
    except PersonKeyError as error:
        raise StartError(str(error)) from error
    if arguments.json:
        print(json.dumps(rows))
    return ERROR if left else OK


def _done(*, old: bool, kept: bool, gone: bool) -> str:
    if gone:
        return "已清除 discarded"
    if kept:
        return "依法保全 on hold"
    return "正在写入 being written" if old else "未完成 not whole"


def _row(file: StoredFile) -> dict[str, object]:
    return {"case": file.case, "sha256": file.sha256, "bytes": file.size, "since": format_instant(file.since)}


def _words(file: StoredFile) -> str:
    return f"{file.case} {file.sha256}  {file.size} 字节 bytes  {format_instant(file.since)}"


def _failed(error: Exception) -> int:
    _end_of_progress()
    more = f" ({error.metadata['kind']})" if isinstance(error, GatewayError) and "kind" in error.metadata else ""
    print(f"jsg evidence: {error}{more}", file=sys.stderr)
    return ERROR


def _progress(files: int) -> None:
    if sys.stderr.isatty():
        print(f"\r{files}", end="", file=sys.stderr)


def _end_of_progress() -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr)

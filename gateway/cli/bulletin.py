"""``jsg bulletin``: the signed list of published listings for hours without an answer: fetched, shown, verified (X-10).

``keys`` is for whoever runs the gateway, on its machine. Nothing of this clears anybody.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from jointsanctions.v1 import bulletin_pb2, common_pb2

from adapters.bulletin import BulletinRefusedError, bulletin_source, checked, keep, received, verified
from adapters.errors import SettingsError
from formats.bulletin import key_name
from formats.civil import format_instant
from formats.note import NoteError, parse_key
from gateway.bootstrap.config import StartError
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect
from gateway.domain.errors import StoreUnavailableError
from gateway.domain.vocabulary import DISABLED_AREAS, Area
from gateway.security.bulletin_keys import BulletinKeys
from gateway.settings.gateway_file import load_gateway

if TYPE_CHECKING:
    import argparse

    from adapters.bulletin import BulletinSource
    from formats.bulletin import Bulletin, ListedFacts
    from gateway.cli.connection import Subparsers

OK, ERROR, USAGE = 0, 1, 2
SUFFIX = key_name("")
CLEARS_NOBODY = "不在公报中不等于未受限制 Who is not in it is not cleared by that"


def register(subparsers: Subparsers) -> None:
    """Add ``bulletin`` with its commands."""
    bulletin = subparsers.add_parser("bulletin", help="published listings, signed, for hours without an answer")
    commands = bulletin.add_subparsers(required=True, metavar="COMMAND")
    example = "jsg bulletin fetch --area bidding --keys bulletin.vkey --out bidding.bulletin"
    fetch = command(commands, "fetch", "fetch and verify the bulletin of an area", example, run_fetch)
    fetch.add_argument("--officer", default=account(), help="who fetches (default: the account logged in)")
    fetch.add_argument("--purpose", default="", help="for the record")
    fetch.add_argument("--out", type=Path, required=True, metavar="FILE", help="put it there, in place of an older one")
    example = "jsg bulletin show bidding.bulletin --area bidding --keys bulletin.vkey --uscc 91420300MA10004470"
    show = command(commands, "show", "show what a bulletin says", example, run_show)
    show.add_argument("--uscc", default="", help="only of this enterprise")
    example = "jsg bulletin verify bidding.bulletin --area bidding --keys bulletin.vkey"
    verify = command(commands, "verify", "verify a bulletin, and that it is in date", example, run_verify)
    for parser in (show, verify):
        parser.add_argument("file", type=Path, metavar="FILE", help="the bulletin")
    for parser in (fetch, show, verify):
        areas = [area.name.lower() for area in Area if area not in DISABLED_AREAS]
        parser.add_argument("--area", required=True, choices=areas, help="area")
        say = "verification keys of the gateway, one a line, as its operator has told them"
        parser.add_argument("--keys", type=Path, required=True, metavar="FILE", help=say)
    keys = command(commands, "keys", "print the public keys of this gateway's bulletins", "jsg bulletin keys", run_keys)
    keys.add_argument("--add", action="store_true", help="first make one more, which signs beside those there are")


def run_fetch(arguments: argparse.Namespace) -> int:
    """Fetch a bulletin, verify it, and put it in place unless an older one would replace a newer."""
    try:
        source, now = _source(arguments), datetime.now(UTC)
        caller = client_file(arguments).areas[Area[arguments.area.upper()]]
        request = bulletin_pb2.GetBulletinRequest(
            area=source.area, officer=arguments.officer, purpose=arguments.purpose
        )
        with connect(arguments, caller) as client:
            data = received(client, request)
        found = checked(data, source, now)
        _require_no_newer(arguments.out, source, found)
        keep(arguments.out, data)
    except (BulletinRefusedError, SettingsError) as error:
        return _refused("fetch", error)
    _print_head(found, as_json=arguments.json)
    return OK


def run_show(arguments: argparse.Namespace) -> int:
    """Show a bulletin that is signed as it should be; that it is past its time is said, and no error."""
    try:
        found = verified(arguments.file.read_bytes(), _source(arguments))
    except (OSError, BulletinRefusedError, SettingsError) as error:
        return _refused("show", error)
    listings = [each for each in found.listings if arguments.uscc in {"", each.uscc}]
    if arguments.json:
        print(json.dumps({**_told(found), "listings": [_listing(each) for each in listings]}, ensure_ascii=False))
        return OK
    _print_head(found, as_json=False)
    for each in listings:
        print(f"{each.uscc}  {each.decided_on}  {each.document_number}  {each.authority}")
    if datetime.now(UTC) >= found.head.valid_until:
        print("已失效 past its time: it must not be used")
    print(CLEARS_NOBODY)
    return OK


def run_verify(arguments: argparse.Namespace) -> int:
    """Say whether a bulletin may be used now."""
    try:
        found = checked(arguments.file.read_bytes(), _source(arguments), datetime.now(UTC))
    except (OSError, BulletinRefusedError, SettingsError) as error:
        return _refused("verify", error)
    _print_head(found, as_json=arguments.json)
    return OK


def run_keys(arguments: argparse.Namespace) -> int:
    """Print the public halves, oldest first, after making one more where that is asked for."""
    settings = load_gateway(arguments.config / "gateway.toml", arguments.state)
    keys = BulletinKeys(settings.state / "keys", settings.name)
    try:
        if arguments.add:
            keys.add()
        published = keys.published()
    except StoreUnavailableError as error:
        raise StartError(str(error)) from error
    for line in [json.dumps({"keys": published})] if arguments.json else published:
        print(line)
    return OK


def _source(arguments: argparse.Namespace) -> BulletinSource:
    """Return whose bulletins are taken: those of the gateway that the keys are named after."""
    try:
        lines = [line.strip() for line in arguments.keys.read_text(encoding="utf-8").splitlines() if line.strip()]
        gateway = parse_key(lines[0]).name.removesuffix(SUFFIX) if lines else ""
    except (OSError, UnicodeDecodeError, NoteError) as error:
        raise SettingsError(f"--keys {arguments.keys}: {error}") from error
    return bulletin_source(gateway, common_pb2.Area.Value(f"AREA_{arguments.area.upper()}"), lines)


def _require_no_newer(path: Path, source: BulletinSource, found: Bulletin) -> None:
    """Refuse to put a bulletin in place of a newer one of this source; anything else may be replaced."""
    try:
        held = verified(path.read_bytes(), source).head
    except (OSError, BulletinRefusedError):
        return
    if held.revision > found.head.revision or held.issued_at > found.head.issued_at:
        raise BulletinRefusedError("OLDER", f"{path} has a newer one")


def _refused(name: str, error: Exception) -> int:
    reason = f"{error.reason}: " if isinstance(error, BulletinRefusedError) else ""
    print(f"jsg bulletin {name}: {reason}{error}", file=sys.stderr)
    return ERROR


def _print_head(found: Bulletin, *, as_json: bool) -> None:
    told = _told(found)
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
        return
    print(f"{told['gateway']}  {told['area']}  修订号 revision {told['revision']}  记录数 listings {told['count']}")
    print(f"签发 issued {told['issued_at']}  有效至 valid until {told['valid_until']}")


def _told(found: Bulletin) -> dict[str, object]:
    head = found.head
    return {
        "gateway": head.gateway,
        "area": head.area,
        "revision": head.revision,
        "issued_at": format_instant(head.issued_at),
        "valid_until": format_instant(head.valid_until),
        "weighs_at": list(head.weighs_at),
        "count": len(found.listings),
    }


def _listing(each: ListedFacts) -> dict[str, str]:
    return {
        "uscc": each.uscc,
        "authority": each.authority,
        "document_number": each.document_number,
        "decided_on": each.decided_on.isoformat(),
        "published_on": each.published_on.isoformat(),
        "until": format_instant(each.until),
    }

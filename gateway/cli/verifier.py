"""``jsg audit verifier``: the page that verifies receipts in a browser, with the keys that it trusts."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from console.receipt.page import verifier_page
from gateway.cli import page_words as words
from gateway.cli.connection import command
from gateway.cli.verify import add_keys, trusted_keys
from gateway.settings.gateway_file import load_gateway

if TYPE_CHECKING:
    import argparse

    from console.receipt.page import Names
    from gateway.cli.connection import Subparsers

OK, ERROR, USAGE = 0, 1, 2
NAMES: Names = {
    "verdicts": {int(each): pair for each, pair in words.VERDICTS.items()},
    "effects": {int(each): pair for each, pair in words.EFFECTS.items()},
    "areas": {int(each): pair for each, pair in words.AREAS.items()},
    "points": {int(each): pair for each, pair in words.POINTS.items()},
}
"""Words of the record by its numbers."""


def register(commands: Subparsers) -> None:
    """Add the command to those of ``audit``."""
    say = "make the page that verifies receipts in a browser, without a gateway"
    verifier = command(commands, "verifier", say, "jsg audit verifier --out receipt.html", run_verifier)
    add_keys(verifier)
    verifier.add_argument("--out", type=Path, required=True, metavar="FILE", help="write the page there")


def run_verifier(arguments: argparse.Namespace) -> int:
    """Write the page with the keys named, or without any those of this gateway's logs and of its witnesses."""
    keys = [str(key) for key in trusted_keys(arguments)]
    if not arguments.keys:
        keys += [each.key for each in load_gateway(arguments.config / "gateway.toml", arguments.state).witnesses]
    if not keys:
        print("jsg audit verifier: no key is at hand: name a file of keys with --keys", file=sys.stderr)
        return USAGE
    try:
        arguments.out.write_bytes(verifier_page(keys, NAMES).encode())
    except OSError as error:
        print(f"jsg audit verifier: --out {arguments.out}: {error}", file=sys.stderr)
        return ERROR
    if arguments.json:
        print(json.dumps({"file": str(arguments.out), "keys": keys}))
    else:
        print(f"验证页 page: {arguments.out}\n信任的密钥 keys that it trusts: {len(keys)}")
    return OK

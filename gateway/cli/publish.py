"""``jsg publish``: the public lists as JSON and static pages in a folder, which ``--watch`` keeps true."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from formats.civil import format_instant
from gateway.cli.account import account
from gateway.cli.connection import client_file, command, connect
from gateway.cli.publish_feed import read_feed
from gateway.cli.publish_folder import CURRENT, Folder, FolderError
from gateway.cli.publish_watch import Keeper
from gateway.clock import SystemClock

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers
    from gateway.cli.publish_feed import Feed

OK, ERROR = 0, 1
EVERY: Final = 5.0


def register(subparsers: Subparsers) -> None:
    """Add ``publish``."""
    publish = command(
        subparsers,
        "publish",
        "write what may be published now, as JSON and pages; --watch keeps the folder true",
        "jsg publish --out var/public --watch",
        run,
    )
    publish.add_argument("--out", type=Path, required=True, metavar="DIR", help=f"folder; serve DIR/{CURRENT}")
    publish.add_argument("--watch", action="store_true", help="rewrite on each change and each end, until stopped")
    publish.add_argument(
        "--every", type=float, default=EVERY, metavar="SECONDS", help=f"how often --watch asks (default {EVERY:g})"
    )
    publish.add_argument("--officer", default=account(), help="who asks (default: the account logged in)")


def run(arguments: argparse.Namespace) -> int:
    """Bring the folder up to date once, or keep it so until stopped; 1 when no answer came or it cannot be used."""
    try:
        with (
            Folder(arguments.out) as folder,
            connect(arguments, client_file(arguments).publishable_reader) as client,
            Keeper(folder, lambda before: read_feed(client, arguments.officer, before), SystemClock()) as keeper,
        ):
            while True:
                before = keeper.shown
                error = keeper.step()
                if keeper.shown is not before:
                    _say(arguments, keeper.shown)
                if not arguments.watch:
                    if error is not None:
                        raise error
                    return OK
                keeper.complain(error)
                time.sleep(keeper.pause(arguments.every))
    except FolderError as error:
        print(f"jsg: {error}", file=sys.stderr)
        return ERROR


def _say(arguments: argparse.Namespace, feed: Feed) -> None:
    until = format_instant(feed.valid_until)
    if arguments.json:
        counts = {"items": len(feed.items), "ended": len(feed.ended), "available": feed.available}
        print(json.dumps({"revision": feed.revision, "valid_until": until, **counts}), flush=True)
    elif feed.available:
        print(f"{len(feed.items)} 条公示 shown · #{feed.revision} · 有效至 until {until}", flush=True)
    else:
        print("暂停展示 taken down: the gateway was not reached in time", flush=True)

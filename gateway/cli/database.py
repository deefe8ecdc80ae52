"""``jsg db``: its commands, and ``jsg db upgrade``: bring the store's tables up to date."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gateway.bootstrap.config import load_config
from gateway.bootstrap.stores import upgrade_store
from gateway.cli import backup, go_on
from gateway.cli.connection import command

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK = 0


def register(subparsers: Subparsers) -> None:
    """Add ``db`` with its commands."""
    database = subparsers.add_parser("db", help="the store")
    commands = database.add_subparsers(required=True, metavar="COMMAND")
    backup.register(commands)
    go_on.register(commands)
    command(commands, "upgrade", "bring the store's tables up to date", "jsg db upgrade", run_upgrade)


def run_upgrade(arguments: argparse.Namespace) -> int:
    """Make or upgrade the tables; running it again changes nothing."""
    config = load_config(arguments.config, arguments.state)
    upgrade_store(config.settings)
    kind = "postgresql" if config.settings.store_url else "sqlite"
    print(json.dumps({"store": kind, "current": True}) if arguments.json else f"the store ({kind}) is up to date")
    return OK

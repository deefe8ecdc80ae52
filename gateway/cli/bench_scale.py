"""``jsg bench scale``: what a province and the country would take, computed from what was measured (docs/scale.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.bench.scale_tables import everything

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK = 0


def register(commands: Subparsers) -> None:
    """Add ``scale`` to the commands of ``bench``."""
    commands.add_parser("scale", help="the tables of docs/scale.md: province and country, computed").set_defaults(
        run=run
    )


def run(_arguments: argparse.Namespace) -> int:
    """Print the tables in Markdown; nothing is measured."""
    print(everything())
    return OK

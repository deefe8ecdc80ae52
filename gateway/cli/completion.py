"""``jsg completion``: what a shell needs to complete commands and options."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Final

from gateway.cli.connection import command

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1
SHELLS: Final = ("bash", "zsh", "fish")


def register(commands: Subparsers) -> None:
    """Add the command."""
    example = 'eval "$(jsg completion bash)"'
    parser = command(commands, "completion", "print what a shell needs to complete jsg", example, run)
    parser.add_argument("shell", choices=SHELLS, help="which shell")


def run(arguments: argparse.Namespace) -> int:
    """Print the script for the whole command line."""
    try:
        shtab = importlib.import_module("shtab")
    except ModuleNotFoundError:
        print("jsg completion: needs shtab, the extra `completion`", file=sys.stderr)
        return ERROR
    whole = importlib.import_module("gateway.cli.main").parser()
    print(shtab.complete(whole, shell=arguments.shell))
    return OK

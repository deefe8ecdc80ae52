"""The command ``jsg``: finds the command asked for, runs it, and turns errors into words and exit codes.

Of the commands only the one that is typed is imported: all of them together take several times as long to start.

Exit codes: 0 clear or done, 1 error, 2 usage, 3 restricted, 4 conditional, 5 unverifiable.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Final

from gateway.memory import keep_little
from gateway.rpc.environment import forbid_tls12

forbid_tls12(os.environ)  # before grpc is imported, which the commands below do
keep_little(os.environ)

from adapters.errors import GatewayError, SettingsError  # noqa: E402
from formats.resident_ids import mask_resident_ids  # noqa: E402
from gateway.bootstrap.config import StartError  # noqa: E402
from gateway.cli.connection import CommandParser, add_place  # noqa: E402
from gateway.settings import ConfigurationError  # noqa: E402

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

OK, ERROR, USAGE = 0, 1, 2
COMMANDS: Final = {
    "city": ("up",),
    "tour": ("tour",),
    "run": ("serve",),
    "edge": ("edge",),
    "importing": ("import",),
    "check": ("check",),
    "check_person": ("check-person",),
    "resolve": ("resolve",),
    "grade": ("grade",),
    "registry": ("registry",),
    "listing": ("listing",),
    "endings": ("endings",),
    "outcome": ("outcome",),
    "case": ("case",),
    "referral": ("referral",),
    "bulletin": ("bulletin",),
    "adapter": ("adapter",),
    "console": ("console",),
    "conformance": ("conformance",),
    "connector": ("connector",),
    "clocks": ("clocks", "timeliness"),
    "meeting": ("meeting",),
    "watchlist": ("watchlist",),
    "publish": ("publish",),
    "window": ("window",),
    "audit": ("audit",),
    "retention": ("retention",),
    "mandate": ("mandate",),
    "processing": ("processing",),
    "policy": ("policy",),
    "pki": ("pki",),
    "database": ("db",),
    "evidence": ("evidence",),
    "keys": ("keys",),
    "status": ("status",),
    "health": ("health",),
    "doctor": ("doctor",),
    "bench": ("bench",),
    "completion": ("completion",),
}
"""Each module of this package that has commands, with what is typed for them, in the order of the help."""


def parser(argv: Sequence[str] = ()) -> argparse.ArgumentParser:
    """Return the parser of the whole command line, or that of the one command that *argv* begins with."""
    root = CommandParser(
        prog="jsg",
        description="May this enterprise go ahead with this activity now, and can you prove that you asked?",
    )
    root.add_argument("--version", action="store_true", help="say version, commit and versions of the tables, and exit")
    add_place(root)
    commands = root.add_subparsers(required=True, metavar="COMMAND", parser_class=CommandParser)
    typed = _command(argv)
    for module in [module for module, names in COMMANDS.items() if typed in names] or COMMANDS:
        importlib.import_module(f"gateway.cli.{module}").register(commands)
    return root


def _command(argv: Sequence[str]) -> str:
    """Return the first word that is neither an option nor its value; every option of ``add_place`` has one."""
    words = iter(argv)
    for word in words:
        if not word.startswith("-"):
            return word
        if "=" not in word:
            next(words, None)
    return ""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    words = sys.argv[1:] if argv is None else argv
    if list(words) == ["--version"]:
        print(importlib.import_module("gateway.cli.version").said())
        return OK
    arguments = parser(words).parse_args(words)
    try:
        code = int(arguments.run(arguments))
        sys.stdout.flush()
    except (ConfigurationError, SettingsError, StartError) as error:
        print(f"jsg: {mask_resident_ids(str(error))}", file=sys.stderr)
        return ERROR
    except GatewayError as error:
        details = ", ".join(f"{key}={value}" for key, value in sorted(error.metadata.items()))
        said = f"{error.code.name} {error.reason}: {error.message} ({details})"
        print(f"jsg: {mask_resident_ids(said)}", file=sys.stderr)
        return ERROR
    except KeyboardInterrupt:
        return ERROR
    except BrokenPipeError:
        # Whoever read the output has gone, as with `jsg … | head`; the interpreter must not write there again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ERROR
    else:
        return code

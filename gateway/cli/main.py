"""The command ``jsg``: finds the command asked for, runs it, and turns errors into words and exit codes.

Exit codes: 0 clear or done, 1 error, 2 usage, 3 restricted, 4 conditional, 5 unverifiable.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from gateway.rpc.environment import forbid_tls12

forbid_tls12(os.environ)  # before grpc is imported, which the commands below do

from adapters.errors import GatewayError, SettingsError  # noqa: E402
from formats.resident_ids import mask_resident_ids  # noqa: E402
from gateway.bootstrap.config import StartError  # noqa: E402
from gateway.cli import (  # noqa: E402
    adapter,
    audit,
    bench,
    bulletin,
    case,
    check,
    check_person,
    city,
    clocks,
    conformance,
    connector,
    database,
    doctor,
    endings,
    grade,
    importing,
    keys,
    listing,
    mandate,
    meeting,
    outcome,
    pki,
    processing,
    publish,
    registry,
    resolve,
    retention,
    run,
    status,
    tour,
    watchlist,
    window,
)
from gateway.cli.connection import CommandParser, add_place  # noqa: E402
from gateway.settings import ConfigurationError  # noqa: E402

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

OK, ERROR, USAGE = 0, 1, 2
COMMANDS = (
    city,
    tour,
    run,
    importing,
    check,
    check_person,
    resolve,
    grade,
    registry,
    listing,
    endings,
    outcome,
    case,
    bulletin,
    adapter,
    conformance,
    connector,
    clocks,
    meeting,
    watchlist,
    publish,
    window,
    audit,
    retention,
    mandate,
    processing,
    pki,
    database,
    keys,
    status,
    doctor,
    bench,
)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    root = CommandParser(
        prog="jsg",
        description="May this enterprise go ahead with this activity now, and can you prove that you asked?",
    )
    add_place(root)
    commands = root.add_subparsers(required=True, metavar="COMMAND", parser_class=CommandParser)
    for command in COMMANDS:
        command.register(commands)
    return root


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    arguments = parser().parse_args(argv)
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

"""``jsg bench all``: every figure F1 to F12, part by part; ``jsg bench table``: the document's table."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.bench.all_parts import Run, forget, run_parts
from gateway.bench.all_report import as_json, markdown, missed, table
from gateway.bench.parts import PARTS
from gateway.bootstrap.config import StartError
from gateway.cli.bench_places import own_state
from gateway.cli.connection import command

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK, MISSED = 0, 1
UNASKED: Final = tuple(part.name for part in PARTS if not part.asked)
"""Parts that are measured when none is named."""


def register(commands: Subparsers) -> None:
    """Add ``all`` and ``table`` to the commands of ``bench``."""
    parser = command(
        commands,
        "all",
        "every figure F1 to F12, part by part, and the soak when it is asked for",
        "jsg bench all --postgres url --json > figures.json",
        run,
    )
    parser.add_argument("--quick", action="store_true", help="small sizes: everything works; not the definition")
    names = [part.name for part in PARTS]
    say_parts = f"of {', '.join(names)} (default: all but {', '.join(part.name for part in PARTS if part.asked)})"
    parser.add_argument("--only", nargs="+", choices=names, default=list(UNASKED), metavar="PART", help=say_parts)
    parser.add_argument("--again", action="store_true", help="measure also what an earlier run has measured")
    say = "holds the address of an empty database, for F7 across nodes"
    parser.add_argument("--postgres", type=Path, default=None, metavar="FILE", help=say)
    writing = commands.add_parser(
        "table", help="the table of docs/performance.md, from what `bench all --json` printed"
    )
    writing.add_argument(
        "file", type=Path, nargs="?", default=None, metavar="FILE", help="without it: what is to be met"
    )
    writing.set_defaults(run=write_table)


def run(arguments: argparse.Namespace) -> int:
    """Measure part by part and print; 1 when a figure was not measured or missed its bar."""
    if arguments.postgres is not None and not arguments.postgres.is_file():
        raise StartError(f"--postgres: there is no file {arguments.postgres}")
    folder = own_state(arguments) / ("bench-quick" if arguments.quick else "bench-all")
    parts = [part for part in PARTS if part.name in arguments.only]
    if arguments.again:
        for part in parts:
            (folder / f"{part.name}.json").unlink(missing_ok=True)
    postgres = "" if arguments.postgres is None else str(arguments.postgres.resolve())
    found = run_parts(Run(arguments.config.resolve(), folder, arguments.quick, postgres), parts, _say)
    result = as_json(found, quick=arguments.quick, command=shlex.join(["jsg", *sys.argv[1:]]))
    print(json.dumps(result, ensure_ascii=False, indent=1) if arguments.json else table(result))
    if {part.name for part in parts} >= set(UNASKED):
        forget(folder, found)
    wrong = missed(result, [figure for part in parts for figure in part.figures])
    for each in wrong:
        _say(each)
    return MISSED if wrong else OK


def write_table(arguments: argparse.Namespace) -> int:
    """Print the table in Markdown."""
    try:
        result = None if arguments.file is None else json.loads(arguments.file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StartError(f"{arguments.file} is not what `jsg bench all --json` printed: {error}") from error
    print(markdown(result))
    return OK


def _say(text: str) -> None:
    print(f"jsg bench: {text}", file=sys.stderr, flush=True)

"""``jsg bench``: the figures of docs/performance.md, measured on this machine."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.bench.comparison import compare
from gateway.bench.processes import BenchError
from gateway.bench.report import as_json, table
from gateway.bench.sampling import heaviest, read_stacks
from gateway.bootstrap.config import StartError
from gateway.cli import (
    bench_adapter,
    bench_all,
    bench_audit,
    bench_batch,
    bench_city,
    bench_console,
    bench_growth,
    bench_import,
    bench_log,
    bench_names,
    bench_peers,
    bench_reach,
    bench_scale,
    bench_soak,
)
from gateway.cli.bench_places import Rows, about, filled_place, own_state, plan_of, require_positive, say, write_asked
from gateway.cli.connection import command
from gateway.cli.local_city import Place

if TYPE_CHECKING:
    import argparse

    from gateway.bench.comparison import Comparison
    from gateway.bench.register import Filled
    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1
SIZES: Final = (10_000, 150_000)
LEAST_PAIRS: Final = 5
SHOWN_FUNCTIONS: Final = 40
MODULES: Final = (
    bench_all,
    bench_batch,
    bench_adapter,
    bench_growth,
    bench_peers,
    bench_import,
    bench_city,
    bench_reach,
    bench_log,
    bench_audit,
    bench_console,
    bench_names,
    bench_scale,
    bench_soak,
)
"""Of the other commands, in the order of the help."""
SETTINGS: Final = ("in_flight", "pairs", "seconds", "workers", "callers", "rate", "edge")
EDGE: Final = '\n[edge]\nfolder = "edge"\n'


def register(subparsers: Subparsers) -> None:
    """Add ``bench`` with its commands."""
    bench = subparsers.add_parser("bench", help="measure the figures of docs/performance.md")
    commands = bench.add_subparsers(required=True, metavar="COMMAND")
    check = command(
        commands,
        "check",
        "CheckEligibility beside a bare echo: F1 and F2",
        "jsg bench check --enterprises 10000 --json",
        run,
    )
    check.add_argument(
        "--enterprises", type=int, nargs="+", default=list(SIZES), metavar="N", help="sizes of the register"
    )
    check.add_argument("--in-flight", type=int, default=64, metavar="N", help="calls at once (default 64)")
    check.add_argument("--pairs", type=int, default=LEAST_PAIRS, metavar="N", help="rounds of each (default 5)")
    check.add_argument("--seconds", type=float, default=3.0, metavar="S", help="length of a round (default 3)")
    check.add_argument("--workers", type=int, default=1, metavar="N", help="serving processes of each (default 1)")
    check.add_argument("--callers", type=int, default=1, metavar="N", help="calling processes (default 1)")
    rate = "calls a second that are due whatever is answered, --in-flight at most at once (as many as are answered)"
    check.add_argument("--rate", type=float, default=0.0, metavar="R", help=rate)
    check.add_argument("--edge", action="store_true", help="through the edge, whose CPU counts (docs/edge.md)")
    check.add_argument("--profile", type=Path, default=None, metavar="FILE", help="write the gateway's stacks there")
    for module in MODULES:
        module.register(commands)


def run(arguments: argparse.Namespace) -> int:
    """Measure each size and print the table; 1 when a call was not answered with a verdict."""
    _require_usable(arguments)
    state = own_state(arguments)
    found = about(state)
    try:
        measured = {size: _measure(arguments, state, size) for size in sorted(set(arguments.enterprises))}
    except BenchError as error:
        print(f"jsg bench: {error}", file=sys.stderr)
        return ERROR
    asked = {name: getattr(arguments, name) for name in SETTINGS}
    result = as_json(measured, found["machine"], {**asked, "command": found["command"]})
    print(json.dumps(result, ensure_ascii=False, indent=1) if arguments.json else table(result))
    if arguments.profile is not None and not arguments.json:
        _show_profile(arguments.profile)
    return OK


def _require_usable(arguments: argparse.Namespace) -> None:
    counts = ("in_flight", "pairs", "workers", "callers", "seconds")
    require_positive(*arguments.enterprises, *(getattr(arguments, name) for name in counts))
    if arguments.rate < 0:
        raise StartError("--rate must not be negative")
    if arguments.callers > arguments.in_flight:
        raise StartError("--callers must not be more than --in-flight")
    if arguments.profile is not None and (arguments.workers > 1 or len(arguments.enterprises) > 1):
        raise StartError("--profile looks at one serving process and one size of the register")


def _measure(arguments: argparse.Namespace, state: Path, size: int) -> tuple[Filled, Comparison]:
    """Fill a new state folder, serve it, and compare; nothing is kept."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=state) as name:
        place = Place(_edged(arguments.config, Path(name)) if arguments.edge else arguments.config, Path(name))
        config, filled = filled_place(place, size, Rows(size))
        questions = write_asked(place, size)
        plan = plan_of(place, config, arguments.in_flight, (arguments.pairs, arguments.seconds))
        plan = replace(
            plan,
            asking=replace(plan.asking, callers=arguments.callers),
            workers=arguments.workers,
            profile=arguments.profile,
            rate=arguments.rate,
            edge=arguments.edge,
        )
        mean = round(sum(map(len, questions)) / len(questions))
        return filled, compare(plan, mean, lambda done: say(f"{size:,}: pair {done} of {arguments.pairs}"))


def _edged(config: Path, folder: Path) -> Path:
    """Return a copy of the configuration in *folder*, with an edge."""
    shutil.copytree(config, folder / "config")
    with (folder / "config" / "gateway.toml").open("a", encoding="utf-8") as file:
        file.write(EDGE)
    return folder / "config"


def _show_profile(file: Path) -> None:
    stacks = read_stacks(file.read_text(encoding="utf-8").splitlines())
    print(f"\nthe gateway's main thread, share of samples with a function at work, and in it alone ({file}):")
    for name, own, whole in heaviest(stacks, SHOWN_FUNCTIONS):
        print(f"  {whole:6.1%} {own:6.1%}  {name}")

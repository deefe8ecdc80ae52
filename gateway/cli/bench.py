"""``jsg bench``: the figures of docs/performance.md, measured on this machine."""

from __future__ import annotations

import json
import shlex
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from formats.civil import SHANGHAI
from gateway.bench.comparison import Plan, compare
from gateway.bench.load import Asking
from gateway.bench.machine import describe
from gateway.bench.processes import BenchError
from gateway.bench.questions import make_questions, write_questions
from gateway.bench.register import Filled, fill_register
from gateway.bench.report import as_json, table
from gateway.bench.sampling import heaviest, read_stacks
from gateway.bootstrap.config import StartError, load_config
from gateway.cli import bench_adapter, bench_audit, bench_city, bench_import, bench_log, bench_names, bench_reach
from gateway.cli.bench_large import credentials_of
from gateway.cli.connection import command
from gateway.cli.local_city import SEED, Callers, Place, prepare, serving

if TYPE_CHECKING:
    import argparse

    from gateway.bench.comparison import Comparison
    from gateway.bootstrap.config import Config
    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1
SIZES: Final = (10_000, 150_000)
LEAST_PAIRS: Final = 5
SHOWN_FUNCTIONS: Final = 40
QUIET_SECONDS: Final = 2.0
LINE_SECONDS: Final = 10.0
"""How often it says how far it is, where it does not write on a terminal."""


def register(subparsers: Subparsers) -> None:
    """Add ``bench`` with its command."""
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
    bench_adapter.register(commands)
    bench_city.register(commands)
    bench_import.register(commands)
    bench_audit.register(commands)
    bench_log.register(commands)
    bench_names.register(commands)
    bench_reach.register(commands)
    check.add_argument("--profile", type=Path, default=None, metavar="FILE", help="write the gateway's stacks there")


def run(arguments: argparse.Namespace) -> int:
    """Measure each size and print the table; 1 when a call was not answered with a verdict."""
    settings = load_config(arguments.config, arguments.state).settings
    _require_usable(arguments)
    if settings.store_url:
        raise StartError("jsg bench fills a store with invented enterprises: it takes the embedded one only")
    settings.state.mkdir(parents=True, exist_ok=True)
    machine = describe(settings.state)
    try:
        measured = {size: _measure(arguments, settings.state, size) for size in sorted(set(arguments.enterprises))}
    except BenchError as error:
        print(f"jsg bench: {error}", file=sys.stderr)
        return ERROR
    asked = {name: getattr(arguments, name) for name in ("in_flight", "pairs", "seconds", "workers", "callers")}
    result = as_json(measured, machine, {**asked, "command": shlex.join(["jsg", *sys.argv[1:]])})
    print(json.dumps(result, ensure_ascii=False, indent=1) if arguments.json else table(result))
    if arguments.profile is not None and not arguments.json:
        _show_profile(arguments.profile)
    return OK


def _require_usable(arguments: argparse.Namespace) -> None:
    counts = ("in_flight", "pairs", "workers", "callers")
    if min(*arguments.enterprises, *(getattr(arguments, name) for name in counts)) < 1 or arguments.seconds <= 0:
        raise StartError("every number must be greater than 0")
    if arguments.callers > arguments.in_flight:
        raise StartError("--callers must not be more than --in-flight")
    if arguments.profile is not None and (arguments.workers > 1 or len(arguments.enterprises) > 1):
        raise StartError("--profile looks at one serving process and one size of the register")


def _measure(arguments: argparse.Namespace, state: Path, size: int) -> tuple[Filled, Comparison]:
    """Fill a new state folder, serve it, and compare; nothing is kept."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=state) as name:
        folder = Path(name)
        config = prepare(arguments.config, folder)
        place = Place(arguments.config, folder)
        filled = _fill(place, size)
        questions = make_questions(SEED, size)
        write_questions(folder / "questions", questions)
        plan = _plan(arguments, config, folder)
        mean = round(sum(map(len, questions)) / len(questions))
        return filled, compare(plan, mean, lambda done: _say(f"{size:,}: pair {done} of {arguments.pairs}"))


def _fill(place: Place, size: int) -> Filled:
    with serving(place, "127.0.0.1:0") as (port, _):
        callers = Callers(place, port)
        filled = fill_register(
            SEED,
            datetime.now(SHANGHAI).date(),
            size,
            lambda feed, chunks: callers.as_caller(callers.file.feeds[feed]).submit(chunks),
            _Rows(size),
        )
        callers.confirm_feeds()
        callers.close()
    return filled


def _plan(arguments: argparse.Namespace, config: Config, folder: Path) -> Plan:
    place = Place(arguments.config, folder)
    return Plan(
        serve=["--config", str(arguments.config), "--state", str(folder)],
        server_certificate=str(config.settings.tls.certificate),
        server_key=str(config.settings.tls.key),
        folder=folder,
        asking=Asking(arguments.in_flight, arguments.callers, str(folder / "questions"), credentials_of(place)),
        workers=arguments.workers,
        pairs=arguments.pairs,
        seconds=arguments.seconds,
        profile=arguments.profile,
    )


class _Rows:
    """Shows how many rows were submitted, from time to time."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._next = QUIET_SECONDS

    def __call__(self, rows: int, seconds: float) -> None:
        """Say that *rows* were submitted *seconds* after the begin."""
        if seconds >= self._next:
            self._next = seconds + (QUIET_SECONDS if sys.stderr.isatty() else LINE_SECONDS)
            _say(f"{self._size:,}: {rows:,} rows submitted, {rows / seconds:,.0f}/s")


def _say(text: str) -> None:
    """Show how far it is: on one line of a terminal."""
    ends, begins = ("", "\r\x1b[K") if sys.stderr.isatty() else ("\n", "")
    print(begins + text, end=ends, file=sys.stderr, flush=True)


def _show_profile(file: Path) -> None:
    stacks = read_stacks(file.read_text(encoding="utf-8").splitlines())
    print(f"\nthe gateway's main thread, share of samples with a function at work, and in it alone ({file}):")
    for name, own, whole in heaviest(stacks, SHOWN_FUNCTIONS):
        print(f"  {whole:6.1%} {own:6.1%}  {name}")

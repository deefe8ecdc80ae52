"""``jsg bench adapter``: many threads that ask through one adapter, beside a bare echo (F4)."""

from __future__ import annotations

import json
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from formats.civil import SHANGHAI
from gateway.bench.adapter_comparison import compare_adapter, figures
from gateway.bench.comparison import Plan
from gateway.bench.load import Asking
from gateway.bench.machine import describe
from gateway.bench.processes import BenchError
from gateway.bench.questions import make_questions, write_questions
from gateway.bench.register import fill_register
from gateway.bootstrap.config import StartError, load_config
from gateway.cli.bench_large import credentials_of
from gateway.cli.connection import command
from gateway.cli.local_city import SEED, Callers, Place, prepare, serving

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1
THREADS: Final = 256


def register(commands: Subparsers) -> None:
    """Add ``adapter`` to the commands of ``bench``."""
    parser = command(
        commands,
        "adapter",
        "many threads that ask through one adapter, beside a bare echo: F4",
        "jsg bench adapter",
        run,
    )
    parser.add_argument("--enterprises", type=int, default=10_000, metavar="N", help="size of the register")
    parser.add_argument("--threads", type=int, default=THREADS, metavar="N", help="who ask at once (default 256)")
    parser.add_argument("--pairs", type=int, default=5, metavar="N", help="rounds of each (default 5)")
    parser.add_argument("--seconds", type=float, default=3.0, metavar="S", help="length of a round (default 3)")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; 1 when a check was not answered and recorded."""
    settings = load_config(arguments.config, arguments.state).settings
    if min(arguments.enterprises, arguments.threads, arguments.pairs) < 1 or arguments.seconds <= 0:
        raise StartError("every number must be greater than 0")
    if settings.store_url:
        raise StartError("jsg bench fills a store with invented enterprises: it takes the embedded one only")
    settings.state.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=settings.state) as name:
        try:
            found = figures(compare_adapter(_plan(arguments, Path(name)), _say))
        except BenchError as error:
            print(f"jsg bench: {error}", file=sys.stderr)
            return ERROR
    if arguments.json:
        print(json.dumps({**found, "machine": dict(describe(settings.state))}, ensure_ascii=False, indent=1))
        return OK
    f4 = found["F4"]
    print(f"F4 {f4['value']} ({f4['low']} to {f4['high']}) {f4['unit']}; bar {f4['bar']}, goal {f4['goal']}")
    print(f"echo {found['echo_calls_per_second']:,}/s, adapter {found['checks_per_second']:,}/s, {found['verdicts']}")
    return OK


def _plan(arguments: argparse.Namespace, folder: Path) -> Plan:
    """Fill a new state folder, and say what is to be measured on it."""
    config = prepare(arguments.config, folder)
    place = Place(arguments.config, folder)
    with serving(place, "127.0.0.1:0") as (port, _):
        callers = Callers(place, port)
        fill_register(
            SEED,
            datetime.now(SHANGHAI).date(),
            arguments.enterprises,
            lambda feed, chunks: callers.as_caller(callers.file.feeds[feed]).submit(chunks),
            lambda _rows, _seconds: None,
        )
        callers.confirm_feeds()
        callers.close()
    write_questions(folder / "questions", make_questions(SEED, arguments.enterprises))
    return Plan(
        serve=["--config", str(arguments.config), "--state", str(folder)],
        server_certificate=str(config.settings.tls.certificate),
        server_key=str(config.settings.tls.key),
        folder=folder,
        asking=Asking(arguments.threads, 1, str(folder / "questions"), credentials_of(place)),
        workers=1,
        pairs=arguments.pairs,
        seconds=arguments.seconds,
        profile=None,
    )


def _say(done: int) -> None:
    print(f"pair {done}", file=sys.stderr, flush=True)

"""``jsg bench adapter``: many who ask through one adapter, beside a bare echo (F4)."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.bench.adapter_comparison import compare_adapter, figures
from gateway.bench.processes import BenchError
from gateway.bench.report import figure_line
from gateway.cli.bench_places import Rows, about, filled_place, own_state, plan_of, require_positive, say, write_asked
from gateway.cli.connection import command
from gateway.cli.local_city import Place

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1
ASKING: Final = 256


def register(commands: Subparsers) -> None:
    """Add ``adapter`` to the commands of ``bench``."""
    parser = command(
        commands,
        "adapter",
        "many who ask through one adapter, beside a bare echo: F4",
        "jsg bench adapter",
        run,
    )
    parser.add_argument("--enterprises", type=int, default=10_000, metavar="N", help="size of the register")
    parser.add_argument("--asking", type=int, default=ASKING, metavar="N", help="who ask at once (default 256)")
    parser.add_argument("--threads", action="store_true", help="each in a thread, not in a task of one event loop")
    parser.add_argument("--pairs", type=int, default=5, metavar="N", help="rounds of each (default 5)")
    parser.add_argument("--seconds", type=float, default=3.0, metavar="S", help="length of a round (default 3)")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; 1 when a check was not answered and recorded."""
    require_positive(arguments.enterprises, arguments.asking, arguments.pairs, arguments.seconds)
    state = own_state(arguments)
    machine = about(state)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=state) as name:
        place = Place(arguments.config, Path(name))
        try:
            config, _ = filled_place(place, arguments.enterprises, Rows(arguments.enterprises))
            write_asked(place, arguments.enterprises)
            plan = plan_of(place, config, arguments.asking, (arguments.pairs, arguments.seconds))
            compared = compare_adapter(
                plan, lambda done: say(f"pair {done} of {arguments.pairs}"), threads=arguments.threads
            )
            found = figures(compared)
        except BenchError as error:
            print(f"jsg bench: {error}", file=sys.stderr)
            return ERROR
    if arguments.json:
        print(json.dumps({**found, **machine}, ensure_ascii=False, indent=1))
        return OK
    print(figure_line("F4", found["figures"]["F4"]))
    print(f"echo {found['echo_calls_per_second']:,}/s, adapter {found['checks_per_second']:,}/s, {found['verdicts']}")
    return OK

"""``jsg bench batch``: a thousand enterprises a call beside one a call (F3)."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.bench.batches import BatchPlan, compare_batches, figures
from gateway.bench.processes import BenchError
from gateway.bench.report import figure_line
from gateway.bootstrap.config import StartError
from gateway.cli.bench_places import Rows, about, filled_place, own_state, plan_of, require_positive, say, write_asked
from gateway.cli.connection import command
from gateway.cli.local_city import Place

if TYPE_CHECKING:
    import argparse
    from typing import Any

    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1
ENTERPRISES: Final = 10_000
SIZE: Final = 1_000
"""Enterprises of a batch: the most that the gateway takes."""
AT_ONCE: Final = 2
"""Batches in flight: one is on the wire while the other is decided; of more, none would be answered sooner."""
IN_FLIGHT: Final = 64


def register(commands: Subparsers) -> None:
    """Add ``batch`` to the commands of ``bench``."""
    parser = command(
        commands, "batch", "1,000 enterprises a call beside one a call: F3", "jsg bench batch --pairs 7", run
    )
    parser.add_argument("--enterprises", type=int, default=ENTERPRISES, metavar="N", help="size of the register")
    parser.add_argument("--size", type=int, default=SIZE, metavar="N", help=f"enterprises of a batch ({SIZE:,})")
    parser.add_argument("--batches", type=int, default=AT_ONCE, metavar="N", help=f"batches at once ({AT_ONCE})")
    parser.add_argument("--in-flight", type=int, default=IN_FLIGHT, metavar="N", help="calls at once, one at a time")
    parser.add_argument("--pairs", type=int, default=5, metavar="N", help="rounds of each (default 5)")
    parser.add_argument("--seconds", type=float, default=5.0, metavar="S", help="length of a round (default 5)")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; 1 when a decision was not given and recorded."""
    counts = (arguments.enterprises, arguments.size, arguments.batches, arguments.in_flight)
    require_positive(*counts, arguments.pairs, arguments.seconds)
    if arguments.size > SIZE:
        raise StartError(f"--size: a batch has at most {SIZE:,} enterprises")
    state = own_state(arguments)
    machine = about(state)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=state) as name:
        place = Place(arguments.config, Path(name))
        try:
            config, _ = filled_place(place, arguments.enterprises, Rows(arguments.enterprises))
            write_asked(place, arguments.enterprises)
            plan = plan_of(place, config, arguments.in_flight, (arguments.pairs, arguments.seconds))
            batch = BatchPlan(arguments.size, arguments.batches)
            found = {
                **figures(compare_batches(plan, batch, lambda done: say(f"pair {done} of {arguments.pairs}"))),
                **machine,
            }
        except BenchError as error:
            print(f"jsg bench: {error}", file=sys.stderr)
            return ERROR
    print(json.dumps(found, ensure_ascii=False, indent=1) if arguments.json else _shown(found))
    return OK


def _shown(found: dict[str, Any]) -> str:
    figure = found["figures"]["F3"]
    delivered = figure["delivered"]
    batched, alone = delivered["decisions_per_second"], delivered["calls_per_second"]
    cpu = found["gateway_cpu_us_a_decision"]
    return "\n".join(
        (
            f"{batched:,} decisions/s in batches of {found['size']:,}, {alone:,} one at a time",
            f"{cpu:g} µs of the gateway's CPU a decision of a batch",
            ", ".join(f"{verdict} {count:,}" for verdict, count in found["verdicts"].items()),
            figure_line("F3", figure),
        )
    )

"""``jsg bench names``: how surely and how fast names are found that are written otherwise or wrongly."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from gateway.bench.invented_names import EXACT
from gateway.bench.machine import describe
from gateway.bench.names import measure
from gateway.bootstrap.config import StartError, load_config
from gateway.cli.connection import command
from gateway.cli.local_city import SEED

if TYPE_CHECKING:
    import argparse

    from gateway.bench.names import Found, Measured
    from gateway.cli.connection import Subparsers

OK, MISSED = 0, 1
NAMES: Final = 100_000
EACH: Final = 1_000
STRANGERS: Final = 5_000
FIRST_BAR: Final = 0.99
"""Of each kind, how often the one who is meant must come first."""
EXACT_BAR_US: Final = 1_000
SIMILAR_BAR_US: Final = 30_000


def register(commands: Subparsers) -> None:
    """Add ``names`` to the commands of ``bench``."""
    parser = command(commands, "names", "names written otherwise or wrongly", "jsg bench names --names 100000", run)
    parser.add_argument("--names", type=int, default=NAMES, metavar="N", help=f"in the list ({NAMES:,})")
    parser.add_argument("--each", type=int, default=EACH, metavar="N", help=f"searches of each kind ({EACH:,})")
    strangers = f"searches for names that are not in the list ({STRANGERS:,})"
    parser.add_argument("--strangers", type=int, default=STRANGERS, metavar="N", help=strangers)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; 1 when a bar is missed."""
    if min(arguments.names, arguments.each, arguments.strangers) < 1:
        raise StartError("every number must be greater than 0")
    settings = load_config(arguments.config, arguments.state).settings
    settings.state.mkdir(parents=True, exist_ok=True)
    measured = measure(arguments.names, arguments.each, arguments.strangers, SEED)
    found = missed(measured)
    result = {**as_json(measured), "missed": found, "machine": describe(settings.state)}
    print(json.dumps(result, ensure_ascii=False, indent=1) if arguments.json else table(measured))
    for each in found:
        print(f"jsg bench: missed: {each}", file=sys.stderr)
    return MISSED if found else OK


def missed(measured: Measured) -> list[str]:
    """Return which bars were missed, in words."""
    found = (
        ["a name of nobody identified somebody"] if measured.strangers.identified + measured.strangers.wrongly else []
    )
    for kind, each in measured.kinds.items():
        exact = kind in EXACT
        if each.first < FIRST_BAR * each.asked:
            found.append(f"{kind}: the one who is meant came first in {each.first} of {each.asked}")
        if each.wrongly or each.identified != (each.asked if exact else 0):
            found.append(f"{kind}: {each.identified} identified, {each.wrongly} wrongly")
        # By its own CPU: it waits for nothing, and what else the machine does is not its.
        if each.cpu_p50_us > (EXACT_BAR_US if exact else SIMILAR_BAR_US):
            found.append(f"{kind}: {each.cpu_p50_us} µs of CPU at the median")
    return found


def as_json(measured: Measured) -> dict[str, Any]:
    """Return everything that was measured."""
    return asdict(measured)


def table(measured: Measured) -> str:
    """Return everything that was measured as a table."""
    late, most = measured.late_p99_us / 1e3, measured.late_most_us / 1e3

    def row(name: str, each: Found) -> str:
        return (
            f"{name:<18} {each.asked:>6} asked  {each.first:>6} first  {each.identified:>6} identified"
            f"  p50 {each.p50_us / 1e3:>6.2f} ms  p99 {each.p99_us / 1e3:>6.2f} ms"
            f"  CPU {each.cpu_p50_us / 1e3:>6.2f} ms"
        )

    return "\n".join(
        (
            f"{measured.names} names, read in {measured.read_seconds:.1f} s, {measured.mib:.1f} MiB",
            *(row(kind.value, each) for kind, each in measured.kinds.items()),
            row("of nobody", measured.strangers),
            f"the loop was late by {late:.2f} ms (p99), at most {most:.2f} ms",
        )
    )

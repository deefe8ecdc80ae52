"""``jsg bench peers``: this gateway beside an ordinary in-house service and Cerbos, with the bare echo (F9)."""

from __future__ import annotations

import importlib.util
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gateway.bench.cerbos import BINARY
from gateway.bench.peers import Peers, compare_peers, figures, table
from gateway.bench.processes import BenchError
from gateway.bench.report import figure_line
from gateway.cli.bench_places import Rows, about, filled_place, own_state, plan_of, require_positive, say, write_asked
from gateway.cli.connection import command
from gateway.cli.local_city import SEED, Place

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1
ENTERPRISES: Final = 10_000
IN_FLIGHT: Final = 64
NEEDED: Final = ("fastapi", "pydantic", "uvicorn")
"""Of the in-house service; the extra ``bench`` has them, and so has ``make dev``."""


@dataclass(frozen=True, slots=True)
class Present:
    """Which peers can be measured here, and for each other one, in one sentence, why not."""

    in_house: bool
    cerbos: Path | None
    missing: tuple[str, ...]


def register(commands: Subparsers) -> None:
    """Add ``peers`` to the commands of ``bench``."""
    parser = command(
        commands, "peers", "beside an in-house service and Cerbos: F9", "make cerbos && jsg bench peers", run
    )
    parser.add_argument("--enterprises", type=int, default=ENTERPRISES, metavar="N", help="size of the register")
    parser.add_argument("--in-flight", type=int, default=IN_FLIGHT, metavar="N", help=f"calls at once ({IN_FLIGHT})")
    parser.add_argument("--pairs", type=int, default=5, metavar="N", help="rounds of each (default 5)")
    parser.add_argument("--seconds", type=float, default=3.0, metavar="S", help="length of a round (default 3)")
    parser.add_argument("--cerbos", type=Path, default=BINARY, metavar="FILE", help=f"its binary ({BINARY})")


def run(arguments: argparse.Namespace) -> int:
    """Measure whoever is here and print; 1 when a call was not answered, or F9 could not be measured."""
    require_positive(arguments.enterprises, arguments.in_flight, arguments.pairs, arguments.seconds)
    state, present = own_state(arguments), who_is_here(arguments.cerbos)
    for missing in present.missing:
        print(f"jsg bench: {missing}", file=sys.stderr)
    machine = about(state)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=state) as name:
        try:
            found = _measured(arguments, Path(name), present)
        except BenchError as error:
            print(f"jsg bench: {error}", file=sys.stderr)
            return ERROR
    result = {**found, "missing": list(present.missing), **machine}
    if arguments.json:
        print(json.dumps(result, ensure_ascii=False, indent=1))
    else:
        print(table(result), *(figure_line(name, each) for name, each in result["figures"].items()), sep="\n")
    return OK if result["figures"] else ERROR


def who_is_here(cerbos: Path) -> Present:
    """Return who can be measured."""
    missing = []
    lacking = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if lacking:
        missing.append(f"the in-house service is not measured: {', '.join(lacking)} not installed (make dev)")
    if not cerbos.is_file():
        missing.append(f"Cerbos is not measured: no {cerbos} (make cerbos, which needs npm and its registry)")
    return Present(not lacking, cerbos.resolve() if cerbos.is_file() else None, tuple(missing))


def _measured(arguments: argparse.Namespace, folder: Path, present: Present) -> dict[str, Any]:
    place = Place(arguments.config, folder)
    config, _ = filled_place(place, arguments.enterprises, Rows(arguments.enterprises))
    write_asked(place, arguments.enterprises)
    plan = plan_of(place, config, arguments.in_flight, (arguments.pairs, arguments.seconds))
    peers = Peers(SEED, arguments.enterprises, present.in_house, present.cerbos)
    return figures(compare_peers(plan, peers, lambda done: say(f"turn {done} of {arguments.pairs}")))

"""``jsg bench growth``: registers of several sizes, with several numbers of calls in flight, as one table."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from gateway.bench.city import enterprises_of
from gateway.bench.growth import Curve, as_json, curve, table
from gateway.bench.import_comparison import import_files
from gateway.bench.processes import BenchError
from gateway.bootstrap.config import load_config
from gateway.cli.bench_city import importing_city
from gateway.cli.bench_large import confirm
from gateway.cli.bench_places import about, own_state, plan_of, require_positive, say, write_asked
from gateway.cli.connection import command
from gateway.cli.local_city import SEED, Place

if TYPE_CHECKING:
    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1
RECORDS: Final = "10000,100000,1000000,3326789"
IN_FLIGHT: Final = "1,4,16,64,256"


def register(commands: Subparsers) -> None:
    """Add ``growth`` to the commands of ``bench``."""
    parser = command(
        commands,
        "growth",
        "registers of several sizes, with several numbers of calls in flight",
        "jsg bench growth --records 10000,100000 --in-flight 1,16,64",
        run,
    )
    say_records = f"sizes of the register ({RECORDS})"
    parser.add_argument("--records", type=numbers, default=numbers(RECORDS), metavar="N,N,…", help=say_records)
    say_calls = f"calls at once ({IN_FLIGHT})"
    parser.add_argument("--in-flight", type=numbers, default=numbers(IN_FLIGHT), metavar="N,N,…", help=say_calls)
    parser.add_argument("--pairs", type=int, default=5, metavar="N", help="rounds of each point (default 5)")
    parser.add_argument("--seconds", type=float, default=2.0, metavar="S", help="length of a round (default 2)")


def numbers(said: str) -> tuple[int, ...]:
    """Return numbers that were typed with commas between them, ascending, each once.

    Raises:
        argparse.ArgumentTypeError: One is none, or not greater than 0.
    """
    try:
        found = tuple(sorted({int(each) for each in said.split(",")}))
    except ValueError:
        raise argparse.ArgumentTypeError(f"{said!r} is not numbers with commas between them") from None
    if found[0] < 1:
        raise argparse.ArgumentTypeError("every number must be greater than 0")
    return found


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; 1 when a call was not answered and recorded."""
    require_positive(arguments.pairs, arguments.seconds)
    state = own_state(arguments)
    machine = about(state)
    try:
        curves = {records: _measured(arguments, state, records) for records in arguments.records}
    except BenchError as error:
        print(f"jsg bench: {error}", file=sys.stderr)
        return ERROR
    result = {**as_json(curves), "pairs": arguments.pairs, "seconds": arguments.seconds, **machine}
    print(json.dumps(result, ensure_ascii=False, indent=1) if arguments.json else table(result))
    return OK


def _measured(arguments: argparse.Namespace, state: Path, records: int) -> Curve:
    """Import a city of so many records into a new state folder, and measure on it; nothing is kept."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=state) as name:
        folder = Path(name)
        place = Place(arguments.config, folder / "state")
        place.state.mkdir()
        city = importing_city(place.config, folder / "city", SEED, records)
        with city.serve(place.state) as (port, _):
            import_files([*city.command(place.state, port), "import", *map(str, city.files)], place.state)
        confirm(place)
        say(f"{records:,} records imported")
        write_asked(place, enterprises_of(records))
        config = load_config(place.config, place.state)
        plan = plan_of(place, config, arguments.in_flight[0], (arguments.pairs, arguments.seconds))
        return curve(plan, arguments.in_flight, lambda done: say(f"{records:,} records: {done} in flight"))

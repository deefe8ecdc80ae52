"""``jsg bench import``: an import of an invented city beside the raw driver with its rows: F6; then F1, F2, F5, F8."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gateway.bench.figures import Spread
from gateway.bench.goals import GOALS
from gateway.bench.import_comparison import compare_once
from gateway.bench.machine import describe
from gateway.bench.processes import BenchError
from gateway.bench.report import figure_line
from gateway.bootstrap.config import StartError, load_config
from gateway.cli import bench_large
from gateway.cli.bench_city import importing_city
from gateway.cli.connection import command
from gateway.cli.local_city import SEED

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from gateway.bench.import_comparison import ImportPair
    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1
RECORDS: Final = 200_000
PAIRS: Final = 3
BESIDE_RECORDS: Final = 500_000
SECONDS: Final = 5.0


def register(commands: Subparsers) -> None:
    """Add ``import`` to the commands of ``bench``."""
    parser = command(
        commands,
        "import",
        "an import beside the raw driver with the same rows: F6",
        "jsg bench import --records 3326789 --pairs 1 --all",
        run,
    )
    parser.add_argument("--records", type=int, default=RECORDS, metavar="N", help=f"of the city ({RECORDS:,})")
    parser.add_argument(
        "--pairs", type=int, default=PAIRS, metavar="N", help=f"imports, each beside the driver ({PAIRS})"
    )
    parser.add_argument(
        "--all", action="store_true", help="then F1, F2, F5, F8, and answers while another city is imported"
    )
    beside = f"records of that other city ({BESIDE_RECORDS:,})"
    parser.add_argument("--beside-records", type=int, default=BESIDE_RECORDS, metavar="N", help=beside)
    parser.add_argument("--seconds", type=float, default=SECONDS, metavar="S", help="length of a round of F5 and after")


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; 1 when an import failed."""
    settings = load_config(arguments.config, arguments.state).settings
    if min(arguments.records, arguments.pairs, arguments.beside_records) < 1 or arguments.seconds <= 0:
        raise StartError("every number must be greater than 0")
    if settings.store_url:
        raise StartError("jsg bench fills a store with invented enterprises: it takes the embedded one only")
    settings.state.mkdir(parents=True, exist_ok=True)
    machine = describe(settings.state)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=settings.state) as name:
        folder = Path(name)
        city = partial(importing_city, arguments.config)
        what = city(folder / "city", SEED, arguments.records)
        pairs: list[ImportPair] = []
        more: dict[str, Any] = {}
        try:
            for number in range(arguments.pairs):
                state = folder / f"import-{number}"
                state.mkdir()
                pairs.append(compare_once(what, state))
                print(f"pair {number + 1} of {arguments.pairs}: {pairs[-1].ratio:.2f}", file=sys.stderr, flush=True)
                if number + 1 < arguments.pairs:
                    shutil.rmtree(state)
            if arguments.all:
                another = city(folder / "another", SEED + 1, arguments.beside_records)
                large = bench_large.Large(arguments.config, state, what.records, another, arguments.seconds)
                more = bench_large.measure(large, city, folder)
        except BenchError as error:
            print(f"jsg bench: {error}", file=sys.stderr)
            return ERROR
    result = as_json(pairs, machine, more)
    print(json.dumps(result, ensure_ascii=False, indent=1) if arguments.json else table(result))
    return OK


def as_json(
    pairs: Sequence[ImportPair], machine: dict[str, object], more: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return everything that was measured; *more* are the figures of ``bench_large``."""
    ratio = Spread.of([pair.ratio for pair in pairs])
    records = pairs[0].records

    def each(seconds: Sequence[float]) -> dict[str, Any]:
        return _spread(Spread.of([one / records * 1e6 for one in seconds]), 1)

    client, server = max(pair.client_mib for pair in pairs), max(pair.server_mib for pair in pairs)
    return {
        "figures": {
            "F6": GOALS["F6"].judged(ratio),
            "F6/memory": GOALS["F6/memory"].judged(max(client, server)),
            **(more or {}),
        },
        "records": records,
        "rows": pairs[0].rows,
        "pairs": len(pairs),
        "import_us_a_record": each([pair.import_seconds for pair in pairs]),
        "raw_us_a_record": each([pair.raw_seconds for pair in pairs]),
        "client_cpu_us_a_record": each([pair.client_cpu for pair in pairs]),
        "server_cpu_us_a_record": each([pair.server_cpu for pair in pairs]),
        "client_mib": round(client),
        "server_mib": round(server),
        "machine": machine,
        "command": shlex.join(["jsg", *sys.argv[1:]]),
    }


def _spread(spread: Spread, digits: int) -> dict[str, Any]:
    return {"value": round(spread.value, digits), "spread": [round(spread.low, digits), round(spread.high, digits)]}


def table(result: dict[str, Any]) -> str:
    """Return ``as_json``'s result for people."""
    machine = result["machine"]
    names = {
        "import_us_a_record": "import, µs a record",
        "raw_us_a_record": "raw driver, µs a record",
        "client_cpu_us_a_record": "CPU of the client, µs a record",
        "server_cpu_us_a_record": "CPU of the gateway, µs a record",
    }
    rows = [f"  {title:32} {_shown(result[name])}" for name, title in names.items()]
    heading = (
        f"{machine['processor']}, {machine['cores']} cores, load {machine['load_average']} at the start, "
        f"{machine['file_system']}, {machine['sync_us']} µs a sync"
    )
    figures = {name: each for name, each in result["figures"].items() if name != bench_large.BESIDE}
    judged = [f"  {figure_line(name, each)}" for name, each in figures.items()]
    counted = f"{result['records']:,} records, {result['rows']:,} rows of all tables, {result['pairs']} pairs"
    memory = f"  {'memory at its highest, MiB':32} client {result['client_mib']}, gateway {result['server_mib']}"
    more = bench_large.lines(result["figures"]) if bench_large.BESIDE in result["figures"] else []
    return "\n".join([heading, counted, *rows, memory, *judged, *more])


def _shown(spread: dict[str, Any]) -> str:
    low, high = spread["spread"]
    return f"{spread['value']:g} ({low:g} to {high:g})"

"""``jsg bench console``: how long an auditor waits for searches and charts, on a record of calls of any size."""

from __future__ import annotations

import json
import sys
import tempfile
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from formats.civil import civil_date
from gateway.bench.audit_fill import fill_record
from gateway.bench.audit_search import integrate
from gateway.bench.console_browser import Browser, console_of
from gateway.bench.console_pages import CHART_BAR_MS, SEARCH_BAR_MS, Record, measure_charts, measure_searches, slow
from gateway.bench.processes import BenchError
from gateway.bootstrap.config import StartError
from gateway.cli.bench_audit import UNTIL
from gateway.cli.bench_places import about, own_state, say
from gateway.cli.connection import command
from gateway.cli.local_city import SEED, Place, prepare, serving
from gateway.domain.agencies import Role
from gateway.storage.access_index import AccessIndex
from gateway.storage.audit_place import FolderPlace

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1
LEAST: Final = 1_000
OFFICER: Final = "bench"


def register(commands: Subparsers) -> None:
    """Add ``console`` to the commands of ``bench``."""
    parser = command(
        commands,
        "console",
        "the console's searches and charts on a large record of calls",
        "jsg bench console --entries 10000000 --keep record",
        run,
    )
    parser.add_argument("--entries", type=int, default=100_000, metavar="N", help="recorded calls (default 100,000)")
    parser.add_argument("--keep", type=Path, default=None, metavar="FOLDER", help="where the record is made and stays")


def run(arguments: argparse.Namespace) -> int:
    """Fill, serve, look at each page and print; 1 when one takes longer than it may."""
    if arguments.entries < LEAST:
        raise StartError(f"--entries must be at least {LEAST:,}")
    state = own_state(arguments)
    found = about(state)
    try:
        if arguments.keep is not None:
            arguments.keep.mkdir(parents=True, exist_ok=True)
            measured = _measure(arguments.config, arguments.keep, arguments.entries)
        else:
            with tempfile.TemporaryDirectory(prefix="bench-", dir=state) as name:
                measured = _measure(arguments.config, Path(name), arguments.entries)
    except BenchError as error:
        print(f"jsg bench: {error}", file=sys.stderr)
        return ERROR
    result = {"entries": arguments.entries, **measured, **found}
    print(json.dumps(result, ensure_ascii=False, indent=1) if arguments.json else _table(result))
    return ERROR if result["slow"] else OK


def _measure(folder: Path, state: Path, entries: int) -> dict[str, Any]:
    """Make what is not there yet of the record, serve it, and look at it as an auditor does."""
    config = prepare(folder, state)
    who = next(f"{each.agency_id}.{each.role.value}" for each in config.agencies if each.role is Role.AUDITOR)
    with closing(FolderPlace(config.settings.state / "audit")) as place:
        fill_record(place, SEED, entries, UNTIL, lambda done, _: say(f"{done:,} entries"))
        say("indexing")
        AccessIndex(place, config.settings.person_key).catch_up()
    # Else the gateway would be at it while it is looked at.
    integrate(state, lambda size: say(f"{size:,} integrated"), config.settings.name)
    record = Record(SEED, entries, civil_date(UNTIL))
    log = state / "console.log"
    where = Place(folder, state)
    with (
        serving(where, "127.0.0.1:0") as (port, _),
        console_of((folder, state), port, who, log) as link,
    ):
        browser = Browser(link, OFFICER)
        searches, charts = measure_searches(browser, record), measure_charts(browser, record)
    return {
        "searches": {name: asdict(page) for name, page in searches.items()},
        "charts": {name: asdict(page) for name, page in charts.items()},
        "slow": slow(searches, charts),
    }


def _table(result: dict[str, Any]) -> str:
    lines = [f"{result['entries']:,} entries; from the request to the whole page, ms: median, longest; told"]
    for kind, bar in (("searches", SEARCH_BAR_MS), ("charts", CHART_BAR_MS)):
        lines.append(f"{kind}, at most {bar:,.0f} ms")
        for name, page in result[kind].items():
            mark = " SLOW" if name in result["slow"] else ""
            lines.append(f"  {name:42}{page['median_ms']:>9.1f},{page['longest_ms']:>9.1f};{page['told']:>12,}{mark}")
    return "\n".join(lines)

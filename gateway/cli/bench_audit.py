"""``jsg bench audit``: searches, proofs and exports on a record of calls of any size."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gateway.bench.audit_fill import SPAN, fill_record
from gateway.bench.audit_search import (
    BAR_MS,
    EXPORTED,
    integrate,
    measure_export,
    measure_proofs,
    measure_searches,
)
from gateway.bench.machine import describe
from gateway.bootstrap.config import StartError, load_config
from gateway.cli.connection import command
from gateway.cli.local_city import SEED
from gateway.domain.vocabulary import Verdict
from gateway.storage.access_index import AccessIndex
from gateway.storage.audit_place import FolderPlace
from gateway.storage.engine import open_engine
from gateway.storage.migrations import FACTS, LOG, upgrade

if TYPE_CHECKING:
    import argparse

    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1
UNTIL = datetime(2026, 11, 25, 4, tzinfo=UTC)
"""Instant of the last call of the record that is made."""
KEY_FILE = "search.key"


def register(commands: Subparsers) -> None:
    """Add ``audit`` to the commands of ``bench``."""
    parser = command(
        commands,
        "audit",
        "searches, proofs and exports on a large record of calls",
        "jsg bench audit --entries 1000000",
        run,
    )
    parser.add_argument("--entries", type=int, default=100_000, metavar="N", help="recorded calls (default 100,000)")
    parser.add_argument("--keep", type=Path, default=None, metavar="FOLDER", help="where the record is made and stays")


def run(arguments: argparse.Namespace) -> int:
    """Fill, measure and print; 1 when a page takes longer than the bar."""
    if arguments.entries < 1_000:
        raise StartError("--entries must be at least 1,000")
    state = load_config(arguments.config, arguments.state).settings.state
    state.mkdir(parents=True, exist_ok=True)
    if arguments.keep is not None:
        arguments.keep.mkdir(parents=True, exist_ok=True)
        result = _measure(arguments.keep, arguments.entries)
    else:
        with tempfile.TemporaryDirectory(prefix="bench-", dir=state) as name:
            result = _measure(Path(name), arguments.entries)
    print(json.dumps(result, ensure_ascii=False, indent=1) if arguments.json else _table(result))
    slow = [name for name, pages in result["searches"].items() if max(page["median_ms"] for page in pages) > BAR_MS]
    return ERROR if slow else OK


def _measure(folder: Path, entries: int) -> dict[str, Any]:
    """Make what is not there yet, and measure on it."""
    key_file = folder / KEY_FILE
    if not key_file.exists():
        key_file.write_bytes(bytes(range(32)))
    facts = open_engine(f"sqlite:///{folder / 'facts.sqlite'}")
    upgrade(facts, FACTS)
    log = open_engine(f"sqlite:///{folder / 'log.sqlite'}")
    upgrade(log, LOG)
    log.dispose()
    with closing(FolderPlace(folder / "audit")) as place:
        filled = fill_record(place, SEED, entries, UNTIL, lambda done, _: _say("entries", done))
        index, begun = AccessIndex(place, key_file), time.perf_counter()
        index.catch_up()
        indexed = time.perf_counter() - begun
        found = measure_searches(index, key_file.read_bytes(), UNTIL - SPAN / 2, Verdict.RESTRICTED)
        logged, integrated = integrate(folder, lambda size: _say("integrated", size))
        since = UNTIL - max(SPAN * EXPORTED / entries, timedelta(microseconds=1))
        result = {
            "entries": entries,
            "fill_us": round(filled.seconds / entries * 1e6),
            "index_us": round(indexed / entries * 1e6),
            "integrate_us": round(integrated / entries * 1e6),
            "searches": {name: [asdict(page) for page in pages] for name, pages in found.items()},
            "proof": asdict(measure_proofs(logged, entries)),
            "export": measure_export(index, logged, facts, since),
            "machine": describe(folder),
        }
    facts.dispose()
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return result


def _table(result: dict[str, Any]) -> str:
    proof, export = result["proof"], result["export"]
    cost = [result[f"{what}_us"] for what in ("fill", "index", "integrate")]
    lines = [
        f"{result['entries']:,} entries; µs an entry: stored {cost[0]}, indexed {cost[1]}, integrated {cost[2]}",
        f"{'a page of 100, ms (median, longest; rows)':44}{'first':>24}{'in the middle':>24}",
    ]
    for name, pages in result["searches"].items():
        shown = [f"{page['median_ms']:.1f}, {page['longest_ms']:.1f}; {page['rows']}" for page in pages]
        lines.append(f"  {name:42}{shown[0]:>24}{shown[1]:>24}")
    lines.append(f"proof of an entry, ms: {proof['median_ms']:.1f}, {proof['longest_ms']:.1f}")
    size, whole, looked = export["bytes"], export["seconds"], export["without_outcome_seconds"]
    lines.append(f"export: {export['rows']:,} rows, {size:,} bytes in {whole} s; without an outcome {looked} s")
    return "\n".join(lines)


def _say(what: str, count: int) -> None:
    if sys.stderr.isatty():
        print(f"\r\x1b[K{what} {count:,}", end="", file=sys.stderr, flush=True)

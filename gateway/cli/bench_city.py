"""``jsg bench make-city``: an invented city of any size as JSON Lines, one file a feed, for ``jsg import``."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from formats.civil import SHANGHAI, parse_date
from gateway.bench.city import enterprises_of, line_of, make_city
from gateway.bench.import_comparison import Importing
from gateway.bootstrap.config import StartError
from gateway.cli.connection import command
from gateway.cli.import_records import SUFFIX
from gateway.cli.local_city import SEED, Place, prepare, serving
from gateway.sample.invention import PERSONS

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from gateway.cli.connection import Subparsers

OK = 0


def register(commands: Subparsers) -> None:
    """Add ``make-city`` to the commands of ``bench``."""
    parser = command(
        commands,
        "make-city",
        "write an invented city of any size, one FEED.jsonl for each feed",
        "jsg bench make-city --records 100000 --out city && jsg import city/*.jsonl",
        run,
    )
    parser.add_argument("--records", type=int, required=True, metavar="N", help="records altogether")
    parser.add_argument("--seed", type=int, default=SEED, metavar="S", help="another seed, another city")
    parser.add_argument("--day", type=parse_date, default=None, metavar="DATE", help="around which it lies (today)")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="new or empty folder")


def run(arguments: argparse.Namespace) -> int:
    """Write the files and say how many records each has."""
    today = arguments.day or datetime.now(SHANGHAI).date()
    if arguments.records < 1 or enterprises_of(arguments.records) > PERSONS:
        raise StartError("--records must be at least 1, and there are names for some 8 million")
    arguments.out.mkdir(parents=True, exist_ok=True)
    if any(arguments.out.iterdir()):
        raise StartError(f"{arguments.out} is not empty")
    for feed, count in write_city(arguments.out, arguments.seed, today, arguments.records).items():
        print(f"{count:>10,}  {arguments.out / feed}{SUFFIX}")
    return OK


def write_city(folder: Path, seed: int, today: date, records: int) -> dict[str, int]:
    """Write ``<feed>.jsonl`` for every feed of the city that has records; return how many each has."""
    counts: dict[str, int] = {}
    for feed, pairs in itertools.groupby(make_city(seed, today, records), lambda pair: pair[0]):
        with (folder / f"{feed}{SUFFIX}").open("w", encoding="utf-8", newline="\n") as file:
            for _, record in pairs:
                file.write(line_of(record))
                counts[feed] = counts.get(feed, 0) + 1
    return counts


def importing_city(config: Path, city: Path, seed: int, records: int) -> Importing:
    """Write a city into the new folder *city*, and say how it is imported into a gateway with *config*."""
    city.mkdir()
    counts = write_city(city, seed, datetime.now(SHANGHAI).date(), records)

    @contextmanager
    def serve(state: Path) -> Iterator[tuple[int, int]]:
        prepare(config, state)
        with serving(Place(config, state), "127.0.0.1:0") as (port, process):
            yield port, process.pid

    def words(state: Path, port: int) -> Sequence[str]:
        return ["--config", str(config), "--state", str(state), "--address", f"127.0.0.1:{port}"]

    return Importing([city / f"{feed}{SUFFIX}" for feed in counts], records, serve, words)

"""``jsg bench reach``: how soon a committed listing, and its repair, weighs in all nine areas' adapters (F7)."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
import tempfile
from collections import defaultdict
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from jointsanctions.v1 import listing_pb2, registry_pb2

from adapters.journal import Journal
from formats.civil import civil_date
from gateway.bench.figures import SHARES, percentile
from gateway.bench.load import Asking, load_on, pressing
from gateway.bench.machine import describe
from gateway.bench.nine_areas import OFFICER, RULES, AreaAsking
from gateway.bench.processes import BenchError
from gateway.bench.questions import make_questions, write_questions
from gateway.bench.reach import F7_BAR, F7_GOAL, Reached, Watching
from gateway.bench.register import fill_register
from gateway.bootstrap.config import StartError, load_config
from gateway.cli.bench_large import credentials_of
from gateway.cli.connection import command
from gateway.cli.local_city import SEED, Callers, Place, prepare, serving
from gateway.cli.tour_story import HEAVIEST, facts
from gateway.clock import SystemClock
from gateway.sample.invention import enterprise_name, uscc
from gateway.sample.records import Party, act, listing, profile

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import date

    from jointsanctions.v1 import record_pb2

    from gateway.cli.connection import Subparsers
    from gateway.domain.vocabulary import Area

OK, ERROR = 0, 1
ENTERPRISES: Final = 2_000
LISTINGS: Final = 50
IN_FLIGHT: Final = 64
LONG: Final = timedelta(days=30)
LOADING: Final = "bench-load"
_LOADING_AGENCY: Final = f"""
[[agency]]
id = "{LOADING}"
role = "asking-system"
name_zh = "负载测试机构"
name_en = "Agency that Makes the Load"
territory = "420300"
areas = ["BIDDING"]
points = ["BIDDING_*"]
"""


def register(commands: Subparsers) -> None:
    """Add ``reach`` to the commands of ``bench``."""
    parser = command(
        commands,
        "reach",
        "a committed listing, and its repair, in all nine areas' adapters: F7",
        "jsg bench reach --listings 100 --in-flight 64",
        run,
    )
    say = f"enterprises that are listed, and repaired, one after another ({LISTINGS})"
    parser.add_argument("--listings", type=int, default=LISTINGS, metavar="N", help=say)
    say = f"calls at once of others, beside the nine adapters ({IN_FLIGHT}; 0: none)"
    parser.add_argument("--in-flight", type=int, default=IN_FLIGHT, metavar="N", help=say)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; 1 when the bar is missed, or anything was clear after it."""
    settings = load_config(arguments.config, arguments.state).settings
    if arguments.listings < 1 or arguments.in_flight < 0:
        raise StartError("--listings must be greater than 0, --in-flight not negative")
    if settings.store_url:
        raise StartError("jsg bench fills a store with invented entries: it takes the embedded one only")
    settings.state.mkdir(parents=True, exist_ok=True)
    machine = describe(settings.state)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=settings.state) as name:
        try:
            found = _measured(arguments, Path(name))
        except BenchError as error:
            print(f"jsg bench: {error}", file=sys.stderr)
            return ERROR
    figures = {what: _figure(each) for what, each in found.items()}
    result = {"command": shlex.join(["jsg", *sys.argv[1:]]), "machine": machine, "F7": figures}
    print(json.dumps(result, ensure_ascii=False, indent=1) if arguments.json else "\n".join(_lines(result)))
    return OK if all(each["met"] for each in figures.values()) else ERROR


def _measured(arguments: argparse.Namespace, folder: Path) -> dict[str, dict[str, list[Reached]]]:
    """Serve a small register under load, list enterprises and repair the listings; return what each area was told."""
    place, today = Place(_with_loading_agency(arguments.config, folder), folder), civil_date(SystemClock().now())
    prepare(place.config, place.state)
    write_questions(folder / "questions", make_questions(SEED, ENTERPRISES))
    with serving(place, "127.0.0.1:0") as (port, process), ExitStack() as stack:
        callers = Callers(place, port)
        stack.callback(callers.close)
        producers = callers.file.feeds

        def submit(feed: str, sent: Iterator[registry_pb2.SubmitRecordsRequest]) -> registry_pb2.SubmitRecordsResponse:
            return callers.as_caller(producers[feed]).submit(sent)

        fill_register(SEED, today, ENTERPRISES, submit, lambda _rows, _seconds: None)
        parties = [_party(number) for number in range(arguments.listings)]
        _commit(submit, "market_regulation", [profile(each, today - LONG) for each in parties])
        callers.confirm_feeds()
        areas = {
            area.name: _asking(callers, area, stack.enter_context(Journal(folder / f"{area.name}.journal")), today)
            for area in RULES
        }
        if arguments.in_flight:
            loading = credentials_of(place, f"{LOADING}.asking-system")
            asking = Asking(arguments.in_flight, 1, str(folder / "questions"), loading)
            load = stack.enter_context(load_on(port, [process.pid], asking, folder / "callers.log", verdicts=True))
            stack.enter_context(pressing(load))
        return _in_turn(parties, areas, lambda feed, records: _commit(submit, feed, records), today)


def _with_loading_agency(config: Path, folder: Path) -> Path:
    """Return a copy of the configuration with one agency more, which makes the load.

    An agency's calls wait behind its own and not behind others': an adapter whose agency made the load would measure
    the queue that it made itself.
    """
    copy = Path(shutil.copytree(config, folder / "config"))
    with (copy / "agencies.toml").open("a", encoding="utf-8") as agencies:
        agencies.write(_LOADING_AGENCY)
    return copy


def _in_turn(
    parties: Sequence[Party],
    areas: Mapping[str, Callable[[str], bool]],
    commit: Callable[[str, Sequence[record_pb2.Record]], None],
    today: date,
) -> dict[str, dict[str, list[Reached]]]:
    found: dict[str, dict[str, list[Reached]]] = {"listed": defaultdict(list), "repaired": defaultdict(list)}
    for number, party in enumerate(parties):
        key = f"{party.uscc}-L"
        repair = act(party, key, listing_pb2.LISTING_ACT_KIND_REPAIR, today)
        for what, records in (("listed", listing(party, key, today - LONG)), ("repaired", [repair])):
            watching = Watching(party.uscc, F7_BAR, new=what == "listed")
            told = watching.around(lambda records=records: commit("wage_list", records), areas)  # type: ignore[misc]
            for area, each in told.items():
                found[what][area].append(each)
        if sys.stderr.isatty():
            print(f"\r{number + 1} of {len(parties)}", end="", file=sys.stderr)
    return found


def _asking(callers: Callers, area: Area, journal: Journal, today: date) -> AreaAsking:
    """Return an area's adapter, asking where a listing weighs most."""
    (point,) = (each for each in HEAVIEST if each.area is area)
    return AreaAsking(callers.as_caller(callers.file.areas[area]), journal, point, facts(point, today.isoformat()))


def _party(number: int) -> Party:
    far = 20_000_000 + number
    return Party(uscc(SEED, far), enterprise_name(SEED, far))


def _commit(
    submit: Callable[[str, Iterator[registry_pb2.SubmitRecordsRequest]], registry_pb2.SubmitRecordsResponse],
    feed: str,
    records: Sequence[record_pb2.Record],
) -> None:
    for row, record in enumerate(records, 1):
        record.row = row
    chunk = registry_pb2.SubmitRecordsRequest(
        request_id=uuid4().hex, feed=feed, officer=OFFICER, records=records, last=True
    )
    answer = submit(feed, iter([chunk]))
    if answer.rejected or answer.held:
        raise BenchError(f"a record of {feed} was not stored: {answer.rows[0].field}: {answer.rows[0].why.en}")


def _figure(areas: Mapping[str, Sequence[Reached]]) -> dict[str, Any]:
    """Return percentiles over all areas, and the p99 and what was late of each."""
    times = sorted(each.after for told in areas.values() for each in told)
    late = sum(each.late for told in areas.values() for each in told)
    worst = percentile(times, 0.99) / 1e6
    return {
        **{f"p{round(share * 100)}": round(percentile(times, share) / 1e6, 3) for share in SHARES},
        "most": round(times[-1] / 1e6, 3),
        "commits": len(next(iter(areas.values()))),
        "asked": sum(each.asked for told in areas.values() for each in told),
        "old_after_the_bar": late,
        "bar": F7_BAR,
        "goal": F7_GOAL,
        "met": worst <= F7_BAR and not late,
        "p99_by_area": {
            area: round(percentile(sorted(each.after for each in told), 0.99) / 1e6, 3) for area, told in areas.items()
        },
    }


def _lines(result: dict[str, Any]) -> list[str]:
    machine = result["machine"]
    lines = [f"{machine['processor']}, {machine['cores']} cores, load {machine['load_average']} at the start"]
    for what, each in result["F7"].items():
        met = "met" if each["met"] else "MISSED"
        lines += [
            f"  F7 {what}: p99 {each['p99']:g} s in all nine areas; bar ≤ {each['bar']:g} {met}, goal {each['goal']:g}",
            f"    p50 {each['p50']:g}, p95 {each['p95']:g}, most {each['most']:g} s; {each['commits']} commits",
            f"    {each['asked']:,} questions, {each['old_after_the_bar']} told the old state after the bar",
            "    " + ", ".join(f"{area.lower()} {p99:g}" for area, p99 in each["p99_by_area"].items()),
        ]
    return lines

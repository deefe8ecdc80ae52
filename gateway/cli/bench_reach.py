"""``jsg bench reach``: how soon a committed listing, and its repair, weighs everywhere, on one node or two (F7)."""

from __future__ import annotations

import json
import sys
import tempfile
from collections import defaultdict
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from jointsanctions.v1 import listing_pb2, registry_pb2

from adapters.journal import Journal
from formats.civil import civil_date
from gateway.bench.goals import GOALS
from gateway.bench.load import Asking, load_on, pressing
from gateway.bench.nine_areas import OFFICER, RULES, AreaAsking
from gateway.bench.processes import BenchError
from gateway.bench.questions import make_questions, write_questions
from gateway.bench.reach import Reached, Watching
from gateway.bench.reach_report import figure, lines
from gateway.bench.register import fill_register
from gateway.bootstrap.config import StartError
from gateway.cli.bench_large import credentials_of
from gateway.cli.bench_nodes import LOADING, one_node, two_nodes, wait_until_followed, with_loading_agency
from gateway.cli.bench_places import about, own_state
from gateway.cli.connection import command
from gateway.cli.local_city import SEED, Callers, Place
from gateway.cli.tour_story import HEAVIEST, facts
from gateway.clock import SystemClock
from gateway.sample.invention import enterprise_name, uscc
from gateway.sample.records import Party, act, listing, profile

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import date

    from jointsanctions.v1 import record_pb2

    from gateway.bench.load import Load
    from gateway.bench.reach import Ask
    from gateway.cli.bench_nodes import Node
    from gateway.cli.connection import Subparsers
    from gateway.domain.vocabulary import Area

    Submit = Callable[[str, Iterator[registry_pb2.SubmitRecordsRequest]], registry_pb2.SubmitRecordsResponse]

OK, ERROR = 0, 1
ENTERPRISES: Final = 2_000
LISTINGS: Final = 50
IN_FLIGHT: Final = 64
LONG: Final = timedelta(days=30)
FIGURE: Final = "F7"
NODES: Final = "F7/nodes"
Found = dict[str, dict[str, list[Reached]]]
"""What each area was told around each commit: of listings, and of their repairs."""


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
    say = "holds the address of an empty database: two nodes on it, of which one commits and the other is asked"
    parser.add_argument("--postgres", type=Path, default=None, metavar="FILE", help=say)
    say = "start the node that is asked again when half is done; what comes after it counts as well"
    parser.add_argument("--restart", action="store_true", help=say)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; 1 when the bar is missed, or anything was clear after it."""
    if arguments.listings < 1 + arguments.restart or arguments.in_flight < 0:
        raise StartError("--listings must be greater than 0, with --restart than 1, and --in-flight not negative")
    state, name_of_figure = own_state(arguments), NODES if arguments.postgres else FIGURE
    told = about(state)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=state) as name:
        try:
            found = _measured(arguments, Path(name))
        except BenchError as error:
            print(f"jsg bench: {error}", file=sys.stderr)
            return ERROR
    figures = {name_of_figure: figure(name_of_figure, found)}
    result = {**told, "figures": figures}
    print(json.dumps(result, ensure_ascii=False, indent=1) if arguments.json else "\n".join(lines(result)))
    return OK if all(each["met"] for each in figures.values()) else ERROR


def _measured(arguments: argparse.Namespace, folder: Path) -> Found:
    """Serve a small register under load, list enterprises and repair the listings; return what each area was told."""
    place, today = Place(with_loading_agency(arguments.config, folder), folder), civil_date(SystemClock().now())
    write_questions(folder / "questions", make_questions(SEED, ENTERPRISES))
    nodes = two_nodes(place, arguments.postgres.resolve()) if arguments.postgres else one_node(place)
    with nodes as pair, closing(Callers(pair.committing.place, pair.committing.port)) as callers:
        submit = _submitting(callers)
        fill_register(SEED, today, ENTERPRISES, submit, lambda _rows, _seconds: None)
        parties = [_party(number) for number in range(arguments.listings)]
        _commit(submit, "market_regulation", [profile(each, today - LONG) for each in parties])
        bar = GOALS[NODES if arguments.postgres else FIGURE].bar
        round_of = _Round(folder, arguments.in_flight, lambda feed, records: _commit(submit, feed, records), today, bar)
        found: Found = {"listed": defaultdict(list), "repaired": defaultdict(list)}
        first = len(parties) // (2 if arguments.restart else 1)
        _ask_while(round_of, parties[:first], pair.asked, callers.confirm_feeds(), found)
        if arguments.restart:
            asked = replace(pair.asked, process=pair.restart())
            _ask_while(round_of, parties[first:], asked, callers.confirm_feeds(), found)
        return found


def _submitting(callers: Callers) -> Submit:
    producers = callers.file.feeds

    def submit(feed: str, sent: Iterator[registry_pb2.SubmitRecordsRequest]) -> registry_pb2.SubmitRecordsResponse:
        return callers.as_caller(producers[feed]).submit(sent)

    return submit


@dataclass(frozen=True, slots=True)
class _Round:
    """What is alike before and after a restart: where, beside how many calls, how to commit, the day, the bar."""

    folder: Path
    in_flight: int
    commit: Callable[[str, Sequence[record_pb2.Record]], None]
    today: date
    bar: float


def _ask_while(alike: _Round, parties: Sequence[Party], asked: Node, revision: int, found: Found) -> None:
    """List and repair *parties* while all areas and the load ask the node, once it has *revision*; adds to *found*."""
    with closing(Callers(asked.place, asked.port)) as asking, ExitStack() as stack:
        wait_until_followed(asking, asking.file.records_reader, parties[0].uscc, revision)
        areas = {
            area.name: _asking(
                asking, area, stack.enter_context(Journal(alike.folder / f"{area.name}.journal")), alike.today
            )
            for area in RULES
        }
        if alike.in_flight:
            stack.enter_context(pressing(stack.enter_context(_load(asked, alike.folder, alike.in_flight))))
        _in_turn(parties, areas, alike, found)


def _load(asked: Node, folder: Path, in_flight: int) -> AbstractContextManager[Load]:
    """Return what presses the node that is asked, as an agency of its own."""
    loading = Asking(in_flight, 1, str(folder / "questions"), credentials_of(asked.place, f"{LOADING}.asking-system"))
    return load_on(asked.port, [asked.process], loading, folder / "callers.log", verdicts=True)


def _in_turn(parties: Sequence[Party], areas: Mapping[str, Ask], alike: _Round, found: Found) -> None:
    """List and repair one after another; adds what each area was told to *found*."""
    for number, party in enumerate(parties):
        key = f"{party.uscc}-L"
        repair = act(party, key, listing_pb2.LISTING_ACT_KIND_REPAIR, alike.today)
        for what, records in (("listed", listing(party, key, alike.today - LONG)), ("repaired", [repair])):
            watching = Watching(party.uscc, alike.bar, new=what == "listed")
            told = watching.around(lambda records=records: alike.commit("wage_list", records), areas)  # type: ignore[misc]
            for area, each in told.items():
                found[what][area].append(each)
        if sys.stderr.isatty():
            print(f"\r{number + 1} of {len(parties)}", end="", file=sys.stderr)


def _asking(callers: Callers, area: Area, journal: Journal, today: date) -> AreaAsking:
    """Return an area's adapter, asking where a listing weighs most."""
    (point,) = (each for each in HEAVIEST if each.area is area)
    return AreaAsking(callers.as_caller(callers.file.areas[area]), journal, point, facts(point, today.isoformat()))


def _party(number: int) -> Party:
    far = 20_000_000 + number
    return Party(uscc(SEED, far), enterprise_name(SEED, far))


def _commit(submit: Submit, feed: str, records: Sequence[record_pb2.Record]) -> None:
    for row, record in enumerate(records, 1):
        record.row = row
    chunk = registry_pb2.SubmitRecordsRequest(
        request_id=uuid4().hex, feed=feed, officer=OFFICER, records=records, last=True
    )
    answer = submit(feed, iter([chunk]))
    if answer.rejected or answer.held:
        raise BenchError(f"a record of {feed} was not stored: {answer.rows[0].field}: {answer.rows[0].why.en}")

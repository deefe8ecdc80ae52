"""What ``jsg bench import --all`` measures after the import: start, answers, and answers during another import.

What is measured, and in which order, is in ``gateway.bench.large_register``; here are the stores, callers and words.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from gateway.bench.city import enterprises_of
from gateway.bench.comparison import Plan, compare
from gateway.bench.figures import Spread
from gateway.bench.goals import GOALS
from gateway.bench.import_comparison import import_files
from gateway.bench.large_register import Stage, growth, latency, meanwhile, starts
from gateway.bench.load import Asking, Credentials
from gateway.bench.questions import make_questions, read_questions, write_questions
from gateway.bench.report import figures_of
from gateway.bootstrap.config import load_config
from gateway.cli.local_city import SEED, Callers, Place, serving
from gateway.domain.vocabulary import Area

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gateway.bench.figures import Round
    from gateway.bench.import_comparison import Importing
    from gateway.bench.large_register import Rounds, Started

SMALL_RECORDS: Final = 10_000
PAIRS: Final = 5
IN_FLIGHT: Final = 64
CALLERS: Final = 8
RATE: Final = 100.0
"""Checks a second beside an import: a city's, and few enough that they never wait for each other."""
P99_BAR: Final = 2.0
BESIDE: Final = "beside"
"""What is told of answers beside an import; it is no figure of the list."""


@dataclass(frozen=True, slots=True)
class Large:
    """What is measured: the imported register, another city to import beside answers, and how long a round is."""

    config: Path
    state: Path
    records: int
    another: Importing
    seconds: float


def measure(large: Large, city: Callable[[Path, int, int], Importing], folder: Path) -> dict[str, Any]:
    """Return F1, F2, F5, F8 and the latency of answers beside an import; *city* makes one of (folder, seed, records).

    Raises:
        BenchError: Something was not stored or not answered.
    """
    here = Place(large.config, large.state)
    there = Place(large.config, folder / "small")
    there.state.mkdir()
    few = city(folder / "small-city", SEED, SMALL_RECORDS)
    with few.serve(there.state) as (port, _):
        import_files([*few.command(there.state, port), "import", *map(str, few.files)], there.state)
    confirm(there)
    confirm(here)
    many = _stage(here, large.records, IN_FLIGHT)
    begun = starts(many)
    _say("started")
    grown = growth(_stage(there, SMALL_RECORDS, IN_FLIGHT), many, PAIRS, large.seconds)
    _say("answers of both registers measured")
    first = _beside_echo(large, here, many)
    _say("answers measured beside the echo")
    importing = [*large.another.command(large.state, 0), "import", *map(str, large.another.files)]
    words = [word.replace("127.0.0.1:0", "127.0.0.1:PORT") for word in importing]
    beside = meanwhile(_stage(here, large.records, CALLERS), words, PAIRS, (large.seconds, RATE))
    return {**first, "F5": _f5(grown), **_f8(begun), BESIDE: _beside(beside)}


def _beside_echo(large: Large, place: Place, stage: Stage) -> dict[str, Any]:
    """Return F1 and F2 with the register that was imported."""
    tls = load_config(place.config, place.state).settings.tls
    plan = Plan(
        serve=stage.serve,
        server_certificate=str(tls.certificate),
        server_key=str(tls.key),
        folder=place.state,
        asking=stage.asking,
        workers=1,
        pairs=PAIRS,
        seconds=large.seconds,
        profile=None,
    )
    questions = read_questions(place.state / "questions")
    return figures_of(compare(plan, round(sum(map(len, questions)) / len(questions)), lambda _: None))


def credentials_of(place: Place, who: str = "") -> Credentials:
    """Return the files of the caller that asks: those of *who* (``agency.role``), else the bidding system's."""
    file = Callers(place, 0).file
    who = who or file.areas[Area.BIDDING]
    return Credentials(
        authorities=str(file.ca_bundle),
        certificate=str(file.certificates / f"{who}.pem"),
        key=str(file.certificates / f"{who}.key"),
        server_name=file.server_name,
    )


def lines(figures: dict[str, Any]) -> list[str]:
    """Return what ``measure`` returned for people."""
    beside = figures[BESIDE]
    ratio = beside["ratio_p99"]
    shown = [f"{name} {beside[name]['idle_ms']} and {beside[name]['import_ms']} ms" for name in ("p50", "p99")]
    low, high = ratio["spread"]
    met = "met" if ratio["met"] else "MISSED"
    return [
        f"  answers without and with an import, {RATE:g} checks a second: {', '.join(shown)}; {beside['pairs']} pairs",
        f"  p99 = {ratio['value']:g} ({low:g} to {high:g}) {ratio['unit']}; bar ≤ {P99_BAR:g} {met}",
    ]


def _f5(grown: Rounds) -> dict[str, Any]:
    rates = {"small": _rate(grown.without), "large": _rate(grown.with_it)}
    return GOALS["F5"].judged(grown.rates(), delivered={"calls_per_second": rates})


def _rate(rounds: Sequence[Round]) -> int:
    return round(median(each.rate for each in rounds))


def _f8(begun: list[Started]) -> dict[str, Any]:
    return {
        "F8": GOALS["F8"].judged(Spread.of([each.seconds for each in begun])),
        "F8/memory": GOALS["F8/memory"].judged(max(each.mib for each in begun)),
    }


def _beside(rounds: Rounds) -> dict[str, Any]:
    found: dict[str, Any] = {"pairs": len(rounds.without), "checks_per_second": RATE}
    for name, share in (("p50", 0.5), ("p99", 0.99)):
        idle, busy = latency(rounds.without, share), latency(rounds.with_it, share)
        found[name] = {"idle_ms": round(idle / 1000, 1), "import_ms": round(busy / 1000, 1)}
    ratio = rounds.slower(0.99)
    met = ratio.value <= P99_BAR
    unit = "times as long with an import as without, of checks"
    return {**found, "ratio_p99": {**_spread(ratio, 2), "unit": unit, "bar": P99_BAR, "met": met}}


def _spread(spread: Spread, digits: int) -> dict[str, Any]:
    return {"value": round(spread.value, digits), "spread": [round(spread.low, digits), round(spread.high, digits)]}


def confirm(place: Place) -> None:
    """Serve *place* for as long as its feeds are confirmed: without that nothing would be certain enough to clear."""
    with serving(place, "127.0.0.1:0") as (port, _):
        callers = Callers(place, port)
        callers.confirm_feeds()
        callers.close()


def _stage(place: Place, records: int, in_flight: int) -> Stage:
    questions = place.state / "questions"
    write_questions(questions, make_questions(SEED, enterprises_of(records)))
    asking = Asking(in_flight, 1, str(questions), credentials_of(place))
    return Stage(["--config", str(place.config), "--state", str(place.state)], place.state / "stage.log", asking)


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)

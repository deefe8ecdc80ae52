"""What ``jsg bench import --all`` measures after the import: start, answers, and answers during another import.

What is measured, and in which order, is in ``gateway.bench.large_register``; here are the stores, callers and words.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from gateway.bench.city import enterprises_of
from gateway.bench.figures import Spread
from gateway.bench.import_comparison import import_files
from gateway.bench.large_register import Stage, growth, latency, meanwhile, starts
from gateway.bench.load import Asking, Credentials
from gateway.bench.questions import make_questions, write_questions
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
F5_BAR, F5_GOAL = 0.9, 0.98
F8_BAR, F8_GOAL, F8_BAR_MIB, F8_GOAL_MIB = 5.0, 2.0, 250, 150
P99_BAR: Final = 2.0


@dataclass(frozen=True, slots=True)
class Large:
    """What is measured: the imported register, another city to import beside answers, and how long a round is."""

    config: Path
    state: Path
    records: int
    another: Importing
    seconds: float


def measure(large: Large, city: Callable[[Path, int, int], Importing], folder: Path) -> dict[str, Any]:
    """Return F5, F8 and the latency of answers beside an import; *city* makes one of (folder, seed, records).

    Raises:
        BenchError: Something was not stored or not answered.
    """
    here = Place(large.config, large.state)
    there = Place(large.config, folder / "small")
    there.state.mkdir()
    few = city(folder / "small-city", SEED, SMALL_RECORDS)
    with few.serve(there.state) as (port, _):
        import_files([*few.command(there.state, port), "import", *map(str, few.files)], there.state)
    _confirm(there)
    _confirm(here)
    many = _stage(here, large.records, IN_FLIGHT)
    begun = starts(many)
    _say("started")
    grown = growth(_stage(there, SMALL_RECORDS, IN_FLIGHT), many, PAIRS, large.seconds)
    _say("answers of both registers measured")
    importing = [*large.another.command(large.state, 0), "import", *map(str, large.another.files)]
    words = [word.replace("127.0.0.1:0", "127.0.0.1:PORT") for word in importing]
    beside = meanwhile(_stage(here, large.records, CALLERS), words, PAIRS, (large.seconds, RATE))
    return {"F5": _f5(grown), "F8": _f8(begun), "beside": _beside(beside)}


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
    f5, f8, beside = figures["F5"], figures["F8"], figures["beside"]
    shown = [f"{name} {beside[name]['idle_ms']} and {beside[name]['import_ms']} ms" for name in ("p50", "p99")]
    return [
        f"  answers without and with an import, {RATE:g} checks a second: {', '.join(shown)}; {beside['pairs']} pairs",
        _figure("F5", f5, f"≥ {f5['bar']:g}", f"≥ {f5['goal']:g}"),
        _figure("F8", f8, f"≤ {f8['bar']:g} s and {F8_BAR_MIB} MiB", f"≤ {f8['goal']:g} s and {F8_GOAL_MIB} MiB")
        + f"; memory {f8['mib']} MiB",
        _figure("p99", beside["ratio_p99"], f"≤ {P99_BAR:g}", ""),
    ]


def _figure(name: str, figure: dict[str, Any], bar: str, goal: str) -> str:
    low, high = figure["spread"]
    judged = f"bar {bar} {'met' if figure['met'] else 'MISSED'}{', goal ' + goal if goal else ''}"
    return f"  {name} = {figure['value']:g} ({low:g} to {high:g}) {figure['unit']}; {judged}"


def _f5(grown: Rounds) -> dict[str, Any]:
    ratio = grown.rates()
    unit = f"calls/s with the register : calls/s with {SMALL_RECORDS:,} records"
    met = ratio.value >= F5_BAR
    rates = {"small": _rate(grown.without), "large": _rate(grown.with_it)}
    return {**_spread(ratio, 3), "unit": unit, "bar": F5_BAR, "goal": F5_GOAL, "met": met, "calls_per_second": rates}


def _rate(rounds: Sequence[Round]) -> int:
    return round(median(each.rate for each in rounds))


def _f8(begun: list[Started]) -> dict[str, Any]:
    seconds, mib = Spread.of([each.seconds for each in begun]), max(each.mib for each in begun)
    met = seconds.value <= F8_BAR and mib <= F8_BAR_MIB
    unit = "s from the command to the first answer"
    return {**_spread(seconds, 2), "unit": unit, "bar": F8_BAR, "goal": F8_GOAL, "met": met, "mib": round(mib)}


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


def _confirm(place: Place) -> None:
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

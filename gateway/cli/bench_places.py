"""State folders that the benchmark fills and measures on; each is invented, its own, and gone afterwards."""

from __future__ import annotations

import shlex
import sys
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from formats.civil import SHANGHAI
from gateway.bench.comparison import Plan
from gateway.bench.load import Asking
from gateway.bench.machine import describe
from gateway.bench.questions import make_questions, write_questions
from gateway.bench.register import Filled, fill_register
from gateway.bootstrap.config import StartError, load_config
from gateway.cli.bench_large import credentials_of
from gateway.cli.local_city import SEED, Callers, Place, prepare, serving

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gateway.bootstrap.config import Config

QUIET_SECONDS: Final = 2.0
LINE_SECONDS: Final = 10.0
"""How often it says how far it is, where it does not write on a terminal."""


def own_state(arguments: argparse.Namespace) -> Path:
    """Return the state folder of the configuration, in which the benchmark makes folders of its own.

    Raises:
        StartError: The gateway that is configured does not keep its facts there.
    """
    settings = load_config(arguments.config, arguments.state).settings
    if settings.store_url:
        raise StartError("jsg bench fills a store with invented enterprises: it takes the embedded one only")
    settings.state.mkdir(parents=True, exist_ok=True)
    return settings.state


def about(state: Path) -> dict[str, Any]:
    """Return machine and command line, for what is printed; to be called before anything is measured."""
    return {"machine": describe(state), "command": shlex.join(["jsg", *sys.argv[1:]])}


def require_positive(*numbers: float) -> None:
    """Refuse a number of the command line that is not greater than 0.

    Raises:
        StartError: One is not.
    """
    if min(numbers) <= 0:
        raise StartError("every number must be greater than 0")


def filled_place(place: Place, enterprises: int, progress: Callable[[int, float], None]) -> tuple[Config, Filled]:
    """Make certificates and tables in a new state folder, and submit a register as its producers would.

    Raises:
        BenchError: A row was not stored.
        StartError: The gateway did not serve.
    """
    config = prepare(place.config, place.state)
    with serving(place, "127.0.0.1:0") as (port, _):
        callers = Callers(place, port)
        filled = fill_register(
            SEED,
            datetime.now(SHANGHAI).date(),
            enterprises,
            lambda feed, chunks: callers.as_caller(callers.file.feeds[feed]).submit(chunks),
            progress,
        )
        callers.confirm_feeds()
        callers.close()
    return config, filled


def write_asked(place: Place, enterprises: int) -> Sequence[bytes]:
    """Write the questions about a register of so many enterprises where ``plan_of`` has them, and return them."""
    questions = make_questions(SEED, enterprises)
    write_questions(place.state / "questions", questions)
    return questions


def plan_of(place: Place, config: Config, in_flight: int, rounds: tuple[int, float]) -> Plan:
    """Return what is to be measured on a filled place: one serving and one calling process.

    Args:
        place: With its questions written.
        config: Of the place.
        in_flight: Calls at once.
        rounds: How many pairs, and the seconds of a round.
    """
    pairs, seconds = rounds
    return Plan(
        serve=["--config", str(place.config), "--state", str(place.state)],
        server_certificate=str(config.settings.tls.certificate),
        server_key=str(config.settings.tls.key),
        folder=place.state,
        asking=Asking(in_flight, 1, str(place.state / "questions"), credentials_of(place)),
        workers=1,
        pairs=pairs,
        seconds=seconds,
        profile=None,
    )


class Rows:
    """Shows how many rows were submitted, from time to time."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._next = QUIET_SECONDS

    def __call__(self, rows: int, seconds: float) -> None:
        """Say that *rows* were submitted *seconds* after the begin."""
        if seconds >= self._next:
            self._next = seconds + (QUIET_SECONDS if sys.stderr.isatty() else LINE_SECONDS)
            say(f"{self._size:,}: {rows:,} rows submitted, {rows / seconds:,.0f}/s")


def say(text: str) -> None:
    """Show how far it is: on one line of a terminal."""
    ends, begins = ("", "\r\x1b[K") if sys.stderr.isatty() else ("\n", "")
    print(begins + text, end=ends, file=sys.stderr, flush=True)

"""``jsg bench soak``: hours at a share of the limit, and whether memory, descriptors, latency or backlog grew."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import credit_pb2

from formats.civil import civil_date
from gateway.bench.batches import make_batches
from gateway.bench.flat import LEAST_POINTS
from gateway.bench.processes import BenchError
from gateway.bench.questions import read_questions
from gateway.bench.soak import Soaking, soak
from gateway.bench.soak_account import account
from gateway.bench.soak_mixture import Mixture, Speakers
from gateway.bench.soak_report import as_json, table
from gateway.bootstrap.config import StartError
from gateway.cli.bench_places import Rows, about, filled_place, own_state, plan_of, require_positive, say, write_asked
from gateway.cli.connection import command
from gateway.cli.local_city import CERTIFICATE_DAYS, SEED, Callers, Place
from gateway.cli.verify import keys_in
from gateway.clock import SystemClock
from gateway.domain.vocabulary import Area
from gateway.security.pki import issue_client
from gateway.storage.audit_place import FolderPlace

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from formats.note import VerificationKey
    from gateway.bench.soak_samples import Sample
    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1
ENTERPRISES: Final = 10_000
IN_FLIGHT: Final = 64
MOST_IN_FLIGHT: Final = 96
"""Both groups of callers ask at once for a moment: together they stay within one agency's quota of 256."""
WINDOW: Final = 10.0
WARM: Final = 100_000
BATCH: Final = 200
DEADLINE_SECONDS: Final = 60.0
"""Of the calls beside the checks: a machine that is busy makes them slow, which is told, and ends nothing."""
COMMANDS: Final = {"fsck": ("audit", "fsck"), "verify": ("audit", "verify")}


def register(commands: Subparsers) -> None:
    """Add ``soak`` to the commands of ``bench``."""
    parser = command(
        commands,
        "soak",
        "hours at a share of the limit, with the mixture of a day: nothing may grow",
        "jsg bench soak --hours 1 --share 0.7",
        run,
    )
    parser.add_argument("--hours", type=float, default=1.0, metavar="H", help="how long (default 1)")
    say_share = "of the limit of single checks, which is found first (default 0.7)"
    parser.add_argument("--share", type=float, default=0.7, metavar="S", help=say_share)
    say_window = f"between two looks, seconds (default {WINDOW:g})"
    parser.add_argument("--window", type=float, default=WINDOW, metavar="S", help=say_window)
    say_warm = f"answers before the first look, so that caches are full (default {WARM:,})"
    parser.add_argument("--warm", type=int, default=WARM, metavar="N", help=say_warm)
    say_size = f"of the register (default {ENTERPRISES:,})"
    parser.add_argument("--enterprises", type=int, default=ENTERPRISES, metavar="N", help=say_size)
    say_calls = f"calls at once at the limit (default {IN_FLIGHT})"
    parser.add_argument("--in-flight", type=int, default=IN_FLIGHT, metavar="N", help=say_calls)


def run(arguments: argparse.Namespace) -> int:
    """Soak and print; 1 when anything grew, was not answered, is not on record, or does not verify."""
    require_positive(arguments.hours, arguments.share, arguments.window, arguments.enterprises, arguments.in_flight)
    today = civil_date(SystemClock().now())
    how = Soaking(arguments.hours, arguments.share, arguments.window, today, arguments.warm)
    if arguments.share > 1:
        raise StartError("--share must not be greater than 1: beyond its limit everything grows")
    if arguments.warm < 0:
        raise StartError("--warm must not be negative")
    if arguments.in_flight > MOST_IN_FLIGHT:
        raise StartError(f"--in-flight must not be greater than {MOST_IN_FLIGHT}")
    if how.windows < LEAST_POINTS:
        raise StartError(f"--hours must hold {LEAST_POINTS} times --window: of fewer looks nothing can be said")
    state = own_state(arguments)
    told = about(state)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=state) as name:
        try:
            found = _measured(arguments, how, Place(arguments.config, Path(name)))
        except BenchError as error:
            print(f"jsg bench: {error}", file=sys.stderr)
            return ERROR
    result = {**found, **told}
    print(json.dumps(result, ensure_ascii=False, indent=1) if arguments.json else table(result))
    return OK if all(figure["met"] for figure in found["figures"].values()) else ERROR


def _measured(arguments: argparse.Namespace, how: Soaking, place: Place) -> dict[str, Any]:
    """Fill a new state folder, soak it, and look at all of its record; nothing is kept."""
    config, _ = filled_place(place, arguments.enterprises, Rows(arguments.enterprises))
    write_asked(place, arguments.enterprises)
    issue_client(place.state / "pki", "hrss", "producer", "principal", CERTIFICATE_DAYS, datetime.now(UTC))
    plan = plan_of(place, config, arguments.in_flight, (1, how.window))
    queues = FolderPlace(place.state / "audit")
    try:
        since = queues.next_numbers()
        soaked = soak(plan, how, _mixture_of(place), _progress(how))
        say("soaked; the record is looked at")
        counted = account(queues, since, soaked.answered, soaked.unanswered)
    finally:
        queues.close()
    return as_json(soaked, how, counted, {what: _looked(place, words) for what, words in COMMANDS.items()})


def _mixture_of(place: Place) -> Callable[[int], AbstractContextManager[Mixture]]:
    questions = read_questions(place.state / "questions")

    @contextmanager
    def mixture(port: int) -> Iterator[Mixture]:
        callers = Callers(place, port)
        file = callers.file = replace(callers.file, deadline_seconds=DEADLINE_SECONDS)
        speakers = Speakers(
            asking=callers.as_caller(file.areas[Area.BIDDING]),
            hrss=callers.as_caller(file.feeds["wage_list"]),
            registrar=callers.as_caller(file.feeds["market_regulation"]),
            principal=callers.as_caller("hrss.producer.principal"),
            auditor=callers.as_caller(file.audit_reader),
            operator=callers.as_caller(file.operations),
        )
        singles = [credit_pb2.CheckEligibilityRequest.FromString(each) for each in questions]
        batches = [credit_pb2.BatchCheckEligibilityRequest.FromString(each) for each in make_batches(questions, BATCH)]
        try:
            yield Mixture(speakers, singles, batches, lambda: _keys(place), SEED)
        finally:
            callers.close()

    return mixture


def _keys(place: Place) -> list[VerificationKey]:
    return keys_in(sorted((place.state / "log").glob("*/vkey")))


def _looked(place: Place, words: tuple[str, ...]) -> dict[str, Any]:
    """Run a command that looks at the whole record, and return entries and flaws; a log of each year is one line."""
    logs = [str(place.state / "log")] if words[-1] == "verify" else []
    head = [sys.executable, "-P", "-m", "gateway", "--config", str(place.config), "--state", str(place.state)]
    command = [*head, *words, *logs, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    told = [json.loads(line) for line in done.stdout.splitlines()]
    flaws = [flaw for one in told for flaw in one["flaws"]]
    if done.returncode and not flaws:
        flaws = [f"ended with {done.returncode}: {done.stderr.strip()[-300:]}"]
    return {"entries": sum(one["entries"] for one in told), "flaws": flaws}


def _progress(how: Soaking) -> Callable[[int, Sample], None]:
    def told(number: int, sample: Sample) -> None:
        serving = sample.values.get("memory serving", 0.0)
        say(f"{number} of {how.windows}: {serving:,.0f} MiB, p99 {sample.values['p99']:,.0f} ms")

    return told

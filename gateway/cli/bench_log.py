"""``jsg bench log``: from an answer to its checkpoint (F11), and a log of a million entries verified offline (F12)."""

from __future__ import annotations

import json
import shlex
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import credit_pb2

from formats.civil import civil_date
from gateway.bench.checkpoint_delay import delays
from gateway.bench.figures import SHARES, percentile
from gateway.bench.goals import GOALS
from gateway.bench.large_log import F12_ENTRIES, as_json, measured
from gateway.bench.load import Asking, load_on
from gateway.bench.machine import describe
from gateway.bench.processes import BenchError
from gateway.bench.questions import make_questions, write_questions
from gateway.bench.register import fill_register
from gateway.bench.report import figure_line
from gateway.bootstrap.config import StartError, load_config
from gateway.cli.bench_large import credentials_of
from gateway.cli.connection import command
from gateway.cli.local_city import SEED, Callers, Place, prepare, serving
from gateway.clock import SystemClock
from gateway.domain.vocabulary import Area

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from gateway.cli.connection import Subparsers

OK, ERROR = 0, 1
ENTERPRISES: Final = 2_000
BODY_BYTES: Final = 900
IN_FLIGHT: Final = 64
SECONDS: Final = 30.0
LONGEST_PAUSE: Final = 0.3


def register(commands: Subparsers) -> None:
    """Add ``log`` to the commands of ``bench``."""
    parser = command(
        commands,
        "log",
        "from an answer to its checkpoint, and a large log verified offline: F11 and F12",
        "jsg bench log --entries 1000000 --seconds 60",
        run,
    )
    say = f"of the log that is made and verified ({F12_ENTRIES:,}; 0: only F11)"
    parser.add_argument("--entries", type=int, default=F12_ENTRIES, metavar="N", help=say)
    say = f"bytes of each entry's body ({BODY_BYTES})"
    parser.add_argument("--body-bytes", type=int, default=BODY_BYTES, metavar="N", help=say)
    say = f"calls at once of the load beside which F11 is measured ({IN_FLIGHT})"
    parser.add_argument("--in-flight", type=int, default=IN_FLIGHT, metavar="N", help=say)
    say = f"how long F11 is measured, idle and beside the load ({SECONDS:g} each; 0: only F12)"
    parser.add_argument("--seconds", type=float, default=SECONDS, metavar="S", help=say)


def run(arguments: argparse.Namespace) -> int:
    """Measure and print; 1 when an answer was not covered, or the log is not sound."""
    settings = load_config(arguments.config, arguments.state).settings
    if min(arguments.entries, arguments.seconds) < 0 or min(arguments.body_bytes, arguments.in_flight) < 1:
        raise StartError("numbers must not be negative, --body-bytes and --in-flight greater than 0")
    if settings.store_url:
        raise StartError("jsg bench fills a store with invented entries: it takes the embedded one only")
    settings.state.mkdir(parents=True, exist_ok=True)
    machine = describe(settings.state)
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="bench-", dir=settings.state) as name:
        try:
            if arguments.seconds:
                (Path(name) / "served").mkdir()
                figures |= _delays(arguments, Path(name) / "served")
            if arguments.entries:
                (Path(name) / "large").mkdir()
                figures |= as_json(measured(Path(name) / "large", arguments.entries, arguments.body_bytes, _say))
        except BenchError as error:
            print(f"jsg bench: {error}", file=sys.stderr)
            return ERROR
    result = {"command": shlex.join(["jsg", *sys.argv[1:]]), "machine": machine, "figures": figures}
    print(json.dumps(result, ensure_ascii=False, indent=1) if arguments.json else "\n".join(_lines(result)))
    return OK


def _delays(arguments: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Serve a small register, and look how long answers wait for their checkpoints: idle, then beside a load."""
    prepare(arguments.config, folder)
    place, now = Place(arguments.config, folder), SystemClock().now()
    questions = make_questions(SEED, ENTERPRISES)
    write_questions(folder / "questions", questions)
    requests = iter([credit_pb2.CheckEligibilityRequest.FromString(each) for each in questions])
    asking = Asking(arguments.in_flight, 1, str(folder / "questions"), credentials_of(place))
    log = folder / "log" / str(civil_date(now).year)
    with serving(place, "127.0.0.1:0") as (port, process):
        callers = Callers(place, port)
        producers = callers.file.feeds
        fill_register(
            SEED,
            civil_date(now),
            ENTERPRISES,
            lambda feed, sent: callers.as_caller(producers[feed]).submit(sent),
            _quiet,
        )
        callers.confirm_feeds()
        asker = callers.as_caller(callers.file.areas[Area.BIDDING])

        def ask() -> int:
            return asker.check(next(requests)).audit_position.number

        ask()
        idle = delays(ask, log, arguments.seconds, LONGEST_PAUSE)
        _say(f"idle: {len(idle)} answers")
        with load_on(port, [process.pid], asking, folder / "callers.log", verdicts=True) as load:
            # Longer than what is measured beside it, by what the last answer may wait.
            pressing = threading.Thread(target=load.round, args=(arguments.seconds + 1.0,))
            pressing.start()
            busy = delays(ask, log, arguments.seconds, LONGEST_PAUSE)
            pressing.join()
        _say(f"beside {arguments.in_flight} in flight: {len(busy)} answers")
        callers.close()
    return {"F11": _f11(idle, busy, arguments.in_flight)}


def _f11(idle: Sequence[int], busy: Sequence[int], in_flight: int) -> dict[str, Any]:
    worst = max(percentile(sorted(each), 0.99) for each in (idle, busy)) / 1e6
    return GOALS["F11"].judged(worst, **{"idle": _shares(idle), f"beside {in_flight} in flight": _shares(busy)})


def _shares(found: Sequence[int]) -> dict[str, Any]:
    ordered = sorted(found)
    shares = {f"p{round(share * 100)}": round(percentile(ordered, share) / 1e6, 3) for share in SHARES}
    return {"answers": len(found), **shares, "most": round(ordered[-1] / 1e6, 3)}


def _lines(result: dict[str, Any]) -> list[str]:
    machine = result["machine"]
    lines = [f"{machine['processor']}, {machine['cores']} cores, load {machine['load_average']} at the start"]
    for name, figure in result["figures"].items():
        if "value" not in figure:
            lines += [
                f"  {step}: {each['entries']:,} entries, {each['seconds']:g} s, {each['mib']} MiB"
                for step, each in figure.items()
            ]
            continue
        lines.append("  " + figure_line(name, figure))
        lines += [f"    {what}: {told}" for what, told in figure.items() if isinstance(told, dict)]
    return lines


def _quiet(_rows: int, _seconds: float) -> None:
    """Say nothing: the register is small."""


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)

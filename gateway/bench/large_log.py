"""A log of any size, made by the code that serves: recorded, integrated, made anew from its bytes, verified (F12).

Run as ``python -m gateway.bench.large_log STEP STATE ENTRIES BODY_BYTES``: each step is a process of its own, so that
its memory is its own. It prints one line of JSON: seconds, the memory at its highest, how many entries, and what is
wrong.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from formats.note import parse_key
from gateway.bench.goals import GOALS
from gateway.bench.processes import BenchError, heard, running
from gateway.clock import SystemClock
from gateway.domain.audit import Draft, salts_needed, seal
from gateway.security.log_keys import LogKeys, holds
from gateway.services.integrate_queues import IntegrateQueues
from gateway.storage.audit_open import open_queue
from gateway.storage.audit_queue import COMMIT_LIMIT
from gateway.storage.engine import open_engine
from gateway.storage.log_check import LogCheck
from gateway.storage.log_files import LogFolder
from gateway.storage.log_place import LogPlace, log_engine
from gateway.storage.log_queues import PlaceQueues
from gateway.storage.log_verify import FolderCheck
from gateway.storage.migrations import LOG, upgrade

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

GATEWAY: Final = "bench.example"
WRITER: Final = "gw1-0"
STEPS: Final = ("record", "integrate", "fsck", "verify")
F12_ENTRIES: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Stepped:
    """What one step took."""

    seconds: float
    mib: float
    entries: int
    flaws: tuple[str, ...]


def measured(state: Path, entries: int, body_bytes: int, say: Callable[[str], None]) -> dict[str, Stepped]:
    """Make a log of *entries* entries in the empty folder *state*, and go through it; *say* is told after each step.

    Raises:
        BenchError: A step ended early, or found the log flawed.
    """
    found = {}
    for step in STEPS:
        words = ["gateway.bench.large_log", step, str(state), str(entries), str(body_bytes)]
        with running(words, state / "steps.log") as process:
            told = json.loads(heard(process, state / "steps.log"))
        if told["flaws"]:
            raise BenchError(f"{step}: {told['flaws'][0]}")
        found[step] = Stepped(told["seconds"], told["mib"], told["entries"], tuple(told["flaws"]))
        say(f"{step}: {told['entries']:,} entries, {told['seconds']:.1f} s, {told['mib']:.0f} MiB")
    return found


def as_json(steps: Mapping[str, Stepped]) -> dict[str, Any]:
    """Return what ``measured`` found, with the figure F12; of a larger log, for each million of its entries."""
    verify = steps["verify"]
    seconds = verify.seconds * F12_ENTRIES / max(verify.entries, F12_ENTRIES)
    return {
        "F12": GOALS["F12"].judged(
            seconds,
            entries=verify.entries,
            met=verify.entries >= F12_ENTRIES and GOALS["F12"].met(seconds),
            reached=verify.entries >= F12_ENTRIES and GOALS["F12"].reached(seconds),
        ),
        "steps": {
            name: {"seconds": round(each.seconds, 2), "mib": round(each.mib), "entries": each.entries}
            for name, each in steps.items()
        },
    }


def _record(state: Path, entries: int, body_bytes: int) -> tuple[int, list[str]]:
    """Fill a queue as fast as it takes entries: sealed one by one, stored in the commits of a busy gateway."""
    place = LogPlace(_url(state), state)
    queue = open_queue(place.queues, WRITER)
    begun = datetime.now(UTC)
    filler = "f" * max(0, body_bytes - 200)
    for first in range(queue.tail.next_number, entries, COMMIT_LIMIT):
        batch = []
        for number in range(first, min(entries, first + COMMIT_LIMIT)):
            draft = Draft(
                {
                    "method": "CreditService/CheckEligibility",
                    "outcome": "OK",
                    "case": f"JSGC-2026-{number}",
                    "purpose": filler,
                    "enterprises": ["91420399MA00K2UM2D"],
                    "request": {"sha256": f"{number:064x}"},
                }
            )
            salts = os.urandom(salts_needed(draft))
            batch.append(seal(draft, WRITER, number, begun + timedelta(milliseconds=number), salts))
        queue.store.append(batch)
    queue.held.close()
    return entries, []


def _integrate(state: Path, _entries: int, _body_bytes: int) -> tuple[int, list[str]]:
    engine = log_engine(open_engine(_url(state)), state)
    upgrade(engine, LOG)
    engine.dispose()
    place = LogPlace(_url(state), state)
    keys, files = LogKeys(state / "keys"), LogFolder(state / "log")
    integrating = IntegrateQueues(GATEWAY, place.store, PlaceQueues(place.queues), keys, files, SystemClock())
    log, more = integrating.begin(), True
    while more:
        log, more = integrating.round(log)
    return log.signed_size, []


def _fsck(state: Path, _entries: int, _body_bytes: int) -> tuple[int, list[str]]:
    place = LogPlace(_url(state), state)
    report = LogCheck(place.queues, place.store, LogFolder(state / "log"), holds).run(lambda _: None)
    return report.integrated, report.flaws


def _verify(state: Path, _entries: int, _body_bytes: int) -> tuple[int, list[str]]:
    (checkpoint,) = (state / "log").glob("*/checkpoint")
    folder = checkpoint.parent
    key = parse_key((folder / "vkey").read_text(encoding="utf-8").strip())
    report = FolderCheck(folder, [key], holds).run(lambda _: None)
    return report.entries, report.flaws


def _url(state: Path) -> str:
    return f"sqlite:///{state / 'facts.sqlite'}"


def _main() -> None:
    step, state, entries, body_bytes = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    do = {"record": _record, "integrate": _integrate, "fsck": _fsck, "verify": _verify}[step]
    begun = time.monotonic()
    count, flaws = do(state, entries, body_bytes)
    seconds = time.monotonic() - begun
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "mib": mib, "entries": count, "flaws": flaws}), flush=True)


if __name__ == "__main__":
    _main()

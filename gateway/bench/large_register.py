"""A register of full size beside a small one: its start (F8), its answers (F5), and its answers during an import.

Everything is measured in turn in one run. How the stores came to be is not known here.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.bench.figures import Spread, percentile
from gateway.bench.load import load_on
from gateway.bench.processes import BenchError, family, resident_mib, running, serving_port

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from gateway.bench.figures import Round
    from gateway.bench.load import Asking, Load

STARTS: Final = 5
WARM_SECONDS: Final = 1.0
SETTLE_SECONDS: Final = 1.0
"""After an import is stopped or goes on, before a round: what was under way ends, and checks are asked meanwhile."""
NICE: Final = 10
"""Of the importing command, which also keeps to the last processor: in a city it runs elsewhere, and must not take the
CPU from whoever asks."""
START_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Stage:
    """One gateway to measure: its command line before ``serve``, its log, and how it is asked."""

    serve: Sequence[str]
    log: Path
    asking: Asking


@dataclass(frozen=True, slots=True)
class Started:
    """How long a start took until calls were answered, and the memory right after it."""

    seconds: float
    mib: float


@dataclass(frozen=True, slots=True)
class Rounds:
    """Rounds in turn: without and with what is looked at."""

    without: tuple[Round, ...]
    with_it: tuple[Round, ...]

    def rates(self) -> Spread:
        """Return the ratio of the delivered calls a second, with to without."""
        return Spread.of([b.rate / a.rate for a, b in zip(self.without, self.with_it, strict=True)])

    def slower(self, share: float) -> Spread:
        """Return the ratio of the latency that *share* of the calls keep, with to without."""
        pairs = zip(self.without, self.with_it, strict=True)
        return Spread.of([latency([b], share) / latency([a], share) for a, b in pairs])


def latency(rounds: Sequence[Round], share: float) -> int:
    """Return the latency that *share* of the calls of *rounds* keep, microseconds."""
    return percentile(sorted(one for each in rounds for one in each.latencies), share)


def starts(stage: Stage) -> list[Started]:
    """Start a gateway several times, one after the other."""
    found = []
    for _ in range(STARTS):
        begun = time.monotonic()
        with _served(stage) as (_, process):
            found.append(Started(time.monotonic() - begun, resident_mib([process])))
    return found


def growth(small: Stage, large: Stage, pairs: int, seconds: float) -> Rounds:
    """Ask two gateways in turn, each with questions about its own register; one that idles costs little."""
    with _served(small) as one, _served(large) as other, _asked(one, small) as few, _asked(other, large) as many:
        for load in (few, many):
            load.round(WARM_SECONDS)
        rounds = [(few.round(seconds), many.round(seconds)) for _ in range(pairs)]
    return Rounds(*map(tuple, zip(*rounds, strict=True)))


def meanwhile(stage: Stage, command: Sequence[str], pairs: int, asked: tuple[float, float]) -> Rounds:
    """Ask at a fixed rate without and with an import under way, in turn: it is stopped for each round without.

    Args:
        stage: The gateway.
        command: What imports, after ``jsg``; the port is put in for ``PORT``.
        pairs: As many, or fewer when the import ends before.
        asked: Seconds of a round, and calls a second.

    Raises:
        BenchError: The import ended before one pair was complete.
    """
    seconds, rate = asked
    rounds: list[tuple[Round, Round]] = []
    with _served(stage) as served, _asked(served, stage) as load:
        load.round(WARM_SECONDS, rate)
        words = [word.replace("PORT", str(served[0])) for word in command]
        with _importing(words, stage.log, served[1]) as process:
            while len(rounds) < pairs:
                process.send_signal(signal.SIGSTOP)
                load.round(SETTLE_SECONDS, rate)
                calm = load.round(seconds, rate)
                process.send_signal(signal.SIGCONT)
                load.round(SETTLE_SECONDS, rate)
                disturbed = load.round(seconds, rate)
                if process.poll() is not None:
                    break
                rounds.append((calm, disturbed))
    if not rounds:
        raise BenchError("the import ended before answers were measured beside it; it needs more records")
    return Rounds(*map(tuple, zip(*rounds, strict=True)))


@contextmanager
def _importing(words: Sequence[str], log: Path, server: int) -> Iterator[subprocess.Popen[bytes]]:
    """Import until the end of the context; yields once records are taken in."""
    with log.open("ab") as sink:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-P", "-m", "gateway", *words], stdout=sink, stderr=sink
        )
    os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
    os.sched_setaffinity(process.pid, {max(os.sched_getaffinity(0))})
    try:
        deadline = time.monotonic() + START_SECONDS
        while len(family([server])) == 1:
            if process.poll() is not None or time.monotonic() > deadline:
                raise BenchError(f"the import did not begin; see {log}")
            time.sleep(0.02)
        yield process
    finally:
        for number in (signal.SIGCONT, signal.SIGTERM):
            if process.poll() is None:
                os.kill(process.pid, number)
        process.wait()


@contextmanager
def _served(stage: Stage) -> Iterator[tuple[int, int]]:
    """Serve, and yield port and process."""
    stage.log.unlink(missing_ok=True)
    with running(["gateway", *stage.serve, "serve", "--listen", "127.0.0.1:0"], stage.log) as process:
        yield serving_port(process, stage.log), process.pid


def _asked(served: tuple[int, int], stage: Stage) -> AbstractContextManager[Load]:
    return load_on(served[0], [served[1]], stage.asking, stage.log, verdicts=True)

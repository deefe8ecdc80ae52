"""A soak: the gateway at a share of its limit for hours, with the mixture of a day, looked at again and again.

The limit is what a closed loop of single checks gets. Then checks come in an open loop at the share of it, in stretches
that follow one another without a gap: two groups of callers take turns, and one judges its answers while the other
asks. Beside them the other calls of a day are made, a turn a stretch. Whether anything grew is judged in
``gateway.bench.flat``, and whether every answer is on record in ``gateway.bench.soak_account``.
"""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Final

from adapters.errors import GatewayError
from gateway.bench.comparison import gateway_command
from gateway.bench.figures import percentile
from gateway.bench.load import load_on
from gateway.bench.processes import BenchError, running, serving_port
from gateway.bench.soak_samples import look

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from contextlib import AbstractContextManager
    from datetime import date

    from gateway.bench.comparison import Plan
    from gateway.bench.figures import Round
    from gateway.bench.load import Load
    from gateway.bench.soak_mixture import Mixture
    from gateway.bench.soak_samples import Sample

CHECK: Final = "CreditService/CheckEligibility"
GROUPS: Final = 2
LIMIT_ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class Soaking:
    """How long, at which share of the limit, in stretches of how many seconds, and the day on which it is.

    ``warm`` is how many answers come before the first stretch, at the limit: the access index fills its cache of pages
    with the first 100,000 entries, some 40 MiB, and no more with those that follow.
    """

    hours: float
    share: float
    window: float
    today: date
    warm: int = 0

    @property
    def windows(self) -> int:
        """How many stretches."""
        return round(self.hours * 3_600 / self.window)


@dataclass(slots=True)
class Soaked:
    """What was measured; ``fault`` says why it ended early, in one sentence, and is empty when it did not."""

    limit: float = 0.0
    rate: float = 0.0
    samples: list[Sample] = field(default_factory=list)
    answered: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    verdicts: Counter[str] = field(default_factory=Counter)
    delivered: list[float] = field(default_factory=list)
    """Checks a second of each stretch that were answered within it."""
    late_us: int = 0
    """How late the callers themselves were at the most, 99th percentile of a stretch."""
    turns: int = 0
    """Of the other calls; fewer than stretches where one took longer than a stretch."""
    fault: str = ""


def soak(
    plan: Plan,
    how: Soaking,
    mixture_at: Callable[[int], AbstractContextManager[Mixture]],
    progress: Callable[[int, Sample], None],
) -> Soaked:
    """Serve, find the limit, and soak; the gateway has ended when this returns.

    Args:
        plan: What is served and how single checks are asked, by how many calls at once.
        how: For how long, and how much.
        mixture_at: Makes the other callers, connected to a port.
        progress: Told of each stretch and what was seen at its end.

    Raises:
        BenchError: It did not serve, or did not stop.
    """
    log = plan.folder / "bench-gateway.log"
    found = Soaked()
    with ExitStack() as stack:
        gateway = stack.enter_context(running(gateway_command(plan), log))
        port = serving_port(gateway, log)
        asking = (port, [gateway.pid], plan.asking, plan.folder / "callers.log")
        loads = [stack.enter_context(load_on(*asking, verdicts=True)) for _ in range(GROUPS)]
        mixture = stack.enter_context(mixture_at(port))
        try:
            # The first turn starts the process that takes submissions in, and makes the access index.
            mixture.turn(0, how.today)
            found.turns = 1
            for _ in range(LIMIT_ROUNDS):
                _counted(found, loads[0].round(how.window))
            found.limit = median(found.delivered)
            while found.answered[CHECK] < how.warm:
                _counted(found, loads[0].round(how.window))
                mixture.search()
            found.delivered.clear()
            found.rate = how.share * found.limit
            _Run(plan, how, found, progress).go(gateway.pid, loads, mixture)
        except (BenchError, GatewayError, OSError) as error:
            found.fault = str(error) or type(error).__name__
        found.answered.update(mixture.answered)
        found.unanswered.update(mixture.unanswered)
    return found


class _Run:
    """The stretches of one soak."""

    def __init__(self, plan: Plan, how: Soaking, found: Soaked, progress: Callable[[int, Sample], None]) -> None:
        self._plan, self._how, self._found, self._progress = plan, how, found, progress

    def go(self, pid: int, loads: list[Load], mixture: Mixture) -> None:
        how, found = self._how, self._found
        begun = time.monotonic()
        with ThreadPoolExecutor(GROUPS + 1) as pool:
            asked: list[Future[Round]] = []
            turning: Future[None] | None = None
            for number in range(how.windows + 1):
                time.sleep(max(0.0, begun + number * how.window - time.monotonic()))
                if number < how.windows:
                    asked.append(pool.submit(loads[number % GROUPS].round, how.window, found.rate, from_due=True))
                    if turning is None or turning.done():
                        if turning is not None:
                            turning.result()
                        turning = pool.submit(mixture.turn, found.turns, how.today)
                        found.turns += 1
                if number:
                    ended = asked[number - 1].result()
                    _counted(found, ended)
                    ordered = sorted(ended.latencies)
                    latencies = [percentile(ordered, share) for share in (0.5, 0.99)]
                    found.samples.append(look(pid, self._plan.folder, mixture.status(), latencies))
                    self._progress(number, found.samples[-1])
            if turning is not None:
                turning.result()


def _counted(found: Soaked, ended: Round) -> None:
    found.answered[CHECK] += ended.calls
    found.verdicts.update(ended.verdicts)
    found.delivered.append(ended.rate)
    found.late_us = max(found.late_us, ended.late_us)

"""F1 and F2 for one register: echo and gateway in turn, in one run, on one machine."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.bench.edge import edge_of
from gateway.bench.figures import Pair, Side, Spread
from gateway.bench.load import load_on
from gateway.bench.processes import BenchError, logged, resident_mib, running, serving_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from gateway.bench.load import Asking, Load

WARM_SECONDS: Final = 1.0
_CLOSED: Final = re.compile(r"audit queue closed entries=(\d+) commits=(\d+)")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is measured, and how often.

    ``serve`` is the command line of the gateway before ``serve``; ``server_certificate`` and ``server_key`` are its
    files, which the echo uses as well. ``folder`` is for logs. ``profile`` is None, or where the stacks go. ``rate`` is
    0 for as many calls as are answered, or calls a second that are due whether or not earlier ones were answered. With
    ``edge`` the gateway is asked through its edge.
    """

    serve: Sequence[str]
    server_certificate: str
    server_key: str
    folder: Path
    asking: Asking
    workers: int
    pairs: int
    seconds: float
    profile: Path | None
    rate: float = 0.0
    edge: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came of it. ``entries`` and ``commits`` are those of the gateway's whole life, warm-up included."""

    pairs: tuple[Pair, ...]
    request_bytes: int
    answer_bytes: int
    start_seconds: float
    resident_mib: float
    entries: int
    commits: int

    @property
    def ratio(self) -> Spread:
        """F1: delivered calls a second, gateway to echo."""
        return Spread.of([pair.ratio for pair in self.pairs])

    @property
    def added_cpu_us(self) -> Spread:
        """F2: CPU for a call beyond the echo's, microseconds."""
        return Spread.of([pair.added_cpu_us for pair in self.pairs])

    @property
    def echo(self) -> Side:
        """The echo over all rounds."""
        return Side.of([pair.echo for pair in self.pairs])

    @property
    def gateway(self) -> Side:
        """The gateway over all rounds."""
        return Side.of([pair.gateway for pair in self.pairs])


def compare(plan: Plan, request_bytes: int, progress: Callable[[int], None]) -> Comparison:
    """Start both servers, warm them up, and measure the pairs; *progress* is told how many are done.

    Raises:
        BenchError: A server or caller ended early, or a call was not answered with a verdict.
    """
    log = plan.folder / "bench-gateway.log"
    begun = time.monotonic()
    with ExitStack() as stack:
        gateway = stack.enter_context(running(gateway_command(plan), log))
        port = serving_port(gateway, log)
        start_seconds = time.monotonic() - begun
        servers = [gateway.pid]
        if plan.edge:
            port, proxy = stack.enter_context(edge_of(plan))
            servers.append(proxy)
        asked = stack.enter_context(load_on(port, servers, plan.asking, plan.folder / "callers.log", verdicts=True))
        asked.round(WARM_SECONDS, plan.rate)
        answer_bytes = asked.answer_bytes
        with echo_of(plan, answer_bytes) as echoed:
            pairs = tuple(pairs_of(plan, echoed, asked, progress))
        resident = resident_mib([gateway.pid])
    entries, commits = _recorded(log)
    return Comparison(pairs, request_bytes, answer_bytes, start_seconds, resident, entries, commits)


def pairs_of(plan: Plan, echoed: Load, asked: Load, progress: Callable[[int], None]) -> Iterator[Pair]:
    """Yield rounds of echo and gateway in turn; *progress* is told how many pairs are done."""
    due = bool(plan.rate)
    echoed.round(WARM_SECONDS, plan.rate)
    for number in range(plan.pairs):
        yield Pair(*(side.round(plan.seconds, plan.rate, from_due=due) for side in (echoed, asked)))
        progress(number + 1)


def gateway_command(plan: Plan) -> list[str]:
    """Return the command line of the gateway, or of the gateway under the sampler."""
    program = ["gateway"] if plan.profile is None else ["gateway.bench.sampling", str(plan.profile)]
    listen = [] if plan.edge else ["--listen", "127.0.0.1:0"]
    return [*program, *plan.serve, "serve", *listen, "--workers", str(plan.workers)]


@contextmanager
def echo_of(plan: Plan, answer_bytes: int, record: Path | None = None) -> Iterator[Load]:
    """Serve the echo by as many processes as the gateway, all on one port.

    With *record*, a folder, the one that records its calls there, by one process.
    """
    port = 0
    with ExitStack() as stack:
        pids = []
        for worker in range(plan.workers if record is None else 1):
            log = plan.folder / f"bench-echo-{worker if record is None else 'recording'}.log"
            log.unlink(missing_ok=True)  # an earlier echo said there on which port it was
            settings = {
                "port": port,
                "answer_bytes": answer_bytes,
                "certificate": plan.server_certificate,
                "key": plan.server_key,
                "authorities": plan.asking.credentials.authorities,
                "record": str(record),
            }
            module = "gateway.bench.echo" if record is None else "gateway.bench.recording_echo"
            process = stack.enter_context(running([module], log, settings))
            port = serving_port(process, log)
            pids.append(process.pid)
        yield stack.enter_context(load_on(port, pids, plan.asking, plan.folder / "callers.log", verdicts=False))


def _recorded(log: Path) -> tuple[int, int]:
    """Return entries and commits that the gateway's writers counted when they closed."""
    closed = [found for entry in logged(log) if (found := _CLOSED.fullmatch(str(entry.get("event"))))]
    if not closed:
        raise BenchError(f"the gateway did not say how much it recorded; see {log}")
    return sum(int(found[1]) for found in closed), sum(int(found[2]) for found in closed)

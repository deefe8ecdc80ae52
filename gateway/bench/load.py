"""Load on one server: its callers, and rounds of calls during which the server's CPU is read."""

from __future__ import annotations

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway.bench.answers import CHECK
from gateway.bench.figures import Round, percentile
from gateway.bench.processes import BenchError, cpu_seconds, heard, running, say

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Sequence
    from pathlib import Path

CONNECTIONS: Final = 4
"""Connections of each calling process: a gateway has several callers, and several workers need them."""


CALLER: Final = ("gateway.bench.caller",)


@dataclass(frozen=True, slots=True)
class Credentials:
    """Files of a caller's certificate, and the name that the server's bears."""

    authorities: str
    certificate: str
    key: str
    server_name: str


@dataclass(frozen=True, slots=True)
class Asking:
    """How it is asked: calls in flight altogether, by how many processes, which questions, of which method."""

    in_flight: int
    callers: int
    questions: str
    credentials: Credentials
    method: str = CHECK


class Load:
    """The callers of one server, connected and waiting for rounds."""

    def __init__(self, callers: Sequence[subprocess.Popen[str]], servers: Sequence[int], log: Path) -> None:
        self._callers = callers
        self._servers = servers
        self._log = log
        self.answer_bytes = 0
        """Mean size of an answer in the last round."""

    def round(self, seconds: float, rate: float = 0.0, *, from_due: bool = False) -> Round:
        """Ask for *seconds*: each call at once after another, or as many a second as *rate* says.

        With *from_due* latencies run from when a call was due, the calling process's own late waking included.

        Raises:
            BenchError: A call was not answered, or an answer was none.
        """
        before = cpu_seconds(self._servers)
        for caller in self._callers:
            say(caller, {"seconds": seconds, "rate": rate / len(self._callers), "from_due": from_due})
        for caller in self._callers:
            heard(caller, self._log)
        spent = cpu_seconds(self._servers) - before
        told: list[dict[str, Any]] = [json.loads(heard(caller, self._log)) for caller in self._callers]
        for one in told:
            if one["fault"]:
                raise BenchError(f"a call was not answered: {one['fault']}")
        latencies = tuple(latency for one in told for latency in one["latencies"])
        late = sorted(each for one in told for each in one.get("late", ()))
        if not latencies:
            raise BenchError("no call was answered in a round")
        self.answer_bytes = round(sum(one["answer_bytes"] for one in told) / len(latencies))
        return Round(
            seconds=seconds,
            calls=len(latencies),
            delivered=sum(one["delivered"] for one in told),
            cpu_seconds=spent,
            latencies=latencies,
            verdicts=sum((Counter(one["verdicts"]) for one in told), Counter[str]()),
            late_us=percentile(late, 0.99) if late else 0,
        )


@contextmanager
def pressing(load: Load) -> Iterator[None]:
    """Keep *load* asking, round after round, until the context ends; a round that failed ends the context with it.

    Raises:
        BenchError: A call was not answered, or an answer was none.
    """
    over = threading.Event()

    def press() -> None:
        while not over.is_set():
            load.round(1.0)

    with ThreadPoolExecutor(1) as pool:
        pressed = pool.submit(press)
        try:
            yield
        finally:
            over.set()
        pressed.result()


@contextmanager
def load_on(
    port: int, servers: Sequence[int], asking: Asking, log: Path, *, verdicts: bool, caller: Sequence[str] = CALLER
) -> Iterator[Load]:
    """Connect callers to the server on *port*; they end with the context.

    Args:
        port: On 127.0.0.1.
        servers: Its processes, whose CPU is read.
        asking: How it is asked.
        log: Where the callers complain.
        verdicts: Every answer must be a verdict.
        caller: Module of the calling process, and its arguments.
    """
    shares = [
        asking.in_flight // asking.callers + (i < asking.in_flight % asking.callers) for i in range(asking.callers)
    ]
    with ExitStack() as stack:
        callers = []
        for place, share in enumerate(shares):
            settings = {
                **asdict(asking.credentials),
                "target": f"127.0.0.1:{port}",
                "connections": min(CONNECTIONS, share),
                "questions": asking.questions,
                "method": asking.method,
                "in_flight": share,
                "place": place,
                "verdicts": verdicts,
            }
            callers.append(stack.enter_context(running(caller, log, settings)))
        for started in callers:
            heard(started, log)
        yield Load(callers, servers, log)

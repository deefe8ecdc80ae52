"""F4: one adapter asked by many threads at once, beside the bare echo, in turn, in one run, on one machine."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from gateway.bench.comparison import WARM_SECONDS, echo_of, gateway_command
from gateway.bench.figures import Spread
from gateway.bench.goals import GOALS
from gateway.bench.load import load_on
from gateway.bench.processes import running, serving_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.bench.comparison import Plan
    from gateway.bench.figures import Round

_CALLER: Final = "gateway.bench.adapter_caller"
IN_THREADS: Final = "threads"
"""Argument of the calling process: each who asks is a thread, not a task of an event loop."""
ECHO_IN_FLIGHT: Final = 64
ANSWER_BYTES: Final = 1_000
"""What the echo answers: about what the gateway says of an enterprise on which nothing weighs."""


@dataclass(frozen=True, slots=True)
class AdapterPair:
    """Two rounds, one after the other."""

    echo: Round
    adapter: Round


def compare_adapter(plan: Plan, progress: Callable[[int], None], *, threads: bool) -> list[AdapterPair]:
    """Start the gateway with one adapter before it, and the echo, and measure the pairs.

    ``plan.asking.in_flight`` is the number of those who ask, each in a thread or, unless *threads*, in a task of one
    event loop; the echo has 64 calls in flight, as in F1.

    Raises:
        BenchError: A process ended early, or a check was not answered and recorded.
    """
    log = plan.folder / "bench-gateway.log"
    caller = (_CALLER, IN_THREADS) if threads else (_CALLER,)
    bare = replace(plan, asking=replace(plan.asking, in_flight=ECHO_IN_FLIGHT))
    with ExitStack() as stack:
        gateway = stack.enter_context(running(gateway_command(plan), log))
        port = serving_port(gateway, log)
        callers = plan.folder / "callers.log"
        asked = stack.enter_context(load_on(port, [gateway.pid], plan.asking, callers, verdicts=True, caller=caller))
        echoed = stack.enter_context(echo_of(bare, ANSWER_BYTES))
        asked.round(WARM_SECONDS)
        echoed.round(WARM_SECONDS)
        pairs = []
        for number in range(plan.pairs):
            pairs.append(AdapterPair(echoed.round(plan.seconds), asked.round(plan.seconds)))
            progress(number + 1)
    return pairs


def figures(pairs: list[AdapterPair]) -> dict[str, Any]:
    """Return F4 and the rates behind it."""
    rate = round(Spread.of([pair.adapter.rate for pair in pairs]).value)
    return {
        "figures": {
            "F4": GOALS["F4"].judged(
                Spread.of([pair.adapter.rate / pair.echo.rate for pair in pairs]),
                delivered={"checks_per_second": rate},
            )
        },
        "echo_calls_per_second": round(Spread.of([pair.echo.rate for pair in pairs]).value),
        "checks_per_second": rate,
        "gateway_cores": round(Spread.of([pair.adapter.cores for pair in pairs]).value, 2),
        "verdicts": dict(sum((pair.adapter.verdicts for pair in pairs[1:]), pairs[0].adapter.verdicts)),
    }

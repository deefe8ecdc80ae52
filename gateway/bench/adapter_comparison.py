"""F4: one adapter asked by many threads at once, beside the bare echo, in turn, in one run, on one machine."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from gateway.bench.comparison import WARM_SECONDS, echo_of, gateway_command
from gateway.bench.figures import Spread
from gateway.bench.load import load_on
from gateway.bench.processes import running, serving_port

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.bench.comparison import Plan
    from gateway.bench.figures import Round

F4_BAR: Final = 2.0
F4_GOAL: Final = 5.0
_CALLER: Final = "gateway.bench.adapter_caller"
ECHO_IN_FLIGHT: Final = 64
ANSWER_BYTES: Final = 1_000
"""What the echo answers: about what the gateway says of an enterprise on which nothing weighs."""


@dataclass(frozen=True, slots=True)
class AdapterPair:
    """Two rounds, one after the other."""

    echo: Round
    adapter: Round


def compare_adapter(plan: Plan, progress: Callable[[int], None]) -> list[AdapterPair]:
    """Start the gateway with one adapter before it, and the echo, and measure the pairs.

    ``plan.asking.in_flight`` is the number of threads; the echo has 64 calls in flight, as in F1.

    Raises:
        BenchError: A process ended early, or a check was not answered and recorded.
    """
    log = plan.folder / "bench-gateway.log"
    bare = replace(plan, asking=replace(plan.asking, in_flight=ECHO_IN_FLIGHT))
    with ExitStack() as stack:
        gateway = stack.enter_context(running(gateway_command(plan), log))
        port = serving_port(gateway, log)
        callers = plan.folder / "callers.log"
        asked = stack.enter_context(load_on(port, [gateway.pid], plan.asking, callers, verdicts=True, caller=_CALLER))
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
    ratio = Spread.of([pair.adapter.rate / pair.echo.rate for pair in pairs])
    return {
        "F4": {
            "value": round(ratio.value, 2),
            "low": round(ratio.low, 2),
            "high": round(ratio.high, 2),
            "unit": "adapter's checks/s : echo's calls/s",
            "bar": F4_BAR,
            "goal": F4_GOAL,
            "met": ratio.value >= F4_BAR,
        },
        "echo_calls_per_second": round(Spread.of([pair.echo.rate for pair in pairs]).value),
        "checks_per_second": round(Spread.of([pair.adapter.rate for pair in pairs]).value),
        "gateway_cores": round(Spread.of([pair.adapter.cores for pair in pairs]).value, 2),
        "verdicts": dict(sum((pair.adapter.verdicts for pair in pairs[1:]), pairs[0].adapter.verdicts)),
    }

"""How the gateway grows: with the calls in flight and with the register, beside the echo, as one table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gateway.bench.comparison import WARM_SECONDS, echo_of, gateway_command, pairs_of
from gateway.bench.figures import Side, Spread
from gateway.bench.load import load_on
from gateway.bench.processes import running, serving_port

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gateway.bench.comparison import Plan
    from gateway.bench.figures import Pair

Curve = dict[int, tuple["Pair", ...]]
"""Pairs of rounds by calls in flight."""


def curve(plan: Plan, in_flights: Sequence[int], progress: Callable[[int], None]) -> Curve:
    """Serve once and measure pairs with each number of calls in flight; *progress* is told each when it is done.

    Raises:
        BenchError: A server or caller ended early, or a call was not answered and recorded.
    """
    log, callers = plan.folder / "bench-gateway.log", plan.folder / "callers.log"
    found = {}
    with running(gateway_command(plan), log) as gateway:
        port = serving_port(gateway, log)
        for in_flight in in_flights:
            own = replace(plan, asking=replace(plan.asking, in_flight=in_flight))
            with load_on(port, [gateway.pid], own.asking, callers, verdicts=True) as asked:
                asked.round(WARM_SECONDS)
                with echo_of(own, asked.answer_bytes) as echoed:
                    found[in_flight] = tuple(pairs_of(own, echoed, asked, lambda _: None))
            progress(in_flight)
    return found


def as_json(curves: Mapping[int, Curve]) -> dict[str, Any]:
    """Return the curves by number of records and calls in flight."""
    return {
        "curves": {
            str(records): {str(in_flight): _point(pairs) for in_flight, pairs in found.items()}
            for records, found in curves.items()
        }
    }


def _point(pairs: Sequence[Pair]) -> dict[str, Any]:
    ratio, gateway, echo = (
        Spread.of([pair.ratio for pair in pairs]),
        Side.of([pair.gateway for pair in pairs]),
        Side.of([pair.echo for pair in pairs]),
    )
    return {
        "ratio": {"value": round(ratio.value, 3), "spread": [round(ratio.low, 3), round(ratio.high, 3)]},
        "calls_per_second": round(gateway.rate.value),
        "echo_calls_per_second": round(echo.rate.value),
        "cpu_us_per_call": round(gateway.cpu_us.value),
        "p50_us": gateway.latencies_us[0],
        "p99_us": gateway.latencies_us[-1],
    }


def table(result: Mapping[str, Any]) -> str:
    """Return one table for people: a row a register, a column a number of calls in flight."""
    curves = result["curves"]
    columns = list(next(iter(curves.values())))
    rows = [["calls/s (: echo; p50, p99 in ms)", *(f"{in_flight} in flight" for in_flight in columns)]]
    for records, points in curves.items():
        rows.append([f"{int(records):,} records", *(_shown(points[in_flight]) for in_flight in columns)])
    widths = [max(len(row[place]) for row in rows) for place in range(len(columns) + 1)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) for row in rows)


def _shown(point: Mapping[str, Any]) -> str:
    latencies = f"{point['p50_us'] / 1000:.1f}, {point['p99_us'] / 1000:.1f}"
    return f"{point['calls_per_second']:,} ({point['ratio']['value']:g}; {latencies})"

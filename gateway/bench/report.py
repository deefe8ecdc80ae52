"""What the benchmark prints: one table for people, one object for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gateway.bench.figures import SHARES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.bench.comparison import Comparison
    from gateway.bench.figures import Side, Spread
    from gateway.bench.register import Filled

F1_BAR: Final = 0.65
F1_GOAL: Final = 0.85
F2_BAR_US: Final = 250.0
F2_GOAL_US: Final = 80.0

Measured = dict[int, tuple["Filled", "Comparison"]]
"""What was measured, by number of enterprises."""


def as_json(
    measured: Mapping[int, tuple[Filled, Comparison]], machine: Mapping[str, object], settings: Mapping[str, object]
) -> dict[str, Any]:
    """Return everything; the figures themselves are those of the largest register."""
    registers = {str(size): _register(filled, compared) for size, (filled, compared) in measured.items()}
    return {
        "figures": registers[str(max(measured))]["figures"],
        "registers": registers,
        "machine": dict(machine),
        "settings": dict(settings),
    }


def _register(filled: Filled, compared: Comparison) -> dict[str, Any]:
    return {
        "figures": {
            "F1": {
                **_spread(compared.ratio, 3),
                "unit": "gateway's calls/s : echo's",
                "bar": F1_BAR,
                "goal": F1_GOAL,
                "met": compared.ratio.value >= F1_BAR,
            },
            "F2": {
                **_spread(compared.added_cpu_us, 0),
                "unit": "µs of server CPU a call beyond the echo's",
                "bar": F2_BAR_US,
                "goal": F2_GOAL_US,
                "met": compared.added_cpu_us.value <= F2_BAR_US,
            },
        },
        "records": filled.records,
        "fill_seconds": round(filled.seconds, 1),
        "start_seconds": round(compared.start_seconds, 1),
        "resident_mib": round(compared.resident_mib),
        "pairs": len(compared.pairs),
        "request_bytes": compared.request_bytes,
        "answer_bytes": compared.answer_bytes,
        "entries": compared.entries,
        "commits": compared.commits,
        "commits_per_answer": round(compared.commits / compared.entries, 4),
        "echo": _side(compared.echo),
        "gateway": _side(compared.gateway),
    }


def _spread(spread: Spread, digits: int) -> dict[str, Any]:
    return {"value": round(spread.value, digits), "spread": [round(spread.low, digits), round(spread.high, digits)]}


def _side(side: Side) -> dict[str, Any]:
    return {
        "calls_per_second": _spread(side.rate, 0),
        "cpu_us_per_call": _spread(side.cpu_us, 0),
        "cores": round(side.cores, 2),
        "latency_us": {f"p{share * 100:.0f}": value for share, value in zip(SHARES, side.latencies_us, strict=True)},
        "verdicts": {name: round(share, 4) for name, share in side.verdicts.items()},
    }


def table(result: Mapping[str, Any]) -> str:
    """Return ``as_json``'s result for people."""
    parts = [_heading(result)]
    parts += [_section(int(size), register) for size, register in result["registers"].items()]
    return "\n\n".join(parts)


def _heading(result: Mapping[str, Any]) -> str:
    machine, settings = result["machine"], result["settings"]
    return (
        f"{machine['processor']}, {machine['cores']} cores, load {machine['load_average']} at the start, "
        f"Python {machine['python']}, grpcio {machine['grpcio']}\n"
        f"{machine['file_system']}, {machine['sync_us']} µs a sync; {settings['in_flight']} in flight from "
        f"{settings['callers']} calling process(es), {settings['workers']} serving; "
        f"{settings['pairs']} pairs of {settings['seconds']:g} s"
    )


def _section(size: int, register: Mapping[str, Any]) -> str:
    figures, sides = register["figures"], (register["echo"], register["gateway"])
    rows = [("", "echo", "gateway")]
    rows.append(_row("calls/s", [_shown(side["calls_per_second"]) for side in sides]))
    rows.append(_row("server CPU, µs a call", [_shown(side["cpu_us_per_call"]) for side in sides]))
    rows.append(_row("server's cores busy", [str(side["cores"]) for side in sides]))
    rows += [
        _row(f"latency {name}, ms", [f"{side['latency_us'][name] / 1000:.1f}" for side in sides])
        for name in sides[0]["latency_us"]
    ]
    mix = ", ".join(f"{name} {share:.1%}" for name, share in sides[1]["verdicts"].items())
    heading = (
        f"{size:,} enterprises, {register['records']:,} records (submitted in {register['fill_seconds']} s; "
        f"start {register['start_seconds']} s, {register['resident_mib']} MiB)"
    )
    return "\n".join(
        [
            heading,
            *_aligned(rows),
            f"  answers: {mix}; {register['request_bytes']} bytes asked, {register['answer_bytes']} answered",
            f"  commits an answer: {register['commits_per_answer']}",
            _figure("F1", figures["F1"], "≥"),
            _figure("F2", figures["F2"], "≤"),
        ]
    )


def _row(name: str, values: Sequence[str]) -> tuple[str, str, str]:
    echo, gateway = values
    return name, echo, gateway


def _shown(spread: Mapping[str, Any]) -> str:
    low, high = spread["spread"]
    return f"{spread['value']:,.0f} ({low:,.0f} to {high:,.0f})"


def _aligned(rows: Sequence[tuple[str, str, str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return [f"  {row[0]:{widths[0]}}  {row[1]:>{widths[1]}}  {row[2]:>{widths[2]}}" for row in rows]


def _figure(name: str, figure: Mapping[str, Any], relation: str) -> str:
    low, high = figure["spread"]
    met = "met" if figure["met"] else "MISSED"
    return (
        f"  {name} = {figure['value']:g} ({low:g} to {high:g}) {figure['unit']}; "
        f"bar {relation} {figure['bar']:g} {met}, goal {figure['goal']:g}"
    )

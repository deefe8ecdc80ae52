"""What the benchmark prints: one table for people, one object for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.bench.figures import SHARES
from gateway.bench.goals import GOALS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.bench.comparison import Comparison
    from gateway.bench.figures import Side, Spread
    from gateway.bench.register import Filled

Measured = dict[int, tuple["Filled", "Comparison"]]
"""What was measured, by number of enterprises."""


def as_json(
    measured: Mapping[int, tuple[Filled, Comparison]], machine: Mapping[str, object], settings: Mapping[str, object]
) -> dict[str, Any]:
    """Return everything; the figures themselves are those of the largest register."""
    rate = float(str(settings.get("rate", 0)))
    registers = {str(size): _register(filled, compared, rate) for size, (filled, compared) in measured.items()}
    return {
        "figures": registers[str(max(measured))]["figures"],
        "registers": registers,
        "machine": dict(machine),
        "settings": dict(settings),
    }


def figures_of(compared: Comparison) -> dict[str, Any]:
    """Return F1 and F2."""
    delivered = {
        "calls_per_second": round(compared.gateway.rate.value),
        "echo_calls_per_second": round(compared.echo.rate.value),
    }
    return {
        "F1": GOALS["F1"].judged(compared.ratio, delivered=delivered),
        "F2": GOALS["F2"].judged(compared.added_cpu_us, delivered=delivered),
    }


def _register(filled: Filled, compared: Comparison, rate: float) -> dict[str, Any]:
    return {
        # At a given rate both sides deliver the same: neither figure would say anything.
        "figures": {} if rate else figures_of(compared),
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
        "echo": {**_side(compared.echo), "sent_late_us": max(pair.echo.late_us for pair in compared.pairs)},
        "gateway": {**_side(compared.gateway), "sent_late_us": max(pair.gateway.late_us for pair in compared.pairs)},
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
        f"{settings['pairs']} pairs of {settings['seconds']:g} s" + _rate(settings)
    )


def _rate(settings: Mapping[str, Any]) -> str:
    if not settings.get("rate"):
        return ""
    return f"\n{settings['rate']:g} calls/s are due; latency from when a call was due, waking late included"


def _section(size: int, register: Mapping[str, Any]) -> str:
    figures, sides = register["figures"], (register["echo"], register["gateway"])
    rows = [("", "echo", "gateway")]
    rows.append(_row("calls/s delivered", [_shown(side["calls_per_second"]) for side in sides]))
    rows.append(_row("server CPU, µs a call", [_shown(side["cpu_us_per_call"]) for side in sides]))
    rows.append(_row("server's cores busy", [str(side["cores"]) for side in sides]))
    rows += [
        _row(f"latency {name}, ms", [f"{side['latency_us'][name] / 1000:.1f}" for side in sides])
        for name in sides[0]["latency_us"]
    ]
    if not figures:
        rows.append(_row("of these sent late, p99, ms", [f"{side['sent_late_us'] / 1000:.1f}" for side in sides]))
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
            *(f"  {figure_line(name, figure)}" for name, figure in figures.items()),
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


def figure_line(name: str, figure: Mapping[str, Any]) -> str:
    """Return one judged figure for people: value, spread, bar and goal."""
    goal = GOALS[name]
    low, high = figure["spread"]
    met = "met" if figure["met"] else "MISSED"
    spread = "" if low == high else f" ({low:g} to {high:g})"
    return (
        f"{name} = {figure['value']:g}{spread} {figure['unit']}; "
        f"bar {goal.shown(figure['bar'])} {met}, goal {goal.shown(figure['goal'])}"
    )

"""All figures as they are printed: one object for programs, one table for people, one for the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gateway.bench.goals import GOALS
from gateway.bench.parts import PARTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.bench.all_parts import Measured

NOT_THE_DEFINITION: Final = "not the definition"
MISSING: Final = "not measured"


def as_json(found: Mapping[str, Measured], *, quick: bool, command: str) -> dict[str, Any]:
    """Return every figure that was measured, and why the others were not.

    A quick run judges nothing: its ``met`` and ``reached`` are None, its ``definition`` is False.
    """
    figures: dict[str, Any] = {}
    for name, one in found.items():
        for figure, judged in one.figures.items():
            figures[figure] = {
                **judged,
                **({"met": None, "reached": None} if quick else {}),
                "definition": not quick,
                "part": name,
                "load_average": one.machine["load_average"],
            }
    first = next(iter(found.values()))
    return {
        "figures": {name: figures[name] for name in GOALS if name in figures},
        "missing": {name: why(name, found) for name in GOALS if name not in figures},
        "parts": {
            name: {"command": one.command, "at": one.at, "seconds": round(one.seconds, 1), "fault": one.fault}
            for name, one in found.items()
        },
        "machine": dict(first.machine),
        "code": first.code,
        "quick": quick,
        "command": command,
    }


def why(figure: str, found: Mapping[str, Measured]) -> str:
    """Return why a figure was not measured."""
    part = next(each for each in PARTS if figure in each.figures)
    return found[part.name].fault if part.name in found else f"part {part.name} was not asked for"


def missed(result: Mapping[str, Any], wanted: Sequence[str]) -> list[str]:
    """Return in words which of the *wanted* figures were not measured or, in a full run, missed their bar."""
    found = []
    for name in wanted:
        figure = result["figures"].get(name)
        if figure is None:
            found.append(f"{name}: {MISSING}: {result['missing'][name]}")
        elif figure["met"] is False:
            found.append(f"{name}: {figure['value']:g}, bar {GOALS[name].shown(figure['bar'])}")
    return found


def table(result: Mapping[str, Any]) -> str:
    """Return the figures for people."""
    machine = result["machine"]
    heading = (
        f"{machine['processor']}, {machine['cores']} cores, Linux {machine['kernel']}, Python {machine['python']}, "
        f"grpcio {machine['grpcio']}, {machine['file_system']} with {machine['sync_us']} µs a sync"
    )
    rows = [("", "value", "bar", "goal", "", "load")]
    for name, goal in GOALS.items():
        figure = result["figures"].get(name)
        bounds = goal.shown(goal.bar), goal.shown(goal.goal)
        if figure is None:
            rows.append((name, "–", *bounds, f"{MISSING}: {result['missing'][name]}", ""))
        else:
            rows.append((name, value(figure), *bounds, judgment(figure), f"{figure['load_average']:g}"))
    widths = [max(len(row[place]) for row in rows) for place in range(4)]
    return "\n".join(
        [
            heading,
            *("  ".join((*map(str.ljust, row, widths), *row[4:])).rstrip() for row in rows),
        ]
    )


def value(figure: Mapping[str, Any]) -> str:
    """Return value and spread, such as ``0.268 (0.245 to 0.288)``."""
    low, high = figure["spread"]
    spread = "" if low == high else f" ({low:,g} to {high:,g})"
    return f"{figure['value']:,g}{spread}"


def judgment(figure: Mapping[str, Any]) -> str:
    """Return what is to be said of a figure beside its bar and goal."""
    if not figure["definition"]:
        return NOT_THE_DEFINITION
    if not figure["met"]:
        return "bar missed"
    return "bar and goal met" if figure["reached"] else "bar met"


def markdown(result: Mapping[str, Any] | None) -> str:
    """Return the table of docs/performance.md: every figure with bar and goal, and what *result* says of it."""
    lines = ["| | figure | bar | goal | measured |", "|---|---|---|---|---|"]
    for name, goal in GOALS.items():
        figure = None if result is None else result["figures"].get(name)
        told = MISSING if figure is None else f"**{value(figure)}**, {judgment(figure)}"
        lines.append(f"| {name} | {goal.says} | {goal.shown(goal.bar)} | {goal.shown(goal.goal)} | {told} |")
    return "\n".join(lines)

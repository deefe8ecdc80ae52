"""F7 as it is printed: from what each adapter was told around each commit to the figure and its lines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.bench.figures import SHARES, Spread, percentile
from gateway.bench.goals import GOALS
from gateway.bench.report import figure_line

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.bench.reach import Reached

Told = dict[str, list["Reached"]]
"""What each area's adapter was told, commit by commit."""


def figure(name: str, found: Mapping[str, Told]) -> dict[str, Any]:
    """Return F7 of one node or across nodes: the larger p99 of listings and of repairs; an old answer misses it."""
    parts = {what: _part(each) for what, each in found.items()}
    late = sum(each["old_after_the_bar"] for each in parts.values())
    p99 = [percentile(_times(each), 0.99) / 1e6 for each in found.values()]
    goal = GOALS[name]
    return goal.judged(
        Spread(max(p99), min(p99), max(p99)),
        met=goal.met(max(p99)) and not late,
        reached=goal.reached(max(p99)) and not late,
        **parts,
    )


def _times(areas: Mapping[str, Sequence[Reached]]) -> list[int]:
    return sorted(each.after for told in areas.values() for each in told)


def _part(areas: Mapping[str, Sequence[Reached]]) -> dict[str, Any]:
    """Return percentiles over all areas, and the p99 and what was late of each."""
    times = _times(areas)
    return {
        **{f"p{round(share * 100)}": round(percentile(times, share) / 1e6, 3) for share in SHARES},
        "most": round(times[-1] / 1e6, 3),
        "commits": len(next(iter(areas.values()))),
        "asked": sum(each.asked for told in areas.values() for each in told),
        "old_after_the_bar": sum(each.late for told in areas.values() for each in told),
        "could_not_say": sum(each.unsure for told in areas.values() for each in told),
        "p99_by_area": {
            area: round(percentile(sorted(each.after for each in told), 0.99) / 1e6, 3) for area, told in areas.items()
        },
    }


def lines(result: Mapping[str, Any]) -> list[str]:
    """Return what was measured, for people."""
    machine = result["machine"]
    shown = [f"{machine['processor']}, {machine['cores']} cores, load {machine['load_average']} at the start"]
    for name, judged in result["figures"].items():
        shown.append("  " + figure_line(name, judged))
        for what in ("listed", "repaired"):
            each = judged[what]
            shares = ", ".join(f"{share} {each[share]:g}" for share in ("p50", "p95", "p99", "most"))
            shown += [
                f"    {what}: {shares} s; {each['commits']} commits",
                f"    {each['asked']:,} questions, {each['old_after_the_bar']} told the old state after the bar",
                f"    to {each['could_not_say']} of them the gateway could not say",
                "    " + ", ".join(f"{area.lower()} {p99:g}" for area, p99 in each["p99_by_area"].items()),
            ]
    return shown

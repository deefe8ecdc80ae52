"""What a soak prints: one table for people, one object for programs, and whether anything grew."""

from __future__ import annotations

from statistics import mean
from typing import TYPE_CHECKING, Any, Final

from gateway.bench.figures import Spread
from gateway.bench.flat import LEAST_POINTS, judge
from gateway.bench.goals import GOALS
from gateway.bench.soak_samples import MEASURES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.bench.flat import Judged
    from gateway.bench.soak import Soaked, Soaking
    from gateway.bench.soak_account import Account
    from gateway.bench.soak_samples import Sample

FIGURE: Final = "soak"


def judged(samples: Sequence[Sample]) -> tuple[dict[str, Judged], list[str]]:
    """Return what became of each measure, and in words what cannot be judged."""
    if len(samples) < LEAST_POINTS:
        return {}, [f"{len(samples)} looks are too few: there must be {LEAST_POINTS}"]
    found, lacking = {}, []
    for name, measure in MEASURES.items():
        values = [sample.values[name] for sample in samples if name in sample.values]
        if len(values) < len(samples):
            lacking.append(f"{name}: was not there at {len(samples) - len(values)} of {len(samples)} looks")
        else:
            found[name] = judge(measure, values)
    return found, lacking


def as_json(
    soaked: Soaked, how: Soaking, counted: Account, verified: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return everything, with the figure ``soak``: how much is in disorder, of which none may be."""
    measures, wrong = judged(soaked.samples)
    grown = [name for name, one in measures.items() if one.grew]
    disorder = [*([soaked.fault] if soaked.fault else []), *wrong, *counted.differs]
    disorder += [f"{what}: {'; '.join(told['flaws'])}" for what, told in verified.items() if told["flaws"]]
    return {
        "figures": {FIGURE: GOALS[FIGURE].judged(len(grown) + len(disorder), grew=grown, disorder=disorder)},
        "measures": {name: one.as_json() for name, one in measures.items()},
        "account": counted.as_json(),
        "verified": dict(verified),
        "limit_calls_per_second": round(soaked.limit, 1),
        "calls_per_second_due": round(soaked.rate, 1),
        "calls_per_second_delivered": round(mean(soaked.delivered), 1) if soaked.delivered else 0.0,
        "pace_us": _pace(soaked.samples),
        "sent_late_us": soaked.late_us,
        "turns": soaked.turns,
        "verdicts": dict(soaked.verdicts.most_common()),
        "hours": how.hours,
        "share": how.share,
        "window_seconds": how.window,
        "warm_answers": how.warm,
        "samples": [sample.as_json() for sample in soaked.samples],
    }


def _pace(samples: Sequence[Sample]) -> dict[str, Any]:
    """Return median and spread of the looks' ``pace_us``; nothing without a look."""
    if not samples:
        return {}
    found = Spread.of([sample.pace_us for sample in samples])
    return {"value": round(found.value), "spread": [found.low, found.high]}


def table(result: Mapping[str, Any]) -> str:
    """Return ``as_json``'s result for people."""
    machine, figure = result["machine"], result["figures"][FIGURE]
    heading = (
        f"{machine['processor']}, {machine['cores']} cores, load {machine['load_average']} at the start, "
        f"Python {machine['python']}, {machine['file_system']}, {machine['sync_us']} µs a sync"
    )
    load = (
        f"{result['hours']:g} h at {result['share']:.0%} of {result['limit_calls_per_second']:,g} checks/s: "
        f"{result['calls_per_second_delivered']:,g} of {result['calls_per_second_due']:,g} delivered, "
        f"{result['turns']} turns of the other calls"
    )
    lines = [heading, load]
    rows = [["", "level", "later", "trend", "allowed", ""]]
    for name, one in result["measures"].items():
        numbers = [f"{one[each]:,.1f}" for each in ("level", "later", "trend", "allowed")]
        rows.append([f"{name} {one['unit']}".strip(), *numbers, "GREW" if one["grew"] else "flat"])
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    for label, *cells, said in rows:
        shown = "  ".join(cell.rjust(width) for cell, width in zip(cells, widths[1:], strict=True))
        lines.append(f"  {label.ljust(widths[0])}  {shown}  {said}".rstrip())
    account = result["account"]
    lines.append(f"  answers: {sum(account['answered'].values()):,}, on record {sum(account['recorded'].values()):,}")
    lines += [f"  {what}: {told['entries']:,} entries, sound" for what, told in result["verified"].items()]
    lines += [f"  DISORDER  {what}" for what in figure["disorder"]]
    if pace := result["pace_us"]:
        low, high = pace["spread"]
        lines.append(f"  the machine's own pace: {pace['value']:,} µs for the same arithmetic ({low:,} to {high:,})")
    lines.append("  nothing grew" if figure["met"] else f"  {figure['value']:g} in disorder or grown")
    return "\n".join(lines)

"""How a run of the conformance kit is told: a table of 80 columns in both languages, or JSON."""

from __future__ import annotations

import sys
import textwrap
from typing import TYPE_CHECKING, Any, Final

from formats.civil import format_instant
from gateway.conformance.promises import Result

if TYPE_CHECKING:
    from gateway.conformance.playing import Played, Run

REPORT_VERSION: Final = 1
WIDTH: Final = 80
_ID = 16
_TEXT = 25
_MARKS: Final = {Result.KEPT: "✓", Result.FAIL: "✗", Result.NOT_TESTED: "–"}
_WORDS: Final = {
    Result.KEPT: "通过 pass",
    Result.FAIL: "不符 FAIL",
    Result.NOT_TESTED: "未测 not tested",
}
_MOST_SHOWN: Final = 6


def show_run(run: Run) -> None:
    """Print the table, and what was seen wherever a promise was not kept."""
    print(f"适配器 adapter  {run.adapter}  ({run.area})")
    print(f"向量 vectors    sha256:{run.vectors[:56]}…")
    print("─" * WIDTH)
    for played in run.played:
        _show(played)
    print("─" * WIDTH)
    counts = [f"{run.count(each)} {_WORDS[each]}" for each in Result]
    seconds = (run.ended_at - run.begun_at).total_seconds()
    print(f"{'，'.join(counts)}  ({seconds:.0f} s)")
    if not run.whole:
        print("只测了所选的承诺，不是完整结果 only what was chosen was played: no full result")


def show_progress(played: Played) -> None:
    """Print one line for each promise as it was played, for whoever watches."""
    print(f"{played.promise.id:<{_ID}}{_WORDS[played.result]}", file=sys.stderr, flush=True)


def report(run: Run) -> dict[str, Any]:
    """Return the run as JSON values."""
    return {
        "version": REPORT_VERSION,
        "adapter": run.adapter,
        "whole": run.whole,
        "area": run.area,
        "vectors": f"sha256:{run.vectors}",
        "begunAt": format_instant(run.begun_at),
        "endedAt": format_instant(run.ended_at),
        "passed": run.count(Result.KEPT),
        "failed": run.count(Result.FAIL),
        "notTested": run.count(Result.NOT_TESTED),
        "promises": [
            {
                "id": played.promise.id,
                "zh": played.promise.zh,
                "en": played.promise.en,
                "source": list(played.promise.source),
                "result": played.result.value,
                "vectors": [
                    {"id": each.vector, "result": each.result.value, "seen": each.said} for each in played.seen
                ],
            }
            for played in run.played
        ],
    }


def _show(played: Played) -> None:
    promise = played.promise
    count = f"{sum(each.result is Result.KEPT for each in played.seen)}/{len(played.seen)}"
    print(f"{_MARKS[played.result]} {promise.id:<{_ID}}{count:>5}  {promise.zh}")
    for line in textwrap.wrap(promise.en, WIDTH - _TEXT):
        print(" " * _TEXT + line)
    notable = [each for each in played.seen if each.result is not Result.KEPT]
    for each in notable[:_MOST_SHOWN]:
        for line in _wrapped(f"{each.vector}: {each.said}"):
            print(" " * _TEXT + line)
    if len(notable) > _MOST_SHOWN:
        print(" " * _TEXT + f"… 另有 and {len(notable) - _MOST_SHOWN} more")


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH - _TEXT, initial_indent="→ ", subsequent_indent="  ")

"""Serves the gateway while looking a thousand times a second of CPU at what its Python code is doing.

Run as ``python -m gateway.bench.sampling FILE ARGUMENTS…`` with the arguments of ``jsg``. FILE gets one line for each
stack that was seen, outermost call first, ``a;b;c 17``: the form that flame graphs are drawn from. Only the main thread
is seen; time that gRPC's and the audit's own threads take shows where the main thread was meanwhile, mostly waiting.
"""

from __future__ import annotations

import runpy
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import CodeType, FrameType

EVERY_SECONDS: Final = 0.001
LOOP: Final = "asyncio/base_events.py:_run_once"
_ROOT: Final = Path(__file__).parents[2]


class Sampler:
    """Counts stacks while the process uses CPU."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[CodeType, ...]] = Counter()

    def start(self) -> None:
        """Begin to look."""
        signal.signal(signal.SIGPROF, self._look)
        signal.setitimer(signal.ITIMER_PROF, EVERY_SECONDS, EVERY_SECONDS)

    def stop(self) -> None:
        """Look no more."""
        signal.setitimer(signal.ITIMER_PROF, 0.0)

    def _look(self, _number: int, frame: FrameType | None) -> None:
        stack = []
        while frame is not None:
            stack.append(frame.f_code)
            frame = frame.f_back
        self._seen[tuple(reversed(stack))] += 1

    def write(self, file: Path) -> None:
        """Write what was seen."""
        lines = (f"{';'.join(map(_name, stack))} {count}\n" for stack, count in self._seen.most_common())
        file.write_text("".join(lines), encoding="utf-8")


def _name(code: CodeType) -> str:
    path = Path(code.co_filename)
    within = path.is_relative_to(_ROOT) and "site-packages" not in path.parts
    shown = path.relative_to(_ROOT) if within else Path(path.parent.name, path.name)
    return f"{shown}:{code.co_name}"


def read_stacks(lines: Iterable[str]) -> Counter[tuple[str, ...]]:
    """Return what ``Sampler.write`` wrote."""
    found: Counter[tuple[str, ...]] = Counter()
    for line in lines:
        stack, _, count = line.rpartition(" ")
        found[tuple(stack.split(";"))] += int(count)
    return found


def heaviest(stacks: Counter[tuple[str, ...]], limit: int) -> list[tuple[str, float, float]]:
    """Return (function, share of samples in it alone, share in it or in what it called), the heaviest first.

    Only what runs within the event loop counts, and is shown: start and stop are left out.
    """
    own: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for stack, count in stacks.items():
        if LOOP in stack:
            within = stack[stack.index(LOOP) :]
            own[within[-1]] += count
            whole.update(dict.fromkeys(within, count))
    total = whole[LOOP]
    return [(name, own[name] / total, count / total) for name, count in whole.most_common(limit)]


def _main() -> None:
    file = Path(sys.argv[1])
    sys.argv = ["jsg", *sys.argv[2:]]
    sampler = Sampler()
    sampler.start()
    try:
        runpy.run_module("gateway", run_name="__main__")
    finally:
        sampler.stop()
        sampler.write(file)


if __name__ == "__main__":
    _main()

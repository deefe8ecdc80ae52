"""How soon a committed listing, and its repair, weighs in every area: what adapters that keep asking are told (F7).

Every adapter has a thread of its own and asks about one enterprise again and again, while somebody commits. What it is
told of questions that it sent later than the bound after the commit must be the new state: none may be clear then.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.bench.processes import BenchError

if TYPE_CHECKING:
    from collections.abc import Mapping

LINGER_SECONDS: Final = 0.1
"""How long after the bound an adapter goes on asking, so that what it is told then is seen too."""
PATIENCE_SECONDS: Final = 30.0
Ask = Callable[[str], bool | None]
"""Asks about a code, and returns whether a listing weighs; None: the gateway could not say."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What one adapter was told around one commit.

    Attributes:
        after: Microseconds from the commit's acknowledgement to the first answer of the new state; 0 where that was
            there before.
        late: Answers of the old state to questions that were sent later than the bound after the acknowledgement.
        asked: Questions altogether.
        unsure: Those of them to which the gateway could not say, which clears nobody: a node that follows the store too
            late says so.
    """

    after: int
    late: int
    asked: int
    unsure: int = 0


class Watching:
    """Adapters that ask about one enterprise until they have seen a commit; used for one commit."""

    def __init__(self, uscc: str, bound: float, *, new: bool) -> None:
        """Take the enterprise, the bound in seconds, and whether the listing weighs in the new state."""
        self._uscc = uscc
        self._new = new
        self._bound = bound
        self._committed: float | None = None
        self._asking: threading.Barrier | None = None

    def around(self, commit: Callable[[], None], areas: Mapping[str, Ask]) -> dict[str, Reached]:
        """Let every area ask, commit once each has its first answer, and return what each was told.

        Raises:
            BenchError: An adapter knew the new state before the commit began, or never came to know it.
        """
        self._asking = threading.Barrier(len(areas) + 1, timeout=PATIENCE_SECONDS)
        with ThreadPoolExecutor(len(areas)) as pool:
            found = {area: pool.submit(self._watch, area, ask) for area, ask in areas.items()}
            try:
                self._asking.wait()
            except threading.BrokenBarrierError:
                for each in found.values():
                    each.result()
                raise
            commit()
            self._committed = time.monotonic()
            return {area: each.result() for area, each in found.items()}

    def _watch(self, area: str, ask: Ask) -> Reached:
        unsure = self._before(area, ask)
        first: float | None = None
        late, asked, begun = 0, unsure + 1, time.monotonic()
        while True:
            sent = time.monotonic()
            told, told_at, committed = ask(self._uscc), time.monotonic(), self._committed
            asked += 1
            if told is self._new:
                first = told_at if first is None else first
            elif told is None:
                unsure += 1
            elif committed is not None and sent > committed + self._bound:
                late += 1
            if committed is not None and first is not None and told_at > committed + self._bound + LINGER_SECONDS:
                return Reached(max(0, round((first - committed) * 1e6)), late, asked, unsure)
            if told_at - begun > PATIENCE_SECONDS:
                raise BenchError(f"{area}: what was committed never weighed")

    def _before(self, area: str, ask: Ask) -> int:
        """Have the first answer, wait until every area has its own, and return how often the gateway could not say."""
        assert self._asking is not None  # noqa: S101 - around has made it
        try:
            unsure = self._old_state(area, ask)
        except Exception:
            self._asking.abort()
            raise
        self._asking.wait()
        return unsure

    def _old_state(self, area: str, ask: Ask) -> int:
        unsure, begun = 0, time.monotonic()
        while (told := ask(self._uscc)) is None:
            unsure += 1
            if time.monotonic() - begun > PATIENCE_SECONDS:
                raise BenchError(f"{area}: the gateway could not say")
        if told is self._new:
            raise BenchError(f"{area}: is told of a commit that was not begun")
        return unsure

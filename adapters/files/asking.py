"""Put the lines of a file to the gateway: those of one step together, different cases beside each other.

Lines of one case, part, officer and point go to the engine together, which lets those of other cases share its calls. A
line whose code fails its check character goes alone: a register may know it, and if none does its refusal is its own.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TYPE_CHECKING, Final, Self

from adapters.errors import NoAnswerError
from formats.identifiers import UsccError, parse_uscc

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from adapters.clearance import Standing
    from adapters.enforcement import Enforcement
    from adapters.errors import NotClearedError
    from adapters.files.lines import Line

CALLS_AT_ONCE: Final = 8
"""Calls of one file that are under way together."""
IN_A_ROW: Final = 8
"""Calls without any answer, one after another, after which the gateway counts as away."""


class GatewayAwayError(Exception):
    """Nobody answers: the file is given up, and nothing of it is written. Run it again later."""


class FileAsker:
    """Asks about the lines of one file. A context manager: what is under way is finished at its end."""

    def __init__(self, engine: Enforcement) -> None:
        self._engine = engine
        self._calls = ThreadPoolExecutor(CALLS_AT_ONCE, thread_name_prefix="line")
        self._lock = Lock()
        self._unanswered = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._calls.shutdown(cancel_futures=True)

    def ask(self, lines: Sequence[Line]) -> list[Standing | NotClearedError]:
        """Ask about some lines, at most as many as a batch holds, and return what came of each, in order.

        Raises:
            GatewayAwayError: Several calls one after another had no answer.
        """
        groups: dict[object, list[int]] = {}
        for i, line in enumerate(lines):
            key = (line.point, line.case, *(() if _sound(line) else (i,)))
            groups.setdefault(key, []).append(i)
        found: dict[int, Standing | NotClearedError] = {}
        whole = list(groups.values())
        calls = self._calls.map(lambda at: self._ask([lines[i] for i in at]), whole)
        for places, results in zip(whole, calls, strict=True):
            found.update(zip(places, results, strict=True))
        return [found[i] for i in range(len(lines))]

    def _ask(self, lines: Sequence[Line]) -> Sequence[Standing | NotClearedError]:
        with self._lock:
            if self._unanswered >= IN_A_ROW:
                raise GatewayAwayError(f"{IN_A_ROW} calls one after another had no answer")
        first = lines[0]
        results = self._engine.check_all(first.case, first.point, [each.applicant for each in lines]).results
        away = all(isinstance(_stop(each), NoAnswerError) for each in results)
        with self._lock:
            self._unanswered = self._unanswered + 1 if away else 0
        return results


def _sound(line: Line) -> bool:
    try:
        parse_uscc(line.applicant.lead.uscc)
    except UsccError:
        return False
    return True


def _stop(result: Standing | NotClearedError) -> object:
    return getattr(result, "stopped_by", result)

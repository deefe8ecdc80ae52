"""The port ``PastFacts``: the index in memory as it was at a revision, read from the store as it is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.storage.timelines import TimelineReader

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.domain.grades import GradeRules
    from gateway.domain.records import Unresolved
    from gateway.services.ports.register import FeedState, Indexed
    from gateway.storage.history import SqlHistory


class SqlPastFacts:
    """Registers of the past over one store. Blocking."""

    def __init__(self, history: SqlHistory) -> None:
        self._history = history

    def head(self) -> int:
        """Return the newest revision."""
        return self._history.head()

    def register(self, revision: int, rules: GradeRules) -> PastRegister:
        """Return what the index was at *revision* under these rules; see the port."""
        return PastRegister(self._history, revision, rules)


class PastRegister:
    """The port ``Register`` at one revision that never changes. Every look at it reads the store.

    How fresh it was then cannot be read from the store: feeds, lag and skew are those of the record.
    """

    feeds: Final[Mapping[str, FeedState]] = {}

    def __init__(self, history: SqlHistory, revision: int, rules: GradeRules) -> None:
        self.revision: Final = revision
        self._history = history
        self._reader = TimelineReader(history, rules)

    def find(self, uscc: str) -> Indexed | None:
        """Return the enterprise, or None when no record of it was held."""
        return self._reader.some([uscc], self.revision).get(uscc)

    def unresolved(self, name_key: str) -> tuple[Unresolved, ...]:
        """Return the records without a sound code that bore this normalised name."""
        return self._history.unresolved(self.revision, [name_key]).get(name_key, ())

    def replica_lag(self) -> float:
        """Return 0: it is no replica."""
        return 0.0

    def clock_skew(self) -> float:
        """Return 0: it goes by no clock."""
        return 0.0

    async def reach(self, revision: int, seconds: float) -> bool:  # noqa: ARG002 - it waits for nothing
        """Return whether *revision* had been reached."""
        return revision <= self.revision

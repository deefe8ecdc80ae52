"""``TimelineIndex``: every enterprise's timeline in memory, following the store whoever writes to it.

A thread looks at the store's newest revision every few hundredths of a second, and at once when it is told of one
(``notices``), reads what changed off the event loop, and hands it over there whole: whoever answers on the loop never
sees half a revision. Verdicts are not kept here. An index that cannot follow says so by its lag; it never goes on
answering as if it were fresh.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from gateway.storage.clock_skew import ClockSkew
from gateway.storage.history import Standing
from gateway.storage.name_index import NameIndex
from gateway.storage.seen_revisions import refuse_loss
from gateway.storage.timelines import Changed, TimelineReader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.domain.grades import GradeRules
    from gateway.domain.records import Unresolved
    from gateway.services.ports.register import Clock, FeedState, Indexed
    from gateway.storage.history import SqlHistory

logger = logging.getLogger(__name__)

POLL_SECONDS: Final = 0.05
"""A quarter of the time in which a commit must weigh (F7: 0.2 s)."""


class TimelineIndex:
    """The port ``Register``. ``load`` it, then ``start`` it on the event loop that answers, ``stop`` it at the end."""

    def __init__(
        self,
        history: SqlHistory,
        rules: GradeRules,
        clock: Clock,
        *,
        poll_seconds: float = POLL_SECONDS,
        note: Callable[[Standing], None] = lambda _: None,
    ) -> None:
        """Take what to follow; *note* is told of each revision before anybody is answered by it."""
        self._history = history
        self._reader = TimelineReader(history, rules)
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._note = note
        self._standing = Standing(0, None)
        self._enterprises: dict[str, Indexed] = {}
        self._unresolved: dict[str, tuple[Unresolved, ...]] = {}
        self.names = NameIndex(self.find)
        """The names of all that it holds, once somebody asks for one: those of a revision from when it is served."""
        self._feeds: Mapping[str, FeedState] = MappingProxyType({})
        self._revision = 0
        self._fresh_at = float("-inf")
        self._skew = ClockSkew(history, clock)
        self._failed_polls = 0
        self._advanced = asyncio.Event()
        self._wake = threading.Event()
        self._notices = history.notices(self._wake.set)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def revision(self) -> int:
        """The data revision that every answer of this instant rests on; 0 before ``load`` and in an empty store."""
        return self._revision

    @property
    def feeds(self) -> Mapping[str, FeedState]:
        """The feeds' last confirmations at that revision."""
        return self._feeds

    @property
    def failed_polls(self) -> int:
        """How many looks at the store failed since the start."""
        return self._failed_polls

    def __len__(self) -> int:
        return len(self._enterprises)

    def find(self, uscc: str) -> Indexed | None:
        """Return the enterprise, or None when no record of it is held."""
        return self._enterprises.get(uscc)

    def unresolved(self, name_key: str) -> tuple[Unresolved, ...]:
        """Return the records without a sound code that bear this normalised name; empty when there are none."""
        return self._unresolved.get(name_key, ())

    def replica_lag(self) -> float:
        """Return seconds since this node last saw that it serves the store's newest revision; infinite before."""
        return max(0.0, self._clock.boot_seconds() - self._fresh_at)

    def clock_skew(self) -> float:
        """Return seconds by which this node's clock is ahead of the store's; 0 on one machine, which has one clock."""
        return self._skew.seconds()

    async def reach(self, revision: int, seconds: float) -> bool:
        """Wait until *revision* is served, at most *seconds*; return whether it is."""
        self._wake.set()
        try:
            async with asyncio.timeout(seconds):
                while self._revision < revision:
                    await self._advanced.wait()
        except TimeoutError:
            pass
        return self._revision >= revision

    def load(self) -> None:
        """Read everything. Blocking, and only before ``start``: nobody is answered yet.

        Raises:
            StoreUnavailableError: The database failed.
            ContentError: A record cannot be understood.
        """
        seen_at = self._clock.boot_seconds()
        self._skew.compare()
        newest = self._history.newest()
        self._note(newest)
        self._apply(self._reader.everything(newest.revision), seen_at)
        self._standing = newest

    def start(self) -> None:
        """Begin to follow the store. Call it on the event loop on which the index is read."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._follow, name="timeline-index", daemon=True)
        self._thread.start()
        self._notices.start()

    async def stop(self) -> None:
        """Stop following; the thread has ended when this returns. The index stays as it is, and its lag grows."""
        self._stopping.set()
        self._wake.set()
        await asyncio.to_thread(self._notices.stop)
        if self._thread is not None:
            await asyncio.to_thread(self._thread.join)

    def _follow(self) -> None:
        failing = False
        while not self._stopping.is_set():
            reading = False
            try:
                self._poll()
                reading = self.names.read_some(self._enterprises)
            except Exception:
                # Whatever it is, the thread goes on, and the lag tells those who ask.
                self._failed_polls += 1
                if not failing:
                    logger.exception("the index cannot follow the store")
                failing = True
            else:
                if failing:
                    logger.warning("the index follows the store again, at revision %d", self._revision)
                failing = False
            # Where names are still to be read, that goes on at once: somebody waits for them.
            self._wake.wait(self._poll_seconds / 10 if reading else self._poll_seconds)
            self._wake.clear()

    def _poll(self) -> None:
        seen_at = self._clock.boot_seconds()
        newest = self._history.newest()
        if newest == self._standing:
            self._fresh_at = seen_at
        else:
            # Nobody is cleared by a store that lost something: the lag grows, until it has it again.
            refuse_loss(self._history, self._standing, newest)
            self._note(newest)
            self._hand_over(self._reader.changes(self._revision, newest.revision), seen_at)
            self._standing = newest
        self._skew.compare()

    def _hand_over(self, changed: Changed, seen_at: float) -> None:
        """Have the loop apply *changed*, and wait until it has: the next poll starts from what is served."""
        self.names.follow(changed.enterprises.values())
        done = threading.Event()

        def apply() -> None:
            self._apply(changed, seen_at)
            done.set()

        assert self._loop is not None  # noqa: S101 - start set it before the thread began
        self._loop.call_soon_threadsafe(apply)
        while not done.wait(self._poll_seconds) and not self._stopping.is_set():
            pass

    def _apply(self, changed: Changed, seen_at: float) -> None:
        if changed.whole:
            self._enterprises, self._unresolved = {}, {}
        for code in changed.gone:
            self._enterprises.pop(code, None)
        self._enterprises.update(changed.enterprises)
        for key in changed.names_gone:
            self._unresolved.pop(key, None)
        self._unresolved.update(changed.unresolved)
        self._feeds = MappingProxyType(changed.feeds)
        self._revision = changed.revision
        self._fresh_at = seen_at
        self._advanced.set()
        self._advanced = asyncio.Event()

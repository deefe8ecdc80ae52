"""One process's queue of audit entries: numbers and seals them at once, and makes them durable in shared commits.

``record`` runs on the event loop; one thread commits. The thread takes whatever is waiting, commits it, and takes what
came meanwhile; only where many calls are under way does it wait a little for more (``commit_company``). The first
failure is the last: every waiter and every later call is refused, and ``on_failure`` is told, so that the process
stops. It is never tried again. Where a database may be out of reach, nobody waits long for one that does not answer,
and it is looked for when there is nothing to commit.

It does not read queues (``audit_reader``), and it does not merge or sign them.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
import time
from functools import partial
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Final, NamedTuple

from gateway.domain.audit import Position, salts_needed, seal
from gateway.domain.errors import AuditUnavailableError
from gateway.domain.status import RecordFigures
from gateway.storage.audit_open import open_queue
from gateway.storage.commit_company import Company

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from gateway.domain.audit import Draft, Entry
    from gateway.services.ports.register import Clock
    from gateway.storage.audit_place import DatabasePlace, FolderPlace

PENDING_LIMIT: Final = 4_096
"""Entries that may wait to be durable; beyond it calls are refused at once."""
COMMIT_LIMIT: Final = 512
"""Entries of one commit: a bound on the memory that its rows take."""
LOOK_SECONDS: Final = 1.0
"""How often a database is looked for while nothing is recorded."""
_log: Final = logging.getLogger(__name__)


class _Pending(NamedTuple):
    entry: Entry
    waiter: asyncio.Future[Position]


class AuditQueue:
    """This process's audit log (the port ``AuditLog``), open until ``close``.

    Use it from one event loop at a time, and open it after any ``fork``.
    """

    def __init__(
        self,
        place: FolderPlace | DatabasePlace,
        writer: str,
        clock: Clock,
        on_failure: Callable[[], None],
        pending_limit: int = PENDING_LIMIT,
        company: Company | None = None,
    ) -> None:
        """Open the queue of *writer*, verify its tail, and start the thread that commits.

        Args:
            place: Where queues lie.
            writer: Name of the queue; made when it does not exist.
            clock: Gives entries their time.
            on_failure: Called once, on the event loop, when a commit has failed.
            pending_limit: Entries that may wait at once.
            company: What a commit waits for; as shipped unless given.

        Raises:
            ValueError, QueueLockedError, QueueDamagedError, NotDurableError, StoreUnavailableError: As
                ``audit_open.open_queue`` says.
        """
        self._writer: Final = writer
        self._clock: Final = clock
        self._on_failure: Final = on_failure
        self._limit: Final = pending_limit
        self._company: Final = company or Company()
        self._under_way: Callable[[], int] = int
        self._patience: Final = place.patience_seconds
        self._store, tail, self._held = open_queue(place, writer)
        self._next = tail.next_number
        self._last_time = tail.last_time
        self._outstanding = 0
        self._commits = 0
        self._committed = 0
        self._last_commit_us = 0
        self._last_batch = 0
        self._commit_us = 0
        self._failure = ""
        self._begun_at: float | None = None
        self._waiters: Final[dict[int, asyncio.Future[Position]]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = False
        self._inbox: Final[SimpleQueue[_Pending | None]] = SimpleQueue()
        self._thread: Final = threading.Thread(target=self._commit_until_closed, name=f"audit-{writer}", daemon=True)
        self._thread.start()

    @property
    def writer(self) -> str:
        """Name of the queue."""
        return self._writer

    @property
    def failed(self) -> bool:
        """A commit failed: this process must answer nothing any more and stop."""
        return bool(self._failure)

    @property
    def failure(self) -> str:
        """Which error the commit failed with, without the driver's text; empty while none has."""
        return self._failure

    @property
    def stalled(self) -> bool:
        """The database has not answered for so long that nobody is to wait for it; it may yet."""
        begun = self._begun_at
        return self._patience is not None and begun is not None and time.monotonic() - begun > self._patience

    def refuse_while_stalled(self) -> None:
        """Refuse whoever waits for a database that does not answer. Call it several times a second, on the event loop.

        What they wanted recorded may still be: then the record has a call that got no answer.
        """
        if self.stalled:
            for waiter in self._waiters.values():
                if not waiter.done():
                    waiter.set_exception(_unavailable())

    def share_among(self, under_way: Callable[[], int]) -> None:
        """Say who counts the calls that are under way, any of which may want an entry soon; until then it is none."""
        self._under_way = under_way

    def figures(self) -> RecordFigures:
        """Return how the queue is now; of its commits, as the thread has counted them."""
        return RecordFigures(
            writer=self._writer,
            entries=self._next,
            pending=self._outstanding,
            pending_limit=self._limit,
            failed=self.failed,
            commits=self._commits,
            committed=self._committed,
            last_commit_us=self._last_commit_us,
            last_batch=self._last_batch,
            commit_us=self._commit_us,
        )

    def record(self, draft: Draft) -> Awaitable[Position]:
        """Number, seal and enqueue *draft* at once; the awaitable ends when the entry is durable.

        Cancelling the awaitable does not take the entry back.

        Raises:
            AuditUnavailableError: A commit failed, the queue is closed, too many entries are waiting, or the database
                does not answer.
            EntryTooLargeError: The draft's fields are not capped as they must be; no number is used up.
            ValueError: A value of it has no canonical form; no number is used up.
        """
        if self._failure or self._closing or self.stalled:
            raise _unavailable()
        if self._outstanding >= self._limit:
            raise AuditUnavailableError("too many entries are waiting to be recorded", pending=str(self._outstanding))
        now = self._clock.now()
        if self._last_time is not None and now < self._last_time:
            now = self._last_time
        entry = seal(draft, self._writer, self._next, now, os.urandom(salts_needed(draft)))
        self._loop = asyncio.get_running_loop()
        waiter = self._waiters[self._next] = self._loop.create_future()
        self._next += 1
        self._last_time = now
        self._outstanding += 1
        self._inbox.put(_Pending(entry, waiter))
        self._company.came(self._waiting(), self._under_way())
        return waiter

    async def close(self) -> None:
        """Refuse new entries, make the waiting ones durable, and give the queue to whoever opens it next."""
        if self._closing:
            return
        self._closing = True
        self._inbox.put(None)
        await asyncio.to_thread(self._thread.join)
        self._held.close()
        _log.info("audit queue closed entries=%d commits=%d", self._committed, self._commits)

    def _commit_until_closed(self) -> None:
        """Run in the thread: commit what waits, again and again."""
        closing = False
        while not closing:
            batch: list[_Pending] = []
            try:
                closing = self._take_waiting(batch)
                if not batch:
                    continue
                begun = time.perf_counter_ns()
                self._in_time(partial(self._store.append, [pending.entry for pending in batch]))
            except Exception as error:  # noqa: BLE001 - whatever the cause, these entries may not be durable
                self._failure = _cause(error)
                _log.critical("a commit of the audit queue failed: no answer leaves any more (%s)", self._failure)
                self._on_loop(self._refuse, batch)
                return
            self._count(len(batch), (time.perf_counter_ns() - begun) // 1000)
            self._on_loop(self._acknowledge, batch)

    def _waiting(self) -> int:
        """Return how many entries wait for the next commit; its first is no longer in the inbox."""
        return self._inbox.qsize() + 1

    def _in_time(self, work: Callable[[], None]) -> None:
        """Do what waits for the database, so that it is seen when that takes too long."""
        self._begun_at = time.monotonic()
        try:
            work()
        finally:
            self._begun_at = None

    def _count(self, entries: int, microseconds: int) -> None:
        self._commits += 1
        self._committed += entries
        self._last_commit_us = microseconds
        self._last_batch = entries
        self._commit_us += microseconds

    def _take_waiting(self, batch: list[_Pending]) -> bool:
        """Wait for an entry, then for its company, and take what is there; return whether nothing follows."""
        pending = self._first()
        if pending is None:
            return True
        batch.append(pending)
        self._company.gather(self._waiting)
        try:
            while len(batch) < COMMIT_LIMIT:
                pending = self._inbox.get_nowait()
                if pending is None:
                    return True
                batch.append(pending)
        except Empty:
            pass
        return False

    def _first(self) -> _Pending | None:
        """Wait for an entry; meanwhile see now and then that the database is there and the queue still ours."""
        while self._patience is not None:
            try:
                return self._inbox.get(timeout=LOOK_SECONDS)
            except Empty:
                self._in_time(self._store.look)
        return self._inbox.get()

    def _on_loop(self, callback: Callable[[list[_Pending]], None], batch: list[_Pending]) -> None:
        if self._loop is None:
            return  # nothing was ever recorded, so that nobody waits; ``failed`` tells whoever looks
        try:
            self._loop.call_soon_threadsafe(callback, batch)
        except RuntimeError:
            if not self._loop.is_closed():
                raise
            _log.warning("the event loop ended before %d entries were acknowledged", len(batch))

    def _acknowledge(self, batch: list[_Pending]) -> None:
        self._outstanding -= len(batch)
        for entry, waiter in batch:
            del self._waiters[entry.number]
            if not waiter.done():
                leaves = tuple(line.leaf for line in entry.lines)
                waiter.set_result(Position(entry.writer, entry.number, entry.leaf, entry.time, leaves))

    def _refuse(self, batch: list[_Pending]) -> None:
        """Run on the event loop, after which ``record`` accepts nothing: empty the inbox for good."""
        while not self._inbox.empty():
            pending = self._inbox.get_nowait()
            if pending is not None:
                batch.append(pending)
        for _, waiter in batch:
            if not waiter.done():
                waiter.set_exception(_unavailable())
        self._on_failure()


def _unavailable() -> AuditUnavailableError:
    return AuditUnavailableError("the call cannot be recorded, so it is not answered")


def _cause(error: Exception) -> str:
    """Name the failure without the driver's text, which can hold values of the entry."""
    origin = getattr(error, "orig", None) or error
    code = getattr(origin, "sqlite_errorname", None) or getattr(origin, "sqlstate", None)
    return f"{type(origin).__name__} {code or ''}".rstrip()

"""Opening one writer's queue: lock, tables, tail, in this order; or none of it.

What the opened store does is in ``audit_store``, where it lies in ``audit_place``.
"""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy.exc import SQLAlchemyError

from gateway.domain.errors import StoreUnavailableError
from gateway.storage.audit_store import QueueStore

if TYPE_CHECKING:
    from gateway.storage.audit_place import DatabasePlace, FolderPlace
    from gateway.storage.audit_store import Tail


class OpenedQueue(NamedTuple):
    """A queue that this process alone writes, until ``held`` is closed."""

    store: QueueStore
    tail: Tail
    held: ExitStack
    """Closes the store, then gives the lock back."""


def open_queue(place: FolderPlace | DatabasePlace, writer: str) -> OpenedQueue:
    """Open the queue of *writer*, making it when there is none, and verify its tail.

    Raises:
        ValueError: *writer* cannot be the name of a queue.
        QueueLockedError: Another process writes it (SQLite).
        QueueDamagedError: Its tail is not what was written.
        NotDurableError: The database can lose what it acknowledges.
        StoreUnavailableError: The database failed.
    """
    with ExitStack() as on_failure:
        lock = place.lock(writer)
        if lock is not None:
            on_failure.callback(lock.release)
        try:
            store = QueueStore(place.writer_engine(writer), writer)
            on_failure.callback(store.close)
            tail = store.open()
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise StoreUnavailableError(
                f"the audit queue of writer {writer!r} cannot be opened", kind=type(error).__name__
            ) from error
        return OpenedQueue(store, tail, on_failure.pop_all())

"""Where the log is stored: a file beside the facts on SQLite, tables in the same database on PostgreSQL.

One process at a time integrates; who that is lasts as long as that process, by a lock that ends with it.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING, Final

from sqlalchemy import URL, text
from sqlalchemy.exc import SQLAlchemyError

from gateway.domain.errors import StoreUnavailableError
from gateway.storage.audit_place import DatabasePlace, FolderPlace
from gateway.storage.day_store import SqlDayStore
from gateway.storage.engine import SQLITE, is_sqlite, open_engine
from gateway.storage.log_store import SqlLogStore

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection, Engine

LOG_FILE: Final = "log.sqlite"
_LOCK: Final = 0x6A736C
"""Number of the advisory lock on PostgreSQL."""


def log_engine(facts: Engine, state: Path) -> Engine:
    """Return an engine on the database that holds the log of the gateway whose facts are in *facts*."""
    if not is_sqlite(facts):
        return facts
    return open_engine(URL.create(SQLITE, database=str(state / LOG_FILE)).render_as_string(hide_password=False))


class LogPlace:
    """The queues and the log of one gateway, opened by the process that integrates or waits to."""

    def __init__(self, store_url: str, state: Path) -> None:
        """Open what lies there; nothing is connected yet.

        Args:
            store_url: Of the facts' store.
            state: Folder of the gateway's state.
        """
        facts = open_engine(store_url)
        self._state: Final = state
        self._engine: Final = log_engine(facts, state)
        self.queues: Final = FolderPlace(state / "audit") if is_sqlite(facts) else DatabasePlace(facts)
        self.store: Final = SqlLogStore(self._engine, self.queues)
        self.days: Final = SqlDayStore(self._engine)
        self._held: int | Connection | None = None

    def lock(self) -> bool:
        """Return whether this process is the one that integrates; then it is until it ends.

        Raises:
            StoreUnavailableError, OSError: The database or the disk failed.
        """
        if is_sqlite(self._engine):
            return self._lock_file()
        try:
            connection = self._engine.connect()
            taken = connection.execute(text("SELECT pg_try_advisory_lock(:number)"), {"number": _LOCK}).scalar_one()
            connection.commit()
        except SQLAlchemyError as error:
            raise StoreUnavailableError("the store cannot be reached", kind=type(error).__name__) from error
        if taken:
            self._held = connection
        else:
            connection.close()
        return bool(taken)

    def _lock_file(self) -> bool:
        descriptor = os.open(self._state / "log.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._held = descriptor
        return True

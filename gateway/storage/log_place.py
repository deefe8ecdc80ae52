"""Where the log is stored: a file beside the facts on SQLite, tables in the same database on PostgreSQL.

One process at a time integrates: on SQLite by a lock that ends with it, on PostgreSQL by a lease (``leases``).
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING, Final

from sqlalchemy import URL

from gateway.storage.audit_place import place_of
from gateway.storage.day_store import SqlDayStore
from gateway.storage.engine import SQLITE, is_sqlite, open_engine
from gateway.storage.leases import INTEGRATOR, SqlLease
from gateway.storage.log_store import SqlLogStore

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

LOG_FILE: Final = "log.sqlite"
LOST_FILE: Final = "log.lost"
"""In the state folder while entries are lost and nothing goes on yet: the checkpoint that tells how many."""


def log_engine(facts: Engine, state: Path) -> Engine:
    """Return an engine on the database that holds the log of the gateway whose facts are in *facts*."""
    if not is_sqlite(facts):
        return facts
    return open_engine(URL.create(SQLITE, database=str(state / LOG_FILE)).render_as_string(hide_password=False))


class LogPlace:
    """The queues and the log of one gateway, opened by the process that integrates or waits to."""

    def __init__(self, store_url: str, state: Path, holder: str = "") -> None:
        """Open what lies there; nothing is connected yet.

        Args:
            store_url: Of the facts' store.
            state: Folder of the gateway's state.
            holder: Who wants to integrate, for whoever looks into the database.
        """
        facts = open_engine(store_url)
        self._state: Final = state
        self._engine: Final = log_engine(facts, state)
        self.queues: Final = place_of(facts, state)
        self.store: Final = SqlLogStore(self._engine, self.queues)
        self.days: Final = SqlDayStore(self._engine, self.store.require_own)
        self._lease: Final = SqlLease(self._engine, INTEGRATOR, holder)
        self._held: int | None = None

    def hold(self) -> bool:
        """Return whether this process is the one that integrates; ask again and again, or it is not for long.

        Raises:
            StoreUnavailableError, OSError: The database or the disk failed.
        """
        return self._hold_file() if is_sqlite(self._engine) else self._lease.hold()

    def give_back(self) -> None:
        """Let another process integrate at once. A file is let go when the process ends. Raises likewise."""
        self._lease.give_back()

    def close(self) -> None:
        """Let another process integrate, and close everything; to be used no more. Raises likewise."""
        self.give_back()
        if self._held is not None:
            os.close(self._held)
            self._held = None
        self.queues.close()
        self._engine.dispose()

    def _hold_file(self) -> bool:
        if self._held is not None:
            return True
        descriptor = os.open(self._state / "log.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._held = descriptor
        return True

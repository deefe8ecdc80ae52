"""Leases on PostgreSQL: which process of all nodes integrates the queues, and which does what is due by the clock.

A lease ends by itself, so that one whose holder is frozen, cut off or killed is taken over. Its times are the
database's: no node's clock matters. Its number grows with each change of hands, and whoever writes under it checks the
number in the same transaction: a holder that wakes up after its time can store nothing (``require``). On SQLite, which
serves one machine, locks of files and the number of the worker decide the same, and every lease is held. The table
``lease`` is PostgreSQL's alone: name, holder (for whoever looks), epoch, and ends_us (microseconds since 1970 UTC).
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from gateway.services.ports.leases import LeaseLostError
from gateway.storage.engine import is_sqlite, writing

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

INTEGRATOR: Final = "integrator"
TIMERS: Final = "timers"
LEASE_SECONDS: Final = 5
"""How long a lease outlives the last word of its holder."""
PROLONG_SECONDS: Final = 1.0
"""How often it is prolonged at most: several times before it ends."""
_NOW: Final = "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)"
_ENDS: Final = f"{_NOW} + {LEASE_SECONDS * 1_000_000}"
_PROLONG: Final = text(f"UPDATE lease SET ends_us = {_ENDS} WHERE name = :name AND epoch = :epoch")  # noqa: S608 - texts of ours
_TAKE: Final = text(
    f"UPDATE lease SET holder = :holder, epoch = epoch + 1, ends_us = {_ENDS} "  # noqa: S608 - texts of ours
    f"WHERE name = :name AND ends_us < {_NOW} RETURNING epoch"
)
_GIVE_BACK: Final = text("UPDATE lease SET ends_us = 0 WHERE name = :name AND epoch = :epoch")
_OWN: Final = text("UPDATE lease SET epoch = epoch WHERE name = :name AND epoch = :epoch")
_NOBODYS: Final = -1


class SqlLease:
    """The port ``Lease`` on a database whose tables are current, and the check inside a write."""

    def __init__(self, engine: Engine, name: str, holder: str) -> None:
        """Take which lease it is, and who wants it: whoever looks into the table reads the name."""
        self._engine: Final = engine
        self._name: Final = name
        self._holder: Final = holder
        self._everybodys: Final = is_sqlite(engine)
        self._lock: Final = threading.Lock()
        self._epoch = _NOBODYS
        self._prolonged_at = float("-inf")

    @property
    def held(self) -> bool:
        """This process had it when it looked last; on SQLite always."""
        return self._everybodys or self._epoch != _NOBODYS

    def hold(self) -> bool:
        """Take or prolong it; see the port."""
        if self._everybodys:
            return True
        with self._lock:
            now = time.clock_gettime(time.CLOCK_BOOTTIME)
            if self._epoch != _NOBODYS and now - self._prolonged_at < PROLONG_SECONDS:
                return True
            with writing(self._engine) as connection:
                self._epoch = self._taken(connection)
            self._prolonged_at = now
            return self._epoch != _NOBODYS

    def give_back(self) -> None:
        """Let another have it; see the port."""
        with self._lock:
            if self._epoch == _NOBODYS:
                return
            mine, self._epoch = self._epoch, _NOBODYS
            with writing(self._engine) as connection:
                connection.execute(_GIVE_BACK, {"name": self._name, "epoch": mine})

    def require(self, connection: Connection) -> None:
        """Check in a write's own transaction that this process holds it; nobody can take it before that has ended.

        Raises:
            LeaseLostError: Another process has taken it since, or this one never had it.
        """
        if self._everybodys:
            return
        if connection.execute(_OWN, {"name": self._name, "epoch": self._epoch}).rowcount != 1:
            raise LeaseLostError(f"another process holds the lease {self._name!r} by now")

    def _taken(self, connection: Connection) -> int:
        """Return the number under which this process holds the lease by now."""
        if connection.execute(_PROLONG, {"name": self._name, "epoch": self._epoch}).rowcount == 1:
            return self._epoch
        taken = connection.execute(_TAKE, {"name": self._name, "holder": self._holder}).scalar()
        return _NOBODYS if taken is None else int(taken)

"""What a connection to PostgreSQL must be before anything rests on it, of one server or of several that follow another.

Of several servers one takes writes, and another takes its place when it is lost (docs/operations.md, Failover). Each
connection is to the one that takes writes: a standby shows what was, and would be taken for what is. A process never
goes back to a server that another has taken the place of: each promotion begins a new *timeline*, with a number. And
what a server acknowledged without its standby, because somebody ended the wait, counts as not acknowledged.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, event
from sqlalchemy.exc import DisconnectionError

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

CONNECT_SECONDS: Final = 5
"""For each server that the address names, in their order."""
_SESSION: Final = " ".join(
    f"-c {each}"
    for each in (
        "timezone=UTC",
        "lock_timeout={busy}s",
        # This ends a writer that froze while it held the lock that all others wait for.
        "idle_in_transaction_session_timeout=60s",
        # And these one that the network has lost, who would hold it as long: no server hears of that by itself.
        "tcp_keepalives_idle=2",
        "tcp_keepalives_interval=1",
        "tcp_keepalives_count=3",
        "tcp_user_timeout=5000",
        # None: a limit of the server's would end a commit's wait for the standby, and PostgreSQL would acknowledge it.
        "statement_timeout=0",
    )
)
_GONE: Final = {
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 3,
    "tcp_user_timeout": 5_000,
}
"""A server that the network has lost is given up after five seconds; the system's own bound is a quarter of an hour."""
_WRITABLE: Final = "target_session_attrs"
_WRITABLES: Final = frozenset({"read-write", "primary"})
_WEAK_COMMITS: Final = frozenset({"off", "local"})
_SERVER: Final = (
    "SELECT current_setting('synchronous_commit'), (SELECT system_identifier FROM pg_control_system()), "
    "('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int"
)
"""The setting; the number that a server has in common with all standbys; and the timeline that is written to: the first
eight digits of every file of the log. A standby refuses the question."""
_SYSTEM, _TIMELINE = "jsg_system", "jsg_timeline"
_WAITING: Final = "SyncRepWaitForLSN"
"""The place in PostgreSQL that waits for the standby; its one warning is that the wait was ended."""
_newest: Final[dict[int, int]] = {}
"""By system: this process's newest timeline."""
_newest_lock: Final = threading.Lock()


def postgresql_engine(url: URL, busy_seconds: int) -> Engine:
    """Return an engine for *url*, whose sessions wait *busy_seconds* for a lock; nothing is connected yet.

    Raises:
        ValueError: The address asks for servers that take no writes.
    """
    wanted = url.query.get(_WRITABLE, "read-write")
    if wanted not in _WRITABLES:
        raise ValueError(f"the database's URL: {_WRITABLE} must be read-write: every answer is recorded")
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        isolation_level="READ COMMITTED",
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "options": _SESSION.format(busy=busy_seconds),
            _WRITABLE: wanted,
            **_GONE,
        },
    )
    refused: type[Exception] = engine.dialect.loaded_dbapi.OperationalError

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:  # noqa: ANN401 - the driver's connection has no public type
        # Stronger settings of the server, such as remote_apply, stay.
        setting, system, timeline = connection.execute(_SERVER).fetchone()
        if setting in _WEAK_COMMITS:
            connection.execute("SET synchronous_commit = on")
        connection.commit()
        _seen(system, timeline)
        record.info.update({_SYSTEM: system, _TIMELINE: timeline})
        _refuse_alone(connection, refused)

    @event.listens_for(engine, "checkout")
    def look(_connection: Any, record: Any, _proxy: object) -> None:  # noqa: ANN401 - likewise
        # Tells the pool to connect anew, and to fail when that leads to the server of before again.
        if record.info[_TIMELINE] < _seen(record.info[_SYSTEM], 0):
            raise DisconnectionError("another server has taken the place of this one")

    return engine


def _seen(system: int, timeline: int) -> int:
    """Return the newest timeline that this process has seen of a system, *timeline* included."""
    with _newest_lock:
        _newest[system] = max(timeline, _newest.get(system, 0))
        return _newest[system]


def _refuse_alone(connection: Any, refused: type[Exception]) -> None:  # noqa: ANN401 - likewise
    """Have a commit fail whose wait for the standby was ended, by ``pg_cancel_backend`` or a limit on statements.

    PostgreSQL acknowledges it with a warning, and it is lost with the server. Its words depend on the server's
    language, so that it is known by the place that it comes from.
    """
    alone: list[bool] = []
    connection.add_notice_handler(lambda notice: alone.append(True) if notice.source_function == _WAITING else None)
    commit = connection.commit

    def commit_with_standby() -> None:
        commit()
        if alone:
            alone.clear()
            raise refused("the standby has not confirmed the commit: its wait was ended")

    connection.commit = commit_with_standby

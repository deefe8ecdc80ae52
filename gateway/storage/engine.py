"""Opening a database so that what it acknowledges is durable and no update is lost.

SQLite and PostgreSQL behave alike behind ``reading`` and ``writing``: a reader sees one state throughout and holds up
nobody; a writer that has begun sees everything committed before. What the tables are is in ``tables``. Driver errors
end here.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from gateway.domain.errors import StoreUnavailableError
from gateway.storage.postgresql import postgresql_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Connection, Engine

SQLITE: Final = "sqlite"
BUSY_SECONDS: Final = 30
"""How long a writer waits for the one before it: an import writes in many short transactions."""
WRITER_CACHE_KIB: Final = 64 * 1024
"""For whoever writes at volume on SQLite: ids come in random order; the default holds few of their indexes."""
_READ_ONLY: Final = "jsg_read_only"
_FAULTS_SHOWN: Final = 10
"""Of one file."""


def open_engine(url: str, *, cache_kib: int = 0) -> Engine:
    """Return an engine for ``sqlite:///path`` or ``postgresql+psycopg://…``; nothing is connected yet.

    SQLite: write-ahead log, ``synchronous=FULL``, foreign keys, and transactions begun by us, because the standard
    library's driver begins them too late and loses updates. PostgreSQL: acknowledged means flushed, whatever the
    server's setting, and by a standby too where the server waits for one (``postgresql``).

    *cache_kib*, other than 0, is the size of each connection's page cache on SQLite.

    Raises:
        ValueError: Another kind of database, SQLite without a file, or PostgreSQL with servers that take no writes. The
            message shows no password.
    """
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("the database's URL cannot be read") from None
    if parsed.drivername in {SQLITE, "sqlite+pysqlite"}:
        return _sqlite(parsed, cache_kib)
    if parsed.drivername in {"postgresql", "postgresql+psycopg"}:
        return postgresql_engine(parsed, BUSY_SECONDS)
    raise ValueError(f"no database of the kind {parsed.drivername!r}: use sqlite:///path or postgresql+psycopg://…")


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees one committed state throughout and takes no lock.

    Raises:
        StoreUnavailableError: The database failed.
    """
    try:
        with engine.execution_options(**_reading_options(engine)).begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise _unavailable(error) from error


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Give a connection in a write transaction; it commits at the end, and rolls back when an exception leaves it.

    On SQLite there is one writer at a time from the start. On PostgreSQL a writer that reads in order to write locks
    what it reads (``SELECT … FOR UPDATE``) and then sees everything committed before.

    Raises:
        StoreUnavailableError: The database failed; nothing was stored unless the failure was in the commit itself,
            after which it is not known.
    """
    try:
        with engine.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise _unavailable(error) from error


def unsound(engine: Engine) -> list[str]:
    """Return what SQLite itself finds wrong with the form of a file: pages, indexes, lists; empty when nothing is.

    It says nothing about the content. PostgreSQL has checksums of its own, and nothing is returned for it.
    """
    if not is_sqlite(engine):
        return []
    try:
        with reading(engine) as connection:
            found = connection.exec_driver_sql(f"PRAGMA integrity_check({_FAULTS_SHOWN})").scalars().all()
    except StoreUnavailableError as error:
        found = [f"cannot be read: {error.metadata['kind']}"]
    except ValueError as error:  # the driver's, when SQLite's own complaint repeats bytes that are no text
        found = [f"cannot be read: {type(error).__name__}"]
    return [f"{engine.url.database}: {' '.join(str(each).split())}" for each in found if each != "ok"]


def is_sqlite(connectable: Engine | Connection) -> bool:
    """Return whether this is SQLite, and PostgreSQL otherwise."""
    return connectable.dialect.name == SQLITE


def _unavailable(error: SQLAlchemyError) -> StoreUnavailableError:
    # The driver's text can hold the statement's values; only its kind may travel.
    return StoreUnavailableError("the store cannot be reached or refused the statement", kind=type(error).__name__)


def _reading_options(engine: Engine) -> dict[str, Any]:
    if is_sqlite(engine):
        return {_READ_ONLY: True}
    return {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}


def _sqlite(url: URL, cache_kib: int) -> Engine:
    if not url.database or url.database == ":memory:":
        raise ValueError("an SQLite database needs a file: sqlite:///path")
    engine = create_engine(url, hide_parameters=True, connect_args={"timeout": BUSY_SECONDS})

    pragmas = ["journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"]
    # Whoever writes in masses carries its log over often and little: a check never waits for a long one.
    pragmas += [f"cache_size=-{cache_kib}", "wal_autocheckpoint=250"] if cache_kib else []

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection has no public type
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get(_READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine

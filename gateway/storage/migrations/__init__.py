"""Bringing a database's tables up to date: one tree of versions with a branch for facts, audit queue and log.

With SQLite each branch has a file of its own; on PostgreSQL both live in one database. Any number of processes may
start at once: one migrates, the others wait and find it done.

Several nodes on PostgreSQL are replaced one after another: the tables are brought up to date first, and those that run
on, or are started again meanwhile, are of the version before. So ``OLDEST`` says for each branch which version of the
tables a program must at least know, and is kept beside them for programs that know no more.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, text

from gateway.domain.errors import StoreUnavailableError
from gateway.storage.engine import is_sqlite, reading, writing

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

FACTS: Final = "facts"
AUDIT: Final = "audit"
LOG: Final = "log"
OLDEST: Final = {FACTS: "facts_0013", AUDIT: "audit_0001", LOG: "log_0002"}
"""The oldest version of each branch whose program runs on the tables as they are now, and beside programs of today.

A migration that only adds what earlier programs need not know leaves it as it is; any other raises it to itself.
"""
_LOCK: Final = 0x6A7367
"""Number of the advisory lock on PostgreSQL; SQLite has one writer anyway."""
_TABLE: Final = "alembic_version"
_STEPS: Final = Path(__file__).parent / "versions"


def upgrade(engine: Engine, branch: str) -> None:
    """Bring the tables of *branch* up to date, in one transaction; nothing happens when they are, or are later.

    Raises:
        StoreUnavailableError: The database failed, or its tables are so much later that this program does not run on
            them; nothing was changed.
    """
    if is_current(engine, branch):
        return
    # Alembic and what it brings along are several MiB that no process keeps that has nothing to migrate.
    from gateway.storage.migrations.steps import take_steps  # noqa: PLC0415 - as said

    with writing(engine) as connection:
        if not is_sqlite(engine):
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        if _is_later(connection, branch):
            if not _runs_on_later(connection, branch):
                raise StoreUnavailableError(f"the tables of {branch} are of a later version than this", kind="version")
            return
        take_steps(connection, f"{branch}@head")


def keep_oldest(engine: Engine) -> None:
    """Keep ``OLDEST`` beside the tables, once all branches are up to date; a later program's stays. PostgreSQL only.

    Raises:
        StoreUnavailableError: The database failed.
    """
    with writing(engine) as connection:
        if is_sqlite(engine) or any(_is_later(connection, branch) for branch in OLDEST):
            return
        connection.execute(text("DELETE FROM tables_floor"))
        rows = [{"branch": branch, "oldest": oldest} for branch, oldest in OLDEST.items()]
        connection.execute(text("INSERT INTO tables_floor (branch, oldest) VALUES (:branch, :oldest)"), rows)


def is_current(engine: Engine, branch: str) -> bool:
    """Return whether the tables of *branch* are those that this program was written for, or later ones that it runs on.

    Raises:
        StoreUnavailableError: The database failed.
    """
    if is_sqlite(engine) and not Path(str(engine.url.database)).exists():
        return False  # SQLite would make an empty file by looking, which a later upgrade would take for the store
    with reading(engine) as connection:
        if newest(branch) in _heads(connection):
            return True
        return _is_later(connection, branch) and _runs_on_later(connection, branch)


def newest(branch: str) -> str:
    """Return the name of the last step of *branch*: they are numbered in the order in which they are taken."""
    return max(step for step in _known() if step.startswith(f"{branch}_"))


def _heads(connection: Connection) -> frozenset[str]:
    """Return the step at which each branch stands; empty in a database without tables."""
    if not inspect(connection).has_table(_TABLE):
        return frozenset()
    return frozenset(connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalars())  # noqa: S608 - ours


def _is_later(connection: Connection, branch: str) -> bool:
    """Return whether the tables of *branch* are of a version that this program does not know."""
    return any(head.startswith(f"{branch}_") and head not in _known() for head in _heads(connection))


def _runs_on_later(connection: Connection, branch: str) -> bool:
    """Return whether a later program has said that this one runs on its tables."""
    if is_sqlite(connection) or not inspect(connection).has_table("tables_floor"):
        return False
    wanted = text("SELECT oldest FROM tables_floor WHERE branch = :branch")
    return connection.execute(wanted, {"branch": branch}).scalar() in _known()


def _known() -> frozenset[str]:
    return frozenset(file.stem for file in _STEPS.glob("*_*.py"))

"""Bringing a database's tables up to date: one tree of versions with a branch for facts, audit queue and log.

With SQLite each branch has a file of its own; on PostgreSQL both live in one database. Any number of processes may
start at once: one migrates, the others wait and find it done.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from gateway.storage.engine import is_sqlite, reading, writing

if TYPE_CHECKING:
    from sqlalchemy import Engine

FACTS: Final = "facts"
AUDIT: Final = "audit"
LOG: Final = "log"
_LOCK: Final = 0x6A7367
"""Number of the advisory lock on PostgreSQL; SQLite has one writer anyway."""


def upgrade(engine: Engine, branch: str) -> None:
    """Bring the tables of *branch* up to date, in one transaction; nothing happens when they are.

    Raises:
        StoreUnavailableError: The database failed; nothing was changed.
    """
    with writing(engine) as connection:
        if not is_sqlite(engine):
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, f"{branch}@head")


def is_current(engine: Engine, branch: str) -> bool:
    """Return whether the tables of *branch* are those that this program was written for.

    Raises:
        StoreUnavailableError: The database failed.
    """
    if is_sqlite(engine) and not Path(str(engine.url.database)).exists():
        return False  # SQLite would make an empty file by looking, which a later upgrade would take for the store
    wanted = ScriptDirectory.from_config(_config()).get_revision(f"{branch}@head")
    with reading(engine) as connection:
        return wanted.revision in MigrationContext.configure(connection).get_current_heads()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    return config

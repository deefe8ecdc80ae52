"""Taking the steps of a migration with Alembic, in the caller's transaction. Imported where there is one to take."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

if TYPE_CHECKING:
    from sqlalchemy import Connection


def take_steps(connection: Connection, revision: str) -> None:
    """Take every step up to *revision*, such as ``facts@head``, on *connection* and in its transaction."""
    settings = config()
    settings.attributes["connection"] = connection
    command.upgrade(settings, revision)


def config() -> Config:
    """Return where Alembic finds the steps."""
    found = Config()
    found.set_main_option("script_location", str(Path(__file__).parent))
    found.set_main_option("path_separator", "os")
    return found

"""Column types that keep their meaning on SQLite and on PostgreSQL alike. No tables here."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Text
from sqlalchemy.types import TypeDecorator

from formats.civil import format_instant, parse_instant

if TYPE_CHECKING:
    from sqlalchemy import Dialect


class Instant(TypeDecorator[datetime]):
    """An aware instant, kept as the text of ``formats.civil.format_instant``: UTC, microseconds, sorts as time does.

    SQLite has no type for instants and forgets their zone. A naive value is a ``ValueError``.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Write the text."""
        return None if value is None else format_instant(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - likewise
        """Read it."""
        return None if value is None else parse_instant(value)


CODE = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that compares byte by byte on both: codes and ids, never what people read in order."""

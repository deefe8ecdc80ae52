"""Column types, and one condition, that mean the same on SQLite and on PostgreSQL. No tables here."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from formats.civil import format_instant, parse_instant

if TYPE_CHECKING:
    from sqlalchemy import Column, ColumnElement, Dialect
    from sqlalchemy.sql.compiler import SQLCompiler


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

LISTED: Final = "listed"
"""The parameter of ``listed``: a JSON array of texts."""


def listed(column: Column[Any]) -> ColumnElement[bool]:
    """Return the condition that *column* is one of the texts in the parameter ``LISTED``.

    One parameter however many texts, so that a statement is compiled once; ``in_`` writes out each of them anew.
    """
    return column.op("IN", is_comparison=True)(_Texts(bindparam(LISTED, type_=Text)))


def json_text(document: ColumnElement[str], name: ColumnElement[str]) -> ColumnElement[str]:
    """Return the text in the field *name* of the JSON object *document*; NULL where it has none."""
    return _Field(document, name)


class _Field(FunctionElement[str]):
    """A field of a JSON object, as text."""

    inherit_cache = True
    type = Text()


@compiles(_Field, "sqlite")
def _sqlite_field(element: _Field, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's signature
    document, name = (compiler.process(each, **options) for each in element.clauses)
    return f"json_extract({document}, '$.' || {name})"


@compiles(_Field, "postgresql")
def _postgresql_field(element: _Field, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - likewise
    document, name = (compiler.process(each, **options) for each in element.clauses)
    return f"(CAST({document} AS json) ->> {name})"


class _Texts(FunctionElement[str]):
    """The texts of a JSON array, as a subquery."""

    inherit_cache = True
    type = Text()


@compiles(_Texts, "sqlite")
def _sqlite_texts(element: _Texts, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's signature
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **options)}))"  # noqa: S608 - a bound parameter


@compiles(_Texts, "postgresql")
def _postgresql_texts(element: _Texts, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401 - likewise
    return f"(SELECT jsonb_array_elements_text(CAST({compiler.process(element.clauses, **options)} AS jsonb)))"

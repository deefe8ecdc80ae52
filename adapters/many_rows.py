"""Many rows written by few statements of SQLite.

At each statement the driver lets go of the interpreter and has to get it back from the other threads; and of a
statement that it has seen before it keeps the prepared form.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

STATEMENT_ROWS: Final = 64
"""Rows of one statement at most, so that the driver keeps every size of it prepared."""
KEPT_STATEMENTS: Final = 512
"""Statements that the driver keeps for that: every size of the four that a batch takes, and all others."""


def write_rows(connection: sqlite3.Connection, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
    """Execute *statement*, with its ``{rows}`` filled by the places of several rows, until all are written.

    Args:
        connection: In a transaction.
        statement: Such as ``"INSERT INTO failure VALUES {rows}"``.
        rows: Their values, all of the same number; none: nothing is executed. They are written in their order.
    """
    for begin in range(0, len(rows), STATEMENT_ROWS):
        part = rows[begin : begin + STATEMENT_ROWS]
        values = [value for row in part for value in row]
        connection.execute(_filled(statement, len(part), len(part[0])), values)


@lru_cache(maxsize=512)
def _filled(statement: str, rows: int, values: int) -> str:
    places = f"({', '.join('?' * values)})"
    return statement.format(rows=", ".join([places] * rows))

"""Many rows by few statements: all of them, in the order of their numbers, and nothing where there is none."""

from __future__ import annotations

import sqlite3
from math import ceil

import pytest

from adapters.many_rows import STATEMENT_ROWS, write_rows

SIZES = (0, 1, STATEMENT_ROWS - 1, STATEMENT_ROWS, STATEMENT_ROWS + 1, 3 * STATEMENT_ROWS + 5)


@pytest.fixture
def table():
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE kept (number INTEGER PRIMARY KEY AUTOINCREMENT, text TEXT, place INTEGER) STRICT")
    yield connection
    connection.close()


@pytest.mark.parametrize("size", SIZES)
def test_all_rows_are_written_by_as_few_statements_as_hold_them(table, size):
    rows = [(f"row {place}", place) for place in range(size)]
    statements = []
    table.set_trace_callback(statements.append)

    write_rows(table, "INSERT INTO kept (text, place) VALUES {rows}", rows)

    table.set_trace_callback(None)
    assert len(statements) == ceil(size / STATEMENT_ROWS)
    assert table.execute("SELECT text, place FROM kept ORDER BY number").fetchall() == rows
    assert table.execute("SELECT last_insert_rowid()").fetchone() == (size,)


@pytest.mark.parametrize("size", SIZES)
def test_only_the_rows_that_are_named_go(table, size):
    write_rows(table, "INSERT INTO kept (text, place) VALUES {rows}", [("", place) for place in range(size + 1)])

    write_rows(table, "DELETE FROM kept WHERE place IN (VALUES {rows})", [(place,) for place in range(size)])

    assert table.execute("SELECT place FROM kept").fetchall() == [(size,)]

"""Databases that others write to are copied as they all were at one instant, not one after the other."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing

import pytest

from gateway.domain.errors import StoreUnavailableError
from gateway.storage.snapshot import copy_at_once

COPIES = 20
BETWEEN = 30
"""Databases between the two that are written to: copying them takes time, in which the second would run ahead."""


@pytest.fixture
def databases(tmp_path):
    """Databases that count, all at 0."""
    found = [tmp_path / f"{number:02}.sqlite" for number in range(BETWEEN + 2)]
    for each in found:
        with closing(sqlite3.connect(each)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("CREATE TABLE counted (number INTEGER)")
            connection.execute("INSERT INTO counted VALUES (0)")
            connection.commit()
    return found


def counting(first, last, written, stop):
    """Count on in the first database and then in the last, again and again: the last is never ahead."""
    with closing(sqlite3.connect(first)) as one, closing(sqlite3.connect(last)) as other:
        while not stop.is_set():
            for connection in (one, other):
                connection.execute("PRAGMA synchronous=OFF")
                connection.execute("UPDATE counted SET number = number + 1")
                connection.commit()
            written.set()


def number_in(file):
    with closing(sqlite3.connect(file)) as connection:
        return connection.execute("SELECT number FROM counted").fetchone()[0]


def test_of_two_databases_written_one_after_the_other_the_second_is_never_copied_ahead(databases, tmp_path):
    written, stop = threading.Event(), threading.Event()
    writer = threading.Thread(target=counting, args=(databases[0], databases[-1], written, stop))
    writer.start()
    found = []
    try:
        for number in range(COPIES):
            written.clear()
            assert written.wait(10)
            folder = tmp_path / f"copy-{number}"
            folder.mkdir()
            copy_at_once({each: folder / each.name for each in databases})
            found.append((number_in(folder / databases[0].name), number_in(folder / databases[-1].name)))
    finally:
        stop.set()
        writer.join()

    assert all(0 <= first - last <= 1 for first, last in found), found
    assert len({first for first, _ in found}) == COPIES, "it was written to between any two copies"


def test_a_database_that_is_not_there_is_no_copy_and_is_not_made(databases, tmp_path):
    missing = tmp_path / "missing.sqlite"

    with pytest.raises(StoreUnavailableError):
        copy_at_once({databases[0]: tmp_path / "one", missing: tmp_path / "other"})

    assert not missing.exists()
    assert not (tmp_path / "one").exists()

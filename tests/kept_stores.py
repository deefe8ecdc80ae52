"""Stores that are kept and emptied, for whoever plays very many histories: making tables takes longer than a history.

An emptied store is as a new one but for its file's pages; two nodes have it open, each with connections of its own.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from snapshot_checks import Node
from sqlalchemy import inspect, text

from gateway.storage.engine import open_engine
from gateway.storage.facts import SqlFactStore
from gateway.storage.history import SqlHistory
from gateway.storage.migrations import FACTS, upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

VERSIONS, HEAD = "alembic_version", "head"


class KeptStore:
    """One database with the tables of facts, and the two nodes that have it open."""

    def __init__(self, engines: tuple[Engine, Engine]) -> None:
        self._engine = engines[0]
        upgrade(self._engine, FACTS)
        self.nodes = tuple(Node(SqlFactStore(engine), SqlHistory(engine)) for engine in engines)
        ordered = [name for name, _ in inspect(self._engine).get_sorted_table_and_fkc_names() if name is not None]
        self._emptying = [text(f'DELETE FROM "{name}"') for name in reversed(ordered) if name not in {VERSIONS, HEAD}]  # noqa: S608
        self._emptying.append(text(f'UPDATE "{HEAD}" SET revision = 0'))  # noqa: S608 - a name of ours

    def emptied(self) -> tuple[Node, ...]:
        """Return the nodes of a store in which nothing is on record."""
        with self._engine.begin() as connection:
            for statement in self._emptying:
                connection.execute(statement)
        return self.nodes

    def content(self) -> dict[str, list[tuple[object, ...]]]:
        """Return every row of every table."""
        names = inspect(self._engine).get_table_names()
        with self._engine.connect() as connection:
            return {
                name: [tuple(row) for row in connection.execute(text(f'SELECT * FROM "{name}"'))]  # noqa: S608
                for name in names
            }


@contextmanager
def kept_store(url: str) -> Iterator[KeptStore]:
    """Give a store in an empty database."""
    engines = (open_engine(url), open_engine(url))
    try:
        yield KeptStore(engines)
    finally:
        for engine in engines:
            engine.dispose()

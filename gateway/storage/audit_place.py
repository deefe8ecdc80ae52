"""Where audit queues lie: a folder with one SQLite file a writer, or one PostgreSQL database for all.

It opens databases and takes the lock that makes a file's writer the only one. It reads and writes no entries.
"""

from __future__ import annotations

import fcntl
import os
import re
import threading
from typing import TYPE_CHECKING, Final

from sqlalchemy import URL, inspect

from gateway.storage.audit_reader import read_next_numbers
from gateway.storage.audit_tables import writers
from gateway.storage.durable import sync_folder
from gateway.storage.engine import SQLITE, is_sqlite, open_engine, reading, unsound
from gateway.storage.migrations import AUDIT, upgrade

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

INDEX_NAME: Final = "access"
"""Name of the side index's file; no writer may bear it."""
_WRITER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class QueueLockedError(Exception):
    """Another process writes this queue: which writer, which file is locked."""

    def __init__(self, writer: str, file: Path) -> None:
        super().__init__(f"audit queue of writer {writer!r} is in use by another process ({file} is locked)")
        self.writer = writer
        self.file = file


class WriterLock:
    """An exclusive lock on ``<writer>.lock``, held until ``release`` or the end of the process.

    A child made by ``fork`` would share it: fork before opening a queue.
    """

    def __init__(self, folder: Path, writer: str) -> None:
        file = folder / f"{writer}.lock"
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._descriptor)
            raise QueueLockedError(writer, file) from None

    def release(self) -> None:
        """Let another process have the queue. The file stays, so that nobody locks one that is being removed."""
        os.close(self._descriptor)


class FolderPlace:
    """A folder on this machine's disk: ``<writer>.sqlite``, ``<writer>.lock``, and the index in ``access.sqlite``."""

    patience_seconds: Final = None
    """A disk is waited for."""

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder
        self._readers: Final[dict[str, Engine]] = {}
        self._index: Engine | None = None
        self._opening: Final = threading.Lock()

    def lock(self, writer: str) -> WriterLock:
        """Make this process the only writer of a queue.

        Raises:
            ValueError: *writer* cannot be the name of a file, or is the index's.
            QueueLockedError: Another process is.
        """
        if not _WRITER.fullmatch(writer) or writer == INDEX_NAME:
            raise ValueError(f"{writer!r} cannot be the name of an audit writer")
        if not self._folder.is_dir():
            self._folder.mkdir(mode=0o700, parents=True)
            sync_folder(self._folder.parent)
        return WriterLock(self._folder, writer)

    def writer_engine(self, writer: str) -> Engine:
        """Return a new engine on the queue's file, with its tables up to date; the writer alone uses it."""
        return _upgraded(_file_engine(self._folder / f"{writer}.sqlite"))

    def readers(self) -> dict[str, Engine]:
        """Return every queue that exists, each with the engine to read it. One still being made is left out."""
        with self._opening:
            for file in self._folder.glob("*.sqlite"):
                if file.stem != INDEX_NAME and file.stem not in self._readers:
                    engine = _file_engine(file)
                    if not _has_tables(engine):
                        engine.dispose()
                        continue
                    self._readers[file.stem] = engine
            return dict(self._readers)

    def next_numbers(self) -> dict[str, int]:
        """Return each writer and the number that its next entry will have."""
        merged: dict[str, int] = {}
        for engine in self.readers().values():
            merged.update(read_next_numbers(engine))
        return merged

    def unsound(self) -> list[str]:
        """Return what is wrong with the form of the queues' files, whatever they hold; empty when nothing is."""
        wrong: list[str] = []
        for file in sorted(self._folder.glob("*.sqlite")):
            if file.stem != INDEX_NAME:
                engine = _file_engine(file)
                wrong += unsound(engine)
                engine.dispose()
        return wrong

    def index_engine(self) -> Engine:
        """Return the engine on the side index's file."""
        with self._opening:
            if self._index is None:
                self._index = _file_engine(self._folder / f"{INDEX_NAME}.sqlite")
            return self._index

    def close(self) -> None:
        """Close the connections of readers and index; writers have their own."""
        with self._opening:
            for engine in self._readers.values():
                engine.dispose()
            self._readers.clear()
            if self._index is not None:
                self._index.dispose()
                self._index = None


class DatabasePlace:
    """A PostgreSQL database that all writers share. A new writer deposes the old one, by the epoch in its row."""

    patience_seconds: Final = 0.7
    """How long an answer waits for the database: whoever looks four times a second refuses it within a second."""

    def __init__(self, engine: Engine) -> None:
        self._engine: Final = engine

    def lock(self, writer: str) -> None:
        """Need no lock of the machine's."""

    def writer_engine(self, writer: str) -> Engine:  # noqa: ARG002 - one database for all
        """Return a new engine, so that closing a queue leaves the caller's connections alone."""
        return _upgraded(open_engine(self._engine.url.render_as_string(hide_password=False)))

    def readers(self) -> dict[str, Engine]:
        """Return every queue that exists, each with the engine to read it."""
        return dict.fromkeys(self.next_numbers(), self._engine)

    def next_numbers(self) -> dict[str, int]:
        """Return each writer and the number that its next entry will have."""
        return read_next_numbers(self._engine)

    def unsound(self) -> list[str]:
        """Return nothing: the form of its files is the server's to look at."""
        return []

    def index_engine(self) -> Engine:
        """Return the engine: the index's tables are in the same database."""
        return self._engine

    def close(self) -> None:
        """Close nothing: the engine is the caller's."""


def place_of(facts: Engine, state: Path) -> FolderPlace | DatabasePlace:
    """Return where the queues of a gateway lie: in its state folder, or in the database of its facts."""
    return FolderPlace(state / "audit") if is_sqlite(facts) else DatabasePlace(facts)


def _upgraded(engine: Engine) -> Engine:
    try:
        upgrade(engine, AUDIT)
    except BaseException:
        engine.dispose()
        raise
    return engine


def _has_tables(engine: Engine) -> bool:
    with reading(engine) as connection:
        return inspect(connection).has_table(writers.name)


def _file_engine(file: Path) -> Engine:
    return open_engine(URL.create(SQLITE, database=str(file)).render_as_string(hide_password=False))

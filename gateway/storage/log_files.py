"""The port ``LogFiles``: the log as static files that any web server can serve (C2SP tlog-tiles).

``<folder>/<year>/`` holds ``checkpoint``, ``tile/…`` and ``vkey``. Entries come first, then tiles, then the checkpoint,
which is written when they are durable: whoever is killed in between leaves only files that no checkpoint speaks of yet.
Every file is renamed into place whole. A narrower tile goes when the full one is there.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Final

from formats.merkle import HASH_SIZE
from formats.tiles import WIDTH, bundles_between, encode_bundle, entries_path, tiles_between
from gateway.storage.durable import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.domain.log import LogState
    from gateway.services.ports.log import LogStore

CHECKPOINT: Final = "checkpoint"
KEY_FILE: Final = "vkey"
_MODE: Final = 0o644
_FOLDER_MODE: Final = 0o755


class LogFolder:
    """One folder with a folder for each log, named as its origin ends. Nothing in it names anybody."""

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder

    def of(self, origin: str) -> Path:
        """Return the folder of a log."""
        return self._folder / origin.rpartition("/")[2]

    def published(self, origin: str) -> bytes:
        """Return the checkpoint that lies there; empty when there is none. Raises ``OSError``."""
        try:
            return (self.of(origin) / CHECKPOINT).read_bytes()
        except FileNotFoundError:
            return b""

    def key(self, origin: str) -> bytes:
        """Return the public key as it lies there; empty when there is none. Raises ``OSError``."""
        try:
            return (self.of(origin) / KEY_FILE).read_bytes()
        except FileNotFoundError:
            return b""

    def announce(self, origin: str, key: str) -> None:
        """Publish the public key of a log that is not open yet, unless it is. Raises ``OSError``."""
        if not (self.of(origin) / KEY_FILE).exists():
            folder = _Writing(self.of(origin))
            folder.write(KEY_FILE, f"{key}\n".encode())
            folder.settle()

    def publish(self, state: LogState, since: int, store: LogStore) -> None:
        """Write what a log has more than when it had *since* entries, the checkpoint last. Raises ``OSError``."""
        folder = _Writing(self.of(state.origin))
        folder.write(KEY_FILE, f"{state.key}\n".encode())
        for number, width in bundles_between(since, state.size):
            envelopes = store.envelopes(state.origin, number * WIDTH, width)
            folder.write(entries_path(number, width), encode_bundle(envelopes))
        for tile in tiles_between(since, state.size):
            hashes = store.tile(state.origin, tile.level, tile.number)
            folder.write(tile.path, hashes[: tile.width * HASH_SIZE])  # what is stored may be ahead of what is signed
        folder.settle()
        folder.write(CHECKPOINT, state.note)
        folder.settle()


def read_shown(folder: Path, name: str) -> tuple[bytes, str]:
    """Return the bytes of a log's file and the name of that file.

    In place of a narrow one that is gone it is the full one, which takes its place when there is one: its beginning is
    what the narrow one was. Raises ``OSError`` when neither is there.
    """
    full, narrow, _ = name.partition(".p/")
    try:
        return (folder / name).read_bytes(), name
    except FileNotFoundError:
        if not narrow:
            raise
        return (folder / full).read_bytes(), full


def narrower(folder: Path, name: str) -> Iterator[tuple[str, int]]:
    """Give name and width of the narrower files that still lie beside one of a log's: the beginnings of its content.

    The newest checkpoint does not speak of them; whoever has an earlier one may read them.
    """
    full, _, width = name.partition(".p/")
    limit = int(width) if width else WIDTH
    for file in sorted((folder / f"{full}.p").glob("[1-9]*")):
        if file.name.isdecimal() and int(file.name) < limit:
            yield f"{full}.p/{file.name}", int(file.name)


class _Writing:
    """Files written beneath one folder; durable, with their names, after ``settle``."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._changed: set[Path] = set()
        self._full: list[Path] = []
        self._make(root)

    def write(self, name: str, content: bytes) -> None:
        path = self._root / name
        self._make(path.parent)
        temporary = path.with_name(f".{path.name}.new")
        with temporary.open("wb") as file:
            os.fchmod(file.fileno(), _MODE)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        self._changed.add(path.parent)
        narrower = path.with_name(f"{path.name}.p")
        if narrower.is_dir():
            self._full.append(narrower)

    def settle(self) -> None:
        """Make the names durable, then take away what is superseded."""
        for folder in self._changed:
            sync_folder(folder)
        for folder in self._full:
            shutil.rmtree(folder)
        self._changed.clear()
        self._full.clear()

    def _make(self, folder: Path) -> None:
        if folder.is_dir():
            return
        self._make(folder.parent)
        folder.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        self._changed.add(folder.parent)

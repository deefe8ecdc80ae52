"""One log made anew from its entries: tile by tile, compared with the stored tiles and the published files.

It holds a few tiles at a time, whatever the size of the log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from formats.merkle import HASH_SIZE, leaf_hash
from formats.tiles import HEIGHT, WIDTH, Tile, encode_bundle, entries_path, grown_tiles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gateway.storage.log_store import SqlLogStore

FULL: Final = WIDTH * HASH_SIZE
_Place = tuple[int, int]


class Remade:
    """Entries are added in order, 256 at a time but for the last; ``flaws`` says what differs from them."""

    def __init__(self, origin: str, store: SqlLogStore, folder: Path, published: int) -> None:
        """Compare with what is stored of *origin*, and with the files in *folder* as of *published* entries."""
        self._origin: Final = origin
        self._store: Final = store
        self._folder: Final = folder
        self._published: Final = published
        self._size = 0
        self._growing: dict[_Place, bytes] = {}
        self.flaws: list[str] = []
        self.files = 0
        """Files that were compared."""

    def add(self, entries: Sequence[bytes]) -> None:
        """Take the next bundle of entries."""
        number, shown = self._size // WIDTH, min(len(entries), self._published - self._size)
        if shown > 0:
            self._file(entries_path(number, shown), encode_bundle(entries[:shown]))
        leaves = [leaf_hash(each) for each in entries]
        grown = grown_tiles(lambda *place: self._growing[place], self._size, leaves)
        self._size += len(entries)
        self._growing |= grown
        for place in [each for each in grown if len(grown[each]) == FULL]:
            self._compare(place, self._growing.pop(place))

    def end(self) -> None:
        """Compare the last tiles, which are not full."""
        for place, hashes in self._growing.items():
            self._compare(place, hashes)

    def _compare(self, place: _Place, hashes: bytes) -> None:
        level, number = place
        # A gateway that serves may have added to the last tile since.
        if not self._store.tile(self._origin, level, number).startswith(hashes):
            self.flaws.append(f"{self._origin}: the stored tile {level}/{number} is not that of its entries")
        shown = min(WIDTH, (self._published >> (HEIGHT * level)) - number * WIDTH)
        if shown > 0:
            self._file(Tile(level, number, shown).path, hashes[: shown * HASH_SIZE])

    def _file(self, name: str, content: bytes) -> None:
        self.files += 1
        try:
            found = self._read(name)
        except OSError as error:
            self.flaws.append(f"{self._folder / name}: {error.strerror}")
            return
        if found[: len(content)] != content or (len(found) > len(content) and (self._folder / name).exists()):
            self.flaws.append(f"{self._folder / name}: is not that of the log's entries")

    def _read(self, name: str) -> bytes:
        """Return a file; in place of a narrow one the full one, which takes its place when there is one."""
        full, narrow, _ = name.partition(".p/")
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            if not narrow:
                raise
            return (self._folder / full).read_bytes()

"""One log made anew from its entries: tile by tile, compared with the stored tiles and the published files.

It holds a few tiles at a time, whatever the size of the log.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from formats.growing_tiles import GrowingTiles
from formats.merkle import HASH_SIZE, leaf_hash
from formats.tiles import HEIGHT, WIDTH, Tile, encode_bundle, entries_path
from gateway.storage.log_files import narrower, read_shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gateway.storage.log_store import SqlLogStore


class Remade:
    """Entries are added in order, 256 at a time but for the last; ``flaws`` says what differs from them."""

    def __init__(self, origin: str, store: SqlLogStore, folder: Path, published: int) -> None:
        """Compare with what is stored of *origin*, and with the files in *folder* as of *published* entries."""
        self._origin: Final = origin
        self._store: Final = store
        self._folder: Final = folder
        self._published: Final = published
        self._tiles: Final = GrowingTiles()
        self.flaws: list[str] = []
        self.files = 0
        """Files that were compared."""

    def add(self, entries: Sequence[bytes]) -> None:
        """Take the next bundle of entries."""
        size = self._tiles.size
        number, shown = size // WIDTH, min(len(entries), self._published - size)
        if shown > 0:
            self._file(entries_path(number, shown), encode_bundle(entries[:shown]))
            self._narrower(entries_path(number, shown), lambda width: encode_bundle(entries[:width]))
        for place, hashes in self._tiles.append([leaf_hash(each) for each in entries]).items():
            self._compare(place, hashes)

    def end(self) -> None:
        """Compare the last tiles, which are not full."""
        for place, hashes in self._tiles.growing.items():
            self._compare(place, hashes)

    def _compare(self, place: tuple[int, int], hashes: bytes) -> None:
        level, number = place
        # A gateway that serves may have added to the last tile since.
        if not self._store.tile(self._origin, level, number).startswith(hashes):
            self.flaws.append(f"{self._origin}: the stored tile {level}/{number} is not that of its entries")
        shown = min(WIDTH, (self._published >> (HEIGHT * level)) - number * WIDTH)
        if shown > 0:
            self._file(Tile(level, number, shown).path, hashes[: shown * HASH_SIZE])
            self._narrower(Tile(level, number, shown).path, lambda width: hashes[: width * HASH_SIZE])

    def _narrower(self, name: str, beginning: Callable[[int], bytes]) -> None:
        """Look at what is left of a file from when it was narrower; it goes when a gateway fills the wide one."""
        for narrow, width in narrower(self._folder, name):
            with suppress(FileNotFoundError):
                if (self._folder / narrow).read_bytes() != beginning(width):
                    self.flaws.append(f"{self._folder / narrow}: is not the beginning of {name}")

    def _file(self, name: str, content: bytes) -> None:
        self.files += 1
        try:
            found, shown = read_shown(self._folder, name)
        except OSError as error:
            self.flaws.append(f"{self._folder / name}: {error.strerror}")
            return
        if found[: len(content)] != content or (shown == name and len(found) > len(content)):
            self.flaws.append(f"{self._folder / name}: is not that of the log's entries")

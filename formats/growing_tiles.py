"""A tree that grows by its leaves, kept as those of its tiles that are not full yet: a few, whatever its size.

For whoever makes a log anew from its entries and compares; where tiles lie and what they are compared with is theirs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from formats.merkle import EMPTY_ROOT
from formats.merkle_nodes import root_at
from formats.tiles import FULL_BYTES, grown_tiles, reader_of_tiles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Place = tuple[int, int]


class GrowingTiles:
    """Begins without leaves. Level and number name a tile."""

    def __init__(self) -> None:
        self._size = 0
        self._growing: dict[Place, bytes] = {}

    @property
    def size(self) -> int:
        """Leaves so far."""
        return self._size

    @property
    def growing(self) -> Mapping[Place, bytes]:
        """The tiles that are not full yet, as wide as they are."""
        return self._growing

    def append(self, leaves: Sequence[bytes]) -> dict[Place, bytes]:
        """Add leaves by their hashes, and return the tiles that are full now; those are forgotten."""
        grown = grown_tiles(lambda *place: self._growing[place], self._size, leaves)
        self._size += len(leaves)
        self._growing |= grown
        return {place: self._growing.pop(place) for place, hashes in grown.items() if len(hashes) == FULL_BYTES}

    def root(self) -> bytes:
        """Return the root over all leaves so far: every complete subtree at the right edge is in a tile that grows."""
        if not self._size:
            return EMPTY_ROOT
        return root_at(reader_of_tiles(lambda *place: self._growing.get(place, b"")), self._size)

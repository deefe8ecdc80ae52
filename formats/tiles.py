"""A log as static files: tiles of hashes and bundles of entries (C2SP tlog-tiles).

``tile/<L>/<N>`` holds 256 hashes of complete subtrees of height 8·L; ``tile/entries/<N>`` holds 256 entries, each
behind its length in two bytes. A last tile that is not full bears its width, ``.p/<W>``, and is never hashed upward.
Paths and bytes only: nothing here reads, writes or signs files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from formats.merkle import HASH_SIZE, node_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from formats.merkle_nodes import ReadNode

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
"""Hashes or entries in a full tile."""
ENTRY_LIMIT: Final = 65_535
"""Bytes of one entry."""
_LENGTH_BYTES: Final = 2
FULL_BYTES: Final = WIDTH * HASH_SIZE
"""Of a full tile of hashes."""


class Tile(NamedTuple):
    """One tile of hashes: its hash *i* is that of the complete subtree ``number * 256 + i`` of height ``8 * level``."""

    level: int
    number: int
    width: int

    @property
    def path(self) -> str:
        """Where it lies, from the log's folder."""
        return f"tile/{self.level}/{_numbered(self.number, self.width)}"


def entries_path(number: int, width: int) -> str:
    """Return where a bundle of *width* entries lies, from the log's folder."""
    return f"tile/entries/{_numbered(number, width)}"


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """Give the tiles that *new* leaves have, and *old* ones had not or had narrower; those nearest the leaves first."""
    level = 0
    while new:
        for number in range(old >> HEIGHT, -(-new >> HEIGHT)):
            width = min(WIDTH, new - (number << HEIGHT))
            if (number << HEIGHT) + width > old:
                yield Tile(level, number, width)
        old, new, level = old >> HEIGHT, new >> HEIGHT, level + 1


def bundles_between(old: int, new: int) -> Iterator[tuple[int, int]]:
    """Give number and width of the bundles of entries that *new* entries have and *old* ones had not, or narrower."""
    for number in range(old >> HEIGHT, -(-new >> HEIGHT)):
        yield number, min(WIDTH, new - (number << HEIGHT))


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Return the bytes of a bundle of 1 to 256 entries.

    Raises:
        ValueError: None or too many of them, or one over ``ENTRY_LIMIT``.
    """
    if not 0 < len(entries) <= WIDTH or any(len(each) > ENTRY_LIMIT for each in entries):
        raise ValueError(f"a bundle holds 1 to {WIDTH} entries of at most {ENTRY_LIMIT} bytes")
    return b"".join(len(each).to_bytes(_LENGTH_BYTES, "big") + each for each in entries)


def decode_bundle(data: bytes) -> list[bytes]:
    """Return the entries of a bundle.

    Raises:
        ValueError: It ends within an entry, or holds none or too many.
    """
    found, place = [], 0
    while place < len(data):
        start = place + _LENGTH_BYTES
        place = start + int.from_bytes(data[place:start], "big")
        found.append(data[start:place])
    if place != len(data) or not 0 < len(found) <= WIDTH:
        raise ValueError("not a bundle of entries")
    return found


def grown_tiles(
    read_tile: Callable[[int, int], bytes], size: int, leaves: Sequence[bytes]
) -> dict[tuple[int, int], bytes]:
    """Return the tiles that change when *leaves* are appended to a tree of *size* leaves, by level and number.

    Args:
        read_tile: Gives the bytes of a tile that is not full yet; it is asked for the last one of a level.
        size: Leaves before.
        leaves: Their hashes, in order.
    """
    made: dict[tuple[int, int], bytes] = {}
    level, hashes = 0, list(leaves)
    while hashes:
        number, held = divmod(size, WIDTH)
        content = (read_tile(level, number) if held else b"") + b"".join(hashes)
        hashes = []
        for place in range(0, len(content), FULL_BYTES):
            made[level, number] = tile = content[place : place + FULL_BYTES]
            if len(tile) == FULL_BYTES:
                hashes.append(root_of_full_tile(tile))
            number += 1
        size, level = size >> HEIGHT, level + 1
    return made


def reader_of_tiles(read_tile: Callable[[int, int], bytes]) -> ReadNode:
    """Return how nodes are read from tiles.

    Args:
        read_tile: Gives the bytes of the tile of a level and a number, as wide as it is.

    The reader raises ``ValueError`` for a node that the tile does not hold.
    """

    def read(height: int, index: int) -> bytes:
        level, above = divmod(height, HEIGHT)
        first = index << above
        number, place = divmod(first, WIDTH)
        tile = read_tile(level, number)
        part = tile[place * HASH_SIZE : (place + (1 << above)) * HASH_SIZE]
        if len(part) != HASH_SIZE << above:
            raise ValueError(f"tile {level}/{number} does not hold node {index} of height {height}")
        return _above([part[each : each + HASH_SIZE] for each in range(0, len(part), HASH_SIZE)])

    return read


def root_of_full_tile(tile: bytes) -> bytes:
    """Return the hash that a full tile has in the tile above it; raises ``ValueError`` for one that is not full."""
    if len(tile) != FULL_BYTES:
        raise ValueError("the tile is not full")
    return _above([tile[each : each + HASH_SIZE] for each in range(0, len(tile), HASH_SIZE)])


def _above(hashes: list[bytes]) -> bytes:
    while len(hashes) > 1:
        hashes = [node_hash(*pair) for pair in zip(hashes[::2], hashes[1::2], strict=True)]
    return hashes[0]


def _numbered(number: int, width: int) -> str:
    groups = [f"{number % 1000:03}"]
    while number := number // 1000:
        groups.append(f"x{number % 1000:03}")
    return "/".join(reversed(groups)) + ("" if width == WIDTH else f".p/{width}")

"""The blinded tree of one day's index: from an enterprise to the calls that asked about it, or to nothing.

Where an enterprise stands follows from its code, the day and the side of the index alone: the first bits of a SHA-256.
Nobody can choose another place for it, and an empty place proves that nothing is there. Every hash is salted under a
secret of the index, so that a path shows nothing of others: whether a hash beside it has anybody below it cannot be
told. The upper levels are always there; below them an empty subtree is one hash, and an enterprise stands at the full
depth. Nothing here stores anything or knows what a leaf says.
"""

from __future__ import annotations

import hashlib
import hmac
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from formats.merkle import HASH_SIZE, inclusion_path, leaf_hash, node_hash, root

if TYPE_CHECKING:
    from collections.abc import Sequence

BITS: Final = 256
"""Of a position."""
LEAST_DEPTH: Final = 64
"""Levels below the root at which enterprises stand, at least: two of them share no place by accident."""
LEAST_WIDTH: Final = 6
WIDEST: Final = 16
"""Levels that are always there: at most 65,536 hashes."""


@dataclass(frozen=True, slots=True)
class Spot:
    """What stands at a position, with the path to the root, leaf side first; empty content is the proof of nothing."""

    salt: bytes
    content: bytes
    path: tuple[bytes, ...]


def position_of(day: str, side: str, uscc: str) -> int:
    """Return where an enterprise stands in the index of a day (``YYYY-MM-DD``) and a side: 256 bits."""
    text = f"joint-sanctions day index\n{day}\n{side}\n{uscc}\n"
    return int.from_bytes(hashlib.sha256(text.encode()).digest())


def depth_of(positions: Sequence[int]) -> int:
    """Return the depth at which all positions differ, given in ascending order without repetition."""
    shared = max((BITS - (one ^ other).bit_length() for one, other in pairwise(positions)), default=0)
    return max(LEAST_DEPTH, -(-(shared + 1) // 8) * 8)


def width_of(count: int) -> int:
    """Return how many levels are always there for so many enterprises: a few of them share each of the last."""
    return min(max(LEAST_WIDTH, count.bit_length() - 2), WIDEST)


class DayTree:
    """One tree, by its secret *seed* and *depth*. Leaves are pairs of position and content, in ascending order."""

    def __init__(self, seed: bytes, depth: int) -> None:
        """Use a tree of *depth* levels below its root, ``LEAST_DEPTH`` to 256."""
        self._seed: Final = seed
        self._depth: Final = depth

    def nodes(self, leaves: Sequence[tuple[int, bytes]], width: int) -> list[bytes]:
        """Return the hashes of all 2^*width* subtrees below the upper levels, in order; the root is over them."""
        shift, found, first = BITS - width, [], 0
        for prefix in range(1 << width):
            end = bisect_left(leaves, (prefix + 1) << shift, lo=first, key=_place)
            found.append(self._node(leaves[first:end], width, prefix))
            first = end
        return found

    def spot(self, nodes: Sequence[bytes], leaves: Sequence[tuple[int, bytes]], position: int) -> Spot:
        """Return what stands at *position*, proven.

        Args:
            nodes: As ``nodes`` returned them.
            leaves: Those of the subtree that the position lies in, at least.
            position: Of one enterprise.
        """
        width = len(nodes).bit_length() - 1
        level, prefix = width, position >> (BITS - width)
        first = bisect_left(leaves, prefix << (BITS - width), key=_place)
        below = leaves[first : bisect_left(leaves, (prefix + 1) << (BITS - width), key=_place)]
        beside: list[bytes] = []
        while below and level < self._depth:
            halves = _halves(below, level)
            bit = _bit(position, level)
            level += 1
            beside.append(self._node(halves[1 - bit], level, (position >> (BITS - level)) ^ 1))
            below = halves[bit]
        path = (*reversed(beside), *inclusion_path(nodes, prefix))
        return Spot(self._salt(level, position >> (BITS - level)), below[0][1] if below else b"", path)

    def _node(self, leaves: Sequence[tuple[int, bytes]], level: int, prefix: int) -> bytes:
        if not leaves:
            return _empty(self._salt(level, prefix))
        if len(leaves) == 1:
            return self._lone(*leaves[0], level)
        left, right = _halves(leaves, level)
        return node_hash(self._node(left, level + 1, 2 * prefix), self._node(right, level + 1, 2 * prefix + 1))

    def _lone(self, position: int, content: bytes, level: int) -> bytes:
        """Return the hash at *level* above the only enterprise of a subtree."""
        at = position >> (BITS - self._depth)
        above = leaf_hash(self._salt(self._depth, at) + content)
        for below in range(self._depth, level, -1):
            sibling = _empty(self._salt(below, at ^ 1))
            above = node_hash(sibling, above) if at & 1 else node_hash(above, sibling)
            at >>= 1
        return above

    def _salt(self, level: int, prefix: int) -> bytes:
        return hmac.digest(self._seed, b"%d/%x" % (level, prefix), "sha256")


def root_of(nodes: Sequence[bytes]) -> bytes:
    """Return the root over the nodes of a tree."""
    return root(nodes)


def root_from(position: int, depth: int, spot: Spot) -> bytes | None:
    """Return the root to which a spot leads from the place of *position*; None for one that is no spot of such a tree.

    Args:
        position: Made by ``position_of`` from what is asked about, never taken from the proof.
        depth: Of the tree, from a source that is trusted.
        spot: Of which nothing is believed.
    """
    level = len(spot.path)
    if any(len(each) != HASH_SIZE for each in (spot.salt, *spot.path)):
        return None
    # An enterprise stands at the full depth and nowhere else; nothing may be proven deeper or higher.
    if not (level == depth if spot.content else LEAST_WIDTH <= level <= depth):
        return None
    above = leaf_hash(spot.salt + spot.content) if spot.content else _empty(spot.salt)
    for sibling in spot.path:
        level -= 1
        above = node_hash(sibling, above) if _bit(position, level) else node_hash(above, sibling)
    return above


def _empty(salt: bytes) -> bytes:
    return hashlib.sha256(b"\x02" + salt).digest()


def _bit(position: int, level: int) -> int:
    return (position >> (BITS - 1 - level)) & 1


def _place(leaf: tuple[int, bytes]) -> int:
    return leaf[0]


def _halves(
    leaves: Sequence[tuple[int, bytes]], level: int
) -> tuple[Sequence[tuple[int, bytes]], Sequence[tuple[int, bytes]]]:
    """Divide the leaves of a subtree whose root is at *level* into those to its left and to its right."""
    shift = BITS - 1 - level
    middle = bisect_left(leaves, 1, key=lambda leaf: (leaf[0] >> shift) & 1)
    return leaves[:middle], leaves[middle:]

"""One proof for many leaves of a tree (RFC 9162): the hashes of all that lies between them, each once.

Leaves that stand together share their path, so that a proof of all leaves holds nothing, and one of few is hardly
longer than the path of each. The order is that in which the tree is walked from the first leaf to the last.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from formats.merkle import HASH_SIZE, node_hash
from formats.merkle_nodes import span_hash

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from formats.merkle_nodes import ReadNode


def absent_hashes(read: ReadNode, indexes: Sequence[int], size: int) -> Iterator[bytes]:
    """Yield what leads from the leaves at *indexes* to the root of the first *size* leaves.

    Args:
        read: Gives the hash of a complete subtree.
        indexes: Of the leaves to prove: ascending, each once, at least one.
        size: Leaves of the tree.

    Raises:
        ValueError: There is none, or one lies outside the tree.
    """
    if not indexes or not 0 <= indexes[0] <= indexes[-1] < size:
        raise ValueError(f"the leaves do not lie in a tree of {size}")
    waiting = [(0, size)]
    while waiting:
        first, end = waiting.pop()
        held = bisect_left(indexes, end) - bisect_left(indexes, first)
        if held == 0:
            yield span_hash(read, first, end)
        elif held < end - first:
            split = _split(first, end)
            waiting += [(split, end), (first, split)]


def root_of_many(leaves: Mapping[int, bytes], size: int, hashes: Iterator[bytes]) -> bytes:
    """Return the root that leaves and the hashes between them lead to; no more hashes are taken than it needs.

    Args:
        leaves: Hash of each leaf to prove, by its index; at least one.
        size: Leaves of the tree.
        hashes: As ``absent_hashes`` gives them.

    Raises:
        ValueError: There is no leaf, one lies outside the tree, or a hash is missing or of another size.
    """
    indexes = sorted(leaves)
    if not indexes or not 0 <= indexes[0] <= indexes[-1] < size:
        raise ValueError(f"the leaves do not lie in a tree of {size}")

    def above(first: int, end: int) -> bytes:
        place = bisect_left(indexes, first)
        if place == len(indexes) or indexes[place] >= end:
            found = next(hashes, b"")
            if len(found) != HASH_SIZE:
                raise ValueError("a hash is missing")
            return found
        if end - first == 1:
            return leaves[first]
        split = _split(first, end)
        left = above(first, split)
        return node_hash(left, above(split, end))

    return above(0, size)


def _split(first: int, end: int) -> int:
    return first + (1 << (end - first - 1).bit_length() - 1)

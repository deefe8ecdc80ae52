"""Roots and proofs of a Merkle tree whose nodes are stored, at any size that the tree ever had (RFC 9162).

Only complete subtrees are stored, and they never change: a proof of a tree of a million leaves reads some forty of
them. Where they are stored is the caller's business (``tiles``); verifying is ``merkle``'s.
"""

from __future__ import annotations

from collections.abc import Callable

from formats.merkle import EMPTY_ROOT, node_hash

ReadNode = Callable[[int, int], bytes]
"""Gives the hash of a complete subtree: its height (0 is a leaf), and which one of that height, from 0."""


def root_at(read: ReadNode, size: int) -> bytes:
    """Return the root of the first *size* leaves, ``EMPTY_ROOT`` for none."""
    return span_hash(read, 0, size) if size else EMPTY_ROOT


def inclusion_proof(read: ReadNode, index: int, size: int) -> list[bytes]:
    """Return the path that proves leaf *index* in the tree of the first *size* leaves, leaf side first (2.1.3.1).

    Raises:
        ValueError: That tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    path, first, end = [], 0, size
    while end - first > 1:
        split = first + _split(end - first)
        if index < split:
            path.append(span_hash(read, split, end))
            end = split
        else:
            path.append(span_hash(read, first, split))
            first = split
    return path[::-1]


def consistency_proof(read: ReadNode, old: int, new: int) -> list[bytes]:
    """Return the proof that the tree of *new* leaves begins with that of *old* (2.1.4.1).

    Empty where there is nothing to prove: both are of one size, or *old* is 0.

    Raises:
        ValueError: *old* is negative or beyond *new*.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {old} leaves is not the beginning of one of {new}")
    if old == 0:
        return []
    proof, first, end = [], 0, new
    while end != old:
        split = first + _split(end - first)
        if old <= split:
            proof.append(span_hash(read, split, end))
            end = split
        else:
            proof.append(span_hash(read, first, split))
            first = split
    if first:
        proof.append(span_hash(read, first, end))
    return proof[::-1]


def _split(count: int) -> int:
    """Return the largest power of two below *count*, which is at least 2."""
    return 1 << (count - 1).bit_length() - 1


def span_hash(read: ReadNode, first: int, end: int) -> bytes:
    """Return the hash over leaves *first* to *end*, exclusive: a node of the tree, complete or at its right edge."""
    complete = []
    while first < end:
        height = (end - first).bit_length() - 1
        complete.append(read(height, first >> height))
        first += 1 << height
    *larger, above = complete
    for each in reversed(larger):
        above = node_hash(each, above)
    return above

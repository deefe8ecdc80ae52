"""Merkle trees of RFC 6962 and RFC 9162 over SHA-256.

Shared by whoever writes a tree and whoever verifies a proof from it. It knows nothing of
files, tiles, signatures or what a leaf says.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

HASH_SIZE: Final = 32
"""Bytes in a hash."""

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""The root of a tree without leaves (RFC 9162, 2.1.1)."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of one leaf's content: ``SHA256(0x00 ‖ data)`` (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash above two hashes: ``SHA256(0x01 ‖ left ‖ right)`` (RFC 9162, 2.1.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes, ``EMPTY_ROOT`` when there are none.

    Raises:
        ValueError: One of them is not 32 bytes long.
    """
    frontier = Frontier()
    for leaf in leaf_hashes:
        frontier.append(leaf)
    return frontier.root()


def inclusion_path(leaf_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Return the sibling hashes that lead from one leaf to the root, leaf side first.

    Args:
        leaf_hashes: All leaves of the tree.
        index: Of the leaf to prove, from 0.

    Returns:
        Empty for a tree of one leaf (RFC 9162, 2.1.3.1).

    Raises:
        ValueError: There is no leaf *index*, or a hash is not 32 bytes long.
    """
    if not 0 <= index < len(leaf_hashes):
        raise ValueError(f"no leaf {index} in a tree of {len(leaf_hashes)}")
    level = [_sized(leaf) for leaf in leaf_hashes]
    path = []
    while len(level) > 1:
        if index ^ 1 < len(level):
            path.append(level[index ^ 1])
        # A last hash without a partner goes up as it is: the same as splitting at powers of two.
        unpaired = level[len(level) & ~1 :]
        level = [node_hash(*pair) for pair in zip(level[::2], level[1::2], strict=False)] + unpaired
        index >>= 1
    return path


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a path proves that a leaf stands at an index of a tree (RFC 9162, 2.1.3.2).

    Args:
        leaf: The leaf's hash, not its content.
        index: Of the leaf, from 0.
        size: Number of leaves of the tree that *root* belongs to.
        path: As ``inclusion_path`` returns it.
        root: Must come from a source that the caller trusts.

    Returns:
        False for every proof that does not hold, a path too long or too short and hashes of
        another size among them. Nothing is raised, so that hostile proofs need no care.
    """
    if not 0 <= index < size or any(len(each) != HASH_SIZE for each in (leaf, *path)):
        return False
    position, last, above = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if position & 1 or position == last:
            above = node_hash(sibling, above)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            above = node_hash(above, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and above == root


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Tell whether a tree of *new* leaves begins with the leaves of a tree of *old* (RFC 9162, 2.1.4.2).

    Args:
        old: Number of leaves of the earlier tree; 0 holds with an empty proof and ``EMPTY_ROOT``.
        new: Number of leaves of the later one.
        proof: As ``merkle_nodes.consistency_proof`` returns it.
        old_root: Of the earlier tree, from a source that the caller trusts.
        new_root: Of the later one, likewise.

    Returns:
        False for every proof that does not hold; nothing is raised.
    """
    if not 0 <= old <= new or any(len(each) != HASH_SIZE for each in (old_root, new_root, *proof)):
        return False
    if old in {0, new}:
        return not proof and old_root == (EMPTY_ROOT if old == 0 else new_root)
    # Where the earlier tree is one complete subtree its root is the first hash, and is not sent.
    hashes = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not hashes:
        return False
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    below = above = hashes[0]
    for sibling in hashes[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            below, above = node_hash(sibling, below), node_hash(sibling, above)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            above = node_hash(above, sibling)
        position, last = position >> 1, last >> 1
    return last == 0 and below == old_root and above == new_root


class Frontier:
    """A growing tree, kept as one hash per set bit of its size.

    Appending is cheap at any size; earlier leaves cannot be read back or proven from it.
    """

    __slots__ = ("_hashes", "_size")

    def __init__(self) -> None:
        """Start with a tree without leaves."""
        self._hashes: list[bytes] = []
        self._size = 0

    @property
    def size(self) -> int:
        """Number of leaves appended so far."""
        return self._size

    def append(self, leaf: bytes) -> None:
        """Add one leaf by its hash.

        Raises:
            ValueError: It is not 32 bytes long. The tree is unchanged.
        """
        carry, size = _sized(leaf), self._size
        while size & 1:
            carry = node_hash(self._hashes.pop(), carry)
            size >>= 1
        self._hashes.append(carry)
        self._size += 1

    def root(self) -> bytes:
        """Return the root over all leaves so far, ``EMPTY_ROOT`` before the first."""
        if not self._hashes:
            return EMPTY_ROOT
        *larger, above = self._hashes
        for each in reversed(larger):
            above = node_hash(each, above)
        return above


def _sized(each: bytes) -> bytes:
    if len(each) != HASH_SIZE:
        raise ValueError(f"a hash has {HASH_SIZE} bytes, not {len(each)}")
    return each

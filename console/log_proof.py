"""A proof from the log as the gateway sent it, looked at here: the path made anew, step by step, up to the root.

It believes the hashes of nobody: each node is made from the two below it. Whether a checkpoint is signed by the key
that one has from elsewhere is looked at by ``jsg audit verify``; the console is given no such key.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from formats.checkpoint import Checkpoint, parse_checkpoint
from formats.civil import parse_instant
from formats.merkle import leaf_hash, node_hash, verify_consistency, verify_inclusion
from formats.note import decode_note
from formats.tlog_proof import decode_proof

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jointsanctions.v1 import log_pb2

_COSIGNATURE_BYTES: Final = 72
"""Of a witness's line behind the id of its key: eight for the instant, and the signature."""
_TIME_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Step:
    """One step up the tree.

    Attributes:
        left: The hash that is put beside stands to the left.
        sibling: That hash.
        beside: First and last entry below it.
        parent: The hash of the two.
        over: First and last entry below that.
    """

    left: bool
    sibling: bytes
    beside: tuple[int, int]
    parent: bytes
    over: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A line that a witness put under a checkpoint, by the name that it gives, and when it says that was."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Proof:
    """An entry and its way to the root.

    Attributes:
        index: Of the entry in the log, from 0.
        envelope: What is hashed.
        leaf: Its hash.
        steps: From the leaf up; as far as there is a hash for each.
        checkpoint: What the way has to lead to.
        witnesses: Who says to have cosigned it.
        holds: The way leads there.
    """

    index: int
    envelope: bytes
    leaf: bytes
    steps: tuple[Step, ...]
    checkpoint: Checkpoint
    witnesses: tuple[Cosigned, ...]
    holds: bool

    @property
    def sealed(self) -> tuple[str, int, datetime] | None:
        """Queue, number and instant (UTC) of the entry, as its envelope says; None of what is no entry of a queue."""
        try:
            said = json.loads(self.envelope)
            return str(said["writer"]), int(said["n"]), parse_instant(said["time"])
        except (ValueError, KeyError, TypeError):
            return None


def proof_of(answer: log_pb2.GetInclusionProofResponse) -> Proof:
    """Return what a proof shows.

    Raises:
        NoteError: It cannot be read.
    """
    said = decode_proof(answer.proof)
    note = decode_note(said.checkpoint)
    checkpoint = parse_checkpoint(note.text)
    leaf = leaf_hash(answer.envelope)
    holds = (checkpoint.origin, said.index) == (answer.origin, answer.index) and verify_inclusion(
        leaf, said.index, checkpoint.size, said.path, checkpoint.root
    )
    witnesses = tuple(
        Cosigned(each.name, datetime.fromtimestamp(int.from_bytes(each.value[:_TIME_BYTES]), UTC))
        for each in note.signatures
        if len(each.value) == _COSIGNATURE_BYTES
    )
    steps = _steps(leaf, said.index, checkpoint.size, said.path)
    return Proof(said.index, answer.envelope, leaf, steps, checkpoint, witnesses, holds)


def checkpoint_of(note: bytes) -> Checkpoint:
    """Return what a signed note says of the log; raises ``NoteError`` where it is no checkpoint."""
    return parse_checkpoint(decode_note(note).text)


def follows(old: Checkpoint, answer: log_pb2.GetConsistencyProofResponse) -> bool:
    """Tell whether the log of an answer only adds to a checkpoint that was kept.

    Raises:
        NoteError: The answer's checkpoint cannot be read.
    """
    new = checkpoint_of(answer.checkpoint)
    return old.origin == new.origin and verify_consistency(old.size, new.size, answer.hashes, old.root, new.root)


def _steps(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> tuple[Step, ...]:
    found, above = [], leaf
    for sibling, (beside, over) in zip(path, _ranges(index, size), strict=False):
        left = beside[0] == over[0]
        above = node_hash(sibling, above) if left else node_hash(above, sibling)
        found.append(Step(left, sibling, beside, above, over))
    return tuple(found)


def _ranges(index: int, size: int) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Return, from the leaf up, which entries stand below the node beside and below the one above (RFC 9162, 2.1.1)."""
    found = []
    first, end = 0, size
    while first <= index < end and end - first > 1:
        # The left part is the largest power of two that is smaller than the whole.
        middle = first + (1 << (end - first - 1).bit_length() - 1)
        over = (first, end - 1)
        if index < middle:
            found.append(((middle, end - 1), over))
            end = middle
        else:
            found.append(((first, middle - 1), over))
            first = middle
    return found[::-1]

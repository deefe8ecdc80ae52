"""The proof that an entry stands in a log, as a file (C2SP tlog-proof), and the request to a witness (tlog-witness).

Both carry hashes and a signed checkpoint. What the entry is stands beside the proof, not in it.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats.merkle import HASH_SIZE
from formats.note import NOTE_LIMIT, NoteError

if TYPE_CHECKING:
    from collections.abc import Sequence

_HASHES: Final = r"((?:[A-Za-z0-9+/]{43}=\n)*)"
_PROOF: Final = re.compile(rf"c2sp\.org/tlog-proof@v1\nindex (0|[1-9][0-9]{{0,18}})\n{_HASHES}\n(.+)", re.DOTALL)
_LONGEST: Final = 63
"""Hashes of a path: no log has more than 2^63 entries."""


@dataclass(frozen=True, slots=True)
class TlogProof:
    """Place of an entry, the path from it to the root, and the signed note of the checkpoint with that root."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: bytes


def encode_proof(proof: TlogProof) -> bytes:
    """Return the bytes of the file."""
    return f"c2sp.org/tlog-proof@v1\nindex {proof.index}\n{_lines(proof.path)}\n".encode() + proof.checkpoint


def decode_proof(data: bytes) -> TlogProof:
    """Read such a file; whether it proves anything is not looked at.

    Raises:
        NoteError: It is none.
    """
    try:
        found = _PROOF.fullmatch(data.decode()) if len(data) <= NOTE_LIMIT else None
    except UnicodeDecodeError:
        found = None
    lines = found[2].splitlines() if found else []
    path = tuple(base64.b64decode(line) for line in lines)
    if found is None or len(path) > _LONGEST or _lines(path) != found[2]:
        raise NoteError("not a proof of an entry: c2sp.org/tlog-proof@v1, index, hashes, a checkpoint")
    return TlogProof(int(found[1]), path, found[3].encode())


def encode_add_checkpoint(old: int, proof: Sequence[bytes], checkpoint: bytes) -> bytes:
    """Return the body of a request for a cosignature.

    Args:
        old: Size of the checkpoint that the witness cosigned last, 0 for none.
        proof: That the new one follows from it.
        checkpoint: The new one, signed.
    """
    return f"old {old}\n{_lines(proof)}\n".encode() + checkpoint


def _lines(hashes: Sequence[bytes]) -> str:
    if any(len(each) != HASH_SIZE for each in hashes):
        raise ValueError(f"a hash has {HASH_SIZE} bytes")
    return "".join(f"{base64.b64encode(each).decode()}\n" for each in hashes)

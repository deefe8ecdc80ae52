"""What an outside witness has seen of the log: the checkpoint that it cosigned last."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cosigned:
    """A checkpoint that a witness has seen, and said to follow from all that it saw before."""

    origin: str
    witness: str
    """Public key of the witness, as it is published."""
    size: int
    note: bytes
    """The checkpoint, signed by the log and by this witness."""
    time: int
    """When the witness says that it saw it: seconds since 1970-01-01 UTC."""

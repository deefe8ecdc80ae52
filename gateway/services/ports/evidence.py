"""Where sealed evidence is kept: files of ciphertext, each under the hash of its bytes, and uploads under way.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file of ciphertext as its sender declares it: length in bytes, SHA-256 in hexadecimal."""

    sha256: str
    size: int


class Uploading(Protocol):
    """One upload that is written to by one caller, and by no other meanwhile. Blocking: call it in a thread."""

    @property
    def received(self) -> int:
        """Bytes that are there."""

    def append(self, content: bytes) -> None:
        """Add bytes to the end; raises ``StoreUnavailableError`` when they cannot be written: a full disk."""

    def finish(self) -> bool:
        """Keep the file for good and return True; False, and nothing is kept of it, when its hash is another."""


class EvidenceStore(Protocol):
    """Sealed files. Blocking: call it in a thread. Where it fails, ``StoreUnavailableError`` is raised."""

    def has(self, file: SealedFile) -> bool:
        """Return whether the file is there whole."""

    def received(self, file: SealedFile) -> int:
        """Return how many bytes are there: all of a whole file, 0 of one that nobody has begun."""

    def upload(self, file: SealedFile) -> AbstractContextManager[Uploading]:
        """Open an upload, or go on with it; what was written stays when the context is left.

        Raises ``StateError`` while another upload of the same file is under way.
        """

    def read(self, file: SealedFile, offset: int) -> Iterator[bytes]:
        """Yield the bytes of a whole file from *offset* on, in parts of at most 1 MiB."""

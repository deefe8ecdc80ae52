"""Where sealed evidence is kept: files of ciphertext, each under its case and the hash of its bytes, and uploads.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from contextlib import AbstractContextManager
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class SealedFile:
    """A file of ciphertext as its sender declares it: of which case, SHA-256 in hexadecimal, length in bytes.

    What was brought for one case is there for no other: who knows a hash has not the bytes.
    """

    referral_id: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What a store has of one file: the store's name for its case, which tells no id, and its bytes by now."""

    case: str
    sha256: str
    size: int
    since: datetime
    """When it was last written to, UTC."""


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

    def read(self, file: SealedFile, offset: int) -> Generator[bytes]:
        """Yield the bytes of a whole file from *offset* on, in parts of at most 1 MiB.

        Where it is not there, or a store sees that it is not as it was kept, ``StoreUnavailableError`` says so.
        """


class EvidenceUpkeep(Protocol):
    """What an operator looks after. Blocking. Where it fails, ``StoreUnavailableError`` is raised."""

    def case_name(self, referral_id: str) -> str:
        """Return the name that the store has for a case."""

    def whole(self) -> Iterator[StoredFile]:
        """Yield every whole file, in the order of cases' names and hashes."""

    def unfinished(self) -> Iterator[StoredFile]:
        """Yield every upload that is not whole, in the same order."""

    def flaw(self, file: StoredFile) -> str:
        """Read a whole file to its end; return in what it is not what its name says, empty for nothing."""

    def discard(self, upload: StoredFile) -> bool:
        """Throw away an upload that is not whole; False while somebody writes to it."""

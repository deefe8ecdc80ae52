"""A file sealed in chunks, so that one of 4 GiB passes through a little memory and a missing end is seen.

Each chunk of 1 MiB, the last of 0 bytes to 1 MiB, is sealed by AES-256-GCM under the key of the file. The nonce is the
number of the chunk in 11 bytes, big-endian, and one byte that is 1 for the last chunk and else 0: a chunk that was
moved, repeated or left out, and a last one that was cut off, do not open. The key is drawn anew for every file, which
makes counted nonces safe, and the id of the file is authenticated with every chunk.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from adapters.dossier.errors import DossierError, DossierFault
from formats.dossier import CHUNK_BYTES, KEY_BYTES, TAG_BYTES, sealed_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

_COUNTER_BYTES: Final = 11
_SEALED_CHUNK: Final = CHUNK_BYTES + TAG_BYTES


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was sealed: sizes in bytes, SHA-256 of both sides, hexadecimal; ``key`` opens it, and is never stored."""

    key: bytes
    content_bytes: int
    content_sha256: str
    sealed_bytes: int
    sealed_sha256: str

    def __repr__(self) -> str:
        """Without the key, which must reach no log."""
        return f"Sealed(content_bytes={self.content_bytes}, sealed_sha256={self.sealed_sha256!r})"


def seal(item_id: str, content: BinaryIO, sink: BinaryIO) -> Sealed:
    """Seal all of *content* into *sink* under a new key.

    Args:
        item_id: Id of the file in its manifest; it opens under no other.
        content: Read to its end; it may change its length meanwhile, what was read counts.
        sink: Takes the ciphertext.
    """
    key = secrets.token_bytes(KEY_BYTES)
    aead, bound = AESGCM(key), _bound(item_id)
    plain, cipher = hashlib.sha256(), hashlib.sha256()
    size = 0
    for number, (chunk, last) in enumerate(_chunks(content, CHUNK_BYTES)):
        sealed = aead.encrypt(_nonce(number, last=last), chunk, bound)
        plain.update(chunk)
        cipher.update(sealed)
        size += len(chunk)
        sink.write(sealed)
    return Sealed(key, size, plain.hexdigest(), sealed_bytes(size), cipher.hexdigest())


def unseal(item_id: str, key: bytes, sealed: BinaryIO) -> Iterator[bytes]:
    """Yield the content chunk by chunk. What was yielded counts only once the iteration has ended without an error.

    Raises:
        DossierError: ``CUT_OFF``, ``CHANGED``, ``CONTINUED``, or ``KEY_UNUSABLE`` for a key of another length.
    """
    if len(key) != KEY_BYTES:
        raise DossierError(DossierFault.KEY_UNUSABLE, f"{item_id}: the key of a file has {KEY_BYTES} bytes")
    aead, bound = AESGCM(key), _bound(item_id)
    for number, (chunk, last) in enumerate(_chunks(sealed, _SEALED_CHUNK)):
        try:
            yield aead.decrypt(_nonce(number, last=last), chunk, bound)
        except (InvalidTag, ValueError) as error:
            raise DossierError(_why(aead, bound, number, chunk, last=last), f"{item_id}: chunk {number}") from error


def _why(aead: AESGCM, bound: bytes, number: int, chunk: bytes, *, last: bool) -> DossierFault:
    """Return why a chunk did not open: one that opens as the other kind tells what was done at the end."""
    try:
        aead.decrypt(_nonce(number, last=not last), chunk, bound)
    except (InvalidTag, ValueError):
        return DossierFault.CUT_OFF if len(chunk) < TAG_BYTES else DossierFault.CHANGED
    return DossierFault.CUT_OFF if last else DossierFault.CONTINUED


def _chunks(stream: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Yield chunks of *size* and whether each is the last; the last is empty where the stream is."""
    chunk = _read(stream, size)
    while True:
        following = _read(stream, size) if len(chunk) == size else b""
        yield chunk, not following
        if not following:
            return
        chunk = following


def _read(stream: BinaryIO, size: int) -> bytes:
    """Return *size* bytes, fewer only at the end: a pipe or a socket gives what it has."""
    parts = []
    while size and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(_COUNTER_BYTES, "big") + bytes([last])


def _bound(item_id: str) -> bytes:
    return b"joint-sanctions-dossier/v1\n" + item_id.encode()

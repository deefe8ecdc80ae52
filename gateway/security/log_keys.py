"""The port ``LogSigner``: one Ed25519 key a log, in a file of its own.

The key of a new log is made when the log is opened. A key that is lost cannot be replaced: nothing more can be added to
its log, and the next year's is signed by another. What is published of a key is its public half only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from formats.note import (
    Note,
    NoteError,
    Signature,
    SignatureKind,
    VerificationKey,
    decode_note,
    encode_note,
    parse_key,
    verify_note,
)
from gateway.security.key_files import create_file, make_private_folder
from gateway.security.key_ring import PersonKeyError, read_secret
from gateway.services.ports.log import LogDamagedError

if TYPE_CHECKING:
    from pathlib import Path

SEED_BYTES: Final = 32


class LogKeys:
    """The keys in one folder: ``log-<year>.key``, 32 bytes each, that only their owner can reach."""

    def __init__(self, folder: Path) -> None:
        self._folder: Final = folder
        self._keys: dict[str, Ed25519PrivateKey] = {}

    def file_of(self, origin: str) -> Path:
        """Return where the key of a log lies."""
        return self._folder / f"log-{origin.rpartition('/')[2]}.key"

    def has(self, origin: str) -> bool:
        """Return whether there is a key of this log."""
        return self.file_of(origin).exists()

    def make(self, origin: str) -> None:
        """Make the key of a log that is yet to be opened; raises ``LogDamagedError`` when it cannot be written."""
        seed = Ed25519PrivateKey.generate().private_bytes_raw()
        try:
            make_private_folder(self._folder)
            create_file(self.file_of(origin), seed)
        except OSError as error:
            raise LogDamagedError(f"{self.file_of(origin)}: {error.strerror}") from error

    def key_of(self, origin: str) -> str:
        """Return the public key of a log as it is published.

        Raises:
            LogDamagedError: There is none, or it cannot be used.
        """
        return str(self._public(origin))

    def sign(self, origin: str, text: str) -> bytes:
        """Return the signed note of a checkpoint's text. Raises what ``key_of`` does."""
        value = self._key(origin).sign(text.encode())
        return encode_note(Note(text, (Signature(origin, self._public(origin).key_id, value),)))

    def verify(self, key: str, note: bytes) -> str:
        """Return the text of a note that *key* has signed; raises ``ValueError`` when it has not."""
        read = decode_note(note)
        if not verify_note(read, [parse_key(key)], holds):
            raise NoteError(f"is not signed by {key}")
        return read.text

    def _public(self, origin: str) -> VerificationKey:
        public = self._key(origin).public_key().public_bytes_raw()
        return VerificationKey(origin, SignatureKind.ED25519, public)

    def _key(self, origin: str) -> Ed25519PrivateKey:
        if origin not in self._keys:
            try:
                seed = read_secret(self.file_of(origin), SEED_BYTES)
            except PersonKeyError as error:
                raise LogDamagedError(f"the key of the log: {error}") from error
            self._keys[origin] = Ed25519PrivateKey.from_private_bytes(seed)
        return self._keys[origin]


def holds(public: bytes, signature: bytes, message: bytes) -> bool:
    """Return whether an Ed25519 signature holds; what is no key or no signature holds nothing."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True

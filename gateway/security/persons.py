"""Keeps persons' document numbers out of what the store can read (I-22): a hash to find by, a sealed text to keep.

Whoever loses the keys loses the sealed texts; whoever copies them can test numbers against the hashes. Which keys there
are is in ``key_ring``, the algorithms are in ``ciphers``.
"""

from __future__ import annotations

import logging
from threading import Lock
from typing import TYPE_CHECKING, Final

from formats.resident_ids import fold
from gateway.domain.errors import StoreUnavailableError
from gateway.security.ciphers import Sealing
from gateway.security.key_ring import (
    FIRST,
    RING_FILE,
    ROOT_BYTES,
    PersonKeyError,
    key_files,
    parse_ring,
    read_key,
    read_ring,
    read_secret,
    ring_folder,
)
from gateway.security.watched import UnusableFileError, WatchedFile

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.security.ciphers import PersonHash

BY_FIRST: Final = b"\x01"
"""First byte of a text that key 1 sealed."""
BY_NUMBER: Final = b"\x02"
"""First byte of a text that another key sealed; its number follows in four bytes."""
NUMBER_BYTES: Final = 4
_log: Final = logging.getLogger(__name__)


class SealError(ValueError):
    """Bytes were not sealed with a key that is there, or were changed since."""


class KeyedPersonVault:
    """The ``PersonVault`` of one ring of keys. Safe to use from threads."""

    def __init__(self, root: Path) -> None:
        """Read the keys.

        Args:
            root: File of the first key; its ring lies beside it.

        Raises:
            PersonKeyError: A file cannot be read, is not of the right length, or others than its owner may read or
                write it, or the active key is not there.
        """
        secret = read_secret(root, ROOT_BYTES)
        self._root = root
        self.hash: PersonHash = read_ring(root).hash
        self._hash_key = self.hash.derive(secret, b"jsg person hash", 32)
        self._digest_key = self.hash.derive(secret, b"jsg request digest", 32)
        first = self.hash.derive(secret, b"jsg person seal", Sealing.SM4_GCM.key_bytes)
        self._keys: dict[int, tuple[Sealing, bytes]] = {FIRST: (Sealing.SM4_GCM, first)}
        self._ring = WatchedFile(ring_folder(root) / RING_FILE, parse_ring)
        self._lock = Lock()
        self._read_keys()
        self.active()

    def key(self, document_type: str, document_number: str) -> str:
        """Return the keyed hash over type and number, 64 hexadecimal characters.

        The number is folded first (``formats.resident_ids.fold``), so that width, spaces and case change nothing.
        """
        return self.hash.mac(self._hash_key, f"{document_type}\x00{fold(document_number)}".encode())

    def conceal(self, digest: str) -> str:
        """Return the keyed hash of a digest of something that may hold a person's number, 64 hexadecimal characters.

        The digest itself could be guessed: there are few numbers, and what stands around one is often known.
        """
        return self.hash.mac(self._digest_key, digest.encode())

    def seal(self, text: str) -> bytes:
        """Return *text* sealed with the active key; sealing the same text again gives other bytes.

        Raises:
            StoreUnavailableError: The keys cannot be used now, so that nothing can be kept.
        """
        return self.seal_bytes(text.encode())

    def seal_bytes(self, content: bytes) -> bytes:
        """Return *content* sealed in the same way; raises what ``seal`` does."""
        try:
            number = self.active()
        except PersonKeyError as error:
            _log.error("nothing can be sealed: %s", error)
            raise StoreUnavailableError("the keys of persons' numbers cannot be used", kind="PersonKeyError") from error
        sealing, key = self._keys[number]
        return sealing.seal(key, header_of(number), content)

    def unseal(self, sealed: bytes) -> str:
        """Return the text that ``seal`` sealed, with whichever key of the ring.

        Raises:
            SealError: It is not one of ours.
        """
        return self.unseal_bytes(sealed).decode()

    def unseal_bytes(self, sealed: bytes) -> bytes:
        """Return what ``seal_bytes`` sealed.

        Raises:
            SealError: It is not one of ours.
            PersonKeyError: The keys have to be read anew for it, and cannot be.
        """
        number = number_of(sealed)
        if number not in self._keys:
            self._read_keys()
        if number not in self._keys:
            raise SealError(f"sealed with key {number}, which is not there")
        sealing, key = self._keys[number]
        try:
            return sealing.unseal(key, header_of(number), sealed)
        except ValueError as error:
            raise SealError(str(error)) from error

    def name_of(self, sealed: bytes) -> str:
        """Return the name in the sealed text of a person, which holds type, number and name.

        Raises:
            StoreUnavailableError: It cannot be opened with the keys that are there.
        """
        try:
            _, _, name = self.unseal(sealed).split("\0", 2)
        except (SealError, PersonKeyError, ValueError) as error:
            _log.error("a person's name cannot be read: %s", type(error).__name__)
            raise StoreUnavailableError("the keys of persons' numbers cannot be used", kind="PersonKeyError") from None
        return name

    def active(self) -> int:
        """Return the number of the key that seals now, asked of the disk each time: all processes change at once.

        Raises:
            PersonKeyError: The ring or that key cannot be used, or the hash has been changed: nothing is sealed then.
        """
        try:
            with self._lock:
                ring = self._ring.current()
        except UnusableFileError as error:
            raise PersonKeyError(f"{ring_folder(self._root) / RING_FILE}: {error}") from error
        if ring.hash is not self.hash:
            raise PersonKeyError(f"{ring_folder(self._root) / RING_FILE}: another hash finds nobody again")
        if ring.active not in self._keys:
            self._read_keys()
        if ring.active not in self._keys:
            raise PersonKeyError(f"{ring_folder(self._root)}: has no key {ring.active}, which is active")
        return ring.active

    def numbers(self) -> dict[int, Sealing]:
        """Return the keys that are there, by number, and how each seals."""
        self._read_keys()
        return {number: sealing for number, (sealing, _) in sorted(self._keys.items())}

    def _read_keys(self) -> None:
        """Read the later keys; the first stays, and so does one whose file was taken away since."""
        found = {
            number: (sealing, read_key(sealing, path)) for number, (sealing, path) in key_files(self._root).items()
        }
        self._keys = {**self._keys, **found}


def header_of(number: int) -> bytes:
    """Return how every text begins that key *number* sealed: which key it was stands in the text itself."""
    return BY_FIRST if number == FIRST else BY_NUMBER + number.to_bytes(NUMBER_BYTES, "big")


def number_of(sealed: bytes) -> int:
    """Return the number of the key that sealed a text; raises ``SealError`` for what is none."""
    if sealed[:1] == BY_FIRST:
        return FIRST
    number = int.from_bytes(sealed[1 : 1 + NUMBER_BYTES], "big")
    if sealed[:1] != BY_NUMBER or len(sealed) < 1 + NUMBER_BYTES or number <= FIRST:
        raise SealError("not a sealed text")
    return number

"""Keeps persons' document numbers out of what the store can read (I-22): a hash to find by, a sealed text to keep.

Both keys come from one file of 64 random bytes. Whoever loses the file loses the sealed texts; whoever copies it can
test numbers against the hashes. The algorithms are China's (I-64): HMAC with SM3, and SM4-GCM.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from formats.resident_ids import fold
from gateway.security.key_files import create_file

if TYPE_CHECKING:
    from pathlib import Path

KEY_BYTES: Final = 64
SM4_GCM: Final = b"\x01"
"""First byte of a sealed text: how it is sealed, so that another way can be added and told apart."""
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16


class PersonKeyError(Exception):
    """The key file cannot be used; the message names it and says why, and shows nothing of it."""


class SealError(ValueError):
    """Bytes were not sealed with this key, or were changed since."""


def create_key_file(path: Path) -> None:
    """Write 64 random bytes to a new file of mode 0600, durably.

    Raises:
        PersonKeyError: It is there already, or cannot be written.
    """
    try:
        create_file(path, os.urandom(KEY_BYTES))
    except OSError as error:
        raise PersonKeyError(f"{path}: {error.strerror}") from error


class KeyedPersonVault:
    """The ``PersonVault`` of one key file."""

    def __init__(self, key_file: Path) -> None:
        """Read the key.

        Raises:
            PersonKeyError: The file cannot be read, has not 64 bytes, or others than its owner may read or write it.
        """
        secret = _read_key(key_file)
        self._hash_key = _derive(secret, b"jsg person hash", 32)
        self._seal_key = _derive(secret, b"jsg person seal", 16)

    def key(self, document_type: str, document_number: str) -> str:
        """Return HMAC-SM3 over type and number, 64 hexadecimal characters.

        The number is folded first (``formats.resident_ids.fold``), so that width, spaces and case change nothing.
        """
        mac = HMAC(self._hash_key, SM3())
        mac.update(f"{document_type}\x00{fold(document_number)}".encode())
        return mac.finalize().hex()

    def seal(self, text: str) -> bytes:
        """Return *text* sealed: version, nonce, ciphertext, tag. Sealing the same text again gives other bytes."""
        return self.seal_bytes(text.encode())

    def seal_bytes(self, content: bytes) -> bytes:
        """Return *content* sealed in the same way."""
        nonce = os.urandom(NONCE_BYTES)
        encryptor = Cipher(SM4(self._seal_key), GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(SM4_GCM)
        sealed = encryptor.update(content) + encryptor.finalize()
        return SM4_GCM + nonce + sealed + encryptor.tag

    def unseal(self, sealed: bytes) -> str:
        """Return the text that ``seal`` sealed.

        Raises:
            SealError: It is not one of ours.
        """
        return self.unseal_bytes(sealed).decode()

    def unseal_bytes(self, sealed: bytes) -> bytes:
        """Return what ``seal_bytes`` sealed.

        Raises:
            SealError: It is not one of ours.
        """
        nonce = sealed[1 : 1 + NONCE_BYTES]
        content, tag = sealed[1 + NONCE_BYTES : -TAG_BYTES], sealed[-TAG_BYTES:]
        if sealed[:1] != SM4_GCM or len(sealed) < 1 + NONCE_BYTES + TAG_BYTES:
            raise SealError("not a sealed text")
        decryptor = Cipher(SM4(self._seal_key), GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(SM4_GCM)
        try:
            return decryptor.update(content) + decryptor.finalize()
        except InvalidTag as error:
            raise SealError("sealed with another key, or changed since") from error


def _read_key(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            secret = file.read(KEY_BYTES + 1)
    except OSError as error:
        raise PersonKeyError(f"{path}: {error.strerror}") from error
    if mode & 0o077:
        raise PersonKeyError(f"{path}: mode is {mode:04o}; only its owner may have access (0600)")
    if len(secret) != KEY_BYTES:
        raise PersonKeyError(f"{path}: must hold {KEY_BYTES} random bytes exactly")
    return secret


def _derive(secret: bytes, label: bytes, length: int) -> bytes:
    return HKDF(algorithm=SM3(), length=length, salt=None, info=label).derive(secret)

"""The algorithms for persons' numbers, China's and the international ones (I-64): which hash, which sealing.

What is sealed with which key, and what a sealed text looks like, is in ``persons``.
"""

from __future__ import annotations

import os
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256, SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM
from cryptography.hazmat.primitives.hashes import SHA256, SM3
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16


class PersonHash(StrEnum):
    """The hash by which persons are found, and under which keys are derived."""

    SM3 = "hmac-sm3"
    SHA_256 = "hmac-sha-256"

    @property
    def _algorithm(self) -> HashAlgorithm:
        return SM3() if self is PersonHash.SM3 else SHA256()

    def mac(self, key: bytes, content: bytes) -> str:
        """Return the keyed hash of *content*, 64 hexadecimal characters."""
        mac = HMAC(key, self._algorithm)
        mac.update(content)
        return mac.finalize().hex()

    def derive(self, secret: bytes, label: bytes, length: int) -> bytes:
        """Return *length* bytes of a key of its own for every *label* (HKDF)."""
        return HKDF(algorithm=self._algorithm, length=length, salt=None, info=label).derive(secret)


class Sealing(StrEnum):
    """How a text is encrypted and protected from change."""

    SM4_GCM = "sm4-gcm"
    AES_256_GCM = "aes-256-gcm"

    @property
    def key_bytes(self) -> int:
        """Length of its key."""
        return 16 if self is Sealing.SM4_GCM else 32

    def _cipher(self, key: bytes, mode: GCM) -> Cipher[GCM]:
        return Cipher(SM4(key) if self is Sealing.SM4_GCM else AES256(key), mode)

    def seal(self, key: bytes, header: bytes, content: bytes) -> bytes:
        """Return header, nonce, ciphertext and tag; the header is protected and not encrypted."""
        nonce = os.urandom(NONCE_BYTES)
        encryptor = self._cipher(key, GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(header)
        sealed = encryptor.update(content) + encryptor.finalize()
        return header + nonce + sealed + encryptor.tag

    def unseal(self, key: bytes, header: bytes, sealed: bytes) -> bytes:
        """Return the content of a sealed text that begins with *header*.

        Raises:
            ValueError: Too short, sealed with another key, or changed since.
        """
        body = sealed[len(header) :]
        if len(body) < NONCE_BYTES + TAG_BYTES:
            raise ValueError("not a sealed text")
        nonce, content, tag = body[:NONCE_BYTES], body[NONCE_BYTES:-TAG_BYTES], body[-TAG_BYTES:]
        decryptor = self._cipher(key, GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(header)
        try:
            return decryptor.update(content) + decryptor.finalize()
        except InvalidTag as error:
            raise ValueError("sealed with another key, or changed since") from error

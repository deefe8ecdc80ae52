"""The keys of a recipient, and the key of a file wrapped for one: HPKE (RFC 9180), base mode.

Two kinds: ``X25519``, and ``MLKEM768_X25519``, which stays sealed when X25519 is broken by a quantum computer. What a
dossier tells must stay unread for fifteen years, so a new key is of the second kind unless somebody asks for the first.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from adapters.dossier.errors import DossierError, DossierFault
from formats import canonical

if TYPE_CHECKING:
    from pathlib import Path

_CURVE_BYTES: Final = 32
_END: Final = b"-----END PRIVATE KEY-----\n"
_INFO: Final = "joint-sanctions-dossier-key/v1"
KID_LENGTH: Final = 16


class KeyKind(StrEnum):
    """How a key is wrapped."""

    X25519 = "X25519"
    MLKEM768_X25519 = "MLKEM768_X25519"
    """A hybrid: opened only by who has both halves."""


_SUITES: Final = {
    KeyKind.X25519: Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
    KeyKind.MLKEM768_X25519: Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM),
}


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a wrapped key is for. It opens for nothing else: not for another file, referral or recipient."""

    referral_id: str
    item_id: str
    recipient: str
    """Id of the agency."""

    def info(self) -> bytes:
        """Return the bytes that HPKE binds."""
        return canonical.encode([_INFO, self.referral_id, self.item_id, self.recipient])


@dataclass(frozen=True, slots=True)
class PublicDossierKey:
    """What others wrap keys with: the bytes are the ML-KEM key, where there is one, and the X25519 key."""

    kind: KeyKind
    content: bytes

    @property
    def kid(self) -> str:
        """Its id: the first 16 characters of the SHA-256 of its kind and bytes."""
        return hashlib.sha256(self.kind.encode() + b"\n" + self.content).hexdigest()[:KID_LENGTH]

    def wrap(self, key: bytes, purpose: Purpose) -> bytes:
        """Return the key of a file, wrapped so that only who has the private key opens it, for this purpose alone.

        Raises:
            DossierError: ``KEY_UNUSABLE``: the bytes are no key of this kind.
        """
        try:
            return _SUITES[self.kind].encrypt(key, self._read(), info=purpose.info())
        except (ValueError, UnsupportedAlgorithm) as error:
            raise DossierError(DossierFault.KEY_UNUSABLE, f"{self.kid}: no {self.kind} key") from error

    def _read(self) -> X25519PublicKey | MLKEM768X25519PublicKey:
        curve = X25519PublicKey.from_public_bytes(self.content[-_CURVE_BYTES:])
        if self.kind is KeyKind.X25519:
            return X25519PublicKey.from_public_bytes(self.content)
        lattice = MLKEM768PublicKey.from_public_bytes(self.content[:-_CURVE_BYTES])
        return MLKEM768X25519PublicKey(lattice, curve)


class PrivateDossierKey:
    """What a recipient opens keys with. It is never sent, and shown in no text."""

    def __init__(self, curve: X25519PrivateKey, lattice: MLKEM768PrivateKey | None) -> None:
        self._curve = curve
        self._lattice = lattice
        self.public = self._public()

    @classmethod
    def generate(cls, kind: KeyKind = KeyKind.MLKEM768_X25519) -> PrivateDossierKey:
        """Return a new key.

        Raises:
            DossierError: ``KEY_UNUSABLE``: this machine's OpenSSL does not have the kind.
        """
        try:
            lattice = MLKEM768PrivateKey.generate() if kind is KeyKind.MLKEM768_X25519 else None
            return cls(X25519PrivateKey.generate(), lattice)
        except UnsupportedAlgorithm as error:
            raise DossierError(DossierFault.KEY_UNUSABLE, f"{kind}: not in the OpenSSL of this machine") from error

    @classmethod
    def load(cls, path: Path) -> PrivateDossierKey:
        """Read what ``save`` wrote.

        Raises:
            DossierError: ``KEY_UNUSABLE``: the file cannot be read, or holds no such key; the message names it.
        """
        try:
            first, *rest = [part + _END for part in path.read_bytes().split(_END) if part.strip()]
            keys = [load_pem_private_key(part, None) for part in (first, *rest)]
        except OSError as error:
            raise DossierError(DossierFault.KEY_UNUSABLE, f"{path}: cannot be read: {error.strerror}") from error
        except (ValueError, TypeError, UnsupportedAlgorithm) as error:
            raise DossierError(DossierFault.KEY_UNUSABLE, f"{path}: no unencrypted private keys in PEM") from error
        match keys:
            case [X25519PrivateKey() as curve]:
                return cls(curve, None)
            case [MLKEM768PrivateKey() as lattice, X25519PrivateKey() as curve]:
                return cls(curve, lattice)
        raise DossierError(DossierFault.KEY_UNUSABLE, f"{path}: neither an X25519 key nor ML-KEM-768 and X25519")

    def save(self, path: Path) -> None:
        """Write the key, readable by its owner alone; an existing file is never written over.

        Raises:
            FileExistsError: There is one.
            OSError: It cannot be written.
        """
        how = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        pem = (self._lattice.private_bytes(*how) if self._lattice else b"") + self._curve.private_bytes(*how)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())

    def unwrap(self, wrapped: bytes, purpose: Purpose) -> bytes:
        """Return the key of a file that was wrapped for this key and purpose.

        Raises:
            DossierError: ``NOT_FOR_US``: it was wrapped for another key or purpose, or changed.
        """
        private = self._curve if self._lattice is None else MLKEM768X25519PrivateKey(self._lattice, self._curve)
        try:
            return _SUITES[self.public.kind].decrypt(wrapped, private, info=purpose.info())
        except (InvalidTag, ValueError) as error:
            raise DossierError(
                DossierFault.NOT_FOR_US, f"{purpose.item_id}: not wrapped for key {self.public.kid}"
            ) from error

    def _public(self) -> PublicDossierKey:
        curve = self._curve.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        if self._lattice is None:
            return PublicDossierKey(KeyKind.X25519, curve)
        return PublicDossierKey(KeyKind.MLKEM768_X25519, self._lattice.public_key().public_bytes_raw() + curve)

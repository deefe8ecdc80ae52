"""The port ``BulletinSigner``: Ed25519 keys of their own, one file each, beside the log's.

The first is made when the first bulletin is asked for. A bulletin bears a signature of every key in the folder: to
replace one, the next is added, readers take its public half, and then the old file is removed. Bulletins live hours, so
nothing that was signed needs the old key for longer. What is published of a key is its public half only.
"""

from __future__ import annotations

import os
import secrets
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from formats.bulletin import key_name
from formats.note import Note, Signature, SignatureKind, VerificationKey, encode_note
from gateway.domain.errors import StoreUnavailableError
from gateway.security.key_files import create_file, make_private_folder, sync_folder
from gateway.security.key_ring import PersonKeyError, read_secret

if TYPE_CHECKING:
    from pathlib import Path

SEED_BYTES: Final = 32
_OTHERS: Final = 0o077
_PATTERN: Final = "bulletin-*.key"


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A key of bulletins: its number, and when its file was made, UTC, which a copy keeps only where it is told to."""

    number: int
    made_at: datetime


class BulletinKeys:
    """The keys ``bulletin-<number>.key`` of one folder, 32 bytes each, that only their owner can reach."""

    def __init__(self, folder: Path, gateway: str) -> None:
        """Take the folder, and the name of the gateway, under which they sign."""
        self._folder: Final = folder
        self._name: Final = key_name(gateway)

    def sign(self, text: str) -> bytes:
        """See the port."""
        signatures = []
        for key in self._keys():
            public = VerificationKey(self._name, SignatureKind.ED25519, key.public_key().public_bytes_raw())
            signatures.append(Signature(self._name, public.key_id, key.sign(text.encode())))
        return encode_note(Note(text, tuple(signatures)))

    def published(self) -> tuple[str, ...]:
        """See the port."""
        public = (key.public_key().public_bytes_raw() for key in self._keys())
        return tuple(str(VerificationKey(self._name, SignatureKind.ED25519, each)) for each in public)

    def add(self) -> str:
        """Make the next key, and return its public half. Raises ``StoreUnavailableError``."""
        number = max((self._number(file) for file in self._files()), default=0) + 1
        self._make(number)
        return self.published()[-1]

    def held(self) -> tuple[HeldKey, ...]:
        """Return the keys that are held, the oldest first; none is made where there is none.

        Raises:
            StoreUnavailableError: Others than the owner can reach the folder or a key, or one cannot be used.
        """
        files = self._files()
        try:
            if files and (mode := stat.S_IMODE(self._folder.stat().st_mode)) & _OTHERS:
                raise StoreUnavailableError(
                    f"{self._folder}: mode is {mode:04o}; only its owner may have access (0700)"
                )
            for file in files:
                read_secret(file, SEED_BYTES)
            return tuple(
                HeldKey(self._number(each), datetime.fromtimestamp(each.stat().st_mtime, UTC)) for each in files
            )
        except PersonKeyError as error:
            raise StoreUnavailableError(str(error)) from error
        except OSError as error:
            raise StoreUnavailableError(f"{self._folder}: {error.strerror}") from error

    def _keys(self) -> list[Ed25519PrivateKey]:
        if not self._files():
            self._make(1)
        try:
            return [Ed25519PrivateKey.from_private_bytes(read_secret(file, SEED_BYTES)) for file in self._files()]
        except PersonKeyError as error:
            raise StoreUnavailableError(f"a key of bulletins: {error}") from error

    def _files(self) -> list[Path]:
        return sorted((file for file in self._folder.glob(_PATTERN)), key=self._number)

    @staticmethod
    def _number(file: Path) -> int:
        number = file.stem.removeprefix("bulletin-")
        return int(number) if number.isascii() and number.isdigit() else 0

    def _make(self, number: int) -> None:
        """Put a finished file in place, unless another process was first: then its key is the one."""
        part = self._folder / f".bulletin-{number}.{secrets.token_hex(8)}"
        try:
            make_private_folder(self._folder)
            create_file(part, Ed25519PrivateKey.generate().private_bytes_raw())
            try:
                os.link(part, self._folder / f"bulletin-{number}.key")
            except FileExistsError:
                return
            finally:
                part.unlink()
                sync_folder(self._folder)
        except OSError as error:
            raise StoreUnavailableError(f"the keys of bulletins: {self._folder}: {error.strerror}") from error

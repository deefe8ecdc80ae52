"""Signed notes (C2SP signed-note): a text, an empty line, and lines of signatures that anybody can add to.

Shared by who signs and who verifies. How a signature is made or checked is handed in; what a text says is
``checkpoint``'s business. A key that is not known is ignored; a known key whose signature fails rejects the note.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

NOTE_LIMIT: Final = 1_000_000
"""Bytes of a note, and what a reader need not look beyond."""
SIGNATURE_LIMIT: Final = 100
_LINE: Final = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_NAME: Final = re.compile(r"[^\s+]+")
_KEY: Final = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")
_KEY_ID_BYTES: Final = 4
_TIME_BYTES: Final = 8


class SignatureKind(IntEnum):
    """What a key signs with, and what over."""

    ED25519 = 0x01
    """Over the text."""
    COSIGNATURE = 0x04
    """Ed25519 over the text behind the instant of signing: "I saw this log, and it had only grown"."""


_KINDS: Final = [bytes([kind]) for kind in SignatureKind]
_PUBLIC_BYTES: Final = 32


class NoteError(ValueError):
    """Not a note, or not one that the keys at hand accept."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key with the name that it signs under."""

    name: str
    kind: SignatureKind
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that its signature lines begin with."""
        return hashlib.sha256(f"{self.name}\n".encode() + bytes([self.kind]) + self.public).digest()[:_KEY_ID_BYTES]

    def __str__(self) -> str:
        """Return the key as it is published: name, id and key, joined by ``+``."""
        return f"{self.name}+{self.key_id.hex()}+{_base64(bytes([self.kind]) + self.public)}"


@dataclass(frozen=True, slots=True)
class Signature:
    """One line: who says to have signed, with which key, and the bytes."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature that holds: by which key, and when it says it was made (seconds since 1970; cosignatures alone)."""

    key: VerificationKey
    time: int | None = None


Verify = Callable[[bytes, bytes, bytes], bool]
"""Tells whether an Ed25519 public key made a signature over a message: key, signature, message."""


def parse_key(text: str) -> VerificationKey:
    """Read a published verification key.

    Raises:
        NoteError: Not such a text, of a kind that is not known, or its id is not that of the key.
    """
    found = _KEY.fullmatch(text)
    content = _bytes(found[3]) if found else b""
    if found is None or content[:1] not in _KINDS or len(content) != 1 + _PUBLIC_BYTES:
        raise NoteError("not a verification key of a kind that is known")
    key = VerificationKey(found[1], SignatureKind(content[0]), content[1:])
    if key.key_id.hex() != found[2]:
        raise NoteError("the id is not that of the key")
    return key


def cosigned_message(text: str, time: int) -> bytes:
    """Return what a witness signs over at *time*, seconds since 1970 (C2SP tlog-cosignature)."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def encode_note(note: Note) -> bytes:
    """Return the bytes of a note; raises ``NoteError`` for one that ``decode_note`` would not read."""
    lines = "".join(f"— {each.name} {_base64(each.key_id + each.value)}\n" for each in note.signatures)
    data = f"{note.text}\n{lines}".encode()
    if decode_note(data) != note:
        raise NoteError("the text cannot be that of a note")
    return data


def decode_note(data: bytes) -> Note:
    """Read a note; which signatures hold is not looked at.

    Raises:
        NoteError: Too long, not UTF-8, control characters, no text that ends in a newline, no signature, or a line
            that is none.
    """
    try:
        content = data.decode() if len(data) <= NOTE_LIMIT else ""
    except UnicodeDecodeError:
        raise NoteError("not UTF-8") from None
    text, gap, lines = content.rpartition("\n\n")
    if not (text and gap and lines.endswith("\n")) or re.search(r"[\x00-\x09\x0b-\x1f\x7f]", content):
        raise NoteError("not a note: a text, an empty line, signatures")
    parts = lines[:-1].split("\n")
    if len(parts) > SIGNATURE_LIMIT:
        raise NoteError(f"more than {SIGNATURE_LIMIT} signatures")
    return Note(f"{text}\n", tuple(_signature(each) for each in parts))


def verify_note(note: Note, keys: Iterable[VerificationKey], verify: Verify) -> list[Signed]:
    """Return the signatures that hold, in the order of the keys; empty when none of the keys has signed.

    Raises:
        NoteError: One of the keys is said to have signed, and its signature does not hold.
    """
    held = []
    for key in keys:
        for each in note.signatures:
            if (each.name, each.key_id) == (key.name, key.key_id):
                held.append(_verified(note, each, key, verify))
                break
    return held


def _verified(note: Note, signature: Signature, key: VerificationKey, verify: Verify) -> Signed:
    time, value, message = None, signature.value, note.text.encode()
    if key.kind is SignatureKind.COSIGNATURE:
        time = int.from_bytes(value[:_TIME_BYTES], "big")
        value, message = value[_TIME_BYTES:], cosigned_message(note.text, time)
    if not verify(key.public, value, message):
        raise NoteError(f"the signature of {key.name} does not hold")
    return Signed(key, time)


def _signature(line: str) -> Signature:
    found = _LINE.fullmatch(line)
    content = _bytes(found[2]) if found else b""
    if found is None or len(content) <= _KEY_ID_BYTES:
        raise NoteError("not a line of a signature")
    return Signature(found[1], content[:_KEY_ID_BYTES], content[_KEY_ID_BYTES:])


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    """Return what canonical base64 stands for, and nothing for any other."""
    try:
        data = base64.b64decode(text, validate=True)
    except binascii.Error:
        return b""
    return data if _base64(data) == text else b""

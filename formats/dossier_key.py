"""The statement with which an agency makes a key known to which dossiers for it are sealed.

Canonical JSON, signed by a certificate of the agency, so that who seals need believe neither the gateway nor the store.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from formats import canonical
from formats.civil import format_instant, parse_instant

if TYPE_CHECKING:
    from datetime import datetime

KIND: Final = "joint-sanctions-dossier-key/v1"
PURPOSE: Final = "dossier-key"
"""For which a statement is signed."""
STATEMENT_LIMIT: Final = 4 << 10
"""Bytes of a statement."""
KEY_LENGTHS: Final = {"X25519": 32, "MLKEM768_X25519": 1_184 + 32}
"""Bytes of the public key of each kind."""
LONGEST: Final = timedelta(days=3 * 366)
"""That a key may be sealed to."""
_MEMBERS: Final = {"kind", "agency", "key_kind", "public_key", "from", "until"}
_KID_LENGTH: Final = 16


class KeyStatementError(ValueError):
    """Bytes are no statement of a key; the message begins with the path of what is at fault."""


@dataclass(frozen=True, slots=True)
class KeyStatement:
    """Whose key, of which kind, and from and until when, UTC, it is sealed to; it opens for as long as it is kept."""

    agency: str
    key_kind: str
    public_key: bytes
    begins: datetime
    ends: datetime

    @property
    def kid(self) -> str:
        """Id of the key: the first 16 characters of the SHA-256 of kind, newline and key."""
        return hashlib.sha256(self.key_kind.encode() + b"\n" + self.public_key).hexdigest()[:_KID_LENGTH]

    def holds(self, at: datetime) -> bool:
        """Return whether may be sealed to it at an instant."""
        return self.begins <= at < self.ends


def encode_key(statement: KeyStatement) -> bytes:
    """Return the bytes of a statement.

    Raises:
        KeyStatementError: It is not one that ``decode_key`` would take.
    """
    data = canonical.encode(
        {
            "kind": KIND,
            "agency": statement.agency,
            "key_kind": statement.key_kind,
            "public_key": b64encode(statement.public_key).decode(),
            "from": format_instant(statement.begins),
            "until": format_instant(statement.ends),
        }
    )
    decode_key(data)
    return data


def decode_key(data: bytes) -> KeyStatement:
    """Read a statement; who signed it is not looked at.

    Raises:
        KeyStatementError: It is none.
    """
    if len(data) > STATEMENT_LIMIT:
        raise KeyStatementError(f"$: over {STATEMENT_LIMIT} bytes")
    try:
        content: Any = canonical.decode(data)
    except ValueError as error:
        raise KeyStatementError(str(error)) from error
    if not isinstance(content, dict) or set(content) != _MEMBERS or content["kind"] != KIND:
        raise KeyStatementError(f"$: is no {KIND}")
    if not all(isinstance(value, str) for value in content.values()):
        raise KeyStatementError("$: every member is text")
    length = KEY_LENGTHS.get(content["key_kind"])
    if length is None:
        raise KeyStatementError(f"$.key_kind: is none of {', '.join(KEY_LENGTHS)}")
    try:
        key = b64decode(content["public_key"], validate=True)
        statement = KeyStatement(
            content["agency"], content["key_kind"], key, parse_instant(content["from"]), parse_instant(content["until"])
        )
    except ValueError as error:
        raise KeyStatementError(f"$: {error}") from error
    if len(key) != length or b64encode(key).decode() != content["public_key"]:
        raise KeyStatementError(f"$.public_key: must have {length} bytes")
    if not statement.begins < statement.ends <= statement.begins + LONGEST:
        raise KeyStatementError(f"$.until: must lie after from, by {LONGEST.days} days at most")
    return statement

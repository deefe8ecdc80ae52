"""The audit entry: what one recorded call looks like, byte for byte.

A public envelope that names nobody, ``{v, writer, n, time, body}`` with ``body = SHA-256(salt || body bytes)``; a body,
opened per role, that says who asked what and what was answered; and for a batch the lines, one per item, under a
Merkle root in the body, so that one line can be shown without the others. All of it is canonical JSON. Nothing here
stores, signs or draws random bytes: the writer hands in salts. Changing a byte here changes every hash after it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from formats import canonical, merkle
from formats.civil import format_instant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

VERSION = 1
SALT_BYTES = 16
BODY_LIMIT = 8 * 1024
"""Bytes of one body: field sizes are capped so that an entry always fits."""
LINE_LIMIT = 8 * 1024
"""Bytes of one batch line: it names as many parties and measures as a body does."""


class EntryTooLargeError(Exception):
    """A body or line is over its cap: a fault of the code that caps its fields, never of the caller."""


class Line(NamedTuple):
    """One item of a batch as stored: its canonical bytes, its salt, and its leaf under the body's root."""

    salt: bytes
    content: bytes
    leaf: bytes


@dataclass(frozen=True, slots=True)
class Entry:
    """One recorded call as stored. ``leaf`` is the RFC 6962 leaf hash of ``envelope``."""

    writer: str
    number: int
    time: datetime
    envelope: bytes
    salt: bytes
    body: bytes
    leaf: bytes
    lines: tuple[Line, ...] = ()

    @property
    def erased(self) -> bool:
        """Its time is over (I-58): envelope and leaf are what they were, and the body only says by which run."""
        return not self.salt


@dataclass(frozen=True, slots=True)
class Position:
    """Where an entry stands, and the leaves of its lines, in order."""

    writer: str
    number: int
    leaf: bytes
    time: datetime
    line_leaves: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A call to be recorded: body and batch lines as plain values, before numbers, salts and hashes."""

    body: Mapping[str, object]
    lines: Sequence[Mapping[str, object]] = ()


def may_have_lines(body: bytes) -> bool:
    """Return whether a body may be that of a batch: it is for those who would rather not read every body to know."""
    return b'"lines":' in body


def salts_needed(draft: Draft) -> int:
    """Return how many bytes of salt ``seal`` takes for *draft*."""
    return SALT_BYTES * (1 + len(draft.lines))


def seal(draft: Draft, writer: str, number: int, time: datetime, salts: bytes) -> Entry:
    """Make the entry of *draft* as the *number*-th of *writer*.

    Args:
        draft: What to record.
        writer: Name of the queue.
        number: Place in the queue, from 0, without gaps.
        time: When it is recorded, UTC.
        salts: ``salts_needed(draft)`` fresh random bytes.

    Raises:
        EntryTooLargeError: The body is over ``BODY_LIMIT`` or a line over ``LINE_LIMIT``.
        ValueError: A value cannot be written as canonical JSON.
    """
    lines = tuple(_line(line, salts[SALT_BYTES * (i + 1) : SALT_BYTES * (i + 2)]) for i, line in enumerate(draft.lines))
    content = dict(draft.body)
    if lines:
        content["lines"] = {"count": len(lines), "root": merkle.root([line.leaf for line in lines]).hex()}
    body = canonical.encode(content)
    if len(body) > BODY_LIMIT:
        raise EntryTooLargeError(f"a body of {len(body)} bytes is over {BODY_LIMIT}")
    salt = salts[:SALT_BYTES]
    envelope = canonical.encode(
        {
            "v": VERSION,
            "writer": writer,
            "n": number,
            "time": format_instant(time),
            "body": hashlib.sha256(salt + body).hexdigest(),
        }
    )
    return Entry(writer, number, time, envelope, salt, body, merkle.leaf_hash(envelope), lines)


def _line(line: Mapping[str, object], salt: bytes) -> Line:
    content = canonical.encode(line)
    if len(content) > LINE_LIMIT:
        raise EntryTooLargeError(f"a line of {len(content)} bytes is over {LINE_LIMIT}")
    return Line(salt, content, merkle.leaf_hash(salt + content))

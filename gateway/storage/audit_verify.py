"""Whether a stored entry is what was sealed: every byte of envelope, salt, body and lines against every hash.

It looks at one entry by itself. Order, gaps and the tail of a queue are ``audit_store``'s; signatures and proofs
belong to the log, not to the queue.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final

from formats import canonical, merkle
from formats.civil import format_instant
from gateway.domain.audit import VERSION, may_have_lines
from gateway.domain.retention import flaw_of_tombstone

if TYPE_CHECKING:
    from gateway.domain.audit import Entry, Line

_HASH: Final = re.compile(r"[0-9a-f]{64}")


def flaw(entry: Entry, *, with_lines: bool = True) -> str:
    """Return what is wrong with *entry*, naming the part; empty when nothing is.

    Args:
        entry: As read from a queue.
        with_lines: ``entry.lines`` was read too and must match the body's root; otherwise it is not looked at.
    """
    if not all(isinstance(each, bytes) for each in (entry.envelope, entry.salt, entry.body, entry.leaf)):
        return "the row holds something else than bytes"
    if merkle.leaf_hash(entry.envelope) != entry.leaf:
        return "the leaf is not the hash of the envelope"
    if entry.erased:
        return _flaw_of_erased(entry)
    expected = {
        "v": VERSION,
        "writer": entry.writer,
        "n": entry.number,
        "time": format_instant(entry.time),
        "body": hashlib.sha256(entry.salt + entry.body).hexdigest(),
    }
    if canonical.encode(expected) != entry.envelope:
        return f"the envelope differs in {_differing(entry.envelope, expected)}"
    return _flaw_of_lines(entry) if with_lines else ""


def _flaw_of_erased(entry: Entry) -> str:
    """Look at what is left: the envelope still says where and when, and the hash of what was there."""
    try:
        found = canonical.decode(entry.envelope)
    except ValueError:
        return "the envelope differs in its form (not canonical JSON)"
    body = found.get("body") if isinstance(found, dict) else None
    if not isinstance(body, str) or not _HASH.fullmatch(body):
        return "the envelope differs in 'body' (no hash)"
    expected = {
        "v": VERSION,
        "writer": entry.writer,
        "n": entry.number,
        "time": format_instant(entry.time),
        "body": body,
    }
    if canonical.encode(expected) != entry.envelope:
        return f"the envelope differs in {_differing(entry.envelope, expected)}"
    if any(line.salt or line.content for line in entry.lines):
        return "it is erased, and its lines are not"
    return flaw_of_tombstone(entry)


def _differing(envelope: bytes, expected: dict[str, object]) -> str:
    try:
        found = canonical.decode(envelope)
    except ValueError:
        return "its form (not canonical JSON)"
    if not isinstance(found, dict) or found.keys() != expected.keys():
        return "its keys"
    wrong = [key for key in expected if found[key] != expected[key]]
    return ", ".join(f"{key!r}" for key in wrong) + (" (the hash of salt and body)" if "body" in wrong else "")


def _flaw_of_lines(entry: Entry) -> str:
    for item, line in enumerate(entry.lines):
        if _leaf_of(line) != line.leaf:
            return f"line {item}: the leaf is not the hash of salt and content"
    if not entry.lines and not may_have_lines(entry.body):
        return ""  # reading the body costs more than all else that is looked at
    content = canonical.decode(entry.body)
    claimed = content.get("lines") if isinstance(content, dict) else None
    if not entry.lines:
        return "" if claimed is None else "the lines that the body counts are missing"
    stored = {"count": len(entry.lines), "root": merkle.root([line.leaf for line in entry.lines]).hex()}
    return "" if claimed == stored else "the lines are not those under the body's root"


def _leaf_of(line: Line) -> bytes:
    return merkle.leaf_hash(line.salt + line.content)

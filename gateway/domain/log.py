"""The log that all audit queues are integrated into: its name, what opens it, which entry of which queue stands where.

One log a year (UTC+8). Its first entry is the opening, which holds the last checkpoint of the year before, so that the
years are one chain. Every other entry is the envelope of a recorded call. Nothing here stores, signs or hashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats import canonical
from formats.civil import civil_date

if TYPE_CHECKING:
    from datetime import datetime

DECEMBER: Final = 12
OPENING: Final = ""
"""In place of the name of a writer: the entry that opens a log, which is in no queue."""


@dataclass(frozen=True, slots=True)
class Run:
    """Entries of one queue that stand in the log one behind the other."""

    first_index: int
    writer: str
    first_number: int
    count: int


@dataclass(frozen=True, slots=True)
class LogState:
    """One log as it is stored. The signed state is never ahead of the stored one."""

    origin: str
    size: int
    root: bytes
    signed_size: int
    signed_root: bytes
    note: bytes
    """The newest signed checkpoint; empty before the first."""
    key: str
    """The public key that signs it, as it is published."""
    opening: bytes
    """Content of its first entry."""


def origin_of(gateway: str, instant: datetime) -> str:
    """Return the name of the log of *gateway* that is open at an instant: ``<gateway>/audit/<year>``.

    What was sealed in the last moments of a year is integrated after midnight, into the next year's log.
    """
    return f"{gateway}/audit/{civil_date(instant).year}"


def next_origin(origin: str, instant: datetime) -> str:
    """Return the name of next year's log in the December before it (UTC+8), whose key is published then; else empty."""
    day = civil_date(instant)
    if day.month < DECEMBER:
        return ""
    return f"{origin.rpartition('/')[0]}/{day.year + 1}"


def opening_of(origin: str, before: bytes) -> bytes:
    """Return the first entry of a log.

    Args:
        origin: Name of the log.
        before: Last checkpoint of the log before it, a signed note; empty when there was none.
    """
    return canonical.encode({"v": 1, "opens": origin, "after": before.decode()})

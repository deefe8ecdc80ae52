"""The log that all audit queues are integrated into: its name, what opens it, which entry of which queue stands where.

One log a year (UTC+8). Its first entry is the opening, which holds the last checkpoint of the year before, so that the
years are one chain. Where entries were lost for good, a log of the same year goes on under another name: to go on under
the same one would be another log beside the one that was shown. Every other entry is the envelope of a recorded call.
Nothing here stores, signs or hashes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats import canonical
from formats.civil import civil_date

if TYPE_CHECKING:
    from datetime import datetime

DECEMBER: Final = 12
MOST_LOGS: Final = 9
"""Of one year: the first is named as the year is, the next has a 2 behind it, and so on."""
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


def goes_on(origin: str, gateway: str, instant: datetime) -> bool:
    """Return whether a log of *gateway* takes what is integrated at an instant: until its year is over.

    One of a later year does too: a clock that goes back over New Year, or another node's that is behind, opens no log
    of a year that was closed.
    """
    head, _, name = origin.rpartition("/")
    year, number = name[:4], name[4:]
    if head != f"{gateway}/audit" or number not in {"", *map(str, range(2, MOST_LOGS + 1))}:
        return False
    return year.isdecimal() and int(year) >= civil_date(instant).year


def succeeding(origin: str) -> str:
    """Return the name of the log that goes on in the same year where *origin* cannot: ``…/2026``, ``…/20262``, ….

    Raises:
        ValueError: It is the last that a year can have.
    """
    head, _, name = origin.rpartition("/")
    year, number = name[:4], int(name[4:] or 1) + 1
    if number > MOST_LOGS:
        raise ValueError(f"{origin} is the last log that a year can have")
    return f"{head}/{year}{number}"


def next_origin(origin: str, instant: datetime) -> str:
    """Return the name of next year's log in the December before it (UTC+8), whose key is published then; else empty."""
    day = civil_date(instant)
    if day.month < DECEMBER:
        return ""
    return f"{origin.rpartition('/')[0]}/{day.year + 1}"


def opening_of(origin: str, before: bytes, lost: bytes = b"") -> bytes:
    """Return the first entry of a log.

    Args:
        origin: Name of the log.
        before: Last checkpoint of the log before it, a signed note; empty when there was none.
        lost: Checkpoint of the log before it beyond that, which was kept elsewhere: what it has more is lost.
    """
    told = {"lost": lost.decode()} if lost else {}
    return canonical.encode({"v": 1, "opens": origin, "after": before.decode(), **told})

"""What is recorded of the moment of an answer: what no store can tell later (promise 5)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from formats.civil import format_instant

if TYPE_CHECKING:
    from gateway.domain.agencies import Agency
    from gateway.services.check_eligibility import Basis

MICROSECOND: Final = timedelta(microseconds=1)
MOST_PARTIES: Final = 17
"""Beside as many there is room in an entry, whatever else it holds."""
FEED_BYTES: Final = 40
"""Of one feed beside its name, at the most: two spans of up to 285 years, quotes, brackets and commas."""
FEEDS_ROOM: Final = 600
"""Bytes for all feeds together: some eleven."""


def told_moment(basis: Basis, agency: Agency, *, explain: bool, parties: int = 0) -> dict[str, object]:
    """Return the version of the caller's mandate, whether rules were to be explained, and how fresh the answer was.

    How fresh is left out where there is no room for it: beside more than ``MOST_PARTIES`` in one entry, or of more
    feeds than ``FEEDS_ROOM`` takes. The response to such a question cannot be made again.

    Args:
        basis: What the answer rests on.
        agency: Who asked.
        explain: The rules that weigh nothing were to be named.
        parties: Parties that the same entry names; 0 for a batch, whose lines name them.
    """
    told: dict[str, object] = {}
    if agency.version:
        told["mandate"] = agency.version
    if explain:
        told["explain"] = True
    room = sum(len(each.feed.encode()) + FEED_BYTES for each in basis.source_ages) <= FEEDS_ROOM
    if parties <= MOST_PARTIES and room:
        told["freshness"] = {
            "lag_us": basis.replica_lag // MICROSECOND,
            "until": format_instant(basis.fresh_until),
            "feeds": [
                [each.feed, None if each.age is None else each.age // MICROSECOND, each.limit // MICROSECOND]
                for each in basis.source_ages
            ],
        }
    return told

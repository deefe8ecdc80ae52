"""What is recorded of the moment of an answer: what no store can tell later (promise 5)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from formats import canonical
from formats.civil import format_instant

if TYPE_CHECKING:
    from gateway.domain.agencies import Agency
    from gateway.services.check_eligibility import Basis

MICROSECOND: Final = timedelta(microseconds=1)
FRESHNESS_ROOM: Final = 640
"""Bytes for how fresh an answer was: of some twelve feeds."""


def told_moment(basis: Basis, agency: Agency, *, explain: bool) -> dict[str, object]:
    """Return the version of the caller's mandate, whether rules were to be explained, and how fresh the answer was.

    How fresh is left out where a deployment has more feeds than there is room for; that cannot be compared later.
    """
    told: dict[str, object] = {}
    if agency.version:
        told["mandate"] = agency.version
    if explain:
        told["explain"] = True
    freshness: dict[str, object] = {
        "lag_us": basis.replica_lag // MICROSECOND,
        "until": format_instant(basis.fresh_until),
        "feeds": [
            [each.feed, None if each.age is None else each.age // MICROSECOND, each.limit // MICROSECOND]
            for each in basis.source_ages
        ],
    }
    if len(canonical.encode(freshness)) <= FRESHNESS_ROOM:
        told["freshness"] = freshness
    return told

"""Reviews of the record: who looked at which part of the log, under which checkpoint, and what was found.

A review is an entry of the record itself, and never changed. Two may overlap. Whether the part lies under the
checkpoint that the reviewer names is looked at by ``services``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


class ReviewFinding(Word):
    """What a review found."""

    NOTHING_FOUND = 1
    UNDUE_ACCESS = 2
    """Somebody asked who should not have."""
    CASE_UNKNOWN = 3
    """Calls name cases that there are not."""
    ANSWER_NOT_FOLLOWED = 4
    AWARD_UNCOVERED = 5
    REPLAY_DIFFERS = 6
    RECORD_FLAWED = 7
    OTHER = 8


@dataclass(frozen=True, slots=True)
class IndexRange:
    """Entries of a log by index, both ends inclusive."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class TimeRange:
    """Calls by the time at which they were sealed, UTC: from *since* on, before *until*."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSigned:
    """A review as it is signed off."""

    origin: str
    part: IndexRange | TimeRange
    size: int
    """Entries under the checkpoint that the reviewer names."""
    root: bytes
    findings: tuple[ReviewFinding, ...]
    text: str


class ReviewFault(NamedTuple):
    """What does not fit: the field on the wire, and why."""

    field: str
    why: str


def faults(review: ReviewSigned, now: datetime) -> Iterator[ReviewFault]:
    """Yield what does not fit together in a review that is signed at *now*, UTC."""
    part = review.part
    if isinstance(part, IndexRange):
        if part.last < part.first:
            yield ReviewFault("last_index", "lies before first_index")
        if part.last >= review.size:
            yield ReviewFault("last_index", "lies beyond the checkpoint that is named")
    else:
        if part.until <= part.since:
            yield ReviewFault("until", "does not lie after since")
        if part.until > now:
            yield ReviewFault("until", "lies ahead")
    if not review.findings:
        yield ReviewFault("findings", "are required; NOTHING_FOUND where there are none")
    nothing = ReviewFinding.NOTHING_FOUND in review.findings
    if nothing and len(review.findings) > 1:
        yield ReviewFault("findings", "NOTHING_FOUND stands alone")
    if not nothing and review.findings and not review.text:
        yield ReviewFault("text", "must say what was found")


def review_id(agency: str, request_id: str, digest: str) -> str:
    """Return the id of the review that an agency signs by a request, hexadecimal *digest* being of its content."""
    return "review-" + hashlib.sha256(f"{agency}\0{request_id}\0{digest}".encode()).hexdigest()[:24]

"""An officer's confirmation that a person is to be restricted: what it is bound to, and what it covers (I-53).

It points to the recorded answer that the officer looked at, and covers what that answer asked to have confirmed:
nothing that came to weigh afterwards, nobody else, no other question. How long it holds is the deployment's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats import canonical
from gateway.domain.call_record import OK
from gateway.domain.errors import MalformedRequestError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

MARKS_LIMIT: Final = 16
"""Marks that an entry has room for; what is beyond them cannot be confirmed and stays a condition."""
SAME: Final = ("method", "person", "area", "point", "case", "capacity", "facts")
"""Keys of an entry by which it is an answer to the same question about the same person."""
NO_ANSWER: Final = "is of no answer to this question that asked for a confirmation"
"""Said of a position whatever is wrong with it: that there is something else there is nobody's to learn."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the officer says. ``confirmed_at`` is UTC; ``leaf`` the hash of the entry of the answer looked at."""

    officer: str
    confirmed_at: datetime
    writer: str
    number: int
    leaf: bytes


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """One recorded call as it stands in the record: its hash, when, and its body, decoded."""

    leaf: bytes
    time: datetime
    body: Mapping[str, object]


def marks_covered(
    confirmation: Confirmation, earlier: RecordedAnswer | None, asking: Mapping[str, object], now: datetime
) -> frozenset[str]:
    """Return the marks of what was looked at and confirmed.

    Args:
        confirmation: What the officer says.
        earlier: What stands at its position; None when nothing does.
        asking: What is recorded of the present call: the keys of ``SAME``, and its caller.
        now: The present of the call.

    Raises:
        MalformedRequestError: ``confirmation.position`` is of no answer to the same question by the same agency, or
            ``confirmation.confirmed_at`` lies before that answer or ahead.
    """
    if earlier is None or earlier.leaf != confirmation.leaf or not _same(earlier.body, asking):
        raise MalformedRequestError("confirmation.position", NO_ANSWER)
    marks = earlier.body.get("to_confirm")
    if not isinstance(marks, (list, tuple)) or not marks:
        raise MalformedRequestError("confirmation.position", NO_ANSWER)
    if not earlier.time <= confirmation.confirmed_at <= now:
        raise MalformedRequestError("confirmation.confirmed_at", "must lie between that answer and the present")
    return frozenset(str(mark) for mark in marks)


def require_recent(confirmation: Confirmation, now: datetime, longest: timedelta) -> None:
    """Raise ``MalformedRequestError`` for a confirmation that is older than an answer may be."""
    if now - confirmation.confirmed_at > longest:
        raise MalformedRequestError("confirmation.confirmed_at", "is longer ago than an answer holds")


def _same(earlier: Mapping[str, object], asking: Mapping[str, object]) -> bool:
    """Return whether both are answered calls of one agency in one role, with one question."""
    if earlier.get("outcome") != OK or _caller(earlier) != _caller(asking):
        return False
    return all(canonical.encode(earlier.get(key)) == canonical.encode(asking.get(key)) for key in SAME)


def _caller(body: Mapping[str, object]) -> tuple[object, object]:
    caller = body.get("caller")
    seen = caller if isinstance(caller, dict) else {}
    return seen.get("agency"), seen.get("role")

"""Every promise, in the order of play, and the digest by which two reports show that they played the same."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from formats.canonical import encode
from gateway.conformance import (
    at_once,
    gates,
    kept,
    once,
    other_gateway,
    questions,
    right_answers,
    wrong_answers,
    wrong_grounds,
)

if TYPE_CHECKING:
    from gateway.conformance.areas import TestArea
    from gateway.conformance.promises import Promise

PROMISES: Final[tuple[Promise, ...]] = (
    *right_answers.PROMISES,
    *questions.PROMISES,
    *wrong_answers.PROMISES,
    *wrong_grounds.PROMISES,
    *gates.PROMISES,
    *at_once.PROMISES,
    *once.PROMISES,
    *kept.PROMISES,
    *other_gateway.PROMISES,
)
"""All of them. What stops the gateway comes last."""


def promises_of(area: TestArea) -> tuple[Promise, ...]:
    """Return the promises that an area's adapter must keep."""
    return tuple(each for each in PROMISES if each.applies(area))


def vectors_digest(area: TestArea) -> str:
    """Return the SHA-256 over an area's promises and vectors in canonical JSON, hexadecimal."""
    said = {
        "area": area.name,
        "act": int(area.act),
        "before": None if area.before is None else int(area.before),
        "facts": dict(area.facts),
        "promises": [
            {
                "id": promise.id,
                "source": list(promise.source),
                "played": f"{promise.play.__module__.rpartition('.')[2]}.{promise.play.__name__}",
                "vectors": [
                    {"id": each.id, "answered": each.answered, "saying": each.saying.changes()}
                    for each in promise.vectors
                ],
            }
            for promise in promises_of(area)
        ],
    }
    return sha256(encode(said)).hexdigest()

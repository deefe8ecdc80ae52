"""Drawing entries at random from all queues: which are drawn nobody can know before.

What is done with them is not here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from gateway.domain.audit import may_have_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from gateway.services.ports.replay import Spans

TRIES: Final = 20
"""Entries looked at for one decision that is wanted: most calls of a quiet day decide nothing."""


class Random(Protocol):
    """Where chance comes from."""

    def randrange(self, stop: int, /) -> int:
        """Return a whole number from 0 to *stop*, exclusive."""


def drawn_places(spans: Spans, random: Random, since: datetime, count: int) -> Iterator[tuple[str, int]]:
    """Yield positions sealed since an instant at random, none twice, as many as there are and *count* at the most.

    Raises:
        StoreUnavailableError: A queue could not be read.
    """
    found = [(writer, first, end) for writer, (first, end) in sorted(spans.since(since).items())]
    total = sum(end - first for _, first, end in found)
    moved: dict[int, int] = {}
    for drawn in range(min(count, total)):
        # Fisher and Yates over places that are only thought of: none is drawn twice.
        chosen = drawn + random.randrange(total - drawn)
        place = moved.get(chosen, chosen)
        moved[chosen] = moved.get(drawn, drawn)
        yield _at(found, place)


def _at(spans: list[tuple[str, int, int]], place: int) -> tuple[str, int]:
    for writer, first, end in spans:
        if place < end - first:
            return writer, first + place
        place -= end - first
    raise ValueError("the place lies beyond all queues")


def may_decide(body: bytes) -> bool:
    """Return whether a body may be that of a check: it is for those who would rather not derive every call."""
    return b'"CreditService/' in body or may_have_lines(body)

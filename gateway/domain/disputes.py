"""When a record is disputed: while an objection to it is open. It is shown, and lifts nothing (C-20).

Listings say by their own acts when they are; see ``listings.disputed_at``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from formats.civil import midnight
from gateway.domain.kinds.publication_objection import PublicationObjection
from gateway.domain.objections import Objection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from gateway.domain.kinds.fact import Fact

    Open = tuple[datetime, datetime | None]
    """From the first instant to the first no longer; None while no end is on record."""


def disputes_of(facts: Iterable[Fact]) -> Mapping[str, tuple[Open, ...]]:
    """Return by record id when an objection to it is open: from the day received until that on which it is answered."""
    found: dict[str, list[Open]] = {}
    for fact in facts:
        if isinstance(fact, PublicationObjection):
            found.setdefault(fact.publication_id, []).append(_open(fact.received_on, fact.reviewed_on))
        elif isinstance(fact, Objection):
            found.setdefault(fact.target_id, []).append(_open(fact.received_on, fact.answered_on))
    return {record_id: tuple(spans) for record_id, spans in found.items()}


def _open(received_on: date, answered_on: date | None) -> Open:
    return midnight(received_on), midnight(answered_on) if answered_on is not None else None


def disputed_in(spans: Iterable[Open], moment: datetime) -> bool:
    """Return whether one of *spans* is open at *moment*."""
    return any(start <= moment and (end is None or moment < end) for start, end in spans)


def edges_within(spans: Iterable[Open], start: datetime, end: datetime) -> list[datetime]:
    """Return, in order, the instants after *start* and before *end* at which one of *spans* begins or ends."""
    edges = {edge for span in spans for edge in span if edge is not None and start < edge < end}
    return sorted(edges)

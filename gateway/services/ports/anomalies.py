"""What anomalies are looked for in: recorded calls, counted and in the order of their instants.

A protocol and no behaviour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from gateway.domain.anomalies import DayCount, Seen
    from gateway.domain.vocabulary import DecisionPoint
    from gateway.services.ports.audit import AccessRow


class Span(NamedTuple):
    """From one instant inclusive to another exclusive."""

    since: datetime
    until: datetime


class WhoCalled(NamedTuple):
    """One officer, as a keyed hash, of one caller."""

    agency: str
    role: str
    officer: str


class RecordedCallsByOfficer(Protocol):
    """Reads the access index. Blocking: call it in a thread."""

    def day_counts(self, span: Span, points: Collection[DecisionPoint] = ()) -> Sequence[DayCount]:
        """Return the calls of each caller on each civil day, in no order; with *points* only those at one of them."""

    def first_calls(
        self, caller: tuple[str, str], span: Span, count: int, points: Collection[DecisionPoint] = ()
    ) -> Sequence[Seen]:
        """Return the first calls of a caller, the earliest first; with *points* only those at one of them."""

    def officers(self, span: Span, least: int) -> Sequence[WhoCalled]:
        """Return who made at least so many calls, items of batches counted, in no order."""

    def calls_of(self, who: WhoCalled, span: Span, most: int) -> Sequence[Seen]:
        """Return the calls of an officer and the items of batches, the earliest first; no more than *most*."""

    def entries(self, calls: Sequence[Seen]) -> Sequence[AccessRow]:
        """Return what is recorded of each of these calls."""

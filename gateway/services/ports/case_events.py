"""Where the events of cases are kept: only added, and acknowledged once.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from gateway.domain.case_events import CaseEvent, Weighing
    from gateway.domain.cases import Case
    from gateway.services.ports.facts import Submission


class Touched(Protocol):
    """What revisions changed."""

    @property
    def codes(self) -> frozenset[str]:
        """Codes of the enterprises whose timeline can be another."""

    @property
    def name_keys(self) -> frozenset[str]:
        """Normalised names under which what is held without a code can be another."""


class TouchedSince(Protocol):
    """Reads what changed. Blocking: call it in a thread."""

    def touched(self, after: int, upto: int) -> Touched:
        """Return what the revisions in (after, upto] changed."""


class CaseEventStore(Protocol):
    """Events of cases. Blocking: call it in a thread."""

    def newest_act(self) -> int:
        """Return the number of the newest act on any case: while it is the same, so are all open cases. 0 for none."""

    def open_cases(self) -> Sequence[Case]:
        """Return every open case of every agency."""

    def tell(self, case: Case, present: Collection[Weighing], revision: int, now: datetime) -> Sequence[CaseEvent]:
        """Add the events that follow from *present*, what weighs on the case's parties now; return those added.

        What was told before is read in the same transaction, so that of two processes that see the same one tells it.
        Nothing is told of a case that is closed by now, or amended, nor of what weighed at an earlier *revision* than
        that of an event told before: whoever saw that one knew more.
        """

    def after(self, agency: str, sequence: int, size: int) -> Sequence[CaseEvent]:
        """Return up to *size* events of an agency behind a sequence, in order."""

    def acknowledge(self, submission: Submission, sequence: int) -> tuple[int, datetime] | None:
        """Store that the agency of *submission* has its event; return the newest revision, and when it first had it.

        None when it has no such event. Idempotent by request id like ``FactStore.submit``.
        """

    def unacknowledged(self) -> Sequence[CaseEvent]:
        """Return every event that is not acknowledged, in the order in which they were seen."""

    def count_unacknowledged(self, before: datetime) -> tuple[int, datetime | None, int]:
        """Return how many events are not acknowledged, when the oldest was seen, and how many were seen *before*."""

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds an acknowledgement, as ``FactStore.mark_recorded`` does."""

"""Where joint meetings are kept: their acts, only ever added.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from gateway.domain.meetings import Agenda, MeetingAct, Minutes, StepReport
    from gateway.services.ports.facts import Submission


class MeetingStore(Protocol):
    """The acts of joint meetings. Blocking: call it in a thread."""

    def record(
        self,
        submission: Submission,
        meeting_id: str,
        decide: Callable[[Sequence[MeetingAct]], Agenda | Minutes | StepReport],
    ) -> tuple[int, list[MeetingAct]]:
        """Add the act that *decide* makes of the acts on record; return the newest data revision, and the acts with it.

        Nobody writes between what *decide* is given and what is stored; what it raises leaves the store as it was.
        Idempotent by request id like ``FactStore.submit``: the acts are then those up to the one of that request. It
        takes no data revision: no answer rests on a meeting.
        """

    def acts(self, meeting_id: str, known_at: datetime | None = None) -> list[MeetingAct]:
        """Return the acts of a meeting recorded by *known_at*, None for now, in order; empty when there are none."""

    def all_acts(self) -> list[list[MeetingAct]]:
        """Return the acts of every meeting, in order of their ids."""

    def nonconforming_known(self, codes: Sequence[str]) -> frozenset[str]:
        """Return those of *codes* that fail their standard and that the market-regulation master feed has."""

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds an act, as ``FactStore.mark_recorded`` does."""

"""What is under way for HRSS to look after: proceedings whose clocks run, and enterprises to be warned.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from gateway.domain.case_events import CaseEvent
    from gateway.domain.listings import Listing
    from gateway.domain.meetings import Meeting
    from gateway.domain.record_clocks import RecordedFact
    from gateway.domain.records import Dossier
    from gateway.domain.running_clocks import RecordedShownRepair, RecordedWithdrawal
    from gateway.domain.timeliness import Arrivals


@dataclass(frozen=True, slots=True)
class Proceedings:
    """All that clocks run on, at one revision."""

    revision: int
    listings: tuple[Listing, ...]
    """In order of their ids."""
    withdrawals: tuple[RecordedWithdrawal, ...]
    """In order of their ids."""
    facts: tuple[RecordedFact, ...] = ()
    """Those of kinds that start clocks, in order of their ids."""
    meetings: tuple[Meeting, ...] = ()
    """In order of their ids."""
    shown: tuple[RecordedShownRepair, ...] = ()
    """Repairs of publications and penalties that the platform shows, in order of their ids."""
    owed_events: tuple[CaseEvent, ...] = ()
    """Events of cases in hand that are not acknowledged, in the order in which they were seen."""


class Docket(Protocol):
    """The store read across enterprises, as it is now. Blocking: call it in a thread."""

    def proceedings(self) -> Proceedings:
        """Return every listing, withdrawal and joint meeting, and whatever else starts a clock."""

    def arrivals(self, since: datetime, until: datetime) -> Iterable[Arrivals]:
        """Return how many records' first versions were committed in [since, until), in no order.

        A record retyped from elsewhere is left out: it is nobody's own. Acts of listings are records.
        """

    def codes(self, after: str, most: int) -> list[str]:
        """Return, in order, the first *most* codes after *after* of enterprises of which anything is known."""

    def dossiers(self, codes: Sequence[str]) -> tuple[int, list[Dossier]]:
        """Return the newest revision, and what is known then of those of a few hundred *codes* that are known."""

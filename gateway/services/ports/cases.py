"""Where cases are kept: their acts, only ever added.

Protocols and the values that cross them; no behaviour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateway.domain.case_events import CaseEvent
    from gateway.domain.cases import Case, CaseAct, CaseClosing, CaseKey, CaseTerms
    from gateway.domain.vocabulary import Area
    from gateway.services.ports.facts import Submission


class CaseStore(Protocol):
    """The acts on cases. Blocking: call it in a thread."""

    def record(
        self,
        submission: Submission,
        key: CaseKey,
        decide: Callable[[Sequence[CaseAct]], CaseTerms | CaseClosing],
    ) -> tuple[int, list[CaseAct]]:
        """Add the act that *decide* makes of the acts on record; return the newest data revision, and the acts with it.

        Nobody writes between what *decide* is given and what is stored; what it raises leaves the store as it was.
        Idempotent by request id like ``FactStore.submit``: the acts are then those up to the one of that request. It
        takes no data revision: no answer of anybody else rests on a case.
        """

    def acts(self, key: CaseKey) -> list[CaseAct]:
        """Return the acts on a case, in order; empty when there are none."""

    def of_reference(self, agency: str, area: Area, case_ref: str) -> list[list[CaseAct]]:
        """Return the acts on every part of what an agency calls so, part by part; empty when there are none."""

    def nonconforming_known(self, codes: Sequence[str]) -> frozenset[str]:
        """Return those of *codes* that fail their standard and that the market-regulation master feed has."""

    def mark_recorded(self, request_id: str, through: int, number: int) -> None:
        """Remember the entry that holds an act, as ``FactStore.mark_recorded`` does."""


@dataclass(frozen=True, slots=True)
class WantedCases:
    """Which cases of one agency are looked for."""

    agency: str
    areas: frozenset[Area]
    closed_too: bool
    before: int
    """Only cases that were registered before the one with this number; 0 begins with the newest."""


@dataclass(frozen=True, slots=True)
class CaseInHand:
    """One case with its events so far, in order.

    ``number`` grows with each registration of anybody's; it says where a page ends and is told to nobody.
    """

    number: int
    case: Case
    events: tuple[CaseEvent, ...]


class CaseLists(Protocol):
    """Reads the cases of an agency. Blocking: call it in a thread."""

    def page(self, wanted: WantedCases, size: int) -> list[CaseInHand]:
        """Return up to *size* of the cases looked for, the one that was registered last first; empty without any."""

"""Agreements by which a court is told of a case before the indictment (T-54): a table that a deployment configures.

The law knows no such notice. So a court gets one only where it has agreed to that in writing, for the counties and the
days of which the agreement speaks; a court of which the table says nothing gets none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


@dataclass(frozen=True, slots=True)
class CourtAgreement:
    """One agreement. Its days are civil days, UTC+8."""

    court: str
    """Id of the court's agency."""
    document_number: str
    adopted_by: tuple[str, ...]
    """Names of the authorities that adopted it, the court among them."""
    since: date
    counties: frozenset[str]
    """Division codes of six digits (GB/T 2260) of whose cases the court is told."""
    until: date | None = None
    """The last day on which it holds; None where it ends with another document only."""

    def holds(self, day: date) -> bool:
        """Return whether it is in force on *day*: on its first day and its last, too."""
        return self.since <= day and (self.until is None or day <= self.until)


class CourtAgreements:
    """The agreements; for each court, county and day at most one counts."""

    def __init__(self, agreements: Iterable[CourtAgreement]) -> None:
        """Take the agreements.

        Raises:
            ValueError: One ends before it begins, or two of one court hold in a county on one day; the message begins
                with the document number.
        """
        self._agreements: list[CourtAgreement] = []
        for agreement in agreements:
            self._add(agreement)

    @property
    def courts(self) -> frozenset[str]:
        """Ids of the courts that have an agreement at all."""
        return frozenset(each.court for each in self._agreements)

    def in_force(self, court: str, county: str, day: date) -> CourtAgreement | None:
        """Return by which agreement *court* is told of a case of *county* on *day*; None where there is none."""
        found = (each for each in self._agreements if each.court == court and county in each.counties)
        return next((each for each in found if each.holds(day)), None)

    def _add(self, new: CourtAgreement) -> None:
        if new.until is not None and new.until < new.since:
            raise ValueError(f"{new.document_number}: ends before it begins")
        for other in self._agreements:
            begins = max(new.since, other.since)
            shared = sorted(new.counties & other.counties) if new.court == other.court else []
            if shared and new.holds(begins) and other.holds(begins):
                raise ValueError(
                    f"{new.document_number}: {other.document_number} holds in {shared[0]} at that time too"
                )
        self._agreements.append(new)


NO_AGREEMENTS: Final = CourtAgreements([])
"""No court is told of anything before the indictment."""

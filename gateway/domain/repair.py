"""The days that follow from a listing and its correction: the last day it weighs, and from when it may be left early.

Days only. Whether an application is granted is a decision of HRSS and the only change of state (L-20); what bars one
(L-15) is a matter of facts that are not here, and the clocks of the procedure are in ``listing_clocks``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from formats.civil import add_months
from gateway.domain.listing_clocks import EARLY_EXIT_CR36, EARLY_EXIT_O45, LISTING_TERM

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class EarlyExit:
    """From which civil day, in UTC+8, early removal may be applied for, by two rules that do not agree (L-20).

    Both are shown. Neither removes anything.
    """

    eligible_o45: date
    """Six months after correction and listing, by the departmental rule (O45 art. 12, L-21)."""
    eligible_cr36: date
    """After the minimum publicity of serious information, one year, by the rules on credit repair (L-20)."""

    @property
    def remind_on(self) -> date:
        """The later of the two: before it one of the rules stands against an application."""
        return max(self.eligible_o45, self.eligible_cr36)


def early_exit(decided_on: date, corrected_on: date) -> EarlyExit:
    """Return from when early removal may be applied for; without a correction there is no such day.

    Args:
        decided_on: Civil day of the decision to list, or of the one that restored the listing (L-18).
        corrected_on: Civil day on which everything owed was paid; may lie before the decision.

    Raises:
        ValueError: A day lies after year 9999.
    """
    return EarlyExit(
        eligible_o45=add_months(max(corrected_on, decided_on), EARLY_EXIT_O45.months),
        eligible_cr36=max(add_months(decided_on, EARLY_EXIT_CR36.months), corrected_on),
    )


def last_day(decided_on: date) -> date:
    """Return the last civil day on which a listing may weigh: the day before its third anniversary (L-23).

    Raises:
        ValueError: The third anniversary lies after year 9999.
    """
    return add_months(decided_on, LISTING_TERM.months) - timedelta(days=1)

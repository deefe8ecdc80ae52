"""One act of a wage-arrears listing: what it says, the instant from which it counts, and which acts are still open.

Values and their order only. When a listing weighs is in ``listings``; which act may come next, in ``listing_steps``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from formats.civil import civil_date, midnight
from gateway.domain.vocabulary import ListingActKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

BURDENS = frozenset(
    {
        ListingActKind.DELIVERY,
        ListingActKind.STAY_ENDED,
        ListingActKind.HIDDEN_ENDED,
        ListingActKind.REPAIR_SHOWN_REJECTED,
    }
)
"""Acts that, known by their date only, count from the next midnight."""
STAYS = (
    (ListingActKind.STAY, ListingActKind.STAY_ENDED),
    (ListingActKind.HIDDEN, ListingActKind.HIDDEN_ENDED),
    (ListingActKind.REPAIR_SHOWN, ListingActKind.REPAIR_SHOWN_REJECTED),
)
"""What lifts a listing for a time, and what ends that: a stay of execution, and hiding while a reorganisation or
settlement that a court approved is carried out (C-10), and a repair that the credit platform shows and that is not on
record here, until the authority rejects it (C-02)."""
EFFECTIVE = frozenset({*(kind for pair in STAYS for kind in pair), *map(ListingActKind, range(1, 10))}) | {
    ListingActKind.ORDER_REVOKED
}
"""Acts that change what is answered about the enterprise; all others are procedure."""


@dataclass(frozen=True, slots=True)
class Act:
    """One dated act of a listing.

    ``at`` is set only where the instant is known (deliveries); otherwise the civil date ``on`` counts as the module
    ``listings`` says. ``act_id`` makes the order of acts of one day certain.
    """

    kind: ListingActKind
    on: date
    document_number: str
    authority: str
    act_id: str
    at: datetime | None = None
    party: str = ""
    """Of a delivery, to whom: the enterprise's code, or the keyed hash of a person listed with it. Empty where the
    record does not say: it then stands for the delivery to all of them."""
    due_on: date | None = None
    """Of an order to pay: the last day on which it could be paid in time."""
    corrected_on: date | None = None
    """Of an application for repair: the day on which everything owed was paid (L-14)."""
    extended: bool = False
    """Of a decision: the head of the authority allowed 20 more working days for it (L-08)."""

    @property
    def day(self) -> date:
        """Civil day of the act: the instant's, where one is known."""
        return self.on if self.at is None else civil_date(self.at)

    @property
    def counts_from(self) -> datetime:
        """First instant at which the act has its effect."""
        if self.at is not None:
            return self.at
        return midnight(self.on + timedelta(days=1) if self.kind in BURDENS else self.on)


def ordered(acts: Iterable[Act]) -> list[Act]:
    """Return the acts in the one order in which they count, however they arrived."""
    return sorted(acts, key=lambda act: (act.counts_from, act.day, act.kind, act.act_id))


def still_open(acts: Iterable[Act], opens: ListingActKind, closes: ListingActKind) -> list[Act]:
    """Return those of *acts* that open something and that none of *acts* closes.

    Stays by two bodies may overlap, and each needs its own end. An end that names an open act's document closes it,
    any other the oldest. One document recorded twice is one.
    """
    still: list[Act] = []
    for act in ordered(act for act in acts if act.kind in {opens, closes}):
        if act.kind is opens:
            still.append(act)
        elif still:
            numbers = [opened.document_number for opened in still]
            closed = act.document_number if act.document_number in numbers else numbers[0]
            still = [opened for opened in still if opened.document_number != closed]
    return still

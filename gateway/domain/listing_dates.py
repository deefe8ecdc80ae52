"""The days that a listing's procedure counts: until when to object, by when to decide and to take down what ended.

Working days come from the calendar that is handed in, their numbers from the statutory clocks. Only the first hinders a
step; the other terms are the authority's duty and are shown, late or not (L-08, L-19b). From when a repair is possible
is in ``repair``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.domain.clock_list import CLOCKS
from gateway.domain.vocabulary import ListingActKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from formats.calendar import Deadline, WorkingCalendar
    from gateway.domain.listing_acts import Act
    from gateway.domain.listing_standing import Standing
    from gateway.domain.listings import Listing

OBJECTION_DAYS = CLOCKS["L-06/object"].length
"""Working days from the delivery of the pre-notice (O45 art. 6, L-06)."""
DECISION_DAYS = CLOCKS["L-08/decide"].length
"""Working days from the end of the order's time, and as many again with the head's approval (O45 art. 8, L-08)."""
REMOVAL_DAYS = CLOCKS["L-19b/unpublish"].length
"""Working days in which a listing that ended leaves every site (O45 art. 17, L-19b)."""


def last_day_to_object(listing: Listing, calendar: WorkingCalendar) -> Deadline | None:
    """Return the last day on which the party may object; None while no pre-notice is delivered."""
    noticed = [act.day for act in listing.acts if act.kind is ListingActKind.PRE_NOTICE_DELIVERED]
    return calendar.add_working_days(max(noticed), OBJECTION_DAYS) if noticed else None


@dataclass(frozen=True, slots=True)
class Duty:
    """Something that the authority has to do by the end of a day; ``done_on`` is None while it is not done."""

    rule_id: str
    due: Deadline
    done_on: date | None

    def late_on(self, today: date) -> bool:
        """Return whether it was done late, or is late *today*."""
        return (self.done_on or today) > self.due.due


def duties(listing: Listing, standing: Standing, calendar: WorkingCalendar) -> Iterable[Duty]:
    """Yield the duties that have begun: to decide on the listing, and to take what ended from every site."""
    order = next((act for act in listing.acts if act.due_on is not None), None)
    delivered = any(act.kind is ListingActKind.ORDER_DELIVERED for act in listing.acts)
    if delivered and order is not None and order.due_on is not None:
        decided = [a for a in listing.acts if a.kind in {ListingActKind.DECISION, ListingActKind.NOT_LISTED}]
        days = DECISION_DAYS * (2 if any(act.extended for act in decided) else 1)
        yield Duty("L-08", calendar.add_working_days(order.due_on, days), _first(decided))
    if standing.ended_on is not None:
        due = calendar.add_working_days(standing.ended_on, REMOVAL_DAYS)
        for kind in (ListingActKind.UNPUBLISHED, ListingActKind.OTHER_SITES_TOLD, ListingActKind.PLATFORM_TOLD):
            done = [act for act in listing.acts if act.kind is kind and act.day >= standing.ended_on]
            yield Duty(f"L-19b/{kind.name}", due, _first(done))


def _first(acts: Iterable[Act]) -> date | None:
    return min((act.day for act in acts), default=None)

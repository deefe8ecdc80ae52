"""The days that a listing's procedure counts: until when to object, by when to decide, from when repair is possible.

Working days come from the calendar that is handed in. Only the first and the repair dates hinder a step; the other
terms are the authority's duty and are shown, late or not (L-08, L-19b).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.civil import add_months
from gateway.domain.vocabulary import ListingActKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from formats.calendar import Deadline, WorkingCalendar
    from gateway.domain.listing_acts import Act
    from gateway.domain.listing_standing import Standing
    from gateway.domain.listings import Listing

OBJECTION_DAYS = 5
"""Working days from the delivery of the pre-notice (O45 art. 6, L-06)."""
DECISION_DAYS = 20
"""Working days from the end of the order's time, and as many again with the head's approval (O45 art. 8, L-08)."""
REMOVAL_DAYS = 10
"""Working days in which a listing that ended leaves every site (O45 art. 17, L-19b)."""


@dataclass(frozen=True, slots=True)
class RepairDates:
    """From which civil day early removal may be decided, by two rules that do not agree: both are shown (L-20)."""

    eligible_o45: date
    """Six months after correction and decision (O45 art. 12, L-21): before it, none is granted."""
    eligible_cr36: date
    """The year for which serious information is public at least, or the correction when that is later (CR36)."""

    @property
    def remind_on(self) -> date:
        """The later of the two."""
        return max(self.eligible_o45, self.eligible_cr36)


def repair_dates(decided_on: date, corrected_on: date) -> RepairDates:
    """Return the dates for a decision, or restoring decision, and the day on which everything owed was paid."""
    return RepairDates(
        eligible_o45=add_months(max(corrected_on, decided_on), 6),
        eligible_cr36=max(add_months(decided_on, 12), corrected_on),
    )


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
    if order is not None and order.due_on is not None:
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

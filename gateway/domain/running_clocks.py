"""The clocks that run or ran at a moment: by a listing's acts, a withdrawal's decision, a shown repair, any start.

Nothing is stored: who asks again under another calendar, or at another moment, gets the clocks counted anew. What
starts a clock and what ends it is in ``clock_starts``; how one is counted, in ``clocks``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from formats.civil import civil_date, midnight
from gateway.domain.clock_list import CLOCKS
from gateway.domain.clock_rules import AS_SHIPPED, Kind
from gateway.domain.clock_starts import Started, started_by
from gateway.domain.clocks import Colour, alarmed, colour, due
from gateway.domain.kinds.penalty import Penalty
from gateway.domain.kinds.publication import Publication
from gateway.domain.listing_acts import ordered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from formats.calendar import WorkingCalendar
    from gateway.domain.clock_rules import ClockParameters, ClockRule
    from gateway.domain.clocks import Deadline
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.listings import Listing
    from gateway.domain.withdrawals import ShownRepair, Withdrawal

WITHDRAWAL_CLOCKS: Mapping[type[Fact], ClockRule] = {
    Publication: CLOCKS["P-07/correct"],
    Penalty: CLOCKS["APL-48/withdraw"],
}
"""What a withdrawal starts, by the kind of the record that it takes back."""
REMEMBERED = 65_536
"""Deadlines that are kept: many listings have clocks of one rule from one day."""


class Place(NamedTuple):
    """Where a clock stands in the order of all: by its end; two clocks never have the same."""

    ends_at: datetime
    object_id: str
    clock_id: str
    start: date


@dataclass(frozen=True, slots=True)
class RunningClock:
    """One clock on one object, at a moment."""

    deadline: Deadline
    start: date
    object_id: str
    """Of the listing, of the record that was taken back, or of meeting and step."""
    uscc: str
    authority: str
    done_at: datetime | None
    """When it was done, or ended with nothing left to do; None while it runs or when it ran out."""
    colour: Colour
    alarm: bool = True
    """False while another clock on the same duty ends before this one (C-09)."""
    agency: str = ""
    """Id of the agency that has to do a meeting's step, or acknowledge an event; empty for the clocks of the law."""
    due_on_working_days: date | None = None
    """Of the three days of R310, the last day if they were working days, which is open; None for every other clock."""

    @property
    def rule(self) -> ClockRule:
        """The statutory clock."""
        return self.deadline.rule

    @property
    def place(self) -> Place:
        """Its place in the order of all."""
        return Place(self.deadline.ends_at, self.object_id, self.rule.clock_id, self.start)


@dataclass(frozen=True, slots=True)
class RecordedWithdrawal:
    """A withdrawal with what it takes back, and the instant, in UTC, at which it was recorded."""

    uscc: str
    withdrawal: Withdrawal
    target: type[Fact]
    recorded_at: datetime


def clocks_of_listing(
    listing: Listing, now: datetime, calendar: WorkingCalendar, parameters: ClockParameters = AS_SHIPPED
) -> tuple[RunningClock, ...]:
    """Return every clock that the listing's acts have started by *now*, in order of their ends."""
    authority = ordered(listing.acts)[-1].authority if listing.acts else ""
    found: dict[Place, RunningClock] = {}
    about: dict[Place, date] = {}
    for started in started_by(listing, civil_date(now)):
        clock = run_clock(started, (listing.listing_id, listing.uscc, authority), now, calendar, parameters)
        found[clock.place] = clock
        if started.applied_on is not None:
            about[clock.place] = started.applied_on
    quiet = _quiet(found, about)
    return tuple(replace(clock, alarm=place not in quiet) for place, clock in sorted(found.items()))


def run_clock(
    started: Started,
    on: tuple[str, str, str],
    now: datetime,
    calendar: WorkingCalendar,
    parameters: ClockParameters = AS_SHIPPED,
) -> RunningClock:
    """Return a clock as it stands at *now*; *on* is the object's id, the enterprise's code and the authority."""
    deadline = _due(started.rule, started.start, calendar, parameters)
    done_at = _ended_at(started, deadline)
    return RunningClock(deadline, started.start, *on, done_at, colour(deadline, now, done_at))


def clock_of_withdrawal(
    recorded: RecordedWithdrawal, now: datetime, calendar: WorkingCalendar, parameters: ClockParameters = AS_SHIPPED
) -> RunningClock:
    """Return the clock of a withdrawal: it ran from the decision until it was recorded here (P-07, APL art. 48).

    Raises:
        KeyError: What it takes back is of a kind that cannot be withdrawn.
    """
    withdrawal = recorded.withdrawal
    deadline = _due(WITHDRAWAL_CLOCKS[recorded.target], withdrawal.decided_on, calendar, parameters)
    return RunningClock(
        deadline=deadline,
        start=withdrawal.decided_on,
        object_id=withdrawal.target_id,
        uscc=recorded.uscc,
        authority=withdrawal.authority,
        done_at=recorded.recorded_at,
        colour=colour(deadline, now, recorded.recorded_at),
    )


@dataclass(frozen=True, slots=True)
class RecordedShownRepair:
    """A repair of a publication or penalty that the platform shows, and when the record was withdrawn, in UTC."""

    uscc: str
    shown: ShownRepair
    withdrawn_at: datetime | None


def clock_of_shown_repair(
    recorded: RecordedShownRepair, now: datetime, calendar: WorkingCalendar, parameters: ClockParameters = AS_SHIPPED
) -> RunningClock:
    """Return the clock of a shown repair: it runs until it is rejected or the record is withdrawn (C-02)."""
    shown = recorded.shown
    deadline = _due(CLOCKS["C-02/check"], shown.shown_on, calendar, parameters)
    done_at = midnight(shown.rejected_on) if shown.rejected_on is not None else recorded.withdrawn_at
    return RunningClock(
        deadline=deadline,
        start=shown.shown_on,
        object_id=shown.target_id,
        uscc=recorded.uscc,
        authority=shown.authority,
        done_at=done_at,
        colour=colour(deadline, now, done_at),
    )


@lru_cache(REMEMBERED)
def _due(rule: ClockRule, start: date, calendar: WorkingCalendar, parameters: ClockParameters) -> Deadline:
    """Return when a clock ends; another calendar is counted anew."""
    return due(rule, start, calendar, parameters)


def _ended_at(started: Started, deadline: Deadline) -> datetime | None:
    """Return when the clock was ended. A right or a term that has run out is over, whatever came later."""
    if started.done_on is not None:
        return midnight(started.done_on)
    if started.moot_on is None:
        return None
    ended = midnight(started.moot_on)
    return ended if deadline.rule.kind is Kind.DUTY or ended < deadline.ends_at else None


def _quiet(clocks: Mapping[Place, RunningClock], about: Mapping[Place, date]) -> set[Place]:
    """Return the clocks beside a shorter one on the same decision; *about*, of which application each is (C-09)."""
    quiet: set[Place] = set()
    for application in set(about.values()):
        beside = [clocks[place] for place, applied in about.items() if applied == application]
        first = alarmed(clock.deadline for clock in beside)
        quiet.update(clock.place for clock in beside if clock.deadline is not first)
    return quiet


@dataclass(frozen=True, slots=True)
class ClockFilter:
    """Which clocks are wanted; what is empty or None asks for all."""

    authority: str = ""
    """A part of the authority's name."""
    colours: frozenset[Colour] = frozenset()
    due_before: date | None = None
    """Only clocks whose last day lies before this one."""
    clock_ids: frozenset[str] = frozenset()


def chosen(clocks: Iterable[RunningClock], wanted: ClockFilter) -> list[RunningClock]:
    """Return those of *clocks* that are wanted, in order of their ends."""
    found = [
        clock
        for clock in clocks
        if wanted.authority in clock.authority
        and (not wanted.colours or clock.colour in wanted.colours)
        and (wanted.due_before is None or clock.deadline.due_on < wanted.due_before)
        and (not wanted.clock_ids or clock.rule.clock_id in wanted.clock_ids)
    ]
    return sorted(found, key=lambda clock: clock.place)

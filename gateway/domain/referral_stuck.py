"""What a case that does not move waits for, and on whom (X-14): clocks that are overdue, and silence that lasts.

A case that is closed waits for nothing. What is counted of all cases names none of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.domain.clock_rules import Holder
from gateway.domain.clocks import Colour
from gateway.domain.referral_inbox import TransportState
from gateway.domain.referral_words import ReferralStage as Stage
from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gateway.domain.referral_inbox import Evidence
    from gateway.domain.referrals import Referral
    from gateway.domain.running_clocks import RunningClock


class StuckReason(Word):
    """Why a case does not move."""

    CLOCK_OVERDUE = 1
    """A duty is past due and not done."""
    NOT_DELIVERED = 2
    """An entry was not acknowledged in time, and is not yet."""
    NOT_OPENED = 3
    """Files were not fetched in time, and are not yet."""


SILENT: Final = {
    TransportState.NOT_DELIVERED: StuckReason.NOT_DELIVERED,
    TransportState.NOT_OPENED: StuckReason.NOT_OPENED,
}


@dataclass(frozen=True, slots=True)
class Stuck:
    """One thing that a case waits for."""

    reason: StuckReason
    agency: str
    """Id of the agency on which it waits; empty where the case names none yet."""
    since: datetime
    """First instant that was too late, UTC."""
    clock: RunningClock | None = None
    """Of ``CLOCK_OVERDUE``."""
    place: int = 0
    """Of the others, the place of the entry."""


@dataclass(frozen=True, slots=True)
class ReferralFigures:
    """What open cases of all agencies wait for, counted: nothing of a case and nothing of anybody (T-60)."""

    clocks: int = 0
    """Clocks that are overdue."""
    not_delivered: int = 0
    """Entries that a recipient has not acknowledged in time, counted for each recipient."""
    not_opened: int = 0
    """Entries whose files a recipient has not fetched in time, likewise."""
    uploads: int = 0
    """Uploads that are not whole and got no further in time."""
    fault: str = ""
    """Why it could not be counted; empty when it could."""

    @property
    def stuck(self) -> int:
        """All of it together."""
        return self.clocks + self.not_delivered + self.not_opened + self.uploads


def stuck_of(case: Referral, clocks: Iterable[RunningClock], evidence: Iterable[Evidence]) -> tuple[Stuck, ...]:
    """Return what a case waits for, by its clocks and the evidence of its transport; the longest overdue first."""
    if case.stage is Stage.CLOSED:
        return ()
    late = [
        Stuck(StuckReason.CLOCK_OVERDUE, holder_of(case, clock.rule.holder), clock.deadline.ends_at, clock=clock)
        for clock in clocks
        if clock.colour is Colour.RED
    ]
    silent = [
        Stuck(SILENT[each.state], each.recipient, each.since, place=each.place)
        for each in evidence
        if each.state in SILENT
    ]
    return tuple(sorted([*late, *silent], key=lambda each: (each.since, each.reason, each.agency, each.place)))


def holder_of(case: Referral, holder: Holder) -> str:
    """Return which agency of a case has a clock; empty where the case names none."""
    match holder:
        case Holder.POLICE:
            return case.police
        case Holder.PROCURATORATE:
            return case.copies.procuratorate if case.copies is not None else ""
    return case.agency


def figures_of(stuck: Iterable[Stuck], uploads: int) -> ReferralFigures:
    """Return what all cases together wait for."""
    counted = Counter(each.reason for each in stuck)
    return ReferralFigures(
        clocks=counted[StuckReason.CLOCK_OVERDUE],
        not_delivered=counted[StuckReason.NOT_DELIVERED],
        not_opened=counted[StuckReason.NOT_OPENED],
        uploads=uploads,
    )

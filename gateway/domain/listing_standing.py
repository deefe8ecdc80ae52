"""Where the procedure of a listing stands at the end of a civil day: a function of its acts, and nothing else.

Procedure goes by days: a step of a day is on record that day. From which instant a listing weighs is in ``listings``;
which step may come next, in ``listing_steps``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from formats.civil import civil_date, midnight
from gateway.domain.listing_acts import STAYS, still_open
from gateway.domain.listing_words import ListingCondition, ListingStage
from gateway.domain.listings import Listing, Term, repaired, repairs_of, terms
from gateway.domain.vocabulary import ListingActKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from gateway.domain.listing_acts import Act

OPENINGS = (
    (ListingCondition.STAYED, *STAYS[0]),
    (ListingCondition.HIDDEN, *STAYS[1]),
    (ListingCondition.REPAIR_SHOWN, *STAYS[2]),
    (ListingCondition.CRIMINAL_BAR, ListingActKind.CRIMINAL_BAR_SET, ListingActKind.CRIMINAL_BAR_LIFTED),
    (ListingCondition.DISPUTED, ListingActKind.DISPUTE_OPENED, ListingActKind.DISPUTE_CLOSED),
)
"""Conditions that one act opens and another closes."""
LIFTING = frozenset({ListingCondition.STAYED, ListingCondition.HIDDEN, ListingCondition.REPAIR_SHOWN})
"""Those under which a listing has no effect."""
MARKS = (
    (ListingCondition.PUBLISHED, ListingActKind.PUBLISHED),
    (ListingCondition.UNPUBLISHED, ListingActKind.UNPUBLISHED),
    (ListingCondition.OTHER_SITES_TOLD, ListingActKind.OTHER_SITES_TOLD),
    (ListingCondition.PLATFORM_TOLD, ListingActKind.PLATFORM_TOLD),
)
"""Conditions that one act makes: in the present term, and for the last three after the listing has ended."""
APPLICATION_MARKS = (
    (ListingCondition.REPAIR_ACCEPTED, ListingActKind.REPAIR_ACCEPTED),
    (ListingCondition.REPAIR_EXTENDED, ListingActKind.REPAIR_EXTENDED),
)
"""Conditions that one act makes of an open application for early removal (C-08)."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a listing stands on a day."""

    stage: ListingStage
    conditions: frozenset[ListingCondition]
    term: Term | None
    """The latest run of three years; None before a decision."""
    ended_on: date | None
    """The day on which it was repaired, revoked or expired; None while it has not ended (L-19b)."""

    @property
    def name(self) -> str:
        """The stage with what is also true, such as ``LISTED+STAYED``."""
        return "+".join([self.stage.name, *(condition.name for condition in sorted(self.conditions))])


def standing_on(listing: Listing, day: date) -> Standing:
    """Return where *listing* stands at the end of *day*, by the acts of that day and those before."""
    known = replace(listing, acts=tuple(act for act in listing.acts if act.day <= day))
    runs = terms(known)
    term = runs[-1] if runs else None
    stage = _stage(known, term, day)
    ended_on = _ended_on(known, term, stage)
    return Standing(stage, frozenset(_conditions(known, term, ended_on)), term, ended_on)


def _stage(known: Listing, term: Term | None, day: date) -> ListingStage:
    if _days_of(known.acts, ListingActKind.REVOCATION):
        return ListingStage.REVOKED
    if term is None:
        return _before_decision(known.acts, day)
    if repaired(known, term, midnight(day)):
        return ListingStage.REPAIRED
    if midnight(day) >= term.ends:
        return ListingStage.EXPIRED
    return ListingStage.DECIDED if term.begins is None else ListingStage.LISTED


def _before_decision(acts: Collection[Act], day: date) -> ListingStage:
    done = {act.kind for act in acts}
    if ListingActKind.NOT_LISTED in done:
        return ListingStage.NOT_LISTED
    if ListingActKind.PRE_NOTICE_DELIVERED in done:
        raised = _days_of(acts, ListingActKind.OBJECTION)
        verified = _days_of(acts, ListingActKind.OBJECTION_VERIFIED)
        return ListingStage.OBJECTED if _pending(raised, verified) else ListingStage.PRE_NOTICED
    if ListingActKind.PRE_NOTICE in done:
        return ListingStage.PRE_NOTICE_ISSUED
    if ListingActKind.ORDER_DELIVERED in done:
        due = [act.due_on for act in acts if act.due_on is not None]
        return ListingStage.ORDER_EXPIRED if due and day > max(due) else ListingStage.ORDER_RUNNING
    return ListingStage.ORDERED if ListingActKind.ORDER_ISSUED in done else ListingStage.NOT_OPENED


def _ended_on(known: Listing, term: Term | None, stage: ListingStage) -> date | None:
    if stage is ListingStage.REVOKED:
        return min(_days_of(known.acts, ListingActKind.REVOCATION))
    if term is None or stage not in {ListingStage.REPAIRED, ListingStage.EXPIRED}:
        return None
    if stage is ListingStage.EXPIRED:
        return civil_date(term.ends)
    return repairs_of(known, term)[0].on


def _conditions(known: Listing, term: Term | None, ended_on: date | None) -> Iterable[ListingCondition]:
    """Yield what is also true; a stay, a publication or an application of an earlier term is not of this one."""
    for condition, opens, closes in OPENINGS:
        still = still_open(known.acts, opens, closes)
        own_term = condition in LIFTING and term is not None
        if any(not own_term or (term is not None and act.on >= term.decision.on) for act in still):
            yield condition
    if _days_of(known.acts, ListingActKind.ORDER_REVOKED):
        yield ListingCondition.ORDER_REVOKED
    application = open_application(known, term) if term is not None else None
    if application is not None:
        yield ListingCondition.REPAIR_APPLIED
        for condition, kind in APPLICATION_MARKS:
            if any(day >= application.day for day in _days_of(known.acts, kind)):
                yield condition
    for condition, kind in MARKS:
        since = ended_on if kind is not ListingActKind.PUBLISHED else (term.decision.on if term else None)
        if since is not None and any(day >= since for day in _days_of(known.acts, kind)):
            yield condition


def last_application(listing: Listing, term: Term) -> Act | None:
    """Return the latest application for repair in *term*, decided or not; None when there is none."""
    applied = [act for act in _of_term(listing, term) if act.kind is ListingActKind.REPAIR_APPLIED]
    return max(applied, key=lambda act: (act.day, act.act_id), default=None)


def open_application(listing: Listing, term: Term) -> Act | None:
    """Return the latest application for repair in *term* when it is not decided yet; None when none is open."""
    own = _of_term(listing, term)
    applied = _days_of(own, ListingActKind.REPAIR_APPLIED)
    decided = [*_days_of(own, ListingActKind.REPAIR), *_days_of(own, ListingActKind.REPAIR_REFUSED)]
    return last_application(listing, term) if _pending(applied, decided) else None


def _of_term(listing: Listing, term: Term) -> list[Act]:
    return [act for act in listing.acts if act.on >= term.decision.on]


def _pending(asked: Collection[date], answered: Collection[date]) -> bool:
    """Return whether something asked is not answered yet. An answer is one to what was asked by its day."""
    open_now = 0
    for day in sorted({*asked, *answered}):
        new = sum(1 for each in asked if each == day)
        done = sum(1 for each in answered if each == day)
        open_now = max(0, open_now + new - done)
    return open_now > 0


def _days_of(acts: Iterable[Act], kind: ListingActKind) -> list[date]:
    return [act.day for act in acts if act.kind is kind]

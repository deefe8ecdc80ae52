"""The wage-arrears list: dated acts in, the state of a listing at a moment out.

A listing is never edited: it is the list of its acts, and what it weighs follows from their dates (L-22). Where an act
is known by its date only, what burdens the enterprise counts from the next midnight and what relieves it from that
day's first instant (A-126, L-23). The order in which acts arrive never matters. What a listing means for an activity
is policy; which act may follow which is procedure, in ``listing_steps``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from formats.civil import add_months, midnight
from gateway.domain.listing_acts import EFFECTIVE, STAYS, Act, ordered, still_open
from gateway.domain.vocabulary import ListingActKind

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

TERM_MONTHS = 36
"""Three years from the day of the decision (O45 art. 11, L-13)."""


class ListingState(StrEnum):
    """How a listing stands at a moment."""

    NOT_YET_DECIDED = "NOT_YET_DECIDED"
    DECIDED = "DECIDED"
    """Decided and not yet delivered: no effect (A-126)."""
    IN_FORCE = "IN_FORCE"
    STAYED = "STAYED"
    HIDDEN = "HIDDEN"
    """A court approved a reorganisation or settlement, and it is being carried out (C-10)."""
    REPAIR_SHOWN = "REPAIR_SHOWN"
    """The credit platform shows a repair that is not on record here, and the authority has not decided (C-02)."""
    REPAIRED = "REPAIRED"
    EXPIRED = "EXPIRED"
    REVOKED = "REVOKED"
    """Void from the start, at every moment (L-24)."""


_LIFTED_BY = {
    ListingActKind.STAY: ListingState.STAYED,
    ListingActKind.HIDDEN: ListingState.HIDDEN,
    ListingActKind.REPAIR_SHOWN: ListingState.REPAIR_SHOWN,
}
"""How a listing stands while an act lifts it; of several the first here is named."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The instants in [start, end)."""

    start: datetime
    end: datetime

    def __contains__(self, moment: datetime) -> bool:
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Term:
    """One run of three years: from the decision, or from a restoring decision (L-18), with its own delivery."""

    decision: Act
    begins: datetime | None
    """First instant in force: decided and delivered; None when its delivery is not on record."""
    ends: datetime
    """First instant no longer in force by time alone (L-23)."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A listing of one enterprise: its acts, and the keyed hashes of the persons listed with it (L-04, L-26)."""

    listing_id: str
    uscc: str
    acts: tuple[Act, ...]
    person_keys: frozenset[str] = frozenset()

    @property
    def decision(self) -> Act | None:
        """The decision to list; None when only later acts are on record, and then it weighs nothing."""
        return next((act for act in ordered(self.acts) if act.kind is ListingActKind.DECISION), None)

    @property
    def is_void(self) -> bool:
        """A revoked listing never weighed (L-24)."""
        return any(act.kind is ListingActKind.REVOCATION for act in self.acts)


def weighing_on(listing: Listing, person_keys: Collection[str]) -> Listing:
    """Return the listing as it weighs on the persons with these keys: it is the unit's but for their own delivery."""
    return replace(
        listing,
        acts=tuple(
            replace(act, party="") if act.kind is ListingActKind.DELIVERY else act
            for act in listing.acts
            if act.kind is not ListingActKind.DELIVERY or act.party in {"", *person_keys}
        ),
    )


def terms(listing: Listing) -> tuple[Term, ...]:
    """Return the runs of the listing, in order; empty when it has no decision.

    A delivery belongs to the latest decision or restoration that it does not precede by date. Deliveries to persons
    are theirs alone (A-126, ``weighing_on``).
    """
    acts = ordered(listing.acts)
    starts = [act for act in acts if act.kind in {ListingActKind.DECISION, ListingActKind.RESTORE}]
    deliveries = [act for act in acts if act.kind is ListingActKind.DELIVERY and act.party in {"", listing.uscc}]
    found = []
    for number, start in enumerate(starts):
        following = starts[number + 1].on if number + 1 < len(starts) else None
        own = [d for d in deliveries if d.day >= start.on and (following is None or d.day < following)]
        begins = max(start.counts_from, own[0].counts_from) if own else None
        found.append(Term(start, begins, midnight(add_months(start.on, TERM_MONTHS))))
    return tuple(found)


def turns(listing: Listing) -> tuple[datetime, ...]:
    """Return, in order, every instant at which anything about the listing may change; in between nothing does."""
    edges = {act.counts_from for act in listing.acts if act.kind in EFFECTIVE}
    edges |= {term.ends for term in terms(listing)}
    return tuple(sorted(edges))


def intervals_in_force(listing: Listing) -> tuple[Interval, ...]:
    """Return when the listing weighs, as disjoint intervals in order (L-22).

    ``max(decided, delivered) <= t < decided + 3 years``, less every stay and hiding, and cut short by a repair. A void
    listing and one without delivery give none.
    """
    runs = terms(listing)
    found: list[Interval] = []
    since: datetime | None = None
    for edge in turns(listing):
        weighs = _in_force(listing, runs, edge) is not None
        if weighs and since is None:
            since = edge
        elif not weighs and since is not None:
            found.append(Interval(since, edge))
            since = None
    return tuple(found)


def decision_at(listing: Listing, moment: datetime) -> Act:
    """Return the decision, or restoring decision, by which the listing weighs at *moment*: the latest if several.

    Raises:
        LookupError: It does not weigh then.
    """
    decision = in_force_by(listing, moment)
    if decision is None:
        raise LookupError(f"listing {listing.listing_id} does not weigh at {moment.isoformat()}")
    return decision


def in_force_by(listing: Listing, moment: datetime) -> Act | None:
    """Return the decision by which the listing weighs at *moment*; None when it does not weigh then."""
    term = _in_force(listing, terms(listing), moment)
    return None if term is None else term.decision


def state_at(listing: Listing, moment: datetime) -> ListingState:
    """Return how the listing stands at *moment*; ``NOT_YET_DECIDED`` when it has no decision by then."""
    if listing.is_void:
        return ListingState.REVOKED
    begun = [term for term in terms(listing) if term.decision.counts_from <= moment]
    if not begun:
        return ListingState.NOT_YET_DECIDED
    if _in_force(listing, begun, moment) is not None:
        return ListingState.IN_FORCE
    term = begun[-1]
    if repaired(listing, term, moment):
        return ListingState.REPAIRED
    if moment >= term.ends:
        return ListingState.EXPIRED
    if term.begins is None or moment < term.begins:
        return ListingState.DECIDED
    lifting = {act.kind for act in _lifting(listing, term, moment)}
    return next(state for kind, state in _LIFTED_BY.items() if kind in lifting)


def disputed_at(listing: Listing, moment: datetime) -> bool:
    """Return whether an objection or remedy is open at *moment*: visible, and no relief (C-20, ARL art. 42).

    So is a listing whose order to pay was revoked, until its authority revokes it as it must (L-19a).
    """
    without_order = any(a.kind is ListingActKind.ORDER_REVOKED and a.counts_from <= moment for a in listing.acts)
    return without_order or bool(
        _open_at(listing, ListingActKind.DISPUTE_OPENED, ListingActKind.DISPUTE_CLOSED, moment)
    )


def _in_force(listing: Listing, runs: Sequence[Term], moment: datetime) -> Term | None:
    if listing.is_void:
        return None
    for term in reversed(runs):
        running = term.begins is not None and term.begins <= moment < term.ends
        if running and not repaired(listing, term, moment) and not _lifting(listing, term, moment):
            return term
    return None


def repaired(listing: Listing, term: Term, moment: datetime) -> bool:
    """Return whether a repair has ended *term* by *moment*."""
    return any(act.counts_from <= moment for act in repairs_of(listing, term))


def repairs_of(listing: Listing, term: Term) -> list[Act]:
    """Return the repairs that end *term*, in order.

    Only what was repaired is restored: a repair of the restoring decision's own day came before it.
    """
    restored = term.decision.kind is ListingActKind.RESTORE
    return ordered(
        act
        for act in listing.acts
        if act.kind is ListingActKind.REPAIR
        and (act.on > term.decision.on or (act.on == term.decision.on and not restored))
        and act.counts_from < term.ends
    )


def _lifting(listing: Listing, term: Term, moment: datetime) -> list[Act]:
    """Return the stays and hidings open at *moment* that did not precede the term: those lifted an earlier one."""
    still = [act for pair in STAYS for act in _open_at(listing, *pair, moment)]
    return [act for act in still if act.on >= term.decision.on]


def _open_at(listing: Listing, opens: ListingActKind, closes: ListingActKind, moment: datetime) -> list[Act]:
    return still_open((act for act in listing.acts if act.counts_from <= moment), opens, closes)

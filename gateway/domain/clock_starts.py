"""Which clocks the acts of a listing have started by a day, and what has ended each of them.

Civil days only, known from acts: counting them is in ``running_clocks``. What no act records starts no clock here: a
delivery to one person, the extension of a decision before it is taken (L-08).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.domain.clock_list import CLOCKS
from gateway.domain.listing_standing import standing_on
from gateway.domain.listing_words import ListingStage
from gateway.domain.listings import repairs_of, terms
from gateway.domain.vocabulary import ListingActKind as Act

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import date

    from gateway.domain.clock_rules import ClockRule
    from gateway.domain.listings import Listing, Term


@dataclass(frozen=True, slots=True)
class Started:
    """A clock that an event has started."""

    rule: ClockRule
    start: date
    done_on: date | None = None
    """The day on which what it runs for was done; None while it is not."""
    moot_on: date | None = None
    """The day from which there is nothing left to be done; None while there is."""
    applied_on: date | None = None
    """Of a clock on the decision about an application for repair, the application's day (C-09)."""


def started_by(listing: Listing, today: date) -> Iterator[Started]:
    """Yield every clock that the acts of *today* and before have started, whether it still runs or not."""
    known = replace(listing, acts=tuple(act for act in listing.acts if act.day <= today))
    yield from _before_decision(known, today)
    runs = terms(known)
    for number, term in enumerate(runs):
        following = runs[number + 1].decision.on if number + 1 < len(runs) else None
        yield from _of_term(known, term, following, today)
    yield from _of_repair(known, today)
    yield from _of_shown_repairs(known, today)
    ended_on = standing_on(known, today).ended_on
    if ended_on is not None:
        told = [
            _first(known, kind, since=ended_on) for kind in (Act.UNPUBLISHED, Act.OTHER_SITES_TOLD, Act.PLATFORM_TOLD)
        ]
        done = [day for day in told if day is not None]
        yield Started(CLOCKS["L-19b/unpublish"], ended_on, max(done) if len(done) == len(told) else None)


def _before_decision(known: Listing, today: date) -> Iterator[Started]:
    decided = _first(known, Act.DECISION, Act.NOT_LISTED)
    closed = _first(known, Act.NOT_LISTED, Act.ORDER_REVOKED, Act.REVOCATION)
    noticed = _days(known, Act.PRE_NOTICE_DELIVERED)
    if noticed:
        start = max(noticed)
        objected = _first(known, Act.OBJECTION, since=start)
        yield Started(CLOCKS["L-06/object"], start, objected, _earliest(decided, closed))
    for asked, verified in _answered(_days(known, Act.OBJECTION), _days(known, Act.OBJECTION_VERIFIED)):
        yield Started(CLOCKS["L-06/verify"], asked, verified, closed)
    due = max((act.due_on for act in known.acts if act.due_on is not None), default=None)
    if due is None or not _days(known, Act.ORDER_DELIVERED) or today <= due or (decided is not None and decided <= due):
        return
    rule = CLOCKS["L-08/decide"]
    extended = any(act.extended for act in known.acts)
    yield Started(rule.extended() if extended else rule, due, decided, closed)


def _of_term(known: Listing, term: Term, following: date | None, today: date) -> Iterator[Started]:
    """Yield the clocks of one run of three years; *following* is the day on which the next one was decided."""
    since = term.decision.on
    revoked = _first(known, Act.REVOCATION)
    out = _earliest(revoked, *(act.on for act in repairs_of(known, term)[:1]))
    published = _between(known, Act.PUBLISHED, since, following)
    expired = civil_date(term.ends)
    yield Started(CLOCKS["I-32/disclose"], since, published, out or (expired if expired <= today else None))
    yield Started(CLOCKS["L-13/term"], since, moot_on=out)
    yield Started(CLOCKS["L-20/early-exit"], since, moot_on=out)
    own = [act for act in known.acts if act.day >= since and (following is None or act.day < following)]
    corrected = [act for act in own if act.kind is Act.REPAIR_APPLIED and act.corrected_on is not None]
    if corrected:
        last = max(corrected, key=lambda act: (act.day, act.act_id))
        yield Started(CLOCKS["L-21/early-exit"], max(since, last.corrected_on or since), moot_on=out)
    delivered = [act.day for act in own if act.kind is Act.DELIVERY and act.party in {"", known.uscc}]
    refused = [act.day for act in own if act.kind is Act.REPAIR_REFUSED]
    for start in sorted({*sorted(delivered)[:1], *refused}):
        for clock_id in ("L-19c/reconsideration", "L-19c/lawsuit"):
            yield Started(CLOCKS[clock_id], start, moot_on=revoked)


def _of_repair(known: Listing, today: date) -> Iterator[Started]:
    standing = standing_on(known, today)
    moot = standing.ended_on if standing.stage in {ListingStage.EXPIRED, ListingStage.REVOKED} else None
    answers = [*_days(known, Act.REPAIR), *_days(known, Act.REPAIR_REFUSED)]
    for applied, answered in _answered(_days(known, Act.REPAIR_APPLIED), answers):
        accepted = _between(known, Act.REPAIR_ACCEPTED, applied, answered)
        if accepted is not None or (answered is None and moot is None):  # without an acceptance nothing is known later
            yield Started(CLOCKS["C-07/accept"], applied, accepted, moot)
        for clock_id in ("C-07/answer", "L-16/decide"):
            yield Started(CLOCKS[clock_id], applied, answered, moot, applied)
        if accepted is not None:
            extended = _between(known, Act.REPAIR_EXTENDED, accepted, answered) is not None
            rule = CLOCKS["C-08/decide"]
            yield Started(rule.extended() if extended else rule, accepted, answered, moot, applied)


def _between(known: Listing, kind: Act, since: date, until: date | None) -> date | None:
    """Return the first day of such an act from *since* to *until*, both included; None when there is none."""
    day = _first(known, kind, since=since)
    return day if day is not None and (until is None or day <= until) else None


def _of_shown_repairs(known: Listing, today: date) -> Iterator[Started]:
    """Yield the check of each repair that the platform shows: done by a rejection, repair or revocation (C-02)."""
    standing = standing_on(known, today)
    expired = standing.ended_on if standing.stage is ListingStage.EXPIRED else None
    for shown in (act for act in known.acts if act.kind is Act.REPAIR_SHOWN):
        answer = _first(known, Act.REPAIR_SHOWN_REJECTED, Act.REPAIR, Act.REVOCATION, since=shown.day)
        yield Started(CLOCKS["C-02/check"], shown.day, answer, expired)


def _answered(asked: Iterable[date], answers: Iterable[date]) -> Iterator[tuple[date, date | None]]:
    """Yield each day on which something was asked, and the day by which all that was asked then had its answer.

    The oldest question is answered first, and never by what came before it.
    """
    left = sorted(answers)
    found: dict[date, list[date | None]] = {}
    for day in sorted(asked):
        answer = next((each for each in left if each >= day), None)
        if answer is not None:
            left.remove(answer)
        found.setdefault(day, []).append(answer)
    for day, given in found.items():
        known = [each for each in given if each is not None]
        yield day, max(known) if len(known) == len(given) else None


def _first(known: Listing, *kinds: Act, since: date | None = None) -> date | None:
    days = (day for kind in kinds for day in _days(known, kind))
    return min((day for day in days if since is None or day >= since), default=None)


def _days(known: Listing, kind: Act) -> Collection[date]:
    return [act.day for act in known.acts if act.kind is kind]


def _earliest(*days: date | None) -> date | None:
    return min((day for day in days if day is not None), default=None)

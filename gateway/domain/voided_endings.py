"""The end of what a revoked import had brought: it never weighed, and whoever was told of it is told that (L-24).

Which records an import brought, and which of them still stood, is the store's to say.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.domain.endings import LISTING, Ending, KnownEnding
from gateway.domain.listings import decision_at, intervals_in_force, weighing_on
from gateway.domain.vocabulary import EndingKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from gateway.domain.listing_acts import Act
    from gateway.domain.listings import Listing


def as_void(known: KnownEnding) -> KnownEnding:
    """Return the end of a fact that passed, as that of one that a revoked import had brought."""
    return replace(known, ending=replace(known.ending, kind=EndingKind.VOID_FROM_START))


def voided_endings(
    listing: Listing,
    revisions: Mapping[str, int],
    voided: Sequence[tuple[Act, int, int]],
    committed: Mapping[int, datetime],
) -> tuple[KnownEnding, ...]:
    """Return the ends that revoked imports made of a listing: what it weighed by their acts it never weighed.

    Args:
        listing: With the acts that are on record, and every person that ever was.
        revisions: Of each of these acts by its id.
        voided: Acts, each with the revisions [from, until) in which it was on record.
        committed: When each of these revisions was committed, UTC.

    Returns:
        One end a revision by which the listing weighs less; none for acts that had relieved it.
    """
    standing = [(act, revisions[act.act_id], 0) for act in listing.acts]
    found = []
    for revision in sorted({until for _, _, until in voided}):
        before, after = (
            replace(listing, acts=tuple(_known_at(at, [*standing, *voided]))) for at in (revision - 1, revision)
        )
        lost = _first_lost(before, after)
        if lost is None:
            continue
        was, start = lost
        decision = decision_at(was, start)
        about = (LISTING, listing.uscc, decision.authority, decision.document_number)
        ending = Ending(EndingKind.VOID_FROM_START, listing.listing_id, *about, start, passed=revision)
        since = min(begins for _, begins, until in voided if until == revision)
        found.append(KnownEnding(ending, revision, committed[revision], held_from=since))
    return tuple(found)


def _known_at(revision: int, spans: Iterable[tuple[Act, int, int]]) -> Iterable[Act]:
    """Yield the acts that were on record at a revision; an ``until`` of 0 is none."""
    return (act for act, begins, until in spans if begins <= revision and (not until or revision < until))


def _first_lost(before: Listing, after: Listing) -> tuple[Listing, datetime] | None:
    """Return on whom, and from which instant on, *before* weighs and *after* does not; None when on nobody."""
    views = [(before, after)]
    views += [(weighing_on(before, {key}), weighing_on(after, {key})) for key in sorted(before.person_keys)]
    lost = [(start, was) for was, stays in views if (start := _lost_from(was, stays)) is not None]
    if not lost:
        return None
    start, was = min(lost, key=lambda each: each[0])
    return was, start


def _lost_from(was: Listing, stays: Listing) -> datetime | None:
    weighed, kept = intervals_in_force(was), intervals_in_force(stays)
    edges = sorted({edge for span in (*weighed, *kept) for edge in (span.start, span.end)})
    return next((e for e in edges if any(e in span for span in weighed) and not any(e in span for span in kept)), None)

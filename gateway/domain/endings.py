"""The end of what weighed: which ends a record has, and whom each of them concerns (C-02, C-13, L-24, X-04).

Facts in, endings out; all of it follows from the acts, so that nothing is made that could be lost or made twice. Who
acknowledged an ending, and what an agency is told of it, is not here. Persons move with their listing (L-17): an end
of it is an end for all of its parties.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from formats.civil import format_instant, midnight
from gateway.domain.eligibility import INCOMPLETE
from gateway.domain.grounds import GRADE_TRIGGERS, may_tell_of
from gateway.domain.kinds.listing_elsewhere import ListingElsewhere, RemovedBy
from gateway.domain.kinds.published_notice import NoticeList
from gateway.domain.listing_acts import EFFECTIVE
from gateway.domain.listings import ListingState, decision_at, intervals_in_force, state_at, terms, weighing_on
from gateway.domain.vocabulary import EndingKind, ListingActKind
from gateway.domain.withdrawals import SPANS, standing_facts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from gateway.domain.eligibility import Decision
    from gateway.domain.grounds import Ground
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.kinds.published_notice import PublishedNotice
    from gateway.domain.listing_acts import Act
    from gateway.domain.listings import Listing
    from gateway.domain.withdrawals import ShownRepair, Withdrawal

LISTING = "listing"
"""Kind of record of a listing, beside the wire names of facts."""
FROM_START = frozenset({EndingKind.VOID_FROM_START, EndingKind.RECALLED})
"""Kinds by which the record never weighed: decisions taken on it have to be examined again."""
ENDS = {
    ListingState.EXPIRED: EndingKind.EXPIRED,
    ListingState.HIDDEN: EndingKind.HIDDEN,
    ListingState.STAYED: EndingKind.STAYED,
    ListingState.REPAIR_SHOWN: EndingKind.REPAIR_SHOWN,
}
"""The state in which a listing stands at the end of a stretch; what is none of these was ended by a repair, even
where it was restored on the same day and waits for its delivery (L-18)."""


@dataclass(frozen=True, slots=True)
class Ending:
    """One end of one record. ``at`` is the first instant at which it does not weigh, UTC.

    Of a void or recalled record it is the instant from which it was taken to weigh.
    """

    kind: EndingKind
    record_id: str
    record_kind: str
    uscc: str
    authority: str
    document_number: str
    """Of the decision that weighed."""
    at: datetime
    passed: int = 0
    """Of a recalled record, the revision by which it passed from the enterprise: it may do so more than once. Likewise
    of what is void because the import that brought it was revoked."""

    @property
    def ending_id(self) -> str:
        """Its id: the same whenever and wherever it is computed. A record is void once, whatever is learnt later."""
        at = "" if self.kind in FROM_START else format_instant(self.at)
        whole = f"{self.record_id}\0{self.uscc}\0{self.kind.name}\0{at}\0{self.passed}"
        return "ending-" + hashlib.sha256(whole.encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class KnownEnding:
    """An ending, the revision by which it is known, and since when, UTC: of time alone, when the time came."""

    ending: Ending
    revision: int
    known_since: datetime
    held_from: int = 0
    """Of what passed: the revision from which it was taken for this enterprise's, or to hold."""
    about: str = ""
    """Set where it concerns answers about one enterprise alone: its code. Of others the record weighs on."""


@dataclass(frozen=True, slots=True)
class Told:
    """That an agency was told of a record in answers to one case: the first and last revision, the first moment."""

    record: str
    agency: str
    case_ref: str
    """Empty where the call had none."""
    revision: int
    last_revision: int
    as_of: datetime
    about: str = ""
    """Set where only answers about this enterprise were looked at: its code."""


def concerns(known: KnownEnding, told: Told) -> bool:
    """Return whether who was told so has to be told of the end.

    It was answered without knowing of the end, or about a moment before it; of a recalled record, or one of a
    revoked import, while it was on record for this enterprise.
    """
    if known.about and told.about != known.about:
        return False
    if known.ending.passed:
        return known.held_from <= told.last_revision and told.revision < known.revision
    return told.revision < known.revision or told.as_of < known.ending.at


def listing_endings(listing: Listing) -> tuple[Ending, ...]:
    """Return every end of a listing, coming ones included, in order; none for one that weighs on nobody ever."""
    if listing.is_void:
        valid = replace(listing, acts=tuple(a for a in listing.acts if a.kind is not ListingActKind.REVOCATION))
        begun = [(span.start, view) for view in _views(valid) for span in intervals_in_force(view)]
        if not begun:
            return ()
        start, view = min(begun, key=lambda each: each[0])
        return (_ending(EndingKind.VOID_FROM_START, listing, decision_at(view, start), start),)
    found: dict[str, Ending] = {}
    for view in _views(listing):
        for span in intervals_in_force(view):
            kind = ENDS.get(state_at(view, span.end), EndingKind.REPAIRED)
            ending = _ending(kind, listing, decision_at(view, span.start), span.end)
            found.setdefault(ending.ending_id, ending)
    return tuple(sorted(found.values(), key=lambda each: (each.at, each.kind)))


def known_endings(
    listing: Listing, revisions: Mapping[str, int], committed: Mapping[int, datetime]
) -> tuple[KnownEnding, ...]:
    """Return the ends of a listing with the revision by which each is known.

    Args:
        listing: With all its acts.
        revisions: Of each act by its id.
        committed: When each of these revisions was committed, UTC.
    """
    effective = [act for act in listing.acts if act.kind in EFFECTIVE]
    first: dict[str, int] = {}
    endings: tuple[Ending, ...] = ()
    for revision in sorted({revisions[act.act_id] for act in effective}):
        acts = tuple(act for act in effective if revisions[act.act_id] <= revision)
        endings = listing_endings(replace(listing, acts=acts))
        for ending in endings:
            first.setdefault(ending.ending_id, revision)
    return tuple(_known(ending, first[ending.ending_id], committed) for ending in endings)


def withdrawal_ending(
    fact: Fact, withdrawal: Withdrawal, uscc: str, revision: int, committed: Mapping[int, datetime]
) -> KnownEnding | None:
    """Return the end that a withdrawal makes of a fact; None when it had never begun, or had ended before."""
    fields = SPANS.get(type(fact))
    if fields is None:
        return None
    (standing, _) = standing_facts((fact, withdrawal))
    begin: date | None = getattr(fact, fields[0])
    end: date | None = getattr(fact, fields[1])
    until: date | None = getattr(standing, fields[1])
    if begin is None or end is None or until is None or begin >= end or until >= end:
        return None
    kind = EndingKind.VOID_FROM_START if until == begin else EndingKind.WITHDRAWN
    ending = Ending(kind, fact.record_id, fact.wire_name, uscc, fact.authority, fact.document_number, midnight(until))
    return _known(ending, revision, committed)


def shown_ending(
    fact: Fact, shown: ShownRepair, uscc: str, revision: int, committed: Mapping[int, datetime]
) -> KnownEnding | None:
    """Return the end of a fact of which the platform shows a repair (C-02); None when it had ended, or never begun."""
    fields = SPANS.get(type(fact))
    begin: date | None = getattr(fact, fields[0]) if fields else None
    end: date | None = getattr(fact, fields[1]) if fields else None
    if begin is None or end is None or end <= max(begin, shown.shown_on):
        return None
    at = midnight(max(begin, shown.shown_on))
    told = (EndingKind.REPAIR_SHOWN, fact.record_id, fact.wire_name, uscc, fact.authority, fact.document_number, at)
    return _known(Ending(*told), revision, committed)


REMOVALS = {
    RemovedBy.EXPIRED: EndingKind.EXPIRED,
    RemovedBy.REPAIRED: EndingKind.REPAIRED,
    RemovedBy.REVOKED: EndingKind.VOID_FROM_START,
    RemovedBy.WITHDRAWN: EndingKind.WITHDRAWN,
}
"""How a listing decided elsewhere ended, by what the platform says of it."""


def removal_ending(fact: Fact, uscc: str, revision: int, committed: Mapping[int, datetime]) -> KnownEnding | None:
    """Return the end of a listing decided elsewhere that left the list; None for whatever has not."""
    if not isinstance(fact, ListingElsewhere) or fact.removed_on is None or fact.removed_by is None:
        return None
    kind = REMOVALS[fact.removed_by]
    at = midnight(fact.listed_on if kind in FROM_START else fact.removed_on)
    told = (kind, fact.record_id, fact.wire_name, uscc, fact.authority, fact.document_number, at)
    return _known(Ending(*told), revision, committed)


def recall(
    fact: Fact, uscc: str, held_from: int, revision: int, committed: Mapping[int, datetime]
) -> KnownEnding | None:
    """Return the end of a fact for an enterprise whose it is no more since *revision*; None for one without a day.

    It was on record as that enterprise's since the revision *held_from*.
    """
    begin: date | None = getattr(fact, fact.begins)
    if begin is None:
        return None
    told = (EndingKind.RECALLED, fact.record_id, fact.wire_name, uscc, fact.authority, fact.document_number)
    return replace(_known(Ending(*told, midnight(begin), revision), revision, committed), held_from=held_from)


def link_recall(
    listing: Listing, person: str, about: str, revision: int, committed: Mapping[int, datetime]
) -> KnownEnding | None:
    """Return the end of a listing for an enterprise that it reached through a person who never was there (X-02).

    The listing goes on, and so it is recalled only where it was told of in answers about that enterprise. None where it
    never weighed, or is void and told of as that.
    """
    view = weighing_on(listing, {person})
    begun = intervals_in_force(view)
    if not begun:
        return None
    start = begun[0].start
    ending = replace(
        _ending(EndingKind.RECALLED, listing, decision_at(view, start), start), uscc=about, passed=revision
    )
    return replace(_known(ending, revision, committed), about=about)


def notice_endings(notice: PublishedNotice, listing: Listing, known: Iterable[KnownEnding]) -> tuple[KnownEnding, ...]:
    """Return the ends of a retyped notice that gave way to the authority's own listing: those of that listing.

    Whoever was told of the notice alone was told of the same matter; empty for a notice of something else.
    """
    if notice.notice_list is not NoticeList.WAGE_ARREARS_LISTING:
        return ()
    if not any(may_tell_of(notice, term.decision.on) for term in terms(listing)):
        return ()
    return tuple(replace(each, ending=_of_notice(each.ending, notice)) for each in known)


def _of_notice(ending: Ending, notice: PublishedNotice) -> Ending:
    return replace(
        ending,
        record_id=notice.record_id,
        record_kind=notice.wire_name,
        authority=notice.authority,
        document_number=notice.document_number,
    )


def records_told(decision: Decision) -> list[str]:
    """Return the ids of the records that an answer tells of, the strongest first: of measures, then of doubts."""
    named = records_of(measure.ground for measure in decision.measures)
    doubts = (doubt.removeprefix(INCOMPLETE) for doubt in decision.doubts if doubt.startswith(INCOMPLETE))
    return list(dict.fromkeys([*named, *(doubt.rsplit(": ", 1)[0] for doubt in doubts)]))


def records_of(grounds: Iterable[Ground]) -> list[str]:
    """Return the ids of the records behind *grounds*, in order, each once."""
    return list(dict.fromkeys(ground.record_id for ground in grounds if _is_record(ground)))


def _is_record(ground: Ground) -> bool:
    """A grade is computed, and what the gateway itself raises is no record."""
    return ground.trigger not in GRADE_TRIGGERS.values() and ground.record_id != ground.party_uscc


def _views(listing: Listing) -> Iterable[Listing]:
    """Yield the listing as it weighs on its unit, and on each person listed with it (A-126)."""
    persons = (weighing_on(listing, {key}) for key in sorted(listing.person_keys))
    # Most are told with the enterprise or not at all, so that few differ.
    yield from {frozenset(view.acts): view for view in (listing, *persons)}.values()


def _ending(kind: EndingKind, listing: Listing, decision: Act, at: datetime) -> Ending:
    return Ending(kind, listing.listing_id, LISTING, listing.uscc, decision.authority, decision.document_number, at)


def _known(ending: Ending, revision: int, committed: Mapping[int, datetime]) -> KnownEnding:
    since = committed[revision]
    if ending.kind not in FROM_START:
        since = max(since, ending.at)
    return KnownEnding(ending, revision, since)

"""What may be shown to the public at a moment, and from when on it may not: of dates and acts, never of a flag.

Three lists: wage-arrears listings that are in force and published (L-10, L-22), publications of major violations until
their display ends (P-01 to P-09), and the red list (G-08). Publicity ends with effect: what is repaired, expired,
revoked, stayed, hidden by a court's ruling, or repaired as the credit platform shows is not shown (C-02, C-10, L-19b,
L-24). What is disputed is shown, and
says so (C-20).

Persons: a publication names the legal representative or responsible person, as the law says (P-03). Of those listed
with an enterprise (L-04), and of the reason in its authority's words, nothing is shown: no text at hand says that they
are to be published, and what is not granted is denied.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from formats.civil import midnight
from formats.private_numbers import find_private_number
from gateway.domain.disputes import disputed_in, disputes_of
from gateway.domain.kinds.publication import PUBLISHED_TEXTS, Publication
from gateway.domain.kinds.red_list import RedListEntry
from gateway.domain.listings import disputed_at, in_force_by, turns
from gateway.domain.vocabulary import ListingActKind, PublishableKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from gateway.domain.disputes import Open
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.listings import Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing as it is shown at a moment: content only, and until when time alone lets it be shown."""

    kind: PublishableKind
    record_id: str
    """For HRSS; the public is told ``item_id``."""
    uscc: str
    name: str = ""
    """Full name of the enterprise; empty where none is on record."""
    authority: str
    document_number: str
    decided_on: date | None
    """Civil date of that document; None where only the day of the entry is known."""
    published_on: date
    display_until: datetime | None
    """First instant at which it is not shown any more, UTC; None where no end is set."""
    disputed: bool = False
    publication: Publication | None = None

    @property
    def item_id(self) -> str:
        """Its id for the public: the same for ever, and nothing can be read from it."""
        return item_id(self.kind, self.record_id)


@dataclass(frozen=True, slots=True)
class ListingSource:
    """A listing."""

    listing: Listing

    kind = PublishableKind.WAGE_ARREARS_LISTING

    @property
    def record_id(self) -> str:
        """Its id on record."""
        return self.listing.listing_id

    def edges(self) -> tuple[datetime, ...]:
        """Return, in order, every instant at which what is shown of it may change."""
        published = {act.counts_from for act in self.listing.acts if act.kind is ListingActKind.PUBLISHED}
        return tuple(sorted({*turns(self.listing), *published}))

    def at(self, moment: datetime) -> Item | None:
        """Return what is shown of it at *moment*: in force, and published in the term by which it weighs."""
        decision = in_force_by(self.listing, moment)
        published = [
            act.day
            for act in self.listing.acts
            if act.kind is ListingActKind.PUBLISHED
            and act.counts_from <= moment
            and decision is not None
            and act.day >= decision.on
        ]
        if decision is None or not published:
            return None
        return Item(
            kind=self.kind,
            record_id=self.record_id,
            uscc=self.listing.uscc,
            authority=decision.authority,
            document_number=decision.document_number,
            decided_on=decision.on,
            published_on=max(published),
            display_until=None,
            disputed=disputed_at(self.listing, moment),
        )


@dataclass(frozen=True, slots=True)
class FactSource:
    """A publication or a red-list entry of an enterprise, as withdrawals and shown repairs have left it (C-02)."""

    uscc: str
    fact: Publication | RedListEntry
    """Its first stretch, or all of it."""
    later: tuple[Publication | RedListEntry, ...] = ()
    """What a repair that was shown and rejected has left after the gap, in order."""
    disputes: tuple[Open, ...] = ()
    """When an objection to it is open (C-20)."""

    @property
    def kind(self) -> PublishableKind:
        """Which of the lists it is on."""
        major = isinstance(self.fact, Publication)
        return PublishableKind.MAJOR_VIOLATION if major else PublishableKind.RED_LIST

    @property
    def record_id(self) -> str:
        """Its id on record."""
        return self.fact.record_id

    def edges(self) -> tuple[datetime, ...]:
        """Return, in order, the instants at which what is shown of it may change; none for one that is void."""
        spans = self._spans()
        disputed = (edge for open_ in self.disputes for edge in open_) if spans else ()
        found = {edge for edge in (*(edge for span in spans for edge in span), *disputed) if edge is not None}
        return tuple(sorted(found))

    def at(self, moment: datetime) -> Item | None:
        """Return what is shown of it at *moment*."""
        if not any(begins <= moment and (ends is None or moment < ends) for begins, ends in self._spans()):
            return None
        publication = self.fact if isinstance(self.fact, Publication) else None
        return Item(
            kind=self.kind,
            record_id=self.record_id,
            uscc=self.uscc,
            name=publication.enterprise_name if publication else "",
            authority=self.fact.authority,
            document_number=self.fact.document_number,
            decided_on=publication.decided_on if publication else None,
            published_on=_days(self.fact)[0],
            display_until=None,
            disputed=disputed_in(self.disputes, moment),
            publication=publication,
        )

    def _spans(self) -> list[Open]:
        """Return the stretches in which it is shown, first instants and ends."""
        stretches = (_days(fact) for fact in (self.fact, *self.later))
        return [
            (midnight(begins), None if ends is None else midnight(ends))
            for begins, ends in stretches
            if ends is None or ends > begins
        ]


def _days(fact: Publication | RedListEntry) -> tuple[date, date | None]:
    if isinstance(fact, Publication):
        return fact.published_on, fact.display_until
    return fact.listed_on, fact.until


Source = ListingSource | FactSource


@dataclass(frozen=True, slots=True)
class Ended:
    """Something that is not shown any more: its id and since when, UTC. Nothing of its content (C-13)."""

    item_id: str
    ended_at: datetime


@dataclass(frozen=True, slots=True)
class Withheld:
    """Something that would be shown and cannot be: which fields the law wants and are missing, or hold a number."""

    item: Item
    fields: tuple[str, ...]


def item_id(kind: PublishableKind, record_id: str) -> str:
    """Return the id by which the public knows a record."""
    return "item-" + hashlib.sha256(f"{kind.name}\0{record_id}".encode()).hexdigest()[:24]


def sources_of(facts: Iterable[tuple[str, Fact]], listings: Iterable[ListingSource]) -> tuple[Source, ...]:
    """Return all that may ever be shown, of (code, fact as it stands) and listings.

    Stretches of one fact come in order, with its one id; objections to publications are among the facts.
    """
    known = tuple(facts)
    disputes = disputes_of(fact for _, fact in known)
    shown: dict[str, FactSource] = {}
    for uscc, fact in known:
        if isinstance(fact, Publication | RedListEntry):
            before = shown.get(fact.record_id)
            whole = FactSource(uscc, fact, disputes=disputes.get(fact.record_id, ()))
            shown[fact.record_id] = whole if before is None else replace(before, later=(*before.later, fact))
    return (*listings, *shown.values())


def shown_at(source: Source, moment: datetime) -> Item | None:
    """Return what is shown of *source* at *moment* with the instant at which time alone ends it; None for nothing."""
    item = source.at(moment)
    if item is None:
        return None
    ends = (edge for edge in source.edges() if edge > moment and source.at(edge) is None)
    return replace(item, display_until=next(ends, None))


def shown_within(source: Source, since: datetime, until: datetime) -> bool:
    """Return whether *source* can be shown at any instant from *since* to *until*, both included."""
    moments = (since, *(edge for edge in source.edges() if since < edge <= until))
    items = (source.at(moment) for moment in moments)
    return any(item is not None and not faults_of(item) for item in items)


def last_end(source: Source, moment: datetime) -> datetime | None:
    """Return since when *source*, not shown at *moment*, is not shown any more; None when it never was before."""
    edges = [edge for edge in source.edges() if edge <= moment]
    ends = [later for earlier, later in pairwise(edges) if source.at(earlier) and not source.at(later)]
    return ends[-1] if ends else None


def faults_of(item: Item) -> tuple[str, ...]:
    """Return why *item* cannot be shown: fields that are missing (P-03), or texts with a private number in them.

    Texts are looked at on arrival, too; what was stored before is found here.
    """
    texts = {"name": item.name, "authority": item.authority}
    missing: Sequence[str] = ()
    if item.publication is not None:
        texts |= {name: getattr(item.publication, name) for name in PUBLISHED_TEXTS}
        missing = item.publication.missing
    return (*missing, *(name for name, text in texts.items() if find_private_number(text) is not None))

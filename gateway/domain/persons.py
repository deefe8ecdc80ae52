"""What is on record of one natural person, and what of it weighs when.

A person is found by the keyed hash of type and number, never by a name (I-23, X-01). Listings that name the person
weigh on it as they weigh on their unit, from its own delivery (L-04, L-26); they end for all parties together (L-17).
What it means for an activity is in ``person_decision``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from formats.civil import midnight
from gateway.domain.grounds import Ground, listing_grounds
from gateway.domain.identity import NEVER, Links
from gateway.domain.kinds.exam_record import ExamRecord
from gateway.domain.kinds.identity_dispute import IdentityDispute
from gateway.domain.kinds.insurance_severe_listing import InsuranceSevereListing
from gateway.domain.listings import Interval, weighing_on
from gateway.domain.person_words import PersonCapacity
from gateway.domain.records import RelationKind
from gateway.domain.vocabulary import Effect, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from gateway.domain.identity import Doubt
    from gateway.domain.kinds.fact import PersonFact
    from gateway.domain.listings import Listing
    from gateway.domain.policy import Policy
    from gateway.domain.vocabulary import DecisionPoint

OWN_RECORDS = {
    Trigger.EXAM_RECORD: ExamRecord.wire_name,
    Trigger.INSURANCE_SEVERE_LISTING: InsuranceSevereListing.wire_name,
}
"""The kinds that weigh on a person in its own name. A recruitment record is for recruiting units (E-09)."""
LISTING_KINDS = frozenset({"listing_act", IdentityDispute.wire_name})
"""What the listings that name a person are made of, and what is said of its link to their unit."""


@dataclass(frozen=True, slots=True)
class PersonFile:
    """Everything held about one person at one data revision that may weigh."""

    key: str
    """Keyed hash of the document."""
    listings: tuple[Listing, ...] = ()
    """Those that name the person, as they are on record of their units."""
    facts: tuple[PersonFact, ...] = ()
    links: Links = field(default_factory=Links)
    """Disputes about its identity in the units of the listings (X-02)."""


class PersonWeighing(NamedTuple):
    """A ground over the span in which it is shown so; ``doubt`` is when the person's identity in it is disputed."""

    span: Interval
    ground: Ground
    doubt: Doubt


def person_grounds(file: PersonFile, capacity: PersonCapacity) -> Iterable[PersonWeighing]:
    """Yield whatever weighs on a person that acts in this capacity, past and coming too, in no order.

    For an enterprise a person's listing is another's: it gives what a listed representative gives (A-100), and the
    person's own records give nothing (E-11). A link to the unit that was found false never was (X-02).
    """
    own = capacity is PersonCapacity.OWN_NAME
    trigger = Trigger.LISTING if own else Trigger.LISTED_PERSON
    for listing in file.listings:
        disputed = file.links.through(file.key, (listing.uscc,))
        if disputed is None:
            continue
        doubt = (disputed,) if disputed else ()
        named = weighing_on(listing, {file.key})
        for span, ground in listing_grounds(named, trigger, RelationKind.LISTED_WITH, doubt):
            yield PersonWeighing(span, ground, doubt)
    for fact in file.facts if own else ():
        yield from _own_record(fact)


def kinds_weighing(policy: Policy, point: DecisionPoint) -> frozenset[str]:
    """Return the kinds of records that can change an answer about a person at *point*: their feeds must be fresh."""
    records = {kind for trigger, kind in OWN_RECORDS.items() if can_weigh(policy, trigger, point)}
    return LISTING_KINDS | records


def can_weigh(policy: Policy, trigger: Trigger, point: DecisionPoint) -> bool:
    """Return whether a row of *trigger* at *point* has any effect, whatever the case is."""
    return any(row.effect is not Effect.NONE for row in policy.cell(trigger, point))


def _own_record(fact: PersonFact) -> Iterable[PersonWeighing]:
    if isinstance(fact, ExamRecord):
        yield from _dated(fact, Trigger.EXAM_RECORD, fact.decided_on, fact.record_until)
    elif isinstance(fact, InsuranceSevereListing):
        yield from _dated(fact, Trigger.INSURANCE_SEVERE_LISTING, fact.decided_on, fact.ends_on)


def _dated(fact: PersonFact, trigger: Trigger, start: date, end: date | None) -> Iterable[PersonWeighing]:
    """Yield the ground of a record in [start, end); *end* is None for a long-term one, which only its maker ends."""
    span = Interval(midnight(start), midnight(end) if end is not None else NEVER)
    ground = Ground(
        trigger=trigger,
        record_id=fact.record_id,
        authority=fact.authority,
        document_number=fact.document_number,
        since=start,
        effective_from=span.start,
        effective_until=None if end is None else span.end,
        party_uscc="",
    )
    if span.start < span.end:
        yield PersonWeighing(span, ground, ())

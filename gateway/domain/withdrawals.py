"""What a withdrawal makes of the record that it takes back: a shorter span, or one without a day in it.

The record stays on record. A void one weighs at no moment, and still stands for the authority's own, so that a notice
retyped from elsewhere does not weigh in its place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from gateway.domain.kinds.fact import Fact, Limit
from gateway.domain.kinds.penalty import Penalty
from gateway.domain.kinds.publication import Publication

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal(Fact):
    """The authority of a publication or penalty takes it back (P-07, APL art. 48).

    It comes by a method of its own, ``WithdrawRecord``, and never among submitted records.
    """

    wire_name: ClassVar[str] = "withdrawal"
    begins: ClassVar[str] = "decided_on"

    target_id: Annotated[str, Limit(128)]
    """Id of the record that it takes back."""
    decided_on: date
    holds_until: date | None
    """First civil day on which that record does not hold any more; None when it is void and never held."""
    reason: Annotated[str, Limit(2_000)]


SPANS: Mapping[type[Fact], tuple[str, str]] = {
    Publication: ("published_on", "display_until"),
    Penalty: ("restricts_from", "restricts_until"),
}
"""Kinds that can be withdrawn, and the fields between whose dates each weighs."""


def withdrawal_id(record_id: str) -> str:
    """Return the id of the withdrawal of a record: there is one at most."""
    return f"withdrawal-{record_id}"


def standing_facts(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return the facts as they stand after every withdrawal among them, in the same order."""
    known = tuple(facts)
    taken_back = {fact.target_id: fact for fact in known if isinstance(fact, Withdrawal)}
    if not taken_back:
        return known
    return tuple(_shortened(fact, taken_back.get(fact.record_id)) for fact in known)


def _shortened(fact: Fact, withdrawal: Withdrawal | None) -> Fact:
    span = SPANS.get(type(fact))
    if withdrawal is None or span is None:
        return fact
    begin: date | None = getattr(fact, span[0])
    end: date | None = getattr(fact, span[1])
    if begin is None or end is None:
        return fact
    until = begin if withdrawal.holds_until is None else max(begin, min(end, withdrawal.holds_until))
    changes: dict[str, Any] = {span[1]: until}
    return replace(fact, **changes)

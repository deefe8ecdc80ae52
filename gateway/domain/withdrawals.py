"""What an act beside a publication or penalty makes of its span: a withdrawal, or a repair that the platform shows.

A withdrawal leaves a shorter span, or one without a day in it; a shown repair a gap (C-02). The record stays on
record. A void one weighs at no moment, and still stands for the authority's own, so that a notice retyped from
elsewhere does not weigh in its place.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, timedelta
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRepair(Fact):
    """The credit platform shows a publication or penalty as repaired, and no repair is on record here (C-02).

    It comes by ``ReportShownRepair``, and its rejection by ``RejectShownRepair``; never among submitted records. The
    authority is the record's own, the document number the repair's as it is shown.
    """

    wire_name: ClassVar[str] = "shown_repair"
    begins: ClassVar[str] = "shown_on"

    target_id: Annotated[str, Limit(128)]
    """Id of the record that it is about."""
    shown_on: date
    rejected_on: date | None = None
    """Day on which the authority rejected it; the record holds again from the next day on."""
    rejection_number: Annotated[str, Limit(128)] = ""
    rejection_reason: Annotated[str, Limit(2_000)] = ""

    @property
    def lifted_from(self) -> date | None:
        """First day on which the record has its effect again; None while nobody has rejected what is shown."""
        return None if self.rejected_on is None else self.rejected_on + timedelta(days=1)


SPANS: Mapping[type[Fact], tuple[str, str]] = {
    Publication: ("published_on", "display_until"),
    Penalty: ("restricts_from", "restricts_until"),
}
"""Kinds that can be withdrawn, and the fields between whose dates each weighs."""


def shown_repair_id(record_id: str, document_number: str) -> str:
    """Return the id of the repair of a record that is shown under a document: each document counts once."""
    return f"{shown_repairs_of(record_id)}{hashlib.sha256(document_number.encode()).hexdigest()[:16]}"


def shown_repairs_of(record_id: str) -> str:
    """Return how the ids of all shown repairs of a record begin."""
    return f"shown_repair-{record_id}-"


def withdrawal_id(record_id: str) -> str:
    """Return the id of the withdrawal of a record: there is one at most."""
    return f"withdrawal-{record_id}"


def standing_facts(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """Return the facts as they stand after every withdrawal and shown repair among them, in the same order.

    A fact with a gap is there once for each stretch that is left, under the same id.
    """
    known = tuple(facts)
    taken_back = {fact.target_id: fact for fact in known if isinstance(fact, Withdrawal)}
    shown: dict[str, list[ShownRepair]] = {}
    for fact in known:
        if isinstance(fact, ShownRepair):
            shown.setdefault(fact.target_id, []).append(fact)
    if not taken_back and not shown:
        return known
    return tuple(
        piece
        for fact in known
        for piece in _pieces(
            _shortened(fact, taken_back.get(fact.record_id)),
            sorted(shown.get(fact.record_id, ()), key=lambda each: (each.shown_on, each.record_id)),
        )
    )


def _pieces(fact: Fact, shown: Iterable[ShownRepair]) -> tuple[Fact, ...]:
    """Return *fact* without the days on which a repair of it was shown and not rejected: its first stretch in any case.

    The first stays where it is empty, like a void record: it still stands for the authority's own.
    """
    span = SPANS.get(type(fact))
    if span is None:
        return (fact,)
    begins, ends = span
    pieces = [fact]
    for repair in shown:
        last = pieces[-1]
        begin: date | None = getattr(last, begins)
        end: date | None = getattr(last, ends)
        if begin is None or end is None or repair.shown_on >= end:
            continue
        again = None if repair.lifted_from is None else max(begin, repair.lifted_from)
        pieces[-1] = _spanning(last, {ends: max(begin, repair.shown_on)})
        if again is not None and again < end:
            pieces.append(_spanning(last, {begins: again, ends: end}))
    return tuple(pieces)


def _spanning(fact: Fact, changes: dict[str, Any]) -> Fact:
    return replace(fact, **changes)


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

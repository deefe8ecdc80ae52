"""What begins and ends to weigh on the parties of an open case (A-123): which events follow from what was told before.

An event says that the answer to a question about one party, at the final point of the case and by its registered facts,
has one measure more or one less. It holds no more of the record than is needed to find it again while it weighs: once
that has ended, "no longer" is all that is left (promise 7). Who is told, and how, is not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from gateway.domain.grounds import GRADE_TRIGGERS
from gateway.domain.vocabulary import Word

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from gateway.domain.cases import CaseKey
    from gateway.domain.eligibility import Measure

WORKING_DAYS: Final = 1
"""In which an event is acknowledged (A-123)."""


class CaseEventKind(Word):
    """What became of what weighs."""

    BEGAN = 1
    ENDED = 2
    """By repair, revocation, stay, its time, a better grade, or a correction: the same is told of all of them."""


class Weighing(NamedTuple):
    """One measure on one party: by which rule, and on which record."""

    uscc: str
    rule_id: str
    record_id: str


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One event of one case; ``sequence`` counts the events of its agency from 1, without a gap."""

    key: CaseKey
    sequence: int
    kind: CaseEventKind
    weighing: Weighing
    revision: int
    """Data revision at which it was seen."""
    seen_at: datetime
    """When it was seen, UTC; of time alone, when the time came."""
    of_sequence: int
    """Of an end, the sequence of the event that told the beginning; 0 of a beginning."""
    acknowledged_at: datetime | None


class NewEvent(NamedTuple):
    """An event that is to be told."""

    kind: CaseEventKind
    weighing: Weighing
    of_sequence: int


def weighing_on(uscc: str, measures: Iterable[Measure]) -> Iterable[Weighing]:
    """Yield what weighs on a party by a record or by its grade; not what the gateway itself raises of its name."""
    grades = set(GRADE_TRIGGERS.values())
    for measure in measures:
        ground = measure.ground
        if ground.trigger in grades or ground.record_id != ground.party_uscc:
            yield Weighing(uscc, measure.row.rule_id, ground.record_id)


def standing_of(told: Iterable[CaseEvent]) -> dict[Weighing, int]:
    """Return what has begun and not ended by the events of a case, in order, each with the sequence that told it."""
    standing: dict[Weighing, int] = {}
    for event in told:
        if event.kind is CaseEventKind.BEGAN:
            standing[event.weighing] = event.sequence
        else:
            standing.pop(event.weighing, None)
    return standing


def new_events(told: Iterable[CaseEvent], present: Collection[Weighing], parties: Collection[str]) -> list[NewEvent]:
    """Return what is to be told of a case, in a fixed order: ends first.

    Args:
        told: The events of the case so far, in order.
        present: What weighs on its parties now.
        parties: Their codes. Of who takes part no more nothing is told, whatever becomes of it.
    """
    standing = standing_of(told)
    over = sorted(each for each in standing.keys() - set(present) if each.uscc in parties)
    begun = sorted(set(present) - standing.keys())
    return [
        *(NewEvent(CaseEventKind.ENDED, each, standing[each]) for each in over),
        *(NewEvent(CaseEventKind.BEGAN, each, 0) for each in begun),
    ]

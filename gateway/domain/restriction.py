"""Whether other facts make an enterprise's answers stricter, and where: two timelines under one policy.

No case is asked about here, so at each decision point counts the strongest effect that any case could meet there. How
an enterprise is named in a question (unknown, another name, a record of the same name) is of the question, not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.civil import civil_date, midnight
from gateway.domain.case_facts import CaseFacts
from gateway.domain.grounds import Ground
from gateway.domain.vocabulary import Effect, Trigger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from gateway.domain.conditions import Condition, Criterion
    from gateway.domain.policy import Policy
    from gateway.domain.timeline import Standing, Timeline
    from gateway.domain.vocabulary import DecisionPoint

NO_FACTS = CaseFacts()
"""For conditions that look at the ground alone."""


@dataclass(frozen=True, slots=True)
class Shift:
    """The strongest effect where it changes most, before and after."""

    before: Effect
    after: Effect


@dataclass(frozen=True, slots=True)
class Shifts:
    """What gets stricter at some point and moment, and what is relieved; None for nothing. Both may be."""

    stricter: Shift | None
    relieved: Shift | None


class Restrictions:
    """Compares timelines under one policy."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy

    def compare(self, before: Timeline, after: Timeline, since: datetime) -> Shifts:
        """Return what changes from the instant *since* on, at whatever decision point.

        Between the instants of the two timelines only age relieves, of both alike.
        """
        if before == after:
            return Shifts(None, None)
        moments = {since, *(m for m in (*before.instants, *after.instants) if m > since)}
        stricter: list[Shift] = []
        relieved: list[Shift] = []
        for moment in sorted(moments):
            was, becomes = (self._effects(each.at(moment)[0], moment) for each in (before, after))
            for point in was:
                if becomes[point] > was[point]:
                    stricter.append(Shift(was[point], becomes[point]))
                elif becomes[point] < was[point]:
                    relieved.append(Shift(was[point], becomes[point]))
        return Shifts(
            max(stricter, key=lambda s: (s.after, -s.before), default=None),
            max(relieved, key=lambda s: (s.before, -s.after), default=None),
        )

    def _effects(self, standing: Standing, moment: datetime) -> Mapping[DecisionPoint, Effect]:
        grounds = [ground for ground in standing.grounds if ground.holds_at(moment)]
        if standing.ceased_on is not None:
            grounds.append(_ceased(standing.ceased_on))
        day = civil_date(moment)
        return {
            point: max((self._strongest(ground, point, day) for ground in grounds), default=Effect.NONE)
            for point in self._policy.points
        }

    def _strongest(self, ground: Ground, point: DecisionPoint, day: date) -> Effect:
        """Return the strongest effect of a ground at a point, over all cases."""
        strongest = Effect.NONE
        for row in self._policy.cell(ground.trigger, point):
            if not _can_hold(row.when, ground, day):
                continue
            strongest = max(strongest, self._policy.effective(row, day)[0])
        return strongest


def _can_hold(condition: Condition, ground: Ground, day: date) -> bool:
    """Return whether some case meets the condition: whatever looks at the ground alone must hold."""
    if condition.unconditional:
        return True
    return any(all(_possible(test, ground, day) for test in tests) for tests in condition.alternatives)


def _possible(test: Criterion, ground: Ground, day: date) -> bool:
    return bool(test.facts) or test.holds(NO_FACTS, ground, day)


def _ceased(since: date) -> Ground:
    return Ground(
        trigger=Trigger.NOT_IN_BUSINESS,
        record_id="",
        authority="",
        document_number="",
        since=since,
        effective_from=midnight(since),
        effective_until=None,
        party_uscc="",
    )

"""What weighed at the cut-off of a case, and still does: the moment is the document's, the knowledge today's (A-124).

After a removal the latest state prevails in favour of the enterprise: what has ended, was stayed or was void is in no
answer about an earlier moment either. What came after the cut-off is not looked at here; that is asked at the present.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gateway.domain.grounds import GRADE_TRIGGERS
from gateway.domain.timeline import Standing, Timeline

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gateway.domain.grounds import Ground

_GRADES = tuple(GRADE_TRIGGERS.values())
"""From the heaviest to the lightest."""


def at_cutoff(line: Timeline, cutoff: datetime, now: datetime) -> Timeline:
    """Return the timeline by which an answer about *cutoff* is given at *now*, instants in UTC.

    Its one standing holds at every moment; it changes for the caller when *line* next changes after *now*.
    """
    then, _ = line.at(cutoff)
    present, following = line.at(now)
    grounds = (*_still_weighing(then, present), *_lighter_grade(then, present))
    standing = Standing(
        grounds,
        present.grade if _weight(present) <= _weight(then) else then.grade,
        red_listed=then.red_listed and present.red_listed,
        arrears=then.arrears,
        ceased_on=then.ceased_on if present.ceased_on is not None else None,
    )
    return Timeline((), (standing,)) if following is None else Timeline((following,), (standing, standing))


def _still_weighing(then: Standing, present: Standing) -> Iterable[Ground]:
    """Yield what weighed then and weighs now, as it was then, and disputed where it is now."""
    weighing = {_place(ground): ground for ground in present.grounds}
    for ground in then.grounds:
        now = weighing.get(_place(ground))
        if now is not None and ground.trigger not in _GRADES:
            yield replace(ground, disputed=now.disputed)


def _lighter_grade(then: Standing, present: Standing) -> Iterable[Ground]:
    """Yield the ground of the lighter of both grades; none where one of them weighs nothing."""
    before, now = _grade_ground(then), _grade_ground(present)
    if before is None or now is None:
        return
    if _weight(present) < _weight(then):
        # It is told of the moment asked about, at which the heavier one was held.
        yield replace(now, effective_from=min(now.effective_from, before.effective_from))
    else:
        yield before


def _grade_ground(standing: Standing) -> Ground | None:
    return next((ground for ground in standing.grounds if ground.trigger in _GRADES), None)


def _weight(standing: Standing) -> int:
    """Return how heavily its grade weighs: 0 for one that does not."""
    ground = _grade_ground(standing)
    return 0 if ground is None else len(_GRADES) - _GRADES.index(ground.trigger)


def _place(ground: Ground) -> tuple[int, str, str, str]:
    return int(ground.trigger), ground.record_id, ground.party_uscc, ground.relation.value

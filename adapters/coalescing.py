"""Lets questions that are asked at the same time go to the gateway in one call, each with its own record and answer.

What a batch says once must be the same for all: area and decision point, which with what follows from them is one
``Way``. Two calls of one way may be under way at once, so that one is written down while the other is answered.
Questions that come meanwhile wait for one of them to end and then go together, each with its own case; there is no
timer, and who comes alone goes at once. Nothing is kept for a later question, and
no verdict is shared: an enterprise that is asked about twice is two items with two answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from adapters.asking import MOST_ITEMS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.acts import Checked
    from adapters.asking import Step, Way
    from adapters.questions import Applicant

    Group = tuple[Step, Sequence[Applicant]]
    """What one caller asks: in which case and where, and about whom."""
    Carry = Callable[[Sequence[Group]], Sequence[Checked | None]]
    """Asks for several callers of one way at once; None for one that is to be asked for alone."""


AT_ONCE = 2
"""Calls of one way that may be under way; with more, each would carry fewer questions."""

LEAST_SHARE = 16
"""Callers who go together in any case."""


def first_call(groups: Sequence[Group], others: int) -> int:
    """Return how many of the first of *groups*, at least one, go in one call.

    No more than their share beside the *others*, callers whose calls are under way: if one call took all, all would
    have their answers at once and ask again at once, and adapter and gateway would wait for each other by turns.
    """
    share = max(LEAST_SHARE, -(-(len(groups) + others) // AT_ONCE))
    items = 0
    for place, (_, applicants) in enumerate(groups[:share]):
        items += len(applicants)
        if items > MOST_ITEMS and place:
            return place
    return min(share, len(groups))


def _closed() -> Lock:
    gate = Lock()
    gate.acquire()
    return gate


@dataclass(slots=True)
class _Waiting:
    """One caller: what it asks, what came of it, and for whom it is to ask, itself among them."""

    group: Group
    checked: Checked | None = None
    error: BaseException | None = None
    carries: list[_Waiting] | None = None
    gate: Lock = field(default_factory=_closed)


@dataclass(slots=True)
class _UnderWay:
    """The calls of one way, and who waits for one of them to end."""

    calls: int = 0
    callers: int = 0
    """Whose questions these calls carry."""
    waiting: list[_Waiting] = field(default_factory=list)


class Coalescing:
    """Asks for many threads at once. One of those who wait asks for all of them; then one of the next does."""

    def __init__(self, carry: Carry, way: Callable[[Step], Way]) -> None:
        """Take who asks, and what says which questions may go together."""
        self._carry = carry
        self._way = way
        self._lock = Lock()
        self._under_way: dict[Way, _UnderWay] = {}

    def ask(self, step: Step, applicants: Sequence[Applicant]) -> Checked:
        """Ask about the applicants, perhaps in company; ``calls`` counts the calls that carried an answer."""
        own, way = _Waiting((step, applicants)), self._way(step)
        with self._lock:
            under_way = self._under_way.get(way)
            if under_way is None:
                under_way = self._under_way[way] = _UnderWay()
            at_once = under_way.calls < AT_ONCE
            if at_once:
                under_way.calls += 1
                under_way.callers += 1
                own.carries = [own]
            else:
                under_way.waiting.append(own)
        if not at_once:
            own.gate.acquire()
        if own.carries is not None:
            self._ask_for(way, own.carries)
        if own.error is not None:
            raise own.error
        # Refused in company: what was wrong may have been somebody else's, and a field is named as it was asked alone.
        while own.checked is None:
            (own.checked,) = self._carry([own.group])
        return own.checked

    def _ask_for(self, way: Way, together: list[_Waiting]) -> None:
        """Ask for all of *together*, give each its own, and let one of those who came meanwhile carry on."""
        try:
            found = self._carry([each.group for each in together])
            for waiting, checked in zip(together, found, strict=True):
                waiting.checked = checked
        except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
            for waiting in together:
                waiting.error = error
        finally:
            self._hand_on(way, len(together))
            for waiting in together[1:]:
                waiting.gate.release()

    def _hand_on(self, way: Way, answered: int) -> None:
        with self._lock:
            under_way = self._under_way[way]
            under_way.callers -= answered
            waiting = under_way.waiting
            if not waiting:
                under_way.calls -= 1
                if not under_way.calls:
                    del self._under_way[way]
                return
            count = first_call([each.group for each in waiting], under_way.callers)
            together, under_way.waiting = waiting[:count], waiting[count:]
            under_way.callers += count
        together[0].carries = together
        together[0].gate.release()

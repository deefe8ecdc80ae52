"""Lets questions that are asked at the same time go to the gateway in one call, each with its own record and answer.

What a batch says once must be the same for all: area, decision point, case, officer and purpose, which is one
``Step``. Questions of one step that come while a call of it is under way wait for its end and then go together; there
is no timer, and who comes alone goes at once. Nothing is kept for a later question, and no verdict is shared: an
enterprise that is asked about twice is two items with two answers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

from adapters.asking import MOST_ITEMS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from adapters.acts import Checked
    from adapters.asking import Step
    from adapters.questions import Applicant

    Carry = Callable[[Step, Sequence[Sequence[Applicant]]], Sequence[Checked | None]]
    """Asks for several callers of one step at once; None for one that is to be asked for alone."""


def _closed() -> Lock:
    gate = Lock()
    gate.acquire()
    return gate


@dataclass(slots=True)
class _Waiting:
    """One caller: what it asks, what came of it, and for whom it is to ask, itself among them."""

    applicants: Sequence[Applicant]
    checked: Checked | None = None
    error: BaseException | None = None
    carries: list[_Waiting] | None = None
    gate: Lock = field(default_factory=_closed)


class Coalescing:
    """Asks for many threads at once. One of those who wait asks for all of them; then one of the next does."""

    def __init__(self, carry: Carry) -> None:
        self._carry = carry
        self._lock = Lock()
        self._waiting: dict[Step, list[_Waiting]] = {}

    def ask(self, step: Step, applicants: Sequence[Applicant]) -> Checked:
        """Ask about the applicants, perhaps in company; ``calls`` counts the calls that carried an answer."""
        own = _Waiting(applicants)
        with self._lock:
            under_way = self._waiting.get(step)
            if under_way is None:
                self._waiting[step] = []
            else:
                under_way.append(own)
        if under_way is None:
            own.carries = [own]
        else:
            own.gate.acquire()
        if own.carries is not None:
            self._ask_for(step, own.carries)
        if own.error is not None:
            raise own.error
        # Refused in company: what was wrong may have been somebody else's, and a field is named as it was asked alone.
        while own.checked is None:
            (own.checked,) = self._carry(step, [applicants])
        return own.checked

    def _ask_for(self, step: Step, together: list[_Waiting]) -> None:
        """Ask for all of *together*, give each its own, and let one of those who came meanwhile carry on."""
        try:
            found = self._carry(step, [each.applicants for each in together])
            for waiting, checked in zip(together, found, strict=True):
                waiting.checked = checked
        except BaseException as error:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
            for waiting in together:
                waiting.error = error
        finally:
            self._hand_on(step)
            for waiting in together[1:]:
                waiting.gate.release()

    def _hand_on(self, step: Step) -> None:
        with self._lock:
            waiting = self._waiting[step]
            if not waiting:
                del self._waiting[step]
                return
            together, items = [waiting[0]], len(waiting[0].applicants)
            for each in waiting[1:]:
                items += len(each.applicants)
                if items > MOST_ITEMS:
                    break
                together.append(each)
            self._waiting[step] = waiting[len(together) :]
        together[0].carries = together
        together[0].gate.release()

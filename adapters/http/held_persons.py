"""Answers about persons that wait for an officer: in memory, for as long as they hold, and without the person.

The journal has nothing of a person's document, and no digest of it, which anybody who has the file could try all
numbers against. So what a later request has to be about the same person is held here, under a key that ends with the
process: a side-car that was started again asks anew.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Final

from adapters.http.problems import Problem
from adapters.persons import NaturalPerson, PersonAct, PersonClearance, PersonConditional

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

MOST_HELD: Final = 10_000
"""Answers held at once; the oldest goes for the next, and is asked anew."""
_NOBODY: Final = NaturalPerson("", "")


@dataclass(frozen=True, slots=True)
class _Held:
    """An answer whose act names nobody, and the mark of whom it was about."""

    conditional: PersonConditional
    mark: bytes


class HeldPersons:
    """Holds them; may be shared by threads."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        """Hold answers until they end by *clock*, which returns our present, UTC."""
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._lock = Lock()
        self._held: dict[int, _Held] = {}
        self._writes: dict[str, bytes] = {}

    def keep(self, conditional: PersonConditional) -> None:
        """Hold an answer for the officer's word or finding."""
        held = _Held(_about(conditional, _NOBODY), self._mark(conditional.act.person))
        now = self._clock()
        with self._lock:
            self._held[conditional.number] = held
            for number in [each for each, kept in self._held.items() if not kept.conditional.still_valid(now)]:
                del self._held[number]
            while len(self._held) > MOST_HELD:
                del self._held[next(iter(self._held))]

    def conditional(self, number: int) -> PersonConditional:
        """Return a held answer, whose act names nobody.

        Raises:
            Problem: ``EXPIRED``: it is not held, or not any more.
        """
        return self._find(number).conditional

    def conditional_of(self, number: int, person: NaturalPerson) -> PersonConditional:
        """Return a held answer about *person*.

        Raises:
            Problem: It is not held, or ``OTHER_PARTIES``: it was about somebody else.
        """
        held = self._find(number)
        if not hmac.compare_digest(held.mark, self._mark(person)):
            raise Problem("OTHER_PARTIES", "the answer was about another person", "person")
        return _about(held.conditional, person)

    def reviewed(self, number: int, person: NaturalPerson) -> PersonClearance:
        """Return what ``fulfil`` made of a held answer; whether it did, the journal says to the gate.

        Raises:
            Problem: As ``conditional_of``.
        """
        found = self.conditional_of(number, person)
        return PersonClearance(found.number, found.question, found.answer, found.act, found.kinds)

    def bind(self, key: str, person: NaturalPerson) -> None:
        """Bind a write to a person: its idempotency key is for nobody else while this process lives.

        Raises:
            Problem: ``IDEMPOTENCY_KEY_REUSED``.
        """
        mark = self._mark(person)
        with self._lock:
            bound = self._writes.setdefault(key, mark)
            while len(self._writes) > MOST_HELD:
                del self._writes[next(iter(self._writes))]
        if not hmac.compare_digest(bound, mark):
            raise Problem("IDEMPOTENCY_KEY_REUSED")

    def _find(self, number: int) -> _Held:
        with self._lock:
            held = self._held.get(number)
        if held is None:
            raise Problem("EXPIRED", "the answer about the person is not held any more")
        return held

    def _mark(self, person: NaturalPerson) -> bytes:
        parts = (person.document_type, person.document_number, person.name)
        return hmac.digest(self._key, "\0".join(parts).encode(), "sha256")


def _about(conditional: PersonConditional, person: NaturalPerson) -> PersonConditional:
    """Return the same answer with the act for *person*."""
    act = conditional.act
    return PersonConditional(
        conditional.number,
        conditional.question,
        conditional.answer,
        PersonAct(act.case, act.point, person, act.capacity, act.facts),
        conditional.kinds,
        conditional.recorded_at,
        conditional.received_at,
    )

"""May this natural person go ahead with this activity now?

Found by the keyed hash of type and number alone, at the revision that the index serves. A name is compared with the
record's and finds nobody. What cannot be trusted as fresh makes the answer UNVERIFIABLE, unless a block is confirmed.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.names import normalise_name
from gateway.domain.confirmations import marks_covered, require_recent
from gateway.domain.eligibility import Moment
from gateway.domain.person_decision import KnownPerson, decide_about_person
from gateway.services.check_eligibility import Basis

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gateway.domain.confirmations import Confirmation
    from gateway.domain.person_decision import PersonDecision, PersonQuestion
    from gateway.domain.policy import Policy
    from gateway.domain.vocabulary import DecisionPoint
    from gateway.services.check_eligibility import Asked
    from gateway.services.freshness import Freshness
    from gateway.services.ports.persons import PersonNames, PersonRegister, RecordedAnswers
    from gateway.services.ports.register import Register


@dataclass(frozen=True, slots=True)
class AskedPerson:
    """Who is asked about: the keyed hash of the document, and the name as it was sent, empty when it was not."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class PersonRules:
    """By what it is decided: the policy, and what must be fresh at each point."""

    policy: Policy
    freshness: Mapping[DecisionPoint, Freshness]


@dataclass(frozen=True, slots=True)
class PersonSources:
    """Where everything is read from."""

    register: Register
    persons: PersonRegister
    names: PersonNames
    recorded: RecordedAnswers


class CheckPerson:
    """Decides about one person under one policy."""

    def __init__(self, rules: PersonRules, sources: PersonSources) -> None:
        self.policy = rules.policy
        self._freshness = rules.freshness
        self._sources = sources

    async def confirmed(
        self, confirmation: Confirmation, asking: Mapping[str, object], point: DecisionPoint, now: datetime
    ) -> frozenset[str]:
        """Return the marks that *confirmation* covers; *asking* is what is recorded of the present call.

        Raises:
            MalformedRequestError: It belongs to another question or person, is too old, or lies ahead.
            StoreUnavailableError: The record could not be read.
        """
        recorded = self._sources.recorded
        earlier = await asyncio.to_thread(recorded.answer, confirmation.writer, confirmation.number)
        marks = marks_covered(confirmation, earlier, asking, now)
        require_recent(confirmation, now, self._freshness[point].answer_validity)
        return marks

    async def __call__(
        self, asked: Asked, who: AskedPerson, question: PersonQuestion, confirmed: frozenset[str] = frozenset()
    ) -> tuple[PersonDecision, Basis]:
        """Return the decision, and what it rests on.

        Raises:
            StoreUnavailableError: The store, or the keys of names, could not be used.
        """
        register, freshness = self._sources.register, self._freshness[question.point]
        doubts: tuple[str, ...] = ()
        if asked.at_least_as_fresh > register.revision and not await register.reach(
            asked.at_least_as_fresh, freshness.reach_wait.total_seconds()
        ):
            doubts = (f"REVISION_NOT_REACHED: {asked.at_least_as_fresh}",)
        revision = register.revision
        stale, ages, lag = freshness.look(register, asked.now, asked.as_of)
        if asked.known_at is not None:
            revision = await asyncio.to_thread(self._sources.persons.revision_at, asked.known_at)
        person = await asyncio.to_thread(self._find, who, revision)
        valid_until = freshness.valid_until(asked.as_of, asked.now, ages)
        moment = Moment(asked.as_of, valid_until, (*stale, *doubts))
        decision = decide_about_person(person, question, self.policy, moment, confirmed)
        return decision, Basis(revision, asked.as_of, asked.known_at, asked.preview, lag, ages, valid_until)

    def _find(self, who: AskedPerson, revision: int) -> KnownPerson:
        held = self._sources.persons.person(who.key, revision)
        if held is None:
            return KnownPerson(None)
        if not who.name:
            return KnownPerson(held.file)
        own = self._sources.names.name_of(held.sealed)
        return KnownPerson(held.file, normalise_name(own) == normalise_name(who.name))

"""May this enterprise go ahead with this activity now? One question or a batch of one case.

Everything is decided at one data revision: from the index for the present, from the store for other moments of
knowledge. What cannot be trusted as fresh makes the answer UNVERIFIABLE, unless a block is proven already.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

from formats.civil import civil_date
from gateway.domain.cutoffs import at_cutoff
from gateway.domain.deposit_record import projects_on
from gateway.domain.eligibility import Moment
from gateway.domain.vocabulary import SecurityKind
from gateway.services.alike import Alike
from gateway.services.identify import subject_from_dossier, subject_from_index

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from gateway.domain.eligibility import Decision, Question, Subject
    from gateway.domain.policy import Policy
    from gateway.services.freshness import SourceAge
    from gateway.services.identify import NamedParty
    from gateway.services.pace import Pace
    from gateway.services.ports.register import History, Register


class Item(NamedTuple):
    """One enterprise that is to go ahead, first, and everybody with it."""

    question: Question
    parties: tuple[NamedParty, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """When the question is about; that the caller may ask about it has been checked."""

    now: datetime
    """The present of the whole call."""
    as_of: datetime
    known_at: datetime | None
    """None is the present."""
    preview: bool
    at_least_as_fresh: int
    at_cutoff: bool = False
    """``as_of`` is the registered cut-off of the caller's case: what has ended since is in no answer (A-124)."""


@dataclass(frozen=True, slots=True)
class Basis:
    """On what an answer was decided."""

    revision: int
    as_of: datetime
    known_at: datetime | None
    preview: bool
    replica_lag: timedelta
    source_ages: tuple[SourceAge, ...]
    fresh_until: datetime
    """The bound that freshness sets to the answer's validity; the facts may set an earlier one."""


class Looking(Protocol):
    """How fresh an answer is; ``Freshness`` looks at the present."""

    @property
    def reach_wait(self) -> timedelta:
        """How long a call waits for the revision that it names."""

    def look(
        self, register: Register, now: datetime, about: datetime | None = None
    ) -> tuple[tuple[str, ...], tuple[SourceAge, ...], timedelta]:
        """Return (doubts, age of each feed, lag of this node) at *now*, for an answer *about* a moment (None: now)."""

    def valid_until(self, as_of: datetime, now: datetime, ages: Sequence[SourceAge]) -> datetime:
        """Return the bound that freshness sets to an answer's validity."""


class CheckEligibility:
    """Decides items under one policy."""

    def __init__(self, register: Register, history: History, policy: Policy, freshness: Looking) -> None:
        self.policy = policy
        self._register = register
        self._history = history
        self._rules = policy.grade_rules
        self._freshness = freshness

    async def __call__(
        self, asked: Asked, items: Sequence[Item], pace: Pace | None = None
    ) -> tuple[list[Decision], Basis]:
        """Return one decision an item, in order, and what all of them rest on, at the *pace* of its call.

        Raises:
            MalformedRequestError: A code fails its standard and nobody knows it.
            StoreUnavailableError: The store was needed and could not be read.
        """
        now, as_of = asked.now, asked.as_of
        reached = await self._reached(asked.at_least_as_fresh)
        if asked.known_at is None:
            subjects = [self._from_index(item) for item in items]
            revision = self._register.revision
            await self._add_projects(items, subjects, revision, as_of)
        else:
            revision, subjects = await asyncio.to_thread(self._from_store, asked.known_at, as_of, items)
        if asked.at_cutoff:
            subjects = [[_at_cutoff(subject, as_of, now) for subject in who] for who in subjects]
        doubts, ages, lag = self._freshness.look(self._register, now, as_of)
        if not reached:
            doubts = (*doubts, f"REVISION_NOT_REACHED: {asked.at_least_as_fresh}")
        bound = self._freshness.valid_until(now if asked.at_cutoff else as_of, now, ages)
        alike = Alike(self.policy, Moment(as_of, bound, doubts))
        decisions: list[Decision] = []
        for item, who in zip(items, subjects, strict=True):
            if pace is not None and pace.over():
                await pace.turn()
            decisions.append(alike.decide(tuple(who), item.question))
        basis = Basis(revision, as_of, asked.known_at, asked.preview, lag, ages, bound)
        return decisions, basis

    async def _reached(self, revision: int) -> bool:
        if revision <= self._register.revision:
            return True
        return await self._register.reach(revision, self._freshness.reach_wait.total_seconds())

    def _from_index(self, item: Item) -> list[Subject]:
        return [subject_from_index(self._register, party, self._rules) for party in item.parties]

    async def _add_projects(
        self, items: Sequence[Item], subjects: Sequence[list[Subject]], revision: int, as_of: datetime
    ) -> None:
        """Complete those that a wage deposit is asked about: it alone looks at projects (D-04, D-05)."""
        wanted = [
            found
            for item, found in zip(items, subjects, strict=True)
            if item.question.facts.security_kind is SecurityKind.WAGE_DEPOSIT
        ]
        if not wanted:
            return
        codes = {found[0].uscc for found in wanted}
        records = await asyncio.to_thread(self._history.project_records, codes, revision)
        for found in wanted:
            projects = projects_on(records.get(found[0].uscc, ()), civil_date(as_of))
            found[0] = found[0]._replace(projects=projects)

    def _from_store(
        self, known_at: datetime, as_of: datetime, items: Sequence[Item]
    ) -> tuple[int, list[list[Subject]]]:
        revision = self._history.revision_at(known_at)
        found = [
            [subject_from_dossier(self._history, party, revision, self._rules, as_of) for party in item.parties]
            for item in items
        ]
        return revision, found


def _at_cutoff(subject: Subject, cutoff: datetime, now: datetime) -> Subject:
    return subject._replace(timeline=at_cutoff(subject.timeline, cutoff, now))

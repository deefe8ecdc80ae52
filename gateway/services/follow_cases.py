"""Seeing what begins and ends to weigh on the parties of open cases, whether or not anybody is listening (A-123).

What weighs now is laid beside what was told, so that a process that was down, killed or late tells neither too little
nor twice. A case is looked at again when it was amended, when a revision touched one of its parties, and when time
alone may have changed something.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from gateway.domain.case_events import CaseEventKind, weighing_on
from gateway.domain.cases import case_of
from gateway.domain.eligibility import Question
from gateway.domain.errors import MalformedRequestError
from gateway.domain.records import RelationKind
from gateway.domain.vocabulary import Area, ParticipationForm, Verdict
from gateway.services.check_eligibility import Asked, Item
from gateway.services.identify import NamedParty
from gateway.services.pace import Pace

if TYPE_CHECKING:
    from datetime import datetime

    from gateway.domain.case_events import CaseEvent, Weighing
    from gateway.domain.cases import Applicant, Case, CaseParty
    from gateway.domain.eligibility import Decision, Measure
    from gateway.services.check_eligibility import Basis, CheckEligibility
    from gateway.services.ports.case_events import CaseEventStore, TouchedSince
    from gateway.services.ports.cases import CaseStore
    from gateway.services.ports.register import Clock, Register

DOUBTED: Final = timedelta(minutes=1)
"""After how long a case is looked at again of which something could not be said: such an answer bounds no validity."""

_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Looked:
    case: Case
    until: datetime
    """When time alone may have changed something."""


@dataclass(frozen=True, slots=True)
class TellingMeasure:
    """What an event of a beginning is told by while it weighs."""

    measure: Measure
    decision: Decision
    basis: Basis
    item: Item


class FollowCases:
    """Looks at open cases. Use it from one event loop."""

    def __init__(
        self, check: CheckEligibility, register: Register, history: TouchedSince, store: CaseEventStore, clock: Clock
    ) -> None:
        self._check = check
        self._register = register
        self._history = history
        self._store = store
        self._clock = clock
        self._acts = -1
        self._open: dict[str, Case] = {}
        self._looked: dict[str, _Looked] = {}
        self._reached = 0

    async def __call__(self) -> list[CaseEvent]:
        """Look at whatever may have changed, and return the events that were added.

        Raises:
            StoreUnavailableError: The store could not be read or written; what was told stands, and the next look
                finds the rest.
        """
        await self._read_cases()
        now, revision = self._clock.now(), self._register.revision
        due = await self._due(now, revision)
        added: list[CaseEvent] = []
        for case in due:
            try:
                present, until = await self._present(case, now)
            except MalformedRequestError as error:
                # A policy of today may need a fact that was not registered then; nobody else waits for it.
                _log.warning("%s cannot be followed: %s", case.key.case_id, error)
                self._looked[case.key.case_id] = _Looked(case, now + DOUBTED)
                continue
            added += await asyncio.to_thread(self._store.tell, case, present, revision, now)
            self._looked[case.key.case_id] = _Looked(case, until)
        self._reached = revision
        return added

    async def _read_cases(self) -> None:
        newest = await asyncio.to_thread(self._store.newest_act)
        if newest == self._acts:
            return
        cases = await asyncio.to_thread(self._store.open_cases)
        self._open = {case.key.case_id: case for case in cases}
        self._looked = {key: looked for key, looked in self._looked.items() if key in self._open}
        self._acts = newest

    async def _due(self, now: datetime, revision: int) -> list[Case]:
        touched, names = frozenset[str](), frozenset[str]()
        # Before the first look all are due: what was touched before need not be read.
        if self._looked and revision > self._reached:
            changed = await asyncio.to_thread(self._history.touched, self._reached, revision)
            touched, names = changed.codes, changed.name_keys
        return [case for case in self._open.values() if self._is_due(case, now, touched, anything=bool(names))]

    def _is_due(self, case: Case, now: datetime, touched: frozenset[str], *, anything: bool) -> bool:
        """Return whether something can be another; a notice that bears a name alone may concern any party."""
        looked = self._looked.get(case.key.case_id)
        if looked is None or looked.case != case or now >= looked.until:
            return True
        return anything or not touched.isdisjoint(case.terms.codes)

    async def _present(self, case: Case, now: datetime) -> tuple[set[Weighing], datetime]:
        """Return what weighs on each party alone, and until when time alone changes nothing of it."""
        items = [item_of(case, applicant, party) for applicant in case.terms.applicants for party in applicant.parties]
        if not items:
            return set(), now + DOUBTED
        decisions, _ = await self._check(_now(now), items, Pace(_turn))
        pairs = zip(items, decisions, strict=True)
        present = {each for item, found in pairs for each in weighing_on(item.parties[0].uscc, found.measures)}
        doubted = any(found.verdict is Verdict.UNVERIFIABLE for found in decisions)
        until = now + DOUBTED if doubted else min(found.valid_until for found in decisions)
        return present, until


class TellEvent:
    """Finds what an event is told by at this moment."""

    def __init__(self, check: CheckEligibility, cases: CaseStore, clock: Clock) -> None:
        self._check = check
        self._cases = cases
        self._clock = clock

    async def __call__(self, event: CaseEvent) -> TellingMeasure | None:
        """Return by what a beginning is told; None of an end, of what weighs no more, and of a closed case.

        Raises:
            StoreUnavailableError: The store was needed and could not be read.
        """
        case = case_of(await asyncio.to_thread(self._cases.acts, event.key))
        if case is None or case.closing is not None or event.kind is CaseEventKind.ENDED:
            return None
        wanted = event.weighing
        found = [
            (applicant, party)
            for applicant in case.terms.applicants
            for party in applicant.parties
            if party.uscc == wanted.uscc
        ]
        if not found:
            return None
        item = item_of(case, *found[0])
        (decision,), basis = await self._check(_now(self._clock.now()), [item])
        for measure in decision.measures:
            if wanted in set(weighing_on(wanted.uscc, [measure])):
                return TellingMeasure(measure, decision, basis, item)
        return None


def item_of(case: Case, applicant: Applicant, party: CaseParty) -> Item:
    """Return the question about one party alone, at the final point of its case and by the registered facts."""
    facts = case.terms.facts
    if facts.form is not None:
        form = ParticipationForm.CONSORTIUM if applicant.members else ParticipationForm.SINGLE
        facts = replace(facts, form=form)
    if case.key.area is Area.BIDDING:
        facts = replace(facts, lot=case.key.part or None)
    # Whether a code meets its standard was looked at when it was registered.
    alone = NamedParty(party.uscc, party.name, RelationKind.SELF, conforming=True, field="applicants")
    return Item(Question(case.terms.point, facts), (alone,))


def _now(now: datetime) -> Asked:
    return Asked(now, now, None, preview=False, at_least_as_fresh=0)


async def _turn() -> None:
    """Let calls go on between parts of a large case."""
    await asyncio.sleep(0)

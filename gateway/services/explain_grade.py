"""Why an enterprise has its grades, by every scheme: their facts, their history, and what would change them.

Read from the store at one revision, so that a past moment of knowledge is answered as it was known then. For HRSS, and
in part for the enterprise itself; deciding systems have the grade that weighs in their answers.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.domain import deposit_record, deposits, shiyan_grades, timeline
from gateway.domain.case_facts import CaseFacts
from gateway.domain.eligibility import Moment, Question, Subject, decide
from gateway.domain.grade_outlook import Outlook, Stretch, history, outlook
from gateway.domain.records import Dossier
from gateway.domain.vocabulary import DecisionPoint, MatchQuality, SecurityKind
from gateway.services.identify import match_of, require_conforming

if TYPE_CHECKING:
    from datetime import date, datetime

    from gateway.domain.deposits import Entitlement
    from gateway.domain.kinds.five_systems import FiveSystems
    from gateway.domain.policy import Policy
    from gateway.services.identify import NamedParty
    from gateway.services.ports.register import History, Register


@dataclass(frozen=True, slots=True)
class SchemeExplained:
    """The grade by one scheme."""

    weighs: bool
    outlook: Outlook
    history: tuple[Stretch, ...]
    """By the facts as known now."""
    history_then: tuple[Stretch, ...]
    """By the facts as known at the moment of knowledge; empty when none was asked for."""


@dataclass(frozen=True, slots=True)
class DepositExplained:
    """The wage deposit of a new project in the caller's territory by both rules; its contract amount is not known."""

    national: tuple[Entitlement, ...]
    local: tuple[Entitlement, ...]
    suspended: bool


@dataclass(frozen=True, slots=True)
class GradesExplained:
    """All of it, at one revision and one moment."""

    name: str
    match: MatchQuality
    schemes: tuple[SchemeExplained, ...]
    """The one that weighs first."""
    five_systems: tuple[FiveSystems, ...]
    deposit: DepositExplained
    revision: int
    as_of: datetime


class ExplainGrade:
    """Explains grades under one policy."""

    def __init__(self, register: Register, history: History, policy: Policy) -> None:
        self._register = register
        self._history = history
        self._policy = policy

    async def __call__(
        self, party: NamedParty, as_of: datetime, known_at: datetime | None, territory: str
    ) -> GradesExplained:
        """Return the grades at *as_of*; those of an enterprise nobody knows are not rated.

        *known_at* is the moment of knowledge, None the present. That the caller may ask has been checked; *territory*
        is its division code, where a new project's deposit is computed for.

        Raises:
            MalformedRequestError: The code fails its standard and nobody knows it.
            StoreUnavailableError: The store could not be read.
        """
        return await asyncio.to_thread(self._read, party, as_of, known_at, territory)

    def _read(self, party: NamedParty, as_of: datetime, known_at: datetime | None, territory: str) -> GradesExplained:
        present = self._register.revision
        revision = present if known_at is None else self._history.revision_at(known_at)
        found = self._history.dossier(party.uscc, revision)
        if found is None:
            require_conforming(party)
        dossier = found or Dossier(party.uscc)
        now = dossier if revision == present else (self._history.dossier(party.uscc, present) or Dossier(party.uscc))
        weighing = self._policy.grade_rules
        schemes = tuple(
            SchemeExplained(
                weighs=rules is weighing,
                outlook=outlook(rules, dossier, as_of),
                history=history(rules, now),
                history_then=() if known_at is None else history(rules, dossier),
            )
            for rules in (weighing, *self._policy.shown_grades)
        )
        profile = dossier.profile_on(civil_date(as_of))
        return GradesExplained(
            name=profile.name if profile else "",
            match=match_of(party, found),
            schemes=schemes,
            five_systems=deposit_record.latest_checks(dossier.facts, civil_date(as_of)),
            deposit=DepositExplained(
                national=self._national(dossier, territory, as_of),
                local=_local(schemes, civil_date(as_of)),
                suspended=self._suspended(party, dossier, as_of),
            ),
            revision=revision,
            as_of=as_of,
        )

    def _national(self, dossier: Dossier, territory: str, as_of: datetime) -> tuple[Entitlement, ...]:
        day, rules = civil_date(as_of), self._policy.deposits
        projects = deposit_record.projects_on(dossier.facts, day)
        here = projects.since(territory, rules.area_digits)
        case = deposits.DepositCase(None, projects.systems_in_place, here)
        return deposits.national(deposit_record.arrears_at(dossier, as_of), case, rules, day)

    def _suspended(self, party: NamedParty, dossier: Dossier, as_of: datetime) -> bool:
        """Ask as the setting of a wage deposit would: a restriction in force suspends what lowers it."""
        line = timeline.build(dossier, self._policy.grade_rules)
        subject = Subject(party.uscc, "", "", party.relation, MatchQuality.EXACT, line, ())
        question = Question(DecisionPoint.GUARANTEE_ISSUE, CaseFacts(security_kind=SecurityKind.WAGE_DEPOSIT))
        return decide((subject,), question, self._policy, Moment(as_of, as_of, ())).incentives_suspended


def _local(schemes: tuple[SchemeExplained, ...], day: date) -> tuple[Entitlement, ...]:
    grades = (each.outlook.grade for each in schemes if each.outlook.grade.scale.scheme == shiyan_grades.SCHEME)
    return tuple(entitlement for grade in grades for entitlement in deposits.local(grade, day))

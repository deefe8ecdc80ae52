"""What one caller sees in one call: a level for each class of fields, computed once for all calls alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.domain.disclosure.columns import columns_of
from gateway.domain.disclosure.kinds import TRIGGERS
from gateway.domain.disclosure.table import granted
from gateway.domain.disclosure.words import Column, Condition, FieldClass, Level
from gateway.domain.vocabulary import Effect

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gateway.domain.agencies import Agency, Role
    from gateway.domain.policy import Policy
    from gateway.domain.vocabulary import Area


@dataclass(frozen=True, slots=True)
class Sight:
    """Levels by class of fields. ``whole`` is HRSS, who is told every record and every cause."""

    levels: Mapping[FieldClass, Level]
    whole: bool = False

    def of(self, told: FieldClass) -> Level:
        """Return how much of a class is seen; nothing of one that is not named."""
        return self.levels.get(told, Level.NEVER)

    def sees(self, told: FieldClass) -> bool:
        """Return whether anything of a class is seen."""
        return self.of(told) is not Level.NEVER


def sight_of(columns: Collection[Column], met: Collection[Condition]) -> Sight:
    """Return what is seen by the strictest of *columns* where the conditions *met* are met; nothing without columns."""
    levels = {told: min((granted(told, column, met) for column in columns), default=Level.NEVER) for told in FieldClass}
    return Sight(levels, whole=set(columns) == {Column.HRSS})


WHOLE: Final = sight_of({Column.HRSS}, {Condition.CASE, Condition.PROFILE, Condition.OWN})
"""What HRSS sees."""


class Disclosure:
    """Tells what callers see under one policy. What is computed is kept: there are as many sights as mandates."""

    def __init__(self, policy: Policy) -> None:
        self._weighing = frozenset(
            row.point.area
            for row in policy.rows
            if TRIGGERS[row.trigger] is FieldClass.GRADE and row.effect is not Effect.NONE
        ) | {incentive.point.area for incentive in policy.incentives if incentive.letters}
        self._kept: dict[tuple[frozenset[Column], frozenset[Condition]], Sight] = {}
        self._questions: dict[tuple[Role, bool, Area, bool, bool], Sight] = {}
        """By all that a question's sight follows from, so that the hot path looks it up and computes nothing."""

    def of_question(self, agency: Agency, area: Area, *, consent: bool, deposit: bool) -> Sight:
        """Return what is seen in the answer to a question, which always names a case (A-120).

        Args:
            agency: The caller.
            area: The area asked about.
            consent: The question names the authorisation of the person concerned.
            deposit: It is about a wage deposit.
        """
        key = (agency.role, agency.sees_whole_records, area, consent, deposit)
        found = self._questions.get(key)
        if found is None:
            met = {Condition.CASE}
            met |= {Condition.PROFILE} if area in self._weighing else set()
            met |= {Condition.CONSENT} if consent else set()
            met |= {Condition.DEPOSIT} if deposit else set()
            found = self._questions[key] = self._sight(columns_of(agency, area), frozenset(met))
        return found

    def of_person(self, agency: Agency, area: Area, *, consent: bool, candidate: bool) -> Sight:
        """Return what is seen in the answer to a question about a natural person, which always names a case.

        Args:
            agency: The caller.
            area: The area asked about.
            consent: The person has consented, by a document that the question names (R-04).
            candidate: It is the person itself that is to go ahead, not an enterprise through it.
        """
        met = {Condition.CASE}
        met |= {Condition.CONSENT} if consent else set()
        met |= {Condition.CANDIDATE} if candidate else set()
        return self._sight(columns_of(agency, area), frozenset(met))

    def of_record(self, agency: Agency, *, approval: bool) -> Sight:
        """Return what is seen of a record that is read in a case; *approval*: a document of one is named (I-60)."""
        met = {Condition.CASE}
        met |= {Condition.PROFILE} if agency.areas and agency.areas <= self._weighing else set()
        met |= {Condition.APPROVAL} if approval else set()
        return self._sight(columns_of(agency), frozenset(met))

    def of_endings(self, agency: Agency) -> Sight:
        """Return what is seen of the end of a record, of which the caller was told in a case."""
        return self._sight(columns_of(agency), frozenset({Condition.CASE}))

    def of_changes(self, agency: Agency) -> Sight:
        """Return what is seen of what changes in the register, which nobody follows in a case."""
        return self._sight(columns_of(agency), frozenset())

    def _sight(self, columns: frozenset[Column], met: frozenset[Condition]) -> Sight:
        key = (columns, met)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = sight_of(columns, met)
        return found

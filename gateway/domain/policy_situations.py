"""Every situation that the conditions of some rows can tell apart: what ``policy_lint`` tries cells in.

A situation is the case and the ground at once, as far as rules look at them. What is wrong with a policy is not here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import IntEnum
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from formats.civil import midnight
from gateway.domain.case_facts import FACT_TYPES, CaseFacts
from gateway.domain.conditions import AgeAtMost, GroundIs, WeighedAtCutoff, Within
from gateway.domain.vocabulary import CutoffRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from gateway.domain.case_facts import FactValue
    from gateway.domain.conditions import Criterion
    from gateway.domain.policy import Row

_FOUND_ON: Final = date(2020, 1, 31)
_CUTOFF: Final = midnight(_FOUND_ON)
_ELSEWHERE: Final = "990000"


@dataclass(frozen=True, slots=True)
class Situation:
    """One combination that the conditions of a cell can tell apart. It is a ground too, as far as rules look at it."""

    facts: CaseFacts
    on: date
    restriction: str
    malicious: bool
    late: bool
    """The ground came after whatever cut-off there is."""

    @property
    def since(self) -> date:
        """Civil date of the ground."""
        return _FOUND_ON

    def came_after(self, moment: datetime) -> bool:  # noqa: ARG002 - the one cut-off of the situation
        """Return whether the ground came after the cut-off."""
        return self.late

    def without_cutoff(self) -> Situation:
        """Return the same situation under a tender document that fixes no cut-off."""
        return replace(self, facts=replace(self.facts, cutoff_rule=CutoffRule.NOT_FIXED, cutoff_at=None))

    def first_of(self, rows: Sequence[Row]) -> Row:
        """Return the first row that applies; the last one when none does, which is found elsewhere."""
        return next((row for row in rows if row.when.holds(self.facts, self, self.on)), rows[-1])


def situations(rows: Iterable[Row], *also: Criterion) -> Iterator[Situation]:
    """Yield what the conditions of *rows*, and the criteria *also*, can tell apart."""
    criteria = {test for row in rows for test in row.when.criteria} | set(also)
    values = {name: _values(name) for test in criteria for name in test.facts}
    days: set[date] = {_FOUND_ON}
    restrictions, malicious = {""}, {False}
    late = (False, True) if WeighedAtCutoff() in criteria else (False,)
    for test in criteria:
        if isinstance(test, Within):
            values[test.fact] |= {test.prefix.ljust(6, "0"), _ELSEWHERE}
        elif isinstance(test, AgeAtMost):
            days |= {_FOUND_ON + timedelta(days=28 * (test.months - 1)), _FOUND_ON + timedelta(days=31 * test.months)}
        elif isinstance(test, GroundIs) and test.attribute == "restriction":
            restrictions.add(str(test.value))
        elif isinstance(test, GroundIs):
            malicious = {False, True}
    for name in values:
        if FACT_TYPES[name] is date:
            values[name] |= days
    for on, restriction, evil, after in product(sorted(days), sorted(restrictions), sorted(malicious), late):
        for chosen in product(*values.values()):
            yield Situation(_facts(dict(zip(values, chosen, strict=True))), on, restriction, evil, after)


def _facts(chosen: dict[str, Any]) -> CaseFacts:
    fixed = chosen.get("cutoff_rule") is CutoffRule.FIXED
    return CaseFacts(**chosen, cutoff_at=_CUTOFF if fixed else None)


def _values(name: str) -> set[FactValue]:
    """Return every value of a fact that has few; empty for the others, whose values the criteria name."""
    kind = FACT_TYPES[name]
    if kind is bool:
        return {False, True}
    return set(kind) if issubclass(kind, IntEnum) else set()

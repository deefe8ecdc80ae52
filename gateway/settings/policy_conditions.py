"""Conditions of rows and incentives: what a row of the policy looks at, read strictly."""

from __future__ import annotations

import re
from datetime import date
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from gateway.domain.case_facts import FACT_AREAS, FACT_TYPES
from gateway.domain.conditions import (
    ALWAYS,
    AgeAtMost,
    AnyOf,
    Condition,
    Criterion,
    GroundIs,
    WeighedAtCutoff,
    Within,
)
from gateway.domain.kinds.penalty import Restriction
from gateway.settings.policy_values import at_least_one, known, several

if TYPE_CHECKING:
    from gateway.domain.vocabulary import (
        Area,
    )
    from gateway.settings.strict import Table

DIVISION_PREFIX: Final = re.compile(r"[1-9][0-9](?:[0-9]{2}){0,2}")


def read_condition(table: Table, area: Area) -> Condition:
    """Read ``when``: alternatives, each a table of criteria that must all hold; no key means always."""
    if not table.has("when"):
        return ALWAYS
    alternatives = []
    for entry in table.tables("when"):
        tests = [test for name in FACT_TYPES if entry.has(name) for test in (_fact_test(entry, name, area),)]
        tests += _ground_tests(entry, area)
        entry.close()
        if not tests:
            raise table.error("when", "has an alternative without a criterion; leave it out where a row always applies")
        alternatives.append(frozenset(tests))
    return Condition(tuple(alternatives))


def _fact_test(entry: Table, name: str, area: Area) -> Criterion:
    if area not in FACT_AREAS[name]:
        raise entry.error(name, f"is no case fact of {area.name}")
    kind = FACT_TYPES[name]
    if kind is bool:
        return AnyOf(name, frozenset({entry.take(name, bool)}))
    if issubclass(kind, IntEnum):
        members = kind.__members__
        return AnyOf(name, frozenset(known(entry, name, word, members) for word in several(entry, name)))
    if name == "project_region":
        region = entry.table(name)
        prefix = region.take("within", str)
        if DIVISION_PREFIX.fullmatch(prefix) is None:
            raise region.error("within", "must be 2, 4 or 6 digits of a division code")
        region.close()
        return Within(name, prefix)
    raise entry.error(name, "cannot be compared in a condition")


def _ground_tests(entry: Table, area: Area) -> list[Criterion]:
    tests: list[Criterion] = []
    if entry.has("ground_restriction"):
        name = known(entry, "ground_restriction", entry.take("ground_restriction", str), Restriction.__members__)
        tests.append(GroundIs("restriction", name.value))
    if entry.has("ground_malicious"):
        tests.append(GroundIs("malicious", entry.take("ground_malicious", bool)))
    if entry.has("ground_since"):
        age = entry.table("ground_since")
        months, fact = at_least_one(age, "age_months_at_most"), ""
        if age.has("before"):
            fact = age.take("before", str)
            if FACT_TYPES.get(fact) is not date or area not in FACT_AREAS[fact]:
                raise age.error("before", f"{fact!r} is no date among the case facts of {area.name}")
        age.close()
        tests.append(AgeAtMost(months, fact))
    if entry.has("weighed_at_cutoff"):
        if area not in FACT_AREAS["cutoff_rule"]:
            raise entry.error("weighed_at_cutoff", f"{area.name} has no cut-off")
        if not entry.take("weighed_at_cutoff", bool):
            raise entry.error("weighed_at_cutoff", "can only be true: what came later is for the next row")
        tests.append(WeighedAtCutoff())
    return tests

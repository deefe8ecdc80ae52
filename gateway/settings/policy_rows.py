"""Rows and incentives of the policy's files.

One row of a file stands for one in each cell of its triggers and points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gateway.domain.deposits import CLEAN_MONTHS, HIGHEST_RATE, LOWEST_RATE, DepositRules
from gateway.domain.policy import (
    Incentive,
    LegalBasis,
    LocalizedText,
    Row,
    SecurityBoundRule,
)
from gateway.domain.policy_lint import GRADE_TRIGGERS, rule_id_of
from gateway.domain.vocabulary import (
    Area,
    Effect,
    GradeLetter,
    SecurityKind,
    Trigger,
)
from gateway.settings.policy_conditions import read_condition
from gateway.settings.policy_values import at_least_one, decision_points, known, several, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.settings.policy_faults import Faults
    from gateway.settings.strict import Table

NARROWEST_AREA = 6
AREA_DIGITS = (2, 4, NARROWEST_AREA)


@dataclass(frozen=True, slots=True)
class Shelf:
    """What rows refer to by name."""

    bases: Mapping[str, LegalBasis]
    trigger_bases: Mapping[Trigger, tuple[str, ...]]
    authorities: Mapping[str, LocalizedText]
    instructions: Mapping[str, LocalizedText]
    ends_by: Mapping[Trigger, LocalizedText]
    remedies: Mapping[Trigger, LocalizedText]


def _articles_named(table: Table, shelf: Shelf) -> tuple[str, ...]:
    keys = table.strings("basis")
    for key in keys:
        known(table, "basis", key, shelf.bases)
    return keys


def read_rows(root: Table, shelf: Shelf, area: Area | None, faults: Faults) -> list[Row]:
    """Read the rows of an area's file, or (*area* None) of the profile, which has those of grades B and C alone.

    A row that is at fault is noted and left out; raises ``ConfigurationError`` where there are none at all.
    """
    rows: list[Row] = []
    for table in root.tables("row"):
        with faults.noting():
            cells = _cells(table, shelf, area)
            faults.read_at(table, *(row.rule_id for row in cells))
            rows += cells
    return rows


def _cells(table: Table, shelf: Shelf, area: Area | None) -> list[Row]:
    triggers = [known(table, "triggers", name, Trigger.__members__) for name in several(table, "triggers")]
    for trigger in triggers:
        if (trigger in GRADE_TRIGGERS) is not (area is None):
            raise table.error("triggers", f"{trigger.name} does not belong into this file")
    points = decision_points(table, area)
    step = at_least_one(table, "step")
    when = read_condition(table, points[0].area)
    effect = known(table, "effect", table.take("effect", str), Effect.__members__)
    basis = _articles_named(table, shelf)
    adopted_by = known(table, "adopted_by", table.take("adopted_by", str), shelf.authorities)
    instruction = known(table, "instruction", table.take("instruction", str), shelf.instructions)
    security = _security(table.table("security")) if table.has("security") else None
    contested = table.take("basis_contested", bool) if table.has("basis_contested") else False
    table.close()
    return [
        Row(
            rule_id=rule_id_of(trigger, point, step),
            trigger=trigger,
            point=point,
            step=step,
            when=when,
            effect=effect,
            basis=basis if effect is Effect.NONE else (*basis, *shelf.trigger_bases[trigger]),
            adopted_by=adopted_by,
            instruction=instruction,
            ends_by=shelf.ends_by[trigger],
            remedy=shelf.remedies[trigger],
            security=security,
            basis_contested=contested,
        )
        for trigger in triggers
        for point in points
    ]


def _security(table: Table) -> SecurityBoundRule:
    rule = SecurityBoundRule(
        kind=known(table, "kind", table.take("kind", str), SecurityKind.__members__),
        surcharge_percent=table.take("surcharge_percent", int),
        cap_basis_points=table.take("cap_basis_points", int),
    )
    table.close()
    return rule


def read_deposit(table: Table) -> DepositRules:
    """Read what the province or city sets about the wage deposit; a deposit area that is not said is the narrowest.

    Raises:
        ConfigurationError: A number is malformed, the rate is no ordinary one (D-02), or no area is so long.
    """
    small = at_least_one(table, "small_contract_fen")
    rate = table.take("rate_basis_points", int) if table.has("rate_basis_points") else None
    if rate is not None and not LOWEST_RATE <= rate <= HIGHEST_RATE:
        raise table.error("rate_basis_points", f"must be {LOWEST_RATE} to {HIGHEST_RATE} (D-02)")
    digits = table.take("area_digits", int) if table.has("area_digits") else NARROWEST_AREA
    if digits not in AREA_DIGITS:
        raise table.error("area_digits", "must be 2 (province), 4 (city) or 6 (county)")
    cap = at_least_one(table, "project_cap_fen") if table.has("project_cap_fen") else 0
    table.close()
    return DepositRules(small, rate, digits, cap)


def read_incentives(root: Table, shelf: Shelf, area: Area | None, faults: Faults) -> list[Incentive]:
    """Return every incentive of a file, one for each point that it names; one that is at fault is noted."""
    incentives: list[Incentive] = []
    for table in root.tables("incentive") if root.has("incentive") else []:
        with faults.noting():
            earned = _entitlements(table, shelf, area)
            faults.read_at(table, *(incentive.rule_id for incentive in earned))
            incentives += earned
    return incentives


def _entitlements(table: Table, shelf: Shelf, area: Area | None) -> list[Incentive]:
    points = decision_points(table, area)
    rule_id = text(table, "rule_id")
    by_grade = rule_id not in CLEAN_MONTHS
    letters = several(table, "letters") if by_grade else ()
    common = Incentive(
        rule_id=rule_id,
        point=points[0],
        letters=frozenset(known(table, "letters", name, GradeLetter.__members__) for name in letters),
        held_months=table.take("held_months", int) if by_grade else 0,
        red_list=table.take("red_list", bool) if by_grade else False,
        when=read_condition(table, points[0].area),
        entitlement=LocalizedText(zh=text(table, "zh"), en=text(table, "en")),
        basis=_articles_named(table, shelf),
    )
    table.close()
    return [replace(common, point=point) for point in points]

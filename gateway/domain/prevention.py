"""What an early warning is, when one is given, and what may be earned by waiting: the values of prevention.

Which warnings there are about an enterprise is in ``early_warnings``. None of this weighs anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gateway.domain.shiyan_grades import ShiyanRules
from gateway.domain.vocabulary import GradeLetter, Word

if TYPE_CHECKING:
    from datetime import date

    from formats.calendar import WorkingCalendar
    from gateway.domain.policy import LocalizedText, Policy


class EarlyWarningKind(Word):
    """What is warned of."""

    NEAR_GRADE_B = 1
    WAGE_ACCOUNT_MISSING = 2
    REAL_NAME_MISSING = 3
    AGENT_PAYMENT_MISSING = 4
    DEPOSIT_MISSING = 5
    NOTICE_BOARD_MISSING = 6
    ORDER_NEARLY_DUE = 7
    A_YEARS_NEARLY_COMPLETE = 8
    WAGE_ACCOUNT_UNFUNDED = 9


@dataclass(frozen=True, slots=True)
class WarningParameters:
    """When a warning is given. None of these numbers is the law's.

    Raises:
        ValueError: A value is below 1; the message begins with its name.
    """

    near_grade_b_incidents: int = 2
    """Near B is who would be graded B after so many more verified incidents, or fewer."""
    order_working_days: int = 3
    """An order to pay is nearly due in so many last working days, its last one included."""
    a_years_days: int = 60
    """Years of grade A are nearly complete in so many last days."""

    def __post_init__(self) -> None:
        for name in ("near_grade_b_incidents", "order_working_days", "a_years_days"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name}: at least 1 is expected, not {getattr(self, name)}")


@dataclass(frozen=True, slots=True)
class Milestone:
    """Something that is earned by holding grade A for so many months (G-06)."""

    rule_id: str
    months: int


@dataclass(frozen=True, slots=True)
class Prevention:
    """By what an enterprise is looked at."""

    rules: ShiyanRules
    """The local method's: its B is near or far, and its A earns by being held."""
    milestones: tuple[Milestone, ...]
    calendar: WorkingCalendar
    parameters: WarningParameters


@dataclass(frozen=True, slots=True)
class EarlyWarning:
    """One warning."""

    kind: EarlyWarningKind
    rule_id: str
    record_ids: tuple[str, ...]
    """The facts behind it: of complaints, a check of the five systems, acts of a listing; empty where time alone is."""
    on: date
    """The civil day that matters: when the oldest incident leaves the window, of the check, when the order is due, when
    the years are complete."""
    text: LocalizedText
    project: str = ""
    """Of the five systems."""
    unknown: bool = False
    """Of the five systems: the check could not tell."""


def local_rules(policy: Policy) -> ShiyanRules:
    """Return the local method's rules, whether its grades weigh under the policy or are only shown.

    Raises:
        LookupError: The policy has none: never one that was loaded from files.
    """
    for rules in (policy.grade_rules, *policy.shown_grades):
        if isinstance(rules, ShiyanRules):
            return rules
    raise LookupError(f"the profile {policy.profile} has no rules of the local method")


def milestones_of(policy: Policy) -> tuple[Milestone, ...]:
    """Return what the policy gives for holding grade A, each once, in order of rule and months."""
    found = {
        (incentive.rule_id, incentive.held_months)
        for incentive in policy.incentives
        if incentive.held_months and GradeLetter.A in incentive.letters
    }
    return tuple(Milestone(rule_id, months) for rule_id, months in sorted(found))

"""What an enterprise's good record earns it at a decision point, and when that changes by time alone.

The policy names the incentives; here they are matched with the record. Whether a restriction suspends them is decided
in ``eligibility``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from formats.civil import add_months, civil_date, midnight
from gateway.domain import deposits
from gateway.domain.policy import Merits
from gateway.domain.vocabulary import SecurityKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gateway.domain.case_facts import CaseFacts
    from gateway.domain.deposit_record import Projects
    from gateway.domain.deposits import Entitlement
    from gateway.domain.grades import Grade
    from gateway.domain.policy import Incentive, Policy
    from gateway.domain.timeline import Standing
    from gateway.domain.vocabulary import DecisionPoint


@dataclass(frozen=True, slots=True)
class EarnedIncentive:
    """An incentive that is earned."""

    incentive: Incentive
    local_more_generous: bool
    """It is a local rule's, and gives more than the national rule gives for the same record (D-10)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Where and when incentives are asked about."""

    point: DecisionPoint
    facts: CaseFacts
    as_of: datetime


def earned(
    asked: Asked, standing: Standing, policy: Policy, projects: Projects
) -> tuple[tuple[EarnedIncentive, ...], tuple[datetime, ...]]:
    """Return what is earned, in the policy's order, and the instants at which time alone earns or loses another.

    Raises:
        MalformedRequestError: A case fact that an incentive looks at was not sent, or is a date after the moment.
    """
    if not can_earn(asked.point, asked.facts, policy):
        return (), ()
    day = civil_date(asked.as_of)
    deposit: tuple[Entitlement, ...] = ()
    changes = list(_held_longer(asked, standing.grade, policy))
    if asked.facts.security_kind is SecurityKind.WAGE_DEPOSIT:
        here = projects.since(asked.facts.project_region, policy.deposits.area_digits)
        case = deposits.DepositCase(asked.facts.contract_amount_fen, projects.systems_in_place, here)
        deposit = deposits.national(standing.arrears, case, policy.deposits, day)
        changes += deposits.changes_after(standing.arrears, case, day)
    merits = Merits(standing.grade, standing.red_listed, frozenset(each.rule_id for each in deposit))
    found = policy.incentives_at(asked.point, asked.facts, merits, asked.as_of)
    return tuple(EarnedIncentive(each, _more_generous(each, deposit)) for each in found), tuple(changes)


def can_earn(point: DecisionPoint, facts: CaseFacts, policy: Policy) -> bool:
    """Return whether anything can be earned there, now or later, whatever the record."""
    return bool(policy.incentives_of(point)) or facts.security_kind is SecurityKind.WAGE_DEPOSIT


def _more_generous(incentive: Incentive, deposit: tuple[Entitlement, ...]) -> bool:
    """Compare a local rule about the deposit with what the national one gives; others have nothing to compare with."""
    percent = deposits.CHANGES.get(incentive.rule_id)
    if percent is None or incentive.by_deposit_rule or not deposit:
        return False
    return deposits.more_generous((deposits.Entitlement(incentive.rule_id, percent),), deposit)


def _held_longer(asked: Asked, grade: Grade, policy: Policy) -> Iterable[datetime]:
    """Yield the instants ahead at which *grade*, held on, earns another incentive at the point."""
    if grade.held_since is None:
        return
    since = civil_date(grade.held_since)
    for incentive in policy.incentives_of(asked.point):
        if incentive.held_months and grade.letter in incentive.letters:
            when = midnight(add_months(since, incentive.held_months))
            if when > asked.as_of:
                yield when

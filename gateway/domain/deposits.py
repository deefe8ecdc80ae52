"""The wage deposit (工资保证金): what an enterprise's record earns it by the national rule and by the local one.

Records in, entitlements out, both rules side by side (D-02 to D-06, G-06, D-10), and what a raise comes to; how a file
becomes such a record is in ``deposit_record``. Whether a restriction in force suspends an entitlement is decided in
``eligibility``, and what raises security there are rows of the policy; the rate itself is the province's, and
configuration (D-09).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats.civil import add_months, civil_date, midnight
from gateway.domain.vocabulary import GradeLetter

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

    from gateway.domain.deposit_record import ArrearsRecord
    from gateway.domain.grades import Grade

LOWEST_RATE: Final = 100
HIGHEST_RATE: Final = 300
"""Ordinary rates, in basis points of the contract amount; half the lowest is the least that D-02 allows."""
LOOKBACK_MONTHS: Final = 24
"""Arrears in the previous two years raise it (D-06), and none in two years lower it (D-04)."""
EXEMPT: Final = -100
ORDINARY: Final = "D-02"
SMALL: Final = "D-03"
CLEAN_TWO_YEARS: Final = "D-04"
CLEAN_THREE_YEARS: Final = "D-05"
RAISED: Final = "D-06"
LOCAL_A: Final = "G-06"
CLEAN_MONTHS: Final = {SMALL: 12, CLEAN_TWO_YEARS: 24, CLEAN_THREE_YEARS: 36}
"""How long an enterprise must have been without arrears, in months."""
LOCAL_MONTHS: Final = 24
"""How long grade A must have been held for the local exemption (G-06)."""
CHANGES: Final = {SMALL: EXEMPT, CLEAN_TWO_YEARS: -50, CLEAN_THREE_YEARS: EXEMPT, LOCAL_A: EXEMPT}
"""By which percentage of the rate each rule lowers it: -100 is exempt, otherwise at least so much."""
LISTED_PERCENT: Final = 100
ARREARS_PERCENT: Final = 50
"""By which percentage of the rate it is raised at least (D-06)."""


@dataclass(frozen=True, slots=True)
class DepositRules:
    """What a province or city sets (D-03, D-09)."""

    small_contract_fen: int
    """Contracts below this amount may be exempt."""
    rate_basis_points: int | None
    """The ordinary rate, in basis points of the contract amount; None where it is not known, and then none is shown."""
    area_digits: int = 6
    """Projects whose division codes begin with the same so many digits lie in one deposit area (D-04)."""
    project_cap_fen: int = 0
    """The most that is deposited for one project (D-02); 0 when no cap is set."""


@dataclass(frozen=True, slots=True)
class DepositCase:
    """What a project's deposit is asked with."""

    contract_amount_fen: int | None
    """None where it is not known: then no contract counts as small."""
    systems_in_place: bool
    """Real-name registration and wage account are in place in every project (D-05)."""
    in_area_since: date | None
    """Civil date since which projects of its own are known in the deposit area of the new one (D-04); None when none
    are, or where the new one lies is not known: another area's years do not count."""


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What one rule makes of the ordinary rate, in percent of it: at least so much more or less; -100 is exempt."""

    rule_id: str
    percent: int


def national(record: ArrearsRecord, case: DepositCase, rules: DepositRules, on: date) -> tuple[Entitlement, ...]:
    """Return what the national rule gives on a civil day: a raise alone, or what lowers the rate, or the ordinary rate.

    Where both could be said, as of a small contract 18 months after arrears, the raise stands.
    """
    if record.listed:
        return (Entitlement(RAISED, LISTED_PERCENT),)
    last = record.last_on
    if record.owed or (last is not None and on < add_months(last, LOOKBACK_MONTHS)):
        return (Entitlement(RAISED, ARREARS_PERCENT),)
    clean = record.clean_since
    small = case.contract_amount_fen is not None and case.contract_amount_fen < rules.small_contract_fen
    counted = {
        SMALL: clean if small else None,
        CLEAN_TWO_YEARS: _clean_in_area(clean, case),
        CLEAN_THREE_YEARS: clean if case.systems_in_place else None,
    }
    earned = [
        Entitlement(rule_id, CHANGES[rule_id])
        for rule_id, since in counted.items()
        if since is not None and add_months(since, CLEAN_MONTHS[rule_id]) <= on
    ]
    return tuple(earned) or (Entitlement(ORDINARY, 0),)


def _clean_in_area(clean: date | None, case: DepositCase) -> date | None:
    """Return since when it has been without arrears and in the area; None when it is not known to be both."""
    return None if clean is None or case.in_area_since is None else max(clean, case.in_area_since)


def local(grade: Grade, on: date) -> tuple[Entitlement, ...]:
    """Return what the local rule gives for the 15333 grade on a civil day: empty when nothing (G-06)."""
    since = grade.held_since
    if grade.letter is not GradeLetter.A or since is None or add_months(civil_date(since), LOCAL_MONTHS) > on:
        return ()
    return (Entitlement(LOCAL_A, CHANGES[LOCAL_A]),)


def more_generous(some: Collection[Entitlement], others: Collection[Entitlement]) -> bool:
    """Return whether the best of *some* lowers the rate further than the best of *others*, who say something (D-10)."""
    return bool(some) and min(each.percent for each in some) < min(each.percent for each in others)


def changes_after(record: ArrearsRecord, case: DepositCase, on: date) -> Iterable[datetime]:
    """Yield the instants after a civil day at which time alone may change what the national rule gives."""
    clean, last = record.clean_since, record.last_on
    days = [add_months(clean, months) for months in CLEAN_MONTHS.values()] if clean is not None else []
    days += [add_months(last, LOOKBACK_MONTHS)] if last is not None else []
    here = _clean_in_area(clean, case)
    days += [add_months(here, CLEAN_MONTHS[CLEAN_TWO_YEARS])] if here is not None else []
    return (midnight(day) for day in days if day > on)


def rate_bound(entitlement: Entitlement, rules: DepositRules) -> int | None:
    """Return the rate that *entitlement* comes to, in basis points; None when no ordinary rate is configured (D-09).

    A raised rate is at least this, and may pass 3 % (D-06, A-50); a lowered one at most this.
    """
    if rules.rate_basis_points is None:
        return None
    exact = rules.rate_basis_points * (100 + entitlement.percent)
    return -(-exact // 100) if entitlement.percent > 0 else exact // 100


@dataclass(frozen=True, slots=True)
class Raised:
    """What a raise of the wage deposit comes to; the last two are None when no ordinary rate is configured (D-09)."""

    ordinary_from: int
    """The ordinary rate lies between these two, in basis points: the province's, or the national band (D-02)."""
    ordinary_to: int
    cap_fen: int
    """The most for one project; 0 when no cap is set."""
    rate_basis_points: int | None
    """The least raised rate, rounded up; it may pass 3 % (D-06, A-50)."""
    amount_fen: int | None
    """The least raised deposit, from the exact rate, rounded up to whole fen, within the cap."""


def raised(surcharge_percent: int, contract_amount_fen: int, rules: DepositRules) -> Raised:
    """Return what the ordinary rate, raised by at least so many percent of it, comes to for one contract (D-06)."""
    rate, cap = rules.rate_basis_points, rules.project_cap_fen
    if rate is None:
        return Raised(LOWEST_RATE, HIGHEST_RATE, cap, None, None)
    exact = -(-contract_amount_fen * rate * (100 + surcharge_percent) // 1_000_000)
    least = rate_bound(Entitlement(RAISED, surcharge_percent), rules)
    return Raised(rate, rate, cap, least, min(exact, cap) if cap else exact)

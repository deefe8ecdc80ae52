"""The wage deposit (工资保证金): what an enterprise's record earns it by the national rule and by the local one.

Facts in, entitlements out, both rules side by side (D-02 to D-06, G-06, D-10). Arrears are findings of arrears and
wage-arrears listings. Whether a restriction in force suspends an entitlement is decided in ``eligibility``, and what
raises security there are rows of the policy; the rate itself is the province's, and configuration (D-09).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats.civil import add_months, civil_date, midnight
from gateway.domain.kinds.arrears import ArrearsFinding
from gateway.domain.kinds.five_systems import FiveSystems, SystemStatus
from gateway.domain.listings import intervals_in_force, terms
from gateway.domain.vocabulary import GradeLetter, ListingActKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

    from gateway.domain.grades import Grade
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.records import Dossier

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


@dataclass(frozen=True, slots=True)
class ArrearsRecord:
    """What the deposit rules look at in an enterprise's record at one moment."""

    known_since: date | None = None
    """Civil date of its first profile; nothing is known of the time before."""
    last_on: date | None = None
    """Civil date of the latest finding or listing decision; None when there is none."""
    owed: bool = False
    """Arrears that were found are still owed."""
    listed: bool = False
    """A listing of its own is in force."""

    @property
    def clean_since(self) -> date | None:
        """Civil date since which it is known to be without arrears; None while some are owed, or nothing is known."""
        if self.known_since is None or self.owed or self.listed:
            return None
        return max(self.known_since, self.last_on or self.known_since)


NO_RECORD: Final = ArrearsRecord()
"""Of an enterprise of which nothing is known."""


@dataclass(frozen=True, slots=True)
class DepositCase:
    """What a project's deposit is asked with."""

    contract_amount_fen: int | None
    """None where it is not known: then no contract counts as small."""
    systems_in_place: bool
    """Real-name registration and wage account are in place in every project (D-05)."""


@dataclass(frozen=True, slots=True)
class Entitlement:
    """What one rule makes of the ordinary rate, in percent of it: at least so much more or less; -100 is exempt."""

    rule_id: str
    percent: int


def arrears_at(dossier: Dossier, moment: datetime) -> ArrearsRecord:
    """Return what counts at *moment*. A void listing never counted; one not yet delivered does not count yet."""
    day = civil_date(moment)
    known = [profile.valid_from for profile in dossier.profiles if profile.valid_from <= day]
    findings = [finding for finding in _findings(dossier.facts) if finding.found_on <= day]
    days = [finding.found_on for finding in findings] + [on for since, on in _listed(dossier) if since <= moment]
    return ArrearsRecord(
        listed=any(moment in interval for listing in dossier.listings for interval in intervals_in_force(listing)),
        known_since=min(known, default=None),
        last_on=max(days, default=None),
        owed=any(finding.paid_on is None or day < finding.paid_on for finding in findings),
    )


def arrears_edges(dossier: Dossier) -> Iterable[datetime]:
    """Yield every instant at which ``arrears_at`` may give something else."""
    if dossier.profiles:
        yield midnight(min(profile.valid_from for profile in dossier.profiles))
    for finding in _findings(dossier.facts):
        yield midnight(finding.found_on)
        if finding.paid_on is not None:
            yield midnight(finding.paid_on)
    yield from (since for since, _ in _listed(dossier))
    for listing in dossier.listings:
        for interval in intervals_in_force(listing):
            yield from (interval.start, interval.end)


def _findings(facts: Iterable[Fact]) -> Iterable[ArrearsFinding]:
    return (fact for fact in facts if isinstance(fact, ArrearsFinding))


def _listed(dossier: Dossier) -> Iterable[tuple[datetime, date]]:
    """Yield each listing's first instant in force with the civil date of its decision."""
    for listing in dossier.listings:
        for term in () if listing.is_void else terms(listing):
            if term.begins is not None and term.decision.kind is ListingActKind.DECISION:
                yield term.begins, term.decision.on


def latest_checks(facts: Iterable[Fact], on: date) -> tuple[FiveSystems, ...]:
    """Return the latest check by *on* of the five systems of every project, in the order of the projects' names."""
    latest: dict[str, FiveSystems] = {}
    checks = [fact for fact in facts if isinstance(fact, FiveSystems) and fact.checked_on <= on]
    for check in sorted(checks, key=lambda check: (check.checked_on, check.record_id)):
        latest[check.project] = check
    return tuple(latest[project] for project in sorted(latest))


def systems_in_place(facts: Iterable[Fact], on: date) -> bool:
    """Return whether the latest check of every project by *on* found real-name registration and wage account (D-05).

    Without any check they are not known to be in place.
    """
    checks = latest_checks(facts, on)
    done = {SystemStatus.OK, SystemStatus.NOT_APPLICABLE}
    return bool(checks) and all({check.real_name, check.wage_account} <= done for check in checks)


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
    met = {
        SMALL: case.contract_amount_fen is not None and case.contract_amount_fen < rules.small_contract_fen,
        CLEAN_TWO_YEARS: True,
        CLEAN_THREE_YEARS: case.systems_in_place,
    }
    earned = [
        Entitlement(rule_id, CHANGES[rule_id])
        for rule_id, months in CLEAN_MONTHS.items()
        if met[rule_id] and clean is not None and add_months(clean, months) <= on
    ]
    return tuple(earned) or (Entitlement(ORDINARY, 0),)


def local(grade: Grade, on: date) -> tuple[Entitlement, ...]:
    """Return what the local rule gives for the 15333 grade on a civil day: empty when nothing (G-06)."""
    since = grade.held_since
    if grade.letter is not GradeLetter.A or since is None or add_months(civil_date(since), LOCAL_MONTHS) > on:
        return ()
    return (Entitlement(LOCAL_A, CHANGES[LOCAL_A]),)


def more_generous(some: Collection[Entitlement], others: Collection[Entitlement]) -> bool:
    """Return whether the best of *some* lowers the rate further than the best of *others*, who say something (D-10)."""
    return bool(some) and min(each.percent for each in some) < min(each.percent for each in others)


def changes_after(record: ArrearsRecord, on: date) -> Iterable[datetime]:
    """Yield the instants after a civil day at which time alone may change what the national rule gives."""
    clean, last = record.clean_since, record.last_on
    days = [add_months(clean, months) for months in CLEAN_MONTHS.values()] if clean is not None else []
    days += [add_months(last, LOOKBACK_MONTHS)] if last is not None else []
    return (midnight(day) for day in days if day > on)


def rate_bound(entitlement: Entitlement, rules: DepositRules) -> int | None:
    """Return the rate that *entitlement* comes to, in basis points; None when no ordinary rate is configured (D-09).

    A raised rate is at least this, and may pass 3 % (D-06, A-50); a lowered one at most this.
    """
    if rules.rate_basis_points is None:
        return None
    exact = rules.rate_basis_points * (100 + entitlement.percent)
    return -(-exact // 100) if entitlement.percent > 0 else exact // 100

"""What the wage-deposit rules look at in an enterprise's file: its arrears, and its projects.

Arrears are findings of arrears and wage-arrears listings. What follows from them is in ``deposits``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from formats.civil import civil_date, midnight
from gateway.domain.kinds.arrears import ArrearsFinding
from gateway.domain.kinds.five_systems import FiveSystems, SystemStatus
from gateway.domain.kinds.wage_deposit import WageDeposit
from gateway.domain.listings import intervals_in_force, terms
from gateway.domain.vocabulary import ListingActKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime

    from gateway.domain.kinds.fact import Fact
    from gateway.domain.records import Dossier


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


def arrears_at(dossier: Dossier, moment: datetime) -> ArrearsRecord:
    """Return what counts at *moment*. A void listing never counted; one not yet delivered does not count yet."""
    return arrears_of(dossier)(moment)


def arrears_of(dossier: Dossier) -> Callable[[datetime], ArrearsRecord]:
    """Return ``arrears_at`` of *dossier*, for many moments: what does not depend on the moment is computed once."""
    since = [profile.valid_from for profile in dossier.profiles]
    found = list(_findings(dossier.facts))
    listed = list(_listed(dossier))
    in_force = [interval for listing in dossier.listings for interval in intervals_in_force(listing)]

    def at(moment: datetime) -> ArrearsRecord:
        day = civil_date(moment)
        findings = [finding for finding in found if finding.found_on <= day]
        days = [finding.found_on for finding in findings] + [on for begins, on in listed if begins <= moment]
        return ArrearsRecord(
            listed=any(moment in interval for interval in in_force),
            known_since=min((first for first in since if first <= day), default=None),
            last_on=max(days, default=None),
            owed=any(finding.paid_on is None or day < finding.paid_on for finding in findings),
        )

    return at


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


@dataclass(frozen=True, slots=True)
class Projects:
    """What is on record of an enterprise's projects on one civil day."""

    systems_in_place: bool = False
    """Real-name registration and wage account were found in place in every project that was checked (D-05)."""
    first_days: frozenset[tuple[str, date]] = frozenset()
    """Division codes of its projects, each with the civil dates of what is on record of them there."""

    def since(self, region: str | None, digits: int) -> date | None:
        """Return the first civil day of a project in the deposit area of *region*; None when none is known (D-04).

        An area is all divisions whose codes begin with the same *digits*.
        """
        if region is None:
            return None
        return min((day for code, day in self.first_days if code[:digits] == region[:digits]), default=None)


NO_PROJECTS: Final = Projects()
"""Of an enterprise of whose projects nothing is known."""


def projects_on(facts: Iterable[Fact], on: date) -> Projects:
    """Return what was on record of projects by *on*: of their deposits and of the checks of their systems.

    A record that does not say where its project is stands for no place.
    """
    known = tuple(facts)
    days = [(fact.project_region, fact.checked_on) for fact in known if isinstance(fact, FiveSystems)]
    days += [(fact.project_region, fact.opened_on) for fact in known if isinstance(fact, WageDeposit)]
    return Projects(systems_in_place(known, on), frozenset((code, day) for code, day in days if code and day <= on))


def systems_in_place(facts: Iterable[Fact], on: date) -> bool:
    """Return whether the latest check of every project by *on* found real-name registration and wage account (D-05).

    Without any check they are not known to be in place.
    """
    checks = latest_checks(facts, on)
    done = {SystemStatus.OK, SystemStatus.NOT_APPLICABLE}
    return bool(checks) and all({check.real_name, check.wage_account} <= done for check in checks)

"""The national method: once a year, on the record of the calendar year before (G-20 to G-24).

Every enterprise with a profile is graded, not construction units alone. What is found out late about a year changes its
grade once it is known, from the evaluation on: a grade is computed from what is on record, never kept. There is no
watching, no open grade and no recovery to confirm here: the next year's evaluation is the way out. What all methods
share is in ``grades``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from formats.civil import civil_date, midnight
from gateway.domain.grades import Grade, GradeCause, Scale, spanned
from gateway.domain.kinds.conviction import Conviction
from gateway.domain.kinds.labour_violation import Circumstance, LabourViolation
from gateway.domain.listings import terms
from gateway.domain.national_suppositions import RunningYear, supposed
from gateway.domain.vocabulary import GradeLetter, ListingActKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from gateway.domain.kinds.fact import Fact
    from gateway.domain.listings import Listing
    from gateway.domain.records import Dossier
    from gateway.domain.suppositions import Alternatives

SCHEME: Final = "national-2016"
MANY: Final = 3
"""Violations punished in one year from which the grade is C (G-23, number 1)."""
VIOLATION: Final = "violation"
CIRCUMSTANCES: Final = {
    Circumstance.MASS_EVENT: "mass event",
    Circumstance.EXTREME_EVENT: "extreme event",
    Circumstance.SERIOUS_SOCIAL_EFFECT: "serious social effect",
    Circumstance.CHILD_OR_FORCED_LABOUR: "child or forced labour",
    Circumstance.REFUSED_TO_PERFORM: "order not performed",
    Circumstance.OBSTRUCTED_INSPECTION: "inspection obstructed",
}
"""Kinds of causes of C that a violation's circumstances give (G-23, numbers 2 to 5)."""
SERIOUS: Final = frozenset({*CIRCUMSTANCES.values(), "listing", "conviction"})
"""Kinds of causes of C by themselves: a wage-arrears listing states an order that was not performed (G-23, L-03)."""


@dataclass(frozen=True, slots=True)
class NationalRules:
    """The method as a policy profile runs it."""

    version: str
    territory: str
    evaluated_month: int
    evaluated_day: int
    """Civil day of each year from whose first instant the grade for the year before holds; never 29 February."""
    conviction_months: int
    """How long an effective conviction weighs by itself (TR6); the grade looks at its year alone."""

    @property
    def scale(self) -> Scale:
        """What its letters are read with."""
        return _scale(self.version, self.territory)

    @property
    def never_rated(self) -> Grade:
        """The grade of an enterprise before its first evaluation."""
        return Grade(self.scale, GradeLetter.NOT_RATED, "G-20", ())

    def evaluation_of(self, year: int) -> datetime:
        """Return the first instant of the grade on the record of *year*."""
        return midnight(date(year + 1, self.evaluated_month, self.evaluated_day))

    def year_at(self, moment: datetime) -> int:
        """Return the calendar year whose record a grade at *moment* looks at."""
        day = civil_date(moment)
        evaluated = (day.month, day.day) >= (self.evaluated_month, self.evaluated_day)
        return day.year - (1 if evaluated else 2)

    def period_at(self, moment: datetime) -> str:
        """Return the calendar year on whose record a grade at *moment* rests."""
        return str(self.year_at(moment))

    def graded(self, dossier: Dossier) -> list[tuple[datetime, Grade]]:
        """Return every grade in order with the instant from which it holds; years that change nothing are left out."""
        if not dossier.profiles:
            return []
        causes = causes_of(dossier, self)
        first = self.evaluation_of(min(profile.valid_from for profile in dossier.profiles).year)
        edges = {first, *(edge for cause in causes for edge in (cause.counts_from, cause.counts_until) if edge)}
        walked = [(edge, Grade(self.scale, *letter_at(dossier, causes, self, edge))) for edge in sorted(edges)]
        return spanned(walked, self.never_rated)

    def supposed(self, dossier: Dossier, grade: Grade, moment: datetime) -> Iterable[Alternatives]:
        """Return what might change *grade*, or the grade on the year that is not over at *moment*."""
        year = civil_date(moment).year
        return supposed(dossier, grade, RunningYear(self.evaluation_of(year), midnight(date(year + 1, 1, 1))), MANY)


@lru_cache
def _scale(version: str, territory: str) -> Scale:
    return Scale(SCHEME, version, territory)


def causes_of(dossier: Dossier, rules: NationalRules) -> tuple[GradeCause, ...]:
    """Return every fact that can weigh on the grade, each with the year between evaluations in which it counts.

    A listing counts from its delivery where that is later (A-126).
    """
    listed = (cause for listing in dossier.listings for cause in _listing(listing, rules))
    found = [*listed, *(cause for fact in dossier.facts for cause in _causes(fact, rules))]
    return tuple(sorted(found, key=lambda cause: (cause.counts_from, cause.kind, cause.record_id)))


def _listing(listing: Listing, rules: NationalRules) -> Iterable[GradeCause]:
    """A listing decided in the year, delivered and not void; a restoring decision says nothing of that year's order."""
    for term in terms(listing):
        decision = term.decision
        if listing.is_void or term.begins is None or decision.kind is not ListingActKind.DECISION:
            continue
        since, until = rules.evaluation_of(decision.on.year), rules.evaluation_of(decision.on.year + 1)
        if term.begins < until:
            number = decision.document_number
            yield GradeCause(listing.listing_id, "listing", number, max(since, term.begins), until)


def _causes(fact: Fact, rules: NationalRules) -> Iterable[GradeCause]:
    if isinstance(fact, LabourViolation):
        for kind in (VIOLATION, *(CIRCUMSTANCES[circumstance] for circumstance in sorted(set(fact.circumstances)))):
            yield _cause(fact, kind, fact.decided_on, rules)
    elif isinstance(fact, Conviction):
        yield _cause(fact, "conviction", fact.effective_on, rules)


def _cause(fact: Fact, kind: str, on: date, rules: NationalRules) -> GradeCause:
    since, until = rules.evaluation_of(on.year), rules.evaluation_of(on.year + 1)
    return GradeCause(fact.record_id, kind, fact.document_number, since, until)


def letter_at(
    dossier: Dossier, causes: Sequence[GradeCause], rules: NationalRules, moment: datetime
) -> tuple[GradeLetter, str, tuple[GradeCause, ...]]:
    """Return letter, rule and the causes used at *moment*.

    ``NOT_RATED`` for an enterprise that had no profile in the year looked at (G-20).
    """
    if dossier.profile_on(date(rules.year_at(moment), 12, 31)) is None:
        return GradeLetter.NOT_RATED, "G-20", ()
    live = tuple(cause for cause in causes if cause.counts_at(moment))
    many = sum(cause.kind == VIOLATION for cause in live) >= MANY
    serious = tuple(cause for cause in live if cause.kind in SERIOUS or (many and cause.kind == VIOLATION))
    if serious:
        return GradeLetter.C, "G-23", serious
    if live:
        return GradeLetter.B, "G-22", live
    return GradeLetter.A, "G-21", ()

"""The 15333 method: facts in, credit grades and their reasons out (G-01 to G-15).

It runs by the facts of the moment (G-07), and comes from verified facts of the authority only: a published notice
lowers no grade, and neither does a referral (T-60). What all methods share is in ``grades``.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from formats.civil import add_months, civil_date, midnight
from gateway.domain.grades import RECOVERABLE, Grade, GradeCause, Scale, spanned
from gateway.domain.incidents import incidents_of
from gateway.domain.kinds.arrears import ArrearsFinding
from gateway.domain.kinds.complaint import Complaint
from gateway.domain.kinds.conviction import Conviction
from gateway.domain.kinds.grade_recovery import GradeRecovery
from gateway.domain.kinds.malicious_claim import MaliciousClaim
from gateway.domain.kinds.publication import Publication
from gateway.domain.listings import decision_at, intervals_in_force
from gateway.domain.shiyan_suppositions import supposed
from gateway.domain.vocabulary import EnterpriseKind, GradeLetter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from gateway.domain.kinds.fact import Fact
    from gateway.domain.records import Dossier
    from gateway.domain.suppositions import Alternatives

SCHEME: Final = "shiyan-15333"
SERIOUS = frozenset({"listing", "publication", "conviction"})
"""Kinds of causes of C (G-13)."""
OWED = frozenset({"complaint owed", "arrears owed"})
"""Kinds of causes while wages are owed (G-12)."""


@dataclass(frozen=True, slots=True)
class ShiyanRules:
    """The method's numbers, which a policy profile sets (G-10 to G-14)."""

    version: str
    territory: str
    complaint_threshold: int
    """Incidents with a verified complaint in the window from which the grade is B (G-04: 6; X-22)."""
    window_months: int
    """Length of the rolling window in months (G-11: 24)."""
    conviction_months: int
    """How long an effective conviction is a cause of C, in months (G-13: 36)."""
    recovery_by_decision: bool
    """B and C end only by a decision of HRSS; otherwise by themselves, and HRSS confirms (G-14)."""

    @property
    def scale(self) -> Scale:
        """What its letters are read with."""
        return _scale(self.version, self.territory)

    @property
    def never_rated(self) -> Grade:
        """The grade of an enterprise before its first."""
        return Grade(self.scale, GradeLetter.NOT_RATED, "G-01", ())

    def period_at(self, _moment: datetime) -> str:
        """Return the rolling window, which is of one length at every moment (G-11)."""
        return f"{self.window_months} months"

    def graded(self, dossier: Dossier) -> list[tuple[datetime, Grade]]:
        """Return every grade in order with the instant from which it holds, recovery included (G-14)."""
        causes = causes_of(dossier, self)
        recoveries = {midnight(fact.decided_on) for fact in dossier.facts if isinstance(fact, GradeRecovery)}
        edges = recoveries | {midnight(profile.valid_from) for profile in dossier.profiles}
        edges.update(cause.counts_from for cause in causes)
        edges.update(cause.counts_until for cause in causes if cause.counts_until is not None)
        walked: list[tuple[datetime, Grade]] = []
        before = self.never_rated
        for instant in sorted(edges):
            fresh = Grade(self.scale, *letter_at(dossier, causes, self, instant))
            before = _recovered(before, fresh, self, decided=instant in recoveries)
            walked.append((instant, before))
        return spanned(walked, self.never_rated)

    def supposed(self, dossier: Dossier, grade: Grade, _moment: datetime) -> Iterable[Alternatives]:
        """Return what might change *grade*."""
        return supposed(dossier, grade, self.complaint_threshold)


@lru_cache
def _scale(version: str, territory: str) -> Scale:
    return Scale(SCHEME, version, territory)


def _recovered(before: Grade, fresh: Grade, rules: ShiyanRules, *, decided: bool) -> Grade:
    """Let B or C end as the profile says (G-14): by itself and to be confirmed, or only by a decision."""
    better = before.letter in RECOVERABLE and fresh.better_than(before)
    if better and rules.recovery_by_decision and not decided:
        return replace(before, rule_id="G-14")
    due = (better or before.confirmation_due) and fresh.letter not in RECOVERABLE and not decided
    return replace(fresh, confirmation_due=True) if due else fresh


def causes_of(dossier: Dossier, rules: ShiyanRules) -> tuple[GradeCause, ...]:
    """Return every fact that can weigh on the grade, each with the instants between which it counts.

    Published notices are left out, and so is what never counts, such as a complaint verified after it left the window,
    or one that was found to be a malicious claim.
    """
    malicious = {fact.complaint_record_id for fact in dossier.facts if isinstance(fact, MaliciousClaim)}
    incidents = incidents_of(dossier.facts)
    found = [*_listings(dossier)]
    for fact in dossier.facts:
        if isinstance(fact, Complaint):
            if fact.record_id not in malicious:
                found.extend(_complaint(fact, incidents[fact.record_id], rules))
        else:
            found.extend(_causes(fact, rules))
    counting = (cause for cause in found if cause.counts_until is None or cause.counts_from < cause.counts_until)
    return tuple(sorted(counting, key=lambda cause: (cause.counts_from, cause.kind, cause.record_id)))


def _listings(dossier: Dossier) -> Iterable[GradeCause]:
    """A listing is a cause of C while it is in force (G-13)."""
    for listing in dossier.listings:
        for interval in intervals_in_force(listing):
            number = decision_at(listing, interval.start).document_number
            yield GradeCause(listing.listing_id, "listing", number, interval.start, interval.end)


def _causes(fact: Fact, rules: ShiyanRules) -> Iterable[GradeCause]:
    if isinstance(fact, Publication) and fact.for_wages:
        yield _cause(fact, "publication", fact.published_on, fact.display_until)
    elif isinstance(fact, Conviction):
        yield _cause(fact, "conviction", fact.effective_on, add_months(fact.effective_on, rules.conviction_months))
    elif isinstance(fact, ArrearsFinding):
        yield _cause(fact, "arrears owed", fact.found_on, fact.paid_on)
        yield _cause(fact, "arrears found", fact.found_on, add_months(fact.found_on, rules.window_months))


def _complaint(complaint: Complaint, incident: str, rules: ShiyanRules) -> Iterable[GradeCause]:
    """A complaint counts once verified, and leaves at the anniversary's midnight (G-10, G-11).

    Wages that it found owed stay owed until they are settled, in the window or out of it (G-12).
    """
    verified = max(complaint.accepted_on, complaint.verified_on)
    leaves = add_months(complaint.accepted_on, rules.window_months)
    yield replace(_cause(complaint, "complaint", verified, leaves), incident_id=incident or complaint.record_id)
    yield _cause(complaint, "complaint owed", verified, complaint.settled_on)


def _cause(fact: Fact, kind: str, since: date, until: date | None) -> GradeCause:
    ends = midnight(until) if until else None
    return GradeCause(fact.record_id, kind, fact.document_number, midnight(since), ends)


def letter_at(
    dossier: Dossier, causes: Iterable[GradeCause], rules: ShiyanRules, moment: datetime
) -> tuple[GradeLetter, str, tuple[GradeCause, ...]]:
    """Return letter, rule and the causes used at *moment*, by the facts alone (recovery apart).

    ``NOT_RATED`` for an enterprise that is no construction unit (G-01), has no profile yet, or is dormant without a
    cause of C (G-15).
    """
    live = [cause for cause in causes if cause.counts_at(moment)]
    profile = dossier.profile_on(civil_date(moment))
    if profile is None or not profile.construction_unit:
        return GradeLetter.NOT_RATED, "G-01", ()
    serious = tuple(cause for cause in live if cause.kind in SERIOUS)
    if serious:
        return GradeLetter.C, "G-13", serious
    if profile.kind is EnterpriseKind.LOCAL_REG_DORMANT_2Y:
        return GradeLetter.NOT_RATED, "G-15", ()
    complaints = tuple(cause for cause in live if cause.kind == "complaint")
    if len({cause.incident_id for cause in complaints}) >= rules.complaint_threshold:
        return GradeLetter.B, "G-04", complaints
    owed = tuple(cause for cause in live if cause.kind in OWED)
    if owed:
        return GradeLetter.UNDETERMINED, "G-12", owed
    if live:
        return GradeLetter.A_WATCH, "G-12", tuple(live)
    return GradeLetter.A, "G-04", ()

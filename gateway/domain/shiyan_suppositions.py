"""What would change a grade of the 15333 method: complaints, arrears, payment, and the end of what is serious."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from formats.civil import civil_date
from gateway.domain.kinds.arrears import ArrearsFinding
from gateway.domain.kinds.complaint import Complaint
from gateway.domain.kinds.grade_recovery import GradeRecovery
from gateway.domain.kinds.publication import Publication
from gateway.domain.listing_acts import Act
from gateway.domain.suppositions import Alternatives, Step, Supposition, more, without
from gateway.domain.vocabulary import GradeLetter, ListingActKind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import datetime

    from gateway.domain.grades import Grade
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.records import Dossier

SUPPOSED = "supposed"
"""Prefix of the ids of facts that are only supposed."""


def supposed(dossier: Dossier, grade: Grade, threshold: int) -> Iterable[Alternatives]:
    """Yield what would change *grade*; nothing for an enterprise that is not rated.

    Args:
        dossier: Its file.
        grade: Its grade at the moment asked about.
        threshold: Number of incidents from which the grade is B.
    """
    if grade.letter is GradeLetter.NOT_RATED:
        return
    if grade.letter < GradeLetter.B:
        rounds = [[_complaints(dossier, number)] for number in range(1, threshold + 1)]
        yield Alternatives(rounds, wanted=GradeLetter.B)
        yield Alternatives([[Supposition(Step.ARREARS_FOUND, lambda at: more(dossier, (_finding(at),)))]])
    if grade.letter is GradeLetter.UNDETERMINED:
        yield _rounds(grade, Step.PAYMENT, lambda ids, at: _paid(dossier, ids, at))
    if grade.letter is GradeLetter.C:
        yield _rounds(grade, Step.CAUSES_END, lambda ids, at: _ended(dossier, ids, at))
    yield Alternatives([[Supposition(Step.RECOVERY_DECIDED, lambda at: more(dossier, (_recovery(at),)))]])


def _rounds(grade: Grade, step: Step, change: Callable[[Collection[str], datetime], Dossier]) -> Alternatives:
    """Suppose it of each record alone, then of all together."""

    def of(ids: Collection[str]) -> Supposition:
        touched = tuple(cause for cause in grade.causes if cause.record_id in ids)
        return Supposition(step, lambda at: change(ids, at), count=len(ids), causes=touched)

    ids = tuple(dict.fromkeys(cause.record_id for cause in grade.causes))
    return Alternatives([[of({one}) for one in ids], [of(set(ids))]])


def _complaints(dossier: Dossier, number: int) -> Supposition:
    def happens(at: datetime) -> Dossier:
        day = civil_date(at)
        return more(
            dossier,
            [
                Complaint(
                    record_id=f"{SUPPOSED}-{place}",
                    accepted_on=day,
                    verified_on=day,
                    settled_on=None,
                )
                for place in range(number)
            ],
        )

    return Supposition(Step.MORE_COMPLAINTS, happens, count=number)


def _finding(at: datetime) -> ArrearsFinding:
    return ArrearsFinding(
        record_id=SUPPOSED,
        found_on=civil_date(at),
        paid_on=None,
        amount_fen=1,
        workers=1,
        malicious=False,
    )


def _recovery(at: datetime) -> GradeRecovery:
    return GradeRecovery(record_id=SUPPOSED, decided_on=civil_date(at))


def _paid(dossier: Dossier, ids: Collection[str], at: datetime) -> Dossier:
    def paid(fact: Fact) -> Fact:
        if fact.record_id in ids and isinstance(fact, Complaint):
            return replace(fact, settled_on=civil_date(at))
        if fact.record_id in ids and isinstance(fact, ArrearsFinding):
            return replace(fact, paid_on=civil_date(at))
        return fact

    return replace(dossier, facts=tuple(paid(fact) for fact in dossier.facts))


def _ended(dossier: Dossier, ids: Collection[str], at: datetime) -> Dossier:
    """Listings are repaired, displays end, and what cannot end by an act of its own is set aside."""
    day = civil_date(at)
    repair = Act(ListingActKind.REPAIR, day, "", "", SUPPOSED)
    publications = {fact.record_id for fact in dossier.facts if isinstance(fact, Publication)}
    others = set(ids) - publications - {listing.listing_id for listing in dossier.listings}
    return replace(
        without(dossier, others),
        listings=tuple(
            replace(each, acts=(*each.acts, repair)) if each.listing_id in ids else each for each in dossier.listings
        ),
        facts=tuple(
            replace(fact, display_until=day) if fact.record_id in ids and isinstance(fact, Publication) else fact
            for fact in dossier.facts
            if fact.record_id not in others
        ),
    )

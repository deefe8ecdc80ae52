"""The grounds on which an enterprise may be restricted: each fact's trigger, and the instants between which it weighs.

Facts in, grounds out. What a ground does in an area is policy, not here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from formats.civil import add_months, civil_date, midnight
from gateway.domain.disputes import disputed_in, disputes_of, edges_within
from gateway.domain.grades import evaluation_number
from gateway.domain.identity import doubted_at, edges_of
from gateway.domain.kinds.arrears import ArrearsFinding
from gateway.domain.kinds.conviction import Conviction
from gateway.domain.kinds.listing_elsewhere import ListingElsewhere, RemovedBy
from gateway.domain.kinds.penalty import Penalty
from gateway.domain.kinds.publication import Publication
from gateway.domain.kinds.published_notice import NoticeList, PublishedNotice
from gateway.domain.listings import TERM_MONTHS, Interval, decision_at, disputed_at, intervals_in_force, terms, turns
from gateway.domain.records import RelationKind
from gateway.domain.vocabulary import GradeLetter, Provenance, Trigger

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from gateway.domain.disputes import Open
    from gateway.domain.grades import Grade, GradeRules
    from gateway.domain.identity import Doubt
    from gateway.domain.kinds.fact import Fact
    from gateway.domain.listings import Listing
    from gateway.domain.records import Dossier

ARREARS_LOOKBACK_MONTHS = 24
"""TR7 looks back two years (A-50, D-06)."""

RELATION_TRIGGERS = {
    RelationKind.LEGAL_REPRESENTATIVE: Trigger.LISTED_PERSON,
    RelationKind.HEAD_OFFICE: Trigger.LISTED_BRANCH_RELATION,
    RelationKind.BRANCH: Trigger.LISTED_BRANCH_RELATION,
    RelationKind.PREDECESSOR: Trigger.LISTED_PREDECESSOR,
}
NOTICE_TRIGGERS = {
    NoticeList.WAGE_ARREARS_LISTING: Trigger.PUBLISHED_NOTICE,
    NoticeList.MAJOR_VIOLATION_PUBLICATION: Trigger.PUBLISHED_VIOLATION_NOTICE,
}
"""A publication is no listing (P-09), and so a notice of one weighs by rows of its own."""
SAME_NAME_TRIGGERS = {
    NoticeList.WAGE_ARREARS_LISTING: Trigger.SAME_NAME_RECORD,
    NoticeList.MAJOR_VIOLATION_PUBLICATION: Trigger.SAME_NAME_VIOLATION_RECORD,
}
GRADE_TRIGGERS = {
    GradeLetter.C: Trigger.GRADE_C,
    GradeLetter.B: Trigger.GRADE_B,
    GradeLetter.UNDETERMINED: Trigger.GRADE_UNDETERMINED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """One thing that weighs in [effective_from, effective_until); the latter is None when only an act ends it."""

    trigger: Trigger
    record_id: str
    authority: str
    document_number: str
    since: date
    """Civil date of the decision, finding or publication, from which look-backs are counted."""
    effective_from: datetime
    effective_until: datetime | None
    party_uscc: str
    relation: RelationKind = RelationKind.SELF
    provenance: Provenance = Provenance.AUTHORITY
    disputed: bool = False
    restriction: str = ""
    """For penalties: what it restricts."""
    malicious: bool = False
    """For arrears: the authority decided that they were malicious (A-60)."""
    earlier: tuple[Interval, ...] = ()
    """Stretches before ``effective_from`` in which it weighed, and then did not: a cut-off may lie in one (A-124)."""

    def holds_at(self, moment: datetime) -> bool:
        """Return whether it weighs at *moment*."""
        return self.effective_from <= moment and (self.effective_until is None or moment < self.effective_until)

    def came_after(self, moment: datetime) -> bool:
        """Return whether what weighs began after *moment* and did not weigh at it before an interruption either."""
        return moment < self.effective_from and not any(moment in stretch for stretch in self.earlier)

    def of_party(self, uscc: str, relation: RelationKind) -> Ground:
        """Return the same ground, shown as that of the party *uscc*, in *relation* to the enterprise asked about."""
        return replace(self, party_uscc=uscc, relation=relation)


class Weighing(NamedTuple):
    """A ground as it is shown over *span*, which lies within its own: only its being disputed may turn in between."""

    span: Interval
    ground: Ground


class _Dated(NamedTuple):
    """What a fact triggers, from which date look-backs count, and the days [start, end) in which it weighs."""

    trigger: Trigger
    since: date
    start: date
    end: date


def grounds_of(dossier: Dossier, rules: GradeRules) -> Iterable[Weighing]:
    """Yield every ground but the grade's, in no order."""
    for listing in dossier.listings:
        yield from listing_grounds(listing, Trigger.LISTING, RelationKind.SELF)
    for relation in dossier.relations:
        for listing in relation.listings:
            doubt = relation.doubts.get(listing.listing_id, ())
            yield from listing_grounds(listing, RELATION_TRIGGERS[relation.kind], relation.kind, doubt)
    contested = disputes_of(dossier.facts)
    before: dict[str, tuple[Interval, ...]] = {}
    for fact in dossier.facts:
        dated = _in_dossier(fact, dossier, rules)
        if dated is not None and dated.start < dated.end:
            weighing = _weighing(fact, dossier.uscc, dated)
            earlier = before.get(fact.record_id, ())  # a fact with a gap comes once for each stretch (C-02)
            before[fact.record_id] = (*earlier, weighing.span)
            whole = weighing._replace(ground=replace(weighing.ground, earlier=earlier)) if earlier else weighing
            yield from _split(whole, contested.get(fact.record_id, ()))


def listing_grounds(
    listing: Listing, trigger: Trigger, relation: RelationKind, doubt: Doubt = ()
) -> Iterable[Weighing]:
    """Yield one ground for each stretch in which it weighs, seen anew whenever its term or its dispute may turn.

    It is disputed by itself, or where *doubt* says that nobody is certain through whom it reaches here (X-02).
    """
    edges = sorted({*turns(listing), *edges_of(doubt)})
    in_force = intervals_in_force(listing)
    for place, whole in enumerate(in_force):
        starts = [whole.start, *(edge for edge in edges if whole.start < edge < whole.end)]
        for start, end in zip(starts, [*starts[1:], whole.end], strict=True):
            decision = decision_at(listing, start)
            ground = Ground(
                trigger=trigger,
                record_id=listing.listing_id,
                authority=decision.authority,
                document_number=decision.document_number,
                since=decision.on,
                effective_from=whole.start,
                effective_until=whole.end,
                party_uscc=listing.uscc,
                relation=relation,
                disputed=disputed_at(listing, start) or doubted_at(doubt, start),
                earlier=in_force[:place],
            )
            yield Weighing(Interval(start, end), ground)


def _in_dossier(fact: Fact, dossier: Dossier, rules: GradeRules) -> _Dated | None:
    """Return when a fact weighs beside the others of the enterprise."""
    if isinstance(fact, PublishedNotice):
        return _notice(fact, dossier)
    if isinstance(fact, ListingElsewhere):
        return _elsewhere(fact, dossier)
    return _dated(fact, rules)


def _elsewhere(fact: ListingElsewhere, dossier: Dossier) -> _Dated | None:
    """A listing decided elsewhere weighs for its term at most (L-13), unless the authority's own acts are here."""
    own = {(act.authority, act.document_number) for listing in dossier.listings for act in listing.acts}
    if (fact.authority, fact.document_number) in own or fact.removed_by is RemovedBy.REVOKED:
        return None
    known = (add_months(fact.listed_on, TERM_MONTHS), fact.expected_exit_on, fact.removed_on)
    until = min(day for day in known if day is not None)
    return _Dated(Trigger.LISTED_ELSEWHERE, fact.listed_on, fact.listed_on, until)


def _dated(fact: Fact, rules: GradeRules) -> _Dated | None:
    """Return when a fact weighs by itself, or None for the kinds that weigh only through the grade."""
    if isinstance(fact, Publication):
        return _Dated(Trigger.PUBLICATION, fact.published_on, fact.published_on, fact.display_until)
    if isinstance(fact, Conviction):
        until = add_months(fact.effective_on, rules.conviction_months)
        return _Dated(Trigger.CONVICTION, fact.effective_on, fact.effective_on, until)
    if isinstance(fact, Penalty) and fact.restricts_from is not None and fact.restricts_until is not None:
        return _Dated(Trigger.PENALTY, fact.decided_on, fact.restricts_from, fact.restricts_until)
    if isinstance(fact, ArrearsFinding):
        until = add_months(fact.found_on, ARREARS_LOOKBACK_MONTHS)
        return _Dated(Trigger.ARREARS_FINDING, fact.found_on, fact.found_on, until)
    return None


def _weighing(fact: Fact, uscc: str, dated: _Dated) -> Weighing:
    span = Interval(midnight(dated.start), midnight(dated.end))
    ground = Ground(
        trigger=dated.trigger,
        record_id=fact.record_id,
        authority=fact.authority,
        document_number=fact.document_number,
        since=dated.since,
        effective_from=span.start,
        effective_until=span.end,
        party_uscc=uscc,
        provenance=fact.provenance,
        restriction=fact.restriction.value if isinstance(fact, Penalty) and fact.restriction else "",
        malicious=isinstance(fact, ArrearsFinding) and fact.malicious,
    )
    return Weighing(span, ground)


def _split(whole: Weighing, disputes: tuple[Open, ...]) -> Iterable[Weighing]:
    """Yield *whole* as it is seen between the instants at which its being disputed turns."""
    start, end = whole.span.start, whole.span.end
    starts = [start, *edges_within(disputes, start, end)]
    for since, until in zip(starts, [*starts[1:], end], strict=True):
        ground = replace(whole.ground, disputed=disputed_in(disputes, since))
        yield Weighing(Interval(since, until), ground)


def _notice(notice: PublishedNotice, dossier: Dossier) -> _Dated | None:
    """A retyped notice weighs for at most the longest term its list can have, unless the authority's record is here.

    The listing's term runs from a decision that is not later than its publication, so three years from publication is
    an upper bound (L-13); a publication is displayed for at most three years (C-03).
    """
    if _superseded(notice, dossier):
        return None
    until = add_months(notice.published_on, TERM_MONTHS)
    return _Dated(NOTICE_TRIGGERS[notice.notice_list], notice.published_on, notice.published_on, until)


def _superseded(notice: PublishedNotice, dossier: Dossier) -> bool:
    """The authority's own decision arrived: one that this notice can have published, void ones included."""
    if notice.notice_list is NoticeList.WAGE_ARREARS_LISTING:
        decided = [term.decision.on for listing in dossier.listings for term in terms(listing)]
    else:
        decided = [fact.published_on for fact in dossier.facts if isinstance(fact, Publication)]
    return any(may_tell_of(notice, day) for day in decided)


def may_tell_of(notice: PublishedNotice, decided_on: date) -> bool:
    """Return whether a notice can have published what was decided on a civil day: within the longest term from then."""
    return decided_on <= notice.published_on < add_months(decided_on, TERM_MONTHS)


def grade_ground(uscc: str, grade: Grade, earlier: tuple[Interval, ...] = ()) -> tuple[Ground, ...]:
    """Return the ground that a grade gives; empty for letters that weigh nothing.

    Its document is the evaluation record; its end the next instant at which time alone changes the letter
    (C-30). *earlier* are the stretches before ``held_since`` in which the enterprise was restricted by its grade.
    """
    trigger = GRADE_TRIGGERS.get(grade.letter)
    if trigger is None or grade.held_since is None:
        return ()
    ground = Ground(
        trigger=trigger,
        record_id=f"{grade.scale.scheme}/{uscc}",
        authority="HRSS",
        document_number=evaluation_number(uscc, grade),
        since=civil_date(grade.held_since),
        effective_from=grade.held_since,
        effective_until=grade.changes_at,
        party_uscc=uscc,
        earlier=earlier,
    )
    return (ground,)

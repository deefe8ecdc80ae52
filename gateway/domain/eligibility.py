"""Decide whether an enterprise may go ahead with one activity at one moment.

A pure function: timelines and policy in, verdict and everything behind it out. No clock, no store, no wire. The order
of parties and grounds never matters, and one more ground never makes the verdict more lenient.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from formats.civil import add_months, civil_date, midnight
from gateway.domain.deposit_record import NO_PROJECTS
from gateway.domain.grounds import GRADE_TRIGGERS, SAME_NAME_TRIGGERS, Ground
from gateway.domain.incentives import Asked, earned
from gateway.domain.listings import TERM_MONTHS
from gateway.domain.records import RelationKind
from gateway.domain.vocabulary import Effect, MatchQuality, Provenance, Trigger, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from gateway.domain.case_facts import CaseFacts
    from gateway.domain.deposit_record import Projects
    from gateway.domain.grades import Grade
    from gateway.domain.incentives import EarnedIncentive
    from gateway.domain.policy import Policy, Row
    from gateway.domain.records import Unresolved
    from gateway.domain.timeline import Standing, Timeline
    from gateway.domain.vocabulary import DecisionPoint


GRADES = frozenset(GRADE_TRIGGERS.values())
"""A grade that only a decision can end has no end to show; its text says what ends it (G-14)."""
INCOMPLETE = "INCOMPLETE_RECORD: "
"""Begins the doubt about a block that lacks what it may not be without; the record's id follows."""


class Question(NamedTuple):
    """Where it is asked, and the facts of the case."""

    point: DecisionPoint
    facts: CaseFacts
    explain: bool = False
    """Name also the rules that were looked at and weigh nothing here."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment asked about, the bound that freshness sets to the answer, and what cannot be trusted."""

    as_of: datetime
    valid_until: datetime
    doubts: tuple[str, ...]


class Subject(NamedTuple):
    """A party as identified. ``same_name`` are records without a code that bear its full name."""

    uscc: str
    name: str
    name_sent: str
    relation: RelationKind
    match: MatchQuality
    timeline: Timeline
    same_name: tuple[Unresolved, ...]
    projects: Projects = NO_PROJECTS
    """What is on record of its projects, where a wage deposit is asked about (D-04, D-05)."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that weighs: the ground, the row of the policy that it matched, and the effect here."""

    row: Row
    effect: Effect
    ground: Ground
    basis_lapsed: bool
    """An article on which the row's block rests is not in force: the effect fell to REVIEW (C-30)."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What came of weighing; it names an enterprise only through its measures and doubts."""

    verdict: Verdict
    measures: tuple[Measure, ...]
    """Strongest first."""
    incentives: tuple[EarnedIncentive, ...]
    incentives_suspended: bool
    """A restriction in force in the same area suspends them, and so does any doubt whether there is one."""
    valid_until: datetime
    """Instant from which it holds no more: the moment itself when nothing could be said that might be kept."""
    doubts: tuple[str, ...]
    not_fired: tuple[str, ...]


class Decision(NamedTuple):
    """The answer about one enterprise: what was weighed, and about whom."""

    weighed: Weighed
    grade: Grade
    """The enterprise's own, at the moment."""
    subjects: tuple[Subject, ...]
    """The first is the one that is to go ahead."""

    @property
    def verdict(self) -> Verdict:
        """What the asking system may do."""
        return self.weighed.verdict

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What weighs, strongest first."""
        return self.weighed.measures

    @property
    def incentives(self) -> tuple[EarnedIncentive, ...]:
        """What is earned, suspended or not."""
        return self.weighed.incentives

    @property
    def incentives_suspended(self) -> bool:
        """Whether something suspends them."""
        return self.weighed.incentives_suspended

    @property
    def valid_until(self) -> datetime:
        """Instant from which it holds no more."""
        return self.weighed.valid_until

    @property
    def doubts(self) -> tuple[str, ...]:
        """What could not be trusted; empty where everything could."""
        return self.weighed.doubts

    @property
    def not_fired(self) -> tuple[str, ...]:
        """Rules that were looked at and weigh nothing here; empty unless that was asked for."""
        return self.weighed.not_fired


def decide(subjects: tuple[Subject, ...], question: Question, policy: Policy, moment: Moment) -> Decision:
    """Apply *policy* to everything that weighs on the parties at the moment asked about.

    Args:
        subjects: The enterprise that is to go ahead, then all others, in any order.
        question: Its point and facts; the facts that the point needs must be there (``policy.required_facts``).
        policy: Total over triggers and points.
        moment: When, and what is doubted.

    Returns:
        The strongest effect as a verdict, ``UNVERIFIABLE`` where anything is doubted and no block is proven.

    Raises:
        MalformedRequestError: A case fact that a rule looks at was not sent, or is a date after the moment.
    """
    found = Found(doubts=list(moment.doubts), changes=[moment.valid_until, *policy.changes_after(moment.as_of)])
    for subject in subjects:
        standing, following = subject.timeline.at(moment.as_of)
        if following is not None:
            found.changes.append(following)
        for ground in _grounds(subject, standing, moment.as_of):
            weigh(ground, question, policy, moment.as_of, found)
    measures = tuple(sorted(found.measures, key=strongest_first))
    standing, _ = subjects[0].timeline.at(moment.as_of)
    asked = Asked(question.point, question.facts, moment.as_of)
    incentives, changes = earned(asked, standing, policy, subjects[0].projects)
    found.changes.extend(changes)
    verdict = verdict_of(measures, found.doubts)
    weighed = Weighed(
        verdict=verdict,
        measures=measures,
        incentives=incentives,
        incentives_suspended=bool(found.doubts) or any(_suspends(measure) for measure in measures),
        valid_until=moment.as_of if verdict is Verdict.UNVERIFIABLE else min(found.changes),
        doubts=tuple(sorted(set(found.doubts))),
        not_fired=tuple(sorted(set(found.not_fired))) if question.explain else (),
    )
    return Decision(weighed, standing.grade, subjects)


@dataclass(slots=True)
class Found:
    """What has come to light while one question is decided, about an enterprise or a person."""

    doubts: list[str]
    changes: list[datetime]
    """Instants after the moment at which the answer may change."""
    measures: list[Measure] = field(default_factory=list)
    not_fired: list[str] = field(default_factory=list)


def weigh(ground: Ground, question: Question, policy: Policy, as_of: datetime, found: Found) -> None:
    """Apply the policy's row to one ground: a measure, nothing, or, for a block that is not complete, a doubt."""
    edges = (ground.effective_from, ground.effective_until, policy.ages_out_after(ground, question.point, as_of))
    found.changes.extend(edge for edge in edges if edge is not None and edge > as_of)
    if not ground.holds_at(as_of):
        return
    day = civil_date(as_of)
    row = policy.match(ground.trigger, question.point, question.facts, ground, day)
    effect, lapsed = policy.effective(row, day)
    if effect is Effect.NONE:
        found.not_fired.append(row.rule_id)
    elif effect is Effect.BLOCK and (missing := _missing(ground)):
        found.doubts.append(f"{INCOMPLETE}{ground.record_id}: {missing}")
    else:
        found.measures.append(Measure(row, effect, ground, lapsed))


def _suspends(measure: Measure) -> bool:
    """A restriction in force suspends incentives; a record that only bears the same name is none (invariant 8).

    Who is out of business earns none, restricted or not.
    """
    trigger = measure.ground.trigger
    restricts = measure.effect > Effect.NOTICE and trigger not in SAME_NAME_TRIGGERS.values()
    return restricts or trigger is Trigger.NOT_IN_BUSINESS


def strongest_first(measure: Measure) -> tuple[int, str, str, str]:
    """Return the key by which measures are put in order."""
    return (-measure.effect, measure.row.rule_id, measure.ground.party_uscc, measure.ground.record_id)


def verdict_of(measures: Sequence[Measure], doubts: Sequence[str]) -> Verdict:
    """Return the strongest verdict of the measures; ``UNVERIFIABLE`` where anything is doubted and nothing blocks."""
    verdicts = [measure.effect.verdict for measure in measures]
    if doubts:
        verdicts.append(Verdict.UNVERIFIABLE)
    return max(verdicts, default=Verdict.CLEAR)


def _missing(ground: Ground) -> str:
    """Return what a block may not be without, and this ground is (invariant 2); empty when nothing is missing."""
    if not ground.authority:
        return "authority"
    if not ground.document_number:
        return "document_number"
    if ground.effective_until is None and ground.trigger not in GRADES:
        return "end"
    return ""


def _grounds(subject: Subject, standing: Standing, as_of: datetime) -> Iterable[Ground]:
    """Yield what weighs on one party: its facts, and what the way it was named says."""
    if subject.relation is RelationKind.RELATED_PARTY:
        yield from _related(subject, standing)
        return
    yield from (_as_party(ground, subject) for ground in standing.grounds)
    if standing.ceased_on is not None:
        began = midnight(standing.ceased_on)
        raised = _raised(subject, Trigger.NOT_IN_BUSINESS, as_of)
        yield replace(raised, since=standing.ceased_on, effective_from=began)
    if subject.match is MatchQuality.UNKNOWN:
        yield _raised(subject, Trigger.UNKNOWN_ENTERPRISE, as_of)
    if subject.match is MatchQuality.NAME_DIFFERS:
        yield _raised(subject, Trigger.NAME_MISMATCH, as_of)
    for record in subject.same_name:
        yield _same_name(subject, record)


def _related(subject: Subject, standing: Standing) -> Iterable[Ground]:
    """A related party weighs by its listing only, and never by itself (A-101)."""
    for ground in standing.grounds:
        if ground.trigger is Trigger.LISTING:
            shown = ground.of_party(subject.uscc, RelationKind.RELATED_PARTY)
            yield replace(shown, trigger=Trigger.LISTED_RELATED_PARTY)


def _as_party(ground: Ground, subject: Subject) -> Ground:
    """Show whatever weighs on a consortium member, its relations included, as that member's (invariant 9)."""
    return ground if subject.relation is RelationKind.SELF else ground.of_party(subject.uscc, subject.relation)


def _raised(subject: Subject, trigger: Trigger, as_of: datetime) -> Ground:
    """Return a ground that the gateway itself raises from the way the party was named."""
    return Ground(
        trigger=trigger,
        record_id=subject.uscc,
        authority="",
        document_number="",
        since=civil_date(as_of),
        effective_from=as_of,
        effective_until=None,
        party_uscc=subject.uscc,
        relation=subject.relation,
    )


def _same_name(subject: Subject, record: Unresolved) -> Ground:
    """Return the reference to a notice of the same full name; like any notice it ages out (``grounds``)."""
    return Ground(
        trigger=SAME_NAME_TRIGGERS[record.notice_list],
        record_id=record.record_id,
        authority=record.authority,
        document_number=record.document_number,
        since=record.published_on,
        effective_from=midnight(record.published_on),
        effective_until=midnight(add_months(record.published_on, TERM_MONTHS)),
        party_uscc=subject.uscc,
        relation=subject.relation,
        provenance=Provenance.PUBLISHED_NOTICE,
    )

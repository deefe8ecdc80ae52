"""Decide whether a natural person may go ahead with one activity at one moment.

A pure function, as ``eligibility`` is for enterprises, and by the same policy. Two things are a person's alone: nothing
restricts it before an officer has confirmed just that (I-53), and nothing does while it is not sure to be the one that
is meant (I-23, X-02).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from formats import canonical
from gateway.domain.eligibility import Found, strongest_first, verdict_of, weigh
from gateway.domain.eligibility import Question as Asked
from gateway.domain.identity import doubted_at
from gateway.domain.person_words import PersonConditionKind, PersonMatch
from gateway.domain.persons import can_weigh, person_grounds
from gateway.domain.vocabulary import Effect, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from gateway.domain.case_facts import CaseFacts
    from gateway.domain.eligibility import Measure, Moment
    from gateway.domain.person_words import PersonCapacity
    from gateway.domain.persons import PersonFile, PersonWeighing
    from gateway.domain.policy import Policy
    from gateway.domain.vocabulary import DecisionPoint

MARK_DIGITS: Final = 32
"""Hexadecimal digits of a mark."""


@dataclass(frozen=True, slots=True)
class PersonQuestion:
    """Where it is asked, the facts of the case, and in whose name the person acts."""

    point: DecisionPoint
    facts: CaseFacts
    capacity: PersonCapacity


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """The person as found, None when nothing is held under the document, and whether the name sent is its own."""

    file: PersonFile | None
    same_name: bool = True
    """Also where no name was sent."""


@dataclass(frozen=True, slots=True)
class PersonCondition:
    """What has to be done first, and the records that it concerns."""

    kind: PersonConditionKind
    record_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonDecision:
    """The answer about one person."""

    verdict: Verdict
    match: PersonMatch
    measures: tuple[Measure, ...]
    """Strongest first; what would block stands as REVIEW until it is confirmed."""
    conditions: tuple[PersonCondition, ...]
    to_confirm: tuple[str, ...]
    """Marks of what would block and is not confirmed (``mark_of``), in the order of the measures."""
    valid_until: datetime
    """Instant from which it holds no more: the moment itself when nothing could be said that might be kept."""
    doubts: tuple[str, ...]


def decide_about_person(
    person: KnownPerson, question: PersonQuestion, policy: Policy, moment: Moment, confirmed: Collection[str] = ()
) -> PersonDecision:
    """Apply *policy* to everything that weighs on the person at the moment asked about.

    A match is told only with something that weighs here: what has ended, or weighs elsewhere, leaves no trace in the
    answer (invariant 12).

    Args:
        person: Who was found under the document's type and number.
        question: Its point, facts and capacity; the facts that the point needs must be there.
        policy: Total over triggers and points.
        moment: When, and what is doubted.
        confirmed: Marks that an officer has confirmed.

    Returns:
        The strongest effect as a verdict; RESTRICTED for confirmed blocks only.

    Raises:
        MalformedRequestError: A case fact that a rule looks at was not sent, or is a date after the moment.
    """
    found = Found(doubts=list(moment.doubts), changes=[moment.valid_until, *policy.changes_after(moment.as_of)])
    disputed: set[str] = set()
    for weighing in () if person.file is None else person_grounds(person.file, question.capacity):
        _take(weighing, (question, policy, moment.as_of), found, disputed)
    shown = _Shown()
    for measure in sorted(found.measures, key=strongest_first):
        in_doubt = not person.same_name or measure.ground.record_id in disputed
        shown.add(measure, in_doubt=in_doubt, confirmed=mark_of(measure) in confirmed)
    verdict = verdict_of(shown.measures, found.doubts)
    return PersonDecision(
        verdict=verdict,
        match=_match(person, shown.measures),
        measures=tuple(sorted(shown.measures, key=strongest_first)),
        conditions=tuple(shown.conditions()),
        to_confirm=tuple(mark_of(measure) for measure in shown.awaited),
        valid_until=moment.as_of if verdict is Verdict.UNVERIFIABLE else min(found.changes),
        doubts=tuple(sorted(set(found.doubts))),
    )


def mark_of(measure: Measure) -> str:
    """Return what tells one block from another in a confirmation: the rule, the record, and the decision behind it.

    A listing that is restored by a new decision is another ground, and needs to be looked at again.
    """
    ground = measure.ground
    parts = [measure.row.rule_id, ground.record_id, ground.authority, ground.document_number, ground.since.isoformat()]
    return hashlib.sha256(canonical.encode(parts)).hexdigest()[:MARK_DIGITS]


@dataclass(slots=True)
class _Shown:
    """Measures as they are shown, and of which of them something has to be done first."""

    measures: list[Measure] = field(default_factory=list)
    awaited: list[Measure] = field(default_factory=list)
    """Would block, and wait for an officer."""
    unsure: list[Measure] = field(default_factory=list)
    """May be somebody else's; no confirmation makes these restrict."""

    def add(self, measure: Measure, *, in_doubt: bool, confirmed: bool) -> None:
        """Take a measure, at most as REVIEW where it is in doubt or would block without a confirmation."""
        if in_doubt and measure.effect > Effect.NOTICE:
            self.unsure.append(measure)
        elif measure.effect is Effect.BLOCK and not confirmed:
            self.awaited.append(measure)
        else:
            self.measures.append(measure)
            return
        self.measures.append(replace(measure, effect=min(measure.effect, Effect.REVIEW)))

    def conditions(self) -> Iterable[PersonCondition]:
        """Yield what has to be done first."""
        for kind, measures in (
            (PersonConditionKind.OFFICER_CONFIRMS, self.awaited),
            (PersonConditionKind.CONFIRM_IDENTITY, self.unsure),
        ):
            if measures:
                yield PersonCondition(kind, tuple(sorted({measure.ground.record_id for measure in measures})))


def _take(
    weighing: PersonWeighing, asked: tuple[PersonQuestion, Policy, datetime], found: Found, disputed: set[str]
) -> None:
    """Apply the policy to one ground; note the record where the person's identity is disputed at the moment.

    What can never weigh at this point does not even bound the answer's validity.
    """
    question, policy, as_of = asked
    span, ground, doubt = weighing
    if not can_weigh(policy, ground.trigger, question.point):
        return
    found.changes.extend(edge for edge in (span.start, span.end) if edge > as_of)
    if as_of in span:
        weigh(ground, Asked(question.point, question.facts), policy, as_of, found)
        if doubted_at(doubt, as_of):
            disputed.add(ground.record_id)


def _match(person: KnownPerson, measures: Collection[Measure]) -> PersonMatch:
    if not measures:
        return PersonMatch.NONE
    return PersonMatch.EXACT if person.same_name else PersonMatch.PROBABLE

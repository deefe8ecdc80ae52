"""Trying a policy: which recorded questions would be answered otherwise under it, with the facts as they are now.

Each question is decided twice by the use case that answers (``CheckEligibility``): under the policy in force and under
the one that is tried. How fresh the facts are is left out, or every answer of a stale node would be the same. It stores
nothing and answers nobody's question.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from formats.civil import civil_date
from gateway.domain.agencies import Role
from gateway.domain.call_record import OK
from gateway.domain.case_facts import require_facts
from gateway.domain.errors import MalformedRequestError
from gateway.services.check_eligibility import Asked, CheckEligibility
from gateway.services.drawn_entries import TRIES, drawn_places, may_decide
from gateway.services.ports.audit import AskedFilter
from gateway.services.recorded_question import NotReplayableError, read_question
from gateway.services.relied_answer import ANSWERS, BATCH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from gateway.domain.eligibility import Decision
    from gateway.domain.policy import Policy
    from gateway.domain.vocabulary import Area, DecisionPoint, Verdict
    from gateway.services.drawn_entries import Random
    from gateway.services.ports.audit import AskedSearch
    from gateway.services.ports.log import Entries
    from gateway.services.ports.register import History
    from gateway.services.ports.replay import PastFacts, Spans
    from gateway.services.recorded_question import RecordedQuestion

EXAMPLES: Final = 5
RULES: Final = 8
"""Rules that an example names, at the most."""
NEWEST: Final = 20
"""Questions about one enterprise that is named, the newest."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a question is recorded."""

    writer: str
    number: int
    item: int | None
    """Of a batch, from 0."""


@dataclass(frozen=True, slots=True)
class Example:
    """One question that would be answered otherwise."""

    place: Place
    point: DecisionPoint
    uscc: str
    rules_before: tuple[str, ...]
    rules_after: tuple[str, ...]


@dataclass(slots=True)
class Changed:
    """Answers of one area that would go from one verdict to another."""

    answers: int = 0
    examples: list[Example] = field(default_factory=list)


@dataclass(slots=True)
class DryRun:
    """What came of trying."""

    revision: int
    looked_at: int = 0
    decided: int = 0
    unchanged: int = 0
    not_askable: int = 0
    changes: dict[tuple[Area, Verdict, Verdict], Changed] = field(default_factory=dict)
    refusals: dict[tuple[Area, str], int] = field(default_factory=dict)
    """Where the policy needs a case fact that was not sent: by its path."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """From where questions come, and what they are decided with."""

    spans: Spans
    entries: Entries
    asked: AskedSearch
    facts: PastFacts
    history: History
    random: Random


class DryRunPolicy:
    """Tries policies. Blocking: call it in a thread that answers nobody."""

    def __init__(self, recorded: Recorded, policy: Policy) -> None:
        """*policy* is the one in force."""
        self._recorded = recorded
        self._policy = policy

    def of_sample(self, tried: Policy, now: datetime, size: int, since: datetime) -> DryRun:
        """Try a policy on up to *size* questions drawn at random among all calls sealed since an instant.

        Raises:
            StoreUnavailableError: Store or queue could not be read.
        """
        trial = self._trial(tried, now)
        run = trial.run
        recorded = self._recorded
        for writer, number in drawn_places(recorded.spans, recorded.random, since, size * TRIES):
            if run.decided + run.not_askable + sum(run.refusals.values()) >= size:
                break
            run.looked_at += 1
            entry = recorded.entries.find(writer, number)
            if entry is None or entry.erased or not may_decide(entry.body):
                continue
            # Of a batch one item, so that a large one weighs no more than a question.
            item = recorded.random.randrange(len(entry.lines)) if entry.lines else None
            line = None if item is None else json.loads(entry.lines[item].content)
            trial.add(Place(writer, number, item), json.loads(entry.body), line)
        return run

    def of_enterprises(self, tried: Policy, now: datetime, codes: Sequence[str]) -> DryRun:
        """Try a policy on the newest recorded questions about each of these enterprises; raises likewise."""
        trial = self._trial(tried, now)
        run = trial.run
        roles = frozenset(role.value for role in Role)
        for code in dict.fromkeys(codes):
            rows, _ = self._recorded.asked.asked(AskedFilter(code, ANSWERS, roles), NEWEST, "")
            for row in rows:
                run.looked_at += 1
                place = Place(row.entry.writer, row.entry.number, row.item)
                trial.add(place, json.loads(row.entry.body), row.line)
        return run

    def _trial(self, tried: Policy, now: datetime) -> _Trial:
        """Return what decides under the policy in force and under the one tried, at one data revision."""
        revision = self._recorded.facts.head()
        return _Trial(DryRun(revision), (self._check(self._policy, revision), self._check(tried, revision)), now)

    def _check(self, policy: Policy, revision: int) -> CheckEligibility:
        register = self._recorded.facts.register(revision, policy.grade_rules)
        return CheckEligibility(register, self._recorded.history, policy, _Undoubted())


class _Undoubted:
    """How fresh an answer is, where that is no part of what is compared."""

    reach_wait: Final = timedelta()

    def look(
        self, _register: object, _now: datetime, _about: datetime | None = None
    ) -> tuple[tuple[str, ...], tuple[Any, ...], timedelta]:
        return (), (), timedelta()

    def valid_until(self, as_of: datetime, _now: datetime, _ages: object) -> datetime:
        return as_of


class _Trial:
    """Decides one question after the other under both policies, and counts."""

    def __init__(self, run: DryRun, both: tuple[CheckEligibility, CheckEligibility], now: datetime) -> None:
        self.run = run
        self._both = both
        self._now = now

    def add(self, place: Place, body: Mapping[str, Any], line: Mapping[str, Any] | None) -> None:
        """Try the question that an entry records in *body*, or its item *line*; nothing where it records none."""
        if body.get("method") not in ANSWERS or body.get("outcome") != OK:
            return
        batch = body["method"] == BATCH
        try:
            question = read_question(body, [line if batch and line is not None else body], batch=batch)
        except NotReplayableError:
            self.run.not_askable += 1
            return
        before, after = (self._decide(check, question) for check in self._both)
        if isinstance(before, MalformedRequestError):
            self.run.not_askable += 1
        elif isinstance(after, MalformedRequestError):
            refused = question.area, after.field
            self.run.refusals[refused] = self.run.refusals.get(refused, 0) + 1
        else:
            self._compare(place, question, before, after)

    def _decide(self, check: CheckEligibility, question: RecordedQuestion) -> Decision | MalformedRequestError:
        """Return the answer now; the refusal of a question to which a case fact is missing."""
        asked = question.asked
        about = asked.as_of if asked.at_cutoff else self._now
        today = Asked(self._now, about, None, preview=False, at_least_as_fresh=0, at_cutoff=asked.at_cutoff)
        (item,) = question.items
        point = item.question.point
        try:
            require_facts(item.question.facts, check.policy.required_facts(point), point.area, civil_date(about))
            decisions, _ = asyncio.run(check(today, question.items))
        except MalformedRequestError as error:
            return error
        return decisions[0]

    def _compare(self, place: Place, question: RecordedQuestion, before: Decision, after: Decision) -> None:
        self.run.decided += 1
        if _told(before) == _told(after):
            self.run.unchanged += 1
            return
        changed = self.run.changes.setdefault((question.area, before.verdict, after.verdict), Changed())
        changed.answers += 1
        if len(changed.examples) < EXAMPLES:
            (item,) = question.items
            rules = _rules(before), _rules(after)
            changed.examples.append(Example(place, item.question.point, item.parties[0].uscc, *rules))


def _told(decision: Decision) -> tuple[object, ...]:
    """Return what a caller is told of a decision, but for which policy it rests on and until when it holds."""
    measures = tuple((measure.row, measure.effect, measure.ground.record_id) for measure in decision.measures)
    grade = decision.grade
    return decision.verdict, measures, decision.incentives, decision.incentives_suspended, grade.letter, decision.doubts


def _rules(decision: Decision) -> tuple[str, ...]:
    return tuple(dict.fromkeys(measure.row.rule_id for measure in decision.measures))[:RULES]

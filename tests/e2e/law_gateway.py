"""A gateway under one profile with all enterprises of the law's table in it, and questions to it in batches.

Two sets of the enterprises are on record: as ``law_subjects`` has them, and once more with another name and another
representative since.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING

from e2e.law_cases import cases_at
from e2e.law_maker import SHIYAN
from e2e.law_subjects import all_subjects, changed_subjects
from e2e.law_table import EFFECTS, POINTS
from e2e.served import BATCH, HRSS, RECORD, SUBMIT, gateway_in, today
from jointsanctions.v1 import common_pb2, credit_pb2, registry_pb2

from formats.civil import SHANGHAI
from gateway.sample import records as made

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from e2e.law_cases import Case
    from e2e.law_maker import Subject
    from e2e.served import Served
    from jointsanctions.v1 import record_pb2

ITEMS = 1000
TRIGGER_NAMES = {number: name.removeprefix("TRIGGER_") for name, number in common_pb2.Trigger.items()}
EFFECT_NAMES = {number: name.removeprefix("EFFECT_") for name, number in common_pb2.Effect.items()}
_numbers = count()


@dataclass(frozen=True)
class Asked:
    """One answer about one enterprise in one case."""

    subject: Subject
    case: Case
    decision: credit_pb2.Decision

    def effects(self) -> dict[str, int]:
        """Return the strongest effect of each trigger, as its place in ``EFFECTS``."""
        found: dict[str, int] = {}
        for measure in self.decision.measures:
            trigger = TRIGGER_NAMES[measure.trigger]
            found[trigger] = max(found.get(trigger, 0), place_of(measure.effect))
        return found

    @property
    def verdict(self) -> str:
        """The verdict by name."""
        return common_pb2.Verdict.Name(self.decision.verdict).removeprefix("VERDICT_")


def place_of(effect: int) -> int:
    """Return where an effect of the wire stands in ``EFFECTS``."""
    return EFFECTS.index(EFFECT_NAMES[effect])


@dataclass
class LawGateway:
    """The gateway, its profile, and the enterprises in it."""

    served: Served
    profile: str
    subjects: list[Subject]
    changed: list[Subject]
    """Those that have another name and another representative now."""
    revision: int = 0
    stale: dict[str, list[Asked]] = field(default_factory=dict)
    """By point, answers about everybody in one case, given before any feed was said to be current."""
    _answers: dict[str, list[Asked]] = field(default_factory=dict)

    def ask(self, point: str, asked: Iterable[tuple[Subject, Case, credit_pb2.BatchItem]]) -> list[Asked]:
        """Ask about items at a point, in as few batches as hold them."""
        found, whole = [], list(asked)
        for start in range(0, len(whole), ITEMS):
            part = whole[start : start + ITEMS]
            request = credit_pb2.BatchCheckEligibilityRequest(question=self.question(point))
            for number, (_, case, item) in enumerate(part):
                entry = request.items.add(case_facts=case.facts)
                entry.MergeFrom(item)
                entry.item_id = str(number)
            outcome = self.served.send(BATCH, request, HRSS)
            assert outcome.ok, outcome.text()
            answer = credit_pb2.BatchCheckEligibilityResponse.FromString(outcome.answer)
            found += [
                Asked(part[int(each.item_id)][0], part[int(each.item_id)][1], each.decision) for each in answer.items
            ]
        return found

    def question(self, point: str) -> credit_pb2.Question:
        """Return the question at a point, without facts."""
        number = common_pb2.DecisionPoint.Value(f"DECISION_POINT_{point}")
        return credit_pb2.Question(
            area=number // 10,
            decision_point=number,
            case_ref="LAW-1",
            officer="officer-1",
            at_least_as_fresh=self.revision,
        )

    def everybody_at(self, point: str) -> list[Asked]:
        """Return the answers about every enterprise in every case of a point; they are asked for once."""
        if point not in self._answers:
            cases = cases_at(point, datetime.now(SHANGHAI))
            self._answers[point] = self.ask(point, [(one, case, one.item()) for one in self.subjects for case in cases])
        return self._answers[point]

    def once_at(self, point: str, subjects: Sequence[Subject]) -> list[Asked]:
        """Return the answers about enterprises in the first case of a point, in order."""
        case = cases_at(point, datetime.now(SHANGHAI))[0]
        return self.ask(point, [(one, case, one.item()) for one in subjects])

    def submit(self, records: Sequence[record_pb2.Record]) -> dict[str, str]:
        """Submit records, each kind to its feed, profiles first; return the ids of those held, by document number."""
        held: dict[str, str] = {}
        for feed in self.served.config.settings.feeds:
            taken = {record.WhichOneof("fact") for record in records} & set(feed.kinds)
            part = [record for record in records if record.WhichOneof("fact") in taken]
            records = [record for record in records if record.WhichOneof("fact") not in taken]
            if part:
                held |= self._submit(feed.name, part)
        assert not records, records[0]
        return held

    def _submit(self, feed: str, records: Sequence[record_pb2.Record]) -> dict[str, str]:
        for row, record in enumerate(records, 1):
            record.row = row
        chunk = registry_pb2.SubmitRecordsRequest(
            request_id=f"law-{next(_numbers)}", feed=feed, officer="o", records=records, last=True
        )
        outcome = self.served.raw_stream(SUBMIT, [chunk.SerializeToString()], self.served.callers.file.feeds[feed])
        assert outcome.ok, outcome.text()
        answer = registry_pb2.SubmitRecordsResponse.FromString(outcome.answer)
        assert answer.rejected == 0, [(row.field, row.why.en, records[row.row - 1]) for row in answer.rows]
        self.revision = max(self.revision, answer.data_revision)
        return {records[row.row - 1].document_number: row.record_id for row in answer.rows}

    def ids_of(self, subject: Subject) -> dict[str, str]:
        """Return the ids of what is on record of an enterprise, by document number, once all that was sent is seen."""
        request = credit_pb2.GetCreditRecordRequest(case_ref="LAW-1", officer="o")
        request.enterprise.uscc = subject.party.uscc
        answer = credit_pb2.GetCreditRecordResponse()
        while answer.basis.data_revision < self.revision:
            outcome = self.served.send(RECORD, request, HRSS)
            assert outcome.ok, outcome.text()
            answer = credit_pb2.GetCreditRecordResponse.FromString(outcome.answer)
        return {fact.document_number: fact.record_id for fact in answer.facts}


@contextmanager
def law_gateway(folder: Path, profile: str) -> Iterator[LawGateway]:
    """Serve a gateway with every enterprise on record and every feed current; ``stale`` was asked before that."""
    changes = {'profile = "shiyan"': f'profile = "{profile}"'} if profile != SHIYAN else {}
    with gateway_in(folder, changes=changes, filled=False) as served:
        gateway = LawGateway(served, profile, all_subjects(today()), changed_subjects(today()))
        everybody = [*gateway.subjects, *gateway.changed]
        held = gateway.submit([record for subject in everybody for record in subject.records])
        later = [(make(held | gateway.ids_of(one)), one) for one in everybody for make in one.later]
        gateway.submit([_named(record, subject) for record, subject in later])
        gateway.stale = {point: gateway.once_at(point, gateway.subjects) for point in POINTS}
        gateway.revision = served.callers.confirm_feeds()
        yield gateway


def _named(record: record_pb2.Record, subject: Subject) -> record_pb2.Record:
    record.uscc, record.name, record.authority = subject.party.uscc, subject.party.name, made.HRSS
    record.source_key = f"later-{subject.party.uscc}"
    return record

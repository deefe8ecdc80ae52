"""What the journal keeps, as values.

The journal is the agency's own record of what it asked, what it was told and what it did. It holds codes of
enterprises, case numbers and officers, no person's number and no text of an answer: the answer's digest and position
lead to the gateway's record. Of a question that waits for its answer it holds the content as it was sent, until then.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from jointsanctions.v1 import common_pb2, ending_pb2

    from adapters.answers import Answer, Position


class OutcomeKind(StrEnum):
    """What the agency did with an answer; each is owed to the gateway (A-128)."""

    RESTRICTED = "RESTRICTED"
    """The party was stopped."""
    FULFILLED = "FULFILLED"
    """The conditions were met."""
    GRANTED = "GRANTED"
    """What was asked for was granted: an award, a contract, a consent."""
    OBSERVED = "OBSERVED"
    """In observe mode: it would have been stopped, and was not."""
    RESERVED = "RESERVED"
    """It went on under reservation while nobody answered; reported with the answer that is still to come."""


class Question(NamedTuple):
    """One question about one applicant.

    Attributes:
        call_id: The ``request_id`` of the call that carries it; the items of a batch share it.
        asked_at: When, UTC.
        area: Area.
        decision_point: Decision point.
        case_ref: Case number.
        part: Part of the case, such as a lot; empty: the whole.
        officer: Who asked.
        lead: Code of the enterprise itself; empty for a question about a person, of whom nothing is kept.
        parties: Codes of the lead and all members; likewise.
        request_digest: SHA-256 of the request, serialised deterministically, without the person it may name.
        again: The question alone as a request without an id, by which it can be asked again; empty: it never is.
        instead_of: The journal's number of the pending question in whose place it is asked; None: of none.
    """

    call_id: str
    asked_at: datetime
    area: common_pb2.Area.ValueType
    decision_point: common_pb2.DecisionPoint.ValueType
    case_ref: str
    part: str
    officer: str
    lead: str
    parties: frozenset[str]
    request_digest: bytes
    again: bytes = b""
    instead_of: int | None = None


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """An answer as the journal has it.

    Attributes:
        number: The journal's number of the question.
        decision_point: Decision point.
        case_ref: Case number.
        part: Part of the case.
        parties: Codes of the lead and all members.
        verdict: As sent.
        fault: Why it may not be relied upon; empty when it may.
        as_of: Moment that was asked about, UTC; None when it was not sent.
        valid_until: It held before this instant, UTC; None when it was not sent.
        position: Where the gateway recorded it.
        digest: SHA-256 of the response as the gateway's entry has it: without its position.
        outcomes: What was done with it.
    """

    number: int
    decision_point: common_pb2.DecisionPoint.ValueType
    case_ref: str
    part: str
    parties: frozenset[str]
    verdict: common_pb2.Verdict.ValueType
    fault: str
    as_of: datetime | None
    valid_until: datetime | None
    position: Position
    digest: bytes
    outcomes: frozenset[OutcomeKind]

    def shows(self, question: Question, answer: Answer) -> bool:
        """Return whether it is this answer to this question."""
        return (self.decision_point, self.case_ref, self.part, self.parties, self.digest, self.position) == (
            question.decision_point,
            question.case_ref,
            question.part,
            question.parties,
            answer.digest,
            answer.position,
        ) and (self.verdict, self.valid_until) == (answer.verdict, answer.valid_until)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question to which there is no answer that may be relied upon, and that was not asked again since.

    Attributes:
        number: The journal's number of the question.
        asked_at: When, UTC.
        case_ref: Case number.
        part: Part of the case; empty: the whole.
        lead: Code of the enterprise.
    """

    number: int
    asked_at: datetime
    case_ref: str
    part: str
    lead: str


@dataclass(frozen=True, slots=True)
class ReceivedEnding:
    """The end of a record that this agency was told of.

    Attributes:
        ending_id: Its id at the gateway.
        kind: How the record ended.
        uscc: Code of the enterprise whose record it is.
        record_id: Id of the record, as the measures had it.
        document_number: Of the decision, as the measures had it.
        ended_at: First instant at which it does not weigh, UTC; of a void record, from which it was taken to weigh.
        case_refs: Our cases in which we were told of it, in order; at most 100.
        reexamine: Decisions that we took on it have to be examined again.
    """

    ending_id: str
    kind: ending_pb2.EndingKind.ValueType
    uscc: str
    record_id: str
    document_number: str
    ended_at: datetime
    case_refs: tuple[str, ...]
    reexamine: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done with the answer to one question.

    Attributes:
        question: The journal's number of the question.
        decided_at: When, UTC.
        kind: What.
        officer: Who.
        details: More of it, for people and for the report; texts only.
    """

    question: int
    decided_at: datetime
    kind: OutcomeKind
    officer: str
    details: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class OwedOutcome:
    """An outcome that the gateway has not acknowledged, with the question and answer that it rests on.

    Attributes:
        number: The journal's number of the outcome.
        outcome: What was done.
        call_id: The ``request_id`` of the call that carried the question.
        area: Area that was asked about.
        decision_point: Decision point.
        case_ref: Case number.
        part: Part of the case, such as a lot; empty: the whole.
        lead: Code of the enterprise itself.
        verdict: As sent.
        as_of: Moment that was asked about, UTC; None when it was not sent.
        position: Where the gateway recorded the answer.
        met: Of each outcome on this answer by which conditions were met, its details; what was met by the review of an
            earlier answer is here with the details of that review.
    """

    number: int
    outcome: Outcome
    call_id: str
    area: common_pb2.Area.ValueType
    decision_point: common_pb2.DecisionPoint.ValueType
    case_ref: str
    part: str
    lead: str
    verdict: common_pb2.Verdict.ValueType
    as_of: datetime | None
    position: Position
    met: tuple[Mapping[str, str], ...]

"""Outcomes and decided cases as messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import outcome_pb2 as pb

from gateway.rpc.answers import instant_pb, wire

if TYPE_CHECKING:
    from gateway.domain.outcome_duty import MissingOutcome
    from gateway.domain.outcomes import AnswerRelied, DecidedCase, Outcome


def decided_pb(case: DecidedCase) -> pb.DecidedCase:
    """Return a decided case; its outcome stands, and so nothing has taken its place."""
    return pb.DecidedCase(outcome=outcome_pb(case.outcome, ""), reexamine=case.reexamine)


def outcome_pb(outcome: Outcome, superseded_by: str) -> pb.ReportedOutcome:
    """Return an outcome; *superseded_by* is empty while it stands."""
    return pb.ReportedOutcome(
        outcome_id=outcome.outcome_id,
        agency=outcome.agency,
        area=wire(outcome.area),
        decision_point=wire(outcome.point),
        case_ref=outcome.case_ref,
        uscc=outcome.uscc,
        answer=_answer(outcome.answer),
        verdict=wire(outcome.answer.verdict),
        outcome=wire(outcome.kind),
        decided_on=outcome.decided_on.isoformat(),
        document_number=outcome.document_number,
        officer=outcome.officer,
        conditions=[pb.FulfilledCondition(kind=wire(each.kind), text=each.text) for each in outcome.conditions],
        note=outcome.note,
        reported_at=instant_pb(outcome.reported_at),
        supersedes=outcome.supersedes,
        superseded_by=superseded_by,
        reexamined_ending_ids=outcome.reexamined,
        part=outcome.part,
        emergency=outcome.answer.emergency,
    )


def missing_pb(missing: MissingOutcome) -> pb.MissingOutcome:
    """Return an answer of which no outcome is reported."""
    return pb.MissingOutcome(
        decision_point=wire(missing.point),
        case_ref=missing.case_ref,
        uscc=missing.uscc,
        answer=pb.AnswerPosition(
            writer=missing.writer, number=missing.number, leaf_hash=missing.leaf, line_hash=missing.line
        ),
        verdict=wire(missing.verdict),
        answered_at=instant_pb(missing.answered_at),
        due_on=missing.due.due.isoformat() if missing.due is not None else "",
        provisional=missing.due is not None and missing.due.provisional,
        overdue=missing.overdue,
    )


def _answer(answer: AnswerRelied) -> pb.AnswerPosition:
    return pb.AnswerPosition(
        writer=answer.writer,
        number=answer.number,
        leaf_hash=bytes.fromhex(answer.leaf),
        line_hash=bytes.fromhex(answer.line),
    )

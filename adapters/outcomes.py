"""The outcome duty: what was done with each answer is reported to the gateway, once and in any case (A-128).

An outcome is in the journal before a clearance or a grant can be used. It is reported from there, under an id that
follows from the journal, and marked when the gateway has acknowledged it: whoever is killed in between reports it
again, and the gateway takes it once.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

import grpc
from jointsanctions.v1 import common_pb2
from jointsanctions.v1 import outcome_pb2 as pb

from adapters.entries import OutcomeKind
from adapters.errors import NO_ANSWER, GatewayError
from formats.civil import civil_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from adapters.entries import OwedOutcome
    from adapters.journal import Journal

_FINAL = frozenset(
    {
        grpc.StatusCode.INVALID_ARGUMENT,
        grpc.StatusCode.PERMISSION_DENIED,
        grpc.StatusCode.NOT_FOUND,
        grpc.StatusCode.FAILED_PRECONDITION,
        grpc.StatusCode.ALREADY_EXISTS,
    }
)
"""Refusals that concern one report, so that the next may fare otherwise."""
_KINDS = {
    OutcomeKind.RESTRICTED: pb.OUTCOME_KIND_REFUSED,
    OutcomeKind.FULFILLED: pb.OUTCOME_KIND_CONDITIONS_FULFILLED,
    OutcomeKind.GRANTED: pb.OUTCOME_KIND_GRANTED,
    OutcomeKind.OBSERVED: pb.OUTCOME_KIND_NOT_STOPPED,
}
_ON_CONDITIONS = (pb.OUTCOME_KIND_GRANTED_WITH_CONDITIONS, pb.OUTCOME_KIND_CONDITIONS_FULFILLED)
_CONDITIONS = {
    "review_reason": pb.FULFILMENT_KIND_OFFICER_REVIEW,
    "security": pb.FULFILMENT_KIND_SECURITY_RAISED,
    "existence": pb.FULFILMENT_KIND_EXISTENCE_CONFIRMED,
    "convenience_withheld_by": pb.FULFILMENT_KIND_CONVENIENCE_WITHHELD,
    "hearing_record": pb.FULFILMENT_KIND_PARTY_HEARD,
}
"""How a condition was met, by its key in the details of an outcome."""
_TEXT, _NOTE, _PART = 256, 500, 64
"""Bytes that the gateway takes; the journal has the whole."""


class TakesOutcomes(Protocol):
    """What is needed of a ``GatewayClient``."""

    def report_outcome(self, request: pb.ReportOutcomeRequest) -> pb.ReportOutcomeResponse:
        """Report one outcome; raises ``GatewayError``."""


@dataclass(frozen=True, slots=True)
class RefusedOutcome:
    """An outcome that the gateway would not take; it stays owed. A person has to look at it."""

    owed: OwedOutcome
    error: GatewayError


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of the outcomes that were owed.

    Attributes:
        taken: Those that the gateway has now.
        refused: Those that it would not take.
    """

    taken: tuple[OwedOutcome, ...]
    refused: tuple[RefusedOutcome, ...]


def report_outcomes(client: TakesOutcomes, journal: Journal) -> Reported:
    """Report every outcome that is owed, the oldest first; call it after decisions, and at least once an hour.

    Raises:
        GatewayError: There was no answer; what came before it is reported, and the rest stays owed.
        JournalUnavailableError: The journal cannot be read or written.
    """
    taken: list[OwedOutcome] = []
    refused: list[RefusedOutcome] = []
    for owed in journal.outcomes_to_report():
        try:
            client.report_outcome(report_of(owed))
        except GatewayError as error:
            if error.reason == NO_ANSWER or error.code not in _FINAL:
                raise
            refused.append(RefusedOutcome(owed, error))
            continue
        journal.mark_reported(owed.number)
        taken.append(owed)
    return Reported(tuple(taken), tuple(refused))


def report_of(owed: OwedOutcome) -> pb.ReportOutcomeRequest:
    """Return the report of an outcome: the same each time, so that it is taken once."""
    kind = _KINDS[owed.outcome.kind]
    if kind == pb.OUTCOME_KIND_GRANTED and owed.verdict == common_pb2.VERDICT_CONDITIONAL:
        kind = pb.OUTCOME_KIND_GRANTED_WITH_CONDITIONS
    decided_on = civil_date(owed.outcome.decided_at)
    if owed.as_of is not None:
        # Our clock may be behind the gateway's at midnight, and no decision comes before its answer.
        decided_on = max(decided_on, civil_date(owed.as_of))
    reason = owed.outcome.details.get("reason", "")
    return pb.ReportOutcomeRequest(
        request_id="outcome-" + sha256(f"{owed.call_id}\0{owed.lead}\0{owed.number}".encode()).hexdigest()[:40],
        area=owed.area,
        decision_point=owed.decision_point,
        case_ref=owed.case_ref,
        officer=owed.outcome.officer,
        uscc=owed.lead,
        answer=pb.AnswerPosition(
            writer=owed.position.writer,
            number=owed.position.number,
            leaf_hash=owed.position.leaf_hash,
            line_hash=owed.position.line_hash,
        ),
        outcome=kind,
        decided_on=decided_on.isoformat(),
        conditions=_conditions(owed.met) if kind in _ON_CONDITIONS else (),
        note=cut(f"reason: {reason}", _NOTE) if reason else "",
        part=part_of(owed.part),
    )


def part_of(part: str) -> str:
    """Return a part of a case as the gateway takes it: itself, or its hash, so that two parts never become one."""
    fits = len(part.encode()) <= _PART and part.isprintable()
    return part if fits else "sha256:" + sha256(part.encode()).hexdigest()[:40]


def _conditions(met: Iterable[Mapping[str, str]]) -> Iterable[pb.FulfilledCondition]:
    """Yield each kind of fulfilment once, as it was last met."""
    last = {key: details[key] for details in met for key in _CONDITIONS if details.get(key)}
    for key, text in last.items():
        yield pb.FulfilledCondition(kind=_CONDITIONS[key], text=cut(text, _TEXT))


def cut(text: str, limit: int) -> str:
    """Return a text as the gateway takes it: in one line, and cut to *limit* bytes."""
    line = "".join(each if each.isprintable() else " " for each in text)
    if len(line.encode()) <= limit:
        return line
    return line.encode()[: limit - 3].decode(errors="ignore") + "…"

"""What the scripted gateway says: one method for each that an adapter calls, by the script.

The script goes by enterprise and decision point, so that an adapter may put its questions together as it likes.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from hashlib import sha256
from threading import Event
from typing import TYPE_CHECKING, Final, NoReturn

import grpc
from google.protobuf import any_pb2
from google.protobuf.wrappers_pb2 import Int32Value
from google.rpc import error_details_pb2
from google.rpc import status_pb2 as rpc_status_pb2
from jointsanctions.v1 import credit_pb2, ending_pb2, outcome_pb2, receipt_pb2

from gateway.conformance import answers
from gateway.conformance.script import WRITER, Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gateway.conformance.script import Script

DOMAIN: Final = "joint-sanctions-gateway"
"""``ErrorInfo.domain`` of the gateway's own errors."""
_CREDIT: Final = "/jointsanctions.v1.CreditService/"
_SERVING: Final = Int32Value(value=1).SerializeToString()
"""HealthCheckResponse with SERVING: the same bytes."""


class ScriptedMethods:
    """The methods of one scripted gateway; called by many threads."""

    def __init__(self, script: Script, late_seconds: float) -> None:
        """Say what *script* has; what is late comes after so many seconds."""
        self._script = script
        self._late = late_seconds

    def by_path(self) -> dict[str, Callable[[bytes, grpc.ServicerContext], bytes]]:
        """Return them by the path of a call: the two checks, receipts, reports of outcomes, endings, and health."""
        return {
            f"{_CREDIT}CheckEligibility": self._check,
            f"{_CREDIT}BatchCheckEligibility": self._batch,
            f"{_CREDIT}GetReceipt": self._receipt,
            f"{_CREDIT}ReportOutcome": self._outcome,
            f"{_CREDIT}ListEndings": lambda _raw, _context: ending_pb2.ListEndingsResponse().SerializeToString(),
            "/grpc.health.v1.Health/Check": lambda _raw, _context: _SERVING,
        }

    def _check(self, raw: bytes, context: grpc.ServicerContext) -> bytes:
        request = credit_pb2.CheckEligibilityRequest.FromString(raw)
        question = request.question
        party = self._party(request, question, context)
        self._note(question, [(party, question)], batched=False)
        self._wait_or_fail([party], context)
        now, number = datetime.now(UTC), self._script.next_number()
        response = credit_pb2.CheckEligibilityResponse(
            decision=answers.decision(party, now), basis=answers.basis(party, number + 1, now)
        )
        digest = answers.digest(response)
        place = answers.position(party, number, now)
        if place is not None:
            response.audit_position.CopyFrom(place)
        self._script.note_given([answers.given(party, question.decision_point, number, digest)])
        return answers.spoilt(response.SerializeToString(), party.line.saying.sent)

    def _batch(self, raw: bytes, context: grpc.ServicerContext) -> bytes:
        request = credit_pb2.BatchCheckEligibilityRequest.FromString(raw)
        question = request.question
        parties = [self._party(item, question, context) for item in request.items]
        self._note(question, list(zip(parties, request.items, strict=True)), batched=True)
        self._wait_or_fail(parties, context)
        now, number = datetime.now(UTC), self._script.next_number()
        odd = _oddest(parties)
        items = [
            credit_pb2.BatchItemDecision(item_id=item.item_id, decision=answers.decision(party, now))
            for item, party in zip(request.items, parties, strict=True)
        ]
        response = credit_pb2.BatchCheckEligibilityResponse(
            items=answers.in_order(items, odd.line.saying.items), basis=answers.basis(odd, number + 1, now)
        )
        digest = answers.digest(response)
        lines = [answers.line_hash(number, i) for i in range(len(items))]
        for item, line in zip(response.items, lines, strict=False):
            item.line_hash = line
        place = answers.position(odd, number, now)
        if place is not None:
            response.audit_position.CopyFrom(place)
        self._script.note_given(
            [
                answers.given(party, question.decision_point, number, digest, line)
                for party, line in zip(parties, lines, strict=True)
            ]
        )
        return answers.spoilt(response.SerializeToString(), odd.line.saying.sent)

    def _party(
        self,
        item: credit_pb2.CheckEligibilityRequest | credit_pb2.BatchItem,
        question: credit_pb2.Question,
        context: grpc.ServicerContext,
    ) -> answers.Party:
        code = item.enterprise.uscc
        line = self._script.line(code, question.decision_point)
        if line is None:
            context.abort(grpc.StatusCode.INTERNAL, f"{code}: nobody was to ask about this enterprise here")
        related = [each.enterprise.uscc for each in item.related_parties]
        return answers.Party(code, (*(each.uscc for each in item.consortium_members), *related), line)

    def _note(
        self,
        question: credit_pb2.Question,
        asked: Sequence[tuple[answers.Party, credit_pb2.Question | credit_pb2.BatchItem]],
        *,
        batched: bool,
    ) -> None:
        """Note what was asked of whom; case and officer are the question's, or where it leaves them out the item's."""
        self._script.note_asked(
            [
                Asked(
                    party.code,
                    question.decision_point,
                    question.case_ref or said.case_ref,
                    question.officer or said.officer,
                    batched,
                )
                for party, said in asked
            ]
        )

    def _wait_or_fail(self, parties: Sequence[answers.Party], context: grpc.ServicerContext) -> None:
        """Let the time pass that the script has, and end the call where it has an error."""
        sayings = [each.line.saying for each in parties]
        seconds = max(self._late if each.late else each.delay_ms / 1000 for each in sayings)
        if seconds:
            gone = Event()
            context.add_callback(gone.set)
            gone.wait(seconds)
        for saying in sayings:
            if saying.status:
                _fail(context, saying.status, saying.reason)

    def _receipt(self, raw: bytes, context: grpc.ServicerContext) -> bytes:
        request = receipt_pb2.GetReceiptRequest.FromString(raw)
        if request.writer != WRITER or not self._script.entry(request.number, request.leaf_hash):
            _fail(context, "NOT_FOUND", "STATE")
        item = request.item if request.HasField("item") else None
        return receipt_pb2.GetReceiptResponse(
            receipt=receipt(request.number, item), origin="conformance", index=request.number
        ).SerializeToString()

    def _outcome(self, raw: bytes, _context: grpc.ServicerContext) -> bytes:
        request = outcome_pb2.ReportOutcomeRequest.FromString(raw)
        self._script.note_report(request)
        response = outcome_pb2.ReportOutcomeResponse(outcome_id=sha256(request.request_id.encode()).hexdigest()[:32])
        response.reported_at.FromDatetime(datetime.now(UTC))
        return response.SerializeToString()


def receipt(number: int, item: int | None) -> bytes:
    """Return the receipt of an entry, or of an item of it: no proof of anything, and different for each."""
    return json.dumps({"conformance": f"{WRITER}/{number}", "item": item}).encode()


def _oddest(parties: Sequence[answers.Party]) -> answers.Party:
    """Return the party whose saying holds for the whole call: the first that differs from the right answer."""
    return next((each for each in parties if each.line.saying.changes().keys() - {"verdict", "effects"}), parties[0])


def _fail(context: grpc.ServicerContext, status: str, reason: str) -> NoReturn:
    code = grpc.StatusCode[status]
    if reason:
        detail = any_pb2.Any()
        detail.Pack(error_details_pb2.ErrorInfo(reason=reason, domain=DOMAIN))
        whole = rpc_status_pb2.Status(code=code.value[0], message="by script", details=[detail])
        context.set_trailing_metadata((("grpc-status-details-bin", whole.SerializeToString()),))
    context.abort(code, "by script")
    raise AssertionError("abort raises")

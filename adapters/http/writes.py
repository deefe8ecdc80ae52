"""Writing over HTTP: conditions met, final acts, outcomes. Each is done once for its idempotency key."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from jointsanctions.v1 import common_pb2
from jointsanctions.v1 import outcome_pb2 as pb

from adapters.acts import Act
from adapters.clearance import Clearance, ConditionalClearance
from adapters.entries import OutcomeKind
from adapters.grants import Grant
from adapters.http.once import Once
from adapters.http.parsing import read_applicant, read_fulfilment, read_question
from adapters.http.problems import Problem
from adapters.http.showing import instants, position
from adapters.outcomes import part_of

if TYPE_CHECKING:
    from adapters.http.exchange import Request, Response
    from adapters.http.sidecar import Sidecar

_ACTED = (OutcomeKind.GRANTED,)


class Writes:
    """Answers the requests that change something."""

    def __init__(self, sidecar: Sidecar) -> None:
        self._its = sidecar
        self._once = Once(sidecar)

    def grant(self, request: Request) -> Response:
        """Pass the gate of a final act, which asks anew: 201 with the grant, or a problem with the recorded refusal."""
        return self._once.run(request, lambda: self._grant(request.body), self._granted, _ACTED)

    def fulfil(self, request: Request) -> Response:
        """Record that the conditions of an answer were met: 201 with the clearance that it is now."""
        return self._once.run(request, lambda: self._fulfil(request), self._fulfilled, (OutcomeKind.FULFILLED,))

    def outcome(self, request: Request) -> Response:
        """Tell the gateway what was done in the case: 201 with its id. The gateway takes it once for the key."""
        told: dict[str, Any] = {}

        def report() -> int:
            said = self._its.client.report_outcome(self._report(request))
            told.update(outcomeId=said.outcome_id, reportedAt=said.reported_at.ToJsonString())
            return int(request.body["check"])

        return self._once.run(request, report, lambda number: {"check": number, **told}, ())

    def _grant(self, body: dict[str, Any]) -> int:
        area = self._its.area
        asking = read_question(body["question"], area)
        if asking.point not in area.acts:
            raise Problem("MALFORMED_REQUEST", "nothing is granted at this decision point", "question.decisionPoint")
        act = Act(asking.case, asking.point, read_applicant(body, asking, area))
        carried = area.acts[asking.point]
        if carried is not None:
            if "carriedBy" not in body:
                raise Problem("MALFORMED_REQUEST", "this act needs the grant that carries it", "carriedBy")
            earlier = self._earlier(body["carriedBy"])
            self._its.granting.require(earlier, carried.by, act.case, act.applicant if carried.same_parties else None)
        elif "carriedBy" in body:
            raise Problem("MALFORMED_REQUEST", "nothing carries this act", "carriedBy")
        reviewed = self._reviewed(body["reviewed"]) if "reviewed" in body else None
        grant = self._its.granting.grant(Grant, act, reviewed)
        if grant.number is None:
            raise grant.stopped_by or Problem("NO_ANSWER")
        return grant.number

    def _earlier(self, number: int) -> Grant:
        """Return an earlier grant as the journal shows it, for the engine to judge."""
        held, granted = self._its.view.answer(number), self._granted_at(number)
        if held is None or not granted:
            raise Problem("NOT_IN_JOURNAL", "carriedBy is no grant", "carriedBy")
        return Grant(
            decision_point=held.decision_point,
            case_ref=held.case_ref,
            part=held.part,
            parties=held.parties,
            granted_at=self._its.engine.clock(),
            number=number,
            position=held.position,
            answer_digest=held.digest,
        )

    def _reviewed(self, number: int) -> Clearance:
        """Return the clearance that ``fulfil`` made; whether it is one, the journal's outcomes say to the gate."""
        asked = self._its.view.asked(number, self._its.journal)
        if asked is None:
            raise Problem("EXPIRED", "the answer that was reviewed is not held any more", "reviewed")
        return Clearance(asked.number, asked.question, asked.answer)

    def _fulfil(self, request: Request) -> int:
        number = request.number
        if self._its.view.question(number) is None:
            raise Problem("NOT_FOUND", "the journal has no such question")
        answer = self._its.view.answer(number)
        if answer is None:
            raise Problem("NO_VERDICT")
        if answer.verdict != common_pb2.VERDICT_CONDITIONAL or answer.fault:
            raise Problem("NOT_CONDITIONAL")
        asked = self._its.view.asked(number, self._its.journal)
        if asked is None:
            raise Problem("EXPIRED")
        met = read_fulfilment(request.body)
        ConditionalClearance(
            asked.number, asked.question, asked.answer, self._its.journal, self._its.engine.clock
        ).fulfil(
            officer_review=met.officer_review,
            security=met.security,
            existence=met.existence,
            convenience_withheld=met.convenience_withheld,
            heard_party=met.heard_party,
        )
        return number

    def _report(self, request: Request) -> pb.ReportOutcomeRequest:
        body, number = request.body, int(request.body["check"])
        row, answer = self._its.view.question(number), self._its.view.answer(number)
        if row is None:
            raise Problem("NOT_FOUND", "the journal has no such question", "check")
        if answer is None:
            raise Problem("NO_VERDICT", field="check")
        place = answer.position
        return pb.ReportOutcomeRequest(
            request_id="http-" + sha256(request.key.encode()).hexdigest()[:40],
            area=row["area"],
            decision_point=row["decision_point"],
            case_ref=row["case_ref"],
            officer=body["officer"],
            uscc=row["lead"],
            answer=pb.AnswerPosition(
                writer=place.writer, number=place.number, leaf_hash=place.leaf_hash, line_hash=place.line_hash
            ),
            outcome=pb.OutcomeKind.Value(body["outcome"]),
            decided_on=body["decidedOn"],
            document_number=body.get("documentNumber", ""),
            conditions=[
                pb.FulfilledCondition(kind=pb.FulfilmentKind.Value(each["kind"]), text=each["text"])
                for each in body.get("conditions", ())
            ],
            note=body.get("note", ""),
            supersedes=body.get("supersedes", ""),
            reexamined_ending_id=body.get("reexaminedEndingId", ""),
            part=part_of(row["part"]),
        )

    def _granted_at(self, number: int) -> str:
        found = [each["decidedAt"] for each in self._its.view.outcomes(number) if each["kind"] == OutcomeKind.GRANTED]
        return str(found[0]) if found else ""

    def _granted(self, number: int) -> dict[str, Any]:
        """Return a grant made of the journal, so that it is the same whenever it is told."""
        row, answer = self._its.view.question(number), self._its.view.answer(number)
        if row is None or answer is None:
            raise AssertionError("what was granted is in the journal")
        outcomes = self._its.view.outcomes(number)
        stopped = [each["details"]["reason"] for each in outcomes if each["kind"] == OutcomeKind.OBSERVED]
        granted = self._granted_at(number)
        return {
            "number": number,
            "mayProceed": True,
            "mode": self._its.mode,
            "decisionPoint": common_pb2.DecisionPoint.Name(row["decision_point"]),
            "caseRef": row["case_ref"],
            "part": row["part"],
            "parties": sorted(answer.parties),
            "officer": row["officer"],
            "verdict": common_pb2.Verdict.Name(answer.verdict),
            "auditPosition": position(answer.position),
            "answerDigest": answer.digest.hex(),
            **instants(asOf=answer.as_of, validUntil=answer.valid_until),
            **({"grantedAt": granted} if granted else {}),
            **({"wouldBeStoppedBy": stopped[-1]} if stopped else {}),
        }

    def _fulfilled(self, number: int) -> dict[str, Any]:
        answer = self._its.view.answer(number)
        if answer is None:
            raise AssertionError("what was fulfilled is in the journal")
        return {"number": number, "standing": "CLEARED", "mayProceed": True, **instants(validUntil=answer.valid_until)}

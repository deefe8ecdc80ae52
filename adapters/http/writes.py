"""Writing over HTTP: conditions met, final acts, outcomes. Each is done once for its idempotency key."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from jointsanctions.v1 import common_pb2
from jointsanctions.v1 import outcome_pb2 as pb

from adapters.acts import Act
from adapters.clearance import Clearance, ConditionalClearance
from adapters.entries import OutcomeKind
from adapters.errors import NotClearedError
from adapters.grants import Grant
from adapters.http.beside import beside
from adapters.http.granted import require_carried, told
from adapters.http.parsing import read_applicant, read_fulfilment, read_question
from adapters.http.problems import Problem
from adapters.http.showing import instants, refusal
from adapters.outcomes import part_of

if TYPE_CHECKING:
    from adapters.http.exchange import Request, Response
    from adapters.http.once import Once
    from adapters.http.parsing import Asking
    from adapters.http.sidecar import Sidecar
    from adapters.questions import Applicant

_ACTED = (OutcomeKind.GRANTED,)


class Writes:
    """Answers the requests that change something."""

    def __init__(self, sidecar: Sidecar, once: Once) -> None:
        self._its = sidecar
        self._once = once

    def grant(self, request: Request) -> Response:
        """Pass the gate of a final act, which asks anew: 201 with the grant, or a problem with the recorded refusal."""
        return self._once.run(
            request, lambda: self._grant(request.body), lambda number: told(self._its, number), _ACTED
        )

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
        require_carried(self._its, area.acts[asking.point], body, act.case, act.applicant)
        reviewed = self._reviewed(body["reviewed"]) if "reviewed" in body and not self._its.observes else None
        try:
            grant = self._its.granting.grant(Grant, act, reviewed)
        except NotClearedError as error:
            raise self._refused(error, asking, act.applicant) from error
        if grant.number is None:
            raise grant.stopped_by or Problem("NO_ANSWER")
        return grant.number

    def _refused(self, error: NotClearedError, asking: Asking, applicant: Applicant) -> Problem:
        """Return the problem of a closed gate, with what the area says beside the answer behind it."""
        problem = refusal(error, self._its.engine.clock())
        if "answer" in problem.members:
            further = beside(self._its.area, asking, applicant.facts, error)
            problem.members = {"answer": {**problem.members["answer"], **further}}
        return problem

    def _reviewed(self, number: int) -> Clearance:
        """Return the clearance that ``fulfil`` made; whether it is one, the journal's outcomes say to the gate."""
        asked = self._its.view.asked(number, self._its.journal)
        if asked is None:
            raise Problem("EXPIRED", "the answer that was reviewed is not held any more", "reviewed")
        return Clearance(asked.number, asked.question, asked.answer)

    def _fulfil(self, request: Request) -> int:
        number = request.number
        row = self._its.view.question(number)
        if row is None or not row["lead"]:
            # What waits about a person has conditions of its own (``adapters.http.person_requests``).
            raise Problem("NOT_FOUND", "the journal has no such question about an enterprise")
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
        if not row["lead"]:
            raise Problem("MALFORMED_REQUEST", "what is decided about persons is not reported", "check")
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

    def _fulfilled(self, number: int) -> dict[str, Any]:
        answer = self._its.view.answer(number)
        if answer is None:
            raise AssertionError("what was fulfilled is in the journal")
        return {"number": number, "standing": "CLEARED", "mayProceed": True, **instants(validUntil=answer.valid_until)}

"""Asking over HTTP: one applicant, many of one case, a tender as OCDS; and what the journal shows of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jointsanctions.v1 import common_pb2

from adapters.errors import NotClearedError
from adapters.http.beside import beside
from adapters.http.exchange import Request, Response
from adapters.http.parsing import read_applicant, read_question
from adapters.http.problems import Problem, problem_of
from adapters.http.showing import instants, position, show
from adapters.lossless import Json, dumps, loads
from adapters.ocds import Annotator, OcdsError
from adapters.questions import Applicant
from adapters.rules import point_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from adapters.clearance import Standing
    from adapters.http.parsing import Asking
    from adapters.http.sidecar import Sidecar
    from adapters.ocds import Entrant


class Checks:
    """Answers the requests that ask."""

    def __init__(self, sidecar: Sidecar) -> None:
        self._its = sidecar

    def check(self, request: Request) -> Response:
        """Ask about one applicant: 200 with what was answered and recorded, whatever it says."""
        asking = read_question(request.body["question"], self._its.area)
        applicant = read_applicant(request.body, asking, self._its.area)
        (result,) = self._its.engine.check_all(asking.case, asking.point, (applicant,)).results
        return Response(200, {**self._said(asking, applicant, result), "mode": self._its.mode})

    def batch(self, request: Request) -> Response:
        """Ask about many of one case at once: 200 when at least one was answered; each has its answer or problem."""
        asking = read_question(request.body["question"], self._its.area)
        items = request.body["items"]
        if len({item["itemId"] for item in items}) < len(items):
            raise Problem("MALFORMED_REQUEST", "an itemId is used twice", "items")
        applicants = [read_applicant(item, asking, self._its.area, f"items[{i}].") for i, item in enumerate(items)]
        checked = self._its.engine.check_all(asking.case, asking.point, applicants)
        told = [
            {"itemId": item["itemId"], **self._told(asking, applicant, result)}
            for item, applicant, result in zip(items, applicants, checked.results, strict=True)
        ]
        problems = [each["problem"] for each in told if "problem" in each]
        if len(problems) == len(told):
            raise self._problem(asking, applicants[0], checked.results[0], items=told)
        return Response(200, {"items": told, "oneRevision": checked.calls <= 1, "mode": self._its.mode})

    def recorded(self, request: Request) -> Response:
        """Show a question as the journal has it: 404 for a number that it has not given."""
        view, number = self._its.view, request.number
        row = view.question(number)
        if row is None:
            raise Problem("NOT_FOUND", "the journal has no such question")
        said: dict[str, Any] = {
            "number": number,
            "askedAt": row["asked_at"],
            "decisionPoint": common_pb2.DecisionPoint.Name(row["decision_point"]),
            "caseRef": row["case_ref"],
            "part": row["part"],
            "officer": row["officer"],
            "enterprise": row["lead"],
            "parties": row["parties"].split(),
            "outcomes": view.outcomes(number),
        }
        if row["failure"]:
            said |= {"failure": row["failure"], "failedAt": row["failed_at"]}
        answer = view.answer(number)
        if answer is not None:
            said |= {
                "verdict": common_pb2.Verdict.Name(answer.verdict),
                "fault": answer.fault,
                "auditPosition": position(answer.position),
                "answerDigest": answer.digest.hex(),
                **instants(asOf=answer.as_of, validUntil=answer.valid_until),
            }
        return Response(200, said)

    def ocds(self, request: Request) -> Response:
        """Check the tenderers and suppliers of a release or package, and return it annotated, nothing else changed."""
        asking = read_question(request.body["question"], self._its.area)
        unanswered: list[NotClearedError] = []

        def check(ocid: str, entrants: Sequence[Entrant]) -> Sequence[Standing | NotClearedError]:
            case = replace(asking.case, case_ref=ocid)
            applicants = [
                Applicant(
                    each.lead, each.members, bool(each.members), (), asking.facts_for(consortium=bool(each.members))
                )
                for each in entrants
            ]
            results = self._its.engine.check_all(case, asking.point, applicants).results
            answered = [each for each in results if not isinstance(each, NotClearedError) or each.answer is not None]
            if not answered:
                unanswered.extend(each for each in results if isinstance(each, NotClearedError))
            return results

        # Read once more from the raw text, so that every number of the release keeps its digits.
        whole = loads(request.raw.decode())
        release: Json = whole["release"] if isinstance(whole, dict) else None
        annotator = Annotator(check, point_name(asking.point), request.body.get("consortium", {}))
        try:
            annotated = annotator.annotate_text(dumps(release))
        except OcdsError as error:
            raise Problem("MALFORMED_REQUEST", str(error), "release") from error
        if unanswered:
            raise problem_of(unanswered[0])
        return Response(200, annotated.encode())

    def _said(self, asking: Asking, applicant: Applicant, result: Standing | NotClearedError) -> dict[str, Any]:
        shown = show(result, self._its.engine.clock())
        try:
            return {**shown, **beside(self._its.area, asking, applicant.facts, result)}
        except NotClearedError as error:
            raise problem_of(error) from error

    def _told(self, asking: Asking, applicant: Applicant, result: Standing | NotClearedError) -> dict[str, Any]:
        try:
            return {"answer": self._said(asking, applicant, result)}
        except Problem as problem:
            return {"problem": problem.body()}

    def _problem(
        self,
        asking: Asking,
        applicant: Applicant,
        result: Standing | NotClearedError,
        **members: Any,  # noqa: ANN401 - JSON values
    ) -> Problem:
        try:
            self._said(asking, applicant, result)
        except Problem as problem:
            problem.members = members
            return problem
        raise AssertionError("an answer is no problem")

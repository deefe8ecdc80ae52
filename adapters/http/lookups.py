"""Looking over HTTP: receipts, endings, what was observed, and whether a check is possible."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from jointsanctions.v1 import common_pb2, ending_pb2, receipt_pb2

from adapters.errors import GatewayError
from adapters.http.exchange import Request, Response
from adapters.http.problems import Problem
from adapters.rules import point_name
from formats.civil import civil_date, format_instant, parse_date, parse_instant

if TYPE_CHECKING:
    from datetime import date

    from adapters.http.sidecar import Sidecar
    from adapters.http.viewing import JournalView

_CREDIT = "jointsanctions.v1.CreditService"
MOST_ENDINGS = 1000
"""Endings of one answer."""


class Lookups:
    """Answers the requests that only look."""

    def __init__(self, sidecar: Sidecar) -> None:
        self._its = sidecar

    def receipt(self, request: Request) -> Response:
        """Give the gateway's receipt of a recorded answer, byte for byte as the gateway gives it."""
        number = request.number
        if self._its.view.question(number) is None:
            raise Problem("NOT_FOUND", "the journal has no such question")
        answer = self._its.view.answer(number)
        if answer is None:
            raise Problem("NO_VERDICT")
        place = answer.position
        asked = receipt_pb2.GetReceiptRequest(
            writer=place.writer,
            number=place.number,
            leaf_hash=place.leaf_hash,
            item=self._its.view.item(number),
            officer=request.query["officer"],
        )
        return Response(200, self._its.client.receipt(asked).receipt)

    def endings(self, request: Request) -> Response:
        """List the endings received since an instant, oldest first; they are fetched in the background.

        404 where another side-car of the agency fetches them.
        """
        if not self._its.settings.fetches_endings:
            # An empty list would say that nothing has ended.
            raise Problem("NOT_FOUND", "another side-car of this agency fetches its endings")
        since = _asked_instant(request.query.get("since", ""))
        endings = [each for each in self._its.journal.endings() if not since or format_instant(each.ended_at) >= since]
        told = [
            {
                "endingId": each.ending_id,
                "kind": ending_pb2.EndingKind.Name(each.kind),
                "uscc": each.uscc,
                "recordId": each.record_id,
                "documentNumber": each.document_number,
                "endedAt": format_instant(each.ended_at),
                "caseRefs": list(each.case_refs),
                "reexamine": each.reexamine,
            }
            for each in endings[:MOST_ENDINGS]
        ]
        return Response(200, {"endings": told, "more": len(endings) > MOST_ENDINGS})

    def observed(self, request: Request) -> Response:
        """Report what enforcing would have stopped on a civil day; the present day without one."""
        said = request.query.get("date", "")
        try:
            day = parse_date(said) if said else civil_date(self._its.engine.clock())
        except ValueError as error:
            raise Problem("MALFORMED_REQUEST", str(error), "date") from error
        return Response(200, {"mode": self._its.mode, **observed_on(self._its.view, day)})

    def health(self, _request: Request) -> Response:
        """Say whether a check is possible: 200 when it is, and 503 with what is in the way."""
        ways = {"journal": True, "gateway": self._serving()}
        self._its.journal.answer_to(0)
        body = {"alive": True, "ready": all(ways.values()), "area": self._its.area.name, "mode": self._its.mode, **ways}
        if body["ready"]:
            return Response(200, body)
        problem = Problem("NOT_READY")
        problem.members = body
        raise problem

    def _serving(self) -> bool:
        try:
            return self._its.client.serving(_CREDIT)
        except GatewayError:
            return False


def observed_on(view: JournalView, day: date) -> dict[str, Any]:
    """Return what enforcing would have stopped on a civil day, counted and each, as JSON values.

    Raises:
        JournalUnavailableError: The journal cannot be read.
    """
    questions, rows = view.observed(day)
    stops = [
        {
            "number": row["number"],
            "observedAt": row["decided_at"],
            "reason": json.loads(row["details"]).get("reason", ""),
            "verdict": common_pb2.Verdict.Name(row["verdict"]),
            "decisionPoint": point_name(row["decision_point"]),
            "caseRef": row["case_ref"],
            "part": row["part"],
            "enterprise": row["lead"],
            "officer": row["officer"],
        }
        for row in rows
    ]
    reasons = Counter(str(each["reason"]) for each in stops)
    points = Counter(str(each["decisionPoint"]) for each in stops)
    return {
        "date": day.isoformat(),
        "questions": questions,
        "wouldBeStopped": len({each["number"] for each in stops}),
        "byReason": dict(sorted(reasons.items())),
        "byDecisionPoint": dict(sorted(points.items())),
        "stops": stops,
    }


def _asked_instant(said: str) -> str:
    if not said:
        return ""
    try:
        return format_instant(parse_instant(said))
    except ValueError as error:
        raise Problem("MALFORMED_REQUEST", str(error), "since") from error

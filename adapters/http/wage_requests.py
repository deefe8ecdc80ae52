"""Wages over HTTP: asked about, recorded, and never stopped (X-20, ``adapters.wages``)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.clearance import Clearance
from adapters.errors import NoAnswerError
from adapters.http.exchange import Request, Response
from adapters.http.parsing import read_applicant, read_question
from adapters.http.problems import Problem
from adapters.http.showing import refusal, show
from adapters.wages import Wages
from formats.civil import format_instant

if TYPE_CHECKING:
    from collections.abc import Callable

    from adapters.http.area import Point
    from adapters.http.sidecar import Sidecar

MOST_OPEN = 1000
"""Open questions of one answer."""


class WageRequests:
    """Answers the requests about wages, in the areas that have such a point."""

    def __init__(self, sidecar: Sidecar) -> None:
        self._its = sidecar

    def go_on(self, request: Request) -> Response:
        """Ask where money goes to workers: 200 with ``mayProceed``, and the answer or why the check is still open."""
        asking = read_question(request.body["question"], self._its.area)
        applicant = read_applicant(request.body, asking, self._its.area)
        went = _wages(self._its).go_on(asking.case, applicant)
        said: dict[str, Any] = {"mayProceed": True, "mode": self._its.mode}
        now = self._its.engine.clock()
        if went.pending is not None:
            try:
                said["pending"] = refusal(went.pending, now).body()
            except Problem as problem:
                said["pending"] = problem.body()
        elif went.asked is not None:
            clear = Clearance(went.asked.number, went.asked.question, went.asked.answer)
            said["answer"] = show(clear, now)
        return Response(200, said)

    def open_questions(self, _request: Request) -> Response:
        """List what is still open: the side-car asks it again by itself."""
        found = self._its.journal.open_questions(_point(self._its))
        told = [
            {
                "number": each.number,
                "askedAt": format_instant(each.asked_at),
                "caseRef": each.case_ref,
                "part": each.part,
                "enterprise": each.lead,
            }
            for each in found[:MOST_OPEN]
        ]
        return Response(200, {"open": told, "more": len(found) > MOST_OPEN})


def ask_again(sidecar: Sidecar, stopping: Callable[[], bool]) -> None:
    """Ask again about wages of which nothing could be said, until the gateway does not answer; it is tried later.

    Args:
        sidecar: Whose.
        stopping: Whether to leave the rest for the next time.

    Raises:
        JournalUnavailableError: The journal cannot be read.
    """
    if sidecar.area.wages is None:
        return
    for went in _wages(sidecar).asked_again(sidecar.settings.officer):
        if stopping() or isinstance(went.pending, NoAnswerError):
            return


def _wages(sidecar: Sidecar) -> Wages:
    return Wages(sidecar.engine, _point(sidecar))


def _point(sidecar: Sidecar) -> Point:
    point = sidecar.area.wages
    if point is None:
        raise AssertionError("there are no wages in this area")
    return point

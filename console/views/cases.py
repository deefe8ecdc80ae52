"""Live cases: which the agency has, on whom something weighs in each, its events, and what is not yet acknowledged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from jointsanctions.v1 import case_pb2 as pb

from console.case_facts import points_of
from console.verdict import trigger
from console.views.check import DECIDING
from console.visit import Entry, View

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from starlette.responses import Response

    from console.visit import Visit

AT_ONCE: Final = 50
"""Cases a page."""
MOST_EVENTS: Final = 5_000
"""Shown; more are not looked at, which the page says."""
MOST_DIGITS: Final = 18
ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Followed:
    """A case as a list told it, and when."""

    listed: pb.ListedCase
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """Where a next page of cases begins."""

    token: str
    closed_too: bool


def cases(visit: Visit) -> Response:
    """Show the agency's own cases, the one registered last first; with ``all`` those that are closed, too."""
    page = Page("", visit.query.get("show") == ALL)
    if "page" in visit.query:
        kept = visit.session.found(visit.query["page"], Page)
        if kept is None:
            return visit.gone()
        page = kept
    request = pb.ListCasesRequest(
        officer=visit.session.officer, closed_too=page.closed_too, page_size=AT_ONCE, page_token=page.token
    )
    found, at = visit.desk.client.list_cases(request), visit.desk.clock()
    rows = [(visit.session.keep(Followed(each, at)), each, _weighed(each)) for each in found.cases]
    further = Page(found.next_page_token, page.closed_too) if found.next_page_token else None
    return visit.page(
        "cases.html",
        rows=rows,
        whole=page.closed_too,
        further=visit.session.keep(further) if further is not None else "",
    )


def case(visit: Visit) -> Response:
    """Show one case with its events, the newest first, and from where its award is cleared."""
    kept = visit.session.found(visit.path["id"], Followed)
    if kept is None:
        return visit.gone()
    listed = kept.listed
    found: list[pb.CaseEvent] = []
    if listed.first_sequence:
        every = _events(visit, listed.first_sequence - 1, listed.last_sequence)
        found = [event for event in every if event.case_id == listed.case.case_id]
    points = points_of((listed.case.area,))[listed.case.area]
    own = points.index(listed.case.decision_point) if listed.case.decision_point in points else len(points)
    return visit.page(
        "case.html",
        at=visit.path["id"],
        kept=kept,
        case=listed.case,
        weighed=_weighed(listed),
        events=[(event, _ground(event, visit)) for event in reversed(found)],
        # From the one that the case heads for on: a contract follows an award.
        points=points[own:],
        began=pb.CASE_EVENT_KIND_BEGAN,
    )


def acknowledge_in_case(visit: Visit) -> Response:
    """Say that an event of a case is in the agency's own records, and go back to the case."""
    if visit.session.found(visit.path["id"], Followed) is None or not _acknowledged(visit):
        return visit.gone()
    return visit.to(f"/cases/{visit.path['id']}")


def events(visit: Visit) -> Response:
    """Show the events of the agency's cases by case, the newest first; without ``all`` those to acknowledge."""
    whole = visit.query.get("show") == ALL
    found, by_case = list(_events(visit)), dict[tuple[str, str], list[tuple[pb.CaseEvent, str]]]()
    for event in reversed(found):
        if whole or not event.HasField("acknowledged_at"):
            by_case.setdefault((event.case_ref, event.part), []).append((event, _ground(event, visit)))
    began = pb.CASE_EVENT_KIND_BEGAN
    cut = len(found) >= MOST_EVENTS
    return visit.page("case_events.html", cases=by_case, whole=whole, began=began, cut=cut, known=len(found))


def acknowledge(visit: Visit) -> Response:
    """Say that an event is in the agency's own records."""
    return visit.to("/cases/events") if _acknowledged(visit) else visit.gone()


def _acknowledged(visit: Visit) -> bool:
    """Acknowledge the event that a form names; False where it names none."""
    sequence = visit.form.get("sequence", "")
    if not (sequence.isascii() and sequence.isdigit() and len(sequence) <= MOST_DIGITS):
        return False
    request = pb.AcknowledgeCaseEventRequest(
        request_id=str(uuid4()), officer=visit.session.officer, sequence=int(sequence)
    )
    visit.desk.client.credit("AcknowledgeCaseEvent", request, pb.AcknowledgeCaseEventResponse)
    return True


def _weighed(listed: pb.ListedCase) -> dict[str, int]:
    """Return how many measures weigh on each party by the events so far."""
    return {each.uscc: len(each.sequences) for each in listed.weighing}


def _ground(event: pb.CaseEvent, visit: Visit) -> str:
    return trigger(event.measure.trigger, visit.words) if event.HasField("measure") else ""


def _events(visit: Visit, after: int = 0, upto: int = 0) -> Iterator[pb.CaseEvent]:
    """Yield the events behind one, up to one that is known to be there, or else to the next sign of life."""
    stream = visit.desk.client.watch_case(pb.WatchCaseRequest(officer=visit.session.officer, after_sequence=after))
    begun = False
    for number, message in enumerate(stream):
        if message.WhichOneof("told") == "event":
            yield message.event
            if upto and message.event.sequence >= upto:
                return
        elif begun:
            return
        if number >= MOST_EVENTS:
            return
        begun = True


VIEW: Final = View(
    DECIDING,
    (Entry("/cases", "cases"),),
    (
        ("GET", "/cases", cases),
        ("GET", "/cases/events", events),
        ("POST", "/cases/events", acknowledge),
        ("GET", "/cases/{id}", case),
        ("POST", "/cases/{id}", acknowledge_in_case),
    ),
)

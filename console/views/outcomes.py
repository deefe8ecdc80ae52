"""What was decided after an answer: reviewed, overridden with a reason, granted or refused, and what is still owed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import outcome_pb2 as pb

from adapters.errors import GatewayError
from console.asking import Answered, Fault
from console.deciding import NotReportedError, report
from console.problems import problem_of
from console.relied import Relied, owed, relied_on
from console.verdict import TONES, verdict_name
from console.views.check import DECIDING
from console.visit import Entry, View
from formats.civil import civil_date, parse_date

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from starlette.responses import Response

    from console.problems import Problem
    from console.visit import Visit

ANSWERS: Final = 500
"""Answers looked at a page."""
SINCE: Final = timedelta(days=30)
NOT_OURS: Final = "AREA_NOT_IN_MANDATE"
MALFORMED: Final = 422


def missing(visit: Visit) -> Response:
    """Show the answers at final points of which no outcome is reported, in the certificate's areas."""
    today = civil_date(visit.desk.clock())
    try:
        since = parse_date(visit.query.get("since", (today - SINCE).isoformat()))
    except ValueError:
        return visit.gone()
    rows, refused = [], []
    for area in visit.desk.caller.areas:
        once: dict[tuple[str, int, str], pb.MissingOutcome] = {}
        try:
            for each in _missing(visit, area, since):
                # The newest answers come first, so that the first of each is the one to report on.
                once.setdefault((each.case_ref, each.decision_point, each.uscc), each)
        except GatewayError as error:
            # Where client.toml names no area all are tried: in one that is not of the mandate nothing is owed.
            if error.reason != NOT_OURS:
                raise
            refused.append(error)
        rows += [(visit.session.keep(owed(each, area)), area, each) for each in once.values()]
    if refused and len(refused) == len(visit.desk.caller.areas):
        raise refused[0]
    rows.sort(key=lambda row: (row[2].due_on or "9999", row[2].answered_at.seconds))
    tones = {verdict: (tone, verdict_name(verdict)) for verdict, tone in TONES.items()}
    return visit.page("owed.html", rows=rows, since=since.isoformat(), today=today.isoformat(), tones=tones)


def _missing(visit: Visit, area: int, since: date) -> Iterator[pb.MissingOutcome]:
    request = pb.ListMissingOutcomesRequest(
        officer=visit.session.officer,
        area=area,  # type: ignore[arg-type]  # the number of an area
        since_on=since.isoformat(),
        page_size=ANSWERS,
    )
    while True:
        page = visit.desk.client.missing_outcomes(request)
        yield from page.missing
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def form(visit: Visit) -> Response:
    """Show the form by which a decision is reported, empty."""
    relied = _relied(visit)
    return visit.gone() if relied is None else _form(visit, relied)


def decide(visit: Visit) -> Response:
    """Report a decision; what is wrong or missing stands in the form."""
    relied = _relied(visit)
    if relied is None:
        return visit.gone()
    try:
        request = report(relied, visit.form, visit.session.officer, visit.desk.clock())
        visit.desk.client.report_outcome(request)
    except NotReportedError as error:
        return _form(visit, relied, error.faults, error.lacking)
    except GatewayError as error:
        return _form(visit, relied, problem=problem_of(error, visit.words))
    return visit.to(f"/reported/{visit.session.keep(request)}")


def reported(visit: Visit) -> Response:
    """Show what was reported."""
    request = visit.session.found(visit.path["id"], pb.ReportOutcomeRequest)
    if request is None:
        return visit.gone()
    kind = pb.OutcomeKind.Name(request.outcome).removeprefix("OUTCOME_KIND_").lower()
    return visit.page("reported.html", request=request, kind=kind)


def _relied(visit: Visit) -> Relied | None:
    kept = visit.session.found(visit.path["id"], Answered)
    return relied_on(kept) if kept is not None else visit.session.found(visit.path["id"], Relied)


def _form(
    visit: Visit,
    relied: Relied,
    wrong: tuple[Fault, ...] = (),
    lacking: tuple[str, ...] = (),
    problem: Problem | None = None,
) -> Response:
    words = visit.words
    today = civil_date(visit.desk.clock()).isoformat()
    return visit.page(
        "outcome.html",
        MALFORMED if wrong or lacking or problem else 200,
        at=visit.path["id"],
        relied=relied,
        tone=TONES.get(relied.verdict, "doubt"),
        verdict=verdict_name(relied.verdict),
        filled={"decided_on": today, "part": relied.part, **visit.form},
        wrong={fault.field: words(f"fault.{fault.text}") for fault in wrong},
        lacking=lacking,
        problem=problem,
        today=today,
    )


VIEW: Final = View(
    DECIDING,
    (Entry("/outcomes", "outcomes"),),
    (
        ("GET", "/outcomes", missing),
        ("GET", "/answers/{id}/outcome", form),
        ("POST", "/answers/{id}/outcome", decide),
        ("GET", "/reported/{id}", reported),
    ),
)

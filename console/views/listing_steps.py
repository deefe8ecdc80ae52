"""A step of a listing, taken by HRSS: its document, its day, and what the law has it say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import listing_pb2 as pb

from adapters.errors import GatewayError
from console.listing_faults import DOCUMENTS, ENTERPRISE, PERSON, faults_of, persons_in, rows_of, time_of
from console.listing_steps import Taking, request_of
from console.listing_words import RecordWords
from console.problems import problem_of
from console.texts import texts
from console.views.enterprise import PRODUCING
from console.views.listings import listing_page
from console.visit import View
from formats.civil import civil_date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.responses import Response

    from console.asking import Fault
    from console.problems import Problem
    from console.visit import Visit

MALFORMED, UNAVAILABLE = 422, 502
HEAD: Final = ("listing_id", "authority", "uscc", "document_number", "on")
"""Fields of a form that every step has, or the one that opens a procedure."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A listing of which a step was taken, as a session keeps it, so that no address names it."""

    listing_id: str


def open_procedure(visit: Visit) -> Response:
    """Go to the form that opens a procedure with its order to pay."""
    return visit.to(f"/listings/steps/{visit.session.keep(Taking('order_issued'))}")


def form(visit: Visit) -> Response:
    """Show the form of a step, empty."""
    taking = visit.session.found(visit.path["id"], Taking)
    return visit.gone() if taking is None else _form(visit, taking, status=200)


def take(visit: Visit) -> Response:
    """Take the step; what is wrong stands beside its field."""
    taking = visit.session.found(visit.path["id"], Taking)
    if taking is None:
        return visit.gone()
    if "more" in visit.form:
        return _form(visit, taking, status=200)
    wrong = tuple(faults_of(taking, visit.form, civil_date(visit.desk.clock())))
    if wrong:
        return _form(visit, taking, wrong)
    request = request_of(taking, visit.form, visit.session.officer, persons_in(taking, visit.form))
    at = time_of(visit.form) if taking.step.to_party else None
    if at is not None:
        request.at.FromDatetime(at)
    rpc = taking.step.rpc
    try:
        visit.desk.client.registry(rpc, request, getattr(pb, f"{rpc}Response"))
    except GatewayError as error:
        return _form(visit, taking, problem=problem_of(error, visit.words), error=error)
    return visit.to(f"/listings/taken/{visit.session.keep(Taken(request.step.listing_id))}")


def taken(visit: Visit) -> Response:
    """Say that a step was taken, and show where the listing then stands; that it is on record is said in any case."""
    kept = visit.session.found(visit.path["id"], Taken)
    if kept is None:
        return visit.gone()
    asked = pb.GetListingRequest(listing_id=kept.listing_id, officer=visit.session.officer)
    try:
        found = visit.desk.client.registry("GetListing", asked, pb.GetListingResponse)
    except GatewayError as error:
        problem = problem_of(error, visit.words)
        filled = {"listing_id": kept.listing_id}
        return visit.page("listing_form.html", UNAVAILABLE, filled=filled, wrong={}, problem=problem, taken=True)
    return listing_page(visit, found, visit.session.keep(found), taken=True)


def _form(
    visit: Visit,
    taking: Taking,
    faults: tuple[Fault, ...] = (),
    problem: Problem | None = None,
    error: GatewayError | None = None,
    status: int = MALFORMED,
) -> Response:
    words, filled = visit.words, visit.form
    today = civil_date(visit.desk.clock()).isoformat()
    wrong = {fault.field: words(f"fault.{fault.text}") for fault in faults}
    if problem is not None and problem.field:
        wrong[_field(problem)] = words("fault.refused")
    return visit.page(
        "listing_step.html",
        status,
        at=visit.path["id"],
        taking=taking,
        kind=pb.ListingActKind.Value(f"LISTING_ACT_KIND_{taking.act.upper()}"),
        filled={"on": today, **filled},
        wrong=wrong,
        labels=_labels(visit, [*HEAD, *(part.name for part in taking.parts)]),
        problem=problem,
        refused=_refused(error),
        say=RecordWords(words),
        persons=rows_of(taking, filled),
        documents=DOCUMENTS,
        parties=[(name, words(f"listing_step.to_{name}")) for name in (ENTERPRISE, PERSON)],
        hints=texts("console.listing_hint"),
        today=today,
    )


def _labels(visit: Visit, fields: Iterable[str]) -> dict[str, str]:
    """Return what each field of the form is called, whoever's word it is."""
    said, own = texts("console.said"), texts("console.listing_step")
    named = {name: visit.words.pair(own[name] if name in own else said[name]) for name in fields}
    return {**named, **{name: visit.words.pair(own[name]) for name in ("persons", "to", "at_time")}}


def _field(problem: Problem) -> str:
    """Return the form's field for what the gateway found wrong; a person's line stands for all that is in it."""
    whose = problem.field.partition(".")[0].partition("[")[0]
    if whose in {"person", "persons"}:
        return "persons"
    return "at_time" if problem.fact == "at" else problem.fact


def _refused(error: GatewayError | None) -> dict[str, str]:
    """Return why the state does not allow it, as the gateway named it: hindrance, day, and what may be done instead."""
    if error is None or error.reason != "STATE":
        return {}
    return {name: error.metadata.get(name, "") for name in ("why", "until", "allowed")}


VIEW: Final = View(
    PRODUCING,
    (),
    (
        ("GET", "/listings/open", open_procedure),
        ("GET", "/listings/taken/{id}", taken),
        ("GET", "/listings/steps/{id}", form),
        ("POST", "/listings/steps/{id}", take),
    ),
)

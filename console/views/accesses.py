"""The auditor's search of recorded calls: page after page, one entry, one enterprise's history, one officer's day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import audit_pb2 as pb

from adapters.errors import GatewayError
from console.access_filter import AREAS, VERDICTS, AccessFilter, Kept, read_filter, read_form
from console.exporting import FORMATS, TooLargeError, exported
from console.problems import problem_of
from console.verdict import TONES, verdict_name
from console.visit import Entry, View
from formats.access_export import ExportError
from formats.civil import civil_date

if TYPE_CHECKING:
    from starlette.responses import Response

    from console.asking import Fault
    from console.problems import Problem
    from console.visit import Visit

AUDITOR: Final = frozenset({"auditor"})
ROWS: Final = 50
"""Calls a page."""
MALFORMED, UNANSWERED = 422, 502


@dataclass(frozen=True, slots=True)
class Next:
    """The page after one: what was searched for, the gateway's token, and which page it is."""

    wanted: AccessFilter
    token: str
    number: int


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, as the page shows it."""

    rows: tuple[tuple[str, pb.AccessEntry], ...] = ()
    following: str = ""
    number: int = 1
    searched: bool = False


def search(visit: Visit) -> Response:
    """Search by what stands in the address and what the session keeps, and show the first page."""
    wanted, wrong = read_filter(visit.query, civil_date(visit.desk.clock()))
    if wrong:
        return _page(visit, wanted, wrong=wrong)
    if "kept" in visit.query:
        kept = visit.session.found(visit.query["kept"], Kept)
        # Never without it: what is found would be of others than were asked for.
        if kept is None:
            return visit.gone()
        wanted = replace(wanted, kept=kept)
    return _searched(visit, Next(wanted, "", 1))


def look(visit: Visit) -> Response:
    """Take a form and go to its search; code, officer and case stay in the session."""
    wanted, wrong = read_form(visit.form, civil_date(visit.desk.clock()))
    if wrong:
        return _page(visit, wanted, wrong=wrong)
    more = {"kept": visit.session.keep(wanted.kept)} if wanted.kept != Kept() else {}
    return visit.to(f"/accesses?{wanted.query(**more)}")


def following(visit: Visit) -> Response:
    """Show the page after one."""
    after = visit.session.found(visit.path["id"], Next)
    return visit.gone() if after is None else _searched(visit, after)


def entry(visit: Visit) -> Response:
    """Show one recorded call with all that an auditor may see of it."""
    found = visit.session.found(visit.path["id"], pb.AccessEntry)
    if found is None:
        return visit.gone()
    return visit.page(
        "access.html",
        at=visit.path["id"],
        entry=found,
        day=civil_date(found.position.recorded_at.ToDatetime(tzinfo=UTC)).isoformat(),
        tone=TONES.get(found.verdict, "doubt"),
        verdict=verdict_name(found.verdict) if found.verdict else "",
        asserted=found.officer_known == pb.OFFICER_KNOWN_ASSERTED,
        declared=found.officer_known == pb.OFFICER_KNOWN_DECLARED,
    )


def export(visit: Visit) -> Response:
    """Return what the form's search finds as a file with its proofs, all of it at once."""
    wanted, wrong = read_form(visit.form, civil_date(visit.desk.clock()))
    form = visit.form.get("form", "")
    if form not in FORMATS:
        return visit.gone()
    if wrong:
        return _page(visit, wanted, wrong=wrong)
    words = visit.words
    try:
        file = exported(visit.desk.client, wanted, form, visit.session.officer)
    except GatewayError as error:
        return _page(visit, wanted, problem=problem_of(error, words))
    except ExportError as error:
        why = words("access.export_large" if isinstance(error, TooLargeError) else "access.export_broken")
        return visit.page("notice.html", UNANSWERED, title=words("access.export_none"), text=why)
    return visit.file(file, "application/zip", f"accesses-{form}.zip")


def _searched(visit: Visit, page: Next) -> Response:
    request = page.wanted.request(visit.session.officer)
    request.page_size, request.page_token = ROWS, page.token
    try:
        answer = visit.desk.client.search_access(request)
    except GatewayError as error:
        return _page(visit, page.wanted, problem=problem_of(error, visit.words))
    token = answer.next_page_token
    after = visit.session.keep(Next(page.wanted, token, page.number + 1)) if token else ""
    rows = tuple((visit.session.keep(each), each) for each in answer.entries)
    return _page(visit, page.wanted, Found(rows, after, page.number, searched=True))


def _page(
    visit: Visit,
    wanted: AccessFilter,
    found: Found = Found(),
    wrong: tuple[Fault, ...] = (),
    problem: Problem | None = None,
) -> Response:
    words = visit.words
    status = MALFORMED if wrong else UNANSWERED if problem else 200
    return visit.page(
        "accesses.html",
        status,
        filled=wanted.shown,
        found=found,
        wrong={fault.field: words(f"fault.{fault.text}") for fault in wrong},
        problem=problem,
        areas=[(name, words.of("areas", number)) for name, number in AREAS.items()],
        verdicts=[(name, words.of("verdicts", number)) for name, number in VERDICTS.items()],
        tones={number: (TONES[number], words.of("verdicts", number)) for number in VERDICTS.values()},
    )


VIEW: Final = View(
    AUDITOR,
    (Entry("/accesses", "accesses"),),
    (
        ("GET", "/accesses", search),
        ("POST", "/accesses", look),
        ("POST", "/accesses/exported", export),
        ("GET", "/accesses/pages/{id}", following),
        ("GET", "/accesses/{id}", entry),
    ),
)

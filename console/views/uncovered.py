"""Awards that no recorded answer covers (A-122), of reported ones or of a file, with the answer that comes nearest."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import award_cover_pb2 as pb
from jointsanctions.v1 import common_pb2

from console.access_filter import AREAS, AccessFilter, read_filter
from console.award_list import MOST_ROWS, ListRefusedError, StandOut, as_csv, look, read_list
from console.verdict import TONES
from console.views.accesses import AUDITOR
from console.visit import Entry, View
from formats.civil import civil_date

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.responses import Response

    from console.asking import Fault
    from console.visit import Visit
    from console.words import Words

AT_ONCE: Final = 500
MOST_LOOKED_AT: Final = 20_000
"""Awards that a page looks at; that there are more it says."""
MALFORMED: Final = 422
REASONS: Final[Mapping[int, str]] = {
    pb.UNCOVERED_REASON_NEVER_ASKED: "uncovered.never_asked",
    pb.UNCOVERED_REASON_OTHER_CASE: "uncovered.other_case",
    pb.UNCOVERED_REASON_OTHER_ENTERPRISE: "uncovered.other_enterprise",
    pb.UNCOVERED_REASON_OUTLOOK_ONLY: "uncovered.outlook_only",
    pb.UNCOVERED_REASON_EARLIER_POINT: "uncovered.earlier_point",
    pb.UNCOVERED_REASON_ASKED_AFTER: "uncovered.asked_after",
    pb.UNCOVERED_REASON_VALIDITY_UNKNOWN: "uncovered.validity_unknown",
    pb.UNCOVERED_REASON_EXPIRED: "uncovered.expired",
    pb.UNCOVERED_REASON_RESTRICTED: "uncovered.restricted",
    pb.UNCOVERED_REASON_UNVERIFIABLE: "uncovered.unverifiable",
    pb.UNCOVERED_REASON_CONDITIONS_NOT_FULFILLED: "uncovered.conditions",
}
"""The text of each reason; one that is not here is shown by its number."""


def uncovered(visit: Visit) -> Response:
    """Show the awards that stand out among those decided in the days of the address."""
    wanted, wrong = read_filter(visit.query, civil_date(visit.desk.clock()))
    if wrong:
        return _page(visit, wanted, None, wrong=wrong)
    request = pb.ListUncoveredAwardsRequest(
        officer=visit.session.officer,
        agency=wanted.agency,
        since_on=wanted.since,
        until_on=wanted.until,
        page_size=AT_ONCE,
    )
    if wanted.area:
        request.area = AREAS[wanted.area]
    whole = pb.ListUncoveredAwardsResponse()
    while True:
        page = visit.desk.client.audit("ListUncoveredAwards", request, pb.ListUncoveredAwardsResponse)
        whole.awards.extend(page.awards)
        whole.looked_at += page.looked_at
        whole.next_page_token = request.page_token = page.next_page_token
        if not page.next_page_token or whole.looked_at >= MOST_LOOKED_AT:
            return _page(visit, wanted, whole)


def choose(visit: Visit) -> Response:
    """Go to what a form names."""
    wanted, wrong = read_filter(visit.form, civil_date(visit.desk.clock()))
    return _page(visit, wanted, None, wrong=wrong) if wrong else visit.to(f"/uncovered?{wanted.query()}")


def upload(visit: Visit) -> Response:
    """Look at the awards of a file, all of them or none."""
    try:
        found = look(visit.desk.client, visit.session.officer, read_list(visit.uploaded("awards")))
    except ListRefusedError as error:
        wanted, _ = read_filter({}, civil_date(visit.desk.clock()))
        return _page(visit, wanted, None, refused=error)
    return visit.to(f"/uncovered/lists/{visit.session.keep(found)}")


def of_list(visit: Visit) -> Response:
    """Show what stands out of a file."""
    kept = visit.session.found(visit.path["id"], StandOut)
    if kept is None:
        return visit.gone()
    return visit.page("uncovered_list.html", at=visit.path["id"], found=kept, rows=_rows(visit, kept.awards))


def export(visit: Visit) -> Response:
    """Hand over what stands out as a file."""
    kept = visit.session.found(visit.path["id"], StandOut)
    if kept is None:
        return visit.gone()
    return visit.file(as_csv(kept, partial(_reason, visit.words), visit.words), "text/csv", "uncovered.csv")


def _reason(words: Words, number: int) -> str:
    return words(REASONS[number]) if number in REASONS else str(number)


def _rows(visit: Visit, awards: Iterable[pb.UncoveredAward]) -> list[tuple[pb.UncoveredAward, str, str, str]]:
    return [
        (
            each,
            _reason(visit.words, each.reason),
            _nearest(visit, each) if each.HasField("nearest") else "",
            TONES.get(each.nearest.verdict, "doubt"),
        )
        for each in awards
    ]


def _page(
    visit: Visit,
    wanted: AccessFilter,
    found: pb.ListUncoveredAwardsResponse | None,
    wrong: tuple[Fault, ...] = (),
    refused: ListRefusedError | None = None,
) -> Response:
    words = visit.words
    kept = StandOut(tuple(found.awards), found.looked_at) if found is not None else None
    return visit.page(
        "uncovered.html",
        MALFORMED if wrong or refused else 200,
        filled=wanted.shown,
        found=found,
        rows=_rows(visit, kept.awards) if kept is not None else [],
        at=visit.session.keep(kept) if kept is not None and kept.awards else "",
        refused=refused,
        most=MOST_ROWS,
        areas=[(name, words.of("areas", number)) for name, number in AREAS.items()],
        wrong={fault.field: words(f"fault.{fault.text}") for fault in wrong},
    )


def _nearest(visit: Visit, award: pb.UncoveredAward) -> str:
    place = common_pb2.AuditPosition(writer=award.nearest.writer, number=award.nearest.number)
    return visit.session.keep(place)


VIEW: Final = View(
    AUDITOR,
    (Entry("/uncovered", "uncovered"),),
    (
        ("GET", "/uncovered", uncovered),
        ("POST", "/uncovered", choose),
        ("POST", "/uncovered/lists", upload),
        ("GET", "/uncovered/lists/{id}", of_list),
        ("POST", "/uncovered/lists/{id}/csv", export),
    ),
    uploads=frozenset({"/uncovered/lists"}),
)

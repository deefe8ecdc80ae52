"""What has ended, for HRSS: who was told of it before and has acknowledged its end or has not, and who decided on it.

A record that is void never weighed: what an agency decided on it has to be examined again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import ending_pb2 as pb
from jointsanctions.v1 import outcome_pb2

from console.texts import texts
from console.views.enterprise import PRODUCING
from console.visit import Entry, View
from console.wire_words import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response

    from console.visit import Visit
    from console.words import Words

PAGE: Final = 1_000
CASES_PAGE: Final = 100
MOST: Final = 5_000
"""Acknowledgements read, and cases; that there are more is said, for then no number on the page is the whole."""
OVERDUE: Final = "overdue"
ACKNOWLEDGED: Final = "acknowledged"
LISTING: Final = "listing"
"""What the wire calls the record of a listing; others bear the name of their kind."""


@dataclass(slots=True)
class Told:
    """What one agency has not acknowledged, or has.

    Attributes:
        agency: The agency.
        endings: These, in the order in which the gateway lists them.
        late: How many of them are not acknowledged though their day is over, or were acknowledged after it.
    """

    agency: str
    endings: list[pb.UnacknowledgedEnding | pb.AcknowledgedEnding] = field(default_factory=list)
    late: int = 0


@dataclass(frozen=True, slots=True)
class Whose:
    """An enterprise as a session keeps it, so that no address names it."""

    uscc: str


def board(visit: Visit) -> Response:
    """Show what is not acknowledged by agency, the late first; ``show`` asks for the late alone, or for who has."""
    return _board(visit, "")


def of_enterprise(visit: Visit) -> Response:
    """Keep whose records are meant, and go to them."""
    return visit.to(f"/endings/{visit.session.keep(Whose(visit.form.get('uscc', '')))}")


def of_one(visit: Visit) -> Response:
    """Show the same of one enterprise's records."""
    kept = visit.session.found(visit.path["id"], Whose)
    return visit.gone() if kept is None else _board(visit, kept.uscc)


def _board(visit: Visit, uscc: str) -> Response:
    show = visit.query.get("show", "")
    told: dict[str, Told] = {}
    read = 0
    for each, late in _told(visit, uscc, acknowledged=show == ACKNOWLEDGED):
        read += 1
        if show == OVERDUE and not late:
            continue
        whole = told.setdefault(each.agency, Told(each.agency))
        whole.endings.append(each)
        whole.late += late
    return visit.page(
        "endings.html",
        told=sorted(told.values(), key=lambda each: (-each.late, each.agency)),
        show=show,
        uscc=uscc,
        here=visit.here,
        say=EndingWords(visit.words),
        read=read,
        cut=read >= MOST,
    )


def _told(visit: Visit, uscc: str, *, acknowledged: bool) -> Iterator[tuple[Any, bool]]:
    """Yield each row of one of the gateway's two lists, and whether it is late; no more than ``MOST``."""
    request: Any = pb.ListAcknowledgedEndingsRequest() if acknowledged else pb.ListUnacknowledgedEndingsRequest()
    request.officer, request.uscc, request.page_size = visit.session.officer, uscc, PAGE
    for _ in range(MOST // PAGE):
        if acknowledged:
            done = visit.desk.client.registry("ListAcknowledgedEndings", request, pb.ListAcknowledgedEndingsResponse)
            yield from ((each, each.late) for each in done.endings)
            request.page_token = done.next_page_token
        else:
            owed = visit.desk.client.registry(
                "ListUnacknowledgedEndings", request, pb.ListUnacknowledgedEndingsResponse
            )
            yield from ((each, each.overdue) for each in owed.endings)
            request.page_token = owed.next_page_token
        if not request.page_token:
            return


def decided(visit: Visit) -> Response:
    """Show the cases that agencies decided on what never weighed and have not examined again."""
    request = outcome_pb2.ListDecidedCasesRequest(officer=visit.session.officer, page_size=CASES_PAGE)
    cases: list[outcome_pb2.CaseDecidedOnEnding] = []
    while len(cases) < MOST:
        page = visit.desk.client.registry("ListDecidedCases", request, outcome_pb2.ListDecidedCasesResponse)
        cases.extend(page.cases)
        if not page.next_page_token:
            break
        request.page_token = page.next_page_token
    return visit.page("decided.html", cases=cases, say=EndingWords(visit.words), cut=len(cases) >= MOST)


class EndingWords:
    """What a template of endings calls; what this version has no word for is shown as it came."""

    def __init__(self, words: Words) -> None:
        """Speak the language of *words*."""
        self._words = words

    def ending(self, number: int) -> str:
        """Return the word of how a record ended."""
        return self._known("ending", names(pb.EndingKind).get(number, str(number)))

    def record(self, kind: str) -> str:
        """Return the word of a kind of record, as the wire names it beside an ending."""
        return self._known("kind", "listing_act" if kind == LISTING else kind)

    def outcome(self, number: int) -> str:
        """Return the word of an outcome."""
        return self._known("outcome_kind", names(outcome_pb2.OutcomeKind).get(number, str(number)))

    def _known(self, section: str, name: str) -> str:
        known = texts(f"console.{section}")
        return self._words.pair(known[name]) if name in known else name


VIEW: Final = View(
    PRODUCING,
    (Entry("/endings", "endings"),),
    (
        ("GET", "/endings", board),
        ("POST", "/endings", of_enterprise),
        ("GET", "/endings/decided", decided),
        ("GET", "/endings/{id}", of_one),
    ),
)

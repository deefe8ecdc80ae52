"""What has ended, for HRSS: who was told of it before and has not acknowledged its end, and who decided on it.

A record that is void never weighed: what an agency decided on it has to be examined again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

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
LISTING: Final = "listing"
"""What the wire calls the record of a listing; others bear the name of their kind."""


@dataclass(slots=True)
class Owing:
    """What one agency has not acknowledged.

    Attributes:
        agency: The agency.
        endings: What it owes, the oldest first.
        overdue: How many of these are late.
    """

    agency: str
    endings: list[pb.UnacknowledgedEnding] = field(default_factory=list)
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class Whose:
    """An enterprise as a session keeps it, so that no address names it."""

    uscc: str


def board(visit: Visit) -> Response:
    """Show what is not acknowledged, agency by agency, who is late first; with ``show=overdue`` what is late alone."""
    return _board(visit, "")


def of_enterprise(visit: Visit) -> Response:
    """Keep whose records are meant, and go to them."""
    return visit.to(f"/endings/{visit.session.keep(Whose(visit.form.get('uscc', '')))}")


def of_one(visit: Visit) -> Response:
    """Show what is not acknowledged of one enterprise's records."""
    kept = visit.session.found(visit.path["id"], Whose)
    return visit.gone() if kept is None else _board(visit, kept.uscc)


def _board(visit: Visit, uscc: str) -> Response:
    late = visit.query.get("show") == OVERDUE
    owing: dict[str, Owing] = {}
    read = 0
    for each in _unacknowledged(visit):
        read += 1
        if (late and not each.overdue) or (uscc and each.uscc != uscc):
            continue
        whole = owing.setdefault(each.agency, Owing(each.agency))
        whole.endings.append(each)
        whole.overdue += each.overdue
    return visit.page(
        "endings.html",
        owing=sorted(owing.values(), key=lambda each: (-each.overdue, each.agency)),
        late=late,
        uscc=uscc,
        here=visit.here,
        say=EndingWords(visit.words),
        read=read,
        cut=read >= MOST,
    )


def _unacknowledged(visit: Visit) -> Iterator[pb.UnacknowledgedEnding]:
    request = pb.ListUnacknowledgedEndingsRequest(officer=visit.session.officer, page_size=PAGE)
    read = 0
    while True:
        page = visit.desk.client.registry("ListUnacknowledgedEndings", request, pb.ListUnacknowledgedEndingsResponse)
        yield from page.endings[: MOST - read]
        read += len(page.endings)
        if not page.next_page_token or read >= MOST:
            return
        request.page_token = page.next_page_token


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

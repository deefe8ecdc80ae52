"""Referred cases of police, procuratorate and court: what arrived, how each stands, and what may be done next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import clock_pb2
from jointsanctions.v1 import referral_pb2 as pb

from adapters.errors import JournalUnavailableError
from adapters.justice.following import collect
from adapters.justice.inbox_book import AnotherEntryError, InboxBook
from console.own import own_of, party_of
from console.steps import Act, form_of
from console.visit import Entry, View

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.responses import Response

    from console.visit import Visit

JUSTICE: Final = frozenset({"police", "procuratorate", "court"})
"""Roles of certificates to which cases are referred."""
PAGE: Final = 200
ALL: Final = "all"
FAILED: Final = 500
TONES: Final = {
    clock_pb2.COLOUR_GREEN: "good",
    clock_pb2.COLOUR_YELLOW: "warn",
    clock_pb2.COLOUR_RED: "bad",
    clock_pb2.COLOUR_OVER: "doubt",
    clock_pb2.COLOUR_DONE_IN_TIME: "good",
    clock_pb2.COLOUR_DONE_LATE: "warn",
}
"""How a clock's colour is shown; one that this version does not know is in doubt."""
DONE: Final = (clock_pb2.COLOUR_DONE_IN_TIME, clock_pb2.COLOUR_DONE_LATE)
"""Clocks of these stand on the case's own page alone."""


@dataclass(frozen=True, slots=True)
class CaseAt:
    """A case as a session keeps it, so that no address names it."""

    referral_id: str


def inbox(visit: Visit) -> Response:
    """Show what is not acknowledged, and the cases in the gateway's order, the most urgent clock first."""
    whole = visit.query.get("show") == ALL
    waiting = list(_waiting(visit))
    cases = [(visit.session.keep_once(CaseAt(case.referral_id)), case) for case in _cases(visit, open_only=not whole)]
    return visit.page("referrals.html", waiting=waiting, cases=cases, whole=whole, tones=TONES, done=DONE)


def receive(visit: Visit) -> Response:
    """Keep what arrived in the party's own book, and acknowledge it then."""
    try:
        with InboxBook(own_of(visit).book) as book:
            for _ in collect(party_of(visit), book, visit.desk.clock):
                pass
    except (JournalUnavailableError, AnotherEntryError) as error:
        return _unusable(visit, error)
    return visit.to("/referrals")


def case(visit: Visit) -> Response:
    """Show one case: its clocks, what may be done next, every step, what was received, and how far it has come."""
    kept = visit.session.found(visit.path["id"], CaseAt)
    if kept is None:
        return visit.gone()
    asked = pb.GetReferralRequest(officer=visit.session.officer, referral_id=kept.referral_id)
    found = visit.desk.client.referral("GetReferral", asked, pb.GetReferralResponse)
    try:
        received = _received(visit, kept.referral_id)
    except JournalUnavailableError as error:
        return _unusable(visit, error)
    acts = [
        (visit.session.keep(Act(visit.path["id"], kept.referral_id, kind, form)), kind)
        for kind in found.referral.allowed
        if (form := form_of(kind)) is not None
    ]
    steps = sorted(found.steps, key=lambda each: each.recorded_at.ToNanoseconds(), reverse=True)
    return visit.page(
        "referral.html",
        at=visit.path["id"],
        found=found,
        acts=acts,
        steps=steps,
        received=received,
        tones=TONES,
        taken="taken" in visit.query,
    )


def _received(visit: Visit, referral_id: str) -> list[tuple[pb.InboxEntry, bool]]:
    """Return what was received in a case, in its order, and whether it is kept and acknowledged."""
    kept: list[pb.InboxEntry] = []
    unheard: set[int] = set()
    path = own_of(visit).book
    if path.exists():
        with InboxBook(path) as book:
            kept, unheard = book.entries(), set(book.unacknowledged())
    known = {entry.place: (entry, entry.place not in unheard) for entry in kept}
    for entry in _waiting(visit):
        known[entry.place] = (entry, False)
    return [row for _, row in sorted(known.items()) if row[0].referral_id == referral_id]


def _waiting(visit: Visit) -> Iterator[pb.InboxEntry]:
    """Yield what the gateway has for the party and does not know to be kept, the oldest first."""
    request = pb.ListInboxRequest(officer=visit.session.officer, page_size=PAGE)
    while True:
        page = visit.desk.client.referral("ListInbox", request, pb.ListInboxResponse)
        yield from page.entries
        if not page.more:
            return
        request.after_place = page.entries[-1].place


def _cases(visit: Visit, *, open_only: bool) -> Iterator[pb.Referral]:
    request = pb.ListReferralsRequest(officer=visit.session.officer, open_only=open_only, page_size=PAGE)
    while True:
        page = visit.desk.client.referral("ListReferrals", request, pb.ListReferralsResponse)
        yield from page.referrals
        if not page.next_page_token:
            return
        request.page_token = page.next_page_token


def _unusable(visit: Visit, error: Exception) -> Response:
    """Say that the own inbox cannot be used: nothing is acknowledged that is not kept."""
    text = visit.words("justice.book_unusable", why=error)
    return visit.page("notice.html", FAILED, title=visit.words("justice.book_title"), text=text)


VIEW: Final = View(
    JUSTICE,
    (Entry("/referrals", "referrals"),),
    (
        ("GET", "/referrals", inbox),
        ("POST", "/referrals", receive),
        ("GET", "/referrals/{id}", case),
    ),
)

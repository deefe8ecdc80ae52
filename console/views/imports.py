"""Imports, for whoever submits: what waits for a decision and would change, and which rows are refused and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import import_batch_pb2 as pb

from console.views.enterprise import PRODUCING
from console.visit import Entry, View
from console.wire_words import names

if TYPE_CHECKING:
    from starlette.responses import Response

    from console.visit import Visit

PAGE: Final = 100
SHIFTS: Final = 200
"""Enterprises shown whose answers would change; how many there are stands among the numbers."""
STATES: Final = names(pb.ImportState)
TONES: Final = {pb.IMPORT_STATE_COMPLETE: "warn", pb.IMPORT_STATE_APPLIED: "good", pb.IMPORT_STATE_REVOKED: "bad"}
OPEN: Final = frozenset({pb.IMPORT_STATE_STAGED, pb.IMPORT_STATE_COMPLETE})
"""States in which nothing is decided."""
MALFORMED: Final = 422
COUNTS: Final = ("new_records", "changed", "unchanged", "ended", "held", "refused", "restricted", "relieved")
"""Numbers of a difference, as the wire and ``console.difference`` of the texts name them."""
WAITING: Final = "waiting"


def first(visit: Visit) -> Response:
    """Show the imports, those that wait for a decision alone on request."""
    return _page(visit, "")


def onwards(visit: Visit) -> Response:
    """Show the page that follows on another."""
    kept = visit.session.found(visit.path["id"], str)
    return visit.gone() if kept is None else _page(visit, kept)


def _page(visit: Visit, token: str) -> Response:
    waiting = visit.query.get("show") == WAITING
    request = pb.ListImportsRequest(
        officer=visit.session.officer, waiting_only=waiting, page_size=PAGE, page_token=token
    )
    found = visit.desk.client.registry("ListImports", request, pb.ListImportsResponse)
    following = visit.session.keep(found.next_page_token) if found.next_page_token else ""
    return visit.page(
        "imports.html", found=found.imports, waiting=waiting, following=following, states=STATES, tones=TONES
    )


def ask(visit: Visit) -> Response:
    """Read one import with what it would change."""
    request = pb.GetImportRequest(batch=visit.form.get("batch", ""), officer=visit.session.officer, page_size=SHIFTS)
    found = visit.desk.client.registry("GetImport", request, pb.GetImportResponse, patient=True)
    return visit.to(f"/imports/{visit.session.keep(found)}")


def shown(visit: Visit) -> Response:
    """Show an import that was read."""
    kept = visit.session.found(visit.path["id"], pb.GetImportResponse)
    return visit.gone() if kept is None else import_page(visit, kept, visit.path["id"])


def import_page(visit: Visit, kept: pb.GetImportResponse, at: str, **said: Any) -> Response:  # noqa: ANN401 - see below
    """Return the page of an import as it was read and is kept under *at*.

    *said* is what there is to say beside it: ``done`` (what was just decided), or ``problem``, ``why`` and ``wrong``
    (what was refused, why it is not this person's, and by field what is wrong).
    """
    counts = [(name, getattr(kept.difference, name)) for name in COUNTS]
    beside = {"done": "", "problem": None, "why": "", "wrong": {}, **said}
    return visit.page(
        "import.html",
        MALFORMED if beside["problem"] or beside["wrong"] else 200,
        at=at,
        batch=kept.batch,
        kept=kept,
        counts=counts,
        states=STATES,
        tones=TONES,
        more=bool(kept.next_page_token),
        open=kept.batch.state in OPEN,
        revocable=kept.batch.state == pb.IMPORT_STATE_APPLIED,
        filled=visit.form,
        **beside,
    )


VIEW: Final = View(
    PRODUCING,
    (Entry("/imports", "imports"),),
    (
        ("GET", "/imports", first),
        ("POST", "/imports", ask),
        ("GET", "/imports/{id}", shown),
        ("GET", "/imports/after/{id}", onwards),
    ),
)

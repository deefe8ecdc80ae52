"""Early warnings, for HRSS: whom to tell before anything weighs on it. They change no grade and no answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import early_warning_pb2 as pb

from console.views.enterprise import PRODUCING
from console.visit import Entry, View
from console.wire_words import names

if TYPE_CHECKING:
    from starlette.responses import Response

    from console.visit import Visit

PAGE: Final = 200
"""Enterprises that the gateway looks at a page."""
ENOUGH: Final = 100
"""Warnings with which a page of ours ends; the next page goes on from there."""
KINDS: Final = {name: number for number, name in names(pb.EarlyWarningKind).items()}


@dataclass(frozen=True, slots=True)
class Onwards:
    """Where the next page begins: the kind that is looked for, empty for all, and the gateway's token."""

    kind: str
    token: str


def first(visit: Visit) -> Response:
    """Show the first page of the warnings, of one kind or of all."""
    kind = visit.query.get("kind", "")
    if kind and kind not in KINDS:
        return visit.gone()
    return _page(visit, Onwards(kind, ""))


def onwards(visit: Visit) -> Response:
    """Show the page that follows on another."""
    kept = visit.session.found(visit.path["id"], Onwards)
    return visit.gone() if kept is None else _page(visit, kept)


def _page(visit: Visit, begins: Onwards) -> Response:
    """Read on until there are enough warnings or no more: a page of the gateway's may be empty and not the last."""
    request = pb.ListEarlyWarningsRequest(
        officer=visit.session.officer,
        kinds=[KINDS[begins.kind]] if begins.kind else [],  # type: ignore[list-item]  # a number of the wire
        page_size=PAGE,
        page_token=begins.token,
    )
    found: list[pb.EarlyWarning] = []
    while True:
        page = visit.desk.client.registry("ListEarlyWarnings", request, pb.ListEarlyWarningsResponse)
        found += page.warnings
        request.page_token = page.next_page_token
        if not page.next_page_token or len(found) >= ENOUGH:
            break
    following = visit.session.keep(Onwards(begins.kind, request.page_token)) if request.page_token else ""
    shown = [(each, names(pb.EarlyWarningKind).get(each.kind)) for each in found]
    return visit.page(
        "warnings.html", found=shown, kind=begins.kind, kinds=KINDS, following=following, begun=not begins.token
    )


VIEW: Final = View(
    PRODUCING,
    (Entry("/warnings", "warnings"),),
    (("GET", "/warnings", first), ("GET", "/warnings/{id}", onwards)),
)

"""A wage-arrears listing, for HRSS: how far it is, what is due, what may come next, and the document of every step.

A step is taken in ``listing_steps``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import listing_pb2 as pb

from adapters.errors import GatewayError
from console.listing_steps import takings
from console.listing_words import RecordWords
from console.problems import problem_of
from console.views.enterprise import PRODUCING
from console.visit import Entry, View

if TYPE_CHECKING:
    from starlette.responses import Response

    from console.problems import Problem
    from console.visit import Visit

ID_BYTES: Final = 128
"""What the gateway takes of a listing's id."""
MALFORMED: Final = 422
WAY: Final = (
    pb.LISTING_ACT_KIND_ORDER_ISSUED,
    pb.LISTING_ACT_KIND_ORDER_DELIVERED,
    pb.LISTING_ACT_KIND_PRE_NOTICE,
    pb.LISTING_ACT_KIND_PRE_NOTICE_DELIVERED,
    pb.LISTING_ACT_KIND_DECISION,
    pb.LISTING_ACT_KIND_DELIVERY,
    pb.LISTING_ACT_KIND_PUBLISHED,
)
"""The main line of a listing, in order (L-03 to L-10); what is beside it stands among the steps."""
ENDED: Final = frozenset({pb.LISTING_STAGE_REPAIRED, pb.LISTING_STAGE_EXPIRED, pb.LISTING_STAGE_REVOKED})
ENDED_FOR_NOW: Final = frozenset(
    {pb.LISTING_CONDITION_STAYED, pb.LISTING_CONDITION_HIDDEN, pb.LISTING_CONDITION_REPAIR_SHOWN}
)
"""Stages and conditions in which a listing has no effect any more, or none now: whoever was told of it is told so."""
DUTIES: Final = {
    "L-08": "decide",
    "L-19b/UNPUBLISHED": "unpublished",
    "L-19b/OTHER_SITES_TOLD": "other_sites_told",
    "L-19b/PLATFORM_TOLD": "platform_told",
}
"""What the authority has to do, by the rule that says so, as ``console.duty`` of the texts names it."""


def begin(visit: Visit) -> Response:
    """Show the form that asks which listing, empty."""
    return _form(visit)


def ask(visit: Visit) -> Response:
    """Read a listing by its id."""
    said = visit.form.get("listing_id", "")
    fault = "required" if not said else "too_long" if len(said.encode()) > ID_BYTES else ""
    if fault:
        return _form(visit, fault)
    request = pb.GetListingRequest(listing_id=said, officer=visit.session.officer)
    try:
        found = visit.desk.client.registry("GetListing", request, pb.GetListingResponse)
    except GatewayError as error:
        return _form(visit, problem=problem_of(error, visit.words))
    return visit.to(f"/listings/{visit.session.keep(found)}")


def shown(visit: Visit) -> Response:
    """Show a listing that was read."""
    kept = visit.session.found(visit.path["id"], pb.GetListingResponse)
    return visit.gone() if kept is None else listing_page(visit, kept, visit.path["id"])


def listing_page(visit: Visit, kept: pb.GetListingResponse, at: str, *, taken: bool = False) -> Response:
    """Return the page of a listing as it was read and is kept under *at*; *taken*: a step of it was just taken."""
    # The newest of each kind: after a restoration a step of the main line may be there twice.
    newest = {act.act: act for act in kept.acts if not act.to_person}
    steps = {kind: (visit.session.keep(taking), taking) for kind, taking in takings(at, kept)}
    return visit.page(
        "listing.html",
        kept=kept,
        way=[(kind, newest.get(kind)) for kind in WAY],
        duties=DUTIES,
        say=RecordWords(visit.words),
        steps=steps,
        taken=taken,
        # Before its delivery nobody was told of it, and what weighs now has not ended.
        ended=kept.standing.stage in ENDED or any(each in ENDED_FOR_NOW for each in kept.standing.conditions),
    )


def _form(visit: Visit, fault: str = "", problem: Problem | None = None) -> Response:
    return visit.page(
        "listing_form.html",
        MALFORMED if fault or problem else 200,
        filled=visit.form,
        wrong={"listing_id": visit.words(f"fault.{fault}")} if fault else {},
        problem=problem,
        taken=False,
    )


VIEW: Final = View(
    PRODUCING,
    (Entry("/listings", "listings"),),
    (("GET", "/listings", begin), ("POST", "/listings", ask), ("GET", "/listings/{id}", shown)),
)

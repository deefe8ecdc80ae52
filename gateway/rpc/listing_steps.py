"""``RegistryService``'s procedure of a listing on the wire: one method a kind of step, all of one shape."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from jointsanctions.v1 import listing_pb2 as pb

from gateway.domain.agencies import Role
from gateway.domain.authorities import require_authority
from gateway.rpc import fields, listing_requests
from gateway.rpc.listing_answers import acts_pb, standing_pb
from gateway.rpc.method import Method, Reply
from gateway.rpc.record_fields import People
from gateway.services.listing_steps import FEED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gateway.rpc.listing_requests import Header
    from gateway.rpc.method import Call
    from gateway.services.listing_steps import ListingSteps, StepRequest
    from gateway.services.ports.identity import PersonVault

    Reader = Callable[[People, Any, Header], StepRequest]

STEPS: tuple[tuple[str, Any, Any, Reader], ...] = (
    ("RegistryService/ProposeListing", pb.ProposeListingRequest, pb.ProposeListingResponse, listing_requests.propose),
    ("RegistryService/RecordNotice", pb.RecordNoticeRequest, pb.RecordNoticeResponse, listing_requests.notice),
    (
        "RegistryService/RecordObjection",
        pb.RecordObjectionRequest,
        pb.RecordObjectionResponse,
        listing_requests.objection,
    ),
    ("RegistryService/DecideListing", pb.DecideListingRequest, pb.DecideListingResponse, listing_requests.decision),
    ("RegistryService/RecordDelivery", pb.RecordDeliveryRequest, pb.RecordDeliveryResponse, listing_requests.delivery),
    ("RegistryService/StayListing", pb.StayListingRequest, pb.StayListingResponse, listing_requests.stay),
    ("RegistryService/RevokeListing", pb.RevokeListingRequest, pb.RevokeListingResponse, listing_requests.revocation),
    (
        "RegistryService/ApplyForRepair",
        pb.ApplyForRepairRequest,
        pb.ApplyForRepairResponse,
        listing_requests.application,
    ),
    ("RegistryService/DecideRepair", pb.DecideRepairRequest, pb.DecideRepairResponse, listing_requests.repair),
)
"""Method, its request and response, and what reads the request."""


class ListingStepsServicer:
    """Hands each step to the use case, and back where the listing then stands."""

    def __init__(self, vault: PersonVault, steps: ListingSteps) -> None:
        self._people = People(vault)
        self._steps = steps

    def methods(self) -> list[Method]:
        """Return the methods, with the roles that they are for."""
        producers = frozenset({Role.PRODUCER})
        taking = [
            Method(
                name,
                request,
                producers,
                run=partial(self._take, response, read),
                recorded=self._recorded,
            )
            for name, request, response, read in STEPS
        ]
        return [*taking, Method("RegistryService/GetListing", pb.GetListingRequest, producers, run=self.get_listing)]

    async def _take(self, response: Any, read: Reader, request: Any, call: Call) -> Reply:  # noqa: ANN401 - one of STEPS
        call.agency.require_feed(FEED)
        require_authority(call.agency, request.step.authority, "step.authority")
        head = listing_requests.header(self._people, request)
        call.told.update(request_id=head.request_id, officer=head.officer, listing=head.listing_id)
        step = read(self._people, request, head)
        call.told["acts"] = [new.act.kind.name for new in step.acts]
        revision, held = await self._steps(call.agency, step)
        call.told.update(enterprises=[held.listing.uscc], revisions=[revision, revision])
        standing = standing_pb(held, self._steps.calendar, self._steps.now())
        return Reply(response(data_revision=revision, standing=standing))

    async def get_listing(self, request: pb.GetListingRequest, call: Call) -> Reply:
        """See registry.proto."""
        call.agency.require_feed(FEED)
        officer = fields.required(request.officer, "officer", 64)
        listing_id = fields.required(request.listing_id, "listing_id", 128)
        call.told.update(officer=officer, listing=listing_id)
        revision, held = await self._steps.read(listing_id)
        call.told.update(enterprises=[held.listing.uscc], revision=revision)
        return Reply(
            pb.GetListingResponse(
                data_revision=revision,
                standing=standing_pb(held, self._steps.calendar, self._steps.now()),
                acts=acts_pb(held),
                persons=len(held.listing.person_keys),
            )
        )

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds the step, so that a restart need not write one for it."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._steps.mark_recorded, str(told["request_id"]), through, number)

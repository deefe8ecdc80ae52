"""The inbox of ``ReferralService`` on the wire, and payments. It translates; what is received is decided elsewhere."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, cast

from jointsanctions.v1 import referral_pb2 as pb

from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError
from gateway.domain.referrals import PARTIES, REFER
from gateway.rpc import fields
from gateway.rpc.answers import text_pb
from gateway.rpc.dossier_requests import payment
from gateway.rpc.method import FeedMessage, Method, Reply
from gateway.rpc.referral_answers import inbox_entry_pb
from gateway.rpc.referral_requests import referral_id

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from gateway.domain.agencies import Agency
    from gateway.domain.referrals import Referral, ReferralEntry
    from gateway.rpc.method import Call
    from gateway.rpc.record_fields import People
    from gateway.rpc.referrals import ReferralsServicer
    from gateway.services.referral_inbox import ReferralInbox

PAGE, PAGE_LIMIT = 50, 200
LOOK_SECONDS: Final = 0.25
HEARTBEAT_LOOKS: Final = 60
LARGEST: Final = 2**53 - 1
HRSS: Final = frozenset({Role.PRODUCER})


class ReferralInboxServicer:
    """Hands each call to the use case, and back what that returns."""

    def __init__(self, inbox: ReferralInbox, people: People, shown: ReferralsServicer) -> None:
        self._inbox = inbox
        self._people = people
        self._shown = shown

    def methods(self) -> list[Method]:
        """Return the methods, each with the roles that it is for."""
        return [
            Method("ReferralService/ListInbox", pb.ListInboxRequest, PARTIES, run=self.list_inbox),
            Method("ReferralService/SubscribeInbox", pb.SubscribeInboxRequest, PARTIES, run_feed=self.subscribe),
            Method(
                "ReferralService/AcknowledgeInbox",
                pb.AcknowledgeInboxRequest,
                PARTIES,
                run=self.acknowledge,
                recorded=self._recorded,
            ),
            Method(
                "ReferralService/RecordPayment",
                pb.RecordPaymentRequest,
                HRSS,
                run=self.record_payment,
                recorded=self._recorded,
            ),
        ]

    async def list_inbox(self, request: pb.ListInboxRequest, call: Call) -> Reply:
        """See referral.proto. The entry names every place that is told."""
        self._shown.require_party(call)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        if request.page_size > PAGE_LIMIT:
            raise MalformedRequestError("page_size", f"must be 1 to {PAGE_LIMIT}")
        after, size = _place(request.after_place), request.page_size or PAGE
        found = await self._inbox.unacknowledged(call.agency, after)
        page = found[:size]
        call.told["places"] = [entry.place for _, entry in page]
        shown = [_entry(each, call.agency) for each in page]
        return Reply(pb.ListInboxResponse(entries=shown, more=len(found) > size))

    async def subscribe(self, request: pb.SubscribeInboxRequest, call: Call) -> AsyncGenerator[FeedMessage]:
        """See referral.proto. Each delivery is an entry of its own."""
        self._shown.require_party(call)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        reached, looked, quiet = _place(request.after_place), -1, 0
        yield FeedMessage(pb.SubscribeInboxResponse(), {"after_place": reached})
        while True:
            newest = await self._inbox.newest()
            # Looking reads every case: only when there is an entry more than at the last look.
            found = await self._inbox.unacknowledged(call.agency, reached) if newest != looked else []
            looked = newest
            for case, entry in found:
                shown = pb.SubscribeInboxResponse(entry=_entry((case, entry), call.agency))
                yield FeedMessage(shown, {"referral": case.referral_id, "place": entry.place})
                reached = entry.place
            quiet = 0 if found else quiet + 1
            if quiet >= HEARTBEAT_LOOKS:
                yield FeedMessage(pb.SubscribeInboxResponse())
                quiet = 0
            await asyncio.sleep(LOOK_SECONDS)

    async def acknowledge(self, request: pb.AcknowledgeInboxRequest, call: Call) -> Reply:
        """See referral.proto."""
        self._shown.require_party(call)
        request_id = fields.required(request.request_id, "request_id", 64)
        call.told.update(request_id=request_id, officer=fields.required(request.officer, "officer", 64))
        places = list(request.places)
        if not 1 <= len(places) <= PAGE_LIMIT or len(set(places)) != len(places):
            raise MalformedRequestError("places", f"must be 1 to {PAGE_LIMIT}, each once")
        call.told["places"] = sorted(_place(each) for each in places)
        revision, new = await self._inbox.acknowledge(call.agency, request_id, places)
        call.told["revisions"] = [revision, revision]
        return Reply(pb.AcknowledgeInboxResponse(acknowledged=new))

    async def record_payment(self, request: pb.RecordPaymentRequest, call: Call) -> Reply:
        """See referral.proto."""
        call.agency.require_field(REFER, REFER)
        request_id = fields.required(request.request_id, "request_id", 64)
        officer = fields.required(request.officer, "officer", 64)
        call.told.update(request_id=request_id, officer=officer, referral=referral_id(request.referral_id))
        digest = self._people.digest(request.SerializeToString(deterministic=True))
        asked = (request_id, digest, request.referral_id)
        written, meaning = await self._inbox.pay(call.agency, asked, payment(request))
        call.told["revisions"] = [written.revision, written.revision]
        shown = self._shown.shown(written.referral, call)
        return Reply(pb.RecordPaymentResponse(referral=shown, meaning=text_pb(meaning)))

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds what was written, so that a restart need not write one for it."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._inbox.mark_recorded, str(told["request_id"]), through, number)


def _place(sent: int) -> int:
    if not 0 <= sent <= LARGEST:
        raise MalformedRequestError("place", f"must be 0 to {LARGEST}")
    return sent


def _entry(received: tuple[Referral, ReferralEntry], agency: Agency) -> pb.InboxEntry:
    return inbox_entry_pb(*received, agency.agency_id)

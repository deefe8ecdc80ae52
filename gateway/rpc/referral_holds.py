"""Holds of ``ReferralService`` on the wire. Whether one can be placed or released is decided in ``domain``."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final, cast

from jointsanctions.v1 import referral_pb2 as pb

from formats.civil import civil_date
from gateway.domain.agencies import Role
from gateway.domain.call_record import signed_for
from gateway.domain.referral_holds import HoldAct, HoldStep
from gateway.domain.referrals import REFER
from gateway.domain.two_persons import Spoken
from gateway.rpc import fields
from gateway.rpc.answers import instant_pb, wire
from gateway.rpc.dossier_requests import item_id
from gateway.rpc.method import Method, Reply
from gateway.rpc.referral_requests import NUMBER, referral_id
from gateway.services.referral_holds import HoldRequest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from gateway.domain.referral_holds import Hold
    from gateway.rpc.method import Call
    from gateway.rpc.record_fields import People
    from gateway.services.referral_holds import ReferralHolds
    from gateway.services.referral_inbox import ReferralInbox

HRSS: Final = frozenset({Role.PRODUCER})
REASON: Final = 1_000
"""Bytes."""


class ReferralHoldsServicer:
    """Hands each call to the use case, and back what that returns."""

    def __init__(self, holds: ReferralHolds, inbox: ReferralInbox, people: People) -> None:
        self._holds = holds
        self._inbox = inbox
        self._people = people

    def methods(self) -> list[Method]:
        """Return the methods, each with the roles that it is for."""
        recorded = self._recorded
        return [
            Method("ReferralService/HoldReferral", pb.HoldReferralRequest, HRSS, run=self.hold, recorded=recorded),
            Method(
                "ReferralService/ReleaseReferral", pb.ReleaseReferralRequest, HRSS, run=self.release, recorded=recorded
            ),
        ]

    async def hold(self, request: pb.HoldReferralRequest, call: Call) -> Reply:
        """See referral.proto."""
        wanted = self._wanted(request, HoldStep.PLACING, call)
        return Reply(pb.HoldReferralResponse(hold=await self._acted(wanted, call)))

    async def release(self, request: pb.ReleaseReferralRequest, call: Call) -> Reply:
        """See referral.proto. The entry says whether it was the first word or the second."""
        wanted = self._wanted(request, HoldStep.RELEASE_ASKED, call)
        return Reply(pb.ReleaseReferralResponse(hold=await self._acted(wanted, call)))

    def _wanted(
        self, request: pb.HoldReferralRequest | pb.ReleaseReferralRequest, step: HoldStep, call: Call
    ) -> HoldRequest:
        call.agency.require_field(REFER, REFER)
        request_id = fields.required(request.request_id, "request_id", 64)
        officer = fields.required(request.officer, "officer", 64)
        call.told.update(request_id=request_id, officer=officer, referral=referral_id(request.referral_id))
        item, until = "", None
        if isinstance(request, pb.HoldReferralRequest):
            item = item_id(request.item_id, "item_id") if request.item_id else ""
            until = fields.optional_day(request.until, "until")
        act = HoldAct(
            step=step,
            hold_id=item_id(request.hold_id, "hold_id"),
            document_number=fields.required(request.document_number, "document_number", NUMBER),
            reason=fields.required(request.reason, "reason", REASON),
            by=Spoken(call.seen.holder, officer, signed=signed_for(call.told)),
            item_id=item,
            until=until,
        )
        call.told["hold"] = {"id": act.hold_id}
        digest = self._people.digest(request.SerializeToString(deterministic=True))
        return HoldRequest(request_id, digest, request.referral_id, act)

    async def _acted(self, wanted: HoldRequest, call: Call) -> pb.ReferralHold:
        revision, hold = await self._holds.act(call.agency, wanted)
        today = civil_date(call.now)
        call.told["revisions"] = [revision, revision]
        call.told["hold"] = {"id": hold.placed.hold_id, "state": hold.state(today).name}
        return hold_pb(hold, today)

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds what was written, so that a restart need not write one for it."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._inbox.mark_recorded, str(told["request_id"]), through, number)


def hold_pb(hold: Hold, today: date) -> pb.ReferralHold:
    """Return a hold as it stands on a civil day (UTC+8)."""
    placed = hold.placed
    shown = pb.ReferralHold(
        hold_id=placed.hold_id,
        item_id=placed.item_id,
        state=wire(hold.state(today)),
        placed=_word(placed),
        placed_at=instant_pb(hold.placed_at),
        until=placed.until.isoformat() if placed.until is not None else "",
    )
    if hold.asked is not None:
        shown.asked.CopyFrom(_word(hold.asked))
    if hold.released is not None and hold.released_at is not None:
        shown.released.CopyFrom(_word(hold.released))
        shown.released_at.CopyFrom(instant_pb(hold.released_at))
    return shown


def _word(act: HoldAct) -> pb.HoldWord:
    return pb.HoldWord(
        officer=act.by.officer, holder=act.by.holder, document_number=act.document_number, reason=act.reason
    )

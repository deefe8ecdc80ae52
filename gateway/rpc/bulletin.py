"""``CreditService.GetBulletin`` on the wire: a bulletin in parts, on record before its first byte leaves.

The entry names the hash of the whole, so that what anybody holds can be found again in the record. It translates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import bulletin_pb2 as pb

from formats.civil import format_instant
from gateway.domain.agencies import ASKING_ROLES
from gateway.rpc import fields
from gateway.rpc.method import FeedMessage, Method
from gateway.rpc.points import read_area

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from datetime import timedelta

    from gateway.rpc.method import Call
    from gateway.services.get_bulletin import GetBulletin

PART: Final = 1024 * 1024
"""Bytes of one part."""


class BulletinServicer:
    """Hands the call to its use case."""

    def __init__(self, bulletin: GetBulletin, life: timedelta) -> None:
        """Take the use case, and for how long a bulletin holds."""
        self._bulletin = bulletin
        self._life = life

    def methods(self) -> list[Method]:
        """Return the method, with the roles that it is for: those that ask whether something may go ahead."""
        return [Method("CreditService/GetBulletin", pb.GetBulletinRequest, ASKING_ROLES, run_feed=self.get_bulletin)]

    async def get_bulletin(self, request: pb.GetBulletinRequest, call: Call) -> AsyncGenerator[FeedMessage]:
        """See bulletin.proto."""
        area = read_area(request, call)
        call.agency.require_purpose(request.purpose, "purpose")
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        purpose = fields.text(request.purpose, "purpose", 256)
        if purpose:
            call.told["purpose"] = purpose
        issued = await self._bulletin(area, call.agency.points, call.now, self._life)
        call.told["bulletin"] = {
            "sha256": issued.digest.hex(),
            "listings": issued.listings,
            "valid_until": format_instant(issued.head.valid_until),
        }
        call.told["revision"] = issued.head.revision
        first = pb.GetBulletinResponse(keys=issued.keys, size=len(issued.content), sha256=issued.digest)
        yield FeedMessage(first, {})
        for begin in range(0, len(issued.content), PART):
            await call.turn()
            yield FeedMessage(pb.GetBulletinResponse(content=issued.content[begin : begin + PART]))

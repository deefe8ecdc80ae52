"""``CreditService.ListRelatedBidders`` on the wire: that two bidders are related and how, and not through whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import case_pb2 as pb

from gateway.domain.agencies import ASKING_ROLES
from gateway.rpc.answers import wire
from gateway.rpc.case_requests import read_key
from gateway.rpc.method import Method, Reply
from gateway.rpc.points import read_area

if TYPE_CHECKING:
    from gateway.rpc.method import Call
    from gateway.services.related_bidders import RelatedBidders


class RelatedBiddersServicer:
    """Hands each call to the use case, and back what that returns."""

    def __init__(self, related: RelatedBidders) -> None:
        self._related = related

    def methods(self) -> list[Method]:
        """Return the method, with the roles that it is for."""
        return [Method("CreditService/ListRelatedBidders", pb.ListRelatedBiddersRequest, ASKING_ROLES, run=self.listed)]

    async def listed(self, request: pb.ListRelatedBiddersRequest, call: Call) -> Reply:
        """See case.proto. Everybody looked at is a line of the entry, and finds it there."""
        area = read_area(request, call)
        found = await self._related(read_key(request, call, area), call.now)
        call.told["revision"] = found.revision
        response = pb.ListRelatedBiddersResponse(unknown_usccs=found.unknown, data_revision=found.revision)
        for pair in found.pairs:
            response.pairs.add(uscc=pair.uscc, other_uscc=pair.other_uscc, relation=wire(pair.relation))
        lines = [_told(place, code) for place, code in enumerate(found.codes)]
        return Reply(response, lines)


def _told(place: int, uscc: str) -> dict[str, object]:
    return {"item": place, "id": uscc, "enterprises": [uscc], "relations": ["SELF"]}

"""``AdminService``'s revocations on the wire. It translates; who may revoke what is decided elsewhere."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Final, cast

from jointsanctions.v1 import revocation_pb2 as pb

from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError
from gateway.domain.revoked_certificates import OWN_GRANT
from gateway.rpc import fields
from gateway.rpc.method import Method, Reply
from gateway.rpc.page_token import read_token, write_token
from gateway.rpc.revocation_answers import revoked_pb, told_of
from gateway.rpc.revocation_requests import read_order
from gateway.services.revoke_certificate import Revoker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.rpc.method import Call
    from gateway.services.revoke_certificate import RevokeCertificate

PAGE: Final = 100
PAGE_LIMIT: Final = 200
_EVERYBODY: Final = frozenset(Role)


class RevocationServicer:
    """Hands each call to the use case, and back what that returns."""

    def __init__(self, revoke: RevokeCertificate) -> None:
        self._revoke = revoke

    def methods(self) -> list[Method]:
        """Return the methods, each with the roles that it is for."""
        lookers = frozenset({Role.OPERATOR, Role.AUDITOR})
        name, request = "AdminService/RevokeCertificate", pb.RevokeCertificateRequest
        listing = pb.ListRevokedCertificatesRequest
        return [
            Method(name, request, _EVERYBODY, run=self.revoke, recorded=self._recorded),
            Method("AdminService/ListRevokedCertificates", listing, lookers, run=self.listed),
        ]

    async def revoke(self, request: pb.RevokeCertificateRequest, call: Call) -> Reply:
        """See revocation.proto."""
        if call.agency.role is not Role.OPERATOR:
            call.agency.require_field(OWN_GRANT, "certificate")
        who = Revoker(
            request_id=fields.required(request.request_id, "request_id", 64),
            digest=hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest(),
            agency=call.agency,
            holder=call.seen.holder,
            certificate=call.seen.certificate,
            officer=fields.required(request.officer, "officer", 64),
            at=call.now,
        )
        call.told.update(request_id=who.request_id, officer=who.officer)
        done = await self._revoke(who, read_order(request))
        call.told.update(told_of(done.revoked), revisions=[done.revision, done.revision])
        answer = pb.RevokeCertificateResponse(
            revoked=revoked_pb(done.revoked), already_revoked=done.already, own=done.own
        )
        return Reply(answer)

    async def listed(self, request: pb.ListRevokedCertificatesRequest, call: Call) -> Reply:
        """See revocation.proto."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        agency = fields.text(request.agency, "agency", 64)
        if request.page_size > PAGE_LIMIT:
            raise MalformedRequestError("page_size", f"must be 1 to {PAGE_LIMIT}")
        size = request.page_size or PAGE
        below = _place(request)
        found = [each for each in await self._revoke.listed(agency) if below is None or each.number < below]
        page = found[:size]
        token = write_token(request, [str(page[-1].number)]) if len(found) > size else ""
        answer = pb.ListRevokedCertificatesResponse(revoked=[revoked_pb(each) for each in page], next_page_token=token)
        return Reply(answer)

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds the write, so that a restart need not write one for it."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._revoke.mark_recorded, str(told["request_id"]), through, number)


def _place(request: pb.ListRevokedCertificatesRequest) -> int | None:
    """Return the number after which the page before ended; None on the first page."""
    place = read_token(request, 1)
    if place is None:
        return None
    if not place[0].isascii() or not place[0].isdecimal():
        raise MalformedRequestError("page_token", "is no token of this request")
    return int(place[0])

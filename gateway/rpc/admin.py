"""``AdminService``'s mandates on the wire. It translates; who may be granted what is decided elsewhere."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any, Final, cast

from jointsanctions.v1 import admin_pb2 as pb

from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError
from gateway.domain.imports import Person
from gateway.domain.mandate_changes import require_person
from gateway.domain.mandates import ProposalState
from gateway.rpc import fields
from gateway.rpc.mandate_answers import caller_pb, proposal_pb, standing_pb
from gateway.rpc.mandate_requests import read_wanted
from gateway.rpc.method import Method, Reply
from gateway.rpc.page_token import read_token, write_token
from gateway.rpc.revocation_answers import revoked_pb
from gateway.services.change_mandates import Wanted, Word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.domain.quotas import Quota
    from gateway.rpc.method import Call
    from gateway.services.change_mandates import ChangeMandates
    from gateway.services.revoke_certificate import RevokeCertificate

PAGE: Final = 100
PAGE_LIMIT: Final = 200
REVOKED: Final = 20
"""Revoked certificates told of one caller."""


class AdminServicer:
    """Hands each call to the use case, and back what that returns."""

    def __init__(self, mandates: ChangeMandates, revocations: RevokeCertificate, quota: Quota) -> None:
        """*quota* holds for the numbers of which a proposed mandate has none of its own."""
        self._mandates = mandates
        self._revocations = revocations
        self._quota = quota

    def methods(self) -> list[Method]:
        """Return the methods, each with the roles that it is for."""
        operators = frozenset({Role.OPERATOR})
        lookers = operators | {Role.AUDITOR}
        propose, approve = pb.ProposeMandateRequest, pb.ApproveMandateRequest
        return [
            Method("AdminService/ListCallers", pb.ListCallersRequest, lookers, run=self.list_callers),
            Method("AdminService/ProposeMandate", propose, operators, run=self.propose, recorded=self._recorded),
            Method("AdminService/ApproveMandate", approve, operators, run=self.approve, recorded=self._recorded),
        ]

    async def list_callers(self, request: pb.ListCallersRequest, call: Call) -> Reply:
        """See admin.proto."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        agency = fields.text(request.agency, "agency", 64)
        if request.page_size > PAGE_LIMIT:
            raise MalformedRequestError("page_size", f"must be 1 to {PAGE_LIMIT}")
        size = request.page_size or PAGE
        after = read_token(request, 2)
        found = [
            each
            for each in await self._mandates.listed()
            if agency in {"", each.caller[0]}
            and (each.waiting is not None or not request.waiting_only)
            and (after is None or each.caller > after)
        ]
        page = found[:size]
        token = write_token(request, page[-1].caller) if len(found) > size else ""
        revoked = await self._revocations.listed(agency)
        callers = [standing_pb(each, call.now) for each in page]
        for caller, standing in zip(callers, page, strict=True):
            own = [each for each in revoked if (each.certificate.agency, each.certificate.role) == standing.caller]
            caller.revoked.extend(revoked_pb(each) for each in own[:REVOKED])
        return Reply(pb.ListCallersResponse(callers=callers, next_page_token=token))

    async def propose(self, request: pb.ProposeMandateRequest, call: Call) -> Reply:
        """See admin.proto."""
        word = word_of(request, call)
        wanted = Wanted(
            mandate=read_wanted(request, self._quota),
            reason=fields.required(request.reason, "reason", 500),
            document_number=fields.required(request.document_number, "document_number", 128),
        )
        revision, proposal = await self._mandates.propose(word, wanted)
        call.told.update(_told(proposal.caller), proposal=proposal.proposal_id, document=wanted.document_number)
        call.told["revisions"] = [revision, revision]
        return Reply(pb.ProposeMandateResponse(proposal=proposal_pb(proposal, ProposalState.WAITING)))

    async def approve(self, request: pb.ApproveMandateRequest, call: Call) -> Reply:
        """See admin.proto."""
        word = word_of(request, call)
        proposal_id = fields.required(request.proposal, "proposal", 64)
        call.told["proposal"] = proposal_id
        version = await self._mandates.approve(word, proposal_id)
        call.told.update(_told(version.caller), mandate_version=version.mandate.version)
        call.told["revisions"] = [version.revision, version.revision]
        return Reply(pb.ApproveMandateResponse(caller=caller_pb(version, call.now), data_revision=version.revision))

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds the write, so that a restart need not write one for it."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._mandates.mark_recorded, str(told["request_id"]), through, number)


def word_of(request: Any, call: Call) -> Word:  # noqa: ANN401 - of several types, which share these fields
    """Return who says it, by the certificate, and note what is recorded of a call that writes."""
    require_person(call.seen.holder)
    request_id = fields.required(request.request_id, "request_id", 64)
    call.told.update(request_id=request_id, officer=fields.required(request.officer, "officer", 64))
    digest = hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest()
    return Word(request_id, digest, Person(call.agency.agency_id, call.seen.holder), call.now)


def _told(caller: tuple[str, str]) -> dict[str, object]:
    return {"mandate_of": "/".join(caller)}

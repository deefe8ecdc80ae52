"""Dossiers of ``ReferralService`` on the wire: keys, uploads, sendings, sharing and fetching.

It translates; what may be sent, to whom and who may open it is decided in ``services`` and ``domain``.
"""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final, cast

from jointsanctions.v1 import referral_pb2 as pb

from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError, StateError
from gateway.domain.referral_parts import UploadedFile
from gateway.domain.referrals import PARTIES, REFER
from gateway.rpc import fields
from gateway.rpc.dossier_requests import (
    item_id,
    published_key,
    sealed_file,
    send_referral,
    share_dossier,
)
from gateway.rpc.method import FeedMessage, Method, Reply
from gateway.rpc.referral_answers import agreement_of, gaps_pb, key_pb, parts_pb
from gateway.rpc.referral_requests import agency_id, referral_id

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Mapping

    from gateway.rpc.method import Call
    from gateway.rpc.record_fields import People
    from gateway.rpc.referrals import ReferralsServicer
    from gateway.services.dossiers import Dossiers
    from gateway.services.evidence import OpenUpload, SealedEvidence
    from gateway.services.ports.evidence import SealedFile
    from gateway.services.referral_inbox import ReferralInbox
    from gateway.services.referrals import Written

CONTENT_BYTES: Final = 1 << 20
AGENCIES: Final = 20
HRSS: Final = frozenset({Role.PRODUCER})


class DossiersServicer:
    """Hands each call to the use case, and back what that returns."""

    def __init__(
        self,
        dossiers: Dossiers,
        evidence: SealedEvidence,
        inbox: ReferralInbox,
        people: People,
        shown: ReferralsServicer,
    ) -> None:
        """Take the use cases, what keeps persons' numbers out of digests, and what *shown* cases look like."""
        self._dossiers = dossiers
        self._evidence = evidence
        self._inbox = inbox
        self._people = people
        self._shown = shown

    def methods(self) -> list[Method]:
        """Return the methods, each with the roles that it is for."""
        recorded = self._recorded
        return [
            Method(
                "ReferralService/PublishDossierKey",
                pb.PublishDossierKeyRequest,
                PARTIES,
                run=self.publish,
                recorded=recorded,
            ),
            Method("ReferralService/ListDossierKeys", pb.ListDossierKeysRequest, PARTIES, run=self.list_keys),
            Method(
                "ReferralService/UploadEvidence",
                pb.UploadEvidenceRequest,
                HRSS,
                run_stream=self.upload,
                recorded=recorded,
            ),
            Method("ReferralService/GetUpload", pb.GetUploadRequest, HRSS, run=self.get_upload),
            Method("ReferralService/SendReferral", pb.SendReferralRequest, HRSS, run=self.send, recorded=recorded),
            Method("ReferralService/ShareDossier", pb.ShareDossierRequest, PARTIES, run=self.share, recorded=recorded),
            Method("ReferralService/DownloadDossier", pb.DownloadDossierRequest, PARTIES, run_feed=self.download),
        ]

    async def publish(self, request: pb.PublishDossierKeyRequest, call: Call) -> Reply:
        """See referral.proto."""
        self._shown.require_party(call)
        request_id = fields.required(request.request_id, "request_id", 64)
        call.told.update(request_id=request_id, officer=fields.required(request.officer, "officer", 64))
        digest = self._people.digest(request.SerializeToString(deterministic=True))
        revision, key = await self._dossiers.publish(call.agency, request_id, digest, published_key(request))
        call.told["revisions"] = [revision, revision]
        call.told["dossier_key"] = key.kid
        return Reply(pb.PublishDossierKeyResponse(key=key_pb(key)))

    async def list_keys(self, request: pb.ListDossierKeysRequest, call: Call) -> Reply:
        """See referral.proto."""
        self._shown.require_party(call)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        if not 1 <= len(request.agencies) <= AGENCIES:
            raise MalformedRequestError("agencies", f"must be 1 to {AGENCIES}")
        wanted = {agency_id(each, f"agencies[{place}]") for place, each in enumerate(request.agencies)}
        keys = await self._dossiers.keys(wanted)
        call.told["dossier_keys"] = [key.kid for key in keys]
        return Reply(pb.ListDossierKeysResponse(keys=[key_pb(key) for key in keys]))

    async def upload(self, requests: AsyncIterator[pb.UploadEvidenceRequest], call: Call) -> Reply:
        """See referral.proto. Its entry says how much was there when the stream ended."""
        first: pb.UploadEvidenceRequest | None = await anext(aiter(requests), None)
        if first is None:
            raise MalformedRequestError("request_id", "is required")
        call.agency.require_field(REFER, REFER)
        request_id = self._note(first, call)
        item = item_id(first.item_id, "item_id")
        file = sealed_file(first.referral_id, first.sealed_sha256, first.sealed_bytes)
        call.told["sealed_file"] = {"id": item, "sha256": file.sha256, "size": file.size}
        await self._dossiers.require_uploadable(call.agency, first.referral_id)
        received = await self._receive(first, requests, file)
        call.told["sealed_file"] = {"id": item, "sha256": file.sha256, "size": file.size, "received": received}
        uploaded = UploadedFile(item, file.sha256, file.size)
        if received == file.size:
            written = await self._dossiers.keep(call.agency, first.referral_id, request_id, uploaded)
            call.told["revisions"] = [written.revision, written.revision]
        return Reply(pb.UploadEvidenceResponse(received_bytes=received, whole=received == file.size))

    async def get_upload(self, request: pb.GetUploadRequest, call: Call) -> Reply:
        """See referral.proto."""
        call.agency.require_field(REFER, REFER)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        call.told["referral"] = referral_id(request.referral_id)
        file = sealed_file(request.referral_id, request.sealed_sha256, request.sealed_bytes)
        case = await self._dossiers.require_uploadable(call.agency, request.referral_id)
        received = await self._evidence.received(file)
        there = {(each.sealed_sha256, each.sealed_bytes) for each in case.uploaded.values()}
        return Reply(pb.GetUploadResponse(received_bytes=received, whole=(file.sha256, file.size) in there))

    async def send(self, request: pb.SendReferralRequest, call: Call) -> Reply:
        """See referral.proto."""
        call.agency.require_field(REFER, REFER)
        self._note(request, call)
        wanted = send_referral(self._people, request, call)
        call.told["referral_step"] = wanted.act.kind.name
        written, gaps = await self._dossiers.send(call.agency, wanted)
        self._told(written, call)
        shown = self._shown.shown(written.referral, call)
        agreement = agreement_of(written.referral, call.agency.agency_id)
        if agreement:
            call.told["agreement"] = agreement
        return Reply(pb.SendReferralResponse(referral=shown, gaps=gaps_pb(gaps), court_agreement=agreement))

    async def share(self, request: pb.ShareDossierRequest, call: Call) -> Reply:
        """See referral.proto."""
        self._shown.require_party(call)
        self._note(request, call)
        wanted = share_dossier(self._people, request)
        call.told["recipients"] = sorted({key.recipient for key in wanted.keys})
        written = await self._dossiers.share(call.agency, wanted)
        self._told(written, call)
        return Reply(pb.ShareDossierResponse(referral=self._shown.shown(written.referral, call)))

    async def download(self, request: pb.DownloadDossierRequest, call: Call) -> AsyncGenerator[FeedMessage]:
        """See referral.proto. Beginning and end are on record; the end says that all of the file was sent."""
        self._shown.require_party(call)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        call.told["referral"] = referral_id(request.referral_id)
        item = item_id(request.item_id, "item_id") if request.item_id else ""
        case, file = await self._dossiers.file_for(call.agency, request.referral_id, item)
        if not 0 <= request.offset <= (file.size if file is not None else 0):
            raise MalformedRequestError("offset", "lies outside the file")
        yield FeedMessage(pb.DownloadDossierResponse(parts=parts_pb(case, call.agency.agency_id)), {})
        if file is None:
            return
        async with aclosing(self._evidence.read(file, request.offset)) as parts:
            async for part in parts:
                yield FeedMessage(pb.DownloadDossierResponse(content=part))
                await call.turn()
        call.told["fetched"] = item
        yield FeedMessage(pb.DownloadDossierResponse(), {"fetched": item})
        # Only now: what is said to have been fetched is on record, and its caller has not gone away before the end.
        await self._inbox.keep_fetched(call.agency, request.referral_id, item)

    async def _receive(
        self, first: pb.UploadEvidenceRequest, requests: AsyncIterator[pb.UploadEvidenceRequest], file: SealedFile
    ) -> int:
        """Take the content of a stream; return how much is there, or all of it once that has its hash.

        Raises:
            MalformedRequestError: The stream begins elsewhere than where the file ends, or brings more than declared.
            StateError: Somebody else uploads the file now, or all of it is there and has another hash.
        """
        if await self._evidence.is_whole(file):
            return file.size
        async with self._evidence.upload(file) as upload:
            if first.offset != upload.received:
                raise MalformedRequestError("offset", f"must be {upload.received}: so much of the file is there")
            await self._append(upload, first.content, file)
            async for request in requests:
                await self._append(upload, request.content, file)
            if upload.received < file.size:
                return upload.received
            if not await upload.finish():
                raise StateError(
                    "what was received has not the hash that was declared; it was thrown away",
                    object=file.sha256,
                    state="RECEIVED",
                    wanted="KEPT",
                    allowed="",
                    why="HASH_DIFFERS",
                )
        return file.size

    @staticmethod
    async def _append(upload: OpenUpload, content: bytes, file: SealedFile) -> None:
        if len(content) > CONTENT_BYTES:
            raise MalformedRequestError("content", f"is over {CONTENT_BYTES} bytes")
        if upload.received + len(content) > file.size:
            raise MalformedRequestError("content", "is more than sealed_bytes declares")
        if content:
            await upload.append(content)

    @staticmethod
    def _note(request: Any, call: Call) -> str:  # noqa: ANN401 - one of the requests that write, which share these fields
        request_id = fields.required(request.request_id, "request_id", 64)
        officer = fields.required(request.officer, "officer", 64)
        call.told.update(request_id=request_id, officer=officer, referral=referral_id(request.referral_id))
        return request_id

    @staticmethod
    def _told(written: Written, call: Call) -> None:
        call.told["revisions"] = [written.revision, written.revision]
        call.told["referral_stage"] = written.referral.stage.name

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds what was written, so that a restart need not write one for it."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._inbox.mark_recorded, str(told["request_id"]), through, number)

"""Objections on the wire: filed and seen through the window, answered by HRSS. Decided in ``services``."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Any, TypeVar, cast

from jointsanctions.v1 import objection_pb2 as pb

from gateway.domain.agencies import Role
from gateway.domain.authorities import require_authority
from gateway.domain.errors import MalformedRequestError
from gateway.domain.kinds.publication_objection import ObjectionResult
from gateway.domain.objections import ObjectionAbout
from gateway.rpc import fields
from gateway.rpc.explain_grade import read_party
from gateway.rpc.method import Method, Reply
from gateway.rpc.points import tell_who_asks
from gateway.services.objections import Answering, Filing

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

    from gateway.domain.clocks import Deadline
    from gateway.domain.objections import OwnObjection
    from gateway.rpc.method import Call
    from gateway.services.objections import Objections

W = TypeVar("W", bound="StrEnum")


class ObjectionsServicer:
    """Hands objections to their use case."""

    def __init__(self, objections: Objections, writer: str) -> None:
        self._objections = objections
        self._writer = writer

    def methods(self) -> list[Method]:
        """Return the methods, each with the role that it is for."""
        window, hrss = frozenset({Role.SUBJECT}), frozenset({Role.PRODUCER})
        return [
            Method(
                "SubjectService/FileObjection", pb.FileObjectionRequest, window, run=self.file, recorded=self._recorded
            ),
            Method("SubjectService/ListOwnObjections", pb.ListOwnObjectionsRequest, window, run=self.list_own),
            Method(
                "RegistryService/AnswerObjection",
                pb.AnswerObjectionRequest,
                hrss,
                run=self.answer,
                recorded=self._recorded,
            ),
        ]

    async def file(self, request: pb.FileObjectionRequest, call: Call) -> Reply:
        """See subject.proto."""
        uscc = _applicant(request, call)
        call.told["request_id"] = fields.required(request.request_id, "request_id", 64)
        about = _word(ObjectionAbout, request.about, "about")
        call.told["about"] = about.value
        filing = Filing(
            request_id=request.request_id,
            digest=hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest(),
            uscc=uscc,
            about=about,
            document_number=fields.required(request.document_number, "document_number", 128),
            grounds=fields.required(request.grounds, "grounds", 2_000),
            application=request.case_ref,
        )
        filed = await self._objections.file(call.agency, filing, self._writer)
        call.told.update(objection=filed.objection_id, revisions=[filed.revision, filed.revision])
        response = pb.FileObjectionResponse(
            data_revision=filed.revision,
            objection_id=filed.objection_id,
            authority=filed.authority,
            received_on=filed.received_on.isoformat(),
        )
        _put_due(response, filed.answer_by)
        return Reply(response)

    async def list_own(self, request: pb.ListOwnObjectionsRequest, call: Call) -> Reply:
        """See subject.proto."""
        revision, found = await self._objections.own(_applicant(request, call))
        call.told["revision"] = revision
        shown = [_own(each, due) for each, due in found]
        return Reply(pb.ListOwnObjectionsResponse(objections=shown, data_revision=revision))

    async def answer(self, request: pb.AnswerObjectionRequest, call: Call) -> Reply:
        """See registry.proto."""
        require_authority(call.agency, request.authority, "authority")
        request_id = fields.required(request.request_id, "request_id", 64)
        officer = fields.required(request.officer, "officer", 64)
        identity = fields.required(request.objection_id, "objection_id", 128)
        call.told.update(request_id=request_id, officer=officer, objection=identity)
        answering = Answering(
            request_id=request_id,
            digest=hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest(),
            objection_id=identity,
            authority=fields.required(request.authority, "authority", 200),
            document_number=fields.required(request.document_number, "document_number", 128),
            decided_on=fields.civil_day(request.decided_on, "decided_on"),
            result=_word(ObjectionResult, request.result, "result"),
            answer=fields.required(request.answer, "answer", 2_000),
        )
        revision, uscc = await self._objections.answer(call.agency, answering, self._writer)
        call.told.update(enterprises=[uscc], revisions=[revision, revision])
        return Reply(pb.AnswerObjectionResponse(data_revision=revision, uscc=uscc))

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds what was stored, so that a restart need not write one for it."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._objections.mark_recorded, str(told["request_id"]), through, number)


def _applicant(request: pb.FileObjectionRequest | pb.ListOwnObjectionsRequest, call: Call) -> str:
    """Return the code of the enterprise that applies at the window."""
    tell_who_asks(request, call)
    fields.case_reference(request.case_ref, "case_ref")
    fields.required(request.officer, "officer", 64)
    return read_party(request.enterprise, call).uscc


def _word(words: type[W], sent: str, field: str) -> W:
    try:
        return words(fields.required(sent, field, 64))
    except ValueError as error:
        raise MalformedRequestError(field, f"is none of {', '.join(words)}") from error


def _put_due(shown: Any, due: Deadline | None) -> None:  # noqa: ANN401 - two messages that share these fields
    if due is not None:
        shown.answer_by = due.due_on.isoformat()
        shown.provisional = due.provisional


def _own(own: OwnObjection, due: Deadline | None) -> pb.OwnObjection:
    shown = pb.OwnObjection(
        objection_id=own.objection_id,
        about=own.about.value,
        document_number=own.document_number,
        case_ref=own.application,
        authority=own.authority,
        received_on=own.received_on.isoformat(),
        grounds=own.grounds,
        answered_on=own.answered_on.isoformat() if own.answered_on else "",
        result=own.result.value if own.result else "",
        answer_number=own.answer_number,
        answer=own.answer,
    )
    _put_due(shown, due)
    return shown

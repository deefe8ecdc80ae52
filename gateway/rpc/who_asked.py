"""``SubjectService.ListWhoAsked`` on the wire: for the window, and about the enterprise that applies there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import subject_pb2 as pb

from formats.civil import format_instant
from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError
from gateway.domain.policy import LocalizedText
from gateway.rpc import fields
from gateway.rpc.answers import instant_pb, text_pb
from gateway.rpc.explain_grade import read_party
from gateway.rpc.method import Method, Reply
from gateway.rpc.points import tell_who_asks

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from gateway.rpc.method import Call
    from gateway.services.list_who_asked import Asked, ListWhoAsked
    from gateway.services.ports.mandates import Callers

PAGE = 100
PAGE_LIMIT = 1_000


class WhoAskedServicer:
    """Hands the reading to its use case."""

    def __init__(self, who: ListWhoAsked, callers: Callers) -> None:
        self._who = who
        self._callers = callers

    def methods(self) -> list[Method]:
        """Return the method, with the role that it is for."""
        request = pb.ListWhoAskedRequest
        return [Method("SubjectService/ListWhoAsked", request, frozenset({Role.SUBJECT}), run=self.list_who_asked)]

    async def list_who_asked(self, request: pb.ListWhoAskedRequest, call: Call) -> Reply:
        """See subject.proto."""
        tell_who_asks(request, call)
        fields.case_reference(request.case_ref, "case_ref")
        fields.required(request.officer, "officer", 64)
        party = read_party(request.enterprise, call)
        since, until = _span(request)
        call.told["search"] = {
            name: format_instant(moment) for name, moment in (("since", since), ("until", until)) if moment is not None
        }
        if request.page_size > PAGE_LIMIT:
            raise MalformedRequestError("page_size", f"must be 1 to {PAGE_LIMIT}")
        size = request.page_size or PAGE
        try:
            found, following = await self._who(party.uscc, (since, until), size, request.page_token)
        except ValueError as error:
            raise MalformedRequestError("page_token", "is no token of this list") from error
        names = {(each.agency_id, each.role.value): LocalizedText(each.name_zh, each.name_en) for each in self._callers}
        return Reply(
            pb.ListWhoAskedResponse(questions=[_question(each, names) for each in found], next_page_token=following)
        )


def _question(asked: Asked, names: Mapping[tuple[str, str], LocalizedText]) -> pb.QuestionAboutOwn:
    shown = pb.QuestionAboutOwn(
        asked_at=instant_pb(asked.at),
        agency=asked.agency,
        method=asked.method,
        area=asked.area,  # type: ignore[arg-type]  # the same numbers
        decision_point=asked.point,  # type: ignore[arg-type]  # likewise
        purpose=asked.purpose,
        relations=asked.relations,
    )
    name = names.get((asked.agency, asked.role))
    if name is not None:
        shown.agency_name.CopyFrom(text_pb(name))
    return shown


def _span(request: pb.ListWhoAskedRequest) -> tuple[datetime | None, datetime | None]:
    since = fields.instant(getattr(request, "from"), "from") if request.HasField("from") else None
    until = fields.instant(request.until, "until") if request.HasField("until") else None
    if since is not None and until is not None and until <= since:
        raise MalformedRequestError("until", "must lie after from")
    return since, until

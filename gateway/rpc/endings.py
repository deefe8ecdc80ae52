"""Endings on the wire: what a consumer is told of, and its acknowledgement.

It translates; whom an ending concerns is decided in ``services``.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Final, TypeVar, cast

from jointsanctions.v1 import common_pb2
from jointsanctions.v1 import ending_pb2 as pb

from formats.civil import format_instant
from gateway.domain.agencies import ASKING_ROLES
from gateway.domain.disclosure.kinds import class_of_kind
from gateway.domain.endings import FROM_START, LISTING
from gateway.domain.errors import MalformedRequestError
from gateway.domain.vocabulary import EndingKind
from gateway.domain.who_asked import INVESTIGATORS
from gateway.rpc import fields
from gateway.rpc.answers import instant_pb, wire
from gateway.rpc.method import Method, Reply
from gateway.rpc.outcome_answers import decided_pb

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gateway.domain.agencies import Agency
    from gateway.domain.outcomes import DecidedCase
    from gateway.rpc.method import Call
    from gateway.rpc.projection import Projection
    from gateway.services.decided_cases import DecidedCases
    from gateway.services.endings import Endings, OwnEnding

T = TypeVar("T")

PAGE: Final = 50
PAGE_LIMIT: Final = 100
"""So that the ids of a page fit into the entry."""
CASES: Final = 100
ENDS_NOW: Final = (
    "该信息自所示时刻起不再产生限制：停止使用并删除留存，办理中的事项重新查询。",
    "From this instant the record restricts nothing: stop using it, remove copies, ask anew for cases under way.",
)
INSTRUCTIONS: Final[Mapping[EndingKind, tuple[str, str]]] = {
    **dict.fromkeys(EndingKind, ENDS_NOW),
    EndingKind.RECALLED: (
        "该信息经查不属于该单位：停止使用并删除留存，依据该信息作出的决定应当重新审查。",
        "The record is not this enterprise's: stop using it, remove copies, examine again every decision taken on it.",
    ),
    EndingKind.VOID_FROM_START: (
        "该信息自始无效：停止使用并删除留存，依据该信息作出的决定应当重新审查。",
        "The record is void from the start: stop using it, remove copies, examine again every decision taken on it.",
    ),
}
"""What an agency has to do, in both languages (C-02, C-13, L-24)."""


class EndingsServicer:
    """Hands each call to the use case, and back what that returns."""

    def __init__(
        self,
        endings: Endings,
        decided: DecidedCases,
        seen: Callable[[Agency], Projection],
    ) -> None:
        """Take the use cases; *seen* returns what a caller sees."""
        self._endings = endings
        self._decided = decided
        self._seen = seen

    def methods(self) -> list[Method]:
        """Return the methods, each with the roles that it is for."""
        own, acknowledge = pb.ListEndingsRequest, pb.AcknowledgeEndingRequest
        readers = ASKING_ROLES | INVESTIGATORS
        return [
            Method("CreditService/ListEndings", own, readers, run=self.list_endings),
            Method(
                "CreditService/AcknowledgeEnding",
                acknowledge,
                readers,
                run=self.acknowledge_ending,
                recorded=self._recorded,
            ),
        ]

    async def list_endings(self, request: pb.ListEndingsRequest, call: Call) -> Reply:
        """See credit.proto. The entry names every ending that is told."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        size = _size(request.page_size, PAGE, PAGE_LIMIT)
        found = await self._endings.of_agency(call.agency)
        shown, token = _page(found, _place, size, request.page_token)
        call.told["endings"] = [own.known.ending.ending_id for own in shown]
        known = [own.known for own in shown]
        decided = await asyncio.to_thread(self._decided.by_ending, known, call.agency.agency_id)
        endings = [_own(own, decided.get(own.known.ending.ending_id, ())) for own in shown]
        told = pb.ListEndingsResponse(endings=endings, next_page_token=token)
        seen = self._seen(call.agency)
        # Who is not told through whom a listing reaches an enterprise is not told it by the listing's end either.
        own_alone = not seen.sees_relations and any(own.known.ending.record_kind == LISTING for own in shown)
        direct = await self._endings.of_their_own(call.agency, shown) if own_alone else frozenset[str]()
        for ending in told.endings:
            seen.ending(ending, class_of_kind(ending.record_kind))
            if own_alone and ending.record_kind == LISTING and ending.ending_id not in direct:
                seen.ending_of_another(ending)
        return Reply(told)

    async def acknowledge_ending(self, request: pb.AcknowledgeEndingRequest, call: Call) -> Reply:
        """See credit.proto."""
        request_id = fields.required(request.request_id, "request_id", 64)
        officer = fields.required(request.officer, "officer", 64)
        ending_id = fields.required(request.ending_id, "ending_id", 64)
        call.told.update(request_id=request_id, officer=officer, ending=ending_id)
        digest = hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest()
        revision, at = await self._endings.acknowledge(call.agency, request_id, digest, ending_id)
        call.told["revisions"] = [revision, revision]
        return Reply(pb.AcknowledgeEndingResponse(acknowledged_at=instant_pb(at)))

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds the acknowledgement, so that a restart need not write one for it."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._endings.mark_recorded, str(told["request_id"]), through, number)


def _size(sent: int, usual: int, limit: int) -> int:
    if sent > limit:
        raise MalformedRequestError("page_size", f"must be 1 to {limit}")
    return sent or usual


def _page(found: Sequence[T], place: Callable[[T], str], size: int, token: str) -> tuple[Sequence[T], str]:
    """Return the rows behind *token*, the place of the last one shown, and the next token; empty on the last page.

    *found* is in order of *place*, so that nothing is passed over when a row before it goes meanwhile.
    """
    fields.text(token, "page_token", 256)
    rest = [one for one in found if place(one) > token]
    shown = rest[:size]
    return shown, place(shown[-1]) if len(rest) > size else ""


def _place(own: OwnEnding) -> str:
    """Return the place of an ending in the caller's list, as text in the list's order."""
    return f"{int(own.acknowledged_at is not None)}/{_since(own)}/{own.known.ending.ending_id}"


def _since(one: OwnEnding) -> str:
    return format_instant(one.known.known_since)


def _own(own: OwnEnding, decided: Sequence[DecidedCase]) -> pb.Ending:
    ending = own.known.ending
    zh, en = INSTRUCTIONS[ending.kind]
    never = ending.kind in FROM_START
    reported = {case.outcome.case_ref for case in decided}
    open_cases = [case for case in own.cases if case not in reported] if never else []
    return pb.Ending(
        ending_id=ending.ending_id,
        kind=wire(ending.kind),
        uscc=ending.uscc,
        record_kind=ending.record_kind,
        record_id=ending.record_id,
        authority=ending.authority,
        document_number=ending.document_number,
        ended_at=instant_pb(ending.at),
        known_since=instant_pb(own.known.known_since),
        case_refs=own.cases[:CASES],
        more_cases=max(0, len(own.cases) - CASES),
        reexamine=never,
        instruction=common_pb2.LocalizedText(zh=zh, en=en),
        acknowledged_at=instant_pb(own.acknowledged_at) if own.acknowledged_at else None,
        decided_cases=[decided_pb(case) for case in decided[:CASES]],
        more_decided_cases=max(0, len(decided) - CASES),
        undecided_case_refs=open_cases[:CASES],
    )

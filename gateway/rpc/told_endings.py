"""HRSS's two lists of endings by agency: who was told of a record and has not acknowledged its end, and who has.

It translates; whom an ending concerns is decided in ``services``. That an investigation was told is on neither (R-05).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import ending_pb2 as pb

from formats.civil import format_instant
from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError
from gateway.domain.who_asked import investigators_among
from gateway.rpc import fields
from gateway.rpc.answers import instant_pb, wire
from gateway.rpc.method import Method, Reply
from gateway.rpc.page_token import read_token, write_token
from gateway.rpc.questions import read_code
from gateway.services.listing_steps import FEED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from formats.calendar import WorkingCalendar
    from gateway.rpc.method import Call
    from gateway.services.endings import Endings, ToldEnding
    from gateway.services.ports.mandates import Callers

    Place = tuple[str, ...]

ROWS: Final = 100
ROWS_LIMIT: Final = 1_000
PLACE: Final = 3
"""Texts of a row's place."""


class ToldEndingsServicer:
    """Hands each call to the use case, and back what that returns."""

    def __init__(self, endings: Endings, calendar: WorkingCalendar, callers: Callers) -> None:
        """Take the use case; *callers* are all that may call, those who investigate among them."""
        self._endings = endings
        self._calendar = calendar
        self._callers = callers

    def methods(self) -> list[Method]:
        """Return the methods, each with the roles that it is for."""
        hrss = frozenset({Role.PRODUCER})
        owed, done = pb.ListUnacknowledgedEndingsRequest, pb.ListAcknowledgedEndingsRequest
        return [
            Method("RegistryService/ListUnacknowledgedEndings", owed, hrss, run=self.list_unacknowledged),
            Method("RegistryService/ListAcknowledgedEndings", done, hrss, run=self.list_acknowledged),
        ]

    async def list_unacknowledged(self, request: pb.ListUnacknowledgedEndingsRequest, call: Call) -> Reply:
        """See registry.proto. The oldest come first."""
        size, after, told = await self._asked(request, call)
        left = sorted((_place(each.known.known_since, each), each) for each in told if each.acknowledged_at is None)
        rest = [row for row in left if after is None or row[0] > after]
        endings = [pb.UnacknowledgedEnding(**_shown(each), overdue=each.overdue) for _, each in rest[:size]]
        token = _next(request, rest, size)
        return Reply(pb.ListUnacknowledgedEndingsResponse(endings=endings, next_page_token=token))

    async def list_acknowledged(self, request: pb.ListAcknowledgedEndingsRequest, call: Call) -> Reply:
        """See registry.proto. The latest come first."""
        size, after, told = await self._asked(request, call)
        done = [(_place(each.acknowledged_at, each), each) for each in told if each.acknowledged_at is not None]
        rest = [row for row in sorted(done, reverse=True) if after is None or row[0] < after]
        endings = [_acknowledged(each) for _, each in rest[:size]]
        token = _next(request, rest, size)
        return Reply(pb.ListAcknowledgedEndingsResponse(endings=endings, next_page_token=token))

    async def _asked(self, request: Any, call: Call) -> tuple[int, Place | None, list[ToldEnding]]:  # noqa: ANN401 - either request
        """Return how many rows a page has, the place after which it begins, and what the request asks about.

        The entry says who looked, and whose records were looked for.
        """
        call.agency.require_feed(FEED)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        if request.page_size > ROWS_LIMIT:
            raise MalformedRequestError("page_size", f"must be 1 to {ROWS_LIMIT}")
        uscc = read_code(request.uscc, "uscc")[0] if request.uscc else ""
        if uscc:
            call.told["search"] = {"uscc": uscc}
        after = read_token(request, PLACE)
        told = await self._endings.at_agencies(self._calendar, investigators_among(self._callers))
        return request.page_size or ROWS, after, [each for each in told if uscc in ("", each.known.ending.uscc)]


def _place(at: datetime, told: ToldEnding) -> Place:
    return format_instant(at), told.known.ending.ending_id, told.agency


def _next(request: Any, rest: Sequence[tuple[Place, ToldEnding]], size: int) -> str:  # noqa: ANN401 - likewise
    return write_token(request, rest[size - 1][0]) if len(rest) > size else ""


def _shown(told: ToldEnding) -> dict[str, Any]:
    """Return what both lists show of an ending at an agency."""
    ending = told.known.ending
    return {
        "ending_id": ending.ending_id,
        "kind": wire(ending.kind),
        "uscc": ending.uscc,
        "record_kind": ending.record_kind,
        "record_id": ending.record_id,
        "document_number": ending.document_number,
        "ended_at": instant_pb(ending.at),
        "known_since": instant_pb(told.known.known_since),
        "agency": told.agency,
        "acknowledge_by": told.due.due.isoformat(),
        "provisional": told.due.provisional,
    }


def _acknowledged(told: ToldEnding) -> pb.AcknowledgedEnding:
    shown = pb.AcknowledgedEnding(**_shown(told), late=told.overdue)
    if told.acknowledged_at is not None:
        shown.acknowledged_at.CopyFrom(instant_pb(told.acknowledged_at))
    return shown

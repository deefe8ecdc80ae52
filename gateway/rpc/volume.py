"""``AuditService.CountQuestions`` on the wire: how much was asked, for the auditor; of nobody is told what."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import volume_pb2 as pb

from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError
from gateway.domain.vocabulary import Area
from gateway.rpc import fields
from gateway.rpc.method import Method, Reply
from gateway.services.ports.volume import VolumeWanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.rpc.method import Call
    from gateway.services.ports.volume import QuestionVolume

MOST_DAYS: Final = 366
"""Of one call: a year, in whichever it is asked for."""


class VolumeServicer:
    """Counts, and lays the counts out by day."""

    def __init__(self, volume: QuestionVolume) -> None:
        self._volume = volume

    def methods(self) -> list[Method]:
        """Return the method, with the role that it is for."""
        auditors = frozenset({Role.AUDITOR})
        return [Method("AuditService/CountQuestions", pb.CountQuestionsRequest, auditors, run=self.count_questions)]

    async def count_questions(self, request: pb.CountQuestionsRequest, call: Call) -> Reply:
        """See volume.proto. The entry says which days, agency and area."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        wanted = _wanted(request)
        told = {
            "since": wanted.since.isoformat(),
            "until": wanted.until.isoformat(),
            "agency": wanted.agency,
            "area": wanted.area,
        }
        call.told["search"] = {name: value for name, value in told.items() if value}
        found = await asyncio.to_thread(self._volume.asked, wanted)
        return Reply(pb.CountQuestionsResponse(series=_series(found)))


def _wanted(request: pb.CountQuestionsRequest) -> VolumeWanted:
    since = fields.civil_day(request.since_on, "since_on")
    until = fields.civil_day(request.until_on, "until_on")
    if until < since:
        raise MalformedRequestError("until_on", "lies before since_on")
    if (until - since).days >= MOST_DAYS:
        raise MalformedRequestError("until_on", f"is more than {MOST_DAYS} days with since_on")
    return VolumeWanted(
        since,
        until,
        agency=fields.text(request.agency, "agency", 64),
        area=int(fields.word(Area, request.area, "area")) if request.area else 0,
    )


def _series(found: Mapping[tuple[str, int], list[int]]) -> list[pb.QuestionSeries]:
    shown = []
    for (agency, number), questions in sorted(found.items()):
        area: Any = number  # of an enum, as the index holds it
        shown.append(pb.QuestionSeries(agency=agency, area=area, questions=questions))
    return shown

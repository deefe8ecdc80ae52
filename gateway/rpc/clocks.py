"""``RegistryService``'s clocks on the wire: the list of them, and how soon records arrived. It decides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import clock_pb2 as pb

from formats.civil import format_instant, midnight, parse_date, parse_instant
from gateway.domain.agencies import Role
from gateway.domain.case_clocks import EVENT_CLOCK
from gateway.domain.clock_list import CLOCKS
from gateway.domain.clocks import Colour
from gateway.domain.errors import MalformedRequestError
from gateway.domain.meeting_clocks import STEP_CLOCK
from gateway.domain.referrals import REFER
from gateway.domain.running_clocks import ClockFilter, Place
from gateway.rpc import fields
from gateway.rpc.clock_answers import clock_pb
from gateway.rpc.method import Method, Reply
from gateway.rpc.page_token import read_token, write_token

if TYPE_CHECKING:
    from gateway.domain.running_clocks import RunningClock
    from gateway.domain.timeliness import Timeliness
    from gateway.rpc.method import Call
    from gateway.services.list_clocks import ListClocks
    from gateway.services.referrals import Referrals

PAGE = 100
PAGE_LIMIT = 1_000


class ClocksServicer:
    """Hands each call to its use case."""

    def __init__(self, clocks: ListClocks, referrals: Referrals) -> None:
        self._clocks = clocks
        self._referrals = referrals

    def methods(self) -> list[Method]:
        """Return the methods, with the role that they are for."""
        producers = frozenset({Role.PRODUCER})
        return [
            Method("RegistryService/ListClocks", pb.ListClocksRequest, producers, run=self.list_clocks),
            Method("RegistryService/ReportTimeliness", pb.ReportTimelinessRequest, producers, run=self.report),
        ]

    async def list_clocks(self, request: pb.ListClocksRequest, call: Call) -> Reply:
        """See registry.proto."""
        self._clocks.require(call.agency)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        wanted = _filter(request)
        call.told["search"] = _told(wanted)
        size = request.page_size or PAGE
        if size > PAGE_LIMIT:
            raise MalformedRequestError("page_size", f"must be 1 to {PAGE_LIMIT}")
        place = _place(request)
        page = await self._clocks(wanted, call.now, place, size, await self._of_referrals(call))
        call.told["revision"] = page.revision
        return Reply(
            pb.ListClocksResponse(
                clocks=[clock_pb(clock) for clock in page.clocks],
                next_page_token=write_token(request, _parts(page.clocks[-1].place)) if page.more else "",
                data_revision=page.revision,
                calendar_version=self._clocks.calendar.version,
            )
        )

    async def _of_referrals(self, call: Call) -> list[RunningClock]:
        """Return the clocks of the caller's referrals: none to who refers no cases (T-60)."""
        if REFER not in call.agency.fields:
            return []
        cases = await self._referrals.listed(call.agency, open_only=False)
        return [clock for case in cases for clock in self._referrals.clocks(case, call.now)]

    async def report(self, request: pb.ReportTimelinessRequest, call: Call) -> Reply:
        """See registry.proto."""
        self._clocks.require(call.agency)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        first = fields.civil_day(request.first_day, "first_day")
        last = fields.civil_day(request.last_day, "last_day")
        call.told["search"] = {"since": format_instant(midnight(first)), "until": format_instant(midnight(last))}
        rows = [_timeliness(figure) for figure in await self._clocks.report(first, last)]
        return Reply(pb.ReportTimelinessResponse(rows=rows, calendar_version=self._clocks.calendar.version))


def _filter(request: pb.ListClocksRequest) -> ClockFilter:
    for number, clock_id in enumerate(request.clock_ids):
        if clock_id not in CLOCKS and clock_id not in {STEP_CLOCK, EVENT_CLOCK}:
            raise MalformedRequestError(f"clock_ids[{number}]", "is none of the clocks")
    colours = [fields.word(Colour, colour, f"colours[{number}]") for number, colour in enumerate(request.colours)]
    for field, given in (("colours", colours), ("clock_ids", request.clock_ids)):
        if len(set(given)) != len(given):
            raise MalformedRequestError(field, "names one twice")
    return ClockFilter(
        authority=fields.text(request.authority, "authority", 200),
        colours=frozenset(colours),
        due_before=fields.optional_day(request.due_before, "due_before"),
        clock_ids=frozenset(request.clock_ids),
    )


def _told(wanted: ClockFilter) -> dict[str, object]:
    """Return what was asked for, as it is recorded: every filter that was set."""
    told = {
        "authority": wanted.authority,
        "colours": sorted(colour.name for colour in wanted.colours),
        "due_before": wanted.due_before.isoformat() if wanted.due_before else "",
        "clocks": sorted(wanted.clock_ids),
    }
    return {key: value for key, value in told.items() if value}


def _parts(place: Place) -> tuple[str, ...]:
    return format_instant(place.ends_at), place.object_id, place.clock_id, place.start.isoformat()


def _place(request: pb.ListClocksRequest) -> Place | None:
    parts = read_token(request, len(Place._fields))
    if parts is None:
        return None
    ends_at, object_id, clock_id, start = parts
    try:
        return Place(parse_instant(ends_at), object_id, clock_id, parse_date(start))
    except ValueError as error:
        raise MalformedRequestError("page_token", "is no token of this request") from error


def _timeliness(figure: Timeliness) -> pb.Timeliness:
    return pb.Timeliness(
        agency=figure.agency,
        feed=figure.feed,
        clock_id=figure.rule.clock_id,
        in_time=figure.in_time,
        late=figure.late,
        provisional=figure.provisional,
        longest_delay_days=figure.longest_delay,
        longest_delay_record_id=figure.longest_record_id,
    )

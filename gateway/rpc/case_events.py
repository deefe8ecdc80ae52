"""Events of cases on the wire: pushed to their agency, acknowledged by it, and HRSS's list of what is not.

It translates; what an event is and what weighs now is decided in ``services`` and ``domain``.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Final, cast

from jointsanctions.v1 import case_pb2 as pb
from jointsanctions.v1 import common_pb2

from formats.civil import format_instant
from gateway.domain.agencies import ASKING_ROLES, Role
from gateway.domain.call_record import recorded_grounds
from gateway.domain.case_events import CaseEventKind
from gateway.domain.errors import MalformedRequestError
from gateway.domain.vocabulary import SecurityKind
from gateway.rpc import fields
from gateway.rpc.answers import instant_pb, wire
from gateway.rpc.method import FeedMessage, Method, Reply
from gateway.rpc.page_token import read_token, write_token
from gateway.services.listing_steps import FEED

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from datetime import timedelta

    from gateway.domain.agencies import Agency
    from gateway.domain.case_events import CaseEvent
    from gateway.domain.disclosure.sight import Disclosure
    from gateway.rpc.answers import AnswerWriter
    from gateway.rpc.method import Call
    from gateway.services.case_events import CaseEvents, OwedEvent
    from gateway.services.follow_cases import TellEvent, TellingMeasure
    from gateway.services.ports.register import Clock

AT_ONCE: Final = 50
LOOK_SECONDS: Final = 0.25
LARGEST: Final = 2**53 - 1
ROWS: Final = 100
ROWS_LIMIT: Final = 1_000
INSTRUCTIONS: Final = {
    CaseEventKind.BEGAN: (
        "办理中的案件有新情况：在作出最终决定前重新查询，听取当事人意见，并确认收到。",
        "Something weighs on a party of a case under way: ask anew, hear the party before the final act, acknowledge.",
    ),
    CaseEventKind.ENDED: (
        "该情况不再产生限制：停止使用并删除留存，重新查询，并确认收到。",
        "It restricts nothing any more: stop using it, remove copies, ask anew; acknowledge.",
    ),
}
"""What an agency has to do, in both languages (A-123, C-02, C-20)."""


class CaseEventsServicer:
    """Hands each call to the use case, and back what that returns."""

    def __init__(
        self,
        events: CaseEvents,
        tell: TellEvent,
        shown: tuple[AnswerWriter, Disclosure],
        clock: Clock,
        heartbeat: timedelta,
    ) -> None:
        """Take the use cases, how a measure is *shown*, and after what time without an event a sign of life is due."""
        self._events = events
        self._tell = tell
        self._answers, self._disclosure = shown
        self._clock = clock
        self._looks = max(1, round(heartbeat.total_seconds() / LOOK_SECONDS))

    def methods(self) -> list[Method]:
        """Return the methods, each with the roles that it is for."""
        owed, hrss = pb.ListUnacknowledgedCaseEventsRequest, frozenset({Role.PRODUCER})
        return [
            Method("CreditService/WatchCase", pb.WatchCaseRequest, ASKING_ROLES, run_feed=self.watch_case),
            Method(
                "CreditService/AcknowledgeCaseEvent",
                pb.AcknowledgeCaseEventRequest,
                ASKING_ROLES,
                run=self.acknowledge,
                recorded=self._recorded,
            ),
            Method("RegistryService/ListUnacknowledgedCaseEvents", owed, hrss, run=self.list_unacknowledged),
        ]

    async def watch_case(self, request: pb.WatchCaseRequest, call: Call) -> AsyncGenerator[FeedMessage]:
        """See case.proto."""
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        reached, quiet = _sequence(request.after_sequence, "after_sequence", 0), 0
        yield FeedMessage(self._heartbeat(reached), {"after_event": reached})
        while True:
            found = await self._events.after(call.agency, reached, AT_ONCE)
            for event in found:
                yield await self._message(event, call.agency)
                reached = event.sequence
            quiet = 0 if found else quiet + 1
            if quiet >= self._looks:
                yield FeedMessage(self._heartbeat(reached))
                quiet = 0
            if len(found) < AT_ONCE:
                await asyncio.sleep(LOOK_SECONDS)

    async def acknowledge(self, request: pb.AcknowledgeCaseEventRequest, call: Call) -> Reply:
        """See case.proto."""
        request_id = fields.required(request.request_id, "request_id", 64)
        call.told.update(request_id=request_id, officer=fields.required(request.officer, "officer", 64))
        sequence = _sequence(request.sequence, "sequence", 1)
        call.told["event"] = sequence
        digest = hashlib.sha256(request.SerializeToString(deterministic=True)).hexdigest()
        revision, at = await self._events.acknowledge(call.agency, request_id, digest, sequence)
        call.told["revisions"] = [revision, revision]
        return Reply(pb.AcknowledgeCaseEventResponse(acknowledged_at=instant_pb(at)))

    async def list_unacknowledged(self, request: pb.ListUnacknowledgedCaseEventsRequest, call: Call) -> Reply:
        """See registry.proto. For HRSS, whose listings they are."""
        call.agency.require_feed(FEED)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        if request.page_size > ROWS_LIMIT:
            raise MalformedRequestError("page_size", f"must be 1 to {ROWS_LIMIT}")
        size, after = request.page_size or ROWS, read_token(request, 3)
        left = [each for each in await self._events.unacknowledged() if after is None or _place(each) > after]
        shown = left[:size]
        token = write_token(request, _place(shown[-1])) if len(left) > size else ""
        return Reply(
            pb.ListUnacknowledgedCaseEventsResponse(events=[_owed(each) for each in shown], next_page_token=token)
        )

    def _heartbeat(self, sequence: int) -> pb.WatchCaseResponse:
        return pb.WatchCaseResponse(heartbeat=pb.CaseHeartbeat(sequence=sequence, at=instant_pb(self._clock.now())))

    async def _message(self, event: CaseEvent, agency: Agency) -> FeedMessage:
        """Return an event as it is told now; what is recorded finds it by party, case and record."""
        told = _told(event)
        shown = _event(event)
        telling = await self._tell(event)
        if telling is not None:
            shown.measure.CopyFrom(self._measure(telling, event, agency))
            told["grounds"] = recorded_grounds([telling.measure.ground.record_id])
            told["revision"] = telling.basis.revision
            told["as_of"] = format_instant(telling.basis.as_of)
        return FeedMessage(pb.WatchCaseResponse(event=shown), told)

    def _measure(self, telling: TellingMeasure, event: CaseEvent, agency: Agency) -> common_pb2.Measure:
        facts = telling.item.question.facts
        deposit = facts.security_kind is SecurityKind.WAGE_DEPOSIT
        sight = self._disclosure.of_question(agency, event.key.area, consent=False, deposit=deposit)
        return self._answers.measure(telling.measure, facts.contract_amount_fen, self._answers.projection(sight))

    async def _recorded(self, told: Mapping[str, object], number: int) -> None:
        """Tell the store which entry holds the acknowledgement, so that a restart need not write one for it."""
        _, through = cast("list[int]", told["revisions"])
        await asyncio.to_thread(self._events.mark_recorded, str(told["request_id"]), through, number)


def _sequence(sent: int, field: str, least: int) -> int:
    if not least <= sent <= LARGEST:
        raise MalformedRequestError(field, f"must be {least} or more, and is no number of an event")
    return sent


def _told(event: CaseEvent) -> dict[str, object]:
    told: dict[str, object] = {
        "area": int(event.key.area),
        "case": event.key.case_ref,
        "delivered_event": event.sequence,
        "enterprises": [event.weighing.uscc],
    }
    return {**told, "part": event.key.part} if event.key.part else told


def _event(event: CaseEvent) -> pb.CaseEvent:
    zh, en = INSTRUCTIONS[event.kind]
    shown = pb.CaseEvent(
        sequence=event.sequence,
        kind=wire(event.kind),
        case_id=event.key.case_id,
        case_ref=event.key.case_ref,
        part=event.key.part,
        uscc=event.weighing.uscc,
        of_sequence=event.of_sequence,
        seen_at=instant_pb(event.seen_at),
        instruction=common_pb2.LocalizedText(zh=zh, en=en),
    )
    if event.acknowledged_at is not None:
        shown.acknowledged_at.CopyFrom(instant_pb(event.acknowledged_at))
    return shown


def _place(owed: OwedEvent) -> tuple[str, ...]:
    event = owed.event
    return format_instant(event.seen_at), event.key.agency, f"{event.sequence:020}"


def _owed(owed: OwedEvent) -> pb.UnacknowledgedCaseEvent:
    event = owed.event
    return pb.UnacknowledgedCaseEvent(
        agency=event.key.agency,
        sequence=event.sequence,
        case_id=event.key.case_id,
        kind=wire(event.kind),
        uscc=event.weighing.uscc,
        seen_at=instant_pb(event.seen_at),
        acknowledge_by=owed.due.due.isoformat(),
        provisional=owed.due.provisional,
        overdue=owed.overdue,
    )

"""Follow what begins and ends to weigh on the parties of registered cases: kept, asked anew, told, acknowledged.

In this order, each event by itself. It is in the journal before anything else happens; the gateway hears that we have
it only when the deciding system has it too. Whoever is killed in between goes on where the journal is: an event may be
told twice, with the same number, and none is left out. It knows no area.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Protocol, TypeVar
from uuid import uuid4

from google.protobuf.message import Message
from jointsanctions.v1 import case_pb2 as pb

from adapters.questions import Case, applicant_of
from adapters.watch_tables import EventStep, KeptEvent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from jointsanctions.v1 import common_pb2

    from adapters.clearance import Standing
    from adapters.enforcement import Enforcement
    from adapters.errors import NotClearedError
    from adapters.watch_tables import WatchedCase

_log = logging.getLogger(__name__)

A = TypeVar("A", bound=Message)

STREAM_SECONDS = 900.0
"""How long one stream is listened to: one that has died silently is noticed after that."""


class EventGapError(Exception):
    """The stream left an event out: nothing that came after it is taken."""


class FollowsCases(Protocol):
    """What is needed of a ``GatewayClient``."""

    def watch_case(self, request: pb.WatchCaseRequest, seconds: float | None = None) -> Iterator[pb.WatchCaseResponse]:
        """Follow the events of our own cases; raises ``GatewayError``."""

    def credit(self, rpc: str, request: Message, answer: type[A]) -> A:
        """Call a method of ``CreditService``; raises ``GatewayError``."""


@dataclass(frozen=True, slots=True)
class EventTold:
    """What a deciding system is told: an event, and what a question asked after it came to.

    Attributes:
        event: The event.
        point: The decision point that was asked about.
        result: What came of the question; None where the case was not registered through this journal.
    """

    event: KeptEvent
    point: common_pb2.DecisionPoint.ValueType | None
    result: Standing | NotClearedError | None


class Watcher:
    """Follows the events of one agency for one journal. Not to be shared by threads; one for each journal."""

    def __init__(
        self, client: FollowsCases, engine: Enforcement, officer: str, tell: Callable[[EventTold], None]
    ) -> None:
        """Take what is worked with.

        Args:
            client: The gateway.
            engine: Asks anew, and has the journal.
            officer: Who follows and acknowledges; a system's name will do.
            tell: Gives an event to the deciding system, and returns only when that has it for good.
        """
        self._client, self._engine, self._officer, self._tell = client, engine, officer, tell
        self._book = engine.journal.watched

    def catch_up(self) -> int:
        """Do what is left of events on record, such as after a kill; return with how many something was done.

        Raises:
            GatewayError: There was no answer to an acknowledgement; what came before it is done.
            JournalUnavailableError: The journal cannot be read or written.
        """
        done = 0
        for event in self._book.open():
            self._finish(event)
            done += 1
        return done

    def follow(self, *, once: bool = False) -> None:
        """Follow the stream until it ends; with *once* until no event is waiting.

        Raises:
            EventGapError: It left an event out.
            AnotherEventError: It told another event under a number that is on record.
            GatewayError: It broke off, or an acknowledgement had no answer.
            JournalUnavailableError: The journal cannot be read or written.
        """
        self.catch_up()
        reached = self._book.last()
        opening = pb.WatchCaseRequest(after_sequence=reached, officer=self._officer)
        alive = 0
        for message in self._client.watch_case(opening, STREAM_SECONDS):
            if message.WhichOneof("told") == "event":
                if message.event.sequence > reached + 1:
                    raise EventGapError(f"event {message.event.sequence} came after {reached}")
                self._take(message.event)
                reached = max(reached, message.event.sequence)
                continue
            if message.heartbeat.sequence > reached:
                raise EventGapError(f"events up to {message.heartbeat.sequence} were not sent after {reached}")
            # The first sign of life comes with the opening, the next ones once nothing has been waiting for a time.
            alive += 1
            if once and alive > 1:
                return

    def _take(self, sent: pb.CaseEvent) -> None:
        event = KeptEvent(
            sequence=sent.sequence,
            received_at=self._engine.clock(),
            kind=sent.kind,
            case_id=sent.case_id,
            case_ref=sent.case_ref,
            part=sent.part,
            uscc=sent.uscc,
            of_sequence=sent.of_sequence,
            seen_at=sent.seen_at.ToDatetime(tzinfo=UTC),
        )
        if self._book.keep(event):
            self._finish(event)

    def _finish(self, event: KeptEvent) -> None:
        """Do with a kept event what has not been done yet."""
        about = [case for case in self._book.of_case(event.case_id) if event.uscc in case.parties]
        if not self._book.was_told(event.sequence):
            self._tell(self._checked(event, about))
            self._book.mark(event.sequence, EventStep.TOLD, self._engine.clock())
        if not self._book.of_case(event.case_id):
            _log.warning("event %s is of a case that was not registered here", event.sequence)
            return
        sent = pb.AcknowledgeCaseEventRequest(request_id=uuid4().hex, officer=self._officer, sequence=event.sequence)
        self._client.credit("AcknowledgeCaseEvent", sent, pb.AcknowledgeCaseEventResponse)
        self._book.mark(event.sequence, EventStep.ACKNOWLEDGED, self._engine.clock())

    def _checked(self, event: KeptEvent, about: list[WatchedCase]) -> EventTold:
        """Ask anew about the applicant whose party the event is of; no answer is told as such."""
        if not about:
            return EventTold(event, None, None)
        asked = about[0].request
        # With the case's own purpose: a mandate that names purposes answers nothing without it.
        said = asked.question
        case = Case(said.case_ref, said.officer, about[0].part, said.purpose)
        point = said.decision_point
        (result,) = self._engine.check_all(case, point, (applicant_of(asked),)).results
        return EventTold(event, point, result)

"""What becomes of calls that get no answer: refused, failed or left by their caller, each is recorded or counted."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from gateway.domain.audit import Draft, EntryTooLargeError
from gateway.domain.call_record import body_of
from gateway.domain.errors import GatewayError, UnexpectedError
from gateway.rpc.refusals import Refusals

if TYPE_CHECKING:
    from gateway.domain.audit import Position
    from gateway.rpc.begun import Begun
    from gateway.services.ports.audit import AuditLog
    from gateway.services.ports.register import Clock

CANCELLED: Final = "CANCELLED"
"""Outcome of a call whose caller went away before there was an answer."""
_log: Final = logging.getLogger(__name__)


class Unanswered:
    """Records the calls of one serving process that end without an answer. Use it from one event loop."""

    def __init__(self, audit: AuditLog, clock: Clock, in_full: int) -> None:
        """Take where entries go, and how many refusals alike within a second are entries of their own."""
        self._audit = audit
        self._refusals = Refusals(audit, clock, in_full)

    async def refused(self, failure: GatewayError, begun: Begun) -> GatewayError:
        """Record the failure, or count it, and return it; what cannot be recorded is UNAVAILABLE."""
        begun.outcome = failure.reason
        if "revisions" not in begun.told and self._refusals.count(failure, begun.seen, begun.method.name):
            return failure
        record = replace(begun.record(failure.reason), faulty_field=failure.metadata.get("field", ""))
        try:
            try:
                waiter = self._audit.record(Draft(body_of(record)))
            except (EntryTooLargeError, ValueError):
                # Itself a fault of ours, and logged as such; the call is on record without what it asked.
                waiter = self._audit.record(Draft(body_of(replace(record, told={}))))
            position = await waiter
        except GatewayError as unrecorded:
            begun.outcome = unrecorded.reason
            return unrecorded
        await mark(begun, position)
        return failure

    async def unexpected(self, begun: Begun) -> GatewayError:
        """Log the exception under way and record the call as failed; it is never shown."""
        failure = UnexpectedError("an unexpected fault of the gateway", incident=uuid4().hex)
        _log.exception("unexpected fault in %s, incident %s", begun.method.name, failure.metadata["incident"])
        return await self.refused(failure, begun)

    def departed(self, begun: Begun, outcome: str = CANCELLED) -> None:
        """Record once that the call ended early; nobody is left to wait for the disk, or to be told that it failed."""
        if begun.departed:
            return
        begun.departed = True
        begun.outcome = outcome
        try:
            self._audit.record(Draft(body_of(begun.record(outcome))))
        except (GatewayError, EntryTooLargeError, ValueError) as error:
            _log.warning("a caller of %s went away, and that is not on record: %s", begun.method.name, error)

    async def close(self) -> None:
        """Record what is counted; call it once nothing is refused any more, before the queue closes."""
        await self._refusals.close()


async def mark(begun: Begun, position: Position) -> None:
    """Tell the store which entry holds what this call has stored, whether or not the call went well to its end."""
    if begun.method.recorded is None or "revisions" not in begun.told:
        return
    try:
        await begun.method.recorded(begun.told, position.number)
    except GatewayError as error:
        _log.warning("entry %d is not marked in the store, so a restart records it again: %s", position.number, error)

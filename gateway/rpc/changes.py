"""``RegistryService.WatchChanges`` on the wire: every revision as one message, and signs of life in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import changes_pb2 as pb

from gateway.domain.agencies import Role
from gateway.rpc import fields
from gateway.rpc.answers import instant_pb, wire
from gateway.rpc.endpoint import FeedMessage, Method

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from gateway.rpc.endpoint import Call
    from gateway.services.ports import Change, ChangeSet, Clock
    from gateway.services.watch_changes import WatchChanges


class ChangesServicer:
    """Turns the changes that its use case follows into messages."""

    def __init__(self, watch: WatchChanges, clock: Clock) -> None:
        self._watch = watch
        self._clock = clock

    def methods(self) -> list[Method]:
        """Return the method, with the roles that it is for."""
        roles = frozenset({Role.PRODUCER, Role.CONNECTOR})
        return [
            Method("RegistryService/WatchChanges", pb.WatchChangesRequest, roles, run_feed=self.watch_changes),
        ]

    async def watch_changes(self, request: pb.WatchChangesRequest, call: Call) -> AsyncGenerator[FeedMessage]:
        """See changes.proto."""
        newest = await self._watch.newest(call.agency, request.after_revision)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        reached = request.after_revision
        yield FeedMessage(self._heartbeat(newest), {"after_revision": reached})
        async for changes in self._watch(reached):
            if changes is None:
                yield FeedMessage(self._heartbeat(reached))
                continue
            reached = changes.revision
            message = pb.WatchChangesResponse(changes=_change_set(changes))
            yield FeedMessage(message, {"delivered_revision": reached, "delivered_records": len(changes.changes)})

    def _heartbeat(self, revision: int) -> pb.WatchChangesResponse:
        return pb.WatchChangesResponse(heartbeat=pb.Heartbeat(revision=revision, at=instant_pb(self._clock.now())))


def _change_set(changes: ChangeSet) -> pb.ChangeSet:
    shown = pb.ChangeSet(
        revision=changes.revision,
        committed_at=instant_pb(changes.committed_at),
        agency=changes.agency,
        feed=changes.feed,
        changes=[_change(change) for change in changes.changes],
    )
    confirmed = changes.confirmed
    if confirmed is not None and confirmed.current_until is not None:
        shown.confirmed.CopyFrom(
            pb.FeedConfirmed(feed=confirmed.feed, current_until=instant_pb(confirmed.current_until))
        )
    return shown


def _change(change: Change) -> pb.Change:
    return pb.Change(
        kind=change.kind,
        record_id=change.record_id,
        what=wire(change.what),
        uscc=change.uscc,
        listing_id=change.listing_id,
        authority=change.content.authority,
        document_number=change.content.document_number,
    )

"""``RegistryService.WatchChanges`` on the wire: every revision in one message or a few, and signs of life.

A change shows its record whole, so only what the caller sees in full is in it; every revision is told of, if need be
without a change in it, so that its follower knows that there is no gap.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import changes_pb2 as pb

from gateway.domain.agencies import Role
from gateway.domain.disclosure.kinds import class_of_fact, class_of_kind
from gateway.domain.disclosure.words import FieldClass, Level
from gateway.domain.kinds.fact import Fact
from gateway.domain.listing_acts import Act
from gateway.domain.vocabulary import ListingActKind
from gateway.rpc import fields
from gateway.rpc.answers import instant_pb, wire
from gateway.rpc.method import FeedMessage, Method
from gateway.rpc.record_writer import put_content

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Iterator

    from gateway.domain.agencies import Agency
    from gateway.domain.disclosure.sight import Sight
    from gateway.rpc.method import Call
    from gateway.services.ports.register import Change, ChangeSet, Clock
    from gateway.services.watch_changes import WatchChanges

BARS: Final = frozenset({ListingActKind.CRIMINAL_BAR_SET, ListingActKind.CRIMINAL_BAR_LIFTED})
"""Acts of a listing that tell that somebody is pursued: they are seen by whom a referral is told."""
PART_BYTES: Final = 3 * 1024 * 1024
"""Changes in one message: what else is in it, and how long each is, fits into the rest of the 4 MiB."""


class ChangesServicer:
    """Turns the changes that its use case follows into messages."""

    def __init__(self, watch: WatchChanges, clock: Clock, seen: Callable[[Agency], Sight]) -> None:
        """Take the use case; *seen* returns what a caller sees."""
        self._watch = watch
        self._clock = clock
        self._seen = seen

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
        reached, sight = request.after_revision, self._seen(call.agency)
        yield FeedMessage(self._heartbeat(newest), {"after_revision": reached})
        async for changes in self._watch(reached):
            if changes is None:
                yield FeedMessage(self._heartbeat(reached))
                continue
            for part in _parts(_seen(changes, sight)):
                yield FeedMessage(pb.WatchChangesResponse(changes=part), _told(part))
            reached = changes.revision

    def _heartbeat(self, revision: int) -> pb.WatchChangesResponse:
        return pb.WatchChangesResponse(heartbeat=pb.Heartbeat(revision=revision, at=instant_pb(self._clock.now())))


def _seen(changes: ChangeSet, sight: Sight) -> ChangeSet:
    """Leave out the changes of records that *sight* does not reach in full.

    Of a criminal bar not even whose revision it is: the police are a party of a referral and of nothing else (T-60).
    """
    if sight.whole:
        return changes
    seen = tuple(each for each in changes.changes if sight.of(_told_by(each)) is Level.FULL)
    if all(_told_by(each) is not FieldClass.REFERRAL or each in seen for each in changes.changes):
        return replace(changes, changes=seen)
    return replace(changes, changes=seen, agency="", feed="")


def _told_by(change: Change) -> FieldClass:
    if isinstance(change.content, Act) and change.content.kind in BARS:
        return FieldClass.REFERRAL
    return class_of_fact(change.content) if isinstance(change.content, Fact) else class_of_kind(change.kind)


def _parts(changes: ChangeSet) -> Iterator[pb.ChangeSet]:
    """Yield the revision as messages of at most ``PART_BYTES`` of changes each, in order; at least one."""
    part, size = _part(changes, 1), 0
    for change in changes.changes:
        shown = _change(change)
        if part.changes and size + shown.ByteSize() > PART_BYTES:
            yield part
            part, size = _part(changes, part.part + 1), 0
        part.changes.append(shown)
        size += shown.ByteSize()
    part.last_part = True
    yield part


def _told(part: pb.ChangeSet) -> dict[str, object]:
    """Return what the record says of a message's delivery."""
    told: dict[str, object] = {"delivered_revision": part.revision, "delivered_records": len(part.changes)}
    return told if part.part == 1 and part.last_part else {**told, "delivered_part": part.part}


def _part(changes: ChangeSet, number: int) -> pb.ChangeSet:
    shown = pb.ChangeSet(
        revision=changes.revision,
        committed_at=instant_pb(changes.committed_at),
        agency=changes.agency,
        feed=changes.feed,
        part=number,
    )
    confirmed = changes.confirmed
    if confirmed is not None and confirmed.current_until is not None:
        shown.confirmed.CopyFrom(
            pb.FeedConfirmed(feed=confirmed.feed, current_until=instant_pb(confirmed.current_until))
        )
    return shown


def _change(change: Change) -> pb.Change:
    shown = pb.Change(
        kind=change.kind,
        record_id=change.record_id,
        what=wire(change.what),
        uscc=change.uscc,
        listing_id=change.listing_id,
        authority=change.content.authority,
        document_number=change.content.document_number,
    )
    put_content(shown, change)
    return shown

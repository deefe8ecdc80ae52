"""``RegistryService/ListPublishable`` on the wire: pages of what may be published now. It translates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import publishable_pb2 as pb

from gateway.domain.agencies import Role
from gateway.domain.errors import MalformedRequestError
from gateway.rpc import fields
from gateway.rpc.answers import instant_pb, wire
from gateway.rpc.method import Method, Reply
from gateway.rpc.page_token import read_token, write_token

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.domain.publishable import Ended, Item, Withheld
    from gateway.rpc.method import Call
    from gateway.services.list_publishable import ListPublishable, Published

    Entry = pb.PublishableItem | pb.EndedItem | pb.WithheldItem

PAGE: Final = 200
PAGE_LIMIT: Final = 1_000
PAGE_BYTES: Final = 3 * 1024 * 1024
"""Entries of one page: how long each is, and what else the message holds, fit into the rest of the 4 MiB."""


class PublishableServicer:
    """Hands the call to its use case."""

    def __init__(self, publishable: ListPublishable) -> None:
        self._publishable = publishable

    def methods(self) -> list[Method]:
        """Return the method, with the roles that it is for."""
        roles = frozenset({Role.PRODUCER, Role.PORTAL})
        return [
            Method("RegistryService/ListPublishable", pb.ListPublishableRequest, roles, run=self.list_publishable),
        ]

    async def list_publishable(self, request: pb.ListPublishableRequest, call: Call) -> Reply:
        """See publishable.proto."""
        with_withheld = self._publishable.require(call.agency)
        call.told["officer"] = fields.required(request.officer, "officer", 64)
        known = fields.text(request.known_state, "known_state", 64)
        size = request.page_size or PAGE
        if size > PAGE_LIMIT:
            raise MalformedRequestError("page_size", f"must be 1 to {PAGE_LIMIT}")
        (after,) = read_token(request, 1) or ("",)
        found = await self._publishable(call.now, request.since_revision)
        board = found.board
        shown = pb.ListPublishableResponse(
            data_revision=board.revision,
            as_of=instant_pb(board.as_of),
            valid_until=instant_pb(found.valid_until),
            state=board.state,
            unchanged=known == board.state,
        )
        last = _fill(shown, _entries(found, with_withheld, unchanged=shown.unchanged), after, size)
        shown.next_page_token = write_token(request, [last]) if last else ""
        call.told.update(revision=board.revision, items=len(shown.items), ended=len(shown.ended))
        if request.since_revision:
            call.told["since_revision"] = request.since_revision
        return Reply(shown)


def _entries(found: Published, with_withheld: bool, *, unchanged: bool) -> Iterator[tuple[str, Entry]]:  # noqa: FBT001
    """Yield every entry with its place, in order of the places."""
    if not unchanged:
        for item in found.board.items:
            yield f"0/{item.kind}/{item.item_id}", _item(item)
    for ended in found.ended:
        yield f"1/{ended.item_id}", _ended(ended)
    if with_withheld:
        for withheld in found.board.withheld:
            yield f"2/{withheld.item.kind}/{withheld.item.item_id}", _withheld(withheld)


def _fill(shown: pb.ListPublishableResponse, entries: Iterable[tuple[str, Entry]], after: str, size: int) -> str:
    """Put as many entries after the place *after* into *shown* as there is room for.

    Returns:
        The place of the last one, where others follow; empty where none do.
    """
    room, count, last = PAGE_BYTES, 0, ""
    for place, entry in entries:
        if place <= after:
            continue
        room -= entry.ByteSize()
        if count == size or (room < 0 and last):
            return last
        if isinstance(entry, pb.PublishableItem):
            shown.items.append(entry)
        elif isinstance(entry, pb.EndedItem):
            shown.ended.append(entry)
        else:
            shown.withheld.append(entry)
        count, last = count + 1, place
    return ""


def _item(item: Item) -> pb.PublishableItem:
    shown = pb.PublishableItem(
        kind=wire(item.kind),
        item_id=item.item_id,
        uscc=item.uscc,
        name=item.name,
        authority=item.authority,
        document_number=item.document_number,
        decided_on=item.decided_on.isoformat() if item.decided_on else "",
        published_on=item.published_on.isoformat(),
        display_until=instant_pb(item.display_until) if item.display_until else None,
        disputed=item.disputed,
    )
    found = item.publication
    if found is not None:
        shown.major_violation.CopyFrom(
            pb.MajorViolationContent(
                violation=found.violation.value if found.violation else "",
                address=found.address,
                representative_name=found.representative_name,
                main_facts=found.main_facts,
                handling_result=found.handling_result,
            )
        )
    return shown


def _ended(ended: Ended) -> pb.EndedItem:
    return pb.EndedItem(item_id=ended.item_id, ended_at=instant_pb(ended.ended_at))


def _withheld(withheld: Withheld) -> pb.WithheldItem:
    item = withheld.item
    return pb.WithheldItem(kind=wire(item.kind), record_id=item.record_id, uscc=item.uscc, fields=withheld.fields)

"""The feed of what may be published: read from the gateway whole, and written as JSON under a stable schema.

A feed is a value. What ended is remembered for a while, so that whoever mirrors the folder can take it down too.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import grpc
from jointsanctions.v1 import publishable_pb2 as pb

from adapters.errors import NO_ANSWER, GatewayError
from formats.civil import format_instant, parse_instant
from gateway.cli.publish_texts import KINDS, VIOLATIONS
from gateway.domain.vocabulary import PublishableKind

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from google.protobuf.timestamp_pb2 import Timestamp

    from adapters.client import GatewayClient

SCHEMA: Final = "joint-sanctions-gateway/publishable/1"
REMEMBERED: Final = timedelta(days=90)
"""How long the feed tells that something has ended: a mirror reads it at least that often."""
PAGE: Final = 1_000
_ITEM_ID: Final = re.compile(r"[a-z0-9-]{1,64}")
"""It becomes a file's name: whoever answers in the gateway's place must not choose where we write."""
ATTEMPTS: Final = 5
"""Whole readings that are tried while the list changes from page to page."""


class ListUnsteadyError(Exception):
    """The list changed between its pages again and again, so that no whole one was read."""


@dataclass(frozen=True, slots=True)
class EndedItem:
    """Since when something is not shown any more, and when that was read first, UTC."""

    ended_at: datetime
    told_at: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """What is shown at a moment. ``available`` is False where nothing is shown because the gateway was not reached."""

    revision: int
    as_of: datetime
    valid_until: datetime
    state: str
    items: tuple[pb.PublishableItem, ...]
    ended: Mapping[str, EndedItem]
    """What is not shown any more, by id."""
    available: bool = True

    def taken_down(self, now: datetime) -> Feed:
        """Return the feed that shows nothing: its time is over, and nothing newer came."""
        return replace(self, as_of=now, valid_until=now, state="", items=(), available=False)


_NEVER: Final = datetime.min.replace(tzinfo=UTC)
NOTHING: Final = Feed(0, _NEVER, _NEVER, "", (), {}, available=False)
"""Before anything was read."""


def read_feed(client: GatewayClient, officer: str, before: Feed) -> Feed:
    """Return what is shown now; *before* is what was read last: while nothing changed, its items are not sent again.

    Raises:
        GatewayError: No answer, or one that cannot be of the gateway.
        ListUnsteadyError: The list changed while it was read, each time.
    """
    for _ in range(ATTEMPTS):
        pages = _pages(client, officer, before)
        if len({page.state for page in pages}) == 1:
            break
    else:
        raise ListUnsteadyError("the list changed while it was read")
    first, last = pages[0], pages[-1]
    items = before.items if first.unchanged else tuple(item for page in pages for item in page.items)
    shown = {item.item_id for item in items}
    as_of = _instant(first.as_of)
    told = {each.item_id: EndedItem(_instant(each.ended_at), as_of) for page in pages for each in page.ended}
    return Feed(
        revision=first.data_revision,
        as_of=as_of,
        valid_until=min(_instant(first.valid_until), _instant(last.valid_until)),
        state=first.state,
        items=items,
        ended=dict(_kept(before.ended, told, shown, as_of)),
    )


def _kept(
    before: Mapping[str, EndedItem], told: Mapping[str, EndedItem], shown: Container[str], as_of: datetime
) -> Iterator[tuple[str, EndedItem]]:
    """Yield what has ended, in order of ids; what is shown again, and what was told long ago, is left out."""
    for found in sorted({*before, *told}):
        old, new = before.get(found), told.get(found)
        ended = old if new is None or (old is not None and old.ended_at == new.ended_at) else new
        if ended is not None and found not in shown and ended.told_at > as_of - REMEMBERED:
            yield found, ended


def _pages(client: GatewayClient, officer: str, before: Feed) -> list[pb.ListPublishableResponse]:
    request = pb.ListPublishableRequest(
        officer=officer, since_revision=before.revision, known_state=before.state, page_size=PAGE
    )
    pages: list[pb.ListPublishableResponse] = []
    while True:
        page = client.registry("ListPublishable", request, pb.ListPublishableResponse)
        for item in page.items:
            if _ITEM_ID.fullmatch(item.item_id) is None:
                raise GatewayError(grpc.StatusCode.INTERNAL, NO_ANSWER, {}, "an item has no id that names a page")
        pages.append(page)
        if not page.next_page_token:
            return pages
        request.page_token = page.next_page_token


def feed_json(feed: Feed) -> str:
    """Return the feed as JSON; the schema is in ``docs/publication.md``."""
    content = {
        "schema": SCHEMA,
        "available": feed.available,
        "generated_at": format_instant(feed.as_of),
        "valid_until": format_instant(feed.valid_until),
        "revision": feed.revision,
        "state": feed.state,
        "items": [_item(item) for item in feed.items],
        "ended": [
            {"item_id": found, "ended_at": format_instant(each.ended_at), "told_at": format_instant(each.told_at)}
            for found, each in feed.ended.items()
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def remembered(text: str) -> Feed:
    """Return a feed that was written, without its items and its state: they are to be read anew.

    Raises:
        ValueError: It is none of ours.
    """
    try:
        content = json.loads(text)
        as_of, until = parse_instant(content["generated_at"]), parse_instant(content["valid_until"])
        ended = {
            str(each["item_id"]): EndedItem(parse_instant(each["ended_at"]), parse_instant(each["told_at"]))
            for each in content["ended"]
        }
        known = content["schema"] == SCHEMA
        taken = Feed(int(content["revision"]), as_of, until, "", (), ended, available=content["available"] is True)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("is no feed of this command") from error
    if not known:
        raise ValueError("is a feed of another schema")
    return taken


def _item(item: pb.PublishableItem) -> dict[str, Any]:
    kind = PublishableKind(item.kind)
    content: dict[str, Any] = {
        "item_id": item.item_id,
        "kind": kind.name,
        "kind_text": _text(*KINDS[kind]),
        "name": item.name,
        "uscc": item.uscc,
        "authority": item.authority,
        "document_number": item.document_number,
        "decided_on": item.decided_on or None,
        "published_on": item.published_on,
        "display_until": format_instant(_instant(item.display_until)) if item.HasField("display_until") else None,
    }
    if kind is PublishableKind.WAGE_ARREARS_LISTING:
        content["disputed"] = item.disputed
    if item.HasField("major_violation"):
        found = item.major_violation
        content |= {
            "violation": found.violation,
            "violation_text": _text(*VIOLATIONS[found.violation]),
            "address": found.address,
            "representative_name": found.representative_name,
            "main_facts": found.main_facts,
            "handling_result": found.handling_result,
        }
    return content


def _text(zh: str, en: str) -> dict[str, str]:
    return {"zh": zh, "en": en}


def _instant(stamp: Timestamp) -> datetime:
    return stamp.ToDatetime(tzinfo=UTC)

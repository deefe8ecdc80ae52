"""The feed as pages for citizens: a start page with the three lists, and one page for each item.

Pages are trees of elements which the standard library writes: whatever a record holds is text and never markup.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from formats.civil import SHANGHAI, format_instant
from gateway.cli import publish_texts as texts
from gateway.cli.publish_style import POLICY, SCRIPT, STYLE
from gateway.domain.vocabulary import PublishableKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from google.protobuf.timestamp_pb2 import Timestamp
    from jointsanctions.v1 import publishable_pb2 as pb

    from gateway.cli.publish_feed import Feed
    from gateway.cli.publish_texts import Pair

INDEX: Final = "index.html"


def pages(feed: Feed) -> Iterator[tuple[str, str]]:
    """Yield (file name, page) of every page: the start page, and one for each item."""
    yield INDEX, _index(feed)
    for item in feed.items:
        yield page_name(item), _item_page(feed, item)


def page_name(item: pb.PublishableItem) -> str:
    """Return the file name of an item's page."""
    return f"{item.item_id}.html"


def page_until(feed: Feed, item: pb.PublishableItem) -> datetime:
    """Return until when an item's page holds: until the feed does, and never beyond the item's own end."""
    if not item.HasField("display_until"):
        return feed.valid_until
    return min(feed.valid_until, _instant(item.display_until))


def _index(feed: Feed) -> str:
    page = _Page(texts.TITLE[0], feed.valid_until if feed.available else None)
    if not feed.available:
        _pair(_add(page.live, "p", {"class": "note"}), texts.DOWN)
        return page.text(feed)
    links = _add(_add(page.live, "nav", {"aria-label": texts.TITLE[0]}), "ul")
    for kind, name in texts.KINDS.items():
        own = sorted((item for item in feed.items if PublishableKind(item.kind) is kind), key=_newest_first)
        _add(_add(links, "li"), "a", {"href": f"#{kind.name.lower()}"}, f"{name[0]}（{len(own)}）")
        section = _add(page.live, "section", {"id": kind.name.lower()})
        heading = _add(section, "h2")
        _add(heading, "span", {}, name[0])
        _add(heading, "span", {"class": "count"}, f"{len(own)}")
        _add(heading, "span", {"class": "en", "lang": "en"}, name[1])
        _pair(_add(section, "p"), texts.SAYS[kind])
        if own:
            _table(section, kind, own)
        else:
            _pair(_add(section, "p"), texts.NONE)
    return page.text(feed)


def _table(section: Element, kind: PublishableKind, items: Iterable[pb.PublishableItem]) -> None:
    entered = texts.ENTERED if kind is PublishableKind.RED_LIST else texts.PUBLISHED
    table = _add(_add(section, "div", {"class": "table"}), "table")
    _add(table, "caption", {"class": "skip"}, texts.KINDS[kind][0])
    head = _add(_add(table, "thead"), "tr")
    for title in (texts.NAME, texts.CODE, texts.AUTHORITY, entered, texts.UNTIL):
        _pair(_add(head, "th", {"scope": "col"}), title)
    body = _add(table, "tbody")
    for item in items:
        row = _add(body, "tr")
        name = _add(row, "td")
        _add(name, "a", {"href": page_name(item)}, item.name or item.uscc)
        if item.disputed:
            _add(name, "span", {"class": "mark"}, f" {texts.DISPUTE[0]} ")
            _add(name, "span", {"class": "en", "lang": "en"}, texts.DISPUTE[1])
        _add(row, "td", {"class": "code", "data-label": texts.CODE[0]}, item.uscc)
        _add(row, "td", {"data-label": texts.AUTHORITY[0]}, item.authority)
        _add(row, "td", {"class": "date", "data-label": entered[0]}, item.published_on)
        _until(_add(row, "td", {"class": "date", "data-label": texts.UNTIL[0]}), item)


def _item_page(feed: Feed, item: pb.PublishableItem) -> str:
    kind = PublishableKind(item.kind)
    name = item.name or item.uscc
    page = _Page(f"{name} · {texts.KINDS[kind][0]}", page_until(feed, item))
    article = _add(page.live, "article")
    _pair(_add(article, "p", {"class": "kind"}), texts.KINDS[kind])
    _add(article, "h1", {}, name)
    if item.disputed:
        _pair(_add(article, "p", {"class": "note"}), texts.DISPUTED)
    listed = _add(article, "dl")
    for title, said in _rows(item, kind):
        if said:
            _pair(_add(listed, "dt"), title)
            _add(listed, "dd", {}, said)
        if title is texts.CODE and item.HasField("major_violation"):
            _pair(_add(listed, "dt"), texts.VIOLATION)
            _pair(_add(listed, "dd"), texts.VIOLATIONS[item.major_violation.violation])
    _pair(_add(listed, "dt"), texts.UNTIL)
    _until(_add(listed, "dd"), item)
    _pair(_add(article, "p"), texts.SAYS[kind])
    _pair(_add(_add(page.live, "p", {"class": "back"}), "a", {"href": INDEX}), texts.HOME)
    return page.text(feed)


def _rows(item: pb.PublishableItem, kind: PublishableKind) -> Iterator[tuple[Pair, str]]:
    found = item.major_violation
    yield texts.NAME, item.name
    yield texts.CODE, item.uscc
    yield texts.ADDRESS, found.address
    yield texts.REPRESENTATIVE, found.representative_name
    yield texts.FACTS, found.main_facts
    yield texts.HANDLING, found.handling_result
    yield texts.AUTHORITY, item.authority
    yield texts.DOCUMENT, item.document_number
    yield texts.DECIDED, item.decided_on
    yield (texts.ENTERED if kind is PublishableKind.RED_LIST else texts.PUBLISHED), item.published_on


class _Page:
    """One page under way; ``live`` is what its own end hides. A page that shows nothing has no end."""

    def __init__(self, title: str, until: datetime | None) -> None:
        self._root = Element("html", {"lang": "zh-CN"})
        head = _add(self._root, "head")
        _add(head, "meta", {"charset": "utf-8"})
        _add(head, "meta", {"http-equiv": "Content-Security-Policy", "content": POLICY})
        _add(head, "meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"})
        _add(head, "meta", {"name": "robots", "content": "noindex, noarchive"})
        _add(head, "meta", {"name": "referrer", "content": "no-referrer"})
        _add(head, "title", {}, title)
        _add(head, "style", {}, STYLE)
        if until is not None:
            self._root.set("data-until", format_instant(until))
            _add(head, "script", {}, SCRIPT)
        self._body = _add(self._root, "body")
        _add(self._body, "a", {"class": "skip", "href": "#content"}, "跳到正文 Skip to content")
        banner = _add(_add(self._body, "header"), "div")
        _pair(_add(banner, "p", {"class": "title"}), texts.TITLE)
        main = _add(self._body, "main", {"id": "content"})
        _pair(_add(main, "p", {"class": "note over", "role": "status"}), texts.OVER)
        self.live = _add(main, "div", {"class": "live"})
        if until is not None:
            holds = _add(self.live, "p", {"class": "holds"})
            _add(holds, "span", {}, f"{texts.HOLDS[0]} ")
            _moment(holds, until)
            _add(holds, "span", {}, f"（{texts.ZONE[0]}） ")
            _add(holds, "span", {"class": "en", "lang": "en"}, f"{texts.HOLDS[1]} then, {texts.ZONE[1]}")

    def text(self, feed: Feed) -> str:
        """Return the page, with its foot."""
        foot = _add(_add(self._body, "footer"), "div")
        _pair(_add(foot, "p"), texts.OBJECT)
        source = _add(foot, "p")
        _pair(_add(source, "a", {"href": "feed.json"}), texts.DATA)
        _add(source, "span", {}, f" · {_local(feed.as_of)} · #{feed.revision}")
        return "<!DOCTYPE html>\n" + tostring(self._root, encoding="unicode", method="html") + "\n"


def _newest_first(item: pb.PublishableItem) -> tuple[int, str]:
    return -int(item.published_on.replace("-", "")), item.item_id


def _add(parent: Element, tag: str, attributes: dict[str, str] | None = None, text: str = "") -> Element:
    added = SubElement(parent, tag, attributes or {})
    added.text = text or None
    return added


def _pair(parent: Element, words: Pair) -> None:
    """Add a text in both languages."""
    _add(parent, "span", {}, words[0])
    _add(parent, "span", {"class": "en", "lang": "en"}, f" {words[1]}")


def _until(parent: Element, item: pb.PublishableItem) -> None:
    if item.HasField("display_until"):
        _moment(parent, _instant(item.display_until))
    else:
        _pair(parent, texts.NO_END)


def _moment(parent: Element, instant: datetime) -> None:
    _add(parent, "time", {"datetime": format_instant(instant)}, _local(instant))


def _local(instant: datetime) -> str:
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _instant(stamp: Timestamp) -> datetime:
    return stamp.ToDatetime(tzinfo=UTC)

"""Feeds of what may be published, for tests: valid by default; nothing here asserts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any

from jointsanctions.v1 import publishable_pb2 as pb

from gateway.cli.publish_feed import Feed

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def item(number: int = 1, kind: Any = pb.PUBLISHABLE_KIND_MAJOR_VIOLATION, **changes: Any) -> pb.PublishableItem:
    made = pb.PublishableItem(
        kind=kind,
        item_id=f"item-{number:024x}",
        uscc="91420300MA10004470",
        name="示例一号建筑工程有限公司",
        authority="示例市人社局",
        document_number="示〔2026〕1号",
        decided_on="2026-02-01",
        published_on="2026-02-11",
    )
    made.display_until.FromDatetime(NOW + timedelta(days=9))
    if kind == pb.PUBLISHABLE_KIND_MAJOR_VIOLATION:
        content = {"violation": "WAGE_ARREARS", "address": "示例路1号", "representative_name": "示例某"}
        made.major_violation.CopyFrom(
            pb.MajorViolationContent(**content, main_facts="拖欠工资", handling_result="责令支付")
        )
    for name, value in changes.items():
        target = made if hasattr(made, name) else made.major_violation
        setattr(target, name, value)
    return made


def feed(*items: pb.PublishableItem, **changes: Any) -> Feed:
    values = {
        "revision": 7,
        "as_of": NOW,
        "valid_until": NOW + timedelta(hours=4),
        "state": f"state-{len(items)}",
        "items": items,
        "ended": {},
    }
    return Feed(**(values | changes))


class Page(HTMLParser):
    """A page as a browser takes it apart: its texts, its elements with their attributes, and what is wrong with it."""

    VOID = frozenset({"meta", "link", "br", "img", "input", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.unbalanced: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.unbalanced += self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.unbalanced.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.setdefault(self._open[-1] if self._open else "", []).append(data)

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]

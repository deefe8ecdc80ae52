"""Texts that somebody may have typed to harm whoever reads them, and messages of the wire that are full of them."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

TEXTS = (
    "<script>alert(1)</script>有限公司",
    '"><img src=x onerror=alert(1)>',
    '=HYPERLINK("http://x.example/","看")',
    "{{7*7}}{% raw %}",
    "\u202e司公限有\u202c'; //javascript:alert(1)",
    "长" * 300,
)
FREE = re.compile(
    r"name|.*_name|name_.*|zh|en|case_ref|part|officer|agency|from_agency|authority|document_number|reason.*|note|text|"
    r"title|purpose|detail|message|project|about|why|explanation|document|article|trigger|remedy|instruction|officers|"
    r"case_refs|differences|words|subject|holder|column|field"
)
"""Fields that hold what somebody typed."""
AT = datetime(2026, 11, 1, 4, tzinfo=UTC)
CODE = "91420300MA10004470"
DEEP = 7
EACH = 6
"""Of a field that comes several times: one for each text."""


class Filler:
    """Makes messages in which every text that somebody may have typed is one of ``TEXTS``."""

    def __init__(self) -> None:
        self._texts = itertools.cycle(TEXTS)
        self._kinds = itertools.count()

    def filled(self, message: Any, depth: int = 0) -> Any:
        """Fill every field of a message; nothing in it leads to a further page."""
        for oneof in message.DESCRIPTOR.oneofs:
            chosen = oneof.fields[next(self._kinds) % len(oneof.fields)]
            self._fill(message, chosen, depth)
        for field in message.DESCRIPTOR.fields:
            if field.containing_oneof is None:
                self._fill(message, field, depth)
        return message

    def overlaid(self, message: Any) -> Any:
        """Put the texts into what a message already holds."""
        for field, value in message.ListFields():
            if field.message_type is not None and field.message_type.full_name != Timestamp.DESCRIPTOR.full_name:
                for each in value if field.is_repeated else [value]:
                    self.overlaid(each)
            elif field.type == field.TYPE_STRING and FREE.fullmatch(field.name):
                if field.is_repeated:
                    value[:] = [next(self._texts) for _ in value]
                else:
                    setattr(message, field.name, next(self._texts))
        return message

    def _fill(self, message: Any, field: Any, depth: int) -> None:
        if field.name.endswith("page_token"):
            return
        if field.message_type is not None:
            if depth >= DEEP or field.message_type.GetOptions().map_entry:
                return
            if field.is_repeated:
                for _ in range(EACH if depth < 2 else 1):
                    self._submessage(getattr(message, field.name).add(), depth)
            else:
                found = getattr(message, field.name)
                found.SetInParent()
                self._submessage(found, depth)
        elif field.is_repeated:
            count = EACH if field.type == field.TYPE_STRING else 1
            getattr(message, field.name).extend(self._scalar(field) for _ in range(count))
        else:
            setattr(message, field.name, self._scalar(field))

    def _submessage(self, message: Any, depth: int) -> None:
        if isinstance(message, Timestamp):
            message.FromDatetime(AT)
        else:
            self.filled(message, depth + 1)

    def _scalar(self, field: Any) -> Any:
        if field.enum_type is not None:
            values = [each.number for each in field.enum_type.values[1:]]
            return values[next(self._kinds) % len(values)]
        if field.type == field.TYPE_STRING:
            return self._string(field.name)
        if field.type == field.TYPE_BYTES:
            return bytes(range(32))
        if field.type == field.TYPE_BOOL:
            return True
        return 1 + next(self._kinds) % 6

    def _string(self, name: str) -> str:
        if FREE.fullmatch(name):
            return next(self._texts)
        if re.fullmatch(r"on|.*_on|.*_date|day|since|until|.*_by|begins|ends|.*_until|.*_from|between", name):
            return "2026-11-01"
        if "uscc" in name:
            return CODE
        if "sha256" in name or name.endswith("digest"):
            return "ab" * 32
        if name in {"writer", "origin"}:
            return "gw1-0"
        return f"id-{next(self._kinds)}"

"""What each field of each response tells of, as data: a field that is in no line here is a fault that a test finds.

One line a message and class: the message, what its fields tell of, and their names; indented lines go on. A field that
holds another message of the contract stands in no line, because that message's own fields are placed. Beside the rows
of the table (``FieldClass``) there are four marks (``Mark``). What is left out of messages is ``projection``.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from gateway.domain.disclosure.words import FieldClass
from gateway.rpc.field_classes.answers import ANSWERS
from gateway.rpc.field_classes.records import RECORDS
from gateway.rpc.field_classes.referrals import REFERRALS
from gateway.rpc.field_classes.registry import REGISTRY
from gateway.rpc.field_classes.upkeep import UPKEEP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Mark(StrEnum):
    """What a field tells of where that is no row of the table."""

    PLAIN = "plain"
    """Nothing about an enterprise: about the call, the caller, the law or the gateway."""
    ANSWER = "answer"
    """What was decided, and the reason as a word of a closed list: every asker is told it (A-121)."""
    RECORD = "record"
    """Something of a record whose kind or trigger the message names: that one's class counts."""
    MEETING = "meeting"
    """Something of a joint meeting: ``domain.meeting_disclosure`` decides item by item."""


EVERYWHERE: Final = frozenset({"audit_position", "next_page_token", "data_revision", "calendar_version"})
"""Names of fields that are plain in whatever message they stand."""


def _read(*texts: str) -> Iterator[tuple[tuple[str, str], FieldClass | Mark]]:
    message = ""
    told: FieldClass | Mark = FieldClass.INSPECTION
    for line in (line for text in texts for line in text.strip().splitlines()):
        head, _, names = line.rpartition(":")
        if head:
            message, word = head.split()
            told = Mark(word) if word in set(Mark) else FieldClass(word)
        for name in names.split():
            yield (message, name), told


FIELDS: Final[Mapping[tuple[str, str], FieldClass | Mark]] = dict(_read(ANSWERS, RECORDS, REFERRALS, REGISTRY, UPKEEP))
"""By message and field."""

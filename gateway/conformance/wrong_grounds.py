"""The promises about a yes that may not be relied upon: not recorded, not about now, not about who was asked about."""

from __future__ import annotations

from typing import Final

from gateway.conformance import fail_closed
from gateway.conformance.promises import Promise, Vector
from gateway.conformance.sayings import Saying

PROMISES: Final = (
    Promise(
        "FC-RECORDED",
        "没有留痕位置的答复不是答复",
        "An answer without its place in the record is none",
        ("P1", "P6", "A-121"),
        fail_closed.stopped,
        (
            Vector("no position", Saying(position="none"), answered=True),
            Vector("no writer", Saying(position="no writer"), answered=True),
            Vector("short leaf hash", Saying(position="short hash"), answered=True),
        ),
    ),
    Promise(
        "FC-VALID",
        "已过期或未说明有效期的答复不可依赖",
        "An answer that holds no longer, or does not say until when, is not relied upon",
        ("A-121",),
        fail_closed.stopped,
        (
            Vector("no valid_until", Saying(holds_seconds=None), answered=True),
            Vector("expired", Saying(holds_seconds=-60), answered=True),
        ),
    ),
    Promise(
        "FC-PRESENT",
        "关于另一时刻的答复不可依赖",
        "An answer about another moment is not relied upon",
        ("A-122",),
        fail_closed.stopped,
        (
            Vector("preview", Saying(preview=True), answered=True),
            Vector("no as_of", Saying(as_of_seconds=None), answered=True),
            Vector("a day ago", Saying(as_of_seconds=-86_400), answered=True),
            Vector("a day ahead", Saying(as_of_seconds=86_400), answered=True),
        ),
    ),
    Promise(
        "FC-PARTY",
        "关于其他企业的答复不可依赖",
        "An answer about another enterprise is not relied upon",
        ("A-120", "I-01"),
        fail_closed.stopped,
        (
            Vector("another", Saying(about="another"), answered=True),
            Vector("one more", Saying(others="one more"), answered=True),
        ),
    ),
    Promise(
        "FC-PARTIES",
        "漏答或多答关联方的答复不可依赖",
        "An answer that leaves out a named party, or adds one, is not relied upon",
        ("A-101", "A-102", "A-122"),
        fail_closed.other_parties,
        (
            Vector("one left out", Saying(others="none"), answered=True),
            Vector("one more", Saying(others="one more"), answered=True),
        ),
    ),
    Promise(
        "FC-BATCH",
        "批量答复缺项、重项或错项时，无人因此继续",
        "A batch answer with items missing, twice or exchanged lets nobody go ahead wrongly",
        ("P2", "A-120"),
        fail_closed.in_batches,
        (
            Vector("one missing", Saying(items="one missing"), answered=True),
            Vector("one twice", Saying(items="one twice"), answered=True),
            Vector("exchanged", Saying(items="exchanged"), answered=True),
        ),
    ),
)
"""In the order in which they are played."""

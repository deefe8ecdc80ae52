"""The promises that hold whatever the gateway says: what is no yes in itself is none."""

from __future__ import annotations

from typing import Final

import grpc

from gateway.conformance import fail_closed
from gateway.conformance.promises import Promise, Vector
from gateway.conformance.sayings import (
    BLOCK,
    CONDITIONAL,
    NOTICE,
    RESTRICTED,
    REVIEW,
    UNKNOWN,
    UNSET,
    UNVERIFIABLE,
    Saying,
)

_PLAIN_ERRORS: Final = tuple(code.name for code in grpc.StatusCode if code is not grpc.StatusCode.OK)
_TOLD_ERRORS: Final = (
    ("UNAVAILABLE", "AUDIT_UNAVAILABLE"),
    ("UNAVAILABLE", "STORE_UNAVAILABLE"),
    ("PERMISSION_DENIED", "AREA_NOT_IN_MANDATE"),
    ("INTERNAL", "UNEXPECTED"),
    ("DEADLINE_EXCEEDED", "DEADLINE_PASSED"),
    ("INVALID_ARGUMENT", "A_REASON_OF_A_NEWER_GATEWAY"),
)

PROMISES: Final = (
    Promise(
        "FC-TIMEOUT",
        "时限之后才到的答复不是答复",
        "An answer that comes after the deadline is none",
        ("P2", "A-122"),
        fail_closed.stopped,
        (Vector("late", Saying(late=True)),),
    ),
    Promise(
        "FC-ERROR",
        "任何 gRPC 错误都不是放行",
        "No gRPC error is a yes",
        ("P1", "P2"),
        fail_closed.stopped,
        (
            *(Vector(name, Saying(status=name)) for name in _PLAIN_ERRORS),
            *(Vector(f"{status}/{reason}", Saying(status=status, reason=reason)) for status, reason in _TOLD_ERRORS),
        ),
    ),
    Promise(
        "FC-BROKEN",
        "残缺的消息不是答复",
        "A message that is cut off or none is no answer",
        ("P2",),
        fail_closed.stopped,
        (
            Vector("cut off", Saying(effects=(NOTICE,), sent="cut off")),
            Vector("noise", Saying(sent="noise")),
            Vector("nothing", Saying(sent="nothing"), answered=True),
        ),
    ),
    Promise(
        "FC-UNVERIFIABLE",
        "无法核实绝不当作可以",
        "UNVERIFIABLE is never treated as clear",
        ("P2",),
        fail_closed.stopped,
        (
            Vector("unverifiable", Saying(verdict=UNVERIFIABLE, holds_seconds=0), answered=True),
            Vector("that holds on", Saying(verdict=UNVERIFIABLE), answered=True),
        ),
    ),
    Promise(
        "FC-RESTRICTED",
        "受限制不得批准，有无措施皆然",
        "RESTRICTED is not approved, with measures or without",
        ("P2", "P3"),
        fail_closed.stopped,
        (
            Vector("with its block", Saying(verdict=RESTRICTED, effects=(BLOCK,)), answered=True),
            Vector("without measures", Saying(verdict=RESTRICTED), answered=True),
        ),
    ),
    Promise(
        "FC-VERDICT",
        "未知或未填的结论绝不当作可以",
        "An unknown or unset verdict is never treated as clear",
        ("P2",),
        fail_closed.stopped,
        (
            Vector("unknown number", Saying(verdict=UNKNOWN), answered=True),
            Vector("unset", Saying(verdict=UNSET), answered=True),
            Vector("no decision", Saying(decided=False), answered=True),
        ),
    ),
    Promise(
        "FC-EFFECT",
        "未知或未填的效果绝不当作可以",
        "An unknown or unset effect of a measure is never treated as clear",
        ("P2",),
        fail_closed.stopped,
        (
            Vector("unset", Saying(effects=(UNSET,)), answered=True),
            Vector("unset beside a notice", Saying(effects=(NOTICE, UNSET)), answered=True),
            Vector("unknown number", Saying(effects=(UNKNOWN,)), answered=True),
        ),
    ),
    Promise(
        "FC-COHERENT",
        "结论轻于措施的答复不可依赖",
        "An answer whose verdict is milder than its measures is not relied upon",
        ("P2",),
        fail_closed.stopped,
        (
            Vector("CLEAR with a block", Saying(effects=(BLOCK,)), answered=True),
            Vector("CLEAR with a review", Saying(effects=(REVIEW,)), answered=True),
            Vector("CONDITIONAL with a block", Saying(verdict=CONDITIONAL, effects=(BLOCK,)), answered=True),
            Vector("CONDITIONAL without a condition", Saying(verdict=CONDITIONAL), answered=True),
        ),
    ),
    Promise(
        "FC-CONDITIONAL",
        "条件未满足之前不得继续",
        "Nobody goes ahead on a condition that is not met",
        ("A-125",),
        fail_closed.stopped,
        (Vector("review", Saying(verdict=CONDITIONAL, effects=(REVIEW,)), answered=True),),
    ),
)
"""In the order in which they are played."""

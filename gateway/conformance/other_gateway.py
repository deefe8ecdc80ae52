"""The promises about the gateway itself: while it is away nobody goes ahead, nor on the word of somebody else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from gateway.conformance.promises import Promise, Seen, Vector, seen
from gateway.conformance.sayings import Saying
from gateway.conformance.stage import went_ahead

if TYPE_CHECKING:
    from gateway.conformance.serving import Identity
    from gateway.conformance.stage import Stage

RECOVERY_SECONDS: Final = 150.0
"""In which an adapter asks a gateway again that is back; gRPC waits up to 120 s between two attempts."""
_PAUSE_SECONDS: Final = 0.2


def away(stage: Stage, _promise: Promise) -> list[Seen]:
    """The gateway is stopped: nobody goes ahead, and no answer is told. When it is back, it is asked again."""
    return _meanwhile(stage, None)


def impostor(stage: Stage, _promise: Promise) -> list[Seen]:
    """At the gateway's address stands somebody with another authority's certificate: nothing of it is believed."""
    return _meanwhile(stage, stage.prepared.impostor)


def _meanwhile(stage: Stage, other: Identity | None) -> list[Seen]:
    code, case = stage.code(), stage.case()
    stage.before(code, case)
    stage.write(code, Saying())
    stage.gateway.stop()
    try:
        if other is not None:
            stage.gateway.start(other)
        check = stage.check(code, stage.case())
        grant = stage.grant(stage.grant_body(code, case))
        asked = len(stage.script.asked(code, stage.area.act))
    finally:
        stage.gateway.stop()
        stage.gateway.start(stage.prepared.gateway)
    back, after = _answers_again(stage)
    return [
        seen("check", bool(check.status) and not check.fine, check.told()),
        seen("gate", bool(grant.status) and not grant.fine, grant.told()),
        seen("nothing asked", not asked, f"{asked} questions arrived meanwhile"),
        seen("asked again", back, f"after {after:.1f} s"),
    ]


def _answers_again(stage: Stage) -> tuple[bool, float]:
    """Return whether checks are answered again, and after how many seconds."""
    begun = time.monotonic()
    while True:
        code = stage.code()
        stage.write(code, Saying())
        back = went_ahead(stage.check(code, stage.case()))
        after = time.monotonic() - begun
        if back or after > RECOVERY_SECONDS:
            return back, after
        time.sleep(_PAUSE_SECONDS)


PROMISES: Final = (
    Promise(
        "FC-AWAY",
        "网关不在时无人继续，恢复后照常",
        "While the gateway is away nobody goes ahead; when it is back it is asked again",
        ("P1", "P2"),
        away,
        (Vector("stopped"),),
    ),
    Promise(
        "FC-IMPOSTOR",
        "不信任证书不对的网关",
        "Nothing is believed of a gateway with another authority's certificate",
        ("P9",),
        impostor,
        (Vector("another authority"),),
    ),
)
"""In the order in which they are played: last, because an adapter may need its time afterwards."""

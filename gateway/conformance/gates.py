"""The promises about the gate of a final act: it opens only after an answer of its case that cleared the enterprise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway.conformance.promises import Promise, Seen, Vector, seen
from gateway.conformance.sayings import CONDITIONAL, REVIEW, UNVERIFIABLE, Saying

if TYPE_CHECKING:
    from gateway.conformance.areas import TestArea
    from gateway.conformance.stage import Stage

_NEVER, _OTHER_CASE, _OTHER_ENTERPRISE = "never asked", "asked in another case", "another enterprise asked about"


def closed(stage: Stage, promise: Promise) -> list[Seen]:
    """Without such an answer at the step before nothing is granted, though the gateway would clear it now."""
    found = []
    for vector in promise.vectors:
        code, case = stage.code(), stage.case()
        if vector.id != _NEVER:
            _ask_before(stage, stage.code() if vector.id == _OTHER_ENTERPRISE else code, case, vector)
        stage.write(code, Saying())
        reply = stage.grant(stage.grant_body(code, case))
        found.append(seen(vector.id, bool(reply.status) and not reply.fine, reply.told()))
    return found


def _ask_before(stage: Stage, code: str, case: str, vector: Vector) -> None:
    before = stage.area.before
    if before is not None:
        stage.write(code, vector.saying, before)
        stage.check(code, stage.case() if vector.id == _OTHER_CASE else case, before)


def _has_a_step_before(area: TestArea) -> bool:
    return area.before is not None


PROMISES: Final = (
    Promise(
        "GA-EARLIER",
        "此前环节未放行，关口不开",
        "A gate stays closed where the step before did not clear this enterprise in this case",
        ("P6", "A-122"),
        closed,
        (
            Vector(_NEVER),
            Vector(_OTHER_CASE),
            Vector(_OTHER_ENTERPRISE),
            Vector("a condition was not met", Saying(verdict=CONDITIONAL, effects=(REVIEW,)), answered=True),
            Vector("it could not be said", Saying(verdict=UNVERIFIABLE), answered=True),
            Vector("there was no answer", Saying(status="UNAVAILABLE")),
        ),
        _has_a_step_before,
    ),
)
"""In the order in which they are played."""

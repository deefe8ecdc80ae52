"""The promises about the question: it reaches the gateway as it was asked, for a case, or it is not asked at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gateway.conformance.promises import Promise, Seen, Vector, seen
from gateway.conformance.sayings import Saying
from gateway.conformance.stage import OFFICER

if TYPE_CHECKING:
    from gateway.conformance.stage import Stage

_SPOILT: Final[dict[str, dict[str, Any]]] = {
    "no case number": {"caseRef": None},
    "an empty case number": {"caseRef": ""},
    "a blank case number": {"caseRef": " "},
    "no officer": {"officer": None},
    "no decision point": {"decisionPoint": None},
    "an unset decision point": {"decisionPoint": "DECISION_POINT_UNSPECIFIED"},
    "a member that nobody knows": {"asOf": "2020-01-01T00:00:00Z"},
}
"""What is changed in the question; None leaves the member out."""


def as_asked(stage: Stage, promise: Promise) -> list[Seen]:
    """Enterprise, decision point, case and officer of the question are those that were asked."""
    found = []
    for vector in promise.vectors:
        code, case = stage.code(), stage.case()
        stage.write(code, vector.saying)
        stage.check(code, case)
        asked = [(each.point, each.case_ref, each.officer) for each in stage.script.asked(code)]
        found.append(seen(vector.id, asked == [(stage.area.act, case, OFFICER)], f"{len(asked)} questions arrived"))
    return found


def refused(stage: Stage, promise: Promise) -> list[Seen]:
    """A question that lacks what it needs, or says what nobody understands, is refused and reaches nobody."""
    found = []
    for vector in promise.vectors:
        code = stage.code()
        stage.write(code, vector.saying)
        question = stage.question(stage.case(), stage.area.act) | _SPOILT[vector.id]
        said = {name: value for name, value in question.items() if value is not None}
        reply = stage.asker.post("/v1/checks", {"question": said, "enterprise": {"uscc": code}})
        asked = len(stage.script.asked(code))
        told = f"{reply.told()}, {asked} questions arrived"
        found.append(seen(vector.id, bool(reply.status) and not reply.fine and not asked, told))
    return found


PROMISES: Final = (
    Promise(
        "QU-ASKED",
        "问题原样到达网关",
        "A question reaches the gateway as it was asked, with its case and officer",
        ("A-120",),
        as_asked,
        (Vector("clear", Saying()),),
    ),
    Promise(
        "QU-CASE",
        "没有案号或不明其意的问题不发问",
        "A question without its case, or that is not understood, is not asked",
        ("A-120",),
        refused,
        tuple(Vector(name) for name in _SPOILT),
    ),
)
"""In the order in which they are played."""

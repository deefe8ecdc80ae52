"""The promises of plain service: whoever stops everything, or lets go nobody's conditions, keeps none of the others."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from formats.civil import format_instant
from gateway.conformance.answers import document_number
from gateway.conformance.promises import Promise, Seen, Vector, seen
from gateway.conformance.sayings import BLOCK, CONDITIONAL, NOTICE, RESTRICTED, REVIEW, Saying
from gateway.conformance.stage import OFFICER, went_ahead

if TYPE_CHECKING:
    from gateway.conformance.areas import TestArea
    from gateway.conformance.stage import Stage

_PROBLEM: Final = "application/problem+json"


def clear(stage: Stage, promise: Promise) -> list[Seen]:
    """A CLEAR answer lets go ahead, at a check and at the gate."""
    found = []
    for vector in promise.vectors:
        code, case = stage.code(), stage.case()
        stage.before(code, case)
        stage.write(code, vector.saying)
        reply = stage.check(code, case)
        kept = reply.fine and reply.body.get("mayProceed") is True and reply.body.get("standing") == "CLEARED"
        found.append(seen(f"{vector.id}, check", kept, reply.told()))
        grant = stage.grant(stage.grant_body(code, case))
        found.append(seen(f"{vector.id}, gate", grant.fine and grant.body.get("mayProceed") is True, grant.told()))
        found += _together(stage, vector)
    return found


def _together(stage: Stage, vector: Vector) -> list[Seen]:
    """A consortium of two, where the area has them, of which the answer speaks wholly."""
    code, together = stage.code(), stage.consortium(stage.case())
    if together is None:
        return []
    stage.write(code, vector.saying)
    members = [{"uscc": stage.code()}]
    reply = stage.check(code, together["caseRef"], question=together, consortiumMembers=members)
    return [seen(f"{vector.id}, consortium", reply.fine and reply.body.get("standing") == "CLEARED", reply.told())]


def restricted(stage: Stage, promise: Promise) -> list[Seen]:
    """A refusal is an answer: a 2xx with the measure behind it, so that the officer can say on what ground."""
    found = []
    for vector in promise.vectors:
        code = stage.code()
        stage.write(code, vector.saying)
        reply = stage.check(code, stage.case())
        grounds = [each.get("documentNumber") for each in _measures(reply.body)]
        kept = reply.fine and reply.body.get("standing") == "RESTRICTED" and grounds == [document_number(code)]
        found.append(seen(vector.id, kept, f"{reply.told()}, {len(grounds)} measures"))
    return found


def unlawful(stage: Stage, promise: Promise) -> list[Seen]:
    """Where the law lets nobody restrict, a block is no lawful refusal: no yes, and not told as RESTRICTED either."""
    found = []
    for vector in promise.vectors:
        code = stage.code()
        stage.write(code, vector.saying)
        reply = stage.check(code, stage.case())
        kept = bool(reply.status) and not went_ahead(reply) and reply.body.get("standing") != "RESTRICTED"
        found.append(seen(vector.id, kept, reply.told()))
    return found


def fulfilled(stage: Stage, promise: Promise) -> list[Seen]:
    """A condition that an officer met, recorded, opens the gate; one that nobody met does not."""
    (vector,) = promise.vectors
    code, case = stage.code(), stage.case()
    stage.before(code, case)
    stage.write(code, vector.saying)
    number = stage.check(code, case).body.get("number")
    path = f"/v1/checks/{number}/fulfilment"
    nothing = stage.asker.post(path, {}, stage.key())
    review = {"officer": OFFICER, "reason": "conformance", "decidedAt": format_instant(datetime.now(UTC))}
    met = stage.asker.post(path, {"officerReview": review}, stage.key())
    grant = stage.grant(stage.grant_body(code, case, reviewed=number))
    return [
        seen("nothing was done", bool(nothing.status) and not nothing.fine, nothing.told()),
        seen("an officer reviewed", met.fine, met.told()),
        seen("the gate", grant.fine, grant.told()),
    ]


def problem(stage: Stage, promise: Promise) -> list[Seen]:
    """No answer is told as a problem (RFC 9457) that a program can read."""
    found = []
    for vector in promise.vectors:
        code = stage.code()
        stage.write(code, vector.saying)
        reply = stage.check(code, stage.case())
        body = reply.body
        kept = reply.media == _PROBLEM and body.get("status") == reply.status and bool(body.get("reason"))
        found.append(seen(vector.id, kept and not reply.fine, f"{reply.told()} {reply.media}"))
    return found


def _measures(body: dict[str, Any]) -> list[dict[str, Any]]:
    found = body.get("measures")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def _blocks(area: TestArea) -> bool:
    return area.blocks


PROMISES: Final = (
    Promise(
        "AN-CLEAR",
        "可以就是可以：查询与关口都放行",
        "CLEAR goes ahead, at a check and at the gate",
        ("A-121",),
        clear,
        (Vector("clear"), Vector("clear with a notice", Saying(effects=(NOTICE,)))),
    ),
    Promise(
        "AN-RESTRICTED",
        "拒绝也是答复，并带依据",
        "A refusal is an answer, with its ground",
        ("P3", "A-121"),
        restricted,
        (Vector("block", Saying(verdict=RESTRICTED, effects=(BLOCK,))),),
        _blocks,
    ),
    Promise(
        "AN-UNLAWFUL",
        "法律不许限制的领域，阻断不当作合法",
        "Where the law lets nobody restrict, a block is not taken for lawful",
        ("P3", "A-40", "A-70"),
        unlawful,
        (
            Vector("block", Saying(verdict=RESTRICTED, effects=(BLOCK,)), answered=True),
            Vector("restricted without measures", Saying(verdict=RESTRICTED), answered=True),
        ),
        lambda area: not area.blocks,
    ),
    Promise(
        "AN-FULFILLED",
        "条件由经办人满足并留痕后才开关口",
        "A condition that an officer met, recorded, opens the gate",
        ("A-125",),
        fulfilled,
        (Vector("review", Saying(verdict=CONDITIONAL, effects=(REVIEW,))),),
    ),
    Promise(
        "AN-PROBLEM",
        "没有答复时以问题文档告知",
        "No answer is told as a problem that a program can read",
        ("P2",),
        problem,
        (Vector("unavailable", Saying(status="UNAVAILABLE", reason="AUDIT_UNAVAILABLE")),),
    ),
)
"""In the order in which they are played."""

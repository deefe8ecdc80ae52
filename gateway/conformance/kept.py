"""The promises about proof: what was answered, and where it is recorded, is shown afterwards, after a restart too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gateway.conformance.errors import ConformanceError
from gateway.conformance.promises import Promise, Result, Seen, Vector, seen
from gateway.conformance.sayings import BLOCK, CONDITIONAL, RESTRICTED, REVIEW, Saying
from gateway.conformance.scripted import receipt

if TYPE_CHECKING:
    from gateway.conformance.script import Given
    from gateway.conformance.stage import Stage

_ANSWERS: Final = (
    Vector("clear"),
    Vector("conditional", Saying(verdict=CONDITIONAL, effects=(REVIEW,))),
)
_RESTRICTED: Final = Vector("restricted", Saying(verdict=RESTRICTED, effects=(BLOCK,)))


def positions(stage: Stage, promise: Promise) -> list[Seen]:
    """The record of each check shows verdict, position and digest of the answer that the gateway gave."""
    return [_shown(stage, vector.id, *_asked(stage, vector)) for vector in _vectors(stage, promise)]


def receipts(stage: Stage, promise: Promise) -> list[Seen]:
    """The receipt of each answer, clear ones too, is the gateway's own, byte for byte."""
    return [_receipt(stage, vector.id, *_asked(stage, vector)) for vector in _vectors(stage, promise)]


def after_restart(stage: Stage, promise: Promise) -> list[Seen]:
    """Both are there after the adapter was started anew; so is a grant, under its key."""
    if stage.restart is None:
        return [Seen(vector.id, Result.NOT_TESTED, "no --restart") for vector in promise.vectors]
    asked = {vector.id: _asked(stage, vector) for vector in _vectors(stage, promise)}
    code, case, key = stage.code(), stage.case(), stage.key()
    stage.before(code, case)
    stage.write(code, Saying())
    body = stage.grant_body(code, case)
    first = stage.grant(body, key)
    try:
        stage.restart()
    except ConformanceError as error:
        return [seen("restart", kept=False, said=str(error)[:120])]
    again = stage.grant(body, key)
    same = first.fine and again.fine and first.body.get("number") == again.body.get("number")
    found = [seen("the grant under its key", same, again.told())]
    for name, (number, given) in asked.items():
        found.append(_shown(stage, f"{name}, position", number, given))
        found.append(_receipt(stage, f"{name}, receipt", number, given))
    return found


def _vectors(stage: Stage, promise: Promise) -> tuple[Vector, ...]:
    return (*promise.vectors, _RESTRICTED) if stage.area.blocks else promise.vectors


def _asked(stage: Stage, vector: Vector) -> tuple[object, Given | None]:
    """Ask, and return the adapter's number of the check with what the gateway gave."""
    code = stage.code()
    stage.write(code, vector.saying)
    number = stage.check(code, stage.case()).body.get("number")
    given = stage.script.given(code)
    return number, given[-1] if given else None


def _shown(stage: Stage, name: str, number: object, given: Given | None) -> Seen:
    reply = stage.record(number)
    if given is None or not reply.fine:
        return seen(name, kept=False, said=f"check {number}: {reply.told()}")
    place: Any = reply.body.get("auditPosition")
    same = isinstance(place, dict) and (place.get("number"), place.get("leafHash")) == (
        str(given.number),
        given.leaf_hash.hex(),
    )
    digest = reply.body.get("answerDigest") == given.digest.hex()
    said = "position" if same else "another position, or none"
    return seen(name, same and digest, f"check {number}: {said}, {'digest' if digest else 'another digest'}")


def _receipt(stage: Stage, name: str, number: object, given: Given | None) -> Seen:
    reply = stage.receipt(number)
    kept = reply.fine and given is not None and _is_receipt(reply.raw, given)
    return seen(name, kept, f"check {number}: {reply.told()}, {len(reply.raw)} bytes")


def _is_receipt(raw: bytes, given: Given) -> bool:
    """A receipt of a batch is that of its item, whichever it was there."""
    if not given.line_hash:
        return raw == receipt(given.number, None)
    return raw.startswith(receipt(given.number, 0).rpartition(b" ")[0])


PROMISES: Final = (
    Promise(
        "RC-POSITION",
        "每次答复的留痕位置事后可查",
        "The record of each check shows where its answer is recorded",
        ("P6", "A-121"),
        positions,
        _ANSWERS,
    ),
    Promise(
        "RC-RECEIPT",
        "每次答复都有回执，放行的也有",
        "Every answer has its receipt, clear ones too",
        ("P6", "A-121"),
        receipts,
        _ANSWERS,
    ),
    Promise(
        "RC-RESTART",
        "重启之后位置、回执与许可俱在",
        "Positions, receipts and grants are there after a restart",
        ("P6", "A-121", "A-122"),
        after_restart,
        _ANSWERS,
    ),
)
"""In the order in which they are played."""

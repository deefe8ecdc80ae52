"""The promises about many at once: each gets its own answer, and none that was given before."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

from gateway.conformance.answers import document_number
from gateway.conformance.errors import UnpreparedError
from gateway.conformance.promises import Promise, Seen, Vector, seen
from gateway.conformance.sayings import BLOCK, CLEAR, CONDITIONAL, RESTRICTED, REVIEW, Saying
from gateway.conformance.stage import went_ahead

if TYPE_CHECKING:
    from gateway.conformance.asking import Reply
    from gateway.conformance.script import Given
    from gateway.conformance.stage import Stage

AT_ONCE: Final = 200
MOST_DELAY_MS: Final = 250
_SEED: Final = 20261129
_ONE_CASE: Final = "of one case"
_STANDINGS: Final = {CLEAR: "CLEARED", CONDITIONAL: "CONDITIONAL", RESTRICTED: "RESTRICTED"}


def own_answers(stage: Stage, promise: Promise) -> list[Seen]:
    """200 enterprises are asked about at once, answered in random order: each caller gets its own.

    They are of as many cases, and then of one; either way an adapter may put questions together, and each must reach
    the gateway as one of its own case. No answer is not another's
    answer; but where most got none, nothing was tested, and that is no pass.
    """
    return [_at_once(stage, vector) for vector in promise.vectors]


def _at_once(stage: Stage, vector: Vector) -> Seen:
    delays = random.Random(_SEED)  # noqa: S311 - the same order in every run
    strong = RESTRICTED if stage.area.blocks else CONDITIONAL
    codes = [stage.code() for _ in range(AT_ONCE)]
    for i, code in enumerate(codes):
        delay = delays.randrange(MOST_DELAY_MS)
        weighs = Saying(verdict=strong, effects=(BLOCK if strong == RESTRICTED else REVIEW,), delay_ms=delay)
        stage.write(code, weighs if i % 2 else Saying(delay_ms=delay))
    shared = stage.case()
    cases = [shared if vector.id == _ONE_CASE else stage.case() for _ in codes]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        replies = list(pool.map(stage.check, codes, cases))
    answered = [(code, reply) for code, reply in zip(codes, replies, strict=True) if reply.fine]
    wrong = [why for code, reply in answered if (why := _not_its_own(reply, code, stage.script.given(code)))]
    wrong += [
        f"{code}: asked in another case" for code, case in zip(codes, cases, strict=True) if _astray(stage, code, case)
    ]
    own = max(0, len(answered) - len(wrong))
    said = f"{own} of {AT_ONCE} got their own, {AT_ONCE - len(answered)} got no answer"
    kept = not wrong and len(answered) > AT_ONCE // 2
    return seen(vector.id, kept, "; ".join([said, *wrong[:1]]))


def swapped(stage: Stage, _promise: Promise) -> list[Seen]:
    """Two are asked about at once and the gateway gives each the other's answer: nobody goes ahead on it."""
    clear, listed = stage.code(), stage.code()
    stage.write(clear, Saying(verdict=RESTRICTED, effects=(BLOCK,), delay_ms=100), as_about=listed)
    stage.write(listed, Saying(delay_ms=100), as_about=clear)
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(stage.check, (clear, listed), (stage.case(), stage.case())))
    return [
        seen(f"that of the {name} one", bool(reply.status) and not went_ahead(reply), reply.told())
        for name, reply in zip(("restricted", "clear"), replies, strict=True)
    ]


def fresh(stage: Stage, _promise: Promise) -> list[Seen]:
    """The same question again is a new question: it is asked, recorded, and answered as things stand now."""
    code, case, act = stage.code(), stage.case(), stage.area.act
    stage.write(code, Saying())
    first = stage.check(code, case)
    stage.write(code, Saying(verdict=CONDITIONAL, effects=(REVIEW,)))
    second = stage.check(code, case)
    asked = len(stage.script.asked(code, act))
    numbers = {first.body.get("number"), second.body.get("number")}
    return [
        seen("what changed is told", second.fine and not went_ahead(second), second.told()),
        seen("asked anew", asked == 2, f"{asked} questions reached the gateway"),
        seen("recorded anew", len(numbers) == 2 and None not in numbers, f"numbers {sorted(map(str, numbers))}"),
    ]


def gate_asks_anew(stage: Stage, _promise: Promise) -> list[Seen]:
    """A gate rests on an answer of its own moment: a CLEAR check just before does not open it."""
    code, case = stage.code(), stage.case()
    try:
        stage.before(code, case)
    except UnpreparedError as error:
        return [seen("gate", kept=False, said=str(error))]
    stage.write(code, Saying())
    stage.check(code, case)
    stage.write(code, Saying(verdict=CONDITIONAL, effects=(REVIEW,)))
    reply = stage.grant(stage.grant_body(code, case))
    return [seen("gate", bool(reply.status) and not reply.fine, reply.told())]


def _astray(stage: Stage, code: str, case: str) -> bool:
    """Return whether a question about *code* arrived in another case than it was asked in."""
    return any(each.case_ref != case for each in stage.script.asked(code))


def _not_its_own(reply: Reply, code: str, given: list[Given]) -> str:
    """Return why a reply is not what the gateway gave about *code*; empty when it is."""
    body = reply.body
    last = given[-1] if given else None
    place = body.get("auditPosition")
    if last is None or not isinstance(place, dict):
        return f"{code}: no answer of the gateway is behind it"
    if body.get("standing") != _STANDINGS[last.verdict]:
        return f"{code}: {reply.told()} is not its verdict"
    if (place.get("number"), place.get("leafHash"), place.get("lineHash", "")) != (
        str(last.number),
        last.leaf_hash.hex(),
        last.line_hash.hex(),
    ):
        return f"{code}: another answer's position"
    grounds = {each.get("documentNumber") for each in body.get("measures", ()) if isinstance(each, dict)}
    return "" if grounds <= {document_number(code)} else f"{code}: another enterprise's measures"


PROMISES: Final = (
    Promise(
        "MX-OWN",
        "并发查询各得其所",
        "Each of many concurrent callers gets the answer to its own question",
        ("A-120", "P6"),
        own_answers,
        (Vector("of as many cases"), Vector(_ONE_CASE)),
    ),
    Promise(
        "MX-SWAPPED",
        "网关把两份答复弄反时，无人因此继续",
        "Answers that the gateway exchanged let nobody go ahead",
        ("A-120", "P2"),
        swapped,
        (Vector("each other's"),),
    ),
    Promise(
        "NC-CHECK",
        "不缓存结论：再问就是新问题",
        "No verdict is kept: asking again is a new question with a new record",
        ("P1", "P4", "A-122"),
        fresh,
        (Vector("clear, then a review"),),
    ),
    Promise(
        "NC-GATE",
        "关口依据当时的新答复",
        "A gate rests on an answer of its own moment",
        ("A-122",),
        gate_asks_anew,
        (Vector("clear, then a review"),),
    ),
)
"""In the order in which they are played."""

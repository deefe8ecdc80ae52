"""Plays what the gateway says wrongly, or says no with: nobody goes ahead, at a check and at a final act's gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.conformance.errors import UnpreparedError
from gateway.conformance.promises import Result, Seen, seen
from gateway.conformance.sayings import RESTRICTED, Saying
from gateway.conformance.stage import went_ahead

if TYPE_CHECKING:
    from gateway.conformance.asking import Reply
    from gateway.conformance.promises import Promise, Vector
    from gateway.conformance.stage import Stage


def stopped(stage: Stage, promise: Promise) -> list[Seen]:
    """Each is said at a check and at a gate, of a new enterprise in a new case: neither lets anybody go ahead."""
    return [each for vector in promise.vectors for each in (_at_check(stage, vector), _at_gate(stage, vector))]


def other_parties(stage: Stage, promise: Promise) -> list[Seen]:
    """The same with a related party, and with a member of a consortium: the answer must be about them and no more."""
    return [each for vector in promise.vectors for each in _with_another(stage, vector)]


def in_batches(stage: Stage, promise: Promise) -> list[Seen]:
    """Three of one case are asked about at once; the second, of which the answer does not speak rightly, is stopped."""
    found = []
    for vector in promise.vectors:
        codes = [stage.code() for _ in range(3)]
        for code in codes:
            stage.write(code, vector.saying)
        if vector.saying.items == "exchanged":
            stage.write(codes[1], Saying(verdict=RESTRICTED, effects=(6,), items="exchanged"))
        reply = stage.batch(codes, stage.case())
        if not any(each.batched for code in codes for each in stage.script.asked(code)):
            found.append(Seen(vector.id, Result.NOT_TESTED, "asked one by one, in no batch"))
            continue
        found.append(seen(vector.id, *_second(reply)))
    return found


def _with_another(stage: Stage, vector: Vector) -> list[Seen]:
    code, other = stage.code(), {"uscc": stage.code()}
    stage.write(code, vector.saying)
    named = [{"enterprise": other, "relation": "shareholder"}]
    found = [_judge(f"{vector.id}, related", stage.check(code, stage.case(), relatedParties=named), vector)]
    together = stage.consortium(stage.case())
    if together is not None:
        reply = stage.check(code, together["caseRef"], question=together, consortiumMembers=[other])
        found.append(_judge(f"{vector.id}, member", reply, vector))
    return found


def _at_check(stage: Stage, vector: Vector) -> Seen:
    code = stage.code()
    stage.write(code, vector.saying)
    return _judge(f"{vector.id}, check", stage.check(code, stage.case()), vector)


def _at_gate(stage: Stage, vector: Vector) -> Seen:
    code, case, name = stage.code(), stage.case(), f"{vector.id}, gate"
    try:
        stage.before(code, case)
    except UnpreparedError as error:
        return seen(name, kept=False, said=str(error))
    stage.write(code, vector.saying)
    reply = stage.grant(stage.grant_body(code, case))
    if reply.status and not stage.script.asked(code, stage.area.act):
        return seen(name, kept=False, said=f"the gate did not ask anew: {reply.told()}")
    return seen(name, bool(reply.status) and not reply.fine, reply.told())


def _judge(name: str, reply: Reply, vector: Vector) -> Seen:
    kept = bool(reply.status) and not went_ahead(reply) and (vector.answered or not reply.fine)
    return seen(name, kept, reply.told())


def _second(reply: Reply) -> tuple[bool, str]:
    """Return whether the second of a batch was stopped, and what was seen."""
    if not reply.fine:
        return bool(reply.status), reply.told()
    items = reply.body.get("items")
    told = next((each for each in items or () if isinstance(each, dict) and each.get("itemId") == "i1"), {})
    answer = told.get("answer")
    if not isinstance(answer, dict):
        return True, f"{reply.told()}, the second has no answer"
    stands = answer.get("mayProceed") is False and answer.get("standing") != "CLEARED"
    return stands, f"{reply.told()}, the second: {answer.get('standing')}"

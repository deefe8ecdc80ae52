"""From an answer to what the caller gets: a clearance, a conditional one, or the error that stops it.

One look-up, kept apart so that it can be read at a glance: nothing here asks, records or knows a mode.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2

from adapters.answers import BEYOND_BOUND, UNCONFIRMED
from adapters.clearance import Asked, Clearance, ConditionalClearance
from adapters.errors import NotClearedError, RestrictedError, UnverifiableError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from adapters.journal import Journal

Judged = Clearance | ConditionalClearance | NotClearedError
"""What an answer comes to; an error is returned, to be raised by whoever may."""


def judged(asked: Asked, journal: Journal, clock: Callable[[], datetime]) -> Judged:
    """Say what *asked* comes to; *journal* and *clock* are what a conditional clearance needs to be fulfilled."""
    found = _judged(asked, journal, clock)
    if isinstance(found, NotClearedError):
        found.number = asked.number
    return found


def _judged(asked: Asked, journal: Journal, clock: Callable[[], datetime]) -> Judged:
    answer = asked.answer
    if answer.fault == "OTHER_PARTY":
        return UnverifiableError("the answer is about other parties", reason=answer.fault, answer=answer)
    if answer.fault == UNCONFIRMED:
        why = "a restriction of a person whom no officer has confirmed"
        return UnverifiableError(why, reason=answer.fault, answer=answer)
    if answer.fault == BEYOND_BOUND:
        # Not even its refusal counts: here the law leaves no room for one.
        why = f"the law lets no answer be this strong here: {_grounds(answer.measures)}"
        return UnverifiableError(why, reason=answer.fault, answer=answer)
    if answer.verdict == common_pb2.VERDICT_RESTRICTED:
        return RestrictedError(_grounds(answer.measures), reason="RESTRICTED", answer=answer)
    if answer.fault:
        return UnverifiableError(f"the answer may not be used: {answer.fault}", reason=answer.fault, answer=answer)
    if answer.verdict == common_pb2.VERDICT_CLEAR:
        return Clearance(asked.number, asked.question, answer)
    if answer.verdict == common_pb2.VERDICT_CONDITIONAL:
        return ConditionalClearance(asked.number, asked.question, answer, journal, clock)
    why = ", ".join(answer.because) or "no reason given"
    return UnverifiableError(f"the gateway could not say: {why}", reason="UNVERIFIABLE", answer=answer)


def _grounds(measures: tuple[common_pb2.Measure, ...]) -> str:
    blocks = [measure for measure in measures if measure.effect == common_pb2.EFFECT_BLOCK]
    return (
        "; ".join(f"{measure.rule_id}: {measure.party_uscc} {measure.document_number}" for measure in blocks)
        or "restricted"
    )

"""What a result of the engine tells whoever reads it: the verdict, why, and the record behind it.

The verdict is the gateway's where its answer may be relied upon, and otherwise ``UNVERIFIABLE`` with the reason: no
answer is never clean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2

from adapters.clearance import Observed
from adapters.errors import NoAnswerError, NotClearedError, RestrictedError

if TYPE_CHECKING:
    from adapters.answers import Answer
    from adapters.clearance import Standing

_UNVERIFIABLE = common_pb2.VERDICT_UNVERIFIABLE


@dataclass(frozen=True, slots=True)
class Told:
    """One result.

    Attributes:
        verdict: What may be relied upon.
        because: Why nothing could be said, or what stops; empty for what is clear.
        answer: The answer behind it; None where there was none.
        number: The journal's number of the question; None where it is in no journal.
    """

    verdict: common_pb2.Verdict.ValueType
    because: tuple[str, ...]
    answer: Answer | None
    number: int | None


def told_of(result: Standing | NotClearedError) -> Told:
    """Read a result; in observe mode it tells what was answered, as in the other."""
    error = result.stopped_by if isinstance(result, Observed) else result
    if isinstance(error, NotClearedError):
        answer = error.answer
        because = (error.reason, *(answer.because if answer else ()))
        pending = error.pending if isinstance(error, NoAnswerError) else None
        return Told(_verdict(error), because, answer, error.number if pending is None else pending)
    asked = result.asked if isinstance(result, Observed) else result
    if asked is None or isinstance(asked, NotClearedError):
        return Told(_UNVERIFIABLE, (), None, None)
    return Told(asked.answer.verdict, (), asked.answer, asked.number)


def _verdict(error: NotClearedError) -> common_pb2.Verdict.ValueType:
    if isinstance(error, RestrictedError):
        return common_pb2.VERDICT_RESTRICTED
    return error.answer.verdict if error.answer is not None and not error.answer.fault else _UNVERIFIABLE

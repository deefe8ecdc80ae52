"""What is written into an OCDS party: one result as a JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jointsanctions.v1 import common_pb2

from adapters.told import told_of
from formats.civil import format_instant

if TYPE_CHECKING:
    from adapters.answers import Answer
    from adapters.clearance import Standing
    from adapters.errors import NotClearedError
    from adapters.lossless import Json

_UNVERIFIABLE = common_pb2.VERDICT_UNVERIFIABLE


def annotation(point: str, result: Standing | NotClearedError) -> dict[str, Json]:
    """Return the annotation of one result.

    The verdict is the gateway's where its answer may be relied upon, and otherwise ``UNVERIFIABLE`` with the reason in
    ``because``: no answer is never clean.
    """
    told = told_of(result)
    return _object(point, told.verdict, told.because, told.answer)


def without_code(point: str, why: str) -> dict[str, Json]:
    """Return the annotation of a party that could not be asked about."""
    return _object(point, _UNVERIFIABLE, (why,), None)


def _object(
    point: str, verdict: common_pb2.Verdict.ValueType, because: tuple[str, ...], answer: Answer | None
) -> dict[str, Json]:
    written: dict[str, Json] = {
        "verdict": common_pb2.Verdict.Name(verdict).removeprefix("VERDICT_"),
        "decisionPoint": point,
        "measures": [_measure(measure) for measure in answer.measures] if answer else [],
    }
    if because:
        written["because"] = list(because)
    if answer is None:
        return written
    position = answer.position
    written["auditPosition"] = {
        "writer": position.writer,
        "number": position.number,
        "leafHash": position.leaf_hash.hex(),
    }
    for name, instant in (("asOf", answer.as_of), ("validUntil", answer.valid_until)):
        if instant is not None:
            written[name] = format_instant(instant)
    return written


def _measure(measure: common_pb2.Measure) -> Json:
    known = common_pb2.Effect.DESCRIPTOR.values_by_number.get(measure.effect)
    return {
        "ruleId": measure.rule_id,
        "effect": known.name.removeprefix("EFFECT_") if known else str(measure.effect),
        "documentNumber": measure.document_number,
    }

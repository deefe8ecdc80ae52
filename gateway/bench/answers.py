"""What counts as an answer: a verdict that is recorded. One that is none makes its round worth nothing.

Callers keep an answer's bytes and look at them only after the round, so that while it runs all callers do the same.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import common_pb2, credit_pb2

from gateway.bench.cerbos_messages import EFFECTS, CheckResourcesResponse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CHECK: Final = "/jointsanctions.v1.CreditService/CheckEligibility"
_IN_HOUSE: Final = frozenset({"CLEAR", "RESTRICTED", "UNVERIFIABLE"})
BATCH: Final = "/jointsanctions.v1.CreditService/BatchCheckEligibility"
CERBOS: Final = "/cerbos.svc.v1.CerbosService/CheckResources"
IN_HOUSE: Final = "POST /check"
LEAF_BYTES: Final = 32
"""A position without its leaf hash would be an answer that was not recorded."""


def verdicts_of(answers: Sequence[bytes]) -> Counter[str]:
    """Count the verdicts of single checks.

    Raises:
        ValueError: One has no verdict or no position in the record.
        DecodeError: One is no answer of the gateway.
    """
    found: Counter[str] = Counter()
    for raw in answers:
        answer = credit_pb2.CheckEligibilityResponse.FromString(raw)
        _count(answer.decision.verdict, answer.audit_position.leaf_hash, found)
    return found


def batch_verdicts_of(answers: Sequence[bytes]) -> Counter[str]:
    """Count the verdicts of all items of batches; each item must have one, and its line's hash in a recorded entry.

    Raises:
        ValueError, DecodeError: As ``verdicts_of``.
    """
    found: Counter[str] = Counter()
    for raw in answers:
        answer = credit_pb2.BatchCheckEligibilityResponse.FromString(raw)
        if len(answer.audit_position.leaf_hash) != LEAF_BYTES or not answer.items:
            raise ValueError("a batch without items or without position in the record")
        for item in answer.items:
            _count(item.decision.verdict, item.line_hash, found)
    return found


def _count(verdict: common_pb2.Verdict.ValueType, recorded: bytes, found: Counter[str]) -> None:
    if verdict == common_pb2.VERDICT_UNSPECIFIED or len(recorded) != LEAF_BYTES:
        raise ValueError("an answer without verdict or without position in the record")
    found[common_pb2.Verdict.Name(verdict).removeprefix("VERDICT_")] += 1


def in_house_verdicts_of(answers: Sequence[bytes]) -> Counter[str]:
    """Count the verdicts of the in-house service; each must have the number of its row of audit.

    Raises:
        ValueError: One has no verdict, or no row.
    """
    found: Counter[str] = Counter()
    for raw in answers:
        answer = json.loads(raw)
        if answer["verdict"] not in _IN_HOUSE or answer["audit_id"] < 1:
            raise ValueError("an answer without verdict or without its row of audit")
        found[answer["verdict"]] += 1
    return found


def cerbos_verdicts_of(answers: Sequence[bytes]) -> Counter[str]:
    """Count what Cerbos allowed and denied; it gives no position of its record.

    Raises:
        ValueError: One says nothing of the action that was asked about.
        DecodeError: One is no answer of Cerbos.
    """
    found: Counter[str] = Counter()
    for raw in answers:
        results = CheckResourcesResponse.FromString(raw).results
        effects = [EFFECTS.get(effect) for each in results for effect in each.actions.values()]
        if len(effects) != 1 or effects[0] is None:
            raise ValueError("an answer without effect")
        found[effects[0]] += 1
    return found


JUDGES: Final[Mapping[str, Callable[[Sequence[bytes]], Counter[str]]]] = {
    CHECK: verdicts_of,
    BATCH: batch_verdicts_of,
    IN_HOUSE: in_house_verdicts_of,
    CERBOS: cerbos_verdicts_of,
}
"""By the method that is asked: how its answers are looked at."""

"""What some areas say beside an answer: how much security may be set, whether a convenience may be granted.

The law of it stands in ``adapters.guarantee`` and ``adapters.licensing``; here is what HTTP makes of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters import guarantee, licensing
from adapters.errors import ConditionNotMetError, NotClearedError, QuestionRefusedError
from adapters.http.area import Beside
from adapters.http.problems import Problem
from adapters.security import Security, SecurityKind

if TYPE_CHECKING:
    from jointsanctions.v1 import credit_pb2

    from adapters.clearance import Standing
    from adapters.http.area import Area
    from adapters.http.parsing import Asking


def beside(
    area: Area, asking: Asking, facts: credit_pb2.CaseFacts | None, result: Standing | NotClearedError
) -> dict[str, Any]:
    """Return the members that an area adds to an answer; none where there is nothing to say.

    Args:
        area: The area.
        asking: The question.
        facts: Facts of the case for this applicant.
        result: What became of it.

    Raises:
        UnverifiableError: The measures ask for more security than the law allows: nothing may be set on this answer.
    """
    standing = _standing(result)
    if area.beside is Beside.CONVENIENCE and asking.point == licensing.ACCEPTANCE:
        may = standing is not None and licensing.may_have_convenience(standing)
        return {area.beside.value: may}
    security = _security(asking, facts) if area.secured else None
    if security is None or standing is None:
        return {}
    found = guarantee.amounts(standing, security)
    most = {} if found.most_fen is None else {"mostFen": str(found.most_fen)}
    return {Beside.SECURITY.value: {"leastFen": str(found.least_fen), **most}}


def check_security(asking: Asking, facts: credit_pb2.CaseFacts | None, path: str) -> None:
    """Refuse amounts that the law does not let be set; what is missing the engine refuses.

    Args:
        asking: The question, with the ordinary amount.
        facts: Facts of the case.
        path: Where the request has them.

    Raises:
        Problem: Naming the amount; nothing is asked.
    """
    security = _security(asking, facts)
    if security is None:
        return
    try:
        security.check()
    except QuestionRefusedError as error:
        ordinary = error.field == "security.ordinary_fen"
        field = "question.ordinaryFen" if ordinary else f"{path}.guarantee.contractAmountFen"
        raise Problem("MALFORMED_REQUEST", str(error), field) from error


def _security(asking: Asking, facts: credit_pb2.CaseFacts | None) -> Security | None:
    if facts is None or asking.ordinary_fen is None:
        return None
    found = facts.guarantee
    if not found.security_kind or not found.HasField("contract_amount_fen"):
        return None
    kind = SecurityKind(found.security_kind)
    return Security(kind, found.contract_amount_fen, asking.ordinary_fen, found.project_region)


def _standing(result: Standing | NotClearedError) -> Standing | None:
    """Return what amounts and conveniences can rest on: an answer that clears, or would with its conditions met."""
    if isinstance(result, ConditionNotMetError):
        return result.conditional
    return None if isinstance(result, NotClearedError) else result

"""Grants as the journal shows them: to be told, always the same, and to carry later acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jointsanctions.v1 import common_pb2

from adapters.entries import OutcomeKind
from adapters.grants import Grant
from adapters.http.problems import Problem
from adapters.http.showing import instants, position
from adapters.questions import Case

if TYPE_CHECKING:
    from adapters.http.area import Carried
    from adapters.http.sidecar import Sidecar
    from adapters.questions import Applicant


def told(sidecar: Sidecar, number: int) -> dict[str, Any]:
    """Return a grant made of the journal, so that it is the same whenever it is told."""
    row, answer = sidecar.view.question(number), sidecar.view.answer(number)
    if row is None or answer is None:
        raise AssertionError("what was granted is in the journal")
    outcomes = sidecar.view.outcomes(number)
    stopped = [each["details"]["reason"] for each in outcomes if each["kind"] == OutcomeKind.OBSERVED]
    granted = _granted_at(sidecar, number)
    return {
        "number": number,
        "mayProceed": True,
        "mode": sidecar.mode,
        "decisionPoint": common_pb2.DecisionPoint.Name(row["decision_point"]),
        "caseRef": row["case_ref"],
        "part": row["part"],
        "parties": sorted(answer.parties),
        "officer": row["officer"],
        "verdict": common_pb2.Verdict.Name(answer.verdict),
        "auditPosition": position(answer.position),
        "answerDigest": answer.digest.hex(),
        **instants(asOf=answer.as_of, validUntil=answer.valid_until),
        **({"grantedAt": granted} if granted else {}),
        **({"wouldBeStoppedBy": stopped[-1]} if stopped else {}),
    }


def require_carried(
    sidecar: Sidecar, carried: Carried | None, body: dict[str, Any], case: Case, applicant: Applicant | None
) -> None:
    """Refuse an act without the grant that carries it; in observe mode nothing is refused.

    Args:
        sidecar: Whose journal shows the grant.
        carried: What carries the act; None: nothing does.
        body: The request, which names the grant as ``carriedBy``.
        case: The case of the act.
        applicant: Whose the act is; None: a person's.

    Raises:
        Problem: Nothing is named, or something where nothing carries it; or it is no grant.
        GateClosedError: It is one of another case, point or party.
    """
    named = body.get("carriedBy")
    if carried is None and named is not None:
        raise Problem("MALFORMED_REQUEST", "nothing carries this act", "carriedBy")
    if carried is None or sidecar.observes:
        return
    if named is None:
        raise Problem("MALFORMED_REQUEST", "this act needs the grant that carries it", "carriedBy")
    earlier = _earlier(sidecar, named, carried)
    # The part of a grant about a person is the agency's own reference of that person.
    part = case.part if carried.capacity is None else earlier.part
    same = applicant if carried.same_parties else None
    sidecar.granting.require(earlier, carried.by, Case(case.case_ref, case.officer, part), same)


def _earlier(sidecar: Sidecar, number: int, carried: Carried) -> Grant:
    """Return an earlier grant as the journal shows it, for the engine to judge."""
    held, granted = sidecar.view.answer(number), _granted_at(sidecar, number)
    if held is None or not granted:
        raise Problem("NOT_IN_JOURNAL", "carriedBy is no grant", "carriedBy")
    wanted = carried.capacity.name if carried.capacity is not None else ""
    if sidecar.journal.granted_capacity(number) != wanted:
        raise Problem("OTHER_PARTIES", "carriedBy is a grant of another kind", "carriedBy")
    return Grant(
        decision_point=held.decision_point,
        case_ref=held.case_ref,
        part=held.part,
        parties=held.parties,
        granted_at=sidecar.engine.clock(),
        number=number,
        position=held.position,
        answer_digest=held.digest,
    )


def _granted_at(sidecar: Sidecar, number: int) -> str:
    outcomes = sidecar.view.outcomes(number)
    return str(next((each["decidedAt"] for each in outcomes if each["kind"] == OutcomeKind.GRANTED), ""))

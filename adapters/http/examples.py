"""Examples of the OpenAPI document. The enterprises are invented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import common_pb2, credit_pb2

if TYPE_CHECKING:
    from adapters.http.area import Area, Point
    from adapters.persons import Capacity

_ENTERPRISE: Final = {"uscc": "91420399MA00K2U7XJ"}
_POSITION: Final = {"writer": "gw1-0", "number": "41", "leafHash": "5e" * 32}
_NOW: Final = "2026-11-29T08:00:00Z"
_PERSON: Final = {"documentType": "PASSPORT", "documentNumber": "E00000000", "name": "示例甲"}


def examples(area: Area) -> dict[str, Any]:
    """Return the examples of an area by component; each request is one that a gateway of the sample city answers."""
    check, grant = _question(area, area.sample.check), _question(area, area.sample.grant)
    found = {
        **_ANSWERED,
        "CheckRequest": {"question": check, "enterprise": _ENTERPRISE},
        "BatchRequest": {"question": check, "items": [{"itemId": "1", "enterprise": _ENTERPRISE}]},
        "GrantRequest": {"question": grant, "enterprise": _ENTERPRISE},
        "Health": {
            "alive": True,
            "ready": True,
            "journal": True,
            "gateway": True,
            "area": area.name,
            "mode": "enforce",
        },
    }
    if area.ocds:
        found["OcdsRequest"] = {"question": check, "release": _RELEASE}
    if area.wages is not None:
        question = {name: each for name, each in _question(area, area.wages).items() if name != "caseFacts"}
        found["WageRequest"] = {"question": question, "enterprise": _ENTERPRISE}
        found["WagesGoOn"] = {"mayProceed": True, "mode": "enforce"}
    return found | (_about_persons(area) if area.persons else {})


def _question(area: Area, point: Point) -> dict[str, Any]:
    said = {
        "decisionPoint": common_pb2.DecisionPoint.Name(point),
        "caseRef": area.sample.case_ref,
        "officer": "li.wei",
    }
    facts = {"caseFacts": dict(area.sample.facts)} if area.facts else {}
    return {**said, **facts, **({"ordinaryFen": "2000000"} if area.secured else {})}


def _about_persons(area: Area) -> dict[str, Any]:
    def request(point: Point, capacity: Capacity) -> dict[str, Any]:
        return {
            "question": _question(area, point),
            "person": _PERSON,
            "reference": "person-1",
            "capacity": credit_pb2.PersonCapacity.Name(capacity.value),
        }

    gate = next(each for each, step in area.persons.items() if step.gate)
    return {
        "PersonCheckRequest": request(*next(iter(area.persons))),
        "PersonGrantRequest": request(*gate),
        "ConfirmationRequest": {"person": _PERSON, "officer": "wang.fang"},
        "PersonFulfilmentRequest": {
            "officerReview": _REVIEW,
            "identity": {"officer": "wang.fang", "isThePerson": False, "reference": "N-7", "lookedAt": _NOW},
        },
        "PersonAnswer": {**_ANSWERED["CheckAnswer"], "conditions": []},
    }


_REVIEW: Final = {"officer": "wang.fang", "reason": "已核对原件 seen in the original", "decidedAt": _NOW}
_RELEASE: Final = {"ocid": "ocds-1", "parties": [], "tender": {"tenderers": []}}
_ANSWERED: Final[dict[str, Any]] = {
    "FulfilmentRequest": {
        "officerReview": _REVIEW,
    },
    "OutcomeRequest": {
        "check": 17,
        "officer": "li.wei",
        "outcome": "OUTCOME_KIND_AWARDED_TO_OTHER",
        "decidedOn": "2026-11-29",
    },
    "CheckAnswer": {
        "number": 17,
        "standing": "CLEARED",
        "mayProceed": True,
        "verdict": "VERDICT_CLEAR",
        "because": [],
        "measures": [],
        "missing": [],
        "incentives": [],
        "dataRevision": "12",
        "auditPosition": _POSITION,
        "answerDigest": "a7" * 32,
        "mode": "enforce",
    },
    "Fulfilment": {"number": 17, "standing": "CLEARED", "mayProceed": True},
    "Outcome": {"check": 17, "outcomeId": "o-1", "reportedAt": "2026-11-29T08:00:00Z"},
}
"""What is the same in every area, by component."""

"""Examples of the OpenAPI document. The enterprises are invented."""

from __future__ import annotations

from typing import Any, Final

_FACTS: Final = {
    "bidding": {
        "projectRegion": "420302",
        "mustBeTendered": True,
        "stateFunds": True,
        "form": "PARTICIPATION_FORM_SINGLE",
        "lot": "1",
        "cutoffRule": "CUTOFF_RULE_NOT_FIXED",
    }
}
_QUESTION: Final = {
    "decisionPoint": "DECISION_POINT_BIDDING_AWARD",
    "caseRef": "JSGC-2026-21",
    "officer": "li.wei",
    "caseFacts": _FACTS,
}
_ENTERPRISE: Final = {"uscc": "91420399MA00K2U7XJ"}
_POSITION: Final = {"writer": "gw1-0", "number": "41", "leafHash": "5e" * 32}

EXAMPLES: Final[dict[str, Any]] = {
    "CheckRequest": {"question": _QUESTION, "enterprise": _ENTERPRISE},
    "BatchRequest": {"question": _QUESTION, "items": [{"itemId": "bid-1", "enterprise": _ENTERPRISE}]},
    "GrantRequest": {"question": _QUESTION, "enterprise": _ENTERPRISE},
    "FulfilmentRequest": {
        "officerReview": {
            "officer": "wang.fang",
            "reason": "已核对原件 seen in the original",
            "decidedAt": "2026-11-29T08:00:00Z",
        }
    },
    "OutcomeRequest": {
        "check": 17,
        "officer": "li.wei",
        "outcome": "OUTCOME_KIND_AWARDED_TO_OTHER",
        "decidedOn": "2026-11-29",
    },
    "OcdsRequest": {"question": _QUESTION, "release": {"ocid": "ocds-1", "parties": [], "tender": {"tenderers": []}}},
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
    "Health": {
        "alive": True,
        "ready": True,
        "journal": True,
        "gateway": True,
        "area": "bidding",
        "mode": "enforce",
    },
}
"""By component."""

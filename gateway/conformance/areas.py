"""The areas whose adapters the kit can test: at which points it asks, with which facts. Another is an entry here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from jointsanctions.v1 import common_pb2

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class TestArea:
    """One area as the kit plays it.

    Attributes:
        name: As on the command line.
        act: Decision point of the final act whose gate is tested; checks are asked there too.
        before: Decision point at which the parties must have been cleared before; None where none must.
        facts: Case facts in the JSON of the contract; empty where the area needs none.
        age_limits: Names of the ages that our own side-car's settings limit.
        blocks: The law lets an answer of this area restrict; where it does not (A-40, A-70), one that does is unlawful.
    """

    __test__ = False

    name: str
    act: common_pb2.DecisionPoint.ValueType
    before: common_pb2.DecisionPoint.ValueType | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    age_limits: tuple[str, ...] = ()
    blocks: bool = True


AREAS: Final = {
    area.name: area
    for area in (
        TestArea(
            "bidding",
            common_pb2.DECISION_POINT_BIDDING_AWARD,
            common_pb2.DECISION_POINT_BIDDING_CANDIDATE_PUBLICITY,
            {
                "bidding": {
                    "projectRegion": "420302",
                    "mustBeTendered": True,
                    "stateFunds": True,
                    "form": "PARTICIPATION_FORM_SINGLE",
                    "cutoffRule": "CUTOFF_RULE_NOT_FIXED",
                }
            },
            age_limits=("publicity_to_award", "award_to_contract"),
        ),
        TestArea(
            "licensing",
            common_pb2.DECISION_POINT_LICENSING_DECISION,
            common_pb2.DECISION_POINT_LICENSING_ACCEPTANCE,
            age_limits=("acceptance_to_decision",),
            blocks=False,
        ),
        TestArea(
            "lending",
            common_pb2.DECISION_POINT_LENDING_APPROVAL,
            age_limits=("approval_to_drawdown",),
            blocks=False,
        ),
    )
}
"""By name."""

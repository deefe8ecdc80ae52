"""The areas for which a side-car can be started. Another area is another entry: what its adapter declares, and no more.

The law of an area stands in its own module (``adapters.bidding``); here is only what HTTP needs beside it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from jointsanctions.v1 import common_pb2, credit_pb2

from adapters import bidding
from adapters.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    from adapters.rules import AreaRules


@dataclass(frozen=True, slots=True)
class Carried:
    """What carries a final act beside its own question: the grant of an earlier one.

    Attributes:
        by: The gate that the earlier grant passed.
        same_parties: It is the grant of the very same parties.
    """

    by: common_pb2.DecisionPoint.ValueType
    same_parties: bool


@dataclass(frozen=True, slots=True)
class Area:
    """One area as the side-car offers it.

    Attributes:
        name: As on the command line: ``jsg adapter bidding``.
        rules: Makes the area's rules of the age limits, by their names.
        limits: Names of the age limits that the configuration must give, in days.
        facts: Name of the area's message in ``CaseFacts``; empty where the area has none.
        part: Name of the fact that says which part of a case is decided on its own; empty where cases have no parts.
        acts: Final acts, with what carries each; None: nothing beside its question.
    """

    name: str
    rules: Callable[[Mapping[str, timedelta]], AreaRules]
    limits: tuple[str, ...] = ()
    facts: str = ""
    part: str = ""
    acts: Mapping[common_pb2.DecisionPoint.ValueType, Carried | None] = field(default_factory=dict)


BIDDING: Final = Area(
    name="bidding",
    rules=lambda limits: bidding.bidding_rules(limits["publicity_to_award"], limits["award_to_contract"]),
    limits=("publicity_to_award", "award_to_contract"),
    facts="bidding",
    part="lot",
    acts={
        bidding.AWARD: None,
        bidding.CONTRACT: Carried(bidding.AWARD, same_parties=True),
        bidding.SUBCONTRACT_CONSENT: Carried(bidding.CONTRACT, same_parties=False),
    },
)
AREAS: Final = {area.name: area for area in (BIDDING,)}
"""By name."""


def area_named(name: str) -> Area:
    """Return the area of that name.

    Raises:
        SettingsError: There is no side-car for it.
    """
    if name not in AREAS:
        raise SettingsError(f"{name}: there is no side-car for this area; there is one for {', '.join(sorted(AREAS))}")
    return AREAS[name]


def is_consortium(facts: credit_pb2.CaseFacts | None, *, members: bool) -> bool:
    """Return whether an applicant comes as a consortium: as its form says; where there is none, as it has members."""
    chosen = facts.WhichOneof("facts") if facts is not None else None
    area = getattr(facts, chosen) if chosen else None
    if area is None or "form" not in area.DESCRIPTOR.fields_by_name:
        return members
    return bool(area.form == credit_pb2.PARTICIPATION_FORM_CONSORTIUM)

"""Labour violation (劳动保障违法行为查处): investigated and punished; what the national scheme grades by."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from gateway.domain.kinds.fact import Fact


class ViolationItem(StrEnum):
    """Which of the nine content items of the national method it concerns (G-20)."""

    INTERNAL_RULES = "INTERNAL_RULES"
    LABOUR_CONTRACTS = "LABOUR_CONTRACTS"
    LABOUR_DISPATCH = "LABOUR_DISPATCH"
    CHILD_LABOUR = "CHILD_LABOUR"
    WOMEN_AND_MINORS = "WOMEN_AND_MINORS"
    HOURS_AND_LEAVE = "HOURS_AND_LEAVE"
    WAGES = "WAGES"
    SOCIAL_INSURANCE = "SOCIAL_INSURANCE"
    OTHER_RULES = "OTHER_RULES"


class Circumstance(StrEnum):
    """What makes a violation a cause of C by itself (G-23, numbers 2 to 5)."""

    MASS_EVENT = "MASS_EVENT"
    EXTREME_EVENT = "EXTREME_EVENT"
    SERIOUS_SOCIAL_EFFECT = "SERIOUS_SOCIAL_EFFECT"
    CHILD_OR_FORCED_LABOUR = "CHILD_OR_FORCED_LABOUR"
    REFUSED_TO_PERFORM = "REFUSED_TO_PERFORM"
    OBSTRUCTED_INSPECTION = "OBSTRUCTED_INSPECTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class LabourViolation(Fact):
    """A labour violation that was investigated and punished (查处), on the day of that decision (G-21 to G-23)."""

    wire_name: ClassVar[str] = "labour_violation"
    begins: ClassVar[str] = "decided_on"

    decided_on: date
    item: ViolationItem
    circumstances: tuple[Circumstance, ...]
    """None of them for most."""

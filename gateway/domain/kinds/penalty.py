"""Penalty (行政处罚): administrative, with a restriction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from gateway.domain.kinds.fact import Fact, Faults


class Restriction(StrEnum):
    """What a penalty restricts (TR5: R724 art. 55, GPL art. 77)."""

    NEW_PROJECTS_LIMITED = "NEW_PROJECTS_LIMITED"
    QUALIFICATION_LOWERED = "QUALIFICATION_LOWERED"
    QUALIFICATION_REVOKED = "QUALIFICATION_REVOKED"
    PROCUREMENT_BAN = "PROCUREMENT_BAN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Penalty(Fact):
    """A penalty with a restriction in force in [restricts_from, restricts_until) (TR5)."""

    wire_name: ClassVar[str] = "penalty"
    begins: ClassVar[str] = "decided_on"
    ends: ClassVar[str] = "restricts_until"

    restriction: Restriction
    decided_on: date
    restricts_from: date
    restricts_until: date

    def faults(self) -> Faults:
        """Yield what is wrong between the fields."""
        yield from self.ends_after("restricts_from", "restricts_until")

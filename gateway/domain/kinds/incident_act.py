"""Incident act (事件归并、拆分决定): an officer's act that joins a record to another incident, or splits it off.

Which incident a record is of follows from its payment order otherwise (``gateway.domain.incidents``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from gateway.domain.kinds.fact import Fact, Fault, Faults, Limit, RefersTo

OF_INCIDENTS = RefersTo(("complaint", "arrears"))
"""Kinds of records that belong to incidents."""


class IncidentChange(StrEnum):
    """What the act does to the record concerned."""

    JOIN = "JOIN"
    SPLIT = "SPLIT"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentAct(Fact):
    """A complaint or arrears finding joined to the incident of another, or split off into one of its own (X-22)."""

    wire_name: ClassVar[str] = "incident_act"
    begins: ClassVar[str] = "decided_on"

    change: IncidentChange
    concerned_record_id: Annotated[str, Limit(128), OF_INCIDENTS]
    joined_record_id: Annotated[str, Limit(128), OF_INCIDENTS] = ""
    """For JOIN: the record to whose incident it is joined."""
    decided_on: date

    def faults(self) -> Faults:
        """Yield what is wrong between the fields."""
        if self.change is IncidentChange.JOIN and not self.joined_record_id:
            yield Fault("joined_record_id", "is required for JOIN")
        if self.change is IncidentChange.SPLIT and self.joined_record_id:
            yield Fault("joined_record_id", "is only for JOIN")
        if self.joined_record_id and self.joined_record_id == self.concerned_record_id:
            yield Fault("joined_record_id", "is the record itself")

"""Complaint (欠薪投诉): of unpaid wages, accepted and verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from gateway.domain.kinds.fact import Fact, Faults, Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint(Fact):
    """A wage complaint, accepted and verified (G-10). Complaints of one incident count once (X-22: ``incidents``)."""

    wire_name: ClassVar[str] = "complaint"
    begins: ClassVar[str] = "accepted_on"
    ends: ClassVar[str] = "settled_on"

    accepted_on: date
    verified_on: date
    settled_on: date | None
    payment_order_number: Annotated[str, Limit(128)] = ""
    """Number of the order to pay that its authority gave; records under one order are of one incident."""

    def faults(self) -> Faults:
        """Yield what is wrong between the fields."""
        yield from self.in_order("accepted_on", "verified_on")
        yield from self.in_order("accepted_on", "settled_on")

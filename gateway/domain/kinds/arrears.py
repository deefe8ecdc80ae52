"""Arrears (检查发现欠薪): wages that an inspection found owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, ClassVar

from gateway.domain.kinds.fact import Fact, Faults, Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrearsFinding(Fact):
    """Arrears that an inspection found; ``paid_on`` is None while they are owed (G-12, A-50, A-60)."""

    wire_name: ClassVar[str] = "arrears"
    begins: ClassVar[str] = "found_on"
    ends: ClassVar[str] = "paid_on"

    found_on: date
    paid_on: date | None
    amount_fen: int
    workers: int
    malicious: bool
    payment_order_number: Annotated[str, Limit(128)] = ""
    """Number of the order to pay that its authority gave; records under one order are of one incident (X-22)."""

    def faults(self) -> Faults:
        """Yield what is wrong between the fields."""
        yield from self.in_order("found_on", "paid_on")

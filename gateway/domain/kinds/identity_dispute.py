"""Identity dispute (冒名登记争议): whether a person is an enterprise's, or was registered under a stolen identity.

It is said of the link between one person and one enterprise. What it does to what weighs through that link is in
``gateway.domain.identity``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import ClassVar

from gateway.domain.kinds.fact import Fact, Fault, Faults, PersonKey


class DisputeOutcome(StrEnum):
    """What the authority found."""

    FALSE_LINK = "FALSE_LINK"
    """The person never was the enterprise's: its identity was used by others."""
    GENUINE_LINK = "GENUINE_LINK"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityDispute(Fact):
    """A dispute about one person in one enterprise (X-02), open from ``disputed_on`` until it is decided.

    The same record is sent again with the outcome, and then carries that decision's document number.
    """

    wire_name: ClassVar[str] = "identity_dispute"
    begins: ClassVar[str] = "disputed_on"
    ends: ClassVar[str] = "decided_on"

    person: PersonKey
    disputed_on: date
    outcome: DisputeOutcome | None
    """None while it is open."""
    decided_on: date | None

    def faults(self) -> Faults:
        """Yield what is wrong between the fields."""
        if self.outcome is None and self.decided_on is not None:
            yield Fault("outcome", "is required where decided_on is given")
        if self.outcome is not None and self.decided_on is None:
            yield Fault("decided_on", "is required where the dispute is decided")
        yield from self.in_order("disputed_on", "decided_on")

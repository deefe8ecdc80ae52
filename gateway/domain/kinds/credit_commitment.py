"""Credit commitment (信用承诺): what an enterprise committed itself to before an authority, and whether it kept it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from gateway.domain.kinds.fact import Decided, Fact, Fault, Faults, Limit


class CommitmentState(StrEnum):
    """Whether the commitment was kept."""

    OPEN = "OPEN"
    FULFILLED = "FULFILLED"
    BROKEN = "BROKEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditCommitment(Fact):
    """A written commitment (C-06, L-14); the authority is the one that received it. Information; it weighs nowhere."""

    wire_name: ClassVar[str] = "credit_commitment"
    begins: ClassVar[str] = "committed_on"
    ends: ClassVar[str] = "closed_on"
    decided: ClassVar[Decided] = Decided.BY_AUTHORITY
    weighs: ClassVar[bool] = False

    committed_on: date
    matter: Annotated[str, Limit(600)]
    state: CommitmentState
    closed_on: date | None
    """The day on which it was found fulfilled or broken."""

    def faults(self) -> Faults:
        """Yield what is wrong between the fields."""
        if self.state is CommitmentState.OPEN and self.closed_on is not None:
            yield Fault("closed_on", "must be empty while the commitment is open")
        if self.state is not CommitmentState.OPEN and self.closed_on is None:
            yield Fault("closed_on", "is required where the commitment is closed")
        yield from self.in_order("committed_on", "closed_on")

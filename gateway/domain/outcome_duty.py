"""Of which answers an outcome is owed (A-128): those at the points at which a case is decided, and by which day.

What an outcome says is in ``outcomes``. Earlier points, such as a registration, decide nothing that would be reported
on its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from gateway.domain.vocabulary import DecisionPoint

if TYPE_CHECKING:
    from datetime import datetime

    from formats.calendar import Deadline
    from gateway.domain.vocabulary import Verdict

FINAL_POINTS: Final = frozenset(
    {
        DecisionPoint.FUNDING_APPROVAL,
        DecisionPoint.FUNDING_PAYMENT,
        DecisionPoint.PROCUREMENT_RESULT,
        DecisionPoint.PROCUREMENT_CONTRACT,
        DecisionPoint.BIDDING_AWARD,
        DecisionPoint.BIDDING_CONTRACT,
        DecisionPoint.BIDDING_SUBCONTRACT_CONSENT,
        DecisionPoint.LICENSING_DECISION,
        DecisionPoint.LICENSING_RENEWAL,
        DecisionPoint.GUARANTEE_ISSUE,
        DecisionPoint.GUARANTEE_CONTRACT,
        DecisionPoint.QUALIFICATION_DECISION,
        DecisionPoint.LENDING_APPROVAL,
        DecisionPoint.LENDING_DRAWDOWN,
        DecisionPoint.LENDING_RENEWAL,
        DecisionPoint.MARKET_ACCESS_ESTABLISHMENT,
        DecisionPoint.MARKET_ACCESS_REPRESENTATIVE_CHANGE,
        DecisionPoint.MARKET_ACCESS_SECTOR_PERMIT,
        DecisionPoint.AWARDS_CONFERRAL,
        DecisionPoint.AWARDS_REVOCATION,
    }
)
"""Points at which something is granted, refused, signed or paid; wages are never stopped, and so not decided on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingOutcome:
    """One enterprise in one case that was answered about at a final point, and of which no outcome is reported."""

    point: DecisionPoint
    case_ref: str
    uscc: str
    writer: str
    number: int
    leaf: bytes
    line: bytes
    """Leaf of the item's line in a batch; empty for a single question."""
    verdict: Verdict
    answered_at: datetime
    due: Deadline | None
    """None where no term is set."""
    overdue: bool

"""The nine areas' adapters, each asking about one enterprise at one decision point, to be measured through them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from jointsanctions.v1 import common_pb2

from adapters import awards, bidding, funding, guarantee, lending, licensing, market_access, procurement, qualification
from adapters.acts import Act
from adapters.clearance import Clearance, ConditionalClearance
from adapters.enforcement import Enforcement
from adapters.errors import RestrictedError, UnverifiableError
from adapters.questions import Applicant, Case, Party
from gateway.bench.processes import BenchError
from gateway.domain.vocabulary import Area

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jointsanctions.v1 import credit_pb2

    from adapters.client import GatewayClient
    from adapters.journal import Journal
    from adapters.rules import AreaRules
    from gateway.domain.vocabulary import DecisionPoint

OFFICER: Final = "bench"
LONG: Final = timedelta(days=30)
RULES: Final[Mapping[Area, AreaRules]] = {
    Area.BIDDING: bidding.bidding_rules(LONG, LONG),
    Area.FUNDING: funding.funding_rules(LONG, LONG),
    Area.PROCUREMENT: procurement.procurement_rules(LONG, LONG),
    Area.LICENSING: licensing.licensing_rules(LONG),
    Area.GUARANTEE: guarantee.guarantee_rules(LONG),
    Area.QUALIFICATION: qualification.qualification_rules(LONG),
    Area.LENDING: lending.lending_rules(LONG),
    Area.MARKET_ACCESS: market_access.market_access_rules(),
    Area.AWARDS: awards.awards_rules(LONG),
}
"""What each area's own module declares."""


class AreaAsking:
    """One area's adapter in enforce mode, asking at one point; every question is a case of its own."""

    def __init__(
        self, client: GatewayClient, journal: Journal, point: DecisionPoint, facts: credit_pb2.CaseFacts
    ) -> None:
        self._engine = Enforcement(client, journal, RULES[point.area], "enforce")
        self._point = point
        self._facts = facts

    def __call__(self, uscc: str) -> bool | None:
        """Ask about an enterprise, and return whether a listing weighs on it; None: the gateway could not say.

        Raises:
            NotClearedError: There was no answer that may be relied upon.
            BenchError: What came back is none that enforce mode has.
        """
        case = Case(case_ref=f"BENCH-{uuid4().hex}", officer=OFFICER)
        point = common_pb2.DecisionPoint.Name(int(self._point))  # type: ignore[arg-type]  # the numbers are the same
        act = Act(case, common_pb2.DecisionPoint.Value(point), Applicant(Party(uscc), facts=self._facts))
        try:
            standing = self._engine.require_clearance(act)
        except RestrictedError:
            return True
        except UnverifiableError:
            return None
        if isinstance(standing, ConditionalClearance):
            return any(each.trigger == common_pb2.TRIGGER_LISTING for each in standing.measures)
        if not isinstance(standing, Clearance):
            raise BenchError(f"{self._point.name}: an answer that enforce mode does not have")
        return False

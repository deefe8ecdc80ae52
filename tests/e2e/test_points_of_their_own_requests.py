"""A report and an award gate name area and decision point themselves: both must be there, and belong together."""

from __future__ import annotations

import pytest
from e2e.served import HRSS
from jointsanctions.v1 import common_pb2, credit_pb2, outcome_pb2

pytestmark = pytest.mark.xdist_group("served")
REQUESTS = {
    "/jointsanctions.v1.CreditService/ReportOutcome": outcome_pb2.ReportOutcomeRequest,
    "/jointsanctions.v1.CreditService/ClearAward": credit_pb2.ClearAwardRequest,
}
BIDDING, AWARD = common_pb2.AREA_BIDDING, common_pb2.DECISION_POINT_BIDDING_AWARD


@pytest.mark.parametrize("method", REQUESTS)
@pytest.mark.parametrize(
    ("area", "point", "field"),
    [
        (0, AWARD, "area"),
        (BIDDING, 0, "decision_point"),
        (common_pb2.AREA_TRAVEL, AWARD, "area"),
        (BIDDING, common_pb2.DECISION_POINT_FUNDING_PAYMENT, "decision_point"),
    ],
    ids=["no area", "no point", "disabled area", "point of another area"],
)
def test_an_area_and_a_point_that_do_not_belong_together_are_named(served, method, area, point, field):
    request = REQUESTS[method](area=area, decision_point=point, case_ref="C-1", officer="li.wei", request_id="r-1")
    refused = served.send(method, request, HRSS)

    assert (refused.reason, refused.field) == ("MALFORMED_REQUEST", field)

"""``AuditService.CountQuestions``: an auditor counts what was asked, which is recorded; others learn nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import grpc
import pytest
from e2e.served import AUDITOR, BATCH, BIDDING, CHECK, HRSS, award, question
from jointsanctions.v1 import common_pb2, credit_pb2, volume_pb2

from formats.civil import civil_date

pytestmark = pytest.mark.xdist_group("served")
COUNT = "/jointsanctions.v1.AuditService/CountQuestions"


def wanted(**parts):
    today = civil_date(datetime.now(UTC))
    days = {"since_on": (today - timedelta(days=1)).isoformat(), "until_on": (today + timedelta(days=1)).isoformat()}
    return volume_pb2.CountQuestionsRequest(**{"officer": "o-1", **days, **parts})


def counted(served, **parts):
    """Return how many questions of bidding the trading centre asked, as far as it is asked for."""
    outcome = served.send(COUNT, wanted(agency="public-resources-trading", **parts), AUDITOR)
    assert outcome.ok, outcome.text()
    answer = volume_pb2.CountQuestionsResponse.FromString(outcome.answer)
    assert {len(each.questions) for each in answer.series} <= {3}
    return {each.area: sum(each.questions) for each in answer.series}.get(common_pb2.AREA_BIDDING, 0)


def test_what_was_asked_a_moment_ago_is_counted_each_item_of_a_batch_for_itself(served):
    uscc = served.city.example("grade_a").uscc
    before = counted(served)
    assert served.send(CHECK, award(uscc), BIDDING).ok
    items = [credit_pb2.BatchItem(item_id=f"b-{n}", enterprise=common_pb2.EnterpriseRef(uscc=uscc)) for n in range(2)]
    batch = credit_pb2.BatchCheckEligibilityRequest(question=question(), items=items)
    assert served.send(BATCH, batch, BIDDING).ok

    assert counted(served) == before + 3
    assert counted(served, area=common_pb2.AREA_BIDDING) == before + 3
    assert counted(served, area=common_pb2.AREA_AWARDS) == 0


@pytest.mark.parametrize("who", [BIDDING, HRSS])
def test_nobody_but_an_auditor_counts_and_is_told_so_before_anything_is_read(served, who):
    outcome = served.send(COUNT, wanted(since_on="yesterday"), who)

    assert (outcome.code, outcome.reason) == (grpc.StatusCode.PERMISSION_DENIED, "ROLE_NOT_PERMITTED")


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"officer": ""}, "officer"),
        ({"since_on": ""}, "since_on"),
        ({"until_on": "2026-13-01"}, "until_on"),
        ({"since_on": "2026-03-02", "until_on": "2026-03-01"}, "until_on"),
        ({"since_on": "2025-01-01", "until_on": "2026-01-02"}, "until_on"),
        ({"area": 99}, "area"),
        ({"agency": "a" * 65}, "agency"),
    ],
)
def test_what_cannot_be_counted_is_told_by_its_field(served, parts, field):
    outcome = served.send(COUNT, wanted(**parts), AUDITOR)

    assert (outcome.code, outcome.field) == (grpc.StatusCode.INVALID_ARGUMENT, field)


def test_a_year_is_counted_and_it_is_recorded_who_counted_what(served):
    request = wanted(since_on="2025-01-01", until_on="2026-01-01", area=common_pb2.AREA_BIDDING)
    outcome, body = served.recorded_by(COUNT, request.SerializeToString(), AUDITOR)

    assert outcome.ok
    assert body["officer"] == "o-1"
    assert body["search"] == {"since": "2025-01-01", "until": "2026-01-01", "area": int(common_pb2.AREA_BIDDING)}

"""How much was asked, as an auditor sees it: by day, told apart by area or agency, and summed; nothing is lost."""

from __future__ import annotations

import re

import grpc
import pytest
from console_audit import Auditing
from jointsanctions.v1 import common_pb2, volume_pb2

from adapters.errors import GatewayError


@pytest.mark.parametrize("days", [{"since": "", "until": "2026-11-02"}, {"since": "2025-10-31", "until": "2026-11-01"}])
def test_more_than_a_year_is_not_counted_at_once(days):
    auditing = Auditing()
    auditing.get("/officer")

    assert auditing.post("/volume", days).status == 422
    assert auditing.get("/volume?since=2025-10-31&until=2026-11-01").status == 422
    assert auditing.get("/volume?by=officer").status == 422
    assert auditing.gateway.asked == []
    assert auditing.get("/volume?since=2025-11-01&until=2026-11-01").status == 200


def series(agency, area, *questions):
    return volume_pb2.QuestionSeries(agency=agency, area=area, questions=questions)


def table(page, number):
    """Return the rows of a table of a page, each as the texts of its cells."""
    text = re.findall(r"<table.*?</table>", page.text, re.DOTALL)[number]
    rows = re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)
    return [[re.sub("<[^>]+>", "", each) for each in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in rows]


def test_questions_are_told_by_day_and_summed_by_agency_and_area():
    auditing = Auditing()
    bidding, guarantee = common_pb2.AREA_BIDDING, common_pb2.AREA_GUARANTEE
    auditing.gateway.volume.series.extend(
        [series("", 0, 0, 2), series("finance", guarantee, 1, 0), series("trading", bidding, 5, 4)]
    )
    address = "/volume?since=2026-11-29&until=2026-11-30"
    page = auditing.get(f"{address}&area=BIDDING&agency=trading")
    (request,) = auditing.gateway.calls(volume_pb2.CountQuestionsRequest)

    assert (request.since_on, request.until_on, request.agency) == ("2026-11-29", "2026-11-30", "trading")
    assert (request.area, request.officer) == (bidding, "审计员")
    by_day, sums = table(page, 0), table(page, 1)
    assert by_day[0][2:] == ["招标投标", "–", "履约担保"]
    assert by_day[1:] == [["2026-11-29", "6", "5", "0", "1"], ["2026-11-30", "6", "4", "2", "0"]]
    assert [row[0] + row[2] for row in sums[1:]] == ["trading9", "–2", "finance1", "合计12"]
    by_agency = table(auditing.get(f"{address}&by=agency"), 0)
    assert by_agency[0][2:] == ["trading", "–", "finance"]


def test_what_is_asked_least_is_told_together_and_nothing_is_lost():
    auditing = Auditing()
    auditing.gateway.volume.series.extend(series(f"agency-{place}", 1, place) for place in range(1, 11))
    head, row = table(auditing.get("/volume?since=2026-11-30&until=2026-11-30&by=agency"), 0)

    assert head[2:] == [*(f"agency-{place}" for place in range(10, 3, -1)), "其余 3 个"]
    assert row[1:] == ["55", "10", "9", "8", "7", "6", "5", "4", "6"]


def test_days_that_do_not_fit_what_was_asked_for_are_no_count():
    auditing = Auditing()
    auditing.gateway.volume.series.append(series("trading", 1, 5, 4, 3))

    assert auditing.get("/volume?since=2026-11-29&until=2026-11-30").status == 500


def test_that_nothing_was_asked_and_that_nothing_was_answered_are_two_things():
    auditing = Auditing()
    assert "没有询问" in auditing.get("/volume").words
    auditing.gateway.error = GatewayError(grpc.StatusCode.UNAVAILABLE, "", {}, "away")
    page = auditing.get("/volume")

    assert page.status == 502
    assert "没有询问" not in page.words

"""What an auditor reads and signs beside the search: anomalies, reviews, awards, and how much was asked."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import grpc
import pytest
from console_audit import ORIGIN, Auditing, Log, access, link
from console_desk import CODE, Desktop, stamp
from jointsanctions.v1 import anomaly_pb2, award_cover_pb2, common_pb2, review_pb2

from adapters.errors import GatewayError
from console.views import anomalies, reviews, uncovered

UNCOVERED = award_cover_pb2.ListUncoveredAwardsRequest
SIGN = review_pb2.SignReviewRequest
SIGNED = {"since": "2026-11-01", "until": "2026-11-29", "finding_1": "yes", "request_id": "r-1"}


def anomaly(**parts):
    whole = {
        "kind": anomaly_pb2.ANOMALY_KIND_ENUMERATION,
        "agency": "hrss",
        "role": "asking-system",
        "officer": "officer-7",
        "begins": stamp(),
        "ends": stamp(),
        "count": 61,
        "threshold": 30,
        "text": common_pb2.LocalizedText(zh="十分钟内逐一询问了 61 家企业", en="61 enterprises within ten minutes"),
        "positions": [Log(20).position(17)],
    }
    return anomaly_pb2.Anomaly(**{**whole, **parts})


def test_an_anomaly_is_shown_with_its_explanation_and_where_to_begin():
    auditing = Auditing()
    auditing.gateway.anomalies.anomalies.append(anomaly())
    auditing.gateway.anomalies.left_out = 3
    page = auditing.get("/anomalies?since=2026-11-01&until=2026-11-30")
    (request,) = auditing.gateway.calls(anomaly_pb2.ListAnomaliesRequest)

    assert (request.since, request.until, request.officer) == ("2026-11-01", "2026-12-01", "审计员")
    for each in ("逐一遍历", "十分钟内逐一询问了 61 家企业", "计数 61，阈值 30", "另有 3 项未列出"):
        assert each in page.words
    assert "证明成立" in auditing.browser.get(link(page, '/proofs/[^"]+')).words
    review = auditing.browser.get(link(page, r'/reviews\?[^"]+'))
    assert 'value="2026-11-01"' in review.text


def test_that_nothing_stands_out_is_said():
    assert "没有异常" in Auditing().get("/anomalies").words


@pytest.mark.parametrize("view", ["/anomalies"])
@pytest.mark.parametrize(
    "days", [{"since": "", "until": "2026-11-02"}, {"since": "2026-10-01", "until": "2026-11-01"}, {"since": "x"}]
)
def test_days_that_cannot_be_looked_at_at_once_are_not(view, days):
    auditing = Auditing()
    auditing.get("/officer")

    assert auditing.post(view, days).status == 422
    assert auditing.get(f"{view}?since=2026-10-01&until=2026-11-01").status == 422
    assert auditing.gateway.asked == []


def signed(auditing, **fields):
    auditing.get("/reviews")
    auditing.gateway.asked.clear()
    return auditing.post("/reviews", {**SIGNED, **fields})


def test_a_review_is_signed_under_the_newest_checkpoint():
    auditing = Auditing()
    reply = signed(auditing)
    (request,) = auditing.gateway.calls(SIGN)

    assert reply.location == auditing.path("/reviews")
    assert (request.request_id, request.officer, request.origin) == ("r-1", "审计员", ORIGIN)
    assert request.checkpoint_size == 21
    assert base64.b64encode(request.checkpoint_root) == auditing.gateway.log.note(21).split(b"\n")[2]
    assert request.since.ToDatetime(tzinfo=UTC) == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert request.until.ToDatetime(tzinfo=UTC) == datetime(2026, 11, 29, 16, tzinfo=UTC)
    assert list(request.findings) == [review_pb2.REVIEW_FINDING_NOTHING_FOUND]


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"finding_2": "yes"}, "findings"),
        ({"until": "2026-11-30"}, "until"),
        ({"since": ""}, "since"),
        ({"text": "字" * 1366}, "text"),
    ],
)
def test_what_cannot_be_signed_is_not_sent(fields, at):
    auditing = Auditing()
    reply = signed(auditing, **fields)

    assert reply.status == 422
    assert f'href="#{at}"' in reply.text
    assert 'value="r-1"' in reply.text
    assert auditing.gateway.calls(SIGN) == []


def test_something_found_needs_its_words_and_no_finding_is_none():
    auditing = Auditing()
    auditing.get("/reviews")
    days = {name: SIGNED[name] for name in ("since", "until")}

    assert auditing.post("/reviews", {**days, "finding_2": "yes"}).status == 422
    assert auditing.post("/reviews", days).status == 422
    assert auditing.gateway.calls(SIGN) == []
    assert auditing.post("/reviews", {**days, "finding_2": "yes", "text": "夜间查询"}).status == 303


def test_a_review_that_the_gateway_refuses_is_told_and_stays_filled_in():
    auditing = Auditing()
    auditing.get("/reviews")

    def refused(_request):
        raise GatewayError(grpc.StatusCode.FAILED_PRECONDITION, "STATE", {}, "a call is not under that checkpoint")

    auditing.gateway._SignReview = refused
    reply = auditing.post("/reviews", {**SIGNED, "finding_1": "yes"})

    assert reply.status == 422
    assert "STATE" in reply.words
    assert "checked" in reply.text


def test_reviews_are_listed():
    auditing = Auditing()
    auditing.gateway.reviews.reviews.append(
        review_pb2.Review(
            review_id="r-1",
            agency="audit-bureau",
            officer="审计员",
            origin=ORIGIN,
            first_index=1,
            last_index=9,
            checkpoint_size=21,
            findings=[review_pb2.REVIEW_FINDING_UNDUE_ACCESS],
            text="夜间查询异常",
            recorded=Log(20).position(17),
        )
    )
    page = auditing.get("/reviews")

    for each in ("audit-bureau", "不当查询", "夜间查询异常", "1–9", "检查点 21 条"):
        assert each in page.words


def award(**parts):
    whole = {
        "outcome_id": "o-1",
        "area": common_pb2.AREA_BIDDING,
        "case_ref": "JSGC-2026-17",
        "uscc": CODE,
        "agency": "public-resources-trading",
        "awarded_on": "2026-11-28",
        "reason": award_cover_pb2.UNCOVERED_REASON_EXPIRED,
        "nearest": award_cover_pb2.NearestAnswer(
            writer="gw1-0", number=17, verdict=common_pb2.VERDICT_CLEAR, answered_at=stamp(), valid_until=stamp()
        ),
    }
    return award_cover_pb2.UncoveredAward(**{**whole, **parts})


def test_awards_of_every_page_are_shown_with_the_answer_that_comes_nearest():
    auditing = Auditing()
    response = award_cover_pb2.ListUncoveredAwardsResponse
    never = award(case_ref="JSGC-2026-18", reason=award_cover_pb2.UNCOVERED_REASON_NEVER_ASKED, nearest=None)
    auditing.gateway.awards = [
        response(awards=[award()], looked_at=400, next_page_token="1"),
        response(awards=[never], looked_at=20),
    ]
    page = auditing.get("/uncovered?area=BIDDING&agency=hrss&since=2026-11-01&until=2026-11-30")
    first, second = auditing.gateway.calls(UNCOVERED)

    assert (first.area, first.agency, first.since_on, first.until_on, first.page_token) == (
        common_pb2.AREA_BIDDING,
        "hrss",
        "2026-11-01",
        "2026-11-30",
        "",
    )
    assert second.page_token == "1"
    for each in ("已核对 420 项，其中 2 项", "授予时结论已失效", "从未查询", "JSGC-2026-18", "gw1-0/17"):
        assert each in page.words
    assert "没有发现" not in page.words
    assert "证明成立" in auditing.browser.get(link(page, '/proofs/[^"]+')).words


def test_that_every_award_is_covered_is_said_only_where_all_were_looked_at(monkeypatch):
    auditing = Auditing()
    assert "没有发现" in auditing.get("/uncovered").words
    monkeypatch.setattr(uncovered, "MOST_LOOKED_AT", 10)
    auditing.gateway.awards = [award_cover_pb2.ListUncoveredAwardsResponse(looked_at=10, next_page_token="0")]
    page = auditing.get("/uncovered")

    assert "没有发现" not in page.words
    assert "还有未核对的授予" in page.words


def test_every_word_of_the_wire_has_its_text():
    assert set(anomalies.KINDS) == set(anomaly_pb2.AnomalyKind.values()[1:])
    assert set(reviews.FINDINGS) == set(review_pb2.ReviewFinding.values()[1:])
    assert set(uncovered.REASONS) == set(award_cover_pb2.UncoveredReason.values()[1:])


@pytest.mark.parametrize("role", ["asking-system", "bank", "operator", "producer"])
def test_no_other_role_sees_an_auditors_pages(role):
    desktop = Desktop(role=role)
    desktop.opened()

    for path in ("/accesses", "/log", "/anomalies", "/reviews", "/uncovered", "/volume"):
        assert desktop.get(path).status == 404
        assert desktop.post(path, {}).status == 404
    assert desktop.gateway.asked == []


def test_every_form_of_an_auditor_carries_the_token_of_its_session():
    auditing = Auditing()
    writes = [path for method, path, _ in auditing.console.ways if method == "POST"]

    assert {"/accesses", "/anomalies", "/reviews", "/uncovered", "/volume", "/log"} <= set(writes)
    for path in writes:
        assert auditing.post(path, {**SIGNED, "csrf": "A" * 43}).status == 403
    assert auditing.gateway.asked == []


def test_no_page_of_an_auditor_has_anything_inline_that_the_policy_would_stop():
    auditing = Auditing()
    auditing.gateway.anomalies.anomalies.append(anomaly())
    auditing.gateway.awards[0].awards.append(award())
    auditing.gateway.pages[0].entries.append(access(17))
    for path in ("/accesses", "/log", "/anomalies", "/reviews", "/uncovered", "/volume"):
        text = auditing.get(path).text
        assert "<style" not in text
        assert " style=" not in text
        assert "<script>" not in text

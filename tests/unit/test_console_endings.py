"""What has ended in the console: which agencies have not acknowledged it, who is late, and what was decided on it."""

from __future__ import annotations

import re

import pytest
from console_bureau import Bureau
from console_desk import CODE, SCRIPT, stamp
from jointsanctions.v1 import common_pb2, listing_pb2, outcome_pb2
from jointsanctions.v1 import ending_pb2 as pb

from console.views.endings import MOST


def told(row, agency, **parts):
    """Return a row of either list, of what both have."""
    whole = {
        "ending_id": f"ending-{agency}",
        "kind": pb.ENDING_KIND_REPAIRED,
        "uscc": CODE,
        "record_kind": "listing",
        "document_number": "列入〔2026〕1号",
        "ended_at": stamp(),
        "known_since": stamp(),
        "agency": agency,
        "acknowledge_by": "2026-12-01",
    }
    return row(**{**whole, **parts})


def owed(agency, **parts):
    return told(pb.UnacknowledgedEnding, agency, **parts)


def acknowledged(agency, **parts):
    return told(pb.AcknowledgedEnding, agency, **{"acknowledged_at": stamp(), **parts})


def pages(*endings):
    return [pb.ListUnacknowledgedEndingsResponse(endings=page) for page in endings]


def test_what_is_owed_stands_by_agency_who_is_late_first_with_its_numbers():
    bureau = Bureau()
    bureau.gateway.endings = pages(
        [owed("bank"), owed("finance")], [owed("finance", overdue=True, kind=pb.ENDING_KIND_VOID_FROM_START)]
    )
    page = bureau.get("/endings")
    text = " ".join(page.words.split())

    assert re.findall(r"<h2>([a-z-]+)</h2>", page.text) == ["finance", "bank"]
    assert "finance 2 1" in text
    assert "bank 1 0" in text
    assert "信用修复 ： 失信名单 列入〔2026〕1号 限 2026-12-01 签收".replace(" ", "") in text.replace(" ", "")
    assert "逾期，限 2026-12-01 签收" in text
    assert "自始无效" in text
    assert [each.officer for each in bureau.gateway.asked] == ["officer-7"] * 2


def test_what_is_late_alone_is_shown_on_request():
    bureau = Bureau()
    bureau.gateway.endings = pages([owed("bank"), owed("finance", overdue=True)])
    page = bureau.get("/endings?show=overdue")

    assert re.findall(r"<h2>([a-z-]+)</h2>", page.text) == ["finance"]
    bureau.gateway.endings = pages([owed("bank")])
    assert "没有逾期" in bureau.get("/endings?show=overdue").words
    bureau.gateway.endings = pages([])
    assert "全部已签收" in bureau.get("/endings").words


def test_who_has_acknowledged_stands_by_agency_with_when_and_who_was_late_first():
    bureau = Bureau()
    bureau.gateway.acknowledged = [
        pb.ListAcknowledgedEndingsResponse(endings=page)
        for page in ([acknowledged("bank"), acknowledged("finance")], [acknowledged("finance", late=True)])
    ]
    page = bureau.get("/endings?show=acknowledged")
    text = " ".join(page.words.split())

    assert re.findall(r"<h2>([a-z-]+)</h2>", page.text) == ["finance", "bank"]
    assert "finance 2 1" in text
    assert "bank 1 0" in text
    assert len(re.findall(r"\d\d:\d\d 签收", text)) == 2
    assert len(re.findall(r"\d\d:\d\d 逾期签收，应于 2026-12-01 前", text)) == 1
    assert "限 2026-12-01 签收" not in text
    assert "还没有单位签收" not in text

    bureau.gateway.acknowledged = [pb.ListAcknowledgedEndingsResponse()]
    assert "还没有单位签收" in bureau.get("/endings?show=acknowledged").words


def test_what_one_enterprise_ended_is_asked_for_and_its_code_is_in_no_address():
    bureau = Bureau()
    bureau.gateway.endings = pages([owed("bank")])
    bureau.gateway.acknowledged = [pb.ListAcknowledgedEndingsResponse(endings=[acknowledged("finance")])]
    reply = bureau.post("/endings", {"uscc": CODE})
    left = bureau.browser.follow(reply)
    done = bureau.get(reply.location.removeprefix(bureau.console.base) + "?show=acknowledged")

    assert CODE not in reply.location
    assert [re.findall(r"<h2>([a-z-]+)</h2>", page.text) for page in (left, done)] == [["bank"], ["finance"]]
    assert f'href="{reply.location}?show=overdue"' in left.text
    assert [each.uscc for each in bureau.gateway.asked] == [CODE, CODE]


@pytest.mark.parametrize(
    ("parts", "there"),
    [
        ({"stage": listing_pb2.LISTING_STAGE_REPAIRED}, True),
        ({"stage": listing_pb2.LISTING_STAGE_REVOKED}, True),
        ({"stage": listing_pb2.LISTING_STAGE_EXPIRED}, True),
        ({"stage": listing_pb2.LISTING_STAGE_LISTED}, False),
        ({"stage": listing_pb2.LISTING_STAGE_LISTED, "conditions": [listing_pb2.LISTING_CONDITION_HIDDEN]}, True),
    ],
)
def test_a_listing_that_ended_leads_to_who_has_not_acknowledged_it(parts, there):
    bureau = Bureau()
    standing = listing_pb2.ListingStanding(listing_id="L-17", uscc=CODE, **parts)
    bureau.gateway.listing = listing_pb2.GetListingResponse(standing=standing)
    page = bureau.browser.follow(bureau.post("/listings", {"listing_id": "L-17"}))

    assert ("哪些单位已签收、尚未签收" in page.words) is there


def test_what_is_not_all_is_said_so():
    bureau = Bureau()
    bureau.gateway.endings = pages(*[[owed("bank")] * 1_000] * (MOST // 1_000 + 1))
    page = bureau.get("/endings")

    assert f"只读取了前 {MOST} 项" in page.words
    assert len(bureau.gateway.asked) == MOST // 1_000


def test_what_is_not_known_here_is_shown_as_it_came_and_never_as_a_tag():
    bureau = Bureau()
    bureau.gateway.endings = pages([owed("bank", kind=77, record_kind="of_tomorrow", document_number=SCRIPT)])
    page = bureau.get("/endings")

    assert "77" in page.words
    assert "of_tomorrow" in page.words
    assert "<script>alert" not in page.text


def test_decisions_on_what_never_weighed_are_listed_until_they_are_examined_again():
    bureau = Bureau()
    outcome = outcome_pb2.ReportedOutcome(
        agency="finance",
        case_ref="ZC-1",
        outcome=outcome_pb2.OUTCOME_KIND_EXCLUDED,
        decided_on="2026-11-02",
        decision_point=common_pb2.DECISION_POINT_BIDDING_AWARD,
    )
    case = outcome_pb2.CaseDecidedOnEnding(
        uscc=CODE,
        document_number="列入〔2026〕1号",
        known_since=stamp(),
        decided=outcome_pb2.DecidedCase(outcome=outcome, reexamine=True),
    )
    bureau.gateway.decided = [outcome_pb2.ListDecidedCasesResponse(cases=[case])] * 2
    text = " ".join(bureau.get("/endings/decided").words.split())

    assert text.count("finance ZC-1 待复核 排除出程序 · 2026-11-02") == 2
    assert "列入〔2026〕1号" in text
    assert not bureau.gateway.asked[-1].with_reexamined

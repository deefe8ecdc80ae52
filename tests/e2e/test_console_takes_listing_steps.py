"""``jsg console`` for an officer of HRSS before a real gateway: a listing taken from its order to its delivery."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from consoles import OverThePort, console_before
from e2e.served import BIDDING, HRSS, award, body_of, new_party, today
from jointsanctions.v1 import ending_pb2 as pb

pytestmark = pytest.mark.xdist_group("served")
HOUR = "示例市人力资源和社会保障局"
DECISION = {
    "reason": "REFUSED_TO_PAY_ORDERED_WAGES",
    "basis": "示例条例第三条",
    "measures": "示例措施",
    "early_removal": "满六个月可以申请",
    "remedies": "六十日内申请复议",
    "repair_notice_number": "修复告知〔2026〕9号",
    "person_0_name": "示例甲",
    "person_0_type": "PASSPORT",
    "person_0_number": "E12345678",
}


@pytest.fixture(scope="module")
def browser(served):
    """Return a browser that was let in, as officer 赵六 of HRSS."""
    with console_before(served, HRSS) as link:
        browser = OverThePort(link)
        browser.get(link)
        browser.post(browser.base + "/officer", {"officer": "赵六"})
        yield browser


def days_ago(number):
    return (today() - timedelta(days=number)).isoformat()


def opened(browser, **fields):
    """Open a procedure with an order of a hundred days ago, and return the answer."""
    page = browser.get(browser.base + "/listings/open")
    path = re.search(r'action="([^"]+/listings/steps/[^"]+)"', page.text)[1]
    party = new_party().uscc
    order = {
        "listing_id": f"L-{party}",
        "uscc": party,
        "authority": HOUR,
        "document_number": "责令〔2026〕9号",
        "on": days_ago(100),
        "order_due_on": days_ago(80),
        "order_delivered_on": days_ago(99),
        "order_delivery_proof": "回证1",
    }
    return path, browser.post(path, {**order, **fields})


def step(browser, page, name, on, **fields):
    """Take the step that the page offers under *name*, and return the page that follows."""
    path = re.search(rf'href="([^"]+/listings/steps/[^"]+)">{name}<', page.text)[1]
    said = {"document_number": f"{name}〔2026〕1号", "on": on, **fields}
    browser.get(path)
    return browser.post(path, said)


def in_force(browser):
    """Take a listing until it weighs, and return its page and the enterprise's code."""
    _, page = opened(browser)
    page = step(browser, page, "列入事先告知", days_ago(40))
    page = step(browser, page, "告知书送达", days_ago(39), delivery_proof="回证2")
    page = step(browser, page, "列入决定", days_ago(20), **DECISION)
    assert "现在不产生限制效力" in page.text
    page = step(browser, page, "决定送达", days_ago(19), delivery_proof="回证3", to="enterprise")
    return page, re.search(r'name="uscc" value="([^"]+)"', page.text)[1]


def test_a_listing_is_taken_from_its_order_to_its_delivery_and_weighs_then(served, browser):
    before = served.next_number()
    page, _ = in_force(browser)

    assert "已登记" in page.text
    assert "现在产生限制效力" in page.text
    assert "列入决定〔2026〕1号" in page.text
    bodies = [body_of(entry) for entry in served.entries(before)]
    assert {body["officer"] for body in bodies} == {"赵六"}
    assert "E12345678" not in page.text + str(bodies)


def test_a_form_that_is_sent_twice_leaves_one_step(browser):
    _, page = opened(browser)
    path = re.search(r'href="([^"]+/listings/steps/[^"]+)">列入事先告知<', page.text)[1]
    said = {"document_number": "告知〔2026〕1号", "on": days_ago(40)}
    browser.post(path, said)
    again = browser.post(path, said)

    assert again.text.count("告知〔2026〕1号") == 2  # among the steps, and on the main line
    other = browser.post(path, {**said, "document_number": "告知〔2026〕2号"})
    assert other.status == 422
    assert "告知〔2026〕2号" in other.text


def test_before_the_days_to_object_are_over_the_decision_needs_the_waiver_that_its_form_asks_for(browser):
    _, page = opened(browser)
    page = step(browser, page, "列入事先告知", days_ago(1))
    page = step(browser, page, "告知书送达", days_ago(0), delivery_proof="回证2")
    path = re.search(r'href="([^"]+/listings/steps/[^"]+)">列入决定：当事人已书面放弃', page.text)[1]
    said = {"document_number": "列入〔2026〕1号", "on": days_ago(0), **DECISION}

    assert browser.post(path, said).status == 422
    assert "已登记" in browser.post(path, {**said, "objection_waiver_number": "放弃〔2026〕1号"}).text


def test_an_authority_that_the_mandate_does_not_name_is_refused_at_its_field_and_nothing_is_on_record(browser):
    path, page = opened(browser, authority="示例县人力资源和社会保障局")

    assert page.status == 422
    assert 'href="#authority"' in page.text
    assert path in page.text


def test_who_was_told_of_a_listing_owes_its_acknowledgement_from_the_revocation_until_it_gives_it(served, browser):
    page, uscc = in_force(browser)
    bidding = served.callers.as_caller(BIDDING)
    asked = award(uscc)
    asked.question.at_least_as_fresh = int(re.search(r"数据版本 (\d+)", page.text)[1])
    assert bidding.check(asked).decision.measures
    page = step(browser, page, "撤销列入", days_ago(0), reason="责令决定被撤销")
    assert "哪些单位已签收、尚未签收" in page.text
    owed = browser.post(browser.base + "/endings", {"uscc": uscc})
    assert re.findall(r"<h2>([a-z-]+)</h2>", owed.text) == ["public-resources-trading"]
    assert "自始无效" in owed.text
    (ending,) = [
        each
        for each in bidding.list_endings(pb.ListEndingsRequest(officer="o", page_size=100)).endings
        if each.uscc == uscc
    ]
    bidding.acknowledge_ending(pb.AcknowledgeEndingRequest(request_id=uscc, ending_id=ending.ending_id, officer="o"))

    assert "<h2>" not in browser.post(browser.base + "/endings", {"uscc": uscc}).text
    assert browser.get(browser.base + "/endings/decided").status == 200

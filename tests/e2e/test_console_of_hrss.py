"""``jsg console`` for an officer of HRSS before a real gateway: file and grade, clocks, a listing, early warnings."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from consoles import OverThePort, console_before
from e2e.served import HRSS, REGISTRAR, body_of, new_party, today
from jointsanctions.v1 import common_pb2, grade_pb2, listing_pb2

pytestmark = pytest.mark.xdist_group("served")
HOUR = "示例市人力资源和社会保障局"
ORDER = "责令〔2026〕9号"


@pytest.fixture(scope="module")
def browser(served):
    """Return a browser that was let in, as officer 赵六 of HRSS."""
    with console_before(served, HRSS) as link:
        browser = OverThePort(link)
        browser.get(link)
        browser.home = browser.post(browser.base + "/officer", {"officer": "赵六"})
        yield browser


@pytest.fixture
def overdue(served):
    """Return a listing on which nobody has decided long after its order was due."""
    party = new_party()
    step = listing_pb2.ListingStep(
        request_id=f"propose-{party.uscc}",
        listing_id=f"L-{party.uscc}",
        officer="officer-7",
        authority=HOUR,
        document_number=ORDER,
        on=(today() - timedelta(days=100)).isoformat(),
    )
    request = listing_pb2.ProposeListingRequest(
        step=step,
        uscc=party.uscc,
        order_due_on=(today() - timedelta(days=80)).isoformat(),
        order_delivered_on=(today() - timedelta(days=99)).isoformat(),
        order_delivery_proof="回证1",
    )
    served.callers.as_caller(HRSS).registry("ProposeListing", request, listing_pb2.ProposeListingResponse)
    return step


def read(browser, uscc, **fields):
    return browser.post(browser.base + "/file", {"uscc": uscc, "case_ref": "DC-1", **fields})


def test_the_window_drops_each_complaint_on_the_day_on_which_the_gateway_does(served, browser):
    uscc = served.city.example("grade_b").uscc
    asked = grade_pb2.ExplainGradeRequest(
        enterprise=common_pb2.EnterpriseRef(uscc=uscc), case_ref="DC-1", officer="officer-7"
    )
    (weighs,) = [each for each in served.callers.as_caller(HRSS).explain_grade(asked).schemes if each.weighs]
    page = read(browser, uscc)
    table = page.text[page.text.index("<caption>") : page.text.index("</table>")]

    assert page.status == 200
    assert "<h1>B 级</h1>" in page.text
    days = sorted(fact.counts_until for fact in weighs.grade.facts)
    assert len(days) >= 6
    assert re.findall(r"<strong>([0-9-]{10})</strong>", table) == days
    assert table.count("等级据此") == len(days)


def test_it_is_on_record_who_read_whose_file_and_grade(served, browser):
    uscc = served.city.example("grade_a").uscc
    before = served.next_number()
    page = read(browser, uscc, purpose="来访")
    bodies = [body_of(entry) for entry in served.entries(before)]

    assert "<h1>A 级</h1>" in page.text
    assert [(body["officer"], body["purpose"]) for body in bodies] == [("赵六", "来访")] * 2
    assert all(uscc in str(body["enterprises"]) for body in bodies)


def test_what_nobody_knew_yet_is_not_found_and_no_grade_is_shown(served, browser):
    uscc = served.city.example("grade_b").uscc

    page = read(browser, uscc, known_at="2020-01-01")

    assert page.status == 422
    assert "ENTERPRISE_NOT_FOUND" in page.text
    assert "B 级" not in page.text


def test_a_code_that_is_none_is_marked_in_the_form(browser):
    page = read(browser, "91420300")

    assert page.status == 422
    assert 'href="#uscc"' in page.text


def test_an_overdue_decision_is_red_and_leads_to_its_listing(browser, overdue):
    board = browser.get(browser.base + "/clocks")
    red = board.text[board.text.index('aria-labelledby="red"') : board.text.index('aria-labelledby="yellow"')]
    page = browser.post(browser.base + "/listings", {"listing_id": overdue.listing_id})

    assert overdue.listing_id in red
    assert "逾期未支付" in page.text
    assert "作出列入或者不予列入决定" in page.text
    assert ORDER in page.text
    assert "列入事先告知" in page.text


def test_a_listing_in_force_is_shown_with_its_decision(served, browser):
    file = read(browser, served.city.example("listed").uscc)
    listing = re.search(r'name="listing_id" value="([^"]+)"', file.text)[1]
    page = browser.post(browser.base + "/listings", {"listing_id": listing})

    assert '<section class="verdict bad">' in page.text
    assert "现在产生限制效力" in page.text
    assert "列入决定" in page.text


def test_early_warnings_are_there(browser):
    assert browser.get(browser.base + "/warnings").status == 200
    assert browser.get(browser.base + "/warnings?kind=deposit_missing").status == 200


def test_a_producer_without_the_whole_record_is_told_in_words(served):
    served.credentials(REGISTRAR)
    with console_before(served, REGISTRAR) as link:
        browser = OverThePort(link)
        browser.get(link)
        browser.post(browser.base + "/officer", {"officer": "赵六"})
        board = browser.get(browser.base + "/clocks")
        file = read(browser, served.city.example("listed").uscc)

    assert (board.status, file.status) == (502, 422)
    assert "此证书无权这样做" in board.text
    assert "此证书无权这样做" in file.text
    assert "列入中" not in file.text

"""HRSS's way through the console in Chromium; pictures of every page are kept in ``build/screens``."""

from __future__ import annotations

from datetime import timedelta

import browser
import pytest
from consoles import console_before
from e2e.served import BIDDING, HRSS, award, gateway_in, new_party, today
from jointsanctions.v1 import listing_pb2, registry_pb2

from gateway.sample import records

pytestmark = pytest.mark.xdist_group("chromium")
HOUR = "示例市人力资源和社会保障局"
HEADER = "投诉编号,用人单位名称,统一社会信用代码,受理日期,查实日期,工资付清日期,受理机关"
ROWS = ((1, "2026-03-05"), (2, "13月"))
"""Complaints of a file, by number and day of acceptance; the second is refused."""
DAYS = ((100, 80), (40, 22), (30, 2))
"""For orders to pay that nobody decided on: how many days ago they were issued, and were due."""


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("gateway")) as served:
        client = served.callers.as_caller(HRSS)
        for number, (issued, due) in enumerate(DAYS):
            step = listing_pb2.ListingStep(
                request_id=f"look-{number}",
                listing_id=f"L-2026-{number}",
                officer="officer-7",
                authority=HOUR,
                document_number=f"责令〔2026〕{number}号",
                on=(today() - timedelta(days=issued)).isoformat(),
            )
            request = listing_pb2.ProposeListingRequest(
                step=step,
                uscc=served.city.example("grade_b").uscc,
                order_due_on=(today() - timedelta(days=due)).isoformat(),
                order_delivered_on=(today() - timedelta(days=issued - 1)).isoformat(),
                order_delivery_proof="回证1",
            )
            client.registry("ProposeListing", request, listing_pb2.ProposeListingResponse)
        told_and_revoked(served, client)
        yield served


def told_and_revoked(served, client):
    """Tell a deciding system of a listing in force, and revoke it then."""
    party, key = new_party(), "L-2026-told"
    acts = records.listing(party, key, today() - timedelta(days=80))
    revision = submitted(client, "told", acts)
    asked = award(party.uscc)
    asked.question.at_least_as_fresh = revision
    assert served.callers.as_caller(BIDDING).check(asked).decision.measures
    submitted(client, "revoked", [records.act(party, key, listing_pb2.LISTING_ACT_KIND_REVOCATION, today())])


def submitted(client, request_id, rows):
    """Submit acts of listings, and return the revision that holds them."""
    for number, record in enumerate(rows, 1):
        record.row = number
    chunk = registry_pb2.SubmitRecordsRequest(
        request_id=request_id, feed="wage_list", officer="o", records=rows, last=True
    )
    answer = client.submit([chunk])
    assert answer.stored == len(rows)
    return answer.data_revision


def take_a_step(page, look):
    """Take a listing of this look's own on to its decision, and look at what is owed after another's end."""
    page.get_by_role("link", name="列入程序").first.click()
    page.fill("#listing_id", f"L-2026-{list(browser.LOOKS).index(look)}")
    browser.pictured(page, f"hrss-listings-{look}")
    page.get_by_role("button", name="查看列入程序").click()
    page.wait_for_selector(".steps")
    page.get_by_role("link", name="列入事先告知").click()
    page.fill("#document_number", "告知〔2026〕1号")
    browser.pictured(page, f"hrss-step-{look}")
    page.get_by_role("button", name="登记这一步").click()
    page.wait_for_selector("text=已登记")
    page.get_by_role("link", name="告知书送达").click()
    page.fill("#document_number", "告知〔2026〕1号")
    page.fill("#delivery_proof", "回证2")
    page.get_by_role("button", name="登记这一步").click()
    page.wait_for_selector("text=已登记")
    browser.pictured(page, f"hrss-taken-{look}")
    page.get_by_role("link", name="当事人已书面放弃申辩").click()
    page.get_by_role("button", name="增加人员").click()
    page.wait_for_selector("#person_5_name")
    page.fill("#document_number", "列入〔2026〕1号")
    for name in ("reason", "basis", "measures", "early_removal", "remedies", "repair_notice_number"):
        page.fill(f"#{name}", "REFUSED_TO_PAY" if name == "reason" else "示例")
    page.fill("#objection_waiver_number", "放弃〔2026〕1号")
    page.fill("#person_0_name", "示例甲")
    page.select_option("#person_0_type", "PASSPORT")
    page.fill("#person_0_number", "E12345678")
    browser.pictured(page, f"hrss-decision-{look}")
    page.get_by_role("button", name="登记这一步").click()
    page.wait_for_selector("text=已登记")
    page.get_by_role("link", name="决定送达").click()
    page.wait_for_selector("#to")
    browser.pictured(page, f"hrss-delivery-{look}")
    page.get_by_role("link", name="修复签收").click()
    page.wait_for_selector(".summary")
    browser.pictured(page, f"hrss-endings-{look}")
    page.get_by_role("link", name="须复核的决定").click()
    page.wait_for_selector("h1")
    browser.pictured(page, f"hrss-decided-{look}")
    page.go_back()


def import_a_file(page, look):
    """Stage a file of which a row is refused, correct it, send it, and look at what it would change."""
    page.get_by_role("link", name="导入文件").click()
    page.wait_for_selector("#file")
    rows = [HEADER, *(f"{look}{number},示例企业,{new_party().uscc},{day},2026-04-10,,{HOUR}" for number, day in ROWS)]
    content = "".join(f"{row}\r\n" for row in rows).encode()
    page.set_input_files("#file", {"name": "投诉.csv", "mimeType": "text/csv", "buffer": content})
    page.select_option("#mapping", "complaints")
    browser.pictured(page, f"hrss-upload-{look}")
    page.get_by_role("button", name="读取并暂存").click()
    page.wait_for_selector("text=第 3 行")
    browser.pictured(page, f"hrss-refused-{look}")
    with page.expect_download() as kept:
        page.get_by_role("link", name="下载被拒收的行").click()
    assert kept.value.suggested_filename == "rejects.csv"
    page.get_by_role("link", name="更正", exact=True).click()
    page.get_by_label("受理日期").fill("2026-03-06")
    browser.pictured(page, f"hrss-row-{look}")
    page.get_by_role("button", name="保留更正").click()
    page.wait_for_selector("text=已更正")
    browser.pictured(page, f"hrss-corrected-{look}")
    page.get_by_role("button", name="报送已更正的 1 行").click()
    page.wait_for_selector("text=没有被拒收的行")
    page.get_by_role("button", name="查看差异并决定").click()
    page.wait_for_selector("#discard_reason")
    browser.pictured(page, f"hrss-import-{look}")
    page.get_by_role("button", name="批准入库").click()
    page.wait_for_selector("#revoke_reason")
    browser.pictured(page, f"hrss-approved-{look}")


@pytest.mark.parametrize("look", ["wide"])  # narrow: test_every_view_in_chromium
def test_an_hrss_officers_day(gateway, look):
    with browser.browser() as chromium, browser.looking(chromium, look) as page, console_before(gateway, HRSS) as link:
        page.goto(link)
        page.fill("#officer", "赵六")
        page.keyboard.press("Enter")
        page.wait_for_selector("#uscc")
        browser.pictured(page, f"hrss-form-{look}")
        page.fill("#uscc", gateway.city.example("grade_b").uscc)
        page.fill("#case_ref", "DC-2026-3")
        page.get_by_role("button", name="查阅").click()
        page.wait_for_selector("svg")
        assert page.locator("h1").inner_text() == "B 级"
        page.locator("details").first.click()
        browser.pictured(page, f"hrss-file-{look}")
        page.locator(".drawing").first.screenshot(path=browser.SCREENS / f"hrss-window-{look}.png")
        page.get_by_role("button", name="查看列入程序").first.click()
        page.wait_for_selector(".way")
        browser.pictured(page, f"hrss-listing-{look}")
        take_a_step(page, look)
        page.get_by_role("link", name="期限看板").click()
        page.wait_for_selector(".board")
        browser.pictured(page, f"hrss-clocks-{look}")
        page.get_by_role("link", name="预警").click()
        page.wait_for_selector(".rows")
        browser.pictured(page, f"hrss-warnings-{look}")
        page.get_by_role("link", name="导入").click()
        page.wait_for_selector(".rows li")
        browser.pictured(page, f"hrss-imports-{look}")
        import_a_file(page, look)
        page.get_by_role("link", name="预警").click()
        page.get_by_role("button", name="English").click()
        page.wait_for_selector("text=Early warnings")
        page.goto("about:blank")

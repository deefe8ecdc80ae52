"""Two persons at the award gate in Chromium: everybody can use the pages, as a desk shows them."""

from __future__ import annotations

import pytest
from browser import browser, looking, pictured
from consoles import console_before
from e2e.registered import Registered, applicant
from e2e.reported import Listed
from e2e.served import AUDITOR, gateway_in, new_party
from e2e.test_awards_cleared import holder
from e2e.test_case_watched import BOTH, watched
from jointsanctions.v1 import common_pb2

pytestmark = pytest.mark.xdist_group("chromium")
WAIT_MS = 60_000
PUBLICITY = common_pb2.DECISION_POINT_BIDDING_CANDIDATE_PUBLICITY


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("gateway")) as served:
        served.credentials(AUDITOR)
        yield served


@pytest.fixture(scope="module")
def chromium():
    with browser() as driven:
        yield driven


def registered(served):
    """Return a case with somebody restricted, whose events are there, and two others."""
    listed = Listed(served)
    case = Registered(served, applicant(listed.uscc), applicant(new_party().uscc, new_party().uscc))
    case.asked(listed.uscc, revision=listed.revision, point=PUBLICITY)
    watched(served, case, BOTH)
    return case


def open_case(page, case):
    page.locator("li.row", has_text=case.case_ref).get_by_role("link", name="查看").click()
    page.wait_for_selector("text=参加企业")


@pytest.mark.parametrize("look", ["wide"])  # narrow: test_every_view_in_chromium
def test_two_persons_go_ahead_and_each_sees_what_weighs(gateway, chromium, look, tmp_path):
    case, word = registered(gateway), tmp_path / "word.json"

    def picture(page, name):
        pictured(page, f"console-cases-{name}-{look}")

    with console_before(gateway, holder(gateway, "li")) as link, looking(chromium, look) as page:
        page.set_default_timeout(WAIT_MS)
        page.goto(link)
        page.locator("nav").get_by_role("link", name="在办项目", exact=True).click()
        page.wait_for_selector("li.row")
        picture(page, "list")
        open_case(page, case)
        picture(page, "case")
        page.get_by_role("button", name="签收").first.click()
        page.wait_for_selector("text=已签收")
        page.get_by_role("button", name="申请放行").first.click()
        page.wait_for_selector(".verdict.bad")
        picture(page, "gate")
        page.fill("#reason", "抢险救灾")
        page.fill("#document_number", "示应急〔2026〕1号")
        page.get_by_role("button", name="作为第一人提出").click()
        page.wait_for_selector("text=等待第二人")
        picture(page, "first")
        with page.expect_download() as download:
            page.get_by_role("button", name="保存交给第二人的文件").click()
        download.value.save_as(word)
    with console_before(gateway, holder(gateway, "wang")) as link, looking(chromium, look) as page:
        page.set_default_timeout(WAIT_MS)
        page.goto(link)
        page.locator("nav").get_by_role("link", name="在办项目", exact=True).click()
        page.get_by_role("link", name="第二人确认").click()
        picture(page, "second")
        page.set_input_files("#word", word)
        page.get_by_role("button", name="打开并查询现在的情况").click()
        page.wait_for_selector("#seen")
        picture(page, "review")
        page.check("#seen")
        page.get_by_role("button", name="确认", exact=True).click()
        page.wait_for_selector(".verdict.good")
        assert page.locator("h1").inner_text() == "准予放行"
        picture(page, "cleared")
        assert case.case_ref not in page.url


@pytest.mark.parametrize("look", ["wide"])  # narrow: test_every_view_in_chromium
def test_an_auditors_list_is_held_against_the_record(gateway, chromium, look, tmp_path):
    file = tmp_path / "awards.csv"
    codes = [each.uscc for each in gateway.city.examples[:2]]
    rows = "".join(f"JSGC-2026-{place},{code},2026-11-01,bidding\n" for place, code in enumerate(codes))
    with console_before(gateway, AUDITOR) as link, looking(chromium, look) as page:
        page.set_default_timeout(WAIT_MS)
        page.goto(link)
        page.fill("#officer", "审计员")
        page.keyboard.press("Enter")
        page.locator("nav").get_by_role("link", name="无查询的授予", exact=True).click()
        file.write_text("case,uscc,awarded,area\n" + rows, encoding="utf-8")
        page.set_input_files("#awards", file)
        pictured(page, f"console-uncovered-form-{look}")
        page.get_by_role("button", name="核对", exact=True).click()
        page.wait_for_selector("text=从未查询")
        pictured(page, f"console-uncovered-list-{look}")
        with page.expect_download() as download:
            page.get_by_role("button", name="保存为 CSV").click()
        assert download.value.suggested_filename == "uncovered.csv"

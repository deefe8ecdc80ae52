"""An auditor's way through the console in Chromium: everybody can use its pages, as a desk shows them."""

from __future__ import annotations

import pytest
from browser import browser, looking, pictured
from consoles import asked_at_award, console_before
from e2e.served import AUDITOR, BIDDING, gateway_in

pytestmark = pytest.mark.xdist_group("chromium")
CASE = "JSGC-2026-AUDIT"
WAIT_MS = 60_000


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    """Return a gateway that an officer asked about a few enterprises."""
    with gateway_in(tmp_path_factory.mktemp("gateway")) as served:
        served.credentials(AUDITOR)
        usccs = [each.uscc for each in served.city.examples[:4]]
        asked_at_award(served, BIDDING, "王五", CASE, served.city.example("listed").uscc, *usccs)
        yield served


@pytest.fixture(scope="module")
def chromium():
    with browser() as driven:
        yield driven


@pytest.fixture(params=["wide"])  # narrow: test_every_view_in_chromium
def page(request, gateway, chromium):
    with console_before(gateway, AUDITOR) as link, looking(chromium, request.param) as page:
        page.set_default_timeout(WAIT_MS)
        page.look = request.param
        page.goto(link)
        page.fill("#officer", "审计员")
        page.keyboard.press("Enter")
        page.wait_for_selector(".finder")
        yield page


def test_an_auditors_day(page):
    def look(name):
        pictured(page, f"console-auditor-{name}-{page.look}")

    def menu(text, waited):
        page.locator("nav").get_by_role("link", name=text, exact=True).click()
        page.wait_for_selector(waited)

    look("accesses")
    page.fill("#case_ref", CASE)
    page.get_by_role("button", name="查找").click()
    page.wait_for_selector("tbody tr")
    assert CASE not in page.url
    look("found")
    page.locator("tbody a").first.click()
    page.wait_for_selector("text=一次调用的留痕")
    look("entry")
    page.get_by_role("link", name="日志中的证明").click()
    page.wait_for_selector(".answered.good")
    assert page.locator("svg.tree rect").count() == 1 + 2 * (page.locator("tbody tr").count() - 1)
    look("proof")
    menu("异常", "form.line")
    look("anomalies")
    menu("审阅", "#findings")
    look("reviews")
    menu("无查询的授予", "form.line")
    look("uncovered")
    menu("查询量", "#chart canvas")
    look("volume")
    menu("日志", "#checkpoint")
    page.get_by_role("link", name="再看一次").click()
    page.wait_for_selector("text=日志只增不改")
    look("log")
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("text=How the log is")
    look("english")


def test_a_search_is_made_by_keyboard_alone(page):
    page.focus("#uscc")
    page.keyboard.type("91420300MA10004470")
    page.keyboard.press("Enter")
    page.wait_for_selector(".empty, tbody tr")
    assert "91420300MA10004470" not in page.url
    assert page.input_value("#uscc") == "91420300MA10004470"

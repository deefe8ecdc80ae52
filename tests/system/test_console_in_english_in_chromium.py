"""Every entry of every role's menu in English: a page of that language, wide and narrow, kept as a picture."""

from __future__ import annotations

import re

import pytest
from browser import LOOKS, browser, looking, pictured
from consoles import asked_at_award, console_before
from e2e.served import AUDITOR, BIDDING, HRSS, gateway_in

pytestmark = pytest.mark.xdist_group("chromium")
ROLES = {BIDDING: "officer", AUDITOR: "auditor", HRSS: "hrss"}
HAN = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("gateway")) as served:
        asked_at_award(served, BIDDING, "王五", "JSGC-2026-EN", served.city.example("listed").uscc)
        yield served


@pytest.fixture(scope="module")
def chromium():
    with browser() as driven:
        yield driven


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("who", ROLES)
def test_each_entry_of_the_menu_is_a_page_of_the_language_that_was_chosen(gateway, chromium, who, look):
    with console_before(gateway, who) as link, looking(chromium, look) as page:
        page.goto(link)
        page.fill("#officer", "officer-7")
        page.keyboard.press("Enter")
        page.wait_for_selector("nav")
        chinese = [page.locator("nav a").nth(n).inner_text() for n in range(page.locator("nav a").count())]
        page.get_by_role("button", name="English").click()
        page.wait_for_selector("html[lang=en]")
        entries = page.locator("nav a")
        assert entries.count() == len(chinese) >= 3
        for number in range(len(chinese)):
            entry = page.locator("nav a").nth(number)
            name = entry.inner_text()
            assert not HAN.search(name), (chinese[number], name)
            entry.click()
            page.wait_for_selector(f'nav a[aria-current="page"]:has-text("{name}")')
            assert not HAN.search(page.locator("h1").inner_text())
            pictured(page, f"english-{ROLES[who]}-{number}-{look}")

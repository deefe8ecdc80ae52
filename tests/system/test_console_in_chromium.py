"""An officer's way through the console in Chromium: what it shows, that it can be used, and what it lets a browser do.

Screenshots of every page are kept in ``build/screens``, wide and narrow, light and dark.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from consoles import console_before
from e2e.served import BIDDING, gateway_in
from pictures import taken
from playwright.sync_api import sync_playwright

pytestmark = pytest.mark.xdist_group("chromium")

SCREENS = Path(__file__).parents[2] / "build" / "screens"
LOOKS = {"wide": (1280, 900, "light"), "narrow": (390, 844, "dark")}
GRAVE = {"serious", "critical"}
WAIT_MS = 60_000


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("gateway")) as served:
        yield served


@pytest.fixture(scope="module")
def chromium():
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        yield browser
        browser.close()


@pytest.fixture(params=LOOKS)
def page(request, gateway, chromium):
    """Return a page of a browser that the console has let in; at its end nothing has been complained about."""
    width, height, scheme = LOOKS[request.param]
    context = chromium.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    complaints, asked = [], []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda sent: asked.append(sent.url))
    with console_before(gateway, BIDDING) as link:
        page.goto(link)
        page.look = request.param
        yield page
        # Before the console ends: what a page still loads would be refused.
        context.close()
    # A form that is refused is answered with 422, which Chromium notes.
    assert [each for each in complaints if "422" not in each] == []
    assert {url.split("/")[2] for url in asked} == {link.split("/")[2]}


def look(page, name):
    """Keep a screenshot, and see that everybody can use the page and that nothing runs out of it."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.wait_for_load_state()  # what is not styled yet has another size
    page.screenshot(path=SCREENS / f"console-{name}-{page.look}.png", full_page=True)
    taken(page, f"console-{name}-{page.look}")
    found = Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in GRAVE] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def ask(page, uscc, case_ref, name=""):
    page.locator("nav a").first.click()
    page.get_by_role("link", name="定标").click()
    page.fill("#uscc", uscc)
    page.fill("#name", name)
    page.fill("#case_ref", case_ref)
    page.fill("#fact_project_region", "420302")
    for fact, value in (
        ("must_be_tendered", "true"),
        ("state_funds", "true"),
        ("form", "SINGLE"),
        ("cutoff_rule", "NOT_FIXED"),
    ):
        page.check(f'input[name="fact_{fact}"][value="{value}"]')


def test_an_officers_day(page, gateway):
    case_ref = f"JSGC-2026-{page.look}"
    look(page, "officer")
    page.fill("#officer", "王五")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cards")
    look(page, "points")
    page.get_by_role("link", name="定标").click()
    page.wait_for_selector("#uscc")
    look(page, "form")
    page.fill("#case_ref", case_ref)
    page.fill("#fact_project_region", "420302")
    page.get_by_role("button", name="查询").click()
    page.wait_for_selector("#errors")
    look(page, "faults")

    ask(page, gateway.city.example("listed").uscc, case_ref)
    page.get_by_role("button", name="查询").click()
    page.wait_for_selector(".verdict.bad")
    assert page.locator("h1").inner_text() == "受限，不得批准"
    look(page, "restricted")
    page.get_by_role("link", name="登记处理结果").click()
    look(page, "outcome-restricted")
    page.check('input[value="REFUSED"]')
    page.fill("#document_number", "示交易〔2026〕7号")
    page.get_by_role("button", name="登记").click()
    page.wait_for_selector("text=已登记")
    look(page, "reported")

    ask(page, "", case_ref, gateway.city.example("grade_a").name)
    page.get_by_role("button", name="查询").click()
    page.wait_for_selector("text=您要查询哪家企业")
    look(page, "candidates")
    page.get_by_role("button", name="查询这一家").first.click()
    page.wait_for_selector(".verdict.good")
    look(page, "clear")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载凭证", exact=True).click()
    assert download.value.suggested_filename.endswith(".json")
    page.locator("nav a").nth(1).click()
    page.wait_for_selector(".rows, .empty")
    look(page, "owed")
    page.locator("nav a").nth(2).click()
    page.wait_for_selector(".tabs")
    look(page, "cases")
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("text=Live cases")
    look(page, "english")
    page.get_by_role("button", name="Leave").click()
    page.wait_for_selector("text=已退出")
    look(page, "left")


def test_conditions_are_met_in_the_form_and_reported(page, gateway):
    page.fill("#officer", "王五")
    page.keyboard.press("Enter")
    conditional = next(each for each in gateway.city.examples if each.expected.name == "CONDITIONAL")
    ask(page, conditional.uscc, f"JSGC-C-{page.look}")
    page.get_by_role("button", name="查询").click()
    page.wait_for_selector(".verdict.warn")
    look(page, "conditional")
    page.get_by_role("link", name="登记处理结果").click()
    page.check('input[value="OVERRIDDEN"]')
    page.get_by_role("button", name="登记").click()
    page.wait_for_selector("#errors")
    look(page, "outcome-conditional")
    page.fill("#note", "已现场核实，整改完成")
    page.get_by_role("button", name="登记").click()
    page.wait_for_selector("text=已登记")


def test_the_page_works_by_keyboard_alone(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("getComputedStyle(document.activeElement).left") != "-1584px"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "officer"
    page.keyboard.type("王五")
    page.keyboard.press("Enter")
    page.wait_for_selector(".cards")


def test_a_page_elsewhere_on_the_machine_gets_neither_cookie_nor_answer(page, chromium):
    base = page.url
    host = base.split("/")[2]
    page.fill("#officer", "王五")
    page.keyboard.press("Enter")
    other = page.context.new_page()
    other.route("http://127.0.0.1:9/**", lambda route: route.fulfill(body="<p>other</p>", content_type="text/html"))
    cookies = []
    other.on("request", lambda sent: cookies.append(sent.all_headers().get("cookie", "")))
    other.goto("http://127.0.0.1:9/")
    assert cookies == [""]
    assert other.evaluate(f"fetch('http://{host}/static/console.css').then(() => 'read', () => 'refused')") == "refused"
    assert chromium.new_context().request.get(base).status == 403
    other.close()

"""The console without a page anew, and without scripts at all: the same ways and answers, and no complaint."""

from __future__ import annotations

import pytest
from browser import browser, looking, pictured
from consoles import asked_at_award, console_before
from e2e.served import AUDITOR, BIDDING, gateway_in

pytestmark = pytest.mark.xdist_group("chromium")
CASE = "JSGC-2026-LIVE"
WAIT_MS = 60_000
AWARD = {"must_be_tendered": "true", "state_funds": "true", "form": "SINGLE", "cutoff_rule": "NOT_FIXED"}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("gateway")) as served:
        served.credentials(AUDITOR)
        asked_at_award(served, BIDDING, "王五", CASE, served.city.example("listed").uscc)
        yield served


@pytest.fixture(scope="module")
def chromium():
    with browser() as driven:
        yield driven


@pytest.fixture
def opened(gateway, chromium):
    """Return what opens the console of somebody in a browser of its own, and closes all of them at the end."""
    open_ones = []

    def open_console(who, officer, **options):
        console, look = console_before(gateway, who), looking(chromium, "wide", **options)
        link, page = console.__enter__(), look.__enter__()
        open_ones.append((console, look))
        page.set_default_timeout(WAIT_MS)
        page.goto(link)
        page.fill("#officer", officer)
        page.keyboard.press("Enter")
        page.wait_for_selector("nav")
        # What the scripts of a page do is there once it is loaded with all of them.
        page.wait_for_load_state()
        return page

    yield open_console
    for console, look in reversed(open_ones):
        look.__exit__(None, None, None)
        console.__exit__(None, None, None)


def test_a_search_is_shown_without_a_page_anew_and_the_way_back_leads_to_it(opened):
    page = opened(AUDITOR, "审计员")
    page.evaluate("window.sameDocument = true")
    page.fill("#case_ref", CASE)
    page.get_by_role("button", name="查找").click()
    page.wait_for_selector("#found:focus")
    assert page.evaluate("window.sameDocument") is True
    assert page.locator("#found tbody tr").count() == 1
    assert CASE not in page.url
    assert "kept=" in page.url
    page.fill("#outcome", "123")
    page.get_by_role("button", name="查找").click()
    page.wait_for_selector("#errors:focus")
    assert page.input_value("#outcome") == "123"
    page.go_back()
    page.wait_for_selector("#found tbody tr")
    assert page.input_value("#case_ref") == CASE
    # A form that is refused is answered with 422, which Chromium notes.
    page.complaints[:] = [each for each in page.complaints if "422" not in each]


def test_nothing_but_an_answer_of_ours_becomes_markup(opened):
    page = opened(AUDITOR, "审计员")
    refused = page.evaluate(
        """() => [() => { document.body.innerHTML = "<p>x</p>"; },
                  () => document.body.insertAdjacentHTML("beforeend", "<p>x</p>"),
                  () => new DOMParser().parseFromString("<p>x</p>", "text/html"),
                  () => window.trustedTypes.createPolicy("default", {}),
                  () => window.trustedTypes.createPolicy("another", {})]
            .map((act) => { try { act(); return "let"; } catch (error) { return error.name; } })"""
    )
    assert refused == ["TypeError"] * 5
    page.complaints.clear()


def test_a_list_refreshes_itself_but_not_under_somebodys_hands(opened):
    page = opened(BIDDING, "王五")
    page.locator("nav").get_by_role("link", name="在办项目").click()
    page.locator("main .tabs").get_by_role("link", name="未签收").click()
    page.wait_for_selector("#live")
    page.wait_for_load_state()
    page.evaluate("document.querySelector('#live').setAttribute('data-old', 'yes')")
    page.evaluate("document.querySelector('#live').tabIndex = -1; document.querySelector('#live').focus()")
    page.evaluate("htmx.trigger(document.querySelector('#live'), 'refresh')")
    assert page.locator("#live[data-old]").count() == 1
    page.evaluate("document.activeElement.blur()")
    page.evaluate("htmx.trigger(document.querySelector('#live'), 'refresh')")
    page.wait_for_selector("#live:not([data-old])")
    pictured(page, "console-live-cases-wide")


def test_that_a_list_could_not_be_refreshed_is_said(opened):
    page = opened(BIDDING, "王五")
    page.locator("nav").get_by_role("link", name="在办项目").click()
    page.locator("main .tabs").get_by_role("link", name="未签收").click()
    page.wait_for_selector("#live")
    page.wait_for_load_state()
    assert page.locator("#stale").is_hidden()
    page.context.set_offline(True)
    page.evaluate("htmx.trigger(document.querySelector('#live'), 'refresh')")
    page.wait_for_selector("#stale:visible")
    page.context.set_offline(False)
    page.complaints.clear()


def test_without_scripts_an_officer_asks_and_an_auditor_searches_and_counts(opened, gateway):
    page = opened(BIDDING, "王五", java_script_enabled=False)
    page.get_by_role("link", name="定标").click()
    page.fill("#uscc", gateway.city.example("listed").uscc)
    page.fill("#case_ref", "JSGC-2026-PLAIN")
    page.fill("#fact_project_region", "420302")
    for fact, value in AWARD.items():
        page.check(f'input[name="fact_{fact}"][value="{value}"]')
    page.get_by_role("button", name="查询").click()
    assert page.locator("h1").inner_text() == "受限，不得批准"
    page.locator("nav").get_by_role("link", name="在办项目").click()
    page.locator("main .tabs").get_by_role("link", name="未签收").click()
    page.wait_for_selector("#live")

    page = opened(AUDITOR, "审计员", java_script_enabled=False)
    page.fill("#case_ref", "JSGC-2026-PLAIN")
    page.get_by_role("button", name="查找").click()
    assert page.locator("#found tbody tr").count() == 1
    page.locator("nav").get_by_role("link", name="查询量").click()
    assert page.locator("#by-day tbody tr").count() == 7
    assert not page.locator("#chart").is_visible()


def test_who_is_meant_by_a_name_is_offered_in_the_form_and_asked_about_by_its_button_alone(opened, gateway):
    example = gateway.city.example("grade_a")
    page = opened(BIDDING, "王五")
    page.get_by_role("link", name="定标").click()
    page.wait_for_selector("#name")
    page.wait_for_load_state()
    sent = []
    # What the page's own code sends; the browser asks for the icon when it likes.
    page.on("request", lambda request: sent.append(request.method) if request.resource_type == "xhr" else None)
    page.fill("#name", example.name)
    page.keyboard.press("Tab")
    assert sent == [], "within no case nobody is looked for"
    page.fill("#case_ref", "JSGC-2026-NAMED")
    page.keyboard.press("Tab")
    page.wait_for_selector("#candidates .row")
    pictured(page, "console-live-candidates-wide")
    page.get_by_role("button", name="填入这一家的代码").first.click()
    assert page.input_value("#uscc") == example.uscc
    assert page.locator("#candidates").inner_text() == ""
    assert page.url.endswith("/check/BIDDING_AWARD")
    assert sent == ["POST", "GET"]


def test_the_chart_draws_what_the_table_says(opened):
    page = opened(AUDITOR, "审计员")
    page.locator("nav").get_by_role("link", name="查询量").click()
    page.wait_for_selector("#chart canvas")
    names = page.locator("#by-day thead th").all_inner_texts()
    legend = page.locator("#chart .u-legend th .u-label").all_inner_texts()
    assert legend == names
    box = page.locator("#chart .u-over").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 20)
    last = page.locator("#by-day tbody tr").last.locator("td").all_inner_texts()
    page.wait_for_function(
        "(last) => [...document.querySelectorAll('#chart .u-legend .u-value')]"
        ".slice(1).map((each) => each.textContent).join() === last",
        arg=",".join(last),
    )
    pictured(page, "console-live-volume-wide")

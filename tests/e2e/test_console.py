"""``jsg console`` before a real gateway: an officer's day, over its port on one side and mutual TLS on the other."""

from __future__ import annotations

import itertools

import pytest
from consoles import OverThePort, console_before
from e2e.served import BIDDING, TOURISM, body_of

from formats.receipt import decode_receipt
from gateway.cli.main import main

pytestmark = pytest.mark.xdist_group("served")
FACTS = {
    "fact_project_region": "420302",
    "fact_must_be_tendered": "true",
    "fact_state_funds": "true",
    "fact_form": "SINGLE",
    "fact_cutoff_rule": "NOT_FIXED",
}
_numbers = itertools.count()


@pytest.fixture(scope="module")
def link(served):
    with console_before(served, BIDDING) as link:
        yield link


@pytest.fixture(scope="module")
def browser(link):
    """Return a browser that was let in, as officer 王五."""
    browser = OverThePort(link)
    assert browser.get(link).status == 200
    page = browser.post(browser.base + "/officer", {"officer": "王五"})
    assert "查询企业" in page.text
    browser.home = page
    return browser


@pytest.fixture
def ask(browser):
    """Return a function that asks about an enterprise at the award, and gives the page that comes back."""

    def asked(uscc, **fields):
        form = browser.home.link("/check").removesuffix("/check") + "/check/BIDDING_AWARD"
        browser.get(form)
        case = {"case_ref": f"CONSOLE-{next(_numbers)}"}
        return browser.post(form, {"uscc": uscc, **case, **FACTS, **fields})

    return asked


def test_the_link_opens_for_one_browser(browser, link):
    second = OverThePort(link).get(link)

    assert second.status == 403
    assert "这个链接已经用过" in second.text
    assert OverThePort(link).get(browser.home.link("/check")).status == 403


def test_a_listed_enterprise_must_not_be_approved_and_it_is_on_record_who_asked(served, ask):
    before = served.next_number()
    page = ask(served.city.example("listed").uscc, purpose="定标前核实")
    (entry,) = served.entries(before)
    body = body_of(entry)

    assert "受限，不得批准" in page.text
    assert "列入拖欠农民工工资失信联合惩戒名单" in page.text
    assert "法律依据" in page.text
    assert (body["officer"], body["purpose"], body["verdict"]) == ("王五", "定标前核实", 4)


def test_the_receipt_holds(served, ask, browser, tmp_path, capsys):
    page = ask(served.city.example("grade_a").uscc)
    assert "可以办理" in page.text
    received = browser.post(page.link("/receipt"), {"form": "json"})
    file = tmp_path / "receipt.json"
    file.write_bytes(received.content)

    assert "attachment" in received.headers["content-disposition"]
    assert decode_receipt(received.content).response
    place = ("--config", str(served.place.config), "--state", str(served.place.state))
    assert main([*place, "audit", "verify", str(file)]) == 0
    capsys.readouterr()
    readable = browser.post(page.link("/receipt"), {"form": "page"})
    assert readable.headers["content-type"].startswith("text/html")
    assert "联合惩戒查询留痕凭证" in readable.text


def test_a_decision_is_owed_until_it_is_reported(served, ask, browser):
    uscc = served.city.example("grade_a").uscc
    case_ref = f"CONSOLE-OWED-{next(_numbers)}"
    ask(uscc, case_ref=case_ref)
    owed = browser.get(browser.home.link("/outcomes"))
    assert case_ref in owed.text
    at = owed.text[owed.text.index(case_ref) :].split('href="', 1)[1].split('"')[0]
    form = browser.get(at)
    today = form.text.split('name="decided_on" type="date" value="', 1)[1][:10]

    page = browser.post(at, {"outcome": "GRANTED", "decided_on": today, "document_number": "示〔2026〕7号"})

    assert "已登记" in page.text
    assert case_ref not in browser.get(browser.home.link("/outcomes")).text
    place = ("--config", str(served.place.config), "--state", str(served.place.state))
    words = ("outcome", "list", "--area", "bidding", "--case", case_ref)
    assert main([*place, "--address", f"127.0.0.1:{served.port}", *words]) == 0


def test_a_missing_fact_is_named_by_the_gateway_and_marked_in_the_form(served, ask):
    page = ask(served.city.example("grade_a").uscc, fact_project_region="")

    assert page.status == 422
    assert "MALFORMED_REQUEST" in page.text, page.text[page.text.index("<main") :][:1500]
    assert 'href="#fact_project_region"' in page.text


def test_live_cases_are_there(browser):
    page = browser.get(browser.home.link("/cases"))

    assert page.status == 200
    assert "在办项目" in page.text


def test_what_the_mandate_does_not_allow_is_told_in_words(served):
    served.credentials(TOURISM)
    with console_before(served, TOURISM) as link:
        browser = OverThePort(link)
        browser.get(link)
        home = browser.post(browser.base + "/officer", {"officer": "王五"})
        form = home.link("/check/BIDDING_AWARD")
        browser.get(form)
        page = browser.post(form, {"uscc": served.city.example("grade_a").uscc, "case_ref": "C-1", **FACTS})

    assert page.status == 422
    assert "此证书无权这样做" in page.text
    assert "可以办理" not in page.text


@pytest.mark.parametrize("words", [("console",), ("--as", "nobody.nowhere", "console")])
def test_without_a_certificate_nothing_starts(served, words, capsys):
    place = ("--config", str(served.place.config), "--state", str(served.place.state))

    assert main([*place, *words, "--no-browser"]) == 1
    assert "certificate" in capsys.readouterr().err

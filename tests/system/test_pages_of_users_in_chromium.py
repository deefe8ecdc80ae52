"""What the pages of docs/users show and no other test looks at: a bank's answer, a receipt verified, two terminals."""

from __future__ import annotations

import html
import re
import shlex
import subprocess
import sys
from contextlib import contextmanager

import pytest
from browser import browser, looking, pictured
from consoles import AWARD_FACTS, console_before
from e2e.served import BIDDING, gateway_in

pytestmark = pytest.mark.xdist_group("chromium")
BANK = "hanjiang-bank.bank"
WAIT_MS = 60_000
WIDE = re.compile(r"[\u2018-\u201f\u3000-\u303f\u4e00-\u9fff\uff00-\uff60]")
FACTS = " ".join(f"--fact {name.removeprefix('fact_')}={value}" for name, value in AWARD_FACTS.items())
TERMINAL = """<!doctype html><html lang="zh-CN"><title>{title}</title><meta charset="utf-8"><style>
body{{margin:0;padding:1rem 1.5rem;background:#f5f7fa;color:#1c2430;font:15px/1.5 monospace}}
h1{{font:inherit;color:#55606e;margin:0 0 .8rem}}
pre{{margin:0;white-space:pre-wrap;overflow-wrap:anywhere;font:inherit}}b{{color:#1f4e79}}
i{{display:inline-block;width:2ch;text-align:center;font-style:normal}}</style><main><h1>{title}</h1><pre>{text}</pre></main>"""


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("gateway")) as served:
        yield served


@pytest.fixture(scope="module")
def chromium():
    with browser() as driven:
        yield driven


@contextmanager
def let_in(gateway, chromium, who, officer):
    """Yield a page of the console of *who*, in which *officer* has said who it is."""
    with console_before(gateway, who) as link, looking(chromium, "wide") as page:
        page.set_default_timeout(WAIT_MS)
        page.goto(link)
        page.fill("#officer", officer)
        page.keyboard.press("Enter")
        page.wait_for_selector(".cards")
        yield page


def typed(gateway, line):
    """Run ``jsg`` with the words of *line*; returns its exit code and what stands on the screen."""
    place = ("--config", str(gateway.place.config), "--state", str(gateway.place.state))
    words = [sys.executable, "-P", "-m", "gateway", *place, "--address", f"127.0.0.1:{gateway.port}"]
    done = subprocess.run([*words, *shlex.split(line)], capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, done.stderr + done.stdout


def shown(page, title, *lines):
    """Show commands with what each printed, as a terminal does: a Chinese character takes two columns."""
    text = "\n\n".join(f"<b>$ jsg {html.escape(line)}</b>\n{html.escape(said.rstrip())}" for line, said in lines)
    page.set_content(TERMINAL.format(title=html.escape(title), text=WIDE.sub(r"<i>\g<0></i>", text)))


def test_a_bank_is_told_what_to_mind_and_never_that_it_must_not_lend(gateway, chromium):
    with let_in(gateway, chromium, BANK, "客户经理 钱七") as page:
        page.get_by_role("link", name="贷款发放").click()
        page.fill("#uscc", gateway.city.example("listed").uscc)
        page.fill("#case_ref", "DK-2026-8")
        page.get_by_role("button", name="查询").click()
        page.wait_for_selector(".verdict")
        assert page.locator("h1").inner_text() == "附条件办理"
        assert page.locator(".measure.strong").count() == 0
        pictured(page, "users-bank-wide")


def test_a_receipt_from_the_console_holds_on_the_page_that_verifies_receipts(gateway, chromium, tmp_path):
    with let_in(gateway, chromium, BIDDING, "王五") as page:
        page.get_by_role("link", name="定标").click()
        page.fill("#uscc", gateway.city.example("listed").uscc)
        page.fill("#case_ref", "JSGC-2026-17")
        page.fill("#fact_project_region", AWARD_FACTS["fact_project_region"])
        for fact, value in list(AWARD_FACTS.items())[1:]:
            page.check(f'input[name="{fact}"][value="{value}"]')
        page.get_by_role("button", name="查询").click()
        page.wait_for_selector(".verdict.bad")
        with page.expect_download() as download:
            page.get_by_role("button", name="下载凭证", exact=True).click()
        download.value.save_as(tmp_path / "award.json")

    code, said = typed(gateway, f"audit verifier --out {tmp_path / 'receipt.html'}")
    assert code == 0, said
    with looking(chromium, "wide", offline=True) as page:
        page.goto((tmp_path / "receipt.html").as_uri())
        page.set_input_files("#file", tmp_path / "award.json")
        page.wait_for_selector("article.holds")
        text = page.locator("article").inner_text()
        assert "受限，不得批准" in text
        assert gateway.city.example("listed").uscc in text
        pictured(page, "users-receipt-wide")


def test_at_a_terminal_a_question_without_its_facts_is_told_which_one_it_lacks(gateway, chromium):
    asked = f"check {gateway.city.example('grade_a').uscc} --area bidding --point award --case JSGC-2026-17"
    lacking, answered = typed(gateway, asked), typed(gateway, f"{asked} {FACTS}")
    assert (lacking[0], answered[0]) == (1, 0)
    assert "question.case_facts.bidding." in lacking[1]
    with looking(chromium, "wide") as page:
        shown(page, "系统对接人员 system integrator", (asked, lacking[1]), (f"{asked} {FACTS}", answered[1]))
        pictured(page, "users-integrator-wide")


def test_at_a_terminal_an_operator_sees_that_all_is_in_order(gateway, chromium):
    code, said = typed(gateway, "status --officer operator-1")
    assert (code, "正常 in order" in said) == (0, True), said
    with looking(chromium, "wide") as page:
        shown(page, "运行人员 operator", ("status --officer operator-1", said))
        pictured(page, "users-operator-wide")

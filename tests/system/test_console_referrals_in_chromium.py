"""A referred case at the console of the police in Chromium: it can be used, and a file chosen is hashed there."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from browser import browser, looking, pictured
from consoles import console_before
from e2e.referring import POLICE
from e2e.served import gateway_in
from e2e.typing_referrals import PARTIES, desk_at
from playwright.sync_api import expect

pytestmark = pytest.mark.xdist_group("chromium")
CASE = "YS-2026-7"
TITLES = {
    "order": "责令限期支付决定书",
    "delivery": "送达回证",
    "interviews": "劳动者询问笔录",
    "debtor": "用人单位登记资料",
    "items": "涉案物品清单",
    "report": "案件调查报告",
    "letter": "涉嫌犯罪案件移送书",
    "approval": "移送审批表",
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with (
        gateway_in(tmp_path_factory.mktemp("console-justice"), filled=False) as gateway,
        desk_at(gateway, tmp_path_factory.mktemp("desk")) as desk,
    ):
        desk.publish(*PARTIES)
        yield desk


def titled(folder):
    """Give the files of a dossier the titles that such papers have; returns the folder."""
    file = folder / "dossier.toml"
    text = file.read_text(encoding="utf-8")
    for item, title in TITLES.items():
        assert f'"标题 {item}"' in text
        text = text.replace(f'"标题 {item}"', f'"{title}"')
    file.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("look", ["wide"])  # narrow: test_every_view_in_chromium
def test_police_receive_open_and_decide_a_case(desk, look):
    desk.sent(f"{CASE}-{look}", titled(desk.evidence(look)))
    with console_before(desk.served, POLICE) as link, browser() as chromium, looking(chromium, look) as page:
        page.set_default_timeout(60_000)
        page.goto(link)
        page.fill("#officer", "刑警 王五")
        page.keyboard.press("Enter")
        page.wait_for_selector(".tabs")
        pictured(page, f"console-justice-inbox-{look}")
        page.get_by_role("button", name="存入本单位收件簿并签收").click()
        page.wait_for_selector("text=没有未签收的内容")
        page.locator(f'li:has(strong:text-is("{CASE}-{look}"))').get_by_role("link", name="查看").click()
        page.wait_for_selector("text=办理经过")
        pictured(page, f"console-justice-case-{look}")

        page.get_by_role("button", name="下载并核验卷宗").click()
        page.wait_for_selector("text=全部成立")
        pictured(page, f"console-justice-dossier-{look}")
        with page.expect_download() as saved:
            page.get_by_role("button", name="保存文件 order").click()
        assert saved.value.suggested_filename == "1-order.pdf"
        content = Path(saved.value.path()).read_bytes()
        assert content == (desk.folder / look / "order.pdf").read_bytes()

        page.locator(".crumb a").nth(1).click()
        page.get_by_role("link", name="回执").click()
        page.wait_for_selector("[data-hash]:not([hidden])")  # nobody chooses a file before
        page.set_input_files("#document", desk.folder / "document.pdf")
        digest = hashlib.sha256((desk.folder / "document.pdf").read_bytes()).hexdigest()
        expect(page.locator("#document_sha256")).to_have_value(digest)
        page.fill("#document_number", "示公受〔2026〕7号")
        pictured(page, f"console-justice-step-{look}")
        page.get_by_role("button", name="登记并送达").click()
        page.wait_for_selector("text=已登记，并送达其他各方")
        assert page.locator("h1").inner_text().endswith("已签收")
        pictured(page, f"console-justice-received-{look}")
        page.get_by_role("button", name="English").click()
        page.wait_for_selector("text=What may be done next")
        pictured(page, f"console-justice-english-{look}")

"""Every view of every role before a served gateway, in Chinese and in English, in the looks that ``walked`` says.

Each page is looked at by axe, runs out of no window, is in the language that was chosen but for what is data, and is
kept as a picture in ``build/screens``.
"""

from __future__ import annotations

import json
import re
import tomllib
from contextlib import ExitStack
from pathlib import Path

import pytest
from browser import browser
from console_days import asked, at_the_gate, brought, importing, owed, procedure, referred
from console_justice_play import officer_of
from consoles import asked_at_award, console_before, let_in
from e2e.referring import COURT, POLICE, PROCURATORATE
from e2e.served import AUDITOR, BIDDING, HRSS, gateway_in
from e2e.test_awards_cleared import holder
from e2e.typing_referrals import PARTIES, desk_at
from walked import walking

pytestmark = pytest.mark.xdist_group("chromium")
ROOT = Path(__file__).parents[2]
OURS = """王五 赵六 审计员 刑警 检察官 法官 孙七
依法 标题 示公立 示交易"""
"""Names that sign in, what a referral is typed with, and beginnings of documents' numbers."""
CASE = "JSGC-2026-EVERY"
MORE_THAN_A_PAGE = 51
"""Of recorded calls."""
REFERRED = "YS-2026-EVERY"
JUSTICE = {
    "police": (POLICE, "刑警 王五"),
    "procuratorate": (PROCURATORATE, "检察官 赵六"),
    "court": (COURT, "法官 孙七"),
}


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("gateway")) as served:
        served.credentials(AUDITOR)
        yield served


@pytest.fixture(scope="module")
def chromium():
    with browser() as driven:
        yield driven


@pytest.fixture(scope="module")
def said():
    """Return all that the sample city, the titles of mappings and these tests say in Chinese: all else is ours."""
    files = [*(ROOT / "gateway/sample").glob("*.py"), Path(__file__).with_name("console_days.py")]
    titles = [
        tomllib.loads(file.read_text(encoding="utf-8"))["title"] for file in (ROOT / "config/import").glob("*.toml")
    ]
    return "\n".join([OURS, *titles, *(file.read_text(encoding="utf-8") for file in files)])


def all_seen(walk):
    """Every page of the role's table was looked at in each language, and nothing was wrong with any."""
    assert not walk.wrong, json.dumps(walk.wrong, ensure_ascii=False, indent=1)
    for language, seen in walk.seen.items():
        assert walk.paths - seen == set(), language


def test_an_officers_views(gateway, chromium, said):
    example = gateway.city.example
    conditional = next(each for each in gateway.city.examples if each.expected.name == "CONDITIONAL")
    seats = [console_before(gateway, holder(gateway, name)) for name in ("li", "wang")]
    with seats[0] as first, seats[1] as second:
        li, wang = let_in(first, "li"), let_in(second, "wang")
        restricted = asked(li, CASE, uscc=example("listed").uscc)
        open_ones = asked(li, CASE, uscc=conditional.uscc)
        clear = asked(li, CASE, uscc=example("grade_a").uscc)
        named = asked(li, CASE, name=example("grade_a").name)
        gone_ahead = list(at_the_gate(gateway, li, wang))
        with walking(chromium, li, "asking-system", said) as walk:
            outcome = restricted.path + "/outcome"
            day = re.search(r'name="decided_on" type="date" value="([^"]+)"', li.get(outcome).text)[1]
            number = {"document_number": "示交易〔2026〕7号", "part": "1"}
            reported = li.post(outcome, {"outcome": "REFUSED", "decided_on": day, **number})
            walk.over("/officer", restricted, open_ones, clear, named, outcome, reported, *gone_ahead[:-1], "/gone")
            walk.refused("/officer")
            walk.refused("/check/BIDDING_AWARD")
            walk.refused(outcome.removeprefix(li.base))
        all_seen(walk)


def test_an_auditors_views(gateway, chromium, said):
    codes = [each.uscc for each in gateway.city.examples[:3]]
    asked_at_award(gateway, BIDDING, "王五", CASE, *codes)
    rows = "".join(f"{CASE}-{place},{code},2026-11-01,bidding\n" for place, code in enumerate(codes))
    with console_before(gateway, AUDITOR) as link:
        auditor = let_in(link, "审计员")
        auditor.get(auditor.base + "/uncovered")
        files = {"awards": ("名单.csv", f"case,uscc,awarded,area\n{rows}".encode())}
        listed = auditor.upload(auditor.base + "/uncovered/lists", {}, files)
        found = auditor.post(auditor.base + "/accesses", {"case_ref": CASE, "since": "", "until": ""})
        days = re.search(r'name="since" type="date" value="([^"]+)"', auditor.get(auditor.base + "/reviews").text)[1]
        review = {"since": days, "until": days, "request_id": "every-1", "finding_8": "yes", "text": "示例"}
        for _ in range(MORE_THAN_A_PAGE):
            auditor.post(auditor.base + "/reviews", review)
        log = re.search(r"/log\?since=[^\"]+", auditor.get(auditor.base + "/log").text)[0]
        with walking(chromium, auditor, "auditor", said) as walk:
            walk.over("/officer", listed, found, log, "/accesses?since=2026-11-02&until=2026-11-01", "/gone")
            walk.refused("/log")
            walk.refused("/reviews")
            walk.refused("/uncovered", 1)
        all_seen(walk)


def test_the_views_of_hrss(gateway, chromium, said):
    with console_before(gateway, HRSS) as link:
        hrss = let_in(link, "赵六")
        listing = list(procedure(hrss))
        imported = list(importing(hrss))
        ended = list(owed(gateway, hrss))
        hrss.get(hrss.base + "/file")
        files = [
            hrss.post(hrss.base + "/file", {"uscc": gateway.city.example(name).uscc, "case_ref": "DC-1"})
            for name in ("grade_b", "listed", "grade_a")
        ]
        whose = hrss.post(hrss.base + "/file/whose", {"uscc": gateway.city.example("grade_b").uscc})
        with walking(chromium, hrss, "producer", said) as walk:
            walk.over(*files, whose, *listing, *imported, *ended, "/officer", "/clocks?show=ended", "/gone")
            for path in ("/file", "/listings", "/imports/file", listing[0].path.removeprefix(hrss.base)):
                walk.refused(path)
            walk.refused(imported[0].path.removeprefix(hrss.base))
        all_seen(walk)


@pytest.fixture(scope="module")
def desk(gateway, tmp_path_factory):
    with desk_at(gateway, tmp_path_factory.mktemp("desk")) as desk:
        desk.publish(*PARTIES)
        yield desk


def test_the_views_of_police_procuratorate_and_court(gateway, chromium, said, desk):
    with ExitStack() as sitting:
        officers = {
            role: sitting.enter_context(officer_of(gateway, who, name)) for role, (who, name) in JUSTICE.items()
        }
        for role in brought(desk, officers["police"], officers["procuratorate"], REFERRED):
            officer = officers[role]
            with walking(chromium, officer.browser, role, said) as walk:
                pages = list(referred(officer, REFERRED))
                walk.over("/officer", *pages, "/gone")
                walk.refused(pages[-1].path.removeprefix(officer.browser.base))
            all_seen(walk)

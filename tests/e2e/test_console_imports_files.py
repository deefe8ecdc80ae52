"""``jsg console`` for whoever submits, before a real gateway: a file staged, its rows corrected, and two persons."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from consoles import console_before, let_in
from e2e.served import BIDDING, HRSS, award, new_party, today
from google.protobuf import json_format

from gateway.sample.records import listing
from gateway.security.pki import issue_client

pytestmark = pytest.mark.xdist_group("served")
HEADER = "投诉编号,用人单位名称,统一社会信用代码,受理日期,查实日期,工资付清日期,受理机关"
SEEN_SECONDS = 30.0
MANY = 11
"""One more restricted enterprise than one person may approve."""


@contextmanager
def browser_of(served, who):
    """Let a browser into the console of *who*, a person's or a system's."""
    pki = served.place.state / "pki"
    if not (pki / "clients" / f"{who}.pem").exists():
        agency, role, holder = who.split(".")
        issue_client(pki, agency, role, holder, 90, datetime.now(UTC))
    with console_before(served, who) as link:
        yield let_in(link, "赵六")


def staged(browser, name, content, mapping=""):
    browser.get(browser.base + "/imports/file")
    return browser.upload(browser.base + "/imports/file", {"mapping": mapping, "again": "1"}, {"file": (name, content)})


def looked(browser, page):
    """Go from what came of a file to its difference."""
    return browser.post(browser.base + "/imports", {"batch": re.search(r'name="batch" value="([^"]+)"', page.text)[1]})


def complaint(number, party, accepted):
    return f"控台{party.uscc}{number},示例企业,{party.uscc},{accepted},2026-04-10,,示例市人力资源和社会保障局"


def test_a_refused_row_is_corrected_and_comes_on_record_by_a_batch_of_its_own(served):
    party = new_party()
    rows = [HEADER, complaint(1, party, "2026-03-05"), complaint(2, party, "13月")]
    with browser_of(served, HRSS) as browser:
        page = staged(browser, "投诉.csv", "".join(f"{each}\r\n" for each in rows).encode("gb18030"), "complaints")
        assert "第 3 行" in page.text
        kept = browser.get(page.link("/rejects"))
        assert kept.content.decode("utf-8-sig").splitlines()[1].startswith("3,受理日期,")
        form = page.link("/rows/3")
        cells = {f"cell_{at}": cell for at, cell in enumerate(complaint(2, party, "2026-03-06").split(","))}
        browser.get(form)
        again = browser.post(form, cells)
        sent = browser.post(form.partition("/rows/")[0], {})
        assert "已更正" in again.text
        assert "没有被拒收的行" in sent.text
        for each in (page, sent):
            difference = looked(browser, each)
            assert "<dt>新增</dt><dd>1</dd>" in difference.text
            done = browser.post(difference.link("/approve"), {})
            assert "已批准" in done.text
            assert "已入库" in done.text
        ends = time.monotonic() + SEEN_SECONDS  # what was approved last weighs within a second, and later under load
        while time.monotonic() < ends:
            file = browser.post(browser.base + "/file", {"uscc": party.uscc, "case_ref": "DC-1"})
            if all(date in file.text for date in ("2026-03-05", "2026-03-06")):
                return
        pytest.fail(f"not on record: {file.text}")


def test_whoever_staged_it_cannot_be_the_second_person_and_the_other_is(served):
    parties = [new_party() for _ in range(MANY)]
    decided = today() - timedelta(days=30)
    records = [record for party in parties for record in listing(party, f"L-{party.uscc}", decided)]
    lines = [json_format.MessageToJson(record, indent=None, ensure_ascii=False) for record in records]
    with browser_of(served, f"{HRSS}.li") as li:
        page = staged(li, "wage_list.jsonl", "".join(f"{line}\n" for line in lines).encode())
        difference = looked(li, page)
        refused = li.post(difference.link("/approve"), {})
        assert "须由第二人同意" in difference.text
        assert (refused.status, "须由另一人决定" in refused.text) == (422, True)
    with browser_of(served, f"{HRSS}.wang") as wang:
        done = wang.post(looked(wang, page).link("/approve"), {})
    revision = int(re.search(r"<dt>数据版本</dt><dd>\d+ → (\d+)</dd>", done.text)[1])
    asked = award(parties[0].uscc)
    asked.question.at_least_as_fresh = revision

    assert "已入库" in done.text
    assert served.callers.as_caller(BIDDING).check(asked).decision.measures


def test_an_import_is_discarded_with_its_reason_and_weighs_on_nobody(served):
    party = new_party()
    with browser_of(served, HRSS) as browser:
        rows = "".join(f"{each}\r\n" for each in (HEADER, complaint(1, party, "2026-03-05")))
        difference = looked(browser, staged(browser, "投诉.csv", rows.encode(), "complaints"))
        done = browser.post(difference.link("/discard"), {"discard_reason": "错误文件"})
        again = browser.post(difference.link("/approve"), {})

    assert "已放弃" in done.text
    assert "错误文件" in done.text
    assert again.status == 422

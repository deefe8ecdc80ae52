"""Live cases and the award gate in consoles before a real gateway: two persons, each with a certificate of theirs."""

from __future__ import annotations

import re

import pytest
from consoles import console_before, let_in
from e2e.registered import Registered, applicant
from e2e.reported import Listed
from e2e.served import BIDDING, body_of
from e2e.test_awards_cleared import holder
from e2e.test_case_watched import BOTH, watched
from jointsanctions.v1 import common_pb2

pytestmark = pytest.mark.xdist_group("served")
AWARD = str(int(common_pb2.DECISION_POINT_BIDDING_AWARD))
WORD = {"reason": "抢险救灾", "document_number": "示应急〔2026〕1号"}


def seated(served, who):
    """Return the console of *who*, let in, and what ends it."""
    opened = console_before(served, who)
    return let_in(opened.__enter__(), who), opened


@pytest.fixture
def persons(served):
    """Return the consoles of two persons, each with a certificate that names its holder."""
    seats = [seated(served, holder(served, name)) for name in ("li", "wang")]
    yield [browser for browser, _ in seats]
    for _, opened in seats:
        opened.__exit__(None, None, None)


def case_page(browser, case):
    """Open a case from the list."""
    page = browser.get(browser.base + "/cases")
    row = page.text[page.text.index(case.case_ref) :]
    return browser.get(re.search(r'href="([^"]+/cases/[^"]+)"', row)[1])


def test_two_persons_go_ahead_over_what_is_restricted_and_nobody_alone(served, persons):
    li, wang = persons
    listed = Listed(served)
    case = Registered(served, applicant(listed.uscc))
    case.asked(listed.uscc, revision=listed.revision, point=common_pb2.DECISION_POINT_BIDDING_CANDIDATE_PUBLICITY)
    watched(served, case, BOTH)
    page = case_page(li, case)
    assert f"{BOTH} 项限制" in page.text
    assert page.text.count('name="sequence"') == BOTH
    page = li.post(page.link("/gate"), {"place": "0", "point": AWARD})
    assert "<h1>不予放行</h1>" in page.text
    at = next(each for each in re.findall(r'action="([^"]+)"', page.text) if "/gate/" in each)
    begun = li.post(at, {"word": "emergency", **WORD})
    assert "等待第二人" in begun.text
    word = li.post(begun.link("/word"), {}).content

    alone = li.opened_word(word)
    refused = li.post(_join(alone), {"seen": "yes"})
    assert "第二人就是第一人" in refused.text

    page = wang.opened_word(word)
    assert "列入拖欠农民工工资失信联合惩戒名单" in page.text
    before = served.next_number()
    done = wang.post(_join(page), {"seen": "yes"})
    body = body_of(served.entries(before)[0])
    assert "<h1>准予放行</h1>" in done.text
    assert (body["caller"]["holder"], body["award"]["emergency"]["reason"]) == ("wang", WORD["reason"])
    outcome = wang.get(done.link("/outcome"))
    today = outcome.text.split('name="decided_on" type="date" value="', 1)[1][:10]
    reported = wang.post(
        done.link("/outcome"), {"outcome": "OVERRIDDEN", "decided_on": today, "note": "抢险", "part": "1"}
    )
    assert "已登记" in reported.text


def test_a_system_certificate_names_nobody_and_begins_no_emergency(served):
    listed = Listed(served)
    case = Registered(served, applicant(listed.uscc))
    case.asked(listed.uscc, revision=listed.revision)
    browser, opened = seated(served, BIDDING)
    try:
        page = browser.post(case_page(browser, case).link("/gate"), {"place": "0", "point": AWARD})
        at = next(each for each in re.findall(r'action="([^"]+)"', page.text) if "/gate/" in each)
        refused = browser.post(at, {"word": "emergency", **WORD})
    finally:
        opened.__exit__(None, None, None)

    assert "证书没有写明持有人" in refused.text
    assert "准予放行" not in refused.text


def _join(page):
    return next(each for each in re.findall(r'action="([^"]+)"', page.text) if "/second/" in each)

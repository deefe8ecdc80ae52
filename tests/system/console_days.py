"""What each role does at its console on a day, typed over a plain connection; yields the pages that it comes to."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from consoles import AWARD_FACTS
from e2e.registered import Registered, applicant
from e2e.reported import Listed, reported
from e2e.served import new_party, today
from e2e.test_case_watched import BOTH, watched
from jointsanctions.v1 import common_pb2

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console_justice_play import Officer
    from consoles import OverThePort, Page
    from e2e.served import Served
    from e2e.typing_referrals import Desk

HOUR = "示例市人力资源和社会保障局"
PUBLICITY = common_pb2.DECISION_POINT_BIDDING_CANDIDATE_PUBLICITY
AWARD = str(int(common_pb2.DECISION_POINT_BIDDING_AWARD))
HEADER = "投诉编号,用人单位名称,统一社会信用代码,受理日期,查实日期,工资付清日期,受理机关"
DECISION = {
    "reason": "REFUSED_TO_PAY_ORDERED_WAGES",
    "basis": "示例条例第三条",
    "measures": "示例措施",
    "early_removal": "满六个月可以申请",
    "remedies": "六十日内申请复议",
    "repair_notice_number": "修复告知〔2026〕9号",
    "person_0_name": "示例甲",
    "person_0_type": "PASSPORT",
    "person_0_number": "E12345678",
}


def days_ago(number: int) -> str:
    """Return a civil day in the past."""
    return (today() - timedelta(days=number)).isoformat()


def asked(browser: OverThePort, case_ref: str, **whom: str) -> Page:
    """Ask about an enterprise at the award."""
    form = browser.base + "/check/BIDDING_AWARD"
    browser.get(form)
    return browser.post(form, {"case_ref": case_ref, **whom, **AWARD_FACTS})


def at_the_gate(served: Served, li: OverThePort, wang: OverThePort) -> Iterator[Page]:
    """Let two persons go ahead over what is restricted; yields what *li* sees, and what *wang* reports."""
    listed = Listed(served)
    case = Registered(served, applicant(listed.uscc), applicant(new_party().uscc, new_party().uscc))
    case.asked(listed.uscc, revision=listed.revision, point=PUBLICITY)
    watched(served, case, BOTH)
    row = li.get(li.base + "/cases").text.partition(case.case_ref)[2]
    page = li.get(re.search(r'href="([^"]+/cases/[^"]+)"', row)[1])
    yield page
    page = li.post(page.link("/gate"), {"place": "0", "point": AWARD})
    yield page
    begun = li.post(page.path, {"word": "emergency", "reason": "抢险救灾", "document_number": "示应急〔2026〕1号"})
    yield begun
    word = li.post(begun.link("/word"), {}).content
    yield li.opened_word(word)
    done = wang.post(wang.opened_word(word).path, {"seen": "yes"})
    wang.get(done.link("/outcome"))
    over = {"outcome": "OVERRIDDEN", "decided_on": days_ago(0), "note": "抢险", "part": "1"}
    yield wang.post(done.link("/outcome"), over)


def procedure(browser: OverThePort) -> Iterator[Page]:
    """Take a listing from its order to its revocation; yields how it stands between, and each kind of form."""
    path = browser.get(browser.base + "/listings/open").path
    uscc = new_party().uscc
    order = {
        "listing_id": f"L-{uscc}",
        "uscc": uscc,
        "authority": HOUR,
        "document_number": "责令〔2026〕9号",
        "on": days_ago(100),
        "order_due_on": days_ago(80),
        "order_delivered_on": days_ago(99),
        "order_delivery_proof": "回证1",
    }
    page = browser.post(path, order)
    shown: set[tuple[str, ...]] = set()
    for name, on, said in (
        ("列入事先告知", 40, {}),
        ("告知书送达", 39, {"delivery_proof": "回证2"}),
        ("列入决定", 20, DECISION),
        ("决定送达", 19, {"delivery_proof": "回证3", "to": "enterprise"}),
        ("撤销列入", 0, {"reason": "责令决定被撤销"}),
    ):
        steps = dict.fromkeys(re.findall(r'href="([^"]+/listings/steps/[^"]+)">([^<]+)<', page.text))
        for form in (browser.get(step) for step, _ in steps):
            fields = tuple(re.findall(r' name="([^"]+)"', form.text))
            if fields not in shown:
                yield form
            shown.add(fields)
        step = next(step for step, called in steps if called == name)
        page = browser.post(step, {"document_number": "示人社〔2026〕1号", "on": days_ago(on), **said})
        assert page.status == 200, page.text
        yield browser.post(browser.base + "/listings", {"listing_id": order["listing_id"]})
    yield page


def owed(served: Served, browser: OverThePort) -> Iterator[Page]:
    """Revoke a listing on which an agency decided: it owes its acknowledgement, and has to examine the case again."""
    listed = Listed(served)
    answer = listed.asked(case_ref="JSGC-2026-DECIDED")
    reported(served, listed.report(answer, case_ref="JSGC-2026-DECIDED"))
    listed.revoked()
    yield browser.post(browser.base + "/endings", {"uscc": listed.uscc})
    listed.acknowledged()
    yield browser.get(browser.base + "/endings?show=acknowledged")
    yield browser.get(browser.base + "/endings/decided")


def importing(browser: OverThePort) -> Iterator[Page]:
    """Stage a file of which a row is refused, correct and send it, and decide on both; yields the pages."""
    whose = [(number, new_party().uscc) for number in range(3)]
    days = ("2026-03-05", "13月", "2026-03-07")
    lines = [f"示例{uscc}{n},示例企业,{uscc},{days[n]},2026-04-10,,{HOUR}" for n, uscc in whose]
    file = browser.base + "/imports/file"
    browser.get(file)
    content = "".join(f"{line}\r\n" for line in (HEADER, *lines)).encode()
    page = browser.upload(file, {"mapping": "complaints", "again": "1"}, {"file": ("投诉.csv", content)})
    row = browser.get(page.link("/rows/3"))
    yield row
    batch = re.search(r'name="batch" value="([^"]+)"', page.text)[1]
    cells = {f"cell_{at}": cell for at, cell in enumerate(lines[1].replace("13月", "2026-03-06").split(","))}
    yield browser.post(row.path, cells)
    difference = browser.post(browser.base + "/imports", {"batch": batch})
    yield difference
    yield browser.post(difference.link("/approve"), {})


def brought(desk: Desk, police: Officer, procuratorate: Officer, case: str) -> Iterator[str]:
    """Bring a case from HRSS to the court; yields whose turn it is each time that somebody else comes in."""
    desk.sent(case, desk.evidence(case))
    police.browser.post(police.list.link("/referrals"), {})
    yield "police"
    police.take(case, "回执")
    police.take(case, "不予立案", reasons="证据不足")
    desk.stepped("supervise", case)
    yield "procuratorate"
    procuratorate.take(case, "要求说明不立案理由")
    police.take(case, "说明不立案理由")
    procuratorate.take(case, "通知立案")
    police.take(case, "立案")
    procuratorate.take(case, "提起公诉", to_agency="intermediate-court")
    desk.done("share", case, "--with", "intermediate-court")
    yield "court"


def referred(officer: Officer, case: str) -> Iterator[Page]:
    """Open a case and its dossier; yields both, and the form of every step that may be taken."""
    page = officer.case(case)
    yield page
    yield officer.dossier(case)
    yield from (officer.browser.get(step) for step in re.findall(r'href="([^"]+/steps/[^"]+)"', page.text))

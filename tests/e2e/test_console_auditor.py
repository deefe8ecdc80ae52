"""``jsg console`` of an auditor before a real gateway: who asked, that it stands in the log, and what is signed off."""

from __future__ import annotations

import io
import itertools
import re
import zipfile

import pytest
from consoles import asked_at_award, console_before, let_in
from e2e.served import AUDITOR, BIDDING, body_of

from gateway.cli.main import main

pytestmark = pytest.mark.xdist_group("served")
_numbers = itertools.count()


@pytest.fixture(scope="module")
def auditor(served):
    served.credentials(AUDITOR)
    with console_before(served, AUDITOR) as link:
        yield let_in(link, "审计员")


@pytest.fixture(scope="module")
def asked(served):
    """Ask about a listed enterprise as an officer would; return its code and the case."""
    uscc, case_ref = served.city.example("listed").uscc, f"AUDITED-{next(_numbers)}"
    asked_at_award(served, BIDDING, "王五", case_ref, uscc)
    return uscc, case_ref


def search(auditor, **fields):
    auditor.get(auditor.base + "/accesses")
    return auditor.post(auditor.base + "/accesses", fields)


def address(page, pattern):
    return re.search(rf'href="([^"]*{pattern})"', page.text)[1]


def test_an_enterprises_history_leads_to_the_proof_that_it_was_asked_about(served, auditor, asked):
    uscc, case_ref = asked
    before = served.next_number()
    history = search(auditor, uscc=uscc, since="", until="")

    assert case_ref in history.text
    assert body_of(served.entries(before)[-1])["method"] == "AuditService/SearchAccess"
    row = history.text[: history.text.index(case_ref)].rindex("/accesses/")
    entry = auditor.get(auditor.base + history.text[row:].split('"')[0])
    assert case_ref in entry.text
    assert "王五" in entry.text
    assert "受限" in entry.text
    proof = auditor.get(address(entry, "/proof"))
    assert "证明成立" in proof.text
    assert "<svg" in proof.text


def test_one_officers_day_is_found_and_nobody_elses(auditor, asked):
    _, case_ref = asked

    assert case_ref in search(auditor, officer="王五", agency="public-resources-trading").text
    assert case_ref not in search(auditor, officer="nobody-of-that-name").text


def test_a_second_look_proves_that_the_log_has_only_grown(auditor, asked):
    del asked
    first = auditor.get(auditor.base + "/log")
    assert "日志状况" in first.text
    second = auditor.get(address(first, r"/log\?since=[^\"]+"))

    assert "日志只增不改" in second.text
    assert "警报" not in second.text


@pytest.mark.parametrize(
    ("page", "said"),
    [
        ("/anomalies", "异常不是指控"),
        ("/uncovered", "已核对"),
        ("/volume", "public-resources-trading"),
        ("/reviews", "签署"),
    ],
)
def test_the_other_pages_answer(auditor, asked, page, said):
    del asked
    found = auditor.get(auditor.base + page)

    assert found.status == 200
    assert said in found.text


def test_a_review_of_days_that_are_over_is_signed_and_listed(auditor):
    text = f"已核对 {next(_numbers)}"
    form = auditor.get(auditor.base + "/reviews").text
    yesterday = re.search(r'name="since" type="date" value="([^"]+)"', form)[1]
    days = {"since": yesterday, "until": yesterday, "request_id": f"console-{text[-1]}"}
    page = auditor.post(auditor.base + "/reviews", {**days, "finding_8": "yes", "text": text})

    assert page.status == 200, page.text[page.text.index("<main") :][:1500]
    assert text in page.text
    assert "其他" in page.text


def test_a_part_of_an_address_that_is_no_day_is_not_searched_by(served, auditor):
    before = served.next_number()

    assert auditor.get(auditor.base + "/accesses?since=yesterday&until=").status == 422
    assert served.entries(before) == []


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_unpacks_to_what_is_verified_elsewhere(served, auditor, asked, tmp_path, capsys, form):
    uscc, case_ref = asked
    auditor.get(auditor.base + "/accesses")
    fields = {"uscc": uscc, "since": "", "until": "", "case_ref": case_ref, "form": form}
    file = auditor.post(auditor.base + "/accesses/exported", fields)
    assert file.headers["content-type"] == "application/zip", file.text
    with zipfile.ZipFile(io.BytesIO(file.content)) as packed:
        packed.extractall(tmp_path / "looked")

    assert case_ref in (tmp_path / "looked" / f"rows.{form}").read_text(encoding="utf-8")
    place = ("--config", str(served.place.config), "--state", str(served.place.state))
    assert main([*place, "audit", "verify", str(tmp_path / "looked")]) == 0
    capsys.readouterr()

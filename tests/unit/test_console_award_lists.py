"""An auditor's list of awards from a file in the console: all of it looked at or none, shown, and saved harmless."""

from __future__ import annotations

import csv
import io
import re

import grpc
import pytest
from console_audit import Auditing, link
from console_desk import CODE, SCRIPT
from hypothesis import given
from hypothesis import strategies as st
from jointsanctions.v1 import award_cover_pb2 as pb
from jointsanctions.v1 import common_pb2
from test_console_auditing import award

from adapters.errors import GatewayError
from console import award_list
from console.award_list import HEADER, StandOut, as_csv
from console.words import Words
from formats.award_lists import read_awards
from gateway.cli.console_names import CONSOLE_NAMES

HEAD = "case,uscc,awarded,area,agency,row\n"
ROW = f"JSGC-2026-18,{CODE},2026-11-01,bidding,hrss,r-1\n"


@pytest.fixture
def auditing():
    auditing = Auditing()
    auditing.get("/uncovered")
    auditing.gateway.asked.clear()
    return auditing


def sent(auditing, content):
    content = content.encode() if isinstance(content, str) else content
    return auditing.browser.upload(auditing.path("/uncovered/lists"), {}, {"awards": content})


def test_the_awards_of_a_file_are_asked_about_and_what_stands_out_is_shown(auditing):
    never = award(row_id="r-1", case_ref="JSGC-2026-18", reason=pb.UNCOVERED_REASON_NEVER_ASKED, nearest=None)
    auditing.gateway.awards = [pb.ListUncoveredAwardsResponse(awards=[never], looked_at=2)]
    late = f"JSGC-2026-19,{CODE},2026-11-02T09:00:00+08:00,procurement,,\n"
    page = auditing.browser.follow(sent(auditing, HEAD + ROW + late))
    (request,) = auditing.gateway.calls(pb.ListUncoveredAwardsRequest)
    first, second = request.rows

    assert (request.officer, first.row_id, first.case_ref, first.uscc, first.agency, first.awarded_on) == (
        "审计员",
        "r-1",
        "JSGC-2026-18",
        CODE,
        "hrss",
        "2026-11-01",
    )
    assert (second.row_id, second.awarded_at.seconds, second.area) == (
        "line 3",
        1793581200,
        common_pb2.AREA_PROCUREMENT,
    )
    assert "已核对 2 项，其中 1 项" in page.words
    assert "从未查询" in page.words


def test_that_none_stands_out_is_said_and_gb18030_is_read(auditing):
    page = auditing.browser.follow(sent(auditing, (HEAD + ROW.replace("JSGC", "项目")).encode("gb18030")))

    assert "没有发现" in page.words
    assert "保存为 CSV" not in page.words
    assert auditing.gateway.asked[0].rows[0].case_ref == "项目-2026-18"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件为空"),
        (HEAD, "没有数据行"),
        ("case,uscc\n", "缺少列 awarded, area"),
        (HEAD + ROW + f"C,{CODE},yesterday,bidding,,\n", "第 3 行 awarded ：须为日期"),
        (HEAD + "C,,2026-11-01,bidding,,\n", "第 2 行 uscc ：为空"),
        (b"PK\x03\x04", "Excel"),
        (b"\xff\xfe\x00", "UTF-16"),
        (HEAD + '"' + ROW, "无法按 CSV 读取"),
    ],
)
def test_with_one_row_that_cannot_be_used_nobody_is_asked_and_row_and_column_are_named(auditing, content, said):
    page = sent(auditing, content)

    assert page.status == 422
    assert said in re.sub(r"\s+", " ", page.words)
    assert auditing.gateway.asked == []


def test_too_many_rows_and_too_many_faults_are_cut_short(auditing, monkeypatch):
    monkeypatch.setattr(award_list, "MOST_ROWS", 2)
    assert "最多 2 行" in sent(auditing, HEAD + ROW * 3).words
    page = sent(auditing, HEAD + f",{CODE},2026-11-01,bidding,,\n" * 50)
    assert page.words.count("为空") == award_list.MOST_FAULTS
    assert "…" in page.words
    assert auditing.gateway.asked == []


def test_a_long_list_is_asked_about_in_parts_and_shown_as_one(auditing, monkeypatch):
    monkeypatch.setattr(award_list, "AT_ONCE", 2)
    auditing.gateway.awards = [pb.ListUncoveredAwardsResponse(awards=[award()])]
    page = auditing.browser.follow(sent(auditing, HEAD + ROW.replace("r-1", "") * 5))

    assert [len(each.rows) for each in auditing.gateway.asked] == [2, 2, 1]
    assert "已核对 5 项，其中 3 项" in page.words


def test_a_value_that_the_gateway_does_not_take_is_named_by_its_row_and_column(auditing, monkeypatch):
    monkeypatch.setattr(award_list, "AT_ONCE", 1)
    fields = {"field": "rows[0].uscc"}
    auditing.gateway.error = GatewayError(grpc.StatusCode.INVALID_ARGUMENT, "MALFORMED_REQUEST", fields, "is no code")
    page = sent(auditing, HEAD + ROW)

    assert page.status == 422
    assert "第 2 行 uscc ：网关不接受：is no code" in re.sub(r"\s+", " ", page.words)


def test_any_other_failure_is_told_and_not_that_nothing_stands_out(auditing):
    auditing.gateway.error = GatewayError(grpc.StatusCode.UNAVAILABLE, "", {}, "gone")
    page = sent(auditing, HEAD + ROW)

    assert page.status == 502
    assert "没有发现" not in page.words


def test_what_stands_out_is_saved_and_no_cell_of_it_runs(auditing):
    formula = '=HYPERLINK("http://x")'
    hostile = award(row_id=formula, case_ref=SCRIPT, agency="@SUM(1)", uscc=CODE)
    auditing.gateway.awards = [pb.ListUncoveredAwardsResponse(awards=[hostile])]
    page = auditing.browser.follow(sent(auditing, HEAD + ROW))
    at = re.search(r'action="[^"]*(/uncovered/lists/[^"]+/csv)"', page.text)[1]
    file = auditing.post(at)
    header, row = csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline=""))

    assert "attachment" in file.headers["content-disposition"]
    assert tuple(header) == HEADER
    assert (row[0], row[1], row[5], row[6]) == (f"'{formula}", SCRIPT, "'@SUM(1)", "EXPIRED")
    assert "<script>alert" not in page.text
    assert "证明成立" in auditing.browser.get(link(page, '/proofs/[^"]+')).words


def test_what_was_reported_is_saved_as_well(auditing):
    auditing.gateway.awards = [pb.ListUncoveredAwardsResponse(awards=[award()], looked_at=1)]
    page = auditing.get("/uncovered")
    at = re.search(r'action="[^"]*(/uncovered/lists/[^"]+/csv)"', page.text)[1]

    assert auditing.post(at).content.decode("utf-8-sig").count("\r\n") == 2
    assert auditing.post("/uncovered/lists/x/csv").status == auditing.get("/uncovered/lists/x").status == 404


@given(
    st.sampled_from(["", "=", "+", "-", "@", "＝", "\t", "'=", "''@"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
)
def test_a_saved_cell_begins_like_no_formula_and_the_case_is_found_again(begins, rest):
    case_ref = begins + rest
    found = StandOut((award(case_ref=case_ref, uscc=CODE, awarded_on="2026-11-01"),), 1)
    content = as_csv(found, str, Words("zh", CONSOLE_NAMES)).decode("utf-8-sig")
    _, row = csv.reader(io.StringIO(content, newline=""))

    assert not any(re.match(r"[=+\-@\t\r\n＝＋－＠]", cell) for cell in row)
    if case_ref.strip() == case_ref and case_ref and "\0" not in case_ref:
        (again,) = read_awards(content, {"bidding"})
        assert again.case == case_ref

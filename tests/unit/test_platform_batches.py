"""The connector's batches: new, changed and ended rows by what the platform has, receipts, and what is owed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from listing_life import CALENDAR
from platform_stream import (
    CODE,
    ENDED,
    OTHER,
    REPLACED,
    Stream,
    act,
    at,
    change_set,
    fact,
    listed,
    named,
    shown,
    withdrawn,
)

from adapters.errors import JournalUnavailableError
from adapters.platform import batches, handing
from adapters.platform.following import report
from adapters.platform.layouts import LAYOUTS
from adapters.platform.ledger import GapError, Ledger
from adapters.platform.owed import status

NOW = at("2026-03-10T09:00")


@pytest.fixture
def stream(tmp_path):
    found = Stream(tmp_path)
    found.tell(named(), named("示例新海有限公司", OTHER), feed="market_regulation")
    return found


def made(stream, now=NOW):
    """Report, and return the rows of the batches that were made, with their operation, ground and day."""
    before = stream.ledger.connection.execute("SELECT coalesce(max(number), 0) FROM batch").fetchone()[0]
    report(stream.ledger, now)
    after = stream.ledger.connection.execute("SELECT coalesce(max(number), 0) FROM batch").fetchone()[0]
    return [row for number in range(before + 1, after + 1) for row in stream.rows(number)]


def said(rows):
    return [(row["操作"], row["终止事由"], row["终止日期"]) for row in rows]


def test_a_listing_goes_out_in_the_columns_of_the_exchange_and_no_person_with_it(stream):
    stream.tell(*listed(), feed="wage_list")
    (row,) = made(stream)
    assert list(row)[:15] == list(LAYOUTS["listing"].columns)
    assert {column: cell for column, cell in row.items() if cell} == {
        "对象名称": "示例和禾建筑有限公司",
        "统一社会信用代码": CODE,
        "列入时间": "2026-03-02",
        "预计退出日期": "2029-03-02",
        "发布机关名称": "示例市人力资源和社会保障局",
        "文书号": "列〔L〕号",
        "列入事由": "逾期未支付",
        "列入依据": "45号令",
        "名单项目名称": "失信联合惩戒对象名单",
        "操作": "新增",
    }


def test_a_penalty_goes_out_in_wan_with_its_three_ends_apart(stream):
    ends = {"display_until": "2027-03-02", "shared_until": "2028-03-02", "retained_until": "2036-03-02"}
    stream.tell(fact("penalty", confiscated_fen=0, **ends), feed="labour_inspection")
    (row,) = made(stream)
    assert (row["罚款金额(万元)"], row["没收金额(万元)"], row["处罚类别"]) == ("1.234567", "0", "罚款")
    assert [row[column] for column in ("公示截止期", "共享截止期", "档案保存截止期")] == list(ends.values())


def test_ends_that_nobody_decided_stay_empty_and_configured_ones_are_filled(stream):
    stream.tell(fact("penalty"), feed="labour_inspection")
    stream.tell(fact("licence", "Q", "许〔1〕号"), feed="licences")
    licence, penalty = made(stream)
    assert [penalty[column] for column in ("公示截止期", "共享截止期", "档案保存截止期")] == ["", "", ""]
    assert [licence[column] for column in ("公示截止期", "共享截止期", "档案保存截止期")] == ["", "", "2036-03-02"]


@pytest.mark.parametrize(
    ("acts", "ground", "ended_on"),
    [
        ([act("REPAIR", "2026-03-08")], "信用修复", "2026-03-08"),
        ([act("REVOCATION", "2026-03-09")], "撤销", "2026-03-09"),
        ([act("STAY", "2026-03-07")], "停止执行", "2026-03-07"),
        ([act("HIDDEN", "2026-03-07")], "裁定屏蔽", "2026-03-07"),
        ([act("REPAIR_SHOWN", "2026-03-07")], "平台显示已修复", "2026-03-07"),
    ],
)
def test_each_end_is_told_with_its_ground_and_its_day(stream, acts, ground, ended_on):
    stream.tell(*listed(), feed="wage_list")
    assert said(made(stream)) == [("新增", "", "")]
    stream.tell(*acts, feed="shown_repairs")
    (row,) = made(stream)
    assert said([row]) == [("终止", ground, ended_on)]
    assert (row["对象名称"], row["文书号"]) == ("示例和禾建筑有限公司", "列〔L〕号")
    assert made(stream) == []


def test_a_listing_that_is_three_years_old_ends_without_any_revision(stream):
    stream.tell(*listed(), feed="wage_list")
    made(stream)
    revision = stream.ledger.revision
    assert made(stream, at("2029-03-01T23:59:59")) == []
    assert said(made(stream, at("2029-03-02T00:00"))) == [("终止", "期满", "2029-03-02")]
    assert (stream.ledger.revision, made(stream, at("2030-01-01"))) == (revision, [])


def test_what_came_and_ended_before_anything_was_sent_is_never_sent(stream):
    stream.tell(*listed(), feed="wage_list")
    stream.tell(act("REVOCATION", "2026-03-09"), feed="wage_list")
    assert made(stream) == []


def test_what_is_not_delivered_is_not_shared_and_what_is_stayed_comes_back(stream):
    stream.tell(act("DECISION", "2026-03-02", "列〔L〕号"), feed="wage_list")
    assert made(stream) == []
    stream.tell(act("DELIVERY", "2026-03-05"), feed="wage_list")
    assert said(made(stream, at("2026-03-05T12:00"))) == []
    assert said(made(stream, at("2026-03-06T00:00"))) == [("新增", "", "")]
    stream.tell(act("STAY", "2026-03-07"), feed="wage_list")
    assert said(made(stream)) == [("终止", "停止执行", "2026-03-07")]
    stream.tell(act("STAY_ENDED", "2026-03-10"), feed="wage_list")
    assert made(stream) == []
    assert said(made(stream, at("2026-03-11T00:00"))) == [("新增", "", "")]


def test_a_restored_listing_is_a_row_of_its_own(stream):
    """L-18: with other dates, and so under another key."""
    stream.tell(*listed(), feed="wage_list")
    made(stream)
    stream.tell(act("REPAIR", "2026-03-05"), feed="wage_list")
    made(stream)
    stream.tell(
        act("RESTORE", "2026-03-08", "恢复〔1〕号"), act("DELIVERY", "2026-03-08", "送〔2〕号"), feed="wage_list"
    )
    (row,) = made(stream)
    assert (row["操作"], row["列入时间"], row["预计退出日期"], row["文书号"]) == (
        "新增",
        "2026-03-08",
        "2029-03-08",
        "恢复〔1〕号",
    )


def test_a_stay_of_an_earlier_run_lifts_no_later_one(stream):
    stream.tell(*listed(), feed="wage_list")
    made(stream)
    stream.tell(act("STAY", "2026-03-04"), act("REPAIR", "2026-03-05"), feed="wage_list")
    made(stream)
    stream.tell(
        act("RESTORE", "2026-03-08", "恢复〔1〕号"), act("DELIVERY", "2026-03-08", "送〔2〕号"), feed="wage_list"
    )
    assert said(made(stream)) == [("新增", "", "")]


def test_a_changed_record_is_sent_changed_and_an_unchanged_one_not(stream):
    stream.tell(fact("penalty"), feed="labour_inspection")
    made(stream)
    stream.tell(fact("penalty"), feed="labour_inspection")
    assert made(stream) == []
    changed = fact("penalty", fine_fen=2_000_000)
    changed.what = REPLACED
    stream.tell(changed, feed="labour_inspection")
    (row,) = made(stream)
    assert (row["操作"], row["罚款金额(万元)"]) == ("变更", "2")
    stream.tell(named("示例和禾集团有限公司", valid_from="2026-01-01"), feed="market_regulation")
    (row,) = made(stream)
    assert (row["操作"], row["行政相对人名称"]) == ("变更", "示例和禾集团有限公司")


def test_a_record_under_another_key_ends_under_the_old_one_and_is_new_under_the_other(stream):
    stream.tell(fact("penalty"), feed="labour_inspection")
    made(stream)
    moved = fact("penalty", uscc=OTHER)
    moved.what = REPLACED
    stream.tell(moved, feed="labour_inspection", on="2026-03-05")
    rows = made(stream)
    assert [(row["统一社会信用代码"], row["操作"], row["终止事由"]) for row in rows] == [
        (CODE, "终止", "撤回"),
        (OTHER, "新增", ""),
    ]


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (withdrawn(), ("终止", "撤销", "2026-04-01")),
        (withdrawn(until="2026-04-02"), ("终止", "撤回", "2026-04-02")),
        (shown(), ("终止", "平台显示已修复", "2026-04-01")),
    ],
)
def test_a_fact_ends_by_withdrawal_by_a_shown_repair_and_by_its_own_end(stream, note, expected):
    stream.tell(fact("publication"), feed="publications")
    made(stream)
    assert said(made(stream, at("2026-09-01T12:00"))) == []
    stream.tell(note, feed="publications", on="2026-03-20")
    assert said(made(stream, at("2026-04-02T00:00"))) == [expected]


def test_a_rejected_shown_repair_brings_the_row_back_and_its_display_ends_by_time(stream):
    stream.tell(fact("publication"), feed="publications")
    made(stream)
    stream.tell(shown(), feed="shown_repairs")
    assert said(made(stream, at("2026-04-02"))) == [("终止", "平台显示已修复", "2026-04-01")]
    stream.tell(shown(rejected_on="2026-04-05"), feed="shown_repairs")
    assert made(stream, at("2026-04-05T12:00")) == []
    assert said(made(stream, at("2026-04-06T00:00"))) == [("新增", "", "")]
    assert said(made(stream, at("2026-09-02T00:00"))) == [("终止", "期满", "2026-09-02")]


def test_a_record_that_is_this_enterprises_no_more_is_taken_back(stream):
    stream.tell(fact("penalty"), feed="labour_inspection")
    made(stream)
    gone = fact("penalty")
    gone.what = ENDED
    stream.tell(gone, feed="labour_inspection")
    assert said(made(stream)) == [("终止", "撤回", "2026-03-10")]


def test_a_listing_and_a_withdrawal_whose_import_was_revoked_are_taken_back(stream):
    stream.tell(*listed(), feed="wage_list")
    stream.tell(fact("publication"), withdrawn(), feed="publications")
    assert [row["操作"] for row in made(stream, at("2026-04-02"))] == ["新增"], "what was withdrawn is not sent"
    voided = [*listed(), withdrawn()]
    for change in voided:
        change.what = ENDED
    stream.tell(*voided, feed="wage_list", on="2026-04-02")
    told = [(row["操作"], row["终止事由"]) for row in made(stream, at("2026-04-03"))]
    assert told == [("终止", "撤回"), ("新增", "")]


def test_what_the_platform_brought_itself_does_not_go_back_to_it(stream):
    stream.tell(fact("penalty"), feed="penalties")
    stream.tell(fact("publication", "X"), feed="somewhere")
    assert made(stream) == []


def test_a_row_that_lacks_a_name_waits_and_is_named(tmp_path):
    stream = Stream(tmp_path)
    stream.tell(*listed(), feed="wage_list")
    assert made(stream) == []
    found = status(stream.ledger, CALENDAR, NOW)
    assert [(each.record_id, each.lacks) for each in found.waiting] == [("L", "对象名称")]
    assert found.alarm
    stream.tell(named(), feed="market_regulation")
    assert said(made(stream)) == [("新增", "", "")]
    assert status(stream.ledger, CALENDAR, NOW).waiting == ()


def test_batches_are_numbered_and_chained_and_split_by_size(tmp_path):
    stream = Stream(tmp_path, batch_rows=2)
    stream.tell(named(), feed="market_regulation")
    stream.tell(*(each for number in range(5) for each in listed(f"L{number}")), feed="wage_list")
    assert len(made(stream)) == 5
    manifests = [path.read_bytes() for path in sorted((tmp_path / "out").glob("*.manifest.json"))]
    previous = ""
    for number, text in enumerate(manifests, 1):
        manifest = json.loads(text)
        content = (tmp_path / "out" / manifest["file"]).read_bytes()
        assert (manifest["batch"], manifest["sha256"]) == (number, hashlib.sha256(content).hexdigest())
        assert manifest["previous_manifest_sha256"] == previous
        previous = hashlib.sha256(text).hexdigest()
    assert [json.loads(text)["rows"] for text in manifests] == [2, 2, 1]
    assert {json.loads(text)["to_revision"] for text in manifests} == {2}


def test_a_batch_is_handed_over_again_unchanged_whatever_became_of_its_file(stream):
    stream.tell(*listed(), feed="wage_list")
    made(stream)
    files = {path: path.read_bytes() for path in (stream.settings.folder / "out").iterdir()}
    for path in files:
        path.unlink()
    stream.tell(act("REPAIR", "2026-03-08"), feed="wage_list")
    assert handing.hand_over(stream.ledger, NOW, 1) == [1]
    assert {path: path.read_bytes() for path in (stream.settings.folder / "out").iterdir()} == files
    with pytest.raises(LookupError):
        handing.hand_over(stream.ledger, NOW, 99)
    with pytest.raises(JournalUnavailableError), stream.ledger.writing() as connection:
        connection.execute("UPDATE batch SET content = x'00'")


def test_a_receipt_closes_its_batch_and_acknowledges_its_rows(stream):
    stream.tell(*listed(), feed="wage_list")
    made(stream)
    found = status(stream.ledger, CALENDAR, NOW)
    assert ([each.number for each in found.batches], len(found.reports)) == ([1], 1)
    stream.receipt(1)
    assert handing.read_receipts(stream.ledger, NOW) == []
    found = status(stream.ledger, CALENDAR, NOW)
    assert (found.batches, found.reports, found.ends, found.alarm) == ((), (), (), False)
    assert handing.read_receipts(stream.ledger, NOW) == []


def test_a_rejected_row_is_named_and_sent_again_only_when_it_changes_or_is_asked_for(stream):
    stream.tell(*listed(), *listed("M", uscc=OTHER), feed="wage_list")
    made(stream)
    stream.receipt(1, rejected=[{"row": 2, "reason": "名称与代码不符"}])
    assert made(stream) == []
    (rejected,) = status(stream.ledger, CALENDAR, NOW).rejected
    assert (rejected.batch, rejected.place, rejected.key[0], rejected.reason) == (1, 2, OTHER, "名称与代码不符")
    assert made(stream, at("2026-03-20")) == []
    stream.tell(named("示例新海有限公司", OTHER), feed="market_regulation")
    assert made(stream, at("2026-03-20")) == []
    assert handing.retry(stream.ledger, NOW) == 1
    (row,) = made(stream, at("2026-03-20"))
    assert (row["操作"], row["统一社会信用代码"]) == ("新增", OTHER)
    assert status(stream.ledger, CALENDAR, NOW).rejected == ()


def test_an_end_that_was_rejected_is_still_owed(stream):
    stream.tell(*listed(), feed="wage_list")
    made(stream)
    stream.receipt(1)
    stream.tell(act("REPAIR", "2026-03-08"), feed="wage_list")
    made(stream)
    stream.receipt(2, status="REJECTED", reason="系统维护")
    made(stream)
    found = status(stream.ledger, CALENDAR, NOW)
    assert [(each.ground, each.overdue) for each in found.ends] == [("信用修复", False)]
    assert found.rejected[0].reason == "系统维护"
    assert status(stream.ledger, CALENDAR, at("2026-03-20T23:59")).ends[0].overdue is False
    late = status(stream.ledger, CALENDAR, at("2026-03-21T00:00")).ends[0]
    assert (late.overdue, late.due_on, late.working_days) == (True, "2026-03-20", 10)


def test_a_record_that_is_not_acknowledged_in_three_working_days_is_late(stream):
    """I-30."""
    stream.tell(*listed(), feed="wage_list", on="2026-03-06")
    made(stream)
    assert [each.overdue for each in status(stream.ledger, CALENDAR, at("2026-03-11T23:59")).reports] == [False]
    assert [each.overdue for each in status(stream.ledger, CALENDAR, at("2026-03-12T00:00")).reports] == [True]
    assert status(stream.ledger, CALENDAR, at("2026-03-12T09:00")).batches[0].overdue


@pytest.mark.parametrize(
    ("said_there", "why"),
    [
        ({"sha256": "0" * 64}, "sha256"),
        ({"batch": 2}, "batch"),
        ({"status": "OK"}, "status"),
        ({"rejected": [{"row": 2, "reason": "x"}]}, "rejected row"),
        ({"rejected": [{"row": 1}]}, "rejected row"),
        ({"rejected": [{"row": True, "reason": "x"}]}, "rejected row"),
        ({"rejected": "all"}, "rejected"),
    ],
)
def test_a_receipt_that_is_none_leaves_the_batch_open(stream, said_there, why):
    stream.tell(*listed(), feed="wage_list")
    made(stream)
    stream.receipt(1, **said_there)
    (bad,) = handing.read_receipts(stream.ledger, NOW)
    assert why in bad.why
    assert len(status(stream.ledger, CALENDAR, NOW).batches) == 1


def test_a_second_receipt_that_says_otherwise_and_a_stray_file_change_nothing(stream):
    stream.tell(*listed(), feed="wage_list")
    made(stream)
    stream.receipt(1)
    made(stream)
    stream.receipt(1, status="REJECTED")
    (stream.settings.folder / "receipts" / "notes.txt").write_text("x", encoding="utf-8")
    (stream.settings.folder / "receipts" / "000000009.receipt.json").write_text("{}", encoding="utf-8")
    assert [bad.file for bad in handing.read_receipts(stream.ledger, NOW)] == [
        "000000001.receipt.json",
        "000000009.receipt.json",
        "notes.txt",
    ]
    assert status(stream.ledger, CALENDAR, NOW).rejected == ()


def test_a_gap_in_the_stream_stops_it_and_what_came_twice_changes_nothing(stream):
    before = stream.ledger.revision
    with pytest.raises(GapError):
        stream.ledger.apply([change_set(before + 2, listed(), "wage_list")])
    stream.ledger.apply([change_set(before, listed("Z"), "wage_list")])
    assert (stream.ledger.revision, batches.make(stream.ledger, NOW)) == (before, [])


def test_a_file_that_is_no_store_of_the_connector_is_left_alone(tmp_path):
    path = tmp_path / "other"
    path.write_bytes(b"no database at all, but long enough to look like one" * 40)
    with pytest.raises(JournalUnavailableError):
        Ledger(path, replace(Stream(tmp_path / "x").settings))

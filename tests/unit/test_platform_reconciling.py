"""Reconciling with the platform: each kind of difference is found and named; and the connector's own configuration."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from platform_stream import CODE, OTHER, Stream, act, at, fact, listed, named

from adapters.errors import SettingsError
from adapters.platform import settings
from adapters.platform.following import report
from adapters.platform.handing import retry
from adapters.platform.layouts import LAYOUTS, written
from adapters.platform.reconciling import compare_extract, compare_summary, digest, summary

NOW = at("2026-03-10T09:00")
DAY = NOW.date()
CONFIG = Path(__file__).parents[2] / "config" / "platform.toml"
THIRD = "91420399MA00K2U7XJ"


@pytest.fixture
def stream(tmp_path):
    """Three listings were sent and acknowledged, of which the third ended and its end was acknowledged too."""
    found = Stream(tmp_path)
    found.tell(named(), named("示例乙公司", OTHER), named("示例丙公司", THIRD), feed="market_regulation")
    found.tell(*listed(), *listed("M", uscc=OTHER), *listed("N", uscc=THIRD), feed="wage_list")
    report(found.ledger, NOW)
    found.receipt(1)
    found.tell(act("REPAIR", "2026-03-08", listing_id="N", uscc=THIRD), feed="wage_list")
    report(found.ledger, NOW)
    found.receipt(2)
    report(found.ledger, NOW)
    return found


def extract(stream, number=1):
    """Return the rows of a batch as the platform would have them, less what is ours."""
    return [{column: row[column] for column in LAYOUTS["listing"].columns} for row in stream.rows(number)]


def compared(stream, rows):
    content = written(LAYOUTS["listing"].columns, rows)
    return [(each.what, each.key[:1], each.says) for each in compare_extract(stream.ledger, content)]


def held(stream):
    return [row for row in extract(stream) if row["统一社会信用代码"] != THIRD]


def test_a_platform_that_has_what_was_sent_differs_in_nothing_in_whatever_order(stream):
    assert compared(stream, held(stream)) == compared(stream, held(stream)[::-1]) == []
    own = summary(stream.ledger, DAY)
    assert own["kinds"]["listing"] == {"count": 2, "sha256": digest("listing", held(stream))}
    assert compare_summary(stream.ledger, json.loads(json.dumps(own)), DAY) == []


def test_what_is_missing_there_is_named(stream):
    assert compared(stream, held(stream)[:1]) == [("MISSING", (held(stream)[1]["统一社会信用代码"],), "")]


def test_what_ended_here_and_is_still_there_is_a_late_removal_with_its_day(stream):
    """X-03."""
    assert compared(stream, extract(stream)) == [("LATE_REMOVAL", (THIRD,), "2026-03-08")]


def test_what_was_never_sent_is_extra(stream):
    stranger = held(stream)[0] | {"文书号": "外〔1〕号"}
    assert compared(stream, [*held(stream), stranger]) == [("EXTRA", (stranger["统一社会信用代码"],), "")]


def test_a_row_that_differs_is_named_with_its_columns(stream):
    changed = [
        row | {"列入事由": "另一事由", "备注": "x"} if row["统一社会信用代码"] == CODE else row for row in held(stream)
    ]
    assert compared(stream, changed) == [("DIFFERENT", (CODE,), "列入事由, 备注")]


def test_a_row_that_is_there_twice_is_named(stream):
    assert [what for what, *_ in compared(stream, [*held(stream), held(stream)[0]])] == ["TWICE"]


def test_counts_and_hashes_that_differ_are_told(stream):
    own = summary(stream.ledger, DAY)
    own["kinds"]["listing"]["sha256"] = "0" * 64
    assert [each.what for each in compare_summary(stream.ledger, own, DAY)] == ["HASH"]
    own["kinds"]["listing"]["count"] = 3
    assert [each.what for each in compare_summary(stream.ledger, own, DAY)] == ["COUNT"]


@pytest.mark.parametrize("wrong", [{}, [], {"kinds": {}}, {"kinds": {"listing": {"count": "2", "sha256": ""}}}])
def test_a_file_that_is_no_reconciliation_is_refused(stream, wrong):
    with pytest.raises(ValueError, match=r"kinds|expected"):
        compare_summary(stream.ledger, wrong, DAY)


def test_a_difference_whose_batch_has_no_receipt_says_so(stream):
    stream.tell(fact("penalty"), feed="labour_inspection")
    report(stream.ledger, NOW)
    (found,) = compare_extract(stream.ledger, written(LAYOUTS["penalty"].columns, []))
    assert (found.kind, found.what, found.pending) == ("penalty", "MISSING", True)


def test_a_first_row_that_was_rejected_is_expected_nowhere(stream):
    stream.tell(fact("penalty"), feed="labour_inspection")
    report(stream.ledger, NOW)
    stream.receipt(3, rejected=[{"row": 1, "reason": "x"}])
    report(stream.ledger, NOW)
    assert compare_extract(stream.ledger, written(LAYOUTS["penalty"].columns, [])) == []
    assert summary(stream.ledger, DAY)["kinds"]["penalty"]["count"] == 0


def test_an_end_that_the_platform_rejected_is_a_late_removal_while_it_has_the_row(stream):
    stream.tell(act("REPAIR", "2026-03-09", listing_id="M", uscc=OTHER), feed="wage_list")
    report(stream.ledger, NOW)
    stream.receipt(3, status="REJECTED")
    report(stream.ledger, NOW)
    assert compared(stream, held(stream)) == [("LATE_REMOVAL", (OTHER,), "2026-03-09")]
    assert summary(stream.ledger, DAY)["kinds"]["listing"]["count"] == 1
    retry(stream.ledger, NOW)
    report(stream.ledger, NOW)
    assert [row["操作"] for row in stream.rows(4)] == ["终止"]


@pytest.mark.parametrize("content", [b"", b"a,b\r\n1,2\r\n", b"\xff\xfe", "对象名称\r\n".encode()])
def test_a_file_of_no_kind_is_refused(stream, content):
    with pytest.raises(ValueError, match=r"header|decode"):
        compare_extract(stream.ledger, content)


def test_the_shipped_configuration_loads_and_lies_under_the_state(tmp_path):
    found = settings.load(CONFIG, tmp_path)
    assert found.folder == tmp_path / "connector"
    assert set(found.reports) == {"listing", "penalty", "publication"}


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ('officer = "', 'clerk = "', "connector.clerk"),
        ("batch_rows = 1000", "batch_rows = 0", "connector.batch_rows"),
        ("receipt_hours = 24", 'receipt_hours = "24"', "connector.receipt_hours"),
        ("report_days = 3", "# report_days = 3", "connector.report_days"),
        ('kind = "penalty"', 'kind = "complaint"', "report[1].kind"),
        ('kind = "publication"', 'kind = "penalty"', "each kind once"),
        ('kind = "penalty"', 'kind = "penalty"\nmonths = 3', "report[1].months"),
        ('kind = "penalty"', 'kind = "penalty"\nsharing_months = 0', "report[1].sharing_months"),
        ('feeds = ["wage_list"]', "feeds = []", "report[0].feeds"),
        ('"名单项目名称" = ', '"名单" = ', "report[0].constants.名单"),
        ("\n[connector]\n", "\n[connectors]\n", "connectors"),
    ],
)
def test_a_slip_in_the_configuration_is_named(tmp_path, before, after, key):
    text = CONFIG.read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "platform.toml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    tomllib.loads(path.read_text(encoding="utf-8"))
    with pytest.raises(SettingsError) as caught:
        settings.load(path, tmp_path)
    assert key in str(caught.value)

"""Laws of importing: nothing is lost, nothing is rounded, and an encoding changes no cell."""

from __future__ import annotations

import csv
import io
import tempfile
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jointsanctions.v1 import registry_pb2

from formats.csv_rows import read_rows
from formats.file_encoding import Survey
from formats.identifiers import uscc_check_character
from gateway.cli.import_mapping import find_mapping, load_mapping
from gateway.cli.import_run import ImportSettings, import_file
from gateway.cli.import_values import FEN_DIGITS, ValueFault, amount_value, date_value

LAYOUT = load_mapping(find_mapping("published-notices", Path(__file__).parents[2] / "config" / "import"))
HEADER = ("name", "uscc", "list", "authority", "published_on", "case_no", "amount_cny", "note")
FIRST17 = "91420399MA000001X"
SOUND = FIRST17 + uscc_check_character(FIRST17)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
chinese = st.text(st.sampled_from('示例青禾建筑工程，。"\n\r,1Aé€𠮷'), max_size=12)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(texts | chinese, min_size=width, max_size=width), min_size=1, max_size=6)
)
cells = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["示例青禾有限公司", "示例云杉有限公司", "", "示例\ufffd"]),
        "uscc": st.sampled_from([SOUND, "", SOUND[:17], "示例"]),
        "list": st.sampled_from(["拖欠农民工工资失信联合惩戒名单", "重大劳动保障违法案件", "失信被执行人", "某名单"]),
        "authority": st.sampled_from(["示例市人社局", ""]),
        "published_on": st.sampled_from(["2026-03-05", "2026/3/5", "45484", "soon"]),
        "case_no": st.sampled_from(["", "示1", '示"2"', "示\n3"]),
        "amount_cny": st.sampled_from(["", "1.5", "much"]),
        "note": st.sampled_from(["", "a,b", "两\r\n行"]),
    }
)
rows = st.lists(cells.map(lambda row: list(row.values())) | st.lists(st.sampled_from(["x", "示例", ""]), max_size=9))


class DecidingRegister:
    """Takes, holds or rejects each row as it was told to, and counts what it was sent."""

    def __init__(self, fates):
        self.fates = fates
        self.sent = 0

    def submitted(self, _):
        return registry_pb2.GetSubmissionResponse()

    def submit(self, requests):
        response = registry_pb2.SubmitRecordsResponse(data_revision=1)
        for record in (record for request in requests for record in request.records):
            fate = self.fates[self.sent % len(self.fates)]
            self.sent += 1
            setattr(response, fate, getattr(response, fate) + 1)
            if fate in {"held", "rejected"}:
                response.rows.add(row=record.row, status=getattr(registry_pb2, f"ROW_STATUS_{fate.upper()}"))
        return response


def table_text(table):
    written = io.StringIO()
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows(table)
    return written.getvalue()


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030"])
@settings(max_examples=80)
@given(table=tables)
def test_any_table_of_cells_survives_each_encoding(codec, table):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "source.csv"
        path.write_bytes(table_text(table).encode(codec))
        survey = Survey(path, codec, "", path.stat().st_size, cut_off=False)
        found = list(read_rows(survey, lambda *_: None))

    assert [list(row.cells) for row in found] == table
    assert all(row.fault is None for row in found)


@settings(max_examples=60)
@given(rows, st.lists(st.sampled_from(["stored", "unchanged", "held", "rejected"]), min_size=1, max_size=5))
def test_no_row_is_lost(table, fates):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "source.csv"
        path.write_text(table_text([HEADER, *table]), encoding="utf-8", newline="")
        register = DecidingRegister(fates)
        report = import_file(path, ImportSettings(LAYOUT, "officer", "utf-8"), register)
        rejects = Path(report.rejects_file) if report.rejects_file else None
        rejected = rejects.read_text(encoding="utf-8-sig") if rejects else ""

    account = report.account
    filled = sum(1 for row in table if any(cell.strip() for cell in row))
    assert report.rows == filled
    assert report.rows == account.stored + account.unchanged + len(account.held) + report.rejected
    assert report.understood == register.sent
    assert len(list(csv.reader(io.StringIO(rejected)))) == (report.rejected + 1 if report.rejected else 0)
    assert report.clean is (filled > 0 and report.rejected == 0)


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_any_bytes_are_reported_and_never_a_crash(content):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "source.csv"
        path.write_bytes(content)
        register = DecidingRegister(["stored"])
        report = import_file(path, ImportSettings(LAYOUT, "officer"), register)

    assert not report.clean
    assert report.problem_en
    assert report.problem_zh
    assert register.sent == 0


@given(st.integers(0, 10**12), st.text("0123456789", max_size=9), st.sampled_from(sorted(FEN_DIGITS)))
def test_an_amount_is_exact_or_refused(whole, fraction, unit):
    text = f"{whole}.{fraction}" if fraction else str(whole)
    exact = Fraction(text) * 10 ** FEN_DIGITS[unit]
    if exact.denominator == 1:
        assert amount_value(text, unit) == exact
    else:
        with pytest.raises(ValueFault):
            amount_value(text, unit)


@given(st.dates())
def test_a_date_comes_back_from_each_way_of_writing_it(day):
    year = f"{day.year:04d}"
    for form, text in (
        ("YYYY-MM-DD", day.isoformat()),
        ("YYYY/M/D", f"{year}/{day.month}/{day.day}"),
        ("YYYY年M月D日", f"{year}年{day.month}月{day.day}日"),
        ("YYYYMMDD", f"{year}{day.month:02d}{day.day:02d}"),
    ):
        assert date_value(text, (form,)) == day.isoformat()

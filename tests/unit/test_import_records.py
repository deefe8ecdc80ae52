"""JSON Lines of records: what a line may say, and what is wrong with one that may not."""

from __future__ import annotations

import json
from datetime import date

import pytest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st
from jointsanctions.v1 import record_pb2

from formats.csv_rows import SourceRow
from formats.file_encoding import survey
from gateway.bench.city import line_of, make_city
from gateway.cli.import_records import LAYOUT, RecordLines, read_lines
from gateway.sample.city import make_city as sample_city

DAY = date(2026, 7, 1)
CODE = "91420399MA00K3WP2C"
CHECK = {
    "project": "示例项目",
    "realName": "OK",
    "wageAccount": "OK",
    "agentPayment": "OK",
    "deposit": "OK",
    "noticeBoard": "OK",
    "checkedOn": "2026-06-01",
}
GOOD = {"sourceKey": "k", "uscc": CODE, "fiveSystems": CHECK}


def read(text, line=7):
    return RecordLines().record(SourceRow(line, (text,)))


def columns(text):
    found = read(text)
    assert isinstance(found, list), found
    return [fault.column for fault in found]


def test_every_record_of_the_sample_city_and_of_a_made_city_comes_back_from_its_line():
    records = [record for found in sample_city(7, DAY).records.values() for record in found]
    records += [record for _, record in make_city(7, DAY, 3_000)]
    assert {record.WhichOneof("fact") for record in records} >= {"enterprise", "listing_act", "five_systems", "arrears"}
    for record in records:
        record.row = 7
        assert read(line_of(record)) == record
        snake = json_format.MessageToDict(record, preserving_proto_field_name=True)
        assert read(json.dumps(snake)) == record


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"uscc": 5}, "uscc"),
        ({"source_key": "k"}, "source_key"),
        ({"sourceKey": ""}, "source_key"),
        ({"sourceKey": None}, "source_key"),
        ({"uscc": ""}, "uscc"),
        ({"fiveSystems": None}, "fact"),
        ({"fiveSystems": []}, "five_systems"),
        ({"fiveSystems": {**CHECK, "deposit": True}}, "five_systems.deposit"),
        ({"fiveSystems": {**CHECK, "depost": "OK"}}, "five_systems.depost"),
        ({"redList": {"listedOn": "2026-01-01"}}, "red_list"),
        ({"row": -1}, "row"),
        ({"row": 2**32}, "row"),
        ({"row": 1.0}, "row"),
        ({"row": True}, "row"),
    ],
)
def test_what_is_no_record_is_refused_with_its_field(change, field):
    assert columns(json.dumps({**GOOD, **change})) == [field]


@pytest.mark.parametrize(
    ("fact", "field"),
    [
        ({"arrears": {"amountFen": "12.5"}}, "arrears.amount_fen"),
        ({"arrears": {"amountFen": 2**63}}, "arrears.amount_fen"),
        ({"arrears": {"malicious": "yes"}}, "arrears.malicious"),
        ({"listingAct": {"act": "NO_SUCH_ACT"}}, "listing_act.act"),
        ({"listingAct": {"act": 77}}, "listing_act.act"),
        ({"listingAct": {"at": "yesterday"}}, "listing_act.at"),
        ({"listingAct": {"persons": {}}}, "listing_act.persons"),
        ({"listingAct": {"persons": [{"name": 5}]}}, "listing_act.persons[0].name"),
        ({"listingAct": {"persons": [{"name": "示例甲"}]}}, "person"),
    ],
)
def test_a_fact_is_read_as_strictly(fact, field):
    assert columns(json.dumps({"sourceKey": "k", "uscc": CODE, **fact})) == [field]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[]",
        "5",
        '"x"',
        '{"sourceKey":"a","sourceKey":"b"}',
        '{"row":NaN}',
        "[" * 5000,
        '{"uscc":"\\ud800"}',
        "\ufffd",
    ],
)
def test_a_line_that_is_no_json_object_is_a_fault_of_the_line(text):
    assert columns(text) == [""]


def test_characters_lost_in_an_earlier_conversion_are_found_in_escapes_too():
    assert columns(json.dumps({**GOOD, "name": "示例\ufffd"}, ensure_ascii=True)) == [""]


def test_numbers_may_be_written_as_text_and_the_line_takes_the_place_of_the_row():
    record = read(
        json.dumps({"row": "12", "sourceKey": "k", "uscc": CODE, "arrears": {"amountFen": "700", "workers": 3}})
    )
    assert (record.row, record.arrears.amount_fen, record.arrears.workers) == (7, 700, 3)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(st.sampled_from(sorted({*GOOD, *CHECK, "listing_act", "persons", "at", "act"})), inner)
        ),
    )
)
def test_whatever_is_read_is_what_protobuf_itself_reads(value):
    found = read(json.dumps(value))
    if not isinstance(found, list):
        expected = json_format.ParseDict(value, record_pb2.Record())
        expected.row = 7
        assert found == expected


def test_a_line_without_an_end_is_a_fault_of_its_own_and_the_next_is_read(tmp_path):
    path = tmp_path / "feed.jsonl"
    path.write_text("x" * 200_000 + "\n\n" + json.dumps(GOOD) + "\r\n", encoding="utf-8", newline="")
    long, blank, good = read_lines(survey(path, "utf-8"), lambda *_: None)

    assert long.fault is not None
    assert blank.blank
    assert (good.line, read(*good.cells).source_key) == (3, "k")


def test_a_key_counts_within_its_kind():
    other = {"sourceKey": "k", "uscc": CODE, "redList": {"listedOn": "2026-01-01"}}
    one, two = read(json.dumps(GOOD)), read(json.dumps(other))
    assert RecordLines.key(one) != RecordLines.key(two)
    assert LAYOUT.feed == ""

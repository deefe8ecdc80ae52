"""An agency's own list of calls: read from three kinds of files, refused by line and field, compared call by call."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from jointsanctions.v1 import audit_pb2, common_pb2

from adapters.answers import Answer, Position
from adapters.entries import Question
from adapters.journal import Journal
from gateway.cli.own_calls import OwnCall, OwnCallsError, read_own_calls
from gateway.cli.reconcile import compare

LEAF, OTHER = "ab" * 32, "cd" * 32
AWARD = common_pb2.DECISION_POINT_BIDDING_AWARD
CHECK = "CreditService/CheckEligibility"
ROW = {"writer": "gw1-0", "number": 7, "leaf_hash": LEAF, "method": CHECK, "request_sha256": OTHER}
CALL = OwnCall("gw1-0", 7, LEAF, CHECK, OTHER)


def lines(tmp_path, *rows):
    file = tmp_path / "calls.jsonl"
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return file


def test_json_lines_and_csv_say_the_same(tmp_path):
    table = tmp_path / "calls.CSV"
    table.write_text(f"number,writer,leaf_hash,method,request_sha256\n7,gw1-0,{LEAF},{CHECK},{OTHER}\n")

    assert read_own_calls(lines(tmp_path, ROW)) == read_own_calls(table) == [CALL]


def test_what_a_list_need_not_say_may_be_left_out(tmp_path):
    few = {name: ROW[name] for name in ("writer", "number", "leaf_hash")}

    assert read_own_calls(lines(tmp_path, few)) == [OwnCall("gw1-0", 7, LEAF)]
    table = tmp_path / "few.csv"
    table.write_text(f"writer,number,leaf_hash,method\ngw1-0,7,{LEAF.upper()},\n")
    assert read_own_calls(table) == [OwnCall("gw1-0", 7, LEAF)]


def test_the_items_of_a_batch_are_one_call(tmp_path):
    assert read_own_calls(lines(tmp_path, ROW, ROW)) == [CALL]
    with pytest.raises(OwnCallsError, match="says otherwise than another line of gw1-0/7"):
        read_own_calls(lines(tmp_path, ROW, {**ROW, "leaf_hash": OTHER}))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"writer": ""}, "jsonl:1: writer: is required"),
        ({"number": None}, "jsonl:1: number: is required"),
        ({"number": "1.5"}, "number: is no number"),
        ({"number": -1}, "number: is no number"),
        ({"leaf_hash": "xy"}, "leaf_hash: must be 64"),
        ({"request_sha256": "ab"}, "request_sha256: must be 64"),
        ({"verdict": 1}, "verdict: is not known"),
    ],
)
def test_a_malformed_line_is_named_with_its_field(tmp_path, change, why):
    with pytest.raises(OwnCallsError, match=why):
        read_own_calls(lines(tmp_path, {**ROW, **change}))


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.jsonl", b"{", "jsonl:1: is not JSON"),
        ("a.jsonl", b"\n[]", "jsonl:2: is not an object"),
        ("a.jsonl", b"\xff", "is not UTF-8"),
        ("a.csv", b"writer,number\nw", "csv:2: has another number of columns"),
        ("a.csv", b"writer,number,leaf_hash\nw,1,x,y", "csv:2: has another number of columns"),
        ("a.csv", b"writer\n\xff", "is no CSV in UTF-8"),
        ("a.sqlite", b"SQLite format 3\x00 and nothing", "is no journal"),
    ],
)
def test_a_file_of_another_kind_is_refused(tmp_path, name, content, why):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(OwnCallsError, match=why):
        read_own_calls(file)


def test_the_journal_of_the_adapter_is_read_as_it_is(tmp_path):
    now = datetime(2026, 11, 24, 8, tzinfo=UTC)
    question = Question("call", now, common_pb2.AREA_BIDDING, AWARD, "T-1", "", "Li", "B", frozenset("AB"), b"r" * 32)
    with Journal(tmp_path / "journal.db") as journal:
        for number, line in ((3, b""), (4, b"l" * 32), (4, b"m" * 32)):
            position = Position("w1", number, b"h" * 32, line)
            answer = Answer(common_pb2.VERDICT_CLEAR, (), (), now, now + timedelta(hours=1), 7, position, b"d" * 32)
            (asked,) = journal.record_questions([question])
            journal.record_answers({asked: answer}, now)
        journal.record_questions([question])
        found = read_own_calls(tmp_path / "journal.db")

    assert found == [
        OwnCall("w1", 3, "68" * 32, CHECK, "72" * 32),
        OwnCall("w1", 4, "68" * 32, "CreditService/BatchCheckEligibility", "72" * 32),
    ]


def recorded(*entries):
    return {
        (writer, number): audit_pb2.AccessEntry(
            position=common_pb2.AuditPosition(writer=writer, number=number, leaf_hash=bytes.fromhex(leaf)),
            method=method,
        )
        for writer, number, leaf, method in entries
    }


def test_a_list_and_a_record_that_agree_differ_in_nothing():
    assert compare([CALL], recorded(("gw1-0", 7, LEAF, CHECK))) == []


@pytest.mark.parametrize(
    ("own", "record", "found"),
    [
        ([CALL], (), [("missing", "gw1-0/7")]),
        ([CALL], (("gw1-0", 7, OTHER, CHECK),), [("different", "gw1-0/7")]),
        ([CALL], (("gw1-0", 7, LEAF, "X/Y"),), [("different", "gw1-0/7")]),
        ([], (("gw1-0", 7, LEAF, CHECK),), [("extra", "gw1-0/7")]),
        ([], (("gw1-0", 7, LEAF, "AuditService/SearchAccess"),), []),
        ([], (("gw1-0", 7, LEAF, "CreditService/GetReceipt"),), []),
        ([CALL], (("gw1-0", 7, LEAF, CHECK), ("gw1-0", 8, OTHER, CHECK)), [("extra", "gw1-0/8")]),
        ([CALL], (("gw1-0", 7, LEAF, CHECK), ("gw1-0", 8, OTHER, "X/Y")), []),
        ([CALL], (("gw2-0", 7, LEAF, CHECK),), [("missing", "gw1-0/7"), ("extra", "gw2-0/7")]),
    ],
)
def test_each_difference_is_told_by_its_kind_and_place(own, record, found):
    assert [(each.what, each.place) for each in compare(own, recorded(*record))] == found

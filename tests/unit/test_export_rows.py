"""Rows of exports: events that somebody else's schema accepts, and cells that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import jsonschema
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from formats import canonical
from formats.access_export import CSV_COLUMNS
from formats.merkle import leaf_hash
from formats.spreadsheet import restored
from gateway.domain.access_export import ExportFormat
from gateway.domain.officers import OfficerKnown
from gateway.domain.vocabulary import Area, DecisionPoint, Verdict
from gateway.services.export_rows import OCSF, head_of, rows_of
from gateway.services.seen_calls import SeenCall

_SCHEMA = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=OCSF))
VALIDATOR = jsonschema.Draft202012Validator(
    _SCHEMA.get_class_schema(class_name=_SCHEMA.lookup_class_name_from_uid(class_uid=6003), profiles=[])
)
AT = datetime(2026, 11, 24, 4, 0, 0, 123_456, tzinfo=UTC)
LOG = "shiyan.example/audit/2026"
ENVELOPE = canonical.encode({"writer": "gw1-0", "n": 17, "time": "t", "v": 1, "body": "ab"})


def call(**changes):
    said = {
        "writer": "gw1-0",
        "number": 17,
        "item": None,
        "leaf": leaf_hash(ENVELOPE),
        "envelope": ENVELOPE,
        "at": AT,
        "agency": "bidding",
        "role": "asking-system",
        "officer": "li.wei",
        "officer_known": int(OfficerKnown.ASSERTED),
        "officer_key": "trading-1",
        "officer_nonce": "n-1",
        "assertion_fault": "",
        "method": "CreditService/CheckEligibility",
        "outcome": "OK",
        "area": int(Area.BIDDING),
        "point": int(DecisionPoint.BIDDING_AWARD),
        "case_ref": "项目-17",
        "usccs": ("91420300MA10004470", "91420399MA00K2UM2D"),
        "verdict": int(Verdict.RESTRICTED),
        "field": "",
    }
    return SeenCall(**{**said, **changes})


def event(**changes):
    return json.loads(rows_of(ExportFormat.JSONL, [(call(**changes), LOG, 18)]))


def cells(**changes):
    content = head_of(ExportFormat.CSV) + rows_of(ExportFormat.CSV, [(call(**changes), LOG, 18)])
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    return row


NOBODY = {"agency": "", "role": "", "officer": "", "officer_known": 0, "usccs": (), "verdict": 0}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"item": 2},
        {"officer": ""},
        {"method": "unknown", "outcome": "METHOD_UNKNOWN", "area": 0, "point": 0, "case_ref": "", **NOBODY},
        {"method": "RegistryService/SubmitRecords", "usccs": (), "verdict": 0},
        {"outcome": "MALFORMED_REQUEST", "field": "question.area", "area": 77},
        {"method": "", "outcome": "", **NOBODY},
    ],
)
def test_every_event_is_one_of_ocsf_by_a_schema_that_is_not_ours(changes):
    assert [error.message for error in VALIDATOR.iter_errors(event(**changes))] == []


def test_the_schema_sees_what_is_missing_or_too_much():
    for spoiled in ({**event(), "class_uid": "x"}, {**event(), "measures": []}, {"class_uid": 6003}):
        assert list(VALIDATOR.iter_errors(spoiled))


def test_an_event_says_who_when_about_whom_and_with_which_end():
    said = event()

    assert (said["class_uid"], said["type_uid"], said["status_id"], said["status_code"]) == (6003, 600302, 1, "OK")
    assert (said["time"], said["metadata"]["original_time"]) == (1_795_492_800_123, "2026-11-24T04:00:00.123456Z")
    assert said["actor"]["user"] == {"name": "li.wei", "org": {"uid": "bidding"}}
    assert [each["uid"] for each in said["resources"]] == ["91420300MA10004470", "91420399MA00K2UM2D"]
    assert said["metadata"]["uid"] == "gw1-0/17"
    assert event(item=2)["metadata"]["uid"] == "gw1-0/17/2"
    assert (said["unmapped"]["verdict"], said["unmapped"]["officer_known"]) == ("RESTRICTED", "ASSERTED")
    assert (said["unmapped"]["log"], said["unmapped"]["index"]) == (LOG, 18)
    assert event(outcome="STATE")["status_id"] == 2
    assert event(method="RegistryService/DecideListing")["type_uid"] == 600399


def test_both_forms_say_the_same():
    said, row = event(item=3), cells(item=3)

    assert tuple(row) == CSV_COLUMNS
    assert row["recorded_at"] == said["metadata"]["original_time"]
    assert (row["agency"], row["officer"]) == (said["actor"]["app_name"], said["actor"]["user"]["name"])
    assert row["usccs"].split() == [each["uid"] for each in said["resources"]]
    assert {name: row[name] for name in said["unmapped"]} == {
        name: str(value) for name, value in said["unmapped"].items()
    }


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", "'=1", '=HYPERLINK("x")'])
def test_no_cell_runs_as_a_formula_and_each_can_be_read_back(text):
    for name, column in (("officer", "officer"), ("case_ref", "case_ref"), ("agency", "agency"), ("field", "field")):
        cell = cells(**{name: text})[column]
        assert cell == "'" + text
        assert restored(cell) == text


def test_a_cell_with_quotes_commas_and_lines_is_one_cell():
    text = 'a "b", c\r\nd'
    assert cells(case_ref=text)["case_ref"] == text


def test_an_event_is_one_line_of_canonical_json_whatever_its_texts_are():
    data = rows_of(ExportFormat.JSONL, [(call(case_ref="a\nb\u2028"), LOG, 18)] * 2)
    first, second, rest = data.split(b"\n")
    assert (first, rest) == (second, b"")
    assert canonical.decode(first)["unmapped"]["case_ref"] == "a\nb\u2028"

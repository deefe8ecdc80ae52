"""Exports over the wire and at the terminal: who gets which rows, what proves them, and what the record says of it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import grpc
import pytest
from e2e.served import AUDITOR, BIDDING, FINANCE, award, body_of, outcome_of
from jointsanctions.v1 import common_pb2, export_pb2, outcome_pb2
from log_folders import logs_begun

from formats.access_export import digest
from formats.civil import SHANGHAI, format_instant
from gateway.cli.main import main

pytestmark = pytest.mark.xdist_group("served")
WALK = Path(__file__).parents[2] / "tools" / "auditors_walk.sh"
EXPORT = "/jointsanctions.v1.AuditService/ExportAccess"
JSONL, CSV = export_pb2.EXPORT_FORMAT_JSONL, export_pb2.EXPORT_FORMAT_CSV


def place(served, who=AUDITOR):
    """Return the options by which a command finds this gateway."""
    folders = ["--config", str(served.place.config), "--state", str(served.place.state)]
    return [*folders, "--address", f"127.0.0.1:{served.port}", "--as", who]


def asked(served, case, key="listed"):
    """Ask about one of the sample's enterprises as the bidding platform, and return its code."""
    uscc = served.city.example(key).uscc
    request = award(uscc)
    request.question.case_ref = case
    assert served.callers.as_caller(BIDDING).check(request).decision.verdict
    return uscc


def exported(served, folder, *words, who=AUDITOR, form="jsonl"):
    served.credentials(who)
    return main([*place(served, who), "audit", "export", "--format", form, "--out", str(folder), *words])


def parts(served, request, who=AUDITOR):
    """Return the parts of an export that is asked for directly."""
    call = served.channel(who).unary_stream(EXPORT, None, export_pb2.ExportAccessResponse.FromString)
    return list(call(request.SerializeToString(), timeout=60))


def refused(served, request, who=AUDITOR):
    return outcome_of(
        lambda sent, timeout: list(served.channel(who).unary_stream(EXPORT)(sent, timeout=timeout)),
        request.SerializeToString(),
    )


def wanted(**parts):
    return export_pb2.ExportAccessRequest(**{"format": JSONL, "searched_by": "zhang.wei", **parts})


def events(folder):
    return [json.loads(line) for line in (folder / "rows.jsonl").read_text(encoding="utf-8").splitlines()]


def test_the_auditor_exports_what_a_search_finds_and_the_folder_proves_itself(served, tmp_path, capsys):
    uscc = asked(served, "JSGC-EXPORT-1")
    assert exported(served, tmp_path / "out", "--case", "JSGC-EXPORT-1", "--uscc", uscc) == 0
    (event,) = events(tmp_path / "out")

    assert event["resources"] == [{"uid": uscc, "type": "enterprise"}]
    assert (event["unmapped"]["case_ref"], event["unmapped"]["verdict"]) == ("JSGC-EXPORT-1", "RESTRICTED")
    assert (event["api"]["operation"], event["status_code"]) == ("CheckEligibility", "OK")
    capsys.readouterr()
    assert main([*place(served), "audit", "verify", "--json", str(tmp_path / "out")]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["valid"], told["rows"], told["filter"]["case"]) == (True, 1, "JSGC-EXPORT-1")


def test_an_agency_exports_its_own_calls_and_no_others(served, tmp_path, capsys):
    asked(served, "JSGC-EXPORT-2")
    assert exported(served, tmp_path / "own", "--case", "JSGC-EXPORT-2", who=BIDDING, form="csv") == 0
    with (tmp_path / "own" / "rows.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["agency"], row["case_ref"], row["verdict"]) == (
        "public-resources-trading",
        "JSGC-EXPORT-2",
        "RESTRICTED",
    )
    assert exported(served, tmp_path / "others", "--case", "JSGC-EXPORT-2", who=FINANCE) == 0
    assert events(tmp_path / "others") == []
    capsys.readouterr()
    assert main([*place(served), "audit", "verify", str(tmp_path / "own"), str(tmp_path / "others")]) == 0
    outcome = refused(served, wanted(agency="public-resources-trading"), FINANCE)
    assert (outcome.code, outcome.reason) == (grpc.StatusCode.PERMISSION_DENIED, "FIELD_NOT_IN_MANDATE")


def test_beginning_and_end_are_on_record_and_the_end_names_what_was_told(served):
    asked(served, "JSGC-EXPORT-3")
    first, *middle, last = parts(served, wanted(case_ref="JSGC-EXPORT-3"))
    begun, ended = body_of(served.entry(first.audit_position)), body_of(served.entry(last.audit_position))

    assert first.WhichOneof("part") is None
    assert [part.WhichOneof("part") for part in middle] == ["content", "proofs"]
    assert not any(part.HasField("audit_position") for part in middle)
    assert (begun["method"], begun["outcome"], begun["officer"]) == ("AuditService/ExportAccess", "OK", "zhang.wei")
    assert (begun["search"], begun["export"]) == ({"case": "JSGC-EXPORT-3"}, {"format": "jsonl"})
    content = b"".join(part.content for part in middle)
    whole = {"content": digest(content), "manifest": digest(last.manifest)}
    assert ended["export"] == {"format": "jsonl", "count": 1, **whole}
    assert json.loads(last.manifest)["content_sha256"] == digest(content)


def test_an_export_that_is_broken_off_is_on_record_as_that(served):
    asked(served, "JSGC-EXPORT-4")
    before = served.next_number()
    call = served.channel(AUDITOR).unary_stream(EXPORT, None, None)(wanted().SerializeToString(), timeout=60)
    next(call)
    call.cancel()
    deadline = time.monotonic() + 20
    left = []
    while not left and time.monotonic() < deadline:
        assert served.healthy()
        left = [body for body in map(body_of, served.entries(before)) if body["outcome"] == "CANCELLED"]

    assert [body["method"] for body in left] == ["AuditService/ExportAccess"]
    assert left[0]["export"]["format"] == "jsonl"
    assert "manifest" not in left[0]["export"]


@pytest.mark.parametrize(
    ("request_", "who", "reason", "field"),
    [
        (wanted(format=0), AUDITOR, "MALFORMED_REQUEST", "format"),
        (wanted(format=9), AUDITOR, "MALFORMED_REQUEST", "format"),
        (wanted(searched_by=""), AUDITOR, "MALFORMED_REQUEST", "searched_by"),
        (wanted(uscc="x"), AUDITOR, "MALFORMED_REQUEST", "uscc"),
        (wanted(verdict=99), AUDITOR, "MALFORMED_REQUEST", "verdict"),
        (wanted(format=0), "gateway-operations.operator", "ROLE_NOT_PERMITTED", ""),
        (wanted(format=0), "hrss-window.subject", "ROLE_NOT_PERMITTED", ""),
    ],
)
def test_what_cannot_be_exported_is_refused_by_name(served, request_, who, reason, field):
    outcome = refused(served, request_, who)
    assert (outcome.reason, outcome.field) == (reason, field)


def test_nothing_is_left_of_an_export_that_fails_and_nothing_is_overwritten(served, tmp_path, capsys):
    (tmp_path / "there").mkdir()
    assert exported(served, tmp_path / "there") == 1
    assert "never overwrites" in capsys.readouterr().err
    assert exported(served, tmp_path / "new", "--agency", "finance", who=BIDDING) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["there"]


def test_the_auditors_walk_finds_exports_and_proves_who_looked_without_an_outcome(served, tmp_path):
    uscc = asked(served, "JSGC-WALK-1", "grade_a")
    answer = served.callers.as_caller(BIDDING).check(with_case(award(uscc), "JSGC-WALK-2"))
    report_granted(served, uscc, answer.audit_position)
    key = logs_begun(served.place.state)[0] / "vkey"
    until = format_instant(datetime.now(UTC) + timedelta(minutes=1))
    jsg = [sys.executable, "-m", "gateway", *place(served)]
    done = subprocess.run(
        [WALK, uscc, until, str(tmp_path / "walk")],
        env={**os.environ, "JSG": " ".join(jsg), "KEY": str(key), "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr
    assert "export: proven" in done.stdout
    assert "JSGC-WALK-1" in done.stdout
    assert "JSGC-WALK-2" not in done.stdout
    with (tmp_path / "walk" / "rows.csv").open(encoding="utf-8-sig", newline="") as file:
        cases = {row["case_ref"] for row in csv.DictReader(file)}
    assert "JSGC-WALK-1" in cases
    assert "JSGC-WALK-2" not in cases


def with_case(request, case):
    request.question.case_ref = case
    return request


def report_granted(served, uscc, position):
    """Report that the case of an answer was decided."""
    request = outcome_pb2.ReportOutcomeRequest(
        request_id="walk-1",
        area=common_pb2.AREA_BIDDING,
        decision_point=common_pb2.DECISION_POINT_BIDDING_AWARD,
        case_ref="JSGC-WALK-2",
        officer="li.wei",
        answer=outcome_pb2.AnswerPosition(writer=position.writer, number=position.number, leaf_hash=position.leaf_hash),
        outcome=outcome_pb2.OUTCOME_KIND_GRANTED,
        uscc=uscc,
        decided_on=datetime.now(SHANGHAI).date().isoformat(),
    )
    served.callers.as_caller(BIDDING).report_outcome(request)

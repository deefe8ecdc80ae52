"""Exports over the wire and at the terminal: who gets which rows, what proves them, and what the record says of it."""

from __future__ import annotations

import csv
import json

import grpc
import pytest
from e2e.served import AUDITOR, BIDDING, FINANCE, award, body_of, outcome_of
from jointsanctions.v1 import export_pb2

from formats.access_export import digest
from gateway.cli.main import main

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

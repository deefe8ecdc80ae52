"""Counts of a caller's calls, its own list against the record, and entries opened to a court, over the wire."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from e2e.served import AUDITOR, BIDDING, FINANCE, WRITER, award, today
from e2e.yesterday import (
    CASE,
    COUNT,
    COURT,
    EARLIER,
    OPEN,
    POLICE,
    TOOL,
    WINDOW,
    asked_yesterday,
    commands_of,
    counted,
    key_file,
    named_by_the_proof,
    opening,
)
from indexed_days import OWN
from jointsanctions.v1 import day_index_pb2, opened_entry_pb2

from formats.note import parse_key
from formats.receipt import decode_receipt, verify_receipt
from gateway.cli.main import main
from gateway.security.log_keys import holds


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    with asked_yesterday(tmp_path_factory.mktemp("days")) as gateway:
        yield gateway


def test_an_agency_has_its_own_count_and_an_auditor_any(days):
    for who, parts in (
        (BIDDING, {}),
        (AUDITOR, {"agency": "public-resources-trading", "agency_role": "asking-system"}),
    ):
        found = day_index_pb2.GetCallCountResponse.FromString(days.send(COUNT, counted(**parts), who).answer)
        verified = verify_receipt(decode_receipt(found.receipt), [parse_key(key_file(days).read_text().strip())], holds)

        assert (found.answered, found.others, found.answered_total, found.others_total) == (1, 1, 1, 1)
        assert verified.line["agency"] == "public-resources-trading"
        assert (verified.line["root"], verified.line["chain"]) == (found.root.hex(), found.chain.hex())


@pytest.mark.parametrize(
    ("who", "parts", "reason", "field"),
    [
        (BIDDING, {"agency": "finance"}, "FIELD_NOT_IN_MANDATE", "agency"),
        (BIDDING, {"agency_role": "producer"}, "FIELD_NOT_IN_MANDATE", "agency_role"),
        (BIDDING, {"officer": ""}, "MALFORMED_REQUEST", "officer"),
        (BIDDING, {"day": ""}, "MALFORMED_REQUEST", "day"),
        (BIDDING, {"day": today().isoformat()}, "STATE", ""),
        (FINANCE, {}, "ENTERPRISE_NOT_FOUND", ""),
        (WINDOW, {}, "ROLE_NOT_PERMITTED", ""),
    ],
)
def test_a_count_is_nobody_elses(days, who, parts, reason, field):
    outcome = days.send(COUNT, counted(**parts), who)

    assert (outcome.reason, outcome.field) == (reason, field)


def test_a_court_has_an_entry_opened_with_its_proof_and_that_is_on_record(days):
    index = named_by_the_proof(days)
    outcome, body = days.recorded_by(OPEN, opening(index=index).SerializeToString(), COURT)
    receipt = decode_receipt(opened_entry_pb2.OpenEntryResponse.FromString(outcome.answer).receipt)
    verified = verify_receipt(receipt, [parse_key(key_file(days).read_text().strip())], holds)

    assert (verified.body["case"], verified.body["caller"]["role"], verified.index) == (CASE, "police", index)
    assert (body["case"], body["authorization"], body["officer"]) == ("鄂法2026-1", "鄂法〔2026〕3号", "o-1")
    assert body["proof"] == {"year": today().year, "index": index}


@pytest.mark.parametrize(
    ("who", "parts", "reason", "field"),
    [
        (COURT, {"authorization_ref": None, "officer": ""}, "AUTHORIZATION_MISSING", "authorization_ref"),
        (COURT, {"case_ref": ""}, "AUTHORIZATION_MISSING", "case_ref"),
        (COURT, {"officer": ""}, "MALFORMED_REQUEST", "officer"),
        (COURT, {"log": 0}, "MALFORMED_REQUEST", "log"),
        (COURT, {"index": 0}, "MALFORMED_REQUEST", "index"),
        (COURT, {"index": 2**60}, "MALFORMED_REQUEST", "index"),
        (COURT, {"index": 10**9}, "ENTERPRISE_NOT_FOUND", ""),
        (COURT, {"log": 1999}, "ENTERPRISE_NOT_FOUND", ""),
        (COURT, {"item": 0}, "ENTERPRISE_NOT_FOUND", ""),
        (AUDITOR, {}, "ROLE_NOT_PERMITTED", ""),
        (POLICE, {}, "ROLE_NOT_PERMITTED", ""),
    ],
)
def test_an_entry_is_opened_to_nobody_else_and_not_without_case_and_document(days, who, parts, reason, field):
    outcome = days.send(OPEN, opening(**parts), who)

    assert (outcome.reason, outcome.field) == (reason, field)


def test_the_command_writes_an_opened_entry_that_both_verifiers_accept(days, tmp_path, capsys):
    file, index = tmp_path / "entry.json", named_by_the_proof(days)
    named = ["--case", "鄂法2026-1", "--document", "鄂法〔2026〕3号", "--signed-on", "2026-01-05"]
    command = ["audit", "open", f"{today().year}/{index}", *named, "--document-purpose", "审理", "--out", str(file)]

    assert main([*commands_of(days), "--as", COURT, *command]) == 0
    assert main([*commands_of(days), "audit", "verify", str(file)]) == 0
    tool = [sys.executable, TOOL.with_name("verify_receipt.py"), "--key", key_file(days).read_text().strip(), file]
    assert subprocess.run(tool, capture_output=True, check=False).returncode == 0
    capsys.readouterr()


def test_an_agencys_own_list_is_compared_with_the_record(days, tmp_path, capsys):
    reconcile = [*commands_of(days), "--as", BIDDING, "audit", "reconcile", "--json"]
    request = award(OWN)
    position = days.callers.as_caller(BIDDING).check(request).audit_position
    (earlier,) = days.entries(0, EARLIER)[:1]
    rows = [
        {"writer": EARLIER, "number": 0, "leaf_hash": earlier.leaf.hex(), "method": "CreditService/CheckEligibility"},
        {"writer": WRITER, "number": position.number, "leaf_hash": position.leaf_hash.hex()},
    ]
    file = tmp_path / "calls.jsonl"

    def compared(rows, *more):
        file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
        code = main([*reconcile, *more, str(file)])
        return code, [(each["what"], each["place"]) for each in json.loads(capsys.readouterr().out)["differences"]]

    assert compared(rows) == (0, [])
    assert compared(rows[:1]) == (1, [("extra", f"{WRITER}/{position.number}")])
    assert compared([*rows, {**rows[0], "number": 999}]) == (1, [("missing", f"{EARLIER}/999")])
    assert compared([{**rows[0], "leaf_hash": "00" * 32}, rows[1]]) == (1, [("different", f"{EARLIER}/0")])
    assert compared([{**rows[0], "method": "X/Y"}, rows[1]])[1][0] == ("different", f"{EARLIER}/0")
    assert compared([rows[0], {**rows[1], "request_sha256": "00" * 32}], "--prove") == (
        1,
        [("different", f"{WRITER}/{position.number}")],
    )

"""An officer for whom the agency's key speaks is on record as such, and any other as declared."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from assertions import KID
from e2e.officers import send, send_stream, vouch
from e2e.served import (
    AUDITOR,
    BATCH,
    BIDDING,
    CHECK,
    FINANCE,
    HRSS,
    SEARCH,
    SUBMIT,
    award,
    body_of,
    new_party,
    question,
    today,
)
from jointsanctions.v1 import audit_pb2, credit_pb2, registry_pb2

from gateway.sample.records import complaint

pytestmark = pytest.mark.xdist_group("officers")


def jsg(gateway, *words):
    """Run a command as its user does, at the gateway's own port."""
    where = ["--config", str(gateway.place.config), "--state", str(gateway.place.state)]
    command = [sys.executable, "-m", "gateway", *where, "--address", f"127.0.0.1:{gateway.port}", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def shown(gateway, position):
    """Return how an auditor sees the entry at *position*."""
    request = audit_pb2.SearchAccessRequest(searched_by="auditor", page_size=1_000)
    found = gateway.callers.as_caller(AUDITOR).search_access(request).entries
    return next(entry for entry in found if entry.position.number == position.number)


def test_an_asserted_officer_is_answered_recorded_and_shown_as_such(vouched):
    raw = award(new_party().uscc, officer="李伟").SerializeToString()
    outcome, (entry,) = send(vouched, CHECK, raw, vouch(CHECK, raw, sub="李伟", jti="n" * 30))

    assert outcome.ok, outcome.text()
    body = body_of(entry)
    assert (body["officer"], body["officer_by"]) == ("李伟", "asserted")
    assert body["assertion"] == {"kid": KID, "nonce": "n" * 30}
    row = shown(vouched, credit_pb2.CheckEligibilityResponse.FromString(outcome.answer).audit_position)
    assert (row.officer, row.officer_known) == ("李伟", audit_pb2.OFFICER_KNOWN_ASSERTED)
    assert (row.officer_key, row.officer_nonce, row.assertion_fault) == (KID, "n" * 30, "")


def test_a_request_that_leaves_its_officer_to_the_assertion_is_one_of_that_officer(vouched):
    raw = award(new_party().uscc, officer="").SerializeToString()
    outcome, (entry,) = send(vouched, CHECK, raw, vouch(CHECK, raw, sub="wang.fang"))
    assert outcome.ok, outcome.text()
    assert (body_of(entry)["officer"], body_of(entry)["officer_by"]) == ("wang.fang", "asserted")


def test_an_item_of_a_batch_that_names_another_officer_than_the_asserted_one_is_refused(vouched):
    batch = credit_pb2.BatchCheckEligibilityRequest(question=question(officer=""))
    for place in range(2):
        batch.items.add(item_id=f"{place}", case_ref=f"OWN-{place}").enterprise.uscc = new_party().uscc
    batch.question.ClearField("case_ref")
    batch.items[1].officer = "wang.fang"
    raw = batch.SerializeToString()
    outcome, (entry,) = send(vouched, BATCH, raw, vouch(BATCH, raw, sub="wang.fang"))
    assert outcome.ok, outcome.text()
    assert (body_of(entry)["officer"], body_of(entry)["officer_by"]) == ("wang.fang", "asserted")
    lines = [json.loads(line.content) for line in entry.lines]
    assert [(line["case"], "officer" in line) for line in lines] == [("OWN-0", False), ("OWN-1", False)]

    batch.items[1].officer = "li.wei"
    raw = batch.SerializeToString()
    outcome, (entry,) = send(vouched, BATCH, raw, vouch(BATCH, raw, sub="wang.fang"))
    assert outcome.reason == "OFFICER_ASSERTION_REJECTED"
    assert body_of(entry)["assertion"]["why"] == "OFFICER"


def test_an_officer_of_an_agency_without_a_key_is_declared(vouched):
    raw = audit_pb2.SearchAccessRequest(searched_by="zhao").SerializeToString()
    outcome, (entry,) = send(vouched, SEARCH, raw, who=FINANCE)
    assert outcome.ok, outcome.text()
    body = body_of(entry)
    assert (body["officer"], body["officer_by"], "assertion" in body) == ("zhao", "declared", False)
    row = shown(vouched, audit_pb2.SearchAccessResponse.FromString(outcome.answer).audit_position)
    assert row.officer_known == audit_pb2.OFFICER_KNOWN_DECLARED


def test_why_a_word_was_refused_is_shown_to_who_audits(vouched):
    raw = award(new_party().uscc).SerializeToString()
    _, (entry,) = send(vouched, CHECK, raw)
    row = shown(vouched, entry)
    assert (row.outcome, row.assertion_fault) == ("OFFICER_ASSERTION_REJECTED", "MISSING")
    assert (row.officer, row.officer_known) == ("", audit_pb2.OFFICER_KNOWN_UNSPECIFIED)


def test_a_submission_whose_later_chunks_leave_the_officer_out_is_one_of_the_same(vouched):
    first = registry_pb2.SubmitRecordsRequest(request_id="r-out", feed="labour_inspection")
    first.records.append(complaint(new_party(), "K", today(), today()))
    second = registry_pb2.SubmitRecordsRequest(request_id="r-out", feed="labour_inspection", last=True)
    raws = [message.SerializeToString() for message in (first, second)]
    outcome, (entry,) = send_stream(vouched, SUBMIT, raws, vouch(SUBMIT, raws[0], HRSS, sub="zhou"))
    assert outcome.ok, outcome.text()
    assert (body_of(entry)["officer"], body_of(entry)["officer_by"]) == ("zhou", "asserted")


def test_what_the_producer_of_the_city_submitted_was_signed_by_its_client(vouched):
    bodies = [body_of(entry) for entry in vouched.entries()]
    own = [body for body in bodies if body["method"] == "RegistryService/SubmitRecords" and body["outcome"] == "OK"]
    signed = {body["caller"]["agency"] for body in own if body["officer_by"] == "asserted"}
    assert signed == {"hrss"}
    assert {body["caller"]["agency"] for body in own} > signed


def test_the_command_signs_for_the_officer_that_it_is_told(vouched):
    before = vouched.next_number()
    facts = ["project_region=420302", "must_be_tendered=true", "state_funds=true", "form=SINGLE", "lot=1"]
    words = [word for fact in (*facts, "cutoff_rule=NOT_FIXED") for word in ("--fact", fact)]
    asked = ["check", new_party().uscc, "--area", "bidding", "--point", "award", "--case", "c", "--officer", "sun"]
    done = jsg(vouched, *asked, *words)

    assert "gw1-0/" in done.stdout, done.stderr
    (entry,) = vouched.entries(before)
    assert (body_of(entry)["officer"], body_of(entry)["officer_by"]) == ("sun", "asserted")
    assert body_of(entry)["caller"]["agency"] == BIDDING.split(".")[0]


def test_a_new_key_pair_is_made_once_and_its_private_half_is_private(vouched, tmp_path):
    folder = tmp_path / "keys"
    made = jsg(vouched, "keys", "officer-new", "desk-2", "--folder", str(folder), "--json")
    assert made.returncode == 0, made.stderr
    files = json.loads(made.stdout)
    assert (folder / "desk-2.key").stat().st_mode & 0o777 == 0o600
    assert files == {"kid": "desk-2", "key": str(folder / "desk-2.key"), "public": str(folder / "desk-2.pem")}
    again = jsg(vouched, "keys", "officer-new", "desk-2", "--folder", str(folder))
    assert again.returncode != 0
    assert "desk-2.key" in again.stderr

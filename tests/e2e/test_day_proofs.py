"""Proofs of days over the wire: who gets which side, what they prove to two verifiers, and what a release changes."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta

import pytest
from e2e.served import AUDITOR, BIDDING, body_of
from e2e.yesterday import (
    APPROVAL,
    CASE,
    COURT,
    DAY,
    OWN_PROOF,
    POLICE,
    PROOF,
    RELEASE,
    TOOL,
    WINDOW,
    asked_yesterday,
    commands_of,
    key_file,
    own,
    proof_of,
    proven,
    releasing,
    wanted,
    who_asked,
)
from indexed_days import NOBODY, OWN
from jointsanctions.v1 import day_index_pb2

from formats.day_proof import verify_day_proof
from formats.note import parse_key
from gateway.cli.main import main
from gateway.security.log_keys import holds


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    with asked_yesterday(tmp_path_factory.mktemp("days")) as gateway:
        yield gateway


def test_an_enterprise_has_the_proof_of_all_ordinary_questions_and_of_nothing_else(days):
    sides = proven(days, proof_of(days, OWN_PROOF, own(), WINDOW))

    assert sides.keys() == {"ordinary"}
    assert [each["at"] for each in sides["ordinary"]] == [f"{DAY}T04:00:00.000000Z"]


def test_an_enterprise_that_nobody_asked_about_has_the_proof_of_that(days):
    assert proven(days, proof_of(days, OWN_PROOF, own(uscc=NOBODY), WINDOW)) == {"ordinary": []}


@pytest.mark.parametrize(
    ("who", "parts"), [(AUDITOR, {}), (COURT, {"case_ref": "鄂法2026-1", "authorization_ref": APPROVAL})]
)
def test_an_auditor_and_a_court_in_a_case_have_both_sides(days, who, parts):
    sides = proven(days, proof_of(days, PROOF, wanted(**parts), who))

    assert {side: len(found) for side, found in sides.items()} == {"ordinary": 1, "investigation": 1}


@pytest.mark.parametrize(
    ("who", "parts", "reason", "field"),
    [
        (COURT, {}, "AUTHORIZATION_MISSING", "authorization_ref"),
        (COURT, {"uscc": "x", "officer": ""}, "AUTHORIZATION_MISSING", "authorization_ref"),
        (COURT, {"authorization_ref": APPROVAL}, "AUTHORIZATION_MISSING", "case_ref"),
        (AUDITOR, {"case_ref": "x"}, "MALFORMED_REQUEST", "case_ref"),
        (AUDITOR, {"authorization_ref": APPROVAL}, "MALFORMED_REQUEST", "authorization_ref"),
        (AUDITOR, {"officer": ""}, "MALFORMED_REQUEST", "officer"),
        (AUDITOR, {"uscc": "x"}, "MALFORMED_REQUEST", "uscc"),
        (AUDITOR, {"from_day": "2026-1-1"}, "MALFORMED_REQUEST", "from_day"),
        (AUDITOR, {"until_day": "2020-01-01"}, "MALFORMED_REQUEST", "until_day"),
        (AUDITOR, {"from_day": str(DAY - timedelta(days=31))}, "MALFORMED_REQUEST", "until_day"),
        (AUDITOR, {"until_day": str(DAY + timedelta(days=1))}, "MALFORMED_REQUEST", "until_day"),
        (AUDITOR, {"from_day": str(DAY - timedelta(days=1))}, "STATE", ""),
        (POLICE, {}, "ROLE_NOT_PERMITTED", ""),
        (BIDDING, {}, "ROLE_NOT_PERMITTED", ""),
    ],
)
def test_what_cannot_be_proven_is_refused_by_name(days, who, parts, reason, field):
    outcome = days.send(PROOF, wanted(**parts), who)

    assert (outcome.reason, outcome.field) == (reason, field)


@pytest.mark.parametrize(
    ("parts", "reason", "field"),
    [
        ({"case_ref": ""}, "AUTHORIZATION_MISSING", "case_ref"),
        ({"officer": ""}, "MALFORMED_REQUEST", "officer"),
        ({"uscc": "x"}, "MALFORMED_REQUEST", "enterprise.uscc"),
        ({"until_day": ""}, "MALFORMED_REQUEST", "until_day"),
    ],
)
def test_the_window_names_case_officer_enterprise_and_days(days, parts, reason, field):
    outcome = days.send(OWN_PROOF, own(**parts), WINDOW)

    assert (outcome.reason, outcome.field) == (reason, field)


def test_a_proof_is_itself_on_record(days):
    outcome, body = days.recorded_by(PROOF, wanted().SerializeToString(), AUDITOR)

    assert outcome.ok
    assert (body["method"], body["officer"], body["search"]["uscc"]) == ("AuditService/GetDayProof", "o-1", OWN)


def test_no_changed_proof_passes_either_verifier(days):
    content = proof_of(days, OWN_PROOF, own(), WINDOW)
    key = key_file(days).read_text().strip()
    file = days.place.state / "changed.json"
    absent = proof_of(days, OWN_PROOF, own(uscc=NOBODY), WINDOW)
    changes = [
        content.replace(OWN.encode(), NOBODY.encode()),
        absent.replace(NOBODY.encode(), OWN.encode()),
        content.replace(str(DAY).encode(), str(DAY - timedelta(days=1)).encode(), 1),
        content.replace(b"04:00:00", b"04:00:01"),
        content.replace(b'"ordinary":{', b'"investigation":{'),
    ]
    for changed in changes:
        assert changed not in {content, absent}
        file.write_bytes(changed)
        tool = subprocess.run([sys.executable, TOOL, "--key", key, file], capture_output=True, text=True, check=False)
        assert (tool.returncode, "NOT PROVEN" in tool.stdout) == (1, True), tool.stdout
        with pytest.raises(ValueError, match=r"."):
            verify_day_proof(changed, [parse_key(key)], holds)


@pytest.mark.parametrize(
    ("who", "parts", "reason", "field"),
    [
        (POLICE, {"case_ref": " "}, "AUTHORIZATION_MISSING", "case_ref"),
        (POLICE, {"document_number": ""}, "MALFORMED_REQUEST", "document_number"),
        (POLICE, {"request_id": ""}, "MALFORMED_REQUEST", "request_id"),
        (POLICE, {"review_on": "2020-01-01"}, "MALFORMED_REQUEST", "review_on"),
        (POLICE, {"officer": ""}, "MALFORMED_REQUEST", "officer"),
        (POLICE, {"case_ref": "another"}, "ENTERPRISE_NOT_FOUND", ""),
        (COURT, {}, "ENTERPRISE_NOT_FOUND", ""),
        (AUDITOR, {}, "ROLE_NOT_PERMITTED", ""),
    ],
)
def test_a_release_that_nobody_can_make_changes_nothing(days, who, parts, reason, field):
    outcome = days.send(RELEASE, releasing(**{"request_id": "refused", **parts}), who)

    assert (outcome.reason, outcome.field) == (reason, field)


def test_a_released_case_is_shown_and_released_once(days):
    hidden = who_asked(days)
    first = days.send(RELEASE, releasing(), POLICE)
    again = days.send(RELEASE, releasing(), POLICE)
    answers = [day_index_pb2.ReleaseInvestigationResponse.FromString(each.answer) for each in (first, again)]

    assert [(each.questions, each.released_before) for each in answers] == [(1, False), (1, True)]
    assert days.send(RELEASE, releasing(document_number="another"), POLICE).reason == "REQUEST_ID_REUSED"
    assert days.send(RELEASE, releasing(request_id="release-2"), POLICE).reason == "STATE"
    assert (hidden, who_asked(days)) == (
        ["public-resources-trading"],
        ["public-security", "public-resources-trading"],
    )
    body = body_of(days.entry(answers[0].audit_position))
    assert body["release"] == {"document": "鄂公法〔2026〕8号", "review_on": "2099-01-31"}
    assert (body["case"], body["request"]["id"], body["officer"]) == (CASE, "release-1", "o-1")
    # What was indexed stays as it was.
    sides = proven(days, proof_of(days, PROOF, wanted(), AUDITOR))
    assert len(sides["investigation"]) == 1


def test_the_commands_fetch_and_verify(days, tmp_path, capsys):
    place, span = commands_of(days), ["--from", str(DAY), "--until", str(DAY)]
    file = tmp_path / "asked.json"
    assert main([*place, "window", "proof", OWN, "--case", "窗口1", *span, "--out", str(file)]) == 0
    capsys.readouterr()
    assert main([*place, "audit", "verify", "--json", str(file)]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["valid"], told["uscc"], told["sides"], told["ordinary_count"]) == (True, OWN, ["ordinary"], 1)
    file.write_bytes(file.read_bytes().replace(b"04:00:00", b"04:00:01"))
    assert main([*place, "audit", "verify", str(file)]) == 1
    assert main([*place, "audit", "days", OWN, *span, "--out", str(file)]) == 0
    assert "ordinary+investigation" in capsys.readouterr().out
    assert main([*place, "--as", BIDDING, "audit", "count", str(DAY), "--out", str(tmp_path / "count.json")]) == 0
    assert "已答复 answered 1, 其他 others 1" in capsys.readouterr().out
    assert main([*place, "audit", "verify", str(tmp_path / "count.json")]) == 0


def test_the_whole_record_is_sound(days, capsys):
    assert main([*commands_of(days), "audit", "fsck", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert (told["sound"], told["days"]) == (True, 1)

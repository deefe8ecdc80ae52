"""Proofs of days over the wire: who gets which side, what they prove to two verifiers, and what a release changes."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from audit_calls import record
from e2e.served import AUDITOR, BIDDING, CONFIG, FINANCE, WRITER, award, body_of, gateway_in, prepared, today
from indexed_days import NOBODY, OWN, asked, investigated
from jointsanctions.v1 import common_pb2, day_index_pb2, opened_entry_pb2, subject_pb2

from formats.civil import midnight
from formats.day_proof import verify_day_proof
from formats.note import parse_key
from formats.receipt import decode_receipt, verify_receipt
from gateway.bootstrap.config import load_config
from gateway.bootstrap.stores import audit_place, store_engine
from gateway.cli.main import main
from gateway.security.log_keys import holds

WINDOW, POLICE, COURT = "hrss-window.subject", "public-security.police", "sample-court.court"
PROOF = "/jointsanctions.v1.AuditService/GetDayProof"
OWN_PROOF = "/jointsanctions.v1.SubjectService/GetOwnDayProof"
COUNT = "/jointsanctions.v1.AuditService/GetCallCount"
OPEN = "/jointsanctions.v1.AuditService/OpenEntry"
RELEASE = "/jointsanctions.v1.AuditService/ReleaseInvestigation"
WHO_ASKED = "/jointsanctions.v1.SubjectService/ListWhoAsked"
TOOL = Path(__file__).parents[2] / "tools" / "verify_days.py"
DAY = today() - timedelta(days=1)
CASE = "鄂公侦〔2026〕12号"
EARLIER = "gw0-0"
"""A queue of a process that is no more, with yesterday's calls."""


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    """A gateway that was asked yesterday, once by the police; a court has a mandate."""
    folder = tmp_path_factory.mktemp("days")
    shutil.copytree(CONFIG, folder / "config")
    with (folder / "config" / "agencies.toml").open("a", encoding="utf-8") as file:
        entry = '\n[[agency]]\nid = "{}"\nrole = "{}"\nname_zh = "示例"\nname_en = "Sample"\nterritory = "420300"\n'
        file.write(entry.format(*COURT.split(".")))
    place = prepared(folder, {})
    settings = load_config(place.config).settings
    engine = store_engine(settings)
    queues = audit_place(settings, engine)
    drafts = [
        asked(OWN, agency="public-resources-trading"),
        asked(OWN, agency="public-resources-trading", outcome="AREA_NOT_IN_MANDATE"),
        investigated(OWN, case=CASE),
    ]
    noon = midnight(DAY) + timedelta(hours=12)
    record(queues, *drafts, writer=EARLIER, times=[noon + timedelta(seconds=second) for second in range(3)])
    queues.close()
    engine.dispose()
    with gateway_in(folder, filled=False) as gateway:
        until_indexed(gateway)
        yield gateway


def until_indexed(gateway):
    """Ask again and again until the day has its index; a day is indexed a minute after its end."""
    while not (found := gateway.send(PROOF, wanted(), AUDITOR)).ok:
        assert found.reason in {"STATE", "QUOTA_EXCEEDED"}, found.text()


def wanted(**parts):
    named = {"uscc": OWN, "from_day": DAY.isoformat(), "until_day": DAY.isoformat(), "officer": "o-1"}
    return day_index_pb2.GetDayProofRequest(**{**named, **parts})


def own(**parts):
    named = {"from_day": DAY.isoformat(), "until_day": DAY.isoformat(), "officer": "o-1", "case_ref": "窗口1"}
    code = parts.pop("uscc", OWN)
    return day_index_pb2.GetOwnDayProofRequest(**{**named, **parts}, enterprise=common_pb2.EnterpriseRef(uscc=code))


def counted(**parts):
    return day_index_pb2.GetCallCountRequest(**{"day": DAY.isoformat(), "officer": "o-1", **parts})


def releasing(**parts):
    named = {
        "request_id": "release-1",
        "case_ref": CASE,
        "document_number": "鄂公法〔2026〕8号",
        "review_on": "2099-01-31",
        "officer": "o-1",
    }
    return day_index_pb2.ReleaseInvestigationRequest(**{**named, **parts})


APPROVAL = common_pb2.Authorization(document_number="鄂法〔2026〕3号", signed_on="2026-01-05", purpose="审理")


def key_file(gateway):
    return next((gateway.place.state / "log").iterdir()) / "vkey"


def proven(gateway, content):
    """Return what a proof proves to the verifier of the program, after the other one has agreed."""
    key = key_file(gateway).read_text().strip()
    file = gateway.place.state / "proof.json"
    file.write_bytes(content)
    tool = subprocess.run([sys.executable, TOOL, "--key", key, file], capture_output=True, text=True, check=False)
    assert tool.returncode == 0, tool.stdout + tool.stderr
    told = json.loads(tool.stdout.partition("proven: ")[2])
    uscc, days = verify_day_proof(content, [parse_key(key)], holds)
    sides = {side: [each for day in days for each in day.entries[side]] for side in days[0].entries}
    assert {side: told.get(side) for side in sides} == sides
    assert (told["uscc"], told["from"], told["until"]) == (uscc, str(days[0].day), str(days[-1].day))
    return sides


def proof_of(gateway, path, request, who, answer=day_index_pb2.GetDayProofResponse):
    outcome = gateway.send(path, request, who)
    assert outcome.ok, outcome.text()
    return answer.FromString(outcome.answer).proof


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


def who_asked(gateway):
    request = subject_pb2.ListWhoAskedRequest(case_ref="窗口1", officer="o", page_size=1_000)
    request.enterprise.uscc = OWN
    answer = subject_pb2.ListWhoAskedResponse.FromString(gateway.send(WHO_ASKED, request, WINDOW).answer)
    return [each.agency for each in answer.questions if each.agency != "hrss-window"]


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


def opening(**parts):
    named = {"log": today().year, "index": 1, "officer": "o-1", "case_ref": "鄂法2026-1"}
    return opened_entry_pb2.OpenEntryRequest(**{**named, "authorization_ref": APPROVAL, **parts})


def named_by_the_proof(gateway):
    """Return the index in the log of the investigation that yesterday's index names."""
    request = wanted(case_ref="鄂法2026-1", authorization_ref=APPROVAL)
    return proven(gateway, proof_of(gateway, PROOF, request, COURT))["investigation"][0]["index"]


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


def commands_of(gateway):
    place = ["--config", str(gateway.place.config), "--state", str(gateway.place.state)]
    return [*place, "--address", f"127.0.0.1:{gateway.port}"]


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


def test_the_whole_record_is_sound(days, capsys):
    assert main([*commands_of(days), "audit", "fsck", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)

    assert (told["sound"], told["days"]) == (True, 1)

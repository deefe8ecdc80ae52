"""An operator sees how a gateway is, over mutual TLS, and nothing of any enterprise."""

from __future__ import annotations

import json
import os
import re

import pytest
from e2e.served import AUDITOR, BIDDING, HRSS, award, body_of
from jointsanctions.v1 import status_pb2 as pb

from gateway.cli.main import main

pytestmark = pytest.mark.xdist_group("served")
OPERATOR = "gateway-operations.operator"
STATUS = "/jointsanctions.v1.AdminService/GetStatus"


def status_of(served):
    outcome = served.send(STATUS, pb.GetStatusRequest(officer="operator-1"), OPERATOR)
    assert outcome.ok, outcome.text()
    return pb.GetStatusResponse.FromString(outcome.answer)


def jsg(served, capsys, *words):
    capsys.readouterr()
    where = ["--config", str(served.place.config), "--state", str(served.place.state)]
    code = main([*where, "--address", f"127.0.0.1:{served.port}", "status", "--officer", "operator-1", *words])
    return code, capsys.readouterr().out


def test_it_says_which_rules_and_data_answer(served):
    answer = served.callers.as_caller(BIDDING).check(award(served.city.example("listed").uscc))
    status = status_of(served)

    assert status.versions.policy_digest == served.config.policy.digest
    assert status.versions.rules_digest == answer.basis.rules_digest
    assert status.versions.settings_digest == served.config.settings.digest
    assert status.versions.agencies_digest == served.config.agencies.digest
    assert status.freshness.data_revision >= answer.basis.data_revision > 0
    assert {age.feed for age in status.freshness.source_ages} == {feed.name for feed in served.config.settings.feeds}


def test_it_says_what_is_on_record_and_counts_its_own_call(served):
    before = status_of(served)
    after = status_of(served)

    assert after.record.writer == "gw1-0"
    assert after.record.entries == before.record.entries + 1 == after.audit_position.number
    assert after.record.committed > 0
    assert after.record.last_commit.ToMicroseconds() > 0
    assert after.started_at == before.started_at
    assert after.now.ToDatetime() > before.now.ToDatetime()


def test_it_says_when_keys_end_and_how_much_disk_is_left(served):
    status = status_of(served)

    assert 80 < (status.ends.certificate.ToDatetime() - status.now.ToDatetime()).days <= 90
    assert status.ends.next_authority.ToDatetime() > status.ends.certificate.ToDatetime()
    assert status.ends.HasField("revocations_written")
    assert not status.ends.HasField("revocations"), "a list of serial numbers has no end"
    assert {disk.what for disk in status.disks} == {"audit", "store"}
    assert all(disk.free_bytes > 0 for disk in status.disks)
    room = os.statvfs(served.place.state)
    seen = (room.f_blocks - room.f_bfree + room.f_bavail) * room.f_frsize
    assert all(abs(disk.size_bytes - seen) < 100_000_000 for disk in status.disks), "what is used and what may be"
    assert (status.person_keys.active, status.person_keys.count) == (1, 1)
    assert status.next_review == "2028-09-01"


def test_it_counts_refusals_by_reason(served):
    def count():
        return {each.reason: each.count for each in status_of(served).load.refused}.get("AREA_NOT_IN_MANDATE", 0)

    before = count()
    refused = served.send(
        "/jointsanctions.v1.CreditService/CheckEligibility",
        award(served.city.example("listed").uscc),
        "award-office.asking-system",
    )

    assert refused.reason == "AREA_NOT_IN_MANDATE"
    assert count() == before + 1


def test_nothing_of_any_enterprise_is_in_it(served):
    """R-03: neither a code nor a name."""
    told = str(status_of(served))

    assert re.findall(r"[0-9A-HJ-NPQRTUWXY]{18}", re.sub(r"[0-9a-f]{64}", "", told)) == []
    assert "示例" not in told


@pytest.mark.parametrize("who", [BIDDING, HRSS, AUDITOR, "hrss-window.subject"])
def test_nobody_but_the_operator_is_told(served, who):
    assert served.send(STATUS, pb.GetStatusRequest(officer="x"), who).reason == "ROLE_NOT_PERMITTED"


def test_who_looks_must_say_so_and_is_on_record(served):
    outcome, body = served.recorded_by(STATUS, b"", OPERATOR)
    assert (outcome.reason, outcome.field, body["field"]) == ("MALFORMED_REQUEST", "officer", "officer")

    body = body_of(served.entry(status_of(served).audit_position))
    assert (body["method"], body["outcome"], body["officer"]) == ("AdminService/GetStatus", "OK", "operator-1")


def test_the_command_shows_it_in_both_languages_and_ends_with_0_when_nothing_is_broken(served, capsys):
    code, said = jsg(served, capsys)

    assert code == 0, said
    assert said.startswith("状态 state ")
    assert "正常 in order" in said
    assert "wage_list" in said


def test_the_command_prints_json(served, capsys):
    code, said = jsg(served, capsys, "--json")
    told = json.loads(said)

    # The disk is this machine's, and may be filling up.
    assert {each["trouble"] for each in told["complaints"]} <= {"STATUS_TROUBLE_DISK_FILLS_UP"}
    assert (code, told["healthy"]) == (0, True)
    assert told["record"]["writer"] == "gw1-0"


def test_of_a_gateway_whose_feeds_were_never_confirmed_status_and_doctor_say_so_and_end_with_1(start_gateway, capsys):
    far = {
        "least_free_gigabytes = 1.0 ": "least_free_gigabytes = 1000000.0 ",
        "ends_soon_days = 14 ": "ends_soon_days = 400 ",
    }
    served = start_gateway(filled=False, changes=far)
    code, said = jsg(served, capsys)
    lines = said.splitlines()

    assert code == 1
    assert "异常 BROKEN" in lines[0]
    assert any("wage_list - / 26.0 h" in line for line in lines)
    assert sum("the disk is nearly full" in line for line in lines) == 2
    assert any("提示 coming" in line and "licences" in line for line in lines), "it can change no answer"
    (review,) = (line for line in lines if "yearly review of a legal basis" in line)
    assert review.startswith("提示 coming")
    assert review.endswith(served.config.reviews.first(served.config.reviews.reviewed_on).isoformat())
    assert sum(line.strip().startswith("→") for line in lines) == sum(line[:2] in {"异常", "提示"} for line in lines)

    where = ["--config", str(served.place.config), "--state", str(served.place.state)]
    assert main([*where, "--address", f"127.0.0.1:{served.port}", "doctor", "--json"]) == 1
    found = {row["link"]: row for row in json.loads(capsys.readouterr().out) if not row["sound"]}
    assert found.keys() == {"disk", "gateway's status"}
    assert "wage_list" in found["gateway's status"]["found"]

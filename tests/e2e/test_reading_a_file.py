"""The file of an enterprise over mutual TLS: both times, as known then, in pages, for HRSS alone, on record."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, timedelta

import grpc
import pytest
from e2e.served import BIDDING, HRSS, REGISTRAR, SUBMIT, award, award_known, body_of, new_party, today
from jointsanctions.v1 import common_pb2, record_pb2, registry_pb2, withdrawal_pb2
from jointsanctions.v1 import enterprise_file_pb2 as pb

from formats.civil import midnight
from gateway.sample.records import profile
from gateway.sample.records import publication as sample_publication

pytestmark = pytest.mark.xdist_group("served")
FILE = "/jointsanctions.v1.RegistryService/GetEnterpriseFile"
PLATFORM = "credit-platform.producer"


def submit(served, feed, *records, who=HRSS):
    """Submit records as one revision, and return that once it is served."""
    for row, record in enumerate(records, 1):
        record.row = row
    request_id = new_party().uscc
    chunk = registry_pb2.SubmitRecordsRequest(
        request_id=request_id, feed=feed, officer="o", records=records, last=True
    ).SerializeToString()
    answer = registry_pb2.SubmitRecordsResponse.FromString(served.raw_stream(SUBMIT, [chunk], who).answer)
    assert answer.stored == len(records), answer
    award_known(served, answer.data_revision)
    return answer.data_revision, request_id


def complaint(party, settled_on=""):
    record = party.record(f"{party.uscc}/complaint")
    day = (today() - timedelta(days=20)).isoformat()
    record.complaint.CopyFrom(record_pb2.VerifiedComplaint(accepted_on=day, verified_on=day, settled_on=settled_on))
    return record


def publication(party, published_on):
    until = published_on + timedelta(days=365)
    return sample_publication(party, f"{party.uscc}/publication", published_on, until, for_wages=True)


def wanted(party, **parts):
    return pb.GetEnterpriseFileRequest(**{"uscc": party.uscc, "case_ref": "R-1", "officer": "o", **parts})


def read(served, party, **parts):
    return pb.GetEnterpriseFileResponse.FromString(served.send(FILE, wanted(party, **parts), HRSS).answer)


@pytest.fixture
def party(served):
    """An enterprise with a profile, and a complaint that was replaced."""
    party = new_party()
    submit(served, "market_regulation", profile(party, today()), who=REGISTRAR)
    submit(served, "labour_inspection", complaint(party))
    submit(served, "labour_inspection", complaint(party, today().isoformat()))
    return party


def test_every_version_is_shown_with_both_times_and_who_brought_it(served, party):
    file = read(served, party)
    registered, first, second = file.versions
    revisions = {revision.revision: revision for revision in file.revisions}

    assert [version.kind for version in file.versions] == ["enterprise", "complaint", "complaint"]
    assert first.record_id == second.record_id
    assert first.recorded_until == second.recorded_from > first.recorded_from > registered.recorded_from
    assert second.recorded_until == registered.recorded_until == 0
    assert first.record == record_like(complaint(party))
    assert second.record == record_like(complaint(party, today().isoformat()))
    assert (registered.holds_from, registered.holding) == (today().isoformat(), pb.HOLDING_HOLDS)
    assert revisions.keys() == {version.recorded_from for version in file.versions}
    assert [revisions[v.recorded_from].feed for v in (registered, first)] == ["market_regulation", "labour_inspection"]
    assert [revisions[v.recorded_from].agency for v in (registered, first)] == ["market-regulation", "hrss"]
    assert [name.name for name in file.summary.names] == [party.name]
    assert file.next_page_token == ""


def record_like(sent):
    """Return what was sent as it is shown: without the source's own key and the name."""
    sent.ClearField("source_key")
    sent.ClearField("name")
    return sent


def test_a_moment_of_knowledge_is_the_file_as_it_was_then(served, party):
    whole = read(served, party)
    committed = {revision.revision: revision.committed_at for revision in whole.revisions}
    then = read(served, party, known_at=committed[whole.versions[1].recorded_from])

    assert [(v.record_id, v.recorded_from, v.recorded_until) for v in then.versions] == [
        (v.record_id, v.recorded_from, 0) for v in whole.versions[:2]
    ]


def test_pages_are_the_whole_and_each_is_on_record(served, party):
    found, token = [], ""
    while True:
        outcome, body = served.recorded_by(FILE, wanted(party, page_size=1, page_token=token).SerializeToString(), HRSS)
        page = pb.GetEnterpriseFileResponse.FromString(outcome.answer)
        found += page.versions
        assert (body["outcome"], body["versions"], body["enterprises"]) == ("OK", 1, [party.uscc])
        assert (body["case"], body["officer"], body["revision"]) == ("R-1", "o", page.data_revision)
        assert body_of(served.entry(page.audit_position)) == body
        token = page.next_page_token
        if not token:
            break
    assert found == list(read(served, party).versions)


def test_a_large_file_comes_in_pages_below_4_mib(served):
    party = new_party()
    records = []
    for number in range(1_000):
        record = party.record(f"{party.uscc}/{number}", "示例市人社局")
        record.penalty.CopyFrom(
            record_pb2.AdministrativePenalty(
                decided_on=today().isoformat(), penalty_class="罚款", content="示例处罚内容" * 200
            )
        )
        records.append(record)
    submit(served, "penalties", *records, who=PLATFORM)
    found, token, pages = [], "", 0
    while True:
        outcome = served.send(FILE, wanted(party, page_size=1_000, page_token=token), HRSS)
        assert len(outcome.answer) < 4 * 1024 * 1024
        page = pb.GetEnterpriseFileResponse.FromString(outcome.answer)
        found += [version.record_id for version in page.versions]
        token, pages = page.next_page_token, pages + 1
        if not token:
            break
    assert pages > 1
    assert len(found) == len(set(found)) == 1_000


def test_a_record_of_a_day_to_come_is_taken_today_shown_as_not_yet_holding_and_acts_on_its_day(served):
    party = new_party()
    coming = today() + timedelta(days=10)
    submit(served, "market_regulation", profile(party, today() - timedelta(days=100)), who=REGISTRAR)
    submit(served, "publications", publication(party, coming))
    (version,) = read(served, party, kinds=["publication"]).versions
    bidding = served.callers.as_caller(BIDDING)
    now = bidding.check(award(party.uscc)).decision
    moment = midnight(coming + timedelta(days=1)).astimezone(UTC)
    then = bidding.check(award(party.uscc, as_of=moment, preview=True)).decision

    assert (version.holds_from, version.holding) == (coming.isoformat(), pb.HOLDING_NOT_YET)
    assert version.record_id not in {measure.record_id for measure in now.measures}
    assert common_pb2.TRIGGER_PUBLICATION in {measure.trigger for measure in then.measures}
    assert version.record_id in {measure.record_id for measure in then.measures}


def test_what_was_withdrawn_as_void_is_shown_with_the_act_that_takes_it_back(served):
    party = new_party()
    submit(served, "publications", publication(party, today()))
    (version,) = read(served, party).versions
    request = withdrawal_pb2.WithdrawRecordRequest(
        request_id=party.uscc,
        record_id=version.record_id,
        kind="publication",
        authority=version.record.authority,
        document_number="撤1号",
        decided_on=today().isoformat(),
        reason="公布决定被撤销",
        void_from_start=True,
        officer="o",
    )
    outcome = served.send("/jointsanctions.v1.RegistryService/WithdrawRecord", request, HRSS)
    award_known(served, withdrawal_pb2.WithdrawRecordResponse.FromString(outcome.answer).data_revision)
    taken_back, withdrawal = read(served, party).versions

    assert version.holding == pb.HOLDING_HOLDS
    assert (taken_back.holding, taken_back.withdrawn_by) == (pb.HOLDING_VOID, withdrawal.record_id)
    assert (withdrawal.kind, withdrawal.withdrawal.record_id) == ("withdrawal", version.record_id)
    assert withdrawal.withdrawal.reason == "公布决定被撤销"


@pytest.mark.parametrize(
    ("who", "reason"),
    [
        (BIDDING, "ROLE_NOT_PERMITTED"),
        ("hanjiang-bank.bank", "ROLE_NOT_PERMITTED"),
        ("credit-platform.connector", "ROLE_NOT_PERMITTED"),
        (REGISTRAR, "FIELD_NOT_IN_MANDATE"),
    ],
)
def test_nobody_but_hrss_gets_there_and_the_attempt_is_on_record(served, party, who, reason):
    outcome, body = served.recorded_by(FILE, wanted(party).SerializeToString(), who)

    assert (outcome.code, outcome.reason) == (grpc.StatusCode.PERMISSION_DENIED, reason)
    assert (body["outcome"], "enterprises" in body) == (reason, False)


def test_an_enterprise_that_nobody_knows_and_a_call_without_a_case_are_refused(served):
    party = new_party()
    unknown = served.send(FILE, wanted(party), HRSS)
    without = served.send(FILE, wanted(party, case_ref=""), HRSS)

    assert (unknown.code, unknown.reason) == (grpc.StatusCode.NOT_FOUND, "ENTERPRISE_NOT_FOUND")
    assert (without.reason, without.field) == ("AUTHORIZATION_MISSING", "case_ref")


def jsg(served, *words):
    place = ["--config", served.place.config, "--state", served.place.state, "--address", f"127.0.0.1:{served.port}"]
    return subprocess.run(
        [sys.executable, "-m", "gateway", *map(str, [*place, "registry", "file", *words])],
        capture_output=True,
        check=False,
        timeout=60,
        text=True,
    )


def test_the_command_prints_the_file_as_a_timeline_in_both_languages(served, party):
    done = jsg(served, party.uscc, "--case", "R-1")

    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert party.name in done.stdout
    assert sum("版本 revision" in line for line in lines) == 3
    assert sum("查实投诉 complaint" in line for line in lines) == 2
    assert sum("更替 on record until revision" in line for line in lines) == 1
    assert "有效 holds" in done.stdout


def test_the_command_shows_a_listing_with_its_acts_and_how_it_stands(served):
    done = jsg(served, served.city.example("listed").uscc)

    assert "IN_FORCE (现 now IN_FORCE), 人员 persons" in done.stdout
    assert "列入决定 decision to list" in done.stdout
    assert "决定送达 decision delivered" in done.stdout
    assert "chain.order_number: " in done.stdout


def test_the_command_prints_every_page_as_json_and_refuses_a_moment_that_is_none(served, party):
    (page,) = json.loads(jsg(served, party.uscc, "--kind", "complaint", "--newest", "--json").stdout)
    wrong = jsg(served, party.uscc, "--known-at", "2026-02-30")
    before = jsg(served, party.uscc, "--known-at", "2025-01-01")

    assert [version["kind"] for version in page["versions"]] == ["complaint"]
    assert wrong.returncode == 2
    assert "--known-at" in wrong.stderr
    assert before.returncode == 1

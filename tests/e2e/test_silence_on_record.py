"""Silence towards a referral is on record once, over kills and restarts, and told to whom it concerns; stuck is seen.

A case is sent by real parties; then the gateway is stopped, and what it has stored is made eighty hours older.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from e2e.referring import COURT, HRSS, POLICE, PROCURATORATE, dossier, facts, parties, sending, sent, step
from e2e.served import AUDITOR, SEARCH, body_of, gateway_in, today
from jointsanctions.v1 import audit_pb2, status_pb2
from jointsanctions.v1 import referral_pb2 as pb
from sqlalchemy import select, update

from gateway.bootstrap.stores import store_engine
from gateway.cli.main import main
from gateway.storage import tables
from gateway.storage.engine import writing

STATUS = "/jointsanctions.v1.AdminService/GetStatus"
OPERATOR = "gateway-operations.operator"
SILENT = "SILENCE_ESTABLISHED"
EXPECTED = {
    ("public-security", "NOT_DELIVERED"),
    ("public-security", "NOT_OPENED"),
    ("procuratorate", "NOT_DELIVERED"),
    ("procuratorate", "NOT_OPENED"),
    ("intermediate-court", "NOT_DELIVERED"),
}
"""The court's notice brings nothing to open."""


def made_older(settings, hours):
    """Make all entries of referrals older, as if the gateway had been stopped for so long."""
    engine, entry = store_engine(settings), tables.referral_entry
    with writing(engine) as connection:
        for row in connection.execute(select(entry.c.number, entry.c.recorded_at)).all():
            older = row.recorded_at - timedelta(hours=hours)
            connection.execute(update(entry).where(entry.c.number == row.number).values(recorded_at=older))
    engine.dispose()


def entries(served):
    """Return the bodies of all entries that establish silence, each with its place in the record."""
    read = [(entry, body_of(entry)) for entry in served.entries()]
    return {f"{entry.writer}/{entry.number}": body for entry, body in read if body["outcome"] == SILENT}


def until(served, count):
    """Look again and again until so many silences are on record."""
    while len(found := entries(served)) < count:
        assert served.process.poll() is None
    return found


@pytest.fixture(scope="module")
def aged(tmp_path_factory):
    """A gateway that is served again eighty hours after a sending, killed once, and served once more."""
    folder = tmp_path_factory.mktemp("silent")
    with gateway_in(folder) as served:
        found = parties(served)
        referral_id, _ = sent(found, court="intermediate-court")
        found[HRSS].upload(referral_id, "later", b"x" * 100, sealed_bytes=2_000)
    made_older(served.config.settings, 80)
    with gateway_in(folder, filled=False) as served:
        first = until(served, 1)
        served.process.kill()
        served.process.wait()
    with gateway_in(folder, filled=False) as served:
        until(served, len(EXPECTED))
        again = {who: replace(party, served=served) for who, party in found.items()}
        yield served, again, referral_id, first


def test_each_silence_is_one_entry_over_a_kill_and_two_starts(aged):
    served, _, referral_id, first = aged
    found = entries(served)
    assert {(body["silence"]["recipient"], body["silence"]["state"]) for body in found.values()} == EXPECTED
    assert len(found) == len(EXPECTED)
    assert first.keys() <= found.keys()
    assert {body["referral"] for body in found.values()} == {referral_id}
    assert all(body["caller"] == {} and body["method"] == "ReferralService" for body in found.values())


def test_an_auditor_finds_them_by_their_outcome(aged):
    served, *_ = aged
    outcome = served.send(
        SEARCH, audit_pb2.SearchAccessRequest(searched_by="a-1", outcome=SILENT, page_size=50), AUDITOR
    )
    assert outcome.ok, outcome.text()
    told = audit_pb2.SearchAccessResponse.FromString(outcome.answer)
    assert len(told.entries) == len(EXPECTED)
    for each in told.entries:
        assert "public-security" not in str(each)


def shown(party, referral_id):
    """Return the silences that a party is shown, and how far each entry has come."""
    case = party.call("GetReferral", referral_id=referral_id)
    silences = {
        (each.recipient, pb.TransportState.Name(each.state)[len("TRANSPORT_STATE_") :]) for each in case.silences
    }
    return case, silences


def test_hrss_is_told_where_each_stands_and_every_other_party_of_itself(aged):
    served, found, referral_id, _ = aged
    case, silences = shown(found[HRSS], referral_id)
    assert silences == EXPECTED
    places = {f"{each.writer}/{each.number}" for each in case.silences}
    assert places == entries(served).keys()
    assert shown(found[POLICE], referral_id)[1] == {each for each in EXPECTED if each[0] == "public-security"}
    assert shown(found[COURT], referral_id)[1] == {("intermediate-court", "NOT_DELIVERED")}


def test_what_is_received_late_overrules_what_is_shown_and_takes_nothing_back(aged):
    served, found, referral_id, _ = aged
    before = figures(served)
    court = found[COURT]
    places = [entry.place for entry in court.inbox()]
    court.call("AcknowledgeInbox", places=places)

    case, silences = shown(found[HRSS], referral_id)
    state = {each.recipient: each.state for each in case.transport}
    assert state["intermediate-court"] == pb.TRANSPORT_STATE_DELIVERED
    assert silences == EXPECTED
    assert figures(served).not_delivered == before.not_delivered - 1
    assert len(entries(served)) == len(EXPECTED)


def figures(served):
    outcome = served.send(STATUS, status_pb2.GetStatusRequest(officer="operator-1"), OPERATOR)
    assert outcome.ok, outcome.text()
    status = status_pb2.GetStatusResponse.FromString(outcome.answer)
    told = [each for each in status.complaints if each.trouble == status_pb2.STATUS_TROUBLE_REFERRALS_STUCK]
    assert [each.broken for each in told] == [False]
    return status.load.referrals


def test_an_operator_is_told_figures_and_no_case(aged):
    served, _, referral_id, _ = aged
    found = figures(served)
    assert found.not_opened == 2
    assert found.uploads_stuck == 0, "its last byte is not a day old"
    outcome = served.send(STATUS, status_pb2.GetStatusRequest(officer="operator-1"), OPERATOR)
    assert referral_id.encode() not in outcome.answer
    assert b"public-security" not in outcome.answer


def test_what_a_case_waits_for_and_on_whom_stands_in_the_list_of_who_takes_part(aged, capsys):
    served, found, referral_id, _ = aged
    (case,) = found[HRSS].call("ListReferrals").referrals
    waits = {(each.agency, pb.StuckReason.Name(each.reason)) for each in case.stuck}
    assert waits >= {("public-security", "STUCK_REASON_NOT_OPENED"), ("procuratorate", "STUCK_REASON_NOT_OPENED")}
    (own,) = found[PROCURATORATE].call("ListReferrals").referrals
    assert {each.agency for each in own.stuck if each.place} == {"procuratorate"}

    where = ["--config", str(served.place.config), "--state", str(served.place.state)]
    code = main([*where, "--address", f"127.0.0.1:{served.port}", "referral", "list"])
    printed = capsys.readouterr().out
    assert (code, referral_id in printed, "停滞 stuck" in printed) == (0, True, True)
    assert "public-security: 查阅卷宗 fetching the dossier" in printed


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"court": "procuratorate"}, "court"),
        ({"court": "nobody"}, "court"),
        ({"procuratorate": "intermediate-court"}, "procuratorate"),
        ({"step": ("SENDING", "procuratorate")}, "step.to_agency"),
        ({"step": ("SENDING", "public-security-yunxi")}, "step.to_agency"),
    ],
)
def test_a_sending_to_what_is_no_police_no_procuratorate_or_no_court_is_refused_by_its_field(aged, changed, field):
    _, found, _, _ = aged
    if "step" in changed:
        kind, to_agency = changed["step"]
        changed = {"step": step(kind, 900, to_agency=to_agency)}
    outcome = found[HRSS].send("SendReferral", **sending(found, dossier(), **changed))
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", field)


def test_a_court_is_told_by_its_agreement_whose_number_stands_in_answer_and_record(aged):
    served, found, _, _ = aged
    fields = sending(found, dossier(), court="intermediate-court")
    answer = found[HRSS].call("SendReferral", **fields)
    number = served.config.agreements.in_force("intermediate-court", "420302", today()).document_number
    assert answer.court_agreement == number
    assert body_of(served.entry(answer.audit_position))["agreement"] == number
    for who, told in ((HRSS, number), (COURT, number), (POLICE, ""), (PROCURATORATE, "")):
        assert found[who].call("GetReferral", referral_id=fields["referral_id"]).court_agreement == told


def test_a_court_without_an_agreement_for_the_county_is_told_nothing_and_the_field_is_named(aged):
    _, found, _, _ = aged
    fields = sending(found, dossier(), facts(county="420322"), court="intermediate-court")
    outcome = found[HRSS].send("SendReferral", **fields)
    assert (outcome.reason, outcome.field) == ("MALFORMED_REQUEST", "court")
    assert found[COURT].send("GetReferral", referral_id=fields["referral_id"]).reason == "ENTERPRISE_NOT_FOUND"
    assert found[HRSS].call("SendReferral", **{**fields, "court": ""}).court_agreement == ""

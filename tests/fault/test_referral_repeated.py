"""Requests of referrals doubled, reordered and at once: one case, each step once, no case's answer for another."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from e2e.referring import (
    HRSS,
    POLICE,
    PROCURATORATE,
    SERVICE,
    approved,
    dossier,
    part_of,
    parties,
    sent,
    step,
    take,
    wrapped,
)
from e2e.served import gateway_in
from jointsanctions.v1 import referral_pb2 as pb

CASES = 32
AT_ONCE = 8


@pytest.fixture(scope="module")
def referring(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("repeated"), filled=False) as gateway:
        yield parties(gateway)


@pytest.fixture
def sending(referring):
    """A request that sends a case whose files are uploaded."""
    hrss, case, made = referring[HRSS], approved(referring), dossier()
    for item_id, sealed in made.sealed.items():
        assert hrss.upload(case, item_id, sealed).ok
    keys = wrapped(made, case, [hrss, referring[POLICE]], [referring[PROCURATORATE]])
    return pb.SendReferralRequest(
        request_id=f"sending-{case}",
        officer="o",
        referral_id=case,
        step=step("SENDING", int(case.rpartition("-")[2]), to_agency="public-security"),
        part=part_of(hrss, made, case, keys),
        procuratorate="procuratorate",
    )


def at_once(calls):
    """Make the calls from threads of their own, and return what came back in their order."""
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(lambda call: call(), calls))


def steps(referring, case):
    shown = referring[HRSS].call("GetReferral", referral_id=case).steps
    return [pb.ReferralActKind.Name(each.step.kind).removeprefix("REFERRAL_ACT_KIND_") for each in shown]


def test_one_request_many_times_at_once_is_one_sending_and_one_answer(referring, sending):
    served, case = referring[HRSS].served, sending.referral_id
    outcomes = at_once([lambda: served.send(f"{SERVICE}SendReferral", sending, HRSS)] * AT_ONCE)

    answers = [pb.SendReferralResponse.FromString(each.answer).referral for each in outcomes if each.ok]
    assert len(answers) == AT_ONCE, [each.text() for each in outcomes if not each.ok]
    assert {each.stage for each in answers} == {pb.REFERRAL_STAGE_SENT}
    assert steps(referring, case) == ["REPORT", "APPROVAL", "SENDING"]
    assert [each.referral_id for each in referring[POLICE].inbox()].count(case) == 1


def test_a_second_sending_under_another_request_id_is_refused_by_where_the_case_stands(referring, sending):
    served, case = referring[HRSS].served, sending.referral_id
    requests = []
    for number in range(AT_ONCE):
        other = pb.SendReferralRequest()
        other.CopyFrom(sending)
        other.request_id = f"{sending.request_id}-{number}"
        requests.append(other)
    outcomes = at_once([lambda each=each: served.send(f"{SERVICE}SendReferral", each, HRSS) for each in requests])

    assert [each.ok for each in outcomes].count(True) == 1
    assert {each.reason for each in outcomes if not each.ok} == {"STATE"}
    assert steps(referring, case).count("SENDING") == 1


def test_a_request_id_with_other_content_is_refused(referring, sending):
    served = referring[HRSS].served
    assert served.send(f"{SERVICE}SendReferral", sending, HRSS).ok
    sending.step.reasons = "另一理由"
    assert served.send(f"{SERVICE}SendReferral", sending, HRSS).reason == "REQUEST_ID_REUSED"


def test_what_comes_before_its_time_is_refused_and_moves_nothing(referring, sending):
    hrss, police, case = referring[HRSS], referring[POLICE], sending.referral_id
    early = police.send("SignReceipt", referral_id=case, step=step("RECEIPT", 8_001))
    assert early.reason == "ENTERPRISE_NOT_FOUND", "to the police a case that was not sent is not there"
    assert hrss.served.send(f"{SERVICE}SendReferral", sending, HRSS).ok
    for rpc, kind, who in (
        ("DecideFiling", "FILING", police),
        ("RecordOutcome", "HANDOVER", hrss),
        ("RequestReconsideration", "RECONSIDERATION_REQUEST", hrss),
    ):
        assert who.send(rpc, referral_id=case, step=step(kind, 8_002)).reason == "STATE"
    take(police, "SignReceipt", case, "RECEIPT")
    twice = police.send("SignReceipt", referral_id=case, step=step("RECEIPT", 8_003))
    assert twice.reason == "STATE"
    assert steps(referring, case) == ["REPORT", "APPROVAL", "SENDING", "RECEIPT"]


def test_one_file_uploaded_many_times_at_once_is_there_once(referring):
    case = approved(referring)
    sealed = hashlib.shake_256(case.encode()).digest(2_500_000)
    declared = {"sealed_bytes": len(sealed), "sealed_sha256": hashlib.sha256(sealed).hexdigest()}
    outcomes = at_once([lambda: referring[HRSS].upload(case, "film", sealed, request_id=f"film-{case}")] * AT_ONCE)

    refused = [each for each in outcomes if not each.ok]
    assert {dict(each.infos[0].metadata).get("why", each.field) for each in refused} <= {"UPLOAD_UNDER_WAY", "offset"}
    assert len(refused) < AT_ONCE
    assert referring[HRSS].call("GetUpload", referral_id=case, **declared).whole
    folder = referring[HRSS].served.place.state / "evidence"
    assert len([each for each in folder.rglob(declared["sealed_sha256"]) if each.parent.name != "uploads"]) == 1


def test_no_receipt_is_for_another_case_however_many_come_at_once(referring):
    police, hrss = referring[POLICE], referring[HRSS]
    cases = [case for case, _ in at_once([lambda: sent(referring)] * CASES)]
    assert len(set(cases)) == CASES
    receipts = {case: step("RECEIPT", 9_000 + place) for place, case in enumerate(cases)}
    answers = at_once([lambda c=case: police.call("SignReceipt", referral_id=c, step=receipts[c]) for case in cases])

    for case, answer in zip(cases, answers, strict=True):
        assert answer.referral.referral_id == case
        (shown,) = [
            each.step
            for each in hrss.call("GetReferral", referral_id=case).steps
            if each.step.kind == pb.REFERRAL_ACT_KIND_RECEIPT
        ]
        assert shown.document_number == receipts[case].document_number
        assert shown.document_sha256 == receipts[case].document_sha256
    entry = hrss.served.entry(answers[0].audit_position)
    assert cases[0].encode() in entry.body


def test_an_acknowledgement_of_one_case_delivers_no_other(referring):
    police, hrss = referring[POLICE], referring[HRSS]
    cases = [sent(referring)[0] for _ in range(3)]
    places = {each.referral_id: each.place for each in police.call("ListInbox", page_size=200).entries}
    police.call("AcknowledgeInbox", places=[places[cases[1]]])

    def delivered(case):
        shown = hrss.call("GetReferral", referral_id=case).transport
        return [each.state for each in shown if each.recipient == "public-security"]

    assert delivered(cases[0]) == delivered(cases[2]) == [pb.TRANSPORT_STATE_RELAYED]
    assert delivered(cases[1]) == [pb.TRANSPORT_STATE_DELIVERED]

"""Referrals over mutual TLS, each party with its own certificate and key: from the report to the judgment."""

from __future__ import annotations

import pytest
from e2e.referring import (
    COURT,
    HRSS,
    MATERIALS,
    OTHER_POLICE,
    POLICE,
    PRINCIPAL,
    PROCURATORATE,
    approved,
    dossier,
    facts,
    part_of,
    parties,
    sent,
    step,
    take,
    wrapped,
)
from e2e.served import BIDDING, body_of, gateway_in
from jointsanctions.v1 import referral_pb2 as pb

from formats.dossier import EvidenceKind, Material

pytestmark = pytest.mark.xdist_group("referrals")


@pytest.fixture(scope="module")
def referring(tmp_path_factory):
    with gateway_in(tmp_path_factory.mktemp("referring")) as gateway:
        yield parties(gateway)


def stage(case) -> str:
    return pb.ReferralStage.Name(case.stage).removeprefix("REFERRAL_STAGE_")


def test_a_case_goes_from_report_to_judgment_and_each_opens_what_is_for_it(referring):
    hrss, police, court = referring[HRSS], referring[POLICE], referring[COURT]
    referral_id, made = sent(referring)

    (received,) = police.inbox()
    assert (received.referral_id, received.from_agency) == (referral_id, "hrss")
    assert police.opened(referral_id, "order") == made.contents["order"]
    assert police.call("AcknowledgeInbox", places=[received.place]).acknowledged == 1
    assert police.inbox() == []

    assert stage(take(police, "SignReceipt", referral_id, "RECEIPT")) == "RECEIVED"
    assert stage(take(police, "DecideFiling", referral_id, "FILING")) == "FILED"
    assert stage(take(hrss, "RecordOutcome", referral_id, "HANDOVER")) == "HANDED_OVER"
    procuratorate = referring[PROCURATORATE]
    indicted = take(procuratorate, "RecordOutcome", referral_id, "INDICTMENT", to_agency="intermediate-court")
    assert stage(indicted) == "INDICTED"
    hrss.call("ShareDossier", referral_id=referral_id, keys=wrapped(made, referral_id, [court], []))
    assert court.opened(referral_id, "worker_interviews") == made.contents["worker_interviews"]
    assert stage(take(court, "RecordOutcome", referral_id, "CONVICTION")) == "CONVICTED"
    take(court, "RecordOutcome", referral_id, "PROPERTY_RETURN")
    assert stage(take(hrss, "RecordOutcome", referral_id, "CLOSING")) == "CLOSED"

    shown = hrss.call("GetReferral", referral_id=referral_id)
    assert [pb.ReferralActKind.Name(each.step.kind).split("KIND_")[1] for each in shown.steps] == [
        "REPORT",
        "APPROVAL",
        "SENDING",
        "RECEIPT",
        "FILING",
        "HANDOVER",
        "INDICTMENT",
        "CONVICTION",
        "PROPERTY_RETURN",
        "CLOSING",
    ]
    assert {each.recipient for each in shown.transport} == {"public-security", "procuratorate", "intermediate-court"}


def test_not_filed_reconsidered_upheld_supervised_and_ordered_to_file(referring):
    hrss, police, procuratorate = referring[HRSS], referring[POLICE], referring[PROCURATORATE]
    referral_id, _ = sent(referring)
    take(police, "SignReceipt", referral_id, "RECEIPT")
    assert stage(take(police, "DecideFiling", referral_id, "NON_FILING")) == "NOT_FILED"
    take(hrss, "RequestReconsideration", referral_id, "RECONSIDERATION_REQUEST")
    assert stage(take(police, "DecideFiling", referral_id, "NON_FILING_UPHELD")) == "NOT_FILED_UPHELD"
    take(hrss, "RequestSupervision", referral_id, "SUPERVISION_REQUEST")
    take(procuratorate, "RecordOutcome", referral_id, "EXPLANATION_REQUEST")
    take(police, "RecordOutcome", referral_id, "EXPLANATION")
    ordered = take(procuratorate, "RecordOutcome", referral_id, "FILING_ORDER")
    assert "T-35/file" in {clock.clock_id for clock in ordered.clocks}
    assert stage(take(police, "DecideFiling", referral_id, "FILING")) == "FILED"


def test_a_forwarded_case_goes_on_with_the_next_police_alone(referring):
    first, second = referring[POLICE], referring[OTHER_POLICE]
    referral_id, made = sent(referring)
    take(first, "SignReceipt", referral_id, "RECEIPT")
    take(first, "DecideFiling", referral_id, "FORWARDING", to_agency="public-security-yunxi")
    keys = wrapped(made, referral_id, [second], [])
    first.call("ShareDossier", referral_id=referral_id, keys=keys)

    assert second.opened(referral_id, "order") == made.contents["order"]
    refused = first.send("DecideFiling", referral_id=referral_id, step=step("FILING", 900))
    assert refused.reason == "STATE"
    take(second, "SignReceipt", referral_id, "RECEIPT")
    assert stage(take(second, "DecideFiling", referral_id, "FILING")) == "FILED"
    assert len(first.call("GetReferral", referral_id=referral_id).steps) == 3


def test_materials_are_asked_for_and_supplied_as_a_part_that_follows_the_first(referring):
    hrss, police = referring[HRSS], referring[POLICE]
    referral_id, _ = sent(referring)
    (first,) = hrss.download(referral_id)[0]
    take(police, "SignReceipt", referral_id, "RECEIPT")
    take(police, "DecideFiling", referral_id, "MATERIALS_REQUEST")
    more = dossier([(Material.PENALTY_DECISION, EvidenceKind.DOCUMENTARY)])
    hrss.upload(referral_id, "penalty_decision", more.sealed["penalty_decision"])
    keys = wrapped(more, referral_id, [hrss, police], [])
    lacking = hrss.send(
        "SendReferral",
        referral_id=referral_id,
        step=step("SUPPLEMENT", 901),
        part=part_of(hrss, more, referral_id, keys, before=first.manifest),
    )
    assert lacking.field == "part.keys", "a penalty decision is copied to the procuratorate"
    keys += wrapped(more, referral_id, [referring[PROCURATORATE]], [])
    hrss.call(
        "SendReferral",
        referral_id=referral_id,
        step=step("SUPPLEMENT", 902),
        part=part_of(hrss, more, referral_id, keys, before=first.manifest),
    )
    assert police.opened(referral_id, "penalty_decision") == more.contents["penalty_decision"]


def test_who_takes_no_part_learns_nothing_that_an_unknown_case_does_not_tell(referring):
    referral_id, _ = sent(referring)
    for who in (COURT, OTHER_POLICE):
        there = referring[who].send("GetReferral", referral_id=referral_id)
        nowhere = referring[who].send("GetReferral", referral_id="Z" * len(referral_id))
        assert there.reason == nowhere.reason == "ENTERPRISE_NOT_FOUND"
        assert there.text().replace(referral_id, "X") == nowhere.text().replace("Z" * len(referral_id), "X")
        assert not referring[who].call("ListReferrals").referrals or all(
            case.referral_id != referral_id for case in referring[who].call("ListReferrals").referrals
        )
    served = referring[HRSS].served
    request = pb.GetReferralRequest(officer="o", referral_id=referral_id)
    assert (
        served.send("/jointsanctions.v1.ReferralService/GetReferral", request, BIDDING).reason == "ROLE_NOT_PERMITTED"
    )


def test_the_procuratorate_opens_its_copy_and_no_evidence(referring):
    referral_id, made = sent(referring)
    procuratorate = referring[PROCURATORATE]

    assert procuratorate.opened(referral_id, "referral_letter") == made.contents["referral_letter"]
    *_, refused = procuratorate.download(referral_id, "worker_interviews")
    assert refused.reason == "ENTERPRISE_NOT_FOUND"


def test_a_court_that_has_a_notice_sees_the_sending_and_no_evidence(referring):
    referral_id, _ = sent(referring, court="intermediate-court")
    court = referring[COURT]
    take(referring[POLICE], "SignReceipt", referral_id, "RECEIPT")

    shown = court.call("GetReferral", referral_id=referral_id)
    assert [each.step.kind for each in shown.steps] == [pb.REFERRAL_ACT_KIND_SENDING]
    assert [each.without_evidence for each in court.inbox() if each.referral_id == referral_id] == [True]
    assert court.download(referral_id)[0] == []


def test_a_payment_reaches_everybody_at_once_with_what_it_means_at_the_stage(referring):
    hrss, police = referring[HRSS], referring[POLICE]
    referral_id, _ = sent(referring, court="intermediate-court")
    paid = pb.ReferralPayment(
        paid_on="2026-11-20",
        paid_fen=7_200_000,
        paid_in_full=True,
        document_number="付〔2026〕1号",
        document_sha256="ab" * 32,
    )
    before = hrss.call("RecordPayment", referral_id=referral_id, payment=paid)
    take(police, "SignReceipt", referral_id, "RECEIPT")
    take(police, "DecideFiling", referral_id, "FILING")
    after = hrss.call("RecordPayment", referral_id=referral_id, payment=paid)

    assert "before filing" in before.meaning.en
    assert "before indictment" in after.meaning.en
    for who in (POLICE, PROCURATORATE, COURT):
        meanings = [
            each.meaning.en
            for each in referring[who].inbox()
            if each.referral_id == referral_id and each.WhichOneof("what") == "payment"
        ]
        assert meanings == [before.meaning.en, after.meaning.en], who


def test_what_lacks_an_element_is_not_reported_and_what_lacks_a_material_is_not_sent(referring):
    hrss = referring[HRSS]
    nine = [pb.WorkerClaim(worker=f"w{n}", owed_fen=11_111_111, unpaid_months=2) for n in range(9)]
    draft = hrss.call("OpenReferral", referral_id="YS-nine", facts=facts(claims=nine))
    assert [gap.rule for gap in draft.gaps] == ["T-03"]
    refused = hrss.send(
        "OpenReferral", referral_id="YS-nine", facts=facts(claims=nine), replaces_version=1, report=step("REPORT", 903)
    )
    assert (refused.reason, dict(refused.infos[0].metadata)["rules"]) == ("STATE", "T-03")

    referral_id = approved(referring)
    made = dossier([each for each in MATERIALS if each[0].value != "ORDER_DELIVERY"])
    for item_id, sealed in made.sealed.items():
        hrss.upload(referral_id, item_id, sealed)
    keys = wrapped(made, referral_id, [hrss, referring[POLICE]], [referring[PROCURATORATE]])
    refused = hrss.send(
        "SendReferral",
        referral_id=referral_id,
        step=step("SENDING", 904, to_agency="public-security"),
        part=part_of(hrss, made, referral_id, keys),
        procuratorate="procuratorate",
    )
    assert dict(refused.infos[0].metadata)["why"] == "MATERIAL_OR_ELEMENT_MISSING"


def test_the_one_who_reports_does_not_approve_and_a_system_does_not(referring):
    referral_id = "YS-own"
    referring[HRSS].call("OpenReferral", referral_id=referral_id, facts=facts(), report=step("REPORT", 905))
    by_system = referring[HRSS].send("ApproveReferral", referral_id=referral_id, step=step("APPROVAL", 905))
    assert dict(by_system.infos[0].metadata)["why"] == "SAME_PERSON"
    assert stage(take(referring[PRINCIPAL], "ApproveReferral", referral_id, "REFUSAL")) == "REFUSED"


def test_every_step_is_recorded_and_says_nothing_of_what_was_found(referring):
    served = referring[HRSS].served
    start = served.next_number()
    referral_id, _ = sent(referring)
    bodies = [body_of(entry) for entry in served.entries(start)]

    steps = [body["referral_step"] for body in bodies if "referral_step" in body]
    assert steps == ["REPORT", "APPROVAL", "SENDING"]
    assert all(body["referral"] == referral_id for body in bodies if "referral" in body)
    text = str(bodies)
    assert "机密内容" not in text
    assert "600000" not in text


def test_an_inbox_that_is_followed_tells_what_comes_and_again_what_was_not_acknowledged(referring):
    police = referring[POLICE]
    served = police.served
    follow = served.channel(POLICE).unary_stream("/jointsanctions.v1.ReferralService/SubscribeInbox", None, None)

    def told(after, wanted):
        stream = follow(pb.SubscribeInboxRequest(officer="o", after_place=after).SerializeToString(), timeout=30)
        found = []
        for raw in stream:
            message = pb.SubscribeInboxResponse.FromString(raw)
            if message.HasField("entry"):
                assert message.audit_position.writer
                found.append(message.entry)
                if message.entry.referral_id == wanted:
                    stream.cancel()
                    return found
        raise AssertionError("the stream ended before it told")

    referral_id, _ = sent(referring)
    first = told(0, referral_id)[-1]
    assert told(first.place - 1, referral_id)[-1] == first, "it was not acknowledged"

    stream = follow(pb.SubscribeInboxRequest(officer="o", after_place=first.place).SerializeToString(), timeout=30)
    next(stream)
    another, _ = sent(referring)
    coming = (pb.SubscribeInboxResponse.FromString(raw) for raw in stream)
    assert next(each for each in coming if each.HasField("entry")).entry.referral_id == another
    stream.cancel()

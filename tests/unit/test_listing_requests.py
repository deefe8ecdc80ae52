"""What each step must say on the wire, and what it must not: every fault names its field (L-09, L-16, L-27, C-11)."""

from __future__ import annotations

import hashlib

import pytest
from jointsanctions.v1 import listing_pb2 as pb

from gateway.domain.errors import MalformedRequestError
from gateway.domain.listing_steps import Evidence
from gateway.domain.vocabulary import ListingActKind as Kind
from gateway.rpc.listing_requests import header
from gateway.rpc.listing_steps import STEPS
from gateway.rpc.record_fields import People

READERS = {request.__name__: read for _, request, _, read in STEPS}
PERSON = {"name": "示例甲", "document_type": "RESIDENT_ID", "document_number": "11010519491231002X"}
CONTENT = {"basis": "依据", "measures": "措施", "early_removal": "条件", "remedies": "救济"}


class Vault:
    """A vault whose keys and seals can be read."""

    def key(self, document_type, document_number):
        return f"key {document_type} {document_number}"

    def seal(self, text):
        return text.encode()

    def conceal(self, digest):
        return digest[::-1]


COMPLETE = {
    "propose": pb.ProposeListingRequest(uscc="91420300MA0000001R", order_due_on="2025-01-20"),
    "propose, delivered": pb.ProposeListingRequest(
        uscc="91420300MA0000001R",
        order_due_on="2025-01-20",
        order_delivered_on="2025-01-10",
        order_delivery_proof="回证",
    ),
    "notice": pb.RecordNoticeRequest(act=pb.LISTING_ACT_KIND_PRE_NOTICE),
    "order revoked": pb.RecordNoticeRequest(act=pb.LISTING_ACT_KIND_ORDER_REVOKED),
    "delivered notice": pb.RecordNoticeRequest(act=pb.LISTING_ACT_KIND_PRE_NOTICE_DELIVERED, delivery_proof="回证"),
    "published": pb.RecordNoticeRequest(act=pb.LISTING_ACT_KIND_PUBLISHED, places="门户"),
    "objection": pb.RecordObjectionRequest(act=pb.LISTING_ACT_KIND_OBJECTION),
    "verified": pb.RecordObjectionRequest(act=pb.LISTING_ACT_KIND_OBJECTION_VERIFIED, result="不成立"),
    "decision": pb.DecideListingRequest(
        act=pb.LISTING_ACT_KIND_DECISION,
        reason="REFUSED",
        persons=[PERSON],
        repair_notice_number="修复1号",
        **CONTENT,
    ),
    "not listed": pb.DecideListingRequest(act=pb.LISTING_ACT_KIND_NOT_LISTED, reason="条件不符"),
    "not listed, L-07": pb.DecideListingRequest(
        act=pb.LISTING_ACT_KIND_NOT_LISTED, reason="已改正", corrected_on="2025-01-09", commitment_number="承诺1号"
    ),
    "delivery": pb.RecordDeliveryRequest(delivery_proof="回证"),
    "delivery to a person": pb.RecordDeliveryRequest(delivery_proof="回证", person=PERSON),
    "stay": pb.StayListingRequest(act=pb.LISTING_ACT_KIND_STAY, ordered_by="法院"),
    "revocation": pb.RevokeListingRequest(reason="责令撤销"),
    "application": pb.ApplyForRepairRequest(
        corrected_on="2025-01-09", correction_proof="凭证", commitment_number="承诺"
    ),
    "granted": pb.DecideRepairRequest(act=pb.LISTING_ACT_KIND_REPAIR),
    "refused": pb.DecideRepairRequest(act=pb.LISTING_ACT_KIND_REPAIR_REFUSED, reason="材料不全"),
    "accepted": pb.DecideRepairRequest(act=pb.LISTING_ACT_KIND_REPAIR_ACCEPTED),
    "extended": pb.DecideRepairRequest(act=pb.LISTING_ACT_KIND_REPAIR_EXTENDED, reason="需要核查"),
    "restored": pb.DecideRepairRequest(act=pb.LISTING_ACT_KIND_RESTORE, reason="虚假材料"),
}


def request(name, **changes):
    """Return a complete request of this name, with fields replaced."""
    made = type(COMPLETE[name])()
    made.CopyFrom(COMPLETE[name])
    head = {"request_id": "r", "listing_id": "L", "authority": "人社局", "document_number": "1号", "on": "2025-01-10"}
    made.step.CopyFrom(pb.ListingStep(officer="o", **head))
    for field, value in changes.items():
        holder = made.step if field in head or field == "officer" else made
        if isinstance(value, list):
            holder.ClearField(field)
            getattr(holder, field).extend(value)
        elif value is None:
            holder.ClearField(field)
        elif hasattr(getattr(holder, field), "CopyFrom"):
            getattr(holder, field).CopyFrom(value)
        else:
            setattr(holder, field, value)
    return made


def read(sent):
    return READERS[type(sent).__name__](People(Vault()), sent, header(People(Vault()), sent))


@pytest.mark.parametrize("name", COMPLETE)
def test_a_complete_step_is_read(name):
    step = read(request(name))
    assert (step.request_id, step.listing_id) == ("r", "L")
    assert {(new.act.authority, new.act.document_number) for new in step.acts} == {("人社局", "1号")}
    plain = hashlib.sha256(request(name).SerializeToString(deterministic=True)).hexdigest()
    assert step.digest == Vault().conceal(plain)


def test_the_reading_keeps_what_was_said_and_empty_fields_are_not_said():
    decision = read(request("decision", objection_waiver_number="放弃1号", extension_number="批准1号"))
    (new,) = decision.acts
    assert new.act.extended
    assert new.said == CONTENT | {
        "reason": "REFUSED",
        "repair_notice_number": "修复1号",
        "objection_waiver_number": "放弃1号",
        "extension_number": "批准1号",
    }
    assert decision.evidence == Evidence(objection_waived=True)
    assert decision.persons == (
        ("key RESIDENT_ID 11010519491231002X", "RESIDENT_ID\x0011010519491231002X\x00示例甲".encode()),
    )
    assert read(request("decision")).evidence == Evidence()


def test_a_delivery_names_its_party_by_the_keyed_hash_alone():
    (new,) = read(request("delivery to a person")).acts
    assert new.act.party == "key RESIDENT_ID 11010519491231002X"
    assert read(request("delivery")).acts[0].act.party == ""


def test_an_order_that_was_delivered_opens_with_two_acts():
    acts = [new.act for new in read(request("propose, delivered")).acts]
    assert [(act.kind, act.day.isoformat()) for act in acts] == [
        (Kind.ORDER_ISSUED, "2025-01-10"),
        (Kind.ORDER_DELIVERED, "2025-01-10"),
    ]
    assert acts[0].due_on.isoformat() == "2025-01-20"


def test_a_reason_before_the_year_is_evidence_for_a_grant():
    assert read(request("granted", decided_before_cr36_reason="已全额清偿")).evidence.reason_before_year
    assert not read(request("granted")).evidence.reason_before_year


FAULTS = [
    *[("notice", {field: ""}, f"step.{field}") for field in ("request_id", "listing_id", "authority", "officer")],
    ("notice", {"document_number": " "}, "step.document_number"),
    ("notice", {"on": ""}, "step.on"),
    ("notice", {"on": "2025-02-30"}, "step.on"),
    ("propose", {"uscc": ""}, "uscc"),
    ("propose", {"uscc": "11010519491231002X"}, "uscc"),
    ("propose", {"order_due_on": ""}, "order_due_on"),
    ("propose", {"order_due_on": "2025-01-09"}, "order_due_on"),
    ("propose", {"order_delivery_proof": "回证"}, "order_delivery_proof"),
    ("propose, delivered", {"order_delivery_proof": ""}, "order_delivery_proof"),
    ("notice", {"act": None}, "act"),
    ("notice", {"act": pb.LISTING_ACT_KIND_DECISION}, "act"),
    ("notice", {"delivery_proof": "回证"}, "delivery_proof"),
    ("delivered notice", {"delivery_proof": ""}, "delivery_proof"),
    ("published", {"places": ""}, "places"),
    ("notice", {"places": "门户"}, "places"),
    ("objection", {"act": pb.LISTING_ACT_KIND_STAY}, "act"),
    ("objection", {"result": "不成立"}, "result"),
    ("verified", {"result": ""}, "result"),
    ("decision", {"act": pb.LISTING_ACT_KIND_RESTORE}, "act"),
    ("decision", {"reason": ""}, "reason"),
    ("decision", {"reason": "R" * 65}, "reason"),
    ("decision", {"persons": []}, "persons"),
    ("decision", {"persons": [pb.PersonRef(name="示例甲")]}, "persons[0].document_type"),
    ("decision", {"repair_notice_number": ""}, "repair_notice_number"),
    ("decision", {"corrected_on": "2025-01-09"}, "corrected_on"),
    ("decision", {"commitment_number": "承诺"}, "commitment_number"),
    *[("decision", {field: ""}, field) for field in CONTENT],
    *[("not listed", {field: "x"}, field) for field in (*CONTENT, "repair_notice_number", "extension_number")],
    ("not listed", {"objection_waiver_number": "x"}, "objection_waiver_number"),
    ("not listed", {"persons": [pb.PersonRef(**PERSON)]}, "persons"),
    ("not listed", {"reason": ""}, "reason"),
    ("not listed", {"commitment_number": "承诺"}, "commitment_number"),
    ("not listed, L-07", {"commitment_number": ""}, "commitment_number"),
    ("delivery", {"delivery_proof": ""}, "delivery_proof"),
    ("delivery", {"person": pb.PersonRef(name="示例甲", document_type="RESIDENT_ID")}, "person.document_number"),
    ("stay", {"ordered_by": ""}, "ordered_by"),
    ("stay", {"act": pb.LISTING_ACT_KIND_PUBLISHED}, "act"),
    ("revocation", {"reason": ""}, "reason"),
    ("application", {"corrected_on": ""}, "corrected_on"),
    ("application", {"corrected_on": "2025-01-11"}, "corrected_on"),
    ("application", {"correction_proof": ""}, "correction_proof"),
    ("application", {"commitment_number": ""}, "commitment_number"),
    ("granted", {"act": pb.LISTING_ACT_KIND_DECISION}, "act"),
    ("refused", {"reason": ""}, "reason"),
    ("restored", {"reason": ""}, "reason"),
    ("refused", {"decided_before_cr36_reason": "x"}, "decided_before_cr36_reason"),
]


@pytest.mark.parametrize(("name", "changes", "field"), FAULTS)
def test_a_step_that_lacks_or_has_what_it_must_not_names_the_field(name, changes, field):
    with pytest.raises(MalformedRequestError) as caught:
        read(request(name, **changes))
    assert caught.value.field == field


def test_an_instant_of_a_delivery_lies_on_the_steps_day():
    sent = request("delivery")
    sent.at.FromJsonString("2025-01-10T15:59:59Z")
    assert read(sent).acts[0].act.at is not None
    sent.at.FromJsonString("2025-01-10T16:00:00Z")
    with pytest.raises(MalformedRequestError) as caught:
        read(sent)
    assert caught.value.field == "at"

"""Related bidders of one lot over the wire: that they are and how, to the case's agency, and never through whom."""

from __future__ import annotations

import pytest
from e2e.registered import Registered, applicant
from e2e.reported import ago, submit
from e2e.served import FINANCE, REGISTRAR, new_party
from jointsanctions.v1 import case_pb2 as pb
from jointsanctions.v1 import common_pb2, listing_pb2

from gateway.sample.records import profile

pytestmark = pytest.mark.xdist_group("served")
RELATED = "/jointsanctions.v1.CreditService/ListRelatedBidders"
LI = listing_pb2.PersonRef(document_type="PASSPORT", document_number="E77001234", name="示例甲")


def asking(case, **parts):
    whole = {key: value for key, value in case.named().items() if key != "request_id"}
    return pb.ListRelatedBiddersRequest(**{**whole, **parts})


def test_related_bidders_of_one_lot_are_told_and_the_person_is_not(served):
    one, two, branch, head, stranger = (new_party() for _ in range(5))
    records = [
        profile(one, ago(2000), representative=LI),
        profile(two, ago(2000), representative=LI),
        profile(head, ago(2000)),
        profile(branch, ago(2000), head_office=head.uscc),
    ]
    revision = submit(served, "market_regulation", *records, who=REGISTRAR)
    case = Registered(served, *(applicant(party.uscc) for party in (one, two, branch, head, stranger)))
    case.asked(one.uscc, revision=revision)  # so that this revision is what is read
    outcome = served.send(RELATED, asking(case))
    assert outcome.ok, outcome.text()
    found = pb.ListRelatedBiddersResponse.FromString(outcome.answer)
    assert {(pair.uscc, pair.other_uscc, pair.relation) for pair in found.pairs} == {
        (*sorted((one.uscc, two.uscc)), pb.BIDDER_RELATION_SAME_PERSON_IN_CHARGE),
        (*sorted((branch.uscc, head.uscc)), pb.BIDDER_RELATION_CONTROL),
    }
    assert list(found.unknown_usccs) == [stranger.uscc]
    assert found.data_revision >= revision
    entry = served.entry(found.audit_position)
    assert len(entry.lines) == 5
    for whole in (outcome.answer, entry.body, *(line.content for line in entry.lines)):
        assert LI.name.encode() not in whole
        assert LI.document_number.encode() not in whole


def test_nobody_else_is_told_and_a_case_that_is_closed_is_not_looked_at(served):
    case = Registered(served, applicant(new_party().uscc))
    theirs = asking(case, area=common_pb2.AREA_PROCUREMENT)
    assert served.send(RELATED, theirs, FINANCE).reason == "ENTERPRISE_NOT_FOUND"
    assert served.send(RELATED, asking(case), FINANCE).reason == "AREA_NOT_IN_MANDATE"
    assert served.send(RELATED, asking(case, officer="")).field == "officer"
    case.closed()
    assert served.send(RELATED, asking(case)).reason == "STATE"

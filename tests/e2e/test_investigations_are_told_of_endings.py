"""Police who read a record are told when it turns out void, acknowledge it, and are on nobody's list."""

from __future__ import annotations

from datetime import timedelta

import pytest
from e2e.disclosed import POLICE, submit, wanted
from e2e.served import BIDDING, HRSS, RECORD, award, award_known, new_party, today
from jointsanctions.v1 import credit_pb2, ending_pb2, withdrawal_pb2

from gateway.sample.records import publication

pytestmark = pytest.mark.xdist_group("served")
SERVICE, REGISTRY = "/jointsanctions.v1.CreditService/", "/jointsanctions.v1.RegistryService/"


def endings(served, who, uscc):
    outcome = served.send(f"{SERVICE}ListEndings", ending_pb2.ListEndingsRequest(officer="o", page_size=100), who)
    found = ending_pb2.ListEndingsResponse.FromString(outcome.answer).endings
    return [each for each in found if each.uscc == uscc]


def owing(served, uscc):
    request = ending_pb2.ListUnacknowledgedEndingsRequest(officer="o", page_size=1_000)
    outcome = served.send(f"{REGISTRY}ListUnacknowledgedEndings", request, HRSS)
    rows = ending_pb2.ListUnacknowledgedEndingsResponse.FromString(outcome.answer).endings
    return {row.agency for row in rows if row.uscc == uscc}


def acknowledging(served, uscc):
    request = ending_pb2.ListAcknowledgedEndingsRequest(officer="o", page_size=1_000, uscc=uscc)
    outcome = served.send(f"{REGISTRY}ListAcknowledgedEndings", request, HRSS)
    return {row.agency for row in ending_pb2.ListAcknowledgedEndingsResponse.FromString(outcome.answer).endings}


def test_an_investigation_is_told_of_the_end_of_what_it_read_and_leaves_no_trace_on_either_list(served):
    party, day = new_party(), today()
    record = publication(party, f"{party.uscc}/p", day, day + timedelta(days=300), for_wages=True)
    submit(served, "publications", [record])
    read = credit_pb2.GetCreditRecordResponse.FromString(served.send(RECORD, wanted(party.uscc, POLICE), POLICE).answer)
    (fact,) = read.facts
    assert served.callers.as_caller(BIDDING).check(award(party.uscc)).decision.measures
    taken_back = withdrawal_pb2.WithdrawRecordRequest(
        request_id=party.uscc,
        record_id=fact.record_id,
        kind="publication",
        authority=fact.authority,
        document_number="撤9号",
        decided_on=day.isoformat(),
        reason="公布决定被撤销",
        void_from_start=True,
        officer="o",
    )
    withdrawn = served.send(f"{REGISTRY}WithdrawRecord", taken_back, HRSS)
    award_known(served, withdrawal_pb2.WithdrawRecordResponse.FromString(withdrawn.answer).data_revision)
    (ending,) = endings(served, POLICE, party.uscc)

    assert (ending.kind, ending.document_number) == (ending_pb2.ENDING_KIND_VOID_FROM_START, fact.document_number)
    assert (ending.record_id, list(ending.case_refs)) == (fact.record_id, ["D-2026-1"])
    assert owing(served, party.uscc) == {"public-resources-trading"}
    said = ending_pb2.AcknowledgeEndingRequest(request_id=f"{party.uscc}/a", ending_id=ending.ending_id, officer="o")
    assert served.send(f"{SERVICE}AcknowledgeEnding", said, POLICE).ok
    assert endings(served, POLICE, party.uscc)[0].HasField("acknowledged_at")
    own = ending_pb2.AcknowledgeEndingRequest(request_id=f"{party.uscc}/b", ending_id=ending.ending_id, officer="o")
    assert acknowledging(served, party.uscc) == set()
    assert served.send(f"{SERVICE}AcknowledgeEnding", own, BIDDING).ok
    assert acknowledging(served, party.uscc) == {"public-resources-trading"}
    again = credit_pb2.GetCreditRecordResponse.FromString(
        served.send(RECORD, wanted(party.uscc, POLICE), POLICE).answer
    )
    assert not again.facts

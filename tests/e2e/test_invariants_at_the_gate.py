"""The law's invariants where an award is cleared: what holds of a question holds of the gate, and nobody goes round."""

from __future__ import annotations

import grpc
import pytest
from e2e.registered import CLEAR, PUBLICITY, Registered, applicant
from e2e.reported import Listed
from e2e.served import AUDITOR, BIDDING, SEARCH, body_of, new_party
from e2e.test_awards_cleared import CLEARED, NOT_CLEARED, gaps, holder, known
from jointsanctions.v1 import audit_pb2, common_pb2, credit_pb2

pytestmark = pytest.mark.xdist_group("served")
WORD = {"reason": "抢险救灾", "document_number": "示应急〔2026〕2号"}


def by_two(case, uscc):
    """Return what the gate says to the second of two persons."""
    first = None
    for name, officer in (("li", "o-1"), ("wang", "o-2")):
        sent = credit_pb2.AwardEmergency(**WORD, first=first)
        found = case.cleared(uscc, who=holder(case.served, name), officer=officer, emergency=sent)
        first = found.audit_position
    return found


@pytest.fixture
def stopped(served):
    """A listed enterprise that was checked in its case, and the case."""
    listed = Listed(served)
    case = Registered(served, applicant(listed.uscc))
    case.asked(listed.uscc, point=PUBLICITY, revision=listed.revision)
    return listed, case


def test_invariant_2_what_closes_the_gate_has_its_basis_number_authority_end_and_remedy(stopped):
    listed, case = stopped
    found = case.cleared(listed.uscc)
    assert gaps(found) == {listed.uscc: ["RESTRICTED"]}
    blocks = [each for each in found.decision.measures if each.effect == common_pb2.EFFECT_BLOCK]
    assert listed.key in {each.record_id for each in blocks}
    for each in blocks:
        whole = [each.legal_basis, each.document_number, each.authority, each.rule_id, each.remedy.zh, each.remedy.en]
        assert all(whole), each
        assert each.HasField("effective_until") or each.trigger == common_pb2.TRIGGER_GRADE_C


def test_invariant_9_whichever_member_is_listed_and_in_whatever_order_nobody_is_cleared(stopped):
    listed, _ = stopped
    served = listed.served
    (lead, _), (other, revision) = known(served), known(served)
    for members in ((listed.uscc, other.uscc), (other.uscc, listed.uscc)):
        case = Registered(served, applicant(lead.uscc, *members))
        case.asked(lead.uscc, *members, point=PUBLICITY, revision=revision)
        found = case.cleared(lead.uscc, *members)
        assert (found.clearance, found.decision.verdict) == (NOT_CLEARED, common_pb2.VERDICT_RESTRICTED)
        assert gaps(found) == {lead.uscc: [], other.uscc: [], listed.uscc: ["RESTRICTED"]}
        assert {each.party_uscc for each in found.decision.measures} == {listed.uscc}
        refused = served.send(CLEAR, case.clearing(lead.uscc))
        assert refused.field == "applicant", "who leaves the listed member out asks about nobody registered"


def test_invariant_10_a_gate_without_a_case_number_is_refused_and_recorded(stopped):
    listed, case = stopped
    request = case.clearing(listed.uscc, case_ref="")
    outcome, body = case.served.recorded_by(CLEAR, request.SerializeToString(), BIDDING)
    assert (outcome.code, outcome.reason) == (grpc.StatusCode.PERMISSION_DENIED, "AUTHORIZATION_MISSING")
    assert (body["outcome"], body["field"]) == ("AUTHORIZATION_MISSING", "case_ref")
    assert "award" not in body


def test_invariant_12_after_the_repair_the_gate_tells_nothing_of_the_record_and_the_auditor_still_sees_it(stopped):
    listed, case = stopped
    before = case.cleared(listed.uscc)
    assert listed.key in str(before)
    listed.revoked()
    after = case.cleared(listed.uscc, at_least_as_fresh=listed.revision)
    assert after.clearance == CLEARED
    assert listed.key not in str(after)
    assert listed.key in body_of(case.served.entry(before.audit_position))["grounds"]
    search = audit_pb2.SearchAccessRequest(searched_by="auditor-1", uscc=listed.uscc, case_ref=case.case_ref)
    page = audit_pb2.SearchAccessResponse.FromString(case.served.send(SEARCH, search, AUDITOR).answer)
    seen = {entry.position.number: entry.verdict for entry in page.entries}
    assert seen[before.audit_position.number] == common_pb2.VERDICT_RESTRICTED


def test_invariant_16_what_no_feed_confirms_is_cleared_by_no_officer_and_by_no_two_persons(start_gateway):
    served = start_gateway(filled=False)
    party = new_party()
    case = Registered(served, applicant(party.uscc))
    case.asked(party.uscc, point=PUBLICITY)
    word = credit_pb2.AwardOverride(reason="工期紧")
    for found in (case.cleared(party.uscc), case.cleared(party.uscc, override=word), by_two(case, party.uscc)):
        assert (found.clearance, found.decision.verdict) == (NOT_CLEARED, common_pb2.VERDICT_UNVERIFIABLE)
        assert "UNVERIFIABLE" in gaps(found)[party.uscc]
        assert found.receipt == b""

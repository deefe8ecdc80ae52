"""A case over the wire: registered, amended, closed, its cut-off asked about, and nobody else's to know of."""

from __future__ import annotations

import pytest
from e2e.registered import AMEND, CLOSE, OPEN, Registered, ago, applicant, instant, terms
from e2e.reported import Listed
from e2e.served import AUDITOR, BIDDING, CHECK, FINANCE, body_of, new_party
from jointsanctions.v1 import case_pb2, common_pb2, credit_pb2, replay_pb2

pytestmark = pytest.mark.xdist_group("served")
REPLAY = "/jointsanctions.v1.AuditService/ReplayDecision"


def test_a_case_is_opened_amended_and_closed_and_each_act_recorded_without_its_parties(served):
    one, two, three = (new_party().uscc for _ in range(3))
    case = Registered(served, applicant(one))
    assert (case.case.version, case.case.HasField("closed_at")) == (1, False)
    amended = case.send(
        AMEND, case.amending(terms(applicant(one), applicant(two, three)), 1), credit_pb2.AmendCaseResponse
    )
    assert [each.enterprise.uscc for each in amended.case.applicants] == [one, two]
    assert [each.uscc for each in amended.case.applicants[1].consortium_members] == [three]
    closed = case.closed()
    assert (closed.version, closed.close_reason) == (2, case_pb2.CASE_CLOSE_REASON_AWARDED)
    body = body_of(served.entry(amended.audit_position))
    assert body["registered"] == {"id": closed.case_id, "version": 2}
    assert (body["case"], body["part"]) == (case.case_ref, "1")
    assert one not in str(body)
    assert two not in str(body)


def test_an_act_counts_once(served):
    case = Registered(served)
    sent = case.opening(terms(), case_ref=f"{case.case_ref}-twice")
    first = case.send(OPEN, sent, credit_pb2.OpenCaseResponse)
    assert case.send(OPEN, sent, credit_pb2.OpenCaseResponse).case == first.case
    sent.terms.consortia_fixed = True
    assert served.send(OPEN, sent).reason == "REQUEST_ID_REUSED"


def test_another_agency_learns_nothing_of_a_case(served):
    case = Registered(served, applicant(new_party().uscc))
    finance = {"area": common_pb2.AREA_PROCUREMENT}
    nowhere = {**finance, "case_ref": "NO-SUCH-CASE"}
    refused = [served.send(CLOSE, case.closing(**each), FINANCE) for each in (finance, nowhere)]
    assert {each.reason for each in refused} == {"ENTERPRISE_NOT_FOUND"}
    assert len({each.details for each in refused}) == 1
    assert served.send(CLOSE, case.closing(), FINANCE).reason == "AREA_NOT_IN_MANDATE"
    assert served.send(OPEN, case.opening(terms()), FINANCE).reason == "AREA_NOT_IN_MANDATE"


def test_what_does_not_fit_is_refused_by_its_field(served):
    one, two = new_party().uscc, new_party().uscc
    case = Registered(served, applicant(one), consortia_fixed=True)
    single = terms(applicant(one))
    single.case_facts.bidding.form = credit_pb2.PARTICIPATION_FORM_SINGLE
    lot = terms()
    lot.case_facts.bidding.lot = "2"
    regionless = terms()
    regionless.case_facts.bidding.ClearField("must_be_tendered")
    elsewhere = terms(decision_point=common_pb2.DECISION_POINT_BIDDING_AWARD)
    wrong = (
        (OPEN, case.opening(single, part="1"), "terms.case_facts.bidding.form"),
        (OPEN, case.opening(lot, part="1"), "terms.case_facts.bidding.lot"),
        (OPEN, case.opening(regionless, part="1"), "terms.case_facts.bidding.must_be_tendered"),
        (OPEN, case.opening(elsewhere, part="x" * 65), "part"),
        (OPEN, case.opening(terms(applicant(one), applicant(one)), part="9"), "applicants[1]"),
        (OPEN, case.opening(terms(cutoff=ago(days=31)), part="9"), "case_facts"),
        (AMEND, case.amending(terms(applicant(one, two), consortia_fixed=True), 1), "applicants[0]"),
        (AMEND, case.amending(terms(applicant(one)), 1), "consortia_fixed"),
        (AMEND, case.amending(terms(applicant(one)), 0), "replaces_version"),
        (AMEND, case.amending(terms(applicant(one)), 1, reason=""), "reason"),
        (CLOSE, case.closing(reason=0), "reason"),
        (CLOSE, case.closing(note="11010519491231002X"), "note"),
    )
    for path, sent, field in wrong:
        refused = served.send(path, sent)
        assert (refused.reason, refused.field) == ("MALFORMED_REQUEST", field)
    stale = served.send(AMEND, case.amending(terms(applicant(one), consortia_fixed=True), 2))
    assert stale.reason == "STATE"


def test_the_registered_cut_off_and_no_other_moment_of_the_past_may_be_asked_about(served):
    listed = Listed(served)
    cutoff = ago(days=3)
    asked = {"as_of": instant(cutoff), "revision": listed.revision}
    case = Registered(served, applicant(listed.uscc), cutoff=cutoff)
    answer = case.asked(listed.uscc, **asked)
    assert answer.decision.verdict == common_pb2.VERDICT_RESTRICTED
    assert answer.basis.as_of == instant(cutoff)
    body = body_of(served.entry(answer.audit_position))
    assert body["cutoff_asked_at"] > body["as_of"]

    other = Registered(served, applicant(listed.uscc))
    for refused in (
        served.send(CHECK, case.asking(listed.uscc, as_of=instant(ago(days=2)))),
        served.send(CHECK, other.asking(listed.uscc, **asked)),
        served.send(CHECK, case.asking(listed.uscc, known_at=instant(cutoff), **asked)),
    ):
        assert refused.reason == "FIELD_NOT_IN_MANDATE"
    case.closed()
    assert served.send(CHECK, case.asking(listed.uscc, **asked)).reason == "FIELD_NOT_IN_MANDATE"


def test_what_was_revoked_since_is_in_no_answer_about_the_cut_off_and_both_are_derived_again(served):
    listed = Listed(served)
    cutoff = ago(days=3)
    case = Registered(served, applicant(listed.uscc), cutoff=cutoff)
    before = case.asked(listed.uscc, as_of=instant(cutoff), revision=listed.revision)
    listed.revoked()
    after = case.asked(listed.uscc, as_of=instant(cutoff), revision=listed.revision)
    assert (before.decision.verdict, after.decision.verdict) == (
        common_pb2.VERDICT_RESTRICTED,
        common_pb2.VERDICT_CLEAR,
    )
    for position in (before.audit_position, after.audit_position):
        request = replay_pb2.ReplayDecisionRequest(officer="o", writer=position.writer, number=position.number)
        for who in (AUDITOR, BIDDING):
            outcome = served.send(REPLAY, request, who)
            assert outcome.ok, outcome.text()
            found = replay_pb2.ReplayDecisionResponse.FromString(outcome.answer)
            assert found.result == replay_pb2.REPLAY_RESULT_IDENTICAL

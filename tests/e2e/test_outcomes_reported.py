"""What a deciding system did after an answer: reported, found when a record was void, and nobody else's to see."""

from __future__ import annotations

import pytest
from e2e.reported import ACKNOWLEDGE, DECIDED, LIST, REPORT, Listed, ago, read, reported
from e2e.served import (
    AUDITOR,
    BATCH,
    BIDDING,
    CHECK,
    FINANCE,
    REGISTRAR,
    SEARCH,
    body_of,
    gateway_in,
    new_party,
    question,
    today,
)
from jointsanctions.v1 import audit_pb2, common_pb2, credit_pb2, ending_pb2, outcome_pb2

pytestmark = pytest.mark.xdist_group("served")


def test_a_case_decided_on_a_void_listing_is_examined_again_and_said_to_be(served):
    """L-24, C-02: check, outcome, revocation, ending, acknowledgement, re-examination."""
    case = Listed(served)
    first = case.asked()
    case.asked("TENDER-2")
    assert first.decision.verdict == common_pb2.VERDICT_RESTRICTED
    mine = reported(served, case.report(first))
    case.revoked()

    ending = case.ending()
    assert ending.reexamine
    assert (list(ending.case_refs), list(ending.undecided_case_refs)) == (["TENDER-1", "TENDER-2"], ["TENDER-2"])
    (decided,) = ending.decided_cases
    assert decided.reexamine
    assert (decided.outcome.outcome_id, decided.outcome.outcome, decided.outcome.verdict) == (
        mine.outcome_id,
        outcome_pb2.OUTCOME_KIND_REFUSED,
        common_pb2.VERDICT_RESTRICTED,
    )
    (seen,) = case.decided()
    assert (seen.decided.outcome.agency, seen.decided.reexamine) == ("public-resources-trading", True)

    acknowledging = ending_pb2.AcknowledgeEndingRequest(request_id=case.uscc, ending_id=ending.ending_id, officer="o")
    assert served.send(ACKNOWLEDGE, acknowledging).ok
    assert case.decided() == [seen]

    again = case.asked()
    assert again.decision.verdict == common_pb2.VERDICT_CLEAR
    changed = case.report(
        again,
        outcome=outcome_pb2.OUTCOME_KIND_GRANTED,
        document_number="示交易〔2026〕9号",
        supersedes=mine.outcome_id,
        reexamined_ending_id=ending.ending_id,
    )
    second = reported(served, changed)
    (done,) = case.ending().decided_cases
    assert (done.reexamine, done.outcome.outcome_id) == (False, second.outcome_id)
    assert case.decided() == []
    (done,) = case.decided(with_reexamined=True)
    assert done.decided.outcome.document_number == "示交易〔2026〕9号"


def test_an_outcome_counts_once_and_changes_no_answer(served):
    case = Listed(served)
    answer = case.asked()
    sent = case.report(answer)
    first = reported(served, sent)
    assert reported(served, sent).outcome_id == first.outcome_id
    assert reported(served, sent).reported_at == first.reported_at
    sent.outcome = outcome_pb2.OUTCOME_KIND_GRANTED
    assert served.send(REPORT, sent).reason == "REQUEST_ID_REUSED"
    after = case.asked()
    assert after.decision.measures == answer.decision.measures
    assert after.basis.data_revision == answer.basis.data_revision


def test_an_item_of_a_batch_is_named_by_its_line(served):
    case, other = Listed(served), new_party()
    request = credit_pb2.BatchCheckEligibilityRequest(question=question(case_ref="TENDER-1"))
    request.question.at_least_as_fresh = case.revision
    for item, code in enumerate((other.uscc, case.uscc)):
        request.items.add(item_id=str(item)).enterprise.uscc = code
    answer = read(served, BATCH, request, credit_pb2.BatchCheckEligibilityResponse, BIDDING)
    refused = served.send(REPORT, case.report(answer))
    assert (refused.reason, refused.field) == ("MALFORMED_REQUEST", "answer.line_hash")
    refused = served.send(REPORT, case.report(answer, answer.items[0].line_hash))
    assert (refused.reason, refused.field) == ("MALFORMED_REQUEST", "uscc")
    assert reported(served, case.report(answer, answer.items[1].line_hash)).outcome_id
    case.revoked()
    assert len(case.ending().decided_cases) == 1


def finance_asks(case):
    facts = credit_pb2.ProcurementFacts(
        tender_document_names_list=True,
        form=credit_pb2.PARTICIPATION_FORM_SINGLE,
        cutoff_rule=credit_pb2.CUTOFF_RULE_NOT_FIXED,
    )
    asked = question(
        area=common_pb2.AREA_PROCUREMENT,
        decision_point=common_pb2.DECISION_POINT_PROCUREMENT_RESULT,
        case_ref="TENDER-1",
        case_facts=credit_pb2.CaseFacts(procurement=facts),
        at_least_as_fresh=case.revision,
    )
    request = credit_pb2.CheckEligibilityRequest(question=asked)
    request.enterprise.uscc = case.uscc
    return read(case.served, CHECK, request, credit_pb2.CheckEligibilityResponse, FINANCE)


def test_whoever_names_what_is_not_its_own_learns_only_that_no_answer_to_it_is_there(served):
    case = Listed(served)
    own, others = case.asked(), finance_asks(case)
    forged, beyond, nowhere = case.report(own), case.report(own), case.report(own)
    forged.answer.leaf_hash = bytes(32)
    beyond.answer.number = 2**64 - 1
    nowhere.answer.writer = "access"
    read_only = read(
        served, LIST, outcome_pb2.ListOutcomesRequest(officer="o"), outcome_pb2.ListOutcomesResponse, BIDDING
    )
    attacks = (case.report(others), forged, beyond, nowhere, case.report(read_only))
    refused = [served.send(REPORT, each) for each in attacks]
    assert {each.reason for each in refused} == {"ENTERPRISE_NOT_FOUND"}
    assert len({each.details for each in refused}) == 1


def test_an_answer_about_something_else_is_refused_by_name(served):
    case, other = Listed(served), Listed(served)
    answer = case.asked()
    met = outcome_pb2.OUTCOME_KIND_GRANTED_WITH_CONDITIONS
    short, twice, unsaid = case.report(answer), case.report(answer, outcome=met), case.report(answer, outcome=met)
    short.answer.line_hash, short.answer.leaf_hash = bytes(31), bytes(32)
    for _ in range(2):
        twice.conditions.add(kind=outcome_pb2.FULFILMENT_KIND_OFFICER_REVIEW, text="已核实")
    unsaid.conditions.add(text="已核实")
    wrong = (
        ("answer.line_hash", short),
        ("conditions[1].kind", twice),
        ("conditions[0].kind", unsaid),
        ("note", case.report(answer, outcome=outcome_pb2.OUTCOME_KIND_OVERRIDDEN, note="   ")),
        ("part", case.report(answer, part="段" * 22)),
        ("uscc", case.report(answer, uscc=other.uscc)),
        ("case_ref", case.report(answer, case_ref="TENDER-9")),
        ("decision_point", case.report(answer, decision_point=common_pb2.DECISION_POINT_BIDDING_CONTRACT)),
        ("decided_on", case.report(answer, decided_on=ago(1).isoformat())),
        ("decided_on", case.report(answer, decided_on=ago(-1).isoformat())),
        ("conditions", case.report(answer, outcome=outcome_pb2.OUTCOME_KIND_GRANTED_WITH_CONDITIONS)),
        ("note", case.report(answer, outcome=outcome_pb2.OUTCOME_KIND_OVERRIDDEN)),
        ("note", case.report(answer, note="11010519491231002X")),
        ("outcome", case.report(answer, outcome=0)),
    )
    for field, sent in wrong:
        refused = served.send(REPORT, sent)
        assert (refused.reason, refused.field) == ("MALFORMED_REQUEST", field)


def test_nobody_reports_outside_its_mandate_or_reads_what_another_reported(served):
    case = Listed(served)
    sent = case.report(case.asked())
    sent.answer.leaf_hash = b"short"
    assert served.send(REPORT, sent, FINANCE).reason == "AREA_NOT_IN_MANDATE"
    assert served.send(REPORT, sent, AUDITOR).reason == "ROLE_NOT_PERMITTED"
    mine = reported(served, case.report(case.asked()))
    asked = outcome_pb2.ListOutcomesRequest(officer="o", uscc=case.uscc)
    (own,) = read(served, LIST, asked, outcome_pb2.ListOutcomesResponse, BIDDING).outcomes
    assert own.outcome_id == mine.outcome_id
    assert not read(served, LIST, asked, outcome_pb2.ListOutcomesResponse, FINANCE).outcomes
    for who, reason in ((BIDDING, "ROLE_NOT_PERMITTED"), (REGISTRAR, "FIELD_NOT_IN_MANDATE")):
        assert served.send(DECIDED, outcome_pb2.ListDecidedCasesRequest(officer="o"), who).reason == reason


def test_of_two_corrections_of_an_outcome_one_is_refused_and_none_of_anothers_is_taken(served):
    case = Listed(served)
    answer = case.asked()
    first = reported(served, case.report(answer))
    fixed = reported(served, case.report(answer, supersedes=first.outcome_id))
    assert served.send(REPORT, case.report(answer, supersedes=first.outcome_id)).reason == "STATE"
    others = finance_asks(case)
    theirs = case.report(others, supersedes=fixed.outcome_id)
    theirs.area, theirs.decision_point = common_pb2.AREA_PROCUREMENT, common_pb2.DECISION_POINT_PROCUREMENT_RESULT
    assert served.send(REPORT, theirs, FINANCE).reason == "ENTERPRISE_NOT_FOUND"
    asked = outcome_pb2.ListOutcomesRequest(officer="o", uscc=case.uscc, with_superseded=True, page_size=1)
    page = read(served, LIST, asked, outcome_pb2.ListOutcomesResponse, BIDDING)
    assert [(each.outcome_id, each.superseded_by) for each in page.outcomes] == [(first.outcome_id, fixed.outcome_id)]
    asked.page_token = page.next_page_token
    rest = read(served, LIST, asked, outcome_pb2.ListOutcomesResponse, BIDDING)
    assert [(each.outcome_id, each.superseded_by) for each in rest.outcomes] == [(fixed.outcome_id, "")]


def test_a_decision_is_examined_again_only_on_account_of_what_it_was_taken_on(served):
    case, other = Listed(served), Listed(served)
    mine = reported(served, case.report(case.asked()))
    other.asked()
    for each in (case, other):
        each.revoked()
    again = case.asked()
    wrong = case.report(again, supersedes=mine.outcome_id, reexamined_ending_id=other.ending().ending_id)
    assert served.send(REPORT, wrong).field == "reexamined_ending_id"
    wrong = case.report(again, reexamined_ending_id=case.ending().ending_id)
    assert served.send(REPORT, wrong).field == "supersedes"


def test_the_auditor_finds_a_report_by_the_enterprise_and_its_entry_says_what_was_reported(served):
    case = Listed(served)
    answer = case.asked()
    response = reported(served, case.report(answer))
    body = body_of(served.entry(response.audit_position))
    assert body["outcomes"] == [response.outcome_id]
    assert body["reported"] == {
        "writer": answer.audit_position.writer,
        "number": str(answer.audit_position.number),
        "kind": outcome_pb2.OUTCOME_KIND_REFUSED,
        "decided_on": today().isoformat(),
        "document": "示交易〔2026〕7号",
    }
    search = audit_pb2.SearchAccessRequest(searched_by="auditor-1", uscc=case.uscc)
    found = read(served, SEARCH, search, audit_pb2.SearchAccessResponse, AUDITOR).entries
    assert response.audit_position.number in {each.position.number for each in found}


def test_outcomes_outlive_a_restart(tmp_path):
    with gateway_in(tmp_path) as served:
        case = Listed(served)
        sent = case.report(case.asked())
        mine = reported(served, sent)
        case.revoked()
    with gateway_in(tmp_path, filled=False) as served:
        assert "RECOVERED" not in {body_of(each)["outcome"] for each in served.entries()}, "each has its entry already"
        case.served = served
        (decided,) = case.ending().decided_cases
        assert decided.outcome.outcome_id == mine.outcome_id
        again = reported(served, sent)
        assert (again.outcome_id, again.reported_at) == (mine.outcome_id, mine.reported_at)

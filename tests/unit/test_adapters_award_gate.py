"""A final act of a registered case is cleared by the gateway's own gate, with its proof, or not at all."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import grpc
import pytest
from jointsanctions.v1 import common_pb2, credit_pb2
from test_adapters_peer import BLOCK, REVIEW, alone, code, reviewed

from adapters.acts import Act
from adapters.away import WhenAway
from adapters.bidding import (
    AWARD,
    CANDIDATE_PUBLICITY,
    SUBCONTRACT_CONSENT,
    AwardGrant,
    SubcontractConsent,
    bidding_rules,
)
from adapters.enforcement import Enforcement
from adapters.entries import OutcomeKind
from adapters.errors import (
    ConditionNotMetError,
    GateClosedError,
    GatewayError,
    NoAnswerError,
    QuestionRefusedError,
    RestrictedError,
    UnverifiableError,
)
from adapters.granting import Granting
from adapters.journal import Journal
from adapters.questions import Case, Party, Related
from formats import canonical
from formats.merkle import leaf_hash
from formats.receipt import Receipt, decode_receipt, encode_receipt

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
DAYS = timedelta(days=30)
RULES = replace(bidding_rules(DAYS, DAYS), register_cases=True)
CASE = Case("T-2026-17", "Li", part="1")
CLEARED, PENDING = credit_pb2.AWARD_CLEARANCE_CLEARED, credit_pb2.AWARD_CLEARANCE_PROOF_PENDING
NOT_CLEARED = credit_pb2.AWARD_CLEARANCE_NOT_CLEARED


class Gate:
    """The gateway's port: clear for questions, and for awards what ``verdict``, ``gaps`` and ``proof`` say."""

    asserts_officers = False

    def __init__(self):
        self.requests, self.verdict, self.measures, self.gaps = [], common_pb2.VERDICT_CLEAR, (), ()
        self.proof, self.error, self.clearance, self.others = True, None, None, ()

    def check(self, request):
        self.requests.append(request)
        response = credit_pb2.CheckEligibilityResponse()
        response.decision.verdict = common_pb2.VERDICT_CLEAR
        return self.signed(response, request.enterprise.uscc)

    def clear_award(self, request):
        self.requests.append(request)
        if self.error is not None:
            raise self.error
        gaps = self.gaps
        if self.verdict == common_pb2.VERDICT_CONDITIONAL and not request.HasField("override"):
            gaps = (*gaps, credit_pb2.AWARD_GAP_CONDITIONS_OPEN)
        response = credit_pb2.ClearAwardResponse(clearance=NOT_CLEARED if gaps else PENDING)
        response.decision.verdict = self.verdict
        response.decision.measures.extend(self.measures)
        response.parties.add(uscc=request.applicant.enterprise.uscc, verdict=self.verdict, gaps=gaps)
        self.signed(response, request.applicant.enterprise.uscc)
        if not gaps and self.proof:
            self.prove(response)
        if self.clearance is not None:
            response.clearance = self.clearance
        return response

    def signed(self, response, uscc):
        response.decision.enterprise.uscc = uscc
        response.decision.valid_until.FromDatetime(NOW + timedelta(hours=2))
        response.basis.as_of.FromDatetime(NOW)
        response.audit_position.writer = "w1"
        response.audit_position.leaf_hash = leaf_hash(b"{}")
        return response

    def prove(self, response):
        recorded = credit_pb2.ClearAwardResponse()
        recorded.CopyFrom(response)
        recorded.ClearField("audit_position")
        content = recorded.SerializeToString(deterministic=True)
        body = canonical.encode({"response": hashlib.sha256(content).hexdigest()})
        response.receipt = encode_receipt(Receipt(b"{}", b"s" * 32, body, None, b"proof", "key"))
        response.clearance = CLEARED


@pytest.fixture
def gate():
    return Gate()


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "journal.db") as journal:
        yield journal


def granting(gate, journal, mode="enforce", rules=RULES):
    return Granting(Enforcement(gate, journal, rules, mode, lambda: NOW))


@pytest.fixture
def checked(gate, journal):
    """Return the granting of a case that was asked about at candidate publicity."""
    engine = Enforcement(gate, journal, RULES, "enforce", lambda: NOW)
    engine.require_clearance(Act(CASE, CANDIDATE_PUBLICITY, alone()))
    gate.requests.clear()
    return Granting(engine)


def award(granting, reviewed=None, applicant=None):
    return granting.grant(AwardGrant, Act(CASE, AWARD, applicant or alone()), reviewed)


def test_what_is_cleared_is_granted_and_its_receipt_is_in_the_journal_with_the_answer_in_it(gate, journal, checked):
    grant = award(checked)

    (sent,) = gate.requests
    assert (sent.case_ref, sent.part, sent.decision_point, sent.officer) == ("T-2026-17", "1", AWARD, "Li")
    assert [sent.applicant.enterprise.uscc] == [code(1)]
    receipt = decode_receipt(journal.receipt_of(grant.number))
    assert hashlib.sha256(receipt.response).digest() == grant.answer_digest
    assert journal.answer_to(grant.number).outcomes == {OutcomeKind.GRANTED}


@pytest.mark.parametrize(
    ("gaps", "reason"),
    [
        ((credit_pb2.AWARD_GAP_NEVER_CHECKED,), "NEVER_CHECKED"),
        ((credit_pb2.AWARD_GAP_CHECK_TOO_OLD, credit_pb2.AWARD_GAP_EARLIER_POINT), "CHECK_TOO_OLD"),
        ((credit_pb2.AWARD_GAP_CONDITIONS_OPEN,), "CONDITIONS_OPEN"),
        ((99,), "99"),
    ],
)
def test_whatever_is_missing_stops_it_and_its_answer_opens_no_later_gate(gate, journal, checked, gaps, reason):
    gate.gaps = gaps
    with pytest.raises(GateClosedError) as stopped:
        award(checked)

    assert stopped.value.reason == reason
    (answer,) = journal.last_answers(CASE.case_ref, AWARD)
    assert (answer.fault, answer.outcomes, journal.receipt_of(answer.number)) == (reason, frozenset(), None)


@pytest.mark.parametrize(
    ("proof", "clearance", "reason"),
    [
        (False, None, "PROOF_PENDING"),
        (False, CLEARED, "NO_RECEIPT"),
        (True, NOT_CLEARED, "NOT_CLEARED"),
        (True, 0, "NOT_CLEARED"),
    ],
)
def test_nothing_is_granted_without_its_proof(gate, journal, checked, proof, clearance, reason):
    gate.proof, gate.clearance = proof, clearance
    with pytest.raises((UnverifiableError, GateClosedError)) as stopped:
        award(checked)

    assert stopped.value.reason == reason
    assert not any(OutcomeKind.GRANTED in each.outcomes for each in journal.last_answers(CASE.case_ref, AWARD))


@pytest.mark.parametrize("part", ["envelope", "body"])
def test_a_receipt_of_another_answer_is_none(gate, checked, part):
    prove = gate.prove

    def other(response):
        prove(response)
        receipt = decode_receipt(response.receipt)
        changed = {"envelope": b'{"a":1}', "body": canonical.encode({"response": "0" * 64})}[part]
        response.receipt = encode_receipt(replace(receipt, **{part: changed}))

    gate.prove = other
    with pytest.raises(UnverifiableError) as stopped:
        award(checked)
    assert stopped.value.reason == "NO_RECEIPT"


def test_a_restriction_is_a_restriction_and_reported_as_one(gate, journal, checked):
    gate.verdict, gate.measures, gate.gaps = common_pb2.VERDICT_RESTRICTED, [BLOCK], [credit_pb2.AWARD_GAP_RESTRICTED]
    with pytest.raises(RestrictedError):
        award(checked)

    assert [each.kind for each in journal.outcomes_owed()] == [OutcomeKind.RESTRICTED]


def test_an_officers_review_is_sent_as_the_decision_and_serves_once_nothing_was_added(gate, journal, checked):
    gate.verdict, gate.measures = common_pb2.VERDICT_CONDITIONAL, [REVIEW]
    with pytest.raises(ConditionNotMetError) as asked:
        award(checked)
    clearance = asked.value.conditional.fulfil(officer_review=reviewed(NOW))
    grant = award(checked, clearance)

    assert "review_reason: arrears paid, certificate seen" in gate.requests[-1].override.reason
    assert journal.answer_to(grant.number).outcomes == {OutcomeKind.FULFILLED, OutcomeKind.GRANTED}
    added = common_pb2.Measure(rule_id="A-30/TR9", effect=common_pb2.EFFECT_REVIEW, party_uscc=code(1))
    gate.measures = [REVIEW, added]
    with pytest.raises(ConditionNotMetError):
        award(checked, clearance)


def test_a_decision_that_the_gate_does_not_take_stops_it(gate, checked):
    gate.verdict, gate.measures = common_pb2.VERDICT_CONDITIONAL, [REVIEW]
    with pytest.raises(ConditionNotMetError) as asked:
        award(checked)
    clearance = asked.value.conditional.fulfil(officer_review=reviewed(NOW))
    gate.gaps = (credit_pb2.AWARD_GAP_CONDITIONS_OPEN,)
    with pytest.raises(GateClosedError) as stopped:
        award(checked, clearance)
    assert stopped.value.reason == "CONDITIONS_OPEN"


def test_a_condition_beside_something_else_that_is_missing_is_not_met_by_an_officer(gate, checked):
    gate.verdict, gate.measures = common_pb2.VERDICT_CONDITIONAL, [REVIEW]
    gate.gaps = (credit_pb2.AWARD_GAP_NEVER_CHECKED,)
    with pytest.raises(GateClosedError) as stopped:
        award(checked)
    assert stopped.value.reason == "NEVER_CHECKED"


def test_a_review_of_something_else_is_not_sent_as_a_decision(gate, checked):
    gate.verdict, gate.measures = common_pb2.VERDICT_CONDITIONAL, [REVIEW]
    with pytest.raises(ConditionNotMetError) as asked:
        award(checked)
    clearance = asked.value.conditional.fulfil(officer_review=reviewed(NOW))
    gate.requests.clear()
    with pytest.raises(GateClosedError) as stopped:
        award(checked, replace(clearance, question=clearance.question._replace(part="2")))

    assert (stopped.value.reason, gate.requests) == ("OTHER_CASE", [])


@pytest.mark.parametrize(
    ("status", "reason", "error"),
    [
        (grpc.StatusCode.NOT_FOUND, "ENTERPRISE_NOT_FOUND", QuestionRefusedError),
        (grpc.StatusCode.FAILED_PRECONDITION, "STATE", QuestionRefusedError),
        (grpc.StatusCode.UNAVAILABLE, "NO_ANSWER", NoAnswerError),
    ],
)
def test_a_case_that_the_gateway_does_not_know_is_granted_nothing_and_not_asked_about_otherwise(
    gate, journal, checked, status, reason, error
):
    gate.error = GatewayError(status, reason, {}, "said so")
    with pytest.raises(error) as stopped:
        award(checked)

    assert stopped.value.reason == reason
    assert getattr(stopped.value, "meanwhile", None) == (WhenAway.WAIT if error is NoAnswerError else None)
    assert [type(each).__name__ for each in gate.requests] == ["ClearAwardRequest"]
    assert journal.last_answers(CASE.case_ref, AWARD) == ()
    assert journal.pending.waiting() == 0, "an act is cleared when it is taken, and never later by itself"


def test_a_related_party_is_never_left_out_in_silence(gate, checked):
    related = replace(alone(), related=(Related(Party(code(9)), "controlling shareholder"),))
    with pytest.raises(QuestionRefusedError) as refused:
        award(checked, applicant=related)

    assert (refused.value.field, gate.requests) == ("related_parties", [])


def test_where_no_cases_are_registered_a_final_act_is_asked_about_as_before(gate, journal, checked):
    award(granting(gate, journal, rules=replace(RULES, register_cases=False)))

    assert [type(each).__name__ for each in gate.requests] == ["CheckEligibilityRequest"]


def test_a_subcontractor_takes_no_part_in_the_case_and_is_asked_about_as_before(gate, journal, checked):
    checked.grant(SubcontractConsent, Act(CASE, SUBCONTRACT_CONSENT, alone(2)))

    assert [type(each).__name__ for each in gate.requests] == ["CheckEligibilityRequest"]


@pytest.mark.parametrize(
    ("gaps", "error", "stopped_by"),
    [
        ((), None, None),
        ((credit_pb2.AWARD_GAP_NEVER_CHECKED,), None, "NEVER_CHECKED"),
        ((), GatewayError(grpc.StatusCode.NOT_FOUND, "ENTERPRISE_NOT_FOUND", {}, "no"), "ENTERPRISE_NOT_FOUND"),
    ],
)
def test_in_observe_mode_the_gate_is_seen_and_stops_nothing(gate, journal, checked, gaps, error, stopped_by):
    gate.gaps, gate.error = gaps, error
    grant = award(granting(gate, journal, "observe"))

    assert (grant.stopped_by and grant.stopped_by.reason) == stopped_by
    assert [type(each).__name__ for each in gate.requests] == ["ClearAwardRequest"]

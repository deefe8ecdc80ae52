"""A deciding system registers its own cases: with one set of facts, once, and only where the configuration says so."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from jointsanctions.v1 import case_pb2, credit_pb2
from test_adapters_peer import alone, code, facts

from adapters.bidding import AWARD, bidding_rules
from adapters.errors import QuestionRefusedError, SettingsError
from adapters.live_cases import CaseTerms, LiveCases
from adapters.questions import Applicant, Case, Party

RULES = replace(bidding_rules(timedelta(days=30), timedelta(days=30)), register_cases=True)
CASE = Case("T-2026-17", "Li", part="1")


LOT_OF_A_PERSON = credit_pb2.CaseFacts(bidding=credit_pb2.BiddingFacts(lot="11010519491231002X"))
"""A resident's number where nobody reads the text but the gateway."""


class Registry:
    """What registers cases, and remembers what it was sent."""

    def __init__(self):
        self.sent = []

    def credit(self, rpc, request, answer):
        self.sent.append((rpc, request))
        return answer(case=case_pb2.RegisteredCase(case_id="case-1", version=len(self.sent)))


def test_a_case_is_registered_with_the_facts_that_its_applicants_share():
    registry = Registry()
    live = LiveCases(registry, RULES)
    bidders = (alone(1), Applicant(Party(code(2)), (Party(code(3)),), consortium=True, facts=facts(2)))
    assert live.open_case(CASE, CaseTerms(AWARD, bidders)).case_id == "case-1"
    live.amend(CASE, CaseTerms(AWARD, bidders[:1], consortia_fixed=True), 1, "one left")
    live.close(CASE, case_pb2.CASE_CLOSE_REASON_AWARDED)

    opened, amended, closed = (request for _, request in registry.sent)
    assert [rpc for rpc, _ in registry.sent] == ["OpenCase", "AmendCase", "CloseCase"]
    assert (opened.case_ref, opened.part, opened.officer, opened.area) == ("T-2026-17", "1", "Li", RULES.area)
    assert [len(each.consortium_members) for each in opened.terms.applicants] == [0, 1]
    assert opened.terms.case_facts.bidding.form == 0, "each applicant says by itself whether it comes alone"
    assert opened.terms.case_facts.bidding.project_region == "420302"
    assert (amended.replaces_version, amended.terms.consortia_fixed, closed.reason) == (1, True, 1)


def test_the_same_act_has_the_same_id_and_another_has_another():
    registry = Registry()
    live = LiveCases(registry, RULES)
    for terms in (CaseTerms(AWARD, (alone(),)), CaseTerms(AWARD, (alone(),)), CaseTerms(AWARD, (alone(2),))):
        live.open_case(CASE, terms)
    first, again, other = (request.request_id for _, request in registry.sent)

    assert first == again != other
    assert len(first) <= 64


@pytest.mark.parametrize(
    ("terms", "case", "field"),
    [
        (CaseTerms(AWARD, (alone(1), replace(alone(2), facts=None)), credit_pb2.CaseFacts()), CASE, "terms.case_facts"),
        (CaseTerms(AWARD, (Applicant(Party("9142")),)), CASE, "enterprise.uscc"),
        (CaseTerms(AWARD), replace(CASE, case_ref=""), "question.case_ref"),
        (CaseTerms(AWARD), replace(CASE, part="11010519491231002X"), "part"),
        (CaseTerms(AWARD, facts=LOT_OF_A_PERSON), CASE, "terms.case_facts.bidding.lot"),
    ],
)
def test_what_the_gateway_would_refuse_is_refused_before_it_is_sent(terms, case, field):
    registry = Registry()
    with pytest.raises(QuestionRefusedError) as refused:
        LiveCases(registry, RULES).open_case(case, terms)

    assert (refused.value.field, registry.sent) == (field, [])


def test_reason_and_note_are_as_long_as_the_gateway_takes_and_hold_no_number():
    registry = Registry()
    live, terms = LiveCases(registry, RULES), CaseTerms(AWARD, (alone(),))
    acts = {
        "reason": lambda text: live.amend(CASE, terms, 1, text),
        "note": lambda text: live.close(CASE, case_pb2.CASE_CLOSE_REASON_AWARDED, text),
    }
    for field, act in acts.items():
        act("x" * 500)
        for text in ("x" * 501, "11010519491231002X"):
            with pytest.raises(QuestionRefusedError) as refused:
                act(text)
            assert refused.value.field == field
    assert len(registry.sent) == 2


def test_a_case_is_registered_only_where_the_configuration_says_so():
    with pytest.raises(SettingsError, match="register_cases"):
        LiveCases(Registry(), replace(RULES, register_cases=False))

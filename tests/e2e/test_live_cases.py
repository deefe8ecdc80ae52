"""Cases that the adapters of all nine areas register: final acts go through the gateway's gate, with its receipt."""

from __future__ import annotations

from dataclasses import replace

import pytest
from e2e.reported import Listed
from e2e.served import BIDDING, body_of, new_party
from e2e.test_nine_adapters import known_party
from e2e.test_receipts import verified
from jointsanctions.v1 import case_pb2, common_pb2, credit_pb2
from nine_areas import ADAPTERS, APPLIED_ON, RULES, SECURITY, adapter_of, met, way

from adapters import awards as awards_area
from adapters import bidding, funding, guarantee, lending, licensing, market_access, procurement, qualification
from adapters.enforcement import Enforcement
from adapters.errors import (
    ConditionNotMetError,
    GateClosedError,
    GatewayError,
    QuestionRefusedError,
    RestrictedError,
)
from adapters.journal import Journal
from adapters.live_cases import CaseTerms
from adapters.questions import Applicant, Case, Party
from adapters.security import guarantee_facts

pytestmark = pytest.mark.xdist_group("served")
UNFIXED = credit_pb2.CUTOFF_RULE_NOT_FIXED
TERMS = {
    "bidding": (
        bidding.AWARD,
        credit_pb2.CaseFacts(
            bidding=credit_pb2.BiddingFacts(
                project_region="420302", must_be_tendered=True, state_funds=True, cutoff_rule=UNFIXED
            )
        ),
    ),
    "funding": (
        funding.APPROVAL,
        credit_pb2.CaseFacts(funding=credit_pb2.FundingFacts(fund_kind=credit_pb2.FUND_KIND_NEW_GRANT)),
    ),
    "procurement": (
        procurement.RESULT,
        credit_pb2.CaseFacts(
            procurement=credit_pb2.ProcurementFacts(tender_document_names_list=True, cutoff_rule=UNFIXED)
        ),
    ),
    "licensing": (licensing.DECISION, None),
    "guarantee": (guarantee.CONTRACT, credit_pb2.CaseFacts(guarantee=guarantee_facts(SECURITY))),
    "qualification": (
        qualification.DECISION,
        credit_pb2.CaseFacts(
            qualification=credit_pb2.QualificationFacts(
                application_kind=credit_pb2.QUALIFICATION_APPLICATION_KIND_UPGRADE,
                application_date=APPLIED_ON.isoformat(),
            )
        ),
    ),
    "lending": (lending.DRAWDOWN, None),
    "market_access": (market_access.SECTOR_PERMIT, None),
    "awards": (awards_area.CONFERRAL, None),
}
"""The final point that a case of each area heads for, and its facts."""
OUTSIDE = {bidding.SUBCONTRACT_CONSENT}


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "journal.db") as journal:
        yield journal


def live(monkeypatch, area):
    """Configure *area* so that its cases are registered."""
    caller, rules = RULES[area]
    monkeypatch.setitem(RULES, area, (caller, replace(rules, register_cases=True)))


def terms(area, *codes):
    point, facts = TERMS[area]
    return CaseTerms(point, tuple(Applicant(Party(code)) for code in codes), facts)


@pytest.mark.parametrize("area", sorted(ADAPTERS))
def test_a_registered_case_goes_to_its_end_in_every_area_and_each_grant_has_its_receipt(
    served, journal, monkeypatch, area
):
    live(monkeypatch, area)
    client = served.callers.as_caller(RULES[area][0])
    adapter, clear = adapter_of(area, client, journal), served.city.example("grade_a")
    case = Case(f"LIVE-{area}", "Li")
    cases = adapter.live_cases(client)
    opened = cases.open_case(case, terms(area, clear.uscc))
    assert cases.open_case(case, terms(area, clear.uscc)) == opened
    steps = way(area, adapter, clear.uscc, clear.name, case_ref=case.case_ref)
    for _, check in steps.checks:
        check()
    grant = None
    for point, gate in steps.gates:
        grant = gate(grant, None)
        receipt = journal.receipt_of(grant.number)
        assert (receipt is None) is (point in OUTSIDE)
        if receipt is not None:
            proven = verified(served, receipt)
            assert proven.response_shown
            assert proven.body == body_of(served.entry(grant.position))
            assert (proven.body["method"], proven.body["case"]) == ("CreditService/ClearAward", case.case_ref)
            assert grant.answer_digest.hex() == proven.body["response"]
    assert adapter.report_outcomes(client).refused == ()
    closed = cases.close(case, case_pb2.CASE_CLOSE_REASON_AWARDED)
    assert closed.HasField("closed_at")
    with pytest.raises(QuestionRefusedError) as refused:
        steps.gates[0][1](None, None)
    assert refused.value.reason == "STATE"


def test_a_case_that_was_never_registered_is_granted_nothing(served, journal, monkeypatch):
    live(monkeypatch, "bidding")
    adapter = adapter_of("bidding", served.callers.as_caller(BIDDING), journal)
    clear = served.city.example("grade_a")
    steps = way("bidding", adapter, clear.uscc, clear.name)
    for _, check in steps.checks:
        check()
    with pytest.raises(QuestionRefusedError) as refused:
        steps.gates[0][1](None, None)
    assert refused.value.reason == "ENTERPRISE_NOT_FOUND"


def test_what_lands_between_check_and_award_stops_it_and_once_it_is_gone_the_award_is_made(
    served, journal, monkeypatch
):
    live(monkeypatch, "bidding")
    client = served.callers.as_caller(BIDDING)
    adapter, listed = adapter_of("bidding", client, journal), Listed(served)
    listed.revoked()
    listed.asked()
    case = Case(f"LIVE-{listed.uscc}", "Li")
    adapter.live_cases(client).open_case(case, terms("bidding", listed.uscc))
    steps = way("bidding", adapter, listed.uscc, case_ref=case.case_ref)
    for _, check in steps.checks:
        check()
    again = Listed.__new__(Listed)
    again.served, again.party, again.uscc, again.key = served, listed.party, listed.uscc, f"{listed.key}-again"
    again.listed()
    again.asked()  # it is served from here on
    with pytest.raises(RestrictedError):
        steps.gates[0][1](None, None)
    again.revoked()
    again.asked()
    assert journal.receipt_of(steps.gates[0][1](None, None).number) is not None


def test_an_officers_decision_over_conditions_is_on_the_gateways_record_with_its_reason(served, journal, monkeypatch):
    live(monkeypatch, "bidding")
    client = served.callers.as_caller(BIDDING)
    adapter, unknown = adapter_of("bidding", client, journal), new_party().uscc
    case = Case(f"LIVE-{unknown}", "Li")
    adapter.live_cases(client).open_case(case, terms("bidding", unknown))
    steps = way("bidding", adapter, unknown, case_ref=case.case_ref)
    for _, check in steps.checks:
        check()
    award = steps.gates[0][1]
    with pytest.raises(ConditionNotMetError) as asked:
        award(None, None)
    grant = award(None, met(asked.value.conditional, code=unknown))
    told = body_of(served.entry(grant.position))["award"]
    assert "looked at, and goes ahead" in told["override"]["reason"]
    assert adapter.report_outcomes(client).refused == ()


def test_the_gateways_own_record_is_the_ground_and_not_the_adapters(served, journal, monkeypatch, tmp_path):
    """A journal that shows a check which the gateway was never asked opens the adapter's gate and not the gateway's."""
    live(monkeypatch, "procurement")
    caller = RULES["procurement"][0]
    client, party = served.callers.as_caller(caller), known_party(served)
    adapter = adapter_of("procurement", client, journal)
    case = Case(f"LIVE-{party.uscc}", "Li")
    adapter.live_cases(client).open_case(case, terms("procurement", party.uscc))
    steps = way("procurement", adapter, party.uscc, case_ref=case.case_ref)

    class Elsewhere:
        """Another gateway, which says the same of everybody."""

        asserts_officers = False

        def check(self, request):
            other = credit_pb2.CheckEligibilityRequest()
            other.CopyFrom(request)
            other.question.case_ref += "-elsewhere"
            return client.check(other)

    deceived = Enforcement(Elsewhere(), journal, RULES["procurement"][1], "enforce")
    way("procurement", ADAPTERS["procurement"](deceived), party.uscc, case_ref=case.case_ref).checks[0][1]()
    with pytest.raises(GateClosedError) as closed:
        steps.gates[0][1](None, None)
    assert closed.value.reason == "NEVER_CHECKED"


def test_of_two_who_amend_at_once_one_is_told(served, journal, monkeypatch):
    live(monkeypatch, "bidding")
    client = served.callers.as_caller(BIDDING)
    cases = adapter_of("bidding", client, journal).live_cases(client)
    first, second, third = (new_party().uscc for _ in range(3))
    case = Case(f"LIVE-{first}", "Li")
    version = cases.open_case(case, terms("bidding", first)).version
    assert cases.amend(case, terms("bidding", first, second), version, "a second bid").version == version + 1
    with pytest.raises(GatewayError) as refused:
        cases.amend(case, terms("bidding", first, third), version, "a third bid")
    assert (refused.value.reason, refused.value.metadata["why"]) == ("STATE", "NOT_THE_NEWEST_VERSION")
    assert cases.close(case, case_pb2.CASE_CLOSE_REASON_VOID).area == common_pb2.AREA_BIDDING

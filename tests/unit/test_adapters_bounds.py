"""How strong an answer may be: what goes beyond the law is a fault of the answer, at the adapter as at the gateway."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from jointsanctions.v1 import common_pb2, credit_pb2
from nine_areas import SECURITY, adapter_of, way
from test_adapters_peer import (  # noqa: F401
    BLOCK,
    CONDITIONAL,
    RESTRICTED,
    at_the_wire,
    client,
    code,
    journal,
    peer,
)

from adapters.awards import REVOCATION, Honour
from adapters.entries import OutcomeKind
from adapters.errors import ConditionNotMetError, QuestionRefusedError, RestrictedError, UnverifiableError
from adapters.funding import FundApplication, Funds
from adapters.guarantee import ISSUE, GuaranteeCase
from adapters.participation import Cutoff, Enterprise, Form
from adapters.procurement import QUALIFICATION_REVIEW, Purchase, Supplier
from adapters.qualification import ACCEPTANCE, DECISION, Asks, QualificationApplication
from adapters.security import SecurityKind

WHO = Enterprise(code(1))
LISTING = common_pb2.Measure(
    rule_id="TR1", effect=common_pb2.EFFECT_BLOCK, trigger=common_pb2.TRIGGER_LISTING, party_uscc=code(1)
)


@pytest.fixture
def of(client, journal, peer):
    return lambda area: adapter_of(area, client, journal, clock=peer.clock)


def beyond(call, journal, point, case_ref):
    """The answer is on record with its fault, and neither grants nor refuses."""
    with pytest.raises(UnverifiableError) as caught:
        call()
    assert caught.value.reason == "BEYOND_BOUND"
    (answer, *_) = journal.last_answers(case_ref, point)
    assert answer.fault == "BEYOND_BOUND"
    assert not answer.outcomes & {OutcomeKind.GRANTED, OutcomeKind.RESTRICTED}


@pytest.mark.parametrize("area", ["licensing", "lending", "guarantee", "market_access"])
@pytest.mark.parametrize("measures", [(BLOCK,), ()])
def test_where_nobody_can_be_blocked_a_refusal_is_a_fault_of_the_answer(of, peer, journal, area, measures):
    steps, before = way(area, of(area), code(1), case_ref="C-1"), [None]
    for _, check in steps.checks:
        check()
    for _, gate in steps.gates:
        before.append(gate(before[-1], None))
    peer.says(code(1), RESTRICTED, *measures)

    granted = [
        (point, lambda gate=gate, earlier=earlier: gate(earlier, None))
        for (point, gate), earlier in zip(steps.gates, before[:-1], strict=True)
    ]
    for point, call in [*granted[::-1], *steps.checks]:
        beyond(call, journal, point, "C-1")


def test_a_block_beside_a_condition_is_a_fault_too(of, peer, journal):
    peer.says(code(1), CONDITIONAL, BLOCK)
    (_, gate) = way("lending", of("lending"), code(1), case_ref="C-1").gates[0]

    beyond(lambda: gate(None, None), journal, 70, "C-1")


@pytest.mark.parametrize(
    ("funds", "error"),
    [(Funds.NEW_GRANT, RestrictedError), (Funds.EARLIER_GRANT, UnverifiableError), (Funds.RELIEF, UnverifiableError)],
)
def test_only_a_new_grant_can_be_barred(of, peer, funds, error):
    peer.says(code(1), RESTRICTED, BLOCK)

    with pytest.raises(error):
        of("funding").accept(FundApplication("C-1", funds), WHO, "Li")


def test_a_listing_bars_a_supplier_only_where_the_document_names_the_list(of, peer):
    purchase = Purchase("C-1", names_list=False, cutoff=Cutoff.not_fixed())
    supplier = Supplier(code(1), "", Form.SINGLE)
    other = common_pb2.Measure(rule_id="TR5", effect=common_pb2.EFFECT_BLOCK, trigger=common_pb2.TRIGGER_PENALTY)

    def answer_to(document, measure):
        peer.says(code(1), RESTRICTED, measure)
        (result,) = of("procurement").check_all(document, QUALIFICATION_REVIEW, [supplier], "Li").results
        return type(result.error)

    assert answer_to(purchase, LISTING) is UnverifiableError
    assert answer_to(replace(purchase, names_list=True), LISTING) is RestrictedError
    assert answer_to(purchase, other) is RestrictedError


@pytest.mark.parametrize("asks", list(Asks))
def test_only_who_asks_for_more_can_be_refused_and_only_at_the_decision(of, peer, journal, asks):
    application, office = QualificationApplication("C-1", asks, date(2026, 11, 2)), of("qualification")
    office.accept(application, WHO, "Li")
    peer.says(code(1), RESTRICTED, BLOCK)

    if asks in (Asks.UPGRADE, Asks.ADDITION):
        with pytest.raises(RestrictedError):
            office.decide(application, WHO, "Li")
    else:
        beyond(lambda: office.decide(application, WHO, "Li"), journal, DECISION, "C-1")
    beyond(lambda: office.accept(application, WHO, "Li"), journal, ACCEPTANCE, "C-1")


@pytest.mark.parametrize(
    ("level", "error"),
    [(level, RestrictedError) for level in ("LAW", "ADMIN_REG", "LOCAL_REG", "STATE_POLICY")]
    + [(level, UnverifiableError) for level in ("DEPT_RULE", "LOCAL_NORMATIVE", "")],
)
def test_market_access_is_barred_only_on_a_ground_that_can_carry_it_and_is_named(of, peer, level, error):
    measure = common_pb2.Measure(rule_id="X", effect=common_pb2.EFFECT_BLOCK)
    measure.legal_basis.add(document="XYZ", article="1", level=level)
    peer.says(code(1), RESTRICTED, measure)

    gate = way("market_access", of("market_access"), code(1)).gates[2][1]
    with pytest.raises(error):
        gate(None, None)


def test_what_was_conferred_is_looked_at_and_never_taken_by_an_answer(of, peer, journal):
    peer.says(code(1), RESTRICTED, BLOCK)

    beyond(lambda: of("awards").look_again(Honour("C-1"), WHO, "Li"), journal, REVOCATION, "C-1")


def raising(kind, **bound):
    measure = common_pb2.Measure(rule_id="TR1", effect=common_pb2.EFFECT_RAISE_SECURITY)
    measure.security_bound.CopyFrom(common_pb2.SecurityBound(kind=kind, **bound))
    return measure


@pytest.mark.parametrize(
    ("kind", "bound", "lawful"),
    [
        ("PERFORMANCE_BOND", {"cap_basis_points": 1000, "cap_fen": 10_000_000}, True),
        ("PERFORMANCE_BOND", {"cap_basis_points": 1001, "cap_fen": 10_000_000}, False),
        ("PERFORMANCE_BOND", {"cap_basis_points": 1000, "cap_fen": 10_000_001}, False),
        ("PERFORMANCE_BOND", {"cap_basis_points": 0, "cap_fen": 10_000_000}, False),
        ("PERFORMANCE_BOND", {"cap_basis_points": 1000}, False),
        ("BID_BOND", {"cap_basis_points": 200, "cap_fen": 2_000_000}, True),
        ("BID_BOND", {"cap_basis_points": 201, "cap_fen": 2_000_000}, False),
        ("BID_BOND", {"cap_basis_points": 200, "cap_fen": 2_000_001}, False),
        ("WAGE_DEPOSIT", {"surcharge_percent": 100}, True),
        ("WAGE_DEPOSIT", {"surcharge_percent": 50, "cap_fen": 10, "raised_fen": 11}, False),
        ("WAGE_DEPOSIT", {"surcharge_percent": 50, "cap_fen": -1}, False),
        ("WAGE_DEPOSIT", {"surcharge_percent": 50, "cap_basis_points": 300}, False),
    ],
)
def test_more_security_than_the_law_allows_is_a_fault_of_the_answer(of, peer, journal, kind, bound, lawful):
    security = replace(SECURITY, kind=SecurityKind[kind], ordinary_fen=1_000_000)
    assert security.contract_amount_fen == 100_000_000
    case = GuaranteeCase("C-1", security)
    peer.says(code(1), CONDITIONAL, raising(kind, **bound))

    if lawful:
        with pytest.raises(ConditionNotMetError):
            of("guarantee").issue(case, WHO, "Li")
    else:
        beyond(lambda: of("guarantee").issue(case, WHO, "Li"), journal, ISSUE, "C-1")


def test_security_of_another_kind_or_without_a_bound_is_a_fault_of_the_answer(of, peer, journal):
    case = GuaranteeCase("C-1", replace(SECURITY, kind=SecurityKind.BID_BOND, ordinary_fen=1))
    without = common_pb2.Measure(rule_id="TR1", effect=common_pb2.EFFECT_RAISE_SECURITY)

    for measure in (without, raising("PERFORMANCE_BOND", cap_basis_points=100, cap_fen=1)):
        peer.says(code(1), CONDITIONAL, measure)
        beyond(lambda: of("guarantee").issue(case, WHO, "Li"), journal, ISSUE, "C-1")


@pytest.mark.parametrize("step", ["check", "issue", "contract"])
def test_an_amount_above_the_laws_cap_is_refused_before_anything_is_asked(of, peer, step):
    desk, lawful = of("guarantee"), replace(SECURITY, kind=SecurityKind.BID_BOND, ordinary_fen=2_000_000)
    granted = desk.issue(GuaranteeCase("C-1", lawful), WHO, "Li")
    above = GuaranteeCase("C-1", replace(lawful, ordinary_fen=2_000_001))
    asked = len(peer.requests)
    before = (granted,) if step == "contract" else ()

    with pytest.raises(QuestionRefusedError) as caught:
        getattr(desk, step)(above, *before, WHO, "Li")
    assert (caught.value.field, len(peer.requests)) == ("security.ordinary_fen", asked)


def test_an_answer_about_other_parties_is_that_first(of, peer, journal):
    peer.says(code(1), RESTRICTED, BLOCK)
    peer.twist = other_party

    with pytest.raises(UnverifiableError) as caught:
        way("lending", of("lending"), code(1)).gates[0][1](None, None)
    assert caught.value.reason == "OTHER_PARTY"


def other_party(response):
    assert isinstance(response, credit_pb2.CheckEligibilityResponse)
    response.decision.enterprise.uscc = code(2)
    return response

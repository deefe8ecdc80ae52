"""What an answer says of raised security: with the province's rate configured, rate and amount of the case."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import NOW, arrears, listed, moment, policy, question, subject

from gateway.domain.deposits import DepositRules
from gateway.domain.disclosure.sight import WHOLE
from gateway.domain.eligibility import decide
from gateway.domain.vocabulary import DecisionPoint, SecurityKind
from gateway.rpc.answers import AnswerWriter

AMOUNT = 500_000_000
WITH_RATE = DepositRules(300_000_000, 200)


def bound(ground, rules=WITH_RATE, kind=SecurityKind.WAGE_DEPOSIT):
    """Return the one bound of the answer about an enterprise on which *ground* weighs."""
    rule = replace(policy("national-2026"), deposits=rules)
    asked = question(DecisionPoint.GUARANTEE_ISSUE, security_kind=kind, contract_amount_fen=AMOUNT)
    decision = decide((subject(ground),), asked, rule, moment(NOW))
    shown = AnswerWriter(rule, "digest").decision(decision, NOW, AMOUNT, WHOLE)
    (found,) = [each.security_bound for each in shown.measures if each.HasField("security_bound")]
    return found


@pytest.mark.parametrize(
    ("ground", "percent", "rate", "amount"),
    [(listed(), 100, 400, 20_000_000), (arrears("2026-01-01", "2026-02-01"), 50, 300, 15_000_000)],
)
def test_a_raise_of_the_wage_deposit_states_the_least_rate_and_the_least_amount_of_the_case(
    ground, percent, rate, amount
):
    """D-06, D-09: for a listing the rate passes the ordinary 3 % (A-50)."""
    found = bound(ground)
    assert (found.surcharge_percent, found.raised_rate_basis_points, found.raised_fen) == (percent, rate, amount)
    assert (found.ordinary_rate_from, found.ordinary_rate_to, found.cap_fen) == (200, 200, 0)


def test_the_regions_cap_of_one_project_bounds_the_raise():
    found = bound(listed(), replace(WITH_RATE, project_cap_fen=12_000_000))
    assert (found.cap_fen, found.raised_fen, found.raised_rate_basis_points) == (12_000_000, 12_000_000, 400)


@pytest.mark.parametrize("kind", [SecurityKind.BID_BOND, SecurityKind.PERFORMANCE_BOND])
def test_bonds_have_their_statutory_cap_and_no_rate(kind):
    found = bound(listed(), kind=kind)
    assert found.cap_basis_points
    assert found.cap_fen == AMOUNT * found.cap_basis_points // 10_000
    assert (found.ordinary_rate_from, found.ordinary_rate_to) == (0, 0)
    assert not found.HasField("raised_fen")

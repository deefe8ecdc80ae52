"""The adapters and the shipped policies agree: on the facts that are needed, and on how strong an answer can be."""

from __future__ import annotations

import itertools

import pytest
from jointsanctions.v1 import common_pb2, credit_pb2
from nine_areas import RULES
from shipped_policy import (
    BANNED,
    DAY,
    LIMITED,
    MALICIOUS,
    NATIONAL,
    SEEN,
    SHIYAN,
    application,
    buying,
    fund,
    policy,
    security,
    tender,
)

from gateway.domain.case_facts import NO_FACTS
from gateway.domain.vocabulary import (
    DecisionPoint,
    Effect,
    FundKind,
    QualificationApplicationKind,
    SecurityKind,
    Trigger,
)

PROFILES = (SHIYAN, NATIONAL)
POINTS = {each.point: each for _, rules in RULES.values() for each in rules.points}
FACTS = {
    "funding": [
        (fund(kind.name), credit_pb2.CaseFacts(funding=credit_pb2.FundingFacts(fund_kind=int(kind))))
        for kind in FundKind
    ],
    "procurement": [
        (
            buying(named=named),
            credit_pb2.CaseFacts(procurement=credit_pb2.ProcurementFacts(tender_document_names_list=named)),
        )
        for named in (True, False)
    ],
    "bidding": [(tender(must=must), credit_pb2.CaseFacts()) for must in (True, False)],
    "guarantee": [
        (
            security(kind.name),
            credit_pb2.CaseFacts(
                guarantee=credit_pb2.GuaranteeFacts(security_kind=int(kind), contract_amount_fen=100_000_000)
            ),
        )
        for kind in SecurityKind
    ],
    "qualification": [
        (
            application(kind.name),
            credit_pb2.CaseFacts(qualification=credit_pb2.QualificationFacts(application_kind=int(kind))),
        )
        for kind in QualificationApplicationKind
    ],
}
"""Facts as the gateway and as the adapter have them, by area; the areas that are not here need none."""


def measure_of(row, effect, rules):
    """Return the row as a measure on the wire, as far as a bound looks at it."""
    measure = common_pb2.Measure(rule_id=row.rule_id, trigger=int(row.trigger), effect=int(effect))
    for key in row.basis:
        basis = rules.bases[key]
        measure.legal_basis.add(document=basis.document, article=basis.article, level=basis.level.value)
    if row.security is not None and effect is Effect.RAISE_SECURITY:
        bound, amount = row.security, 100_000_000
        measure.security_bound.kind = bound.kind.name
        measure.security_bound.surcharge_percent = bound.surcharge_percent
        measure.security_bound.cap_basis_points = bound.cap_basis_points
        measure.security_bound.cap_fen = bound.cap_fen(amount)
    return measure


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("area", sorted(RULES))
def test_no_answer_of_a_shipped_policy_goes_beyond_what_its_adapter_lets_one_say(profile, area):
    rules, beyond = policy(profile), []
    points = [DecisionPoint(each.point) for each in RULES[area][1].points]
    grounds = (SEEN, LIMITED, BANNED, MALICIOUS)
    strongest = Effect.NONE
    for point, trigger, (known, sent), ground in itertools.product(
        points, Trigger, FACTS.get(area, [(NO_FACTS, credit_pb2.CaseFacts())]), grounds
    ):
        row = rules.match(trigger, point, known, ground, DAY)
        effect, _ = rules.effective(row, DAY)
        strongest = max(strongest, effect)
        verdict = common_pb2.VERDICT_RESTRICTED if effect is Effect.BLOCK else common_pb2.VERDICT_CONDITIONAL
        if not POINTS[point].bound.allows(sent, verdict, [measure_of(row, effect, rules)]):
            beyond.append((row.rule_id, effect.name))

    assert beyond == []
    assert strongest >= Effect.REVIEW


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("area", sorted(RULES))
def test_an_adapter_sends_every_fact_that_the_policy_needs_at_a_point(profile, area):
    rules = policy(profile)
    for each in RULES[area][1].points:
        needs = {f"{area}.{name}" for name in rules.points[DecisionPoint(each.point)].needs}
        assert needs <= set(each.needs)
        # The cut-off rule is asked for by the reading of the request, not by a row.
        assert set(each.needs) - needs <= {f"{area}.cutoff_rule"}


@pytest.mark.parametrize("profile", PROFILES)
def test_what_is_closed_for_wages_is_what_the_adapters_hold_to_a_notice(profile):
    closed = {point for point, rule in policy(profile).points.items() if rule.closed}
    held = {DecisionPoint(p) for p, each in POINTS.items() if each.bound.strongest == common_pb2.EFFECT_NOTICE}

    assert closed == held == {DecisionPoint(p) for p, each in POINTS.items() if each.closed} != set()

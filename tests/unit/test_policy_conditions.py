"""The few ways in which a rule may look at a case."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, date, datetime

import pytest
from jointsanctions.v1 import credit_pb2

from gateway.domain.case_facts import FACT_AREAS, FACT_TYPES, NO_FACTS, CaseFacts, fact_path, require_facts
from gateway.domain.conditions import (
    ALWAYS,
    NO_GROUND,
    AgeAtMost,
    AnyOf,
    Condition,
    GroundIs,
    WeighedAtCutoff,
    Within,
)
from gateway.domain.errors import MalformedRequestError
from gateway.domain.vocabulary import Area, CutoffRule, FundKind

DAY = date(2026, 11, 24)
CUTOFF = datetime(2026, 11, 20, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Seen:
    since: date = date(2026, 3, 2)
    restriction: str = ""
    malicious: bool = False
    began: datetime = CUTOFF

    def came_after(self, moment):
        return moment < self.began


def test_facts_are_those_of_the_wire():
    wire = {
        (Area[field.name.upper()], fact.name)
        for field in credit_pb2.CaseFacts.DESCRIPTOR.fields
        for fact in field.message_type.fields
    }

    assert {(area, name) for name, areas in FACT_AREAS.items() for area in areas} == wire
    assert {field.name for field in fields(CaseFacts)} == set(FACT_AREAS) == set(FACT_TYPES)


def test_a_fact_is_named_as_on_the_wire():
    assert fact_path("state_funds", Area.BIDDING) == "case_facts.bidding.state_funds"
    assert fact_path("form", Area.PROCUREMENT) == "case_facts.procurement.form"


@pytest.mark.parametrize("region", ["42", "42030", "4203020", "42030a", "020302", ""])
def test_a_division_code_that_is_cut_short_is_refused(region):
    with pytest.raises(MalformedRequestError) as caught:
        CaseFacts(project_region=region)

    assert caught.value.field == "case_facts.bidding.project_region"


def test_a_lot_is_at_most_64_bytes():
    assert CaseFacts(lot="标" * 21).lot == "标" * 21
    with pytest.raises(MalformedRequestError, match="lot"):
        CaseFacts(lot="标" * 22)


@pytest.mark.parametrize("amount", [0, -1])
def test_a_contract_amount_is_above_nothing(amount):
    with pytest.raises(MalformedRequestError, match="contract_amount_fen"):
        CaseFacts(contract_amount_fen=amount)

    assert CaseFacts(contract_amount_fen=1).contract_amount_fen == 1


def test_false_is_a_fact_and_none_is_not():
    require_facts(CaseFacts(state_funds=False), ["state_funds"], Area.BIDDING, DAY)
    with pytest.raises(MalformedRequestError):
        require_facts(NO_FACTS, ["state_funds"], Area.BIDDING, DAY)


def test_a_date_of_the_day_itself_is_accepted():
    require_facts(CaseFacts(application_date=DAY), ["application_date"], Area.QUALIFICATION, DAY)


@pytest.mark.parametrize("area", [Area.BIDDING, Area.PROCUREMENT])
@pytest.mark.parametrize(
    ("rule", "at", "field"),
    [
        (CutoffRule.FIXED, None, "cutoff_at"),
        (CutoffRule.NOT_FIXED, CUTOFF, "cutoff_at"),
        (None, CUTOFF, "cutoff_rule"),
    ],
)
@pytest.mark.parametrize("names", [[], ["cutoff_rule"]])
def test_half_a_cutoff_is_refused_whether_or_not_the_point_needs_it(area, rule, at, field, names):
    with pytest.raises(MalformedRequestError) as caught:
        require_facts(CaseFacts(cutoff_rule=rule, cutoff_at=at), names, area, DAY)

    assert caught.value.field == f"case_facts.{area.name.lower()}.{field}"


def test_a_cutoff_may_lie_ahead():
    ahead = datetime(2099, 1, 1, tzinfo=UTC)

    require_facts(CaseFacts(cutoff_rule=CutoffRule.FIXED, cutoff_at=ahead), ["cutoff_rule"], Area.BIDDING, DAY)
    require_facts(CaseFacts(cutoff_rule=CutoffRule.FIXED, cutoff_at=ahead), ["cutoff_at"], Area.BIDDING, DAY)


def test_what_came_after_the_cutoff_did_not_weigh_at_it():
    fixed = CaseFacts(cutoff_rule=CutoffRule.FIXED, cutoff_at=CUTOFF)
    later = Seen(began=CUTOFF.replace(microsecond=1))

    assert WeighedAtCutoff().holds(fixed, Seen(), DAY)
    assert not WeighedAtCutoff().holds(fixed, later, DAY)
    assert WeighedAtCutoff().holds(CaseFacts(cutoff_rule=CutoffRule.NOT_FIXED), later, DAY)
    assert WeighedAtCutoff().facts == {"cutoff_rule"}


def test_alternatives_are_or_and_criteria_are_and():
    must, state = AnyOf("must_be_tendered", frozenset({True})), AnyOf("state_funds", frozenset({True}))
    either = Condition((frozenset({must}), frozenset({state})))
    both = Condition((frozenset({must, state}),))
    one = CaseFacts(must_be_tendered=True, state_funds=False)

    assert either.holds(one, NO_GROUND, DAY)
    assert not both.holds(one, NO_GROUND, DAY)
    assert both.holds(CaseFacts(must_be_tendered=True, state_funds=True), NO_GROUND, DAY)
    assert either.facts == both.facts == {"must_be_tendered", "state_funds"}
    assert not either.holds(CaseFacts(must_be_tendered=False, state_funds=False), NO_GROUND, DAY)


def test_no_alternative_always_holds():
    assert ALWAYS.unconditional
    assert ALWAYS.holds(NO_FACTS, NO_GROUND, DAY)
    assert ALWAYS.facts == frozenset()


@pytest.mark.parametrize(
    ("region", "inside"), [("420302", True), ("420300", True), ("420102", False), ("142030", False)]
)
def test_a_place_lies_within_the_division_that_its_code_begins_with(region, inside):
    assert Within("project_region", "4203").holds(CaseFacts(project_region=region), NO_GROUND, DAY) is inside


def test_any_of_takes_several_values():
    grants = AnyOf("fund_kind", frozenset({FundKind.NEW_GRANT, FundKind.EARLIER_GRANT}))

    assert grants.holds(CaseFacts(fund_kind=FundKind.EARLIER_GRANT), NO_GROUND, DAY)
    assert not grants.holds(CaseFacts(fund_kind=FundKind.RELIEF), NO_GROUND, DAY)


def test_a_ground_is_looked_at_by_its_attributes():
    assert GroundIs("restriction", "PROCUREMENT_BAN").holds(NO_FACTS, Seen(restriction="PROCUREMENT_BAN"), DAY)
    assert not GroundIs("restriction", "PROCUREMENT_BAN").holds(NO_FACTS, Seen(), DAY)
    assert GroundIs("malicious", value=True).holds(NO_FACTS, Seen(malicious=True), DAY)
    assert not GroundIs("malicious", value=True).holds(NO_FACTS, Seen(), DAY)


@pytest.mark.parametrize(
    ("since", "young"), [(date(2025, 11, 24), False), (date(2025, 11, 25), True), (date(2026, 11, 24), True)]
)
def test_a_ground_leaves_on_its_anniversary(since, young):
    assert AgeAtMost(12).holds(NO_FACTS, Seen(since=since), DAY) is young


def test_an_age_may_count_from_a_date_of_the_case():
    facts = CaseFacts(application_date=date(2026, 5, 1))

    assert AgeAtMost(12, "application_date").holds(facts, Seen(since=date(2025, 6, 1)), DAY)
    assert not AgeAtMost(12, "application_date").holds(facts, Seen(since=date(2025, 5, 1)), DAY)
    assert AgeAtMost(12, "application_date").facts == {"application_date"}

"""What holds in each of the nine areas: the way to the grants, fail closed, the agency's own case numbers."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import grpc
import pytest
from jointsanctions.v1 import common_pb2
from nine_areas import ADAPTERS, DAYS, RULES, adapter_of, met, way
from test_adapters_peer import (  # noqa: F401
    BLOCK,
    CONDITIONAL,
    NOW,
    RESTRICTED,
    REVIEW,
    UNVERIFIABLE,
    Refusal,
    at_the_wire,
    client,
    code,
    journal,
    peer,
)

from adapters.awards import awards_rules
from adapters.bidding import bidding_rules
from adapters.clearance import Clearance
from adapters.enforcement import Enforcement
from adapters.entries import OutcomeKind
from adapters.errors import (
    ConditionNotMetError,
    GateClosedError,
    NoAnswerError,
    NotClearedError,
    QuestionRefusedError,
    RestrictedError,
    UnverifiableError,
)
from adapters.funding import funding_rules
from adapters.guarantee import guarantee_rules
from adapters.lending import lending_rules
from adapters.licensing import licensing_rules
from adapters.market_access import market_access_rules
from adapters.procurement import procurement_rules
from adapters.qualification import qualification_rules
from gateway.domain.vocabulary import Area, DecisionPoint

AREAS = sorted(RULES)
AFTER_SOMETHING = {
    "bidding": (0, 1),
    "funding": (0, 1, 2),
    "procurement": (0, 1),
    "licensing": (0,),
    "guarantee": (1,),
    "qualification": (0,),
    "lending": (1, 2),
    "awards": (0,),
}
"""The gates, by their place on the way, that an earlier answer opens; market access has none."""
PATTERN = r"T-\d{4}-\d{1,6}"
WITH_PATTERN = {
    "bidding": bidding_rules(DAYS, DAYS, PATTERN),
    "funding": funding_rules(DAYS, DAYS, PATTERN),
    "procurement": procurement_rules(DAYS, DAYS, PATTERN),
    "licensing": licensing_rules(DAYS, PATTERN),
    "guarantee": guarantee_rules(DAYS, PATTERN),
    "qualification": qualification_rules(DAYS, PATTERN),
    "lending": lending_rules(DAYS, PATTERN),
    "market_access": market_access_rules(PATTERN),
    "awards": awards_rules(DAYS, PATTERN),
}


@pytest.fixture(params=AREAS)
def area(request):
    return request.param


@pytest.fixture
def adapter(area, client, journal, peer):
    return adapter_of(area, client, journal, clock=peer.clock)


def passed(steps, upto=None):
    """Make every check and pass the gates before number *upto*; return what the last of them gave."""
    for _, check in steps.checks:
        check()
    grant = None
    for _, gate in steps.gates[:upto]:
        grant = gate(grant, None)
    return grant


def test_every_area_declares_its_decision_points_and_no_other(area):
    mine = {point.name for point in DecisionPoint if point.area is Area[area.upper()]}
    declared = {
        common_pb2.DecisionPoint.Name(each.point).removeprefix("DECISION_POINT_") for each in RULES[area][1].points
    }

    assert declared == mine


def test_every_gate_asks_anew_at_its_own_point(area, adapter, peer, journal):
    steps = way(area, adapter, code(1))
    grant = passed(steps)

    asked = [request.question.decision_point for request in peer.requests if hasattr(request, "enterprise")]
    assert asked == [point for point, _ in (*steps.checks, *steps.gates)]
    assert (grant.parties, grant.stopped_by) == ({code(1)}, None)
    assert journal.answer_to(grant.number).outcomes == {OutcomeKind.GRANTED}


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ((RESTRICTED, BLOCK), (RestrictedError, UnverifiableError)),
        ((UNVERIFIABLE,), (UnverifiableError,)),
        ((CONDITIONAL, REVIEW), (ConditionNotMetError,)),
        ((9,), (UnverifiableError,)),
    ],
)
def test_no_gate_of_any_area_opens_on_anything_but_a_clear_answer(area, adapter, peer, journal, said, error):
    steps = way(area, adapter, code(1))
    before = [None]
    for _, check in steps.checks:
        check()
    for _, gate in steps.gates:
        before.append(gate(before[-1], None))
    granted = len([each for each in journal.outcomes_owed() if each.kind is OutcomeKind.GRANTED])
    peer.says(code(1), *said)

    for (_, gate), earlier in reversed(list(zip(steps.gates, before[:-1], strict=True))):
        with pytest.raises(error):
            gate(earlier, None)
    assert len([each for each in journal.outcomes_owed() if each.kind is OutcomeKind.GRANTED]) == granted


def test_no_answer_opens_no_gate_of_any_area(area, adapter, peer):
    steps = way(area, adapter, code(1))
    before = passed(steps, -1)
    count = 2 if area == "market_access" else 1
    peer.refusals = [Refusal(grpc.StatusCode.INTERNAL, "UNEXPECTED")] * count

    with pytest.raises(NoAnswerError):
        steps.gates[-1][1](before, None)


def test_a_condition_that_was_met_opens_the_gate_while_nothing_is_added(area, adapter, peer):
    steps = way(area, adapter, code(1))
    before = passed(steps, -1)
    gate = steps.gates[-1][1]
    peer.says(code(1), CONDITIONAL, REVIEW)
    with pytest.raises(ConditionNotMetError) as caught:
        gate(before, None)
    reviewed = met(caught.value.conditional)

    assert gate(before, reviewed).stopped_by is None
    peer.says(code(1), CONDITIONAL, REVIEW, common_pb2.Measure(rule_id="X", effect=common_pb2.EFFECT_REVIEW))
    with pytest.raises(ConditionNotMetError):
        gate(before, reviewed)


@pytest.mark.parametrize(
    ("area", "number"),
    [(area, number) for area, numbers in AFTER_SOMETHING.items() for number in numbers],
)
def test_what_must_precede_grows_too_old(area, number, client, journal, peer):
    steps = way(area, adapter_of(area, client, journal, clock=peer.clock), code(1))
    before = passed(steps, number)
    peer.clock.now = NOW + DAYS
    steps.gates[number][1](before, None)
    peer.clock.now = NOW + DAYS + timedelta(microseconds=1)

    with pytest.raises(GateClosedError) as caught:
        steps.gates[number][1](before, None)
    assert caught.value.reason == "EARLIER_TOO_OLD"


def test_a_case_number_of_another_form_is_refused_before_anything_is_sent_or_written(area, client, journal, peer):
    engine = Enforcement(client, journal, WITH_PATTERN[area], "enforce", peer.clock)
    about_persons = (client,) if area in ("qualification", "market_access", "awards") else ()
    mine = ADAPTERS[area](engine, *about_persons)

    passed(way(area, mine, code(1), case_ref="T-2026-17"))
    asked = len(peer.requests)
    for wrong in ("T-2026-17\n", "xT-2026-17", "T-26-1", "t-2026-17"):
        steps = way(area, mine, code(1), case_ref=wrong)
        for call in [check for _, check in steps.checks] + [
            lambda gate=gate: gate(None, None) for _, gate in steps.gates[:1]
        ]:
            with pytest.raises(QuestionRefusedError) as caught:
                call()
            assert caught.value.field == "question.case_ref"
            assert wrong not in str(caught.value)
    assert len(peer.requests) == asked


@pytest.mark.parametrize("build", [lambda: licensing_rules(DAYS, "("), lambda: market_access_rules("[")])
def test_a_pattern_that_is_none_stops_the_start(build):
    with pytest.raises(ValueError, match="case_ref_pattern"):
        build()


def test_the_engine_of_another_area_is_refused(area, client, journal):
    other = replace(RULES[area][1], area=common_pb2.AREA_TRAVEL)
    engine = Enforcement(client, journal, other, "enforce")
    about_persons = (client,) if area in ("qualification", "market_access", "awards") else ()

    with pytest.raises(ValueError, match=f"not one of {area}$"):
        ADAPTERS[area](engine, *about_persons)


@pytest.mark.parametrize("area", ["bidding", "procurement", "guarantee"])
def test_a_grant_of_another_case_opens_no_gate(area, client, journal, peer):
    mine = adapter_of(area, client, journal, clock=peer.clock)
    first, second = way(area, mine, code(1)), way(area, mine, code(1))
    grant = passed(first, 1)
    passed(second, 0)

    with pytest.raises(GateClosedError) as caught:
        second.gates[1][1](grant, None)
    assert caught.value.reason == "OTHER_CASE"


def test_observe_mode_stops_nothing_in_any_area(area, client, journal, peer):
    watching = adapter_of(area, client, journal, "observe", peer.clock)
    steps = way(area, watching, code(1))
    peer.says(code(1), RESTRICTED, BLOCK)

    grants = []
    for _, gate in steps.gates:
        grants.append(gate(grants[-1] if grants else None, None))
    assert all(isinstance(grant.stopped_by, NotClearedError) for grant in grants)


def test_a_check_gives_a_clearance_of_its_own_point(area, adapter):
    steps = way(area, adapter, code(1))

    for point, check in steps.checks:
        standing = check()
        assert (type(standing), standing.decision_point) == (Clearance, point)

"""Between which amounts security is set: the least meets every measure, and nothing passes the law's cap."""
# ruff: noqa: F811 - fixtures are named by arguments

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jointsanctions.v1 import common_pb2
from test_adapters_peer import at_the_wire, code, peer  # noqa: F401
from test_sidecar_faults import side  # noqa: F401

from adapters.conditions import Fulfilment, SecurityRaised, missing
from adapters.errors import QuestionRefusedError, UnverifiableError
from adapters.security import Security, SecurityKind, SecurityRange, security_to_set

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
CONTRACT = 100_000_000
BID, BOND, DEPOSIT = SecurityKind.BID_BOND, SecurityKind.PERFORMANCE_BOND, SecurityKind.WAGE_DEPOSIT


def raising(**bound):
    measure = common_pb2.Measure(rule_id="TR1", effect=common_pb2.EFFECT_RAISE_SECURITY)
    measure.security_bound.CopyFrom(common_pb2.SecurityBound(**bound))
    return measure


@pytest.mark.parametrize(
    ("kind", "ordinary", "measures", "expected"),
    [
        (BOND, 5_000_000, [], SecurityRange(5_000_000, 10_000_000)),
        (BID, 1_000_000, [], SecurityRange(1_000_000, 2_000_000)),
        (DEPOSIT, 2_000_000, [], SecurityRange(2_000_000, None)),
        (DEPOSIT, 2_000_001, [{"surcharge_percent": 50}], SecurityRange(3_000_002, None)),
        (DEPOSIT, 2_000_000, [{"surcharge_percent": 100}], SecurityRange(4_000_000, None)),
        (DEPOSIT, 2_000_000, [{"surcharge_percent": 50}, {"surcharge_percent": 100}], SecurityRange(4_000_000, None)),
        (DEPOSIT, 2_000_000, [{"surcharge_percent": 100, "raised_fen": 6_000_000}], SecurityRange(6_000_000, None)),
        (DEPOSIT, 2_000_000, [{"surcharge_percent": 100, "cap_fen": 3_000_000}], SecurityRange(3_000_000, 3_000_000)),
        (BOND, 5_000_000, [{"cap_basis_points": 1000, "cap_fen": 8_000_000}], SecurityRange(5_000_000, 8_000_000)),
        (BID, 2_000_000, [{"cap_basis_points": 200, "cap_fen": 2_000_000}], SecurityRange(2_000_000, 2_000_000)),
    ],
)
def test_what_is_set_lies_between_the_surcharge_and_the_cap(kind, ordinary, measures, expected):
    security = Security(kind, CONTRACT, ordinary)

    assert security_to_set([raising(kind=kind.name, **each) for each in measures], security) == expected


@pytest.mark.parametrize(
    ("kind", "contract", "ordinary", "field"),
    [
        (BOND, CONTRACT, 10_000_001, "security.ordinary_fen"),
        (BID, CONTRACT, 2_000_001, "security.ordinary_fen"),
        (BID, 99, 2, "security.ordinary_fen"),
        (BID, CONTRACT, 0, "security.ordinary_fen"),
        (DEPOSIT, 0, 5, "security.contract_amount_fen"),
        (DEPOSIT, -1, 5, "security.contract_amount_fen"),
    ],
)
def test_an_amount_that_may_not_be_set_is_refused_whatever_weighs(kind, contract, ordinary, field):
    with pytest.raises(QuestionRefusedError) as caught:
        security_to_set([], Security(kind, contract, ordinary))
    assert caught.value.field == field


def test_an_answer_beyond_the_law_sets_nothing():
    above = raising(kind="BID_BOND", cap_basis_points=300, cap_fen=3_000_000)

    with pytest.raises(UnverifiableError) as caught:
        security_to_set([above], Security(BID, CONTRACT, 1_000_000))
    assert caught.value.reason == "BEYOND_BOUND"


def test_measures_that_contradict_each_other_set_nothing():
    low = raising(kind="WAGE_DEPOSIT", cap_fen=1_000_000)
    high = raising(kind="WAGE_DEPOSIT", surcharge_percent=100)

    with pytest.raises(UnverifiableError) as caught:
        security_to_set([low, high], Security(DEPOSIT, CONTRACT, 900_000))
    assert caught.value.reason == "BEYOND_BOUND"


bounds = st.builds(
    dict,
    surcharge_percent=st.integers(0, 300),
    raised_fen=st.integers(0, 5_000_000),
    cap_fen=st.integers(0, 12_000_000),
    cap_basis_points=st.integers(0, 1100),
)


@settings(max_examples=400)
@given(st.sampled_from(list(SecurityKind)), st.integers(1, 11_000_000), st.lists(bounds, max_size=3))
def test_the_least_meets_every_condition_and_never_passes_a_cap(kind, ordinary, drawn):
    measures = [raising(kind=kind.name, **each) for each in drawn]
    try:
        found = security_to_set(measures, Security(kind, CONTRACT, ordinary))
    except (QuestionRefusedError, UnverifiableError):
        return

    set_to = SecurityRaised(kind.name, found.least_fen, ordinary)
    caps = [each["cap_fen"] for each in drawn if each["cap_fen"]]
    assert missing(measures, Fulfilment(security=set_to), NOW, NOW) == ()
    assert found.least_fen <= min([*caps, {BID: 2_000_000, BOND: 10_000_000}.get(kind, found.least_fen)])


def test_each_item_of_a_batch_is_held_to_the_cap_of_its_own_contract(side, peer):
    def bond(amount):
        return {"guarantee": {"securityKind": "SECURITY_KIND_BID_BOND", "contractAmountFen": str(amount)}}

    with side("guarantee") as sidecar:
        question = sidecar.question("TENDER_DOCUMENT", "C-1", caseFacts=bond(1_000_000), ordinaryFen="20000")
        items = [{"itemId": str(i), "enterprise": {"uscc": code(i)}} for i in (1, 2)]
        assert sidecar.post("/v1/check-batches", {"question": question, "items": items}).status == 200
        asked = len(peer.requests)

        items[1]["caseFacts"] = bond(999_999)
        refused = sidecar.post("/v1/check-batches", {"question": question, "items": items})

        assert (refused.status, refused.json["field"], len(peer.requests)) == (422, "question.ordinaryFen", asked)
        items[1]["caseFacts"] = bond(2_000_000)
        assert sidecar.post("/v1/check-batches", {"question": question, "items": items}).status == 200

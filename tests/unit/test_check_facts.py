"""What `jsg check --fact` sends: the facts of the case, each in the wire's type."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from jointsanctions.v1 import credit_pb2

from gateway.cli.check import case_facts
from gateway.domain.vocabulary import Area


@pytest.mark.parametrize("written", ["2026-11-20T09:00:00Z", "2026-11-20T17:00:00+08:00"])
@pytest.mark.parametrize("area", [Area.BIDDING, Area.PROCUREMENT])
def test_a_cutoff_is_sent_as_its_rule_and_its_instant(area, written):
    facts = case_facts(area, [("cutoff_rule", "FIXED"), ("cutoff_at", written)])

    sent = getattr(facts, area.name.lower())
    assert sent.cutoff_rule == credit_pb2.CUTOFF_RULE_FIXED
    assert sent.cutoff_at.ToDatetime(tzinfo=UTC) == datetime(2026, 11, 20, 9, tzinfo=UTC)


def test_no_cutoff_is_sent_as_its_rule_alone():
    facts = case_facts(Area.BIDDING, [("cutoff_rule", "not_fixed"), ("state_funds", "false")])

    assert facts.bidding.cutoff_rule == credit_pb2.CUTOFF_RULE_NOT_FIXED
    assert not facts.bidding.HasField("cutoff_at")
    assert facts.bidding.HasField("state_funds")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cutoff_at", "2026-11-20"),
        ("cutoff_at", "2026-11-20T09:00:00"),
        ("cutoff_rule", "MAYBE"),
        ("state_funds", "yes"),
        ("colour", "red"),
    ],
)
def test_what_cannot_be_sent_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"--fact {name}: "):
        case_facts(Area.BIDDING, [(name, value)])

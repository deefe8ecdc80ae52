"""Two nodes with clocks of their own: nobody is cleared by data older than its token, nor by a wrong clock."""

from __future__ import annotations

from datetime import timedelta

import pytest
from e2e.nodes import nodes_in, supervised_under
from e2e.served import new_party, today
from e2e.submissions import chunk, numbered, submit
from moved_clock import MovedClock
from new_enemy import CLEAR, REGISTRAR, RESTRICTED, UNVERIFIABLE, ask, enemies, played

from adapters.errors import GatewayError
from gateway.sample.records import profile

pytestmark = pytest.mark.timeout(900)
ENTERPRISES = 8
WITHIN = 0.8
"""Of the second that a node's clock may be off."""


@pytest.fixture(scope="module")
def skewed(tmp_path_factory):
    """Two nodes, each under a clock that can be set, and the clocks."""
    folder = tmp_path_factory.mktemp("skewed")
    clocks = []
    with nodes_in(folder) as nodes:
        for number in (1, 2):
            (folder / f"clock-{number}").mkdir()
            clock = MovedClock(folder / f"clock-{number}")
            clock.be_off(0)
            clocks.append(clock)
            nodes.start(serve=supervised_under(clock.environment))
        yield nodes.nodes, clocks


@pytest.fixture
def right(skewed):
    """Set both clocks right afterwards."""
    yield
    for clock in skewed[1]:
        clock.be_off(0)


@pytest.mark.usefixtures("right")
@pytest.mark.parametrize("offs", [(WITHIN, -WITHIN), (-WITHIN, WITHIN)], ids=["first ahead", "first behind"])
def test_clocks_within_the_limit_make_no_enemy_and_hold_up_nobody(skewed, offs):
    (first, second), clocks = skewed
    for clock, off in zip(clocks, offs, strict=True):
        clock.be_off(off)
    told = []
    for number in range(ENTERPRISES):
        told += played(*((first, second) if number % 2 else (second, first)))

    assert len(told) == ENTERPRISES * 12
    assert enemies(told) == []
    assert any(each.verdict != UNVERIFIABLE and not each.same_node for each in told if each.step == "listed")


@pytest.mark.usefixtures("right")
@pytest.mark.parametrize("off", [-30, 30])
def test_a_node_with_a_wrong_clock_clears_nobody_and_stores_nothing_and_the_other_does_both(skewed, off):
    (first, second), clocks = skewed
    clocks[1].be_off(off)
    told = [each for _ in range(3) for each in played(first, first)]
    party = new_party()
    sent = chunk(numbered([profile(party, today() - timedelta(days=90))]), "market_regulation")
    with pytest.raises(GatewayError) as refused:
        submit(second, sent, who=REGISTRAR)
    token = submit(first, sent, who=REGISTRAR).data_revision
    _, far, doubts = ask(second, party, token)

    assert (refused.value.reason, refused.value.metadata["kind"]) == ("STORE_UNAVAILABLE", "CLOCK")
    assert far == UNVERIFIABLE
    assert any(each.startswith("CLOCK") for each in doubts)
    assert enemies(told) == []
    for step, verdict in (("granted", CLEAR), ("listed", RESTRICTED), ("repaired", CLEAR)):
        assert verdict in {each.verdict for each in told if each.step == step}

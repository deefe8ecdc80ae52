"""Evil things are done to nodes under load: nothing acknowledged is lost, and they are back by themselves.

``make enemies`` does it as often as is asked for, with networks, clocks and disks besides, which ``tests/system`` has.
"""

from __future__ import annotations

import pytest
from enemy_campaign import EnemyCampaign
from enemy_evils import ON_FILES, PLAIN
from enemy_nodes import FilesOfTheirOwn, Ground

SEED = 20261130
KILLED = ("node killed", "database process killed")


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """Two nodes over one PostgreSQL."""
    campaign = EnemyCampaign(tmp_path_factory.mktemp("two") / "nodes", Ground(), SEED)
    campaign.open()
    yield campaign
    campaign.close()


@pytest.fixture
def one(tmp_path):
    """One node on SQLite."""
    campaign = EnemyCampaign(tmp_path / "nodes", FilesOfTheirOwn(), SEED)
    campaign.open()
    yield campaign
    campaign.close()


@pytest.mark.parametrize(
    "name", [name if name in KILLED else pytest.param(name, marks=pytest.mark.slow) for name in PLAIN]
)
def test_whoever_was_harmed_answers_stores_and_signs_again_by_itself(two, name):
    two.do(name, PLAIN[name])

    done = two.done[name]
    assert done.rounds == len(done.back) == len(done.stored) == len(done.signed) == 1
    assert done.ended == 0


@pytest.mark.parametrize("names", [KILLED, pytest.param(tuple(PLAIN), marks=pytest.mark.slow)], ids=["killed", "all"])
def test_of_two_nodes_nothing_that_was_acknowledged_is_missing_doubled_or_wrong(two, names):
    assert two.flaws_of({name: PLAIN[name] for name in names}) == []
    assert two.entries > 0


def test_a_node_whose_disk_refuses_ends_and_has_lost_nothing_when_it_is_back(one):
    assert one.flaws_of(ON_FILES) == []
    (done,) = (one.done[name] for name in ON_FILES)
    assert done.counts.failed["UNAVAILABLE"] > 0, "nobody is answered without a record"

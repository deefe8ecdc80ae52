"""Networks that split, clocks that jump and disks that are full, under two nodes and their load.

Networks and disks need root; ``make enemies`` does all of it as often as is asked for.
"""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from enemy_campaign import EnemyCampaign
from enemy_clocks import Clocks, jumps
from enemy_disks import DatabaseDisk, LogDisks, OwnDisk, database_disk_full, log_disks_full, own_disk_full
from enemy_network import networked, splits
from enemy_nodes import may_make_grounds

pytestmark = pytest.mark.timeout(900)
SEED = 20261130
ON_A_GROUND = pytest.mark.skipif(
    not may_make_grounds(), reason="this machine lets nobody make a network or mount a disk"
)


@pytest.fixture
def done_on(tmp_path):
    """Return a function that does everything on a ground, and returns the campaign and what was amiss."""
    with ExitStack() as stack:

        def done(ground, evils):
            campaign = EnemyCampaign(tmp_path / "nodes", ground, SEED)
            stack.callback(campaign.close)
            campaign.open()
            return campaign, campaign.flaws_of(evils)

        yield done


@ON_A_GROUND
def test_a_node_that_the_network_has_split_off_is_back_by_itself_and_nothing_is_lost(done_on):
    with networked() as network:
        campaign, flaws = done_on(network, splits(network))
    assert flaws == []
    refused = [each.counts.failed.total() for name, each in campaign.done.items() if name.startswith("line")]
    assert len(refused) == len(splits(network))
    assert all(refused)


def test_a_node_whose_clock_jumps_clears_nobody_and_is_back_when_it_is_right(done_on, tmp_path):
    clocks = Clocks(tmp_path)
    _, flaws = done_on(clocks, jumps(clocks))
    assert flaws == []


@ON_A_GROUND
@pytest.mark.parametrize(
    ("make", "evils"),
    [
        (OwnDisk, own_disk_full),
        (LogDisks, log_disks_full),
        (DatabaseDisk, database_disk_full),
    ],
    ids=["a node's own", "that of the logs", "the database's"],
)
def test_a_disk_that_is_full_loses_nothing_and_when_there_is_room_all_goes_on(done_on, make, evils):
    with ExitStack() as stack:
        ground = make(stack)
        _, flaws = done_on(ground, evils(ground))
    assert flaws == []

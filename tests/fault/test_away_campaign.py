"""A small campaign of outages under an adapter; ``python tests/fault/away.py 10000 SEED`` makes a large one."""

from __future__ import annotations

from away_campaign import AwayCampaign

CALLS = 40


def test_nothing_is_cleared_without_a_record_and_every_check_is_made_afterwards(tmp_path):
    campaign = AwayCampaign(tmp_path, 3, most_in_a_life=20)
    campaign.run(CALLS)

    assert len(campaign.told) == CALLS
    assert campaign.kills > 1
    assert campaign.cleared > 0
    assert campaign.silent == len(campaign.results) > 0

"""A small campaign of kills; ``make faults`` makes a large one."""

from __future__ import annotations

import pytest
from kill_campaign import Campaign

KILLS = 60


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_whatever_is_killed_when_nothing_acknowledged_is_lost_and_nothing_unsound_is_signed(tmp_path, seed):
    campaign = Campaign(tmp_path, seed)
    campaign.run(KILLS)

    assert campaign.check() >= len(campaign.acknowledged) > KILLS
    assert campaign.kills["recorder"] + campaign.kills["integrator"] >= KILLS
    assert len(campaign.published) > KILLS // 10
    assert campaign.looks > 0

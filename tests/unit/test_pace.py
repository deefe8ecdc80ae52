"""How long a call of many items works in one go."""

from __future__ import annotations

import asyncio

from gateway.services.pace import WORK_SECONDS, Pace


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_a_call_works_until_its_time_is_over_and_after_a_turn_for_as_long_again():
    clock, turns = Clock(), []

    async def turn():
        turns.append(clock.now)
        clock.now += 5.0  # others work

    pace = Pace(turn, clock)
    clock.now += WORK_SECONDS * 0.9
    assert not pace.over()
    clock.now += WORK_SECONDS * 0.2
    assert pace.over()
    assert turns == [], "whoever asks waits for nothing"
    asyncio.run(pace.turn())
    assert not pace.over(), "what others took is not its own time"
    clock.now += WORK_SECONDS * 1.1
    assert pace.over()

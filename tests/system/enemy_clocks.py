"""A node whose clock jumps while it serves: by an hour or a day, ahead or back, and right again. It needs faketime."""

from __future__ import annotations

from enemy_evils import Evil
from enemy_nodes import Ground
from moved_clock import MovedClock
from sqlalchemy import text

from gateway.storage.engine import reading

SEEN_SECONDS = 0.1
"""The file in which the moment is written is read whenever a process asks for the time."""
JUMPS = {"an hour ahead": 3_600, "an hour back": -3_600, "a day ahead": 86_400, "a day back": -86_400}


class Clocks(Ground):
    """Two nodes, each under a clock that can be set; ``clocks`` by number."""

    def __init__(self, folder):
        self._folder = folder
        self.clocks = {}

    def how(self, number):
        """Start a node under a clock that is right."""
        folder = self._folder / f"clock-{number}"
        folder.mkdir()
        clock = self.clocks[number] = MovedClock(folder)
        clock.be_off(0)
        return {"environment": clock.environment}


def jumps(ground):
    """Return by name what can be done to the clock of one node."""
    return {f"clock {what}": _jump(ground, seconds) for what, seconds in JUMPS.items()}


def _jump(ground, off):
    def evil_of(nodes, chance):
        # Of two nodes one does what is due by the clock: a wrong one must not.
        number = ["gw1-0", "gw2-0"].index(doing_what_is_due(nodes.engine))
        clock, victim = ground.clocks[number + 1], nodes.nodes[number]
        return Evil(
            [victim],
            lambda: clock.be_off(off),
            lambda: clock.be_off(0),
            chance.uniform(2.0, 6.0),
            until=lambda: doing_what_is_due(nodes.engine) != victim.writer,
            silent_after=SEEN_SECONDS,
            lives=True,
        )

    return evil_of


def doing_what_is_due(engine):
    """Return which process held the lease of what is due by the clock last."""
    with reading(engine) as connection:
        return connection.execute(text("SELECT holder FROM lease WHERE name = 'timers'")).scalar_one()

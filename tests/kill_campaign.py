"""Kill −9 of recorder and integrator, again and again on the same state, and what must hold afterwards.

Both are real processes on real files, without a pause between calls and rounds; which is killed, and after how long,
is drawn. ``tests/fault/campaign.py`` makes a thousand kills and more of it, the suites some.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field

from integrated_logs import read_log
from victims import Victims
from whole_states import flaws_in, log_folder, make_state, verified

from formats import canonical
from formats.merkle_nodes import root_at
from formats.tiles import WIDTH, Tile, reader_of_tiles
from gateway.storage.audit_place import FolderPlace
from gateway.storage.audit_reader import read_entries

LONGEST_LIFE = 0.12
"""Seconds after the first word of whoever is to be killed; some are killed before it."""
LOOK_EVERY = 25
WRITER = "gw1-0"
AT_ONCE = 1_000


@dataclass
class Campaign:
    """One state and everything that was ever acknowledged or published of it."""

    folder: object
    seed: int
    kills: Counter = field(default_factory=Counter)
    acknowledged: dict = field(default_factory=dict)
    """Number to leaf."""
    published: dict = field(default_factory=dict)
    """Size to root."""
    looks: int = 0
    """How often the files were verified while both processes were at work."""
    seconds: float = 0.0

    def run(self, kills, say=lambda _: None):
        """Kill so many times."""
        randomness = random.Random(self.seed)  # noqa: S311 - when to kill is no secret
        state = self.folder / "state"
        make_state(state)
        victims = Victims(self.folder)
        alive = {role: victims.start(role, state) for role in ("recorder", "integrator")}
        begun = time.monotonic()
        for done in range(kills):
            doomed = randomness.choice([("recorder",), ("integrator",), ("recorder", "integrator")])
            for role in doomed:
                # Half of the times it has done a round, so that the log grows however slow the machine is.
                alive[role].hear_first(randomness.choice((0, 1, 2, 2)))
            alive[doomed[0]].hear(time.monotonic() + randomness.random() * LONGEST_LIFE)
            if done % LOOK_EVERY == LOOK_EVERY - 1:
                self._look(state)
                say(f"{done + 1} kills, {len(self.acknowledged)} answers, {max(self.published, default=0)} in the log")
            for role in doomed:
                assert alive[role].kill() == -9, victims.complaints()
                self._take(role, alive[role])
                self.kills[role] += 1
                alive[role] = victims.start(role, state)
        for role, victim in alive.items():
            victim.kill()
            self._take(role, victim)
        self.seconds = time.monotonic() - begun
        last = victims.start("round", state)
        assert last.wait() == 0, victims.complaints()
        self._take("integrator", last)
        assert victims.complaints() == ""
        victims.close()

    def check(self):
        """Nothing acknowledged is missing, nothing recorded twice, and every checkpoint is of one and the same log."""
        state = self.folder / "state"
        assert flaws_in(state) == []
        found = self._leaves(state)
        assert {number: found.get(number) for number in self.acknowledged} == self.acknowledged
        entries, checkpoint = read_log(log_folder(state))
        assert [canonical.decode(each)["n"] for each in entries[1:]] == list(range(len(found)))
        folder = log_folder(state)
        node = reader_of_tiles(lambda level, number: _tile(folder, level, number, checkpoint.size))
        for size, root in self.published.items():
            assert root_at(node, size) == root
        return len(found)

    def _take(self, role, victim):
        known = self.acknowledged if role == "recorder" else self.published
        for number, hashed in victim.told:
            assert role != "recorder" or number not in known, "one number was acknowledged twice"
            assert known.setdefault(number, hashed) == hashed
        victim.told = []

    def _look(self, state):
        """Verify the published files while others write them."""
        if any((state / "log").glob("*/checkpoint")):
            report = verified(log_folder(state))
            assert report.flaws == []
            assert self.published.setdefault(report.checkpoint.size, report.checkpoint.root) == report.checkpoint.root
            self.looks += 1

    def _leaves(self, state):
        place = FolderPlace(state / "audit")
        engine, found = place.readers()[WRITER], {}
        while entries := read_entries(engine, WRITER, len(found), AT_ONCE):
            found |= {entry.number: entry.leaf for entry in entries}
        place.close()
        return found


def _tile(folder, level, number, size):
    width = min(WIDTH, (size >> (8 * level)) - number * WIDTH)
    return (folder / Tile(level, number, width).path).read_bytes()

"""What is done to nodes, one thing at a time, and undone: each by a function of the nodes and of what was drawn.

Those here need nothing but the processes themselves; ``enemy_network`` and ``enemy_disks`` have more.
"""

from __future__ import annotations

import os
import resource
import signal
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from enemy_nodes import family_of, signal_all

if TYPE_CHECKING:
    from collections.abc import Callable

REPLICA_LAG_SECONDS = 1.0
"""How long a node may go on answering from what it last saw (``replica_lag_seconds`` of the configuration)."""
SLACK_SECONDS = 0.5
PAGE = 4_096


@dataclass
class Evil:
    """One thing that is done: to whom, how and how long, what undoes it, and what must hold meanwhile."""

    victims: list
    """Nodes that must be back afterwards."""
    begin: Callable[[], None]
    end: Callable[[], None] = lambda: None
    seconds: float = 0.0
    silent_after: float | None = None
    """So many seconds after its beginning no victim may tell that anybody is clear, until it is undone."""
    lives: bool = False
    """No process of a victim may end of it."""
    until: Callable[[], bool] = lambda: True
    """What must come to hold before it is undone."""


def killed(nodes, chance):
    """A node is killed, with whatever it is doing."""
    node = chance.choice(nodes.nodes)
    return Evil([node], lambda: os.kill(node.kept.process.pid, signal.SIGKILL))


def paused(nodes, chance):
    """All processes of a node stop for longer than its leases and than its callers wait, and go on."""
    node = chance.choice(nodes.nodes)
    stopped = []

    def begin():
        stopped.extend(node.family())
        signal_all(stopped, signal.SIGSTOP)

    seconds = chance.uniform(5.5, 8.0)
    return Evil([node], begin, lambda: signal_all(stopped, signal.SIGCONT), seconds, SLACK_SECONDS, lives=True)


def serving_paused(nodes, chance):
    """The serving process alone stops: what it has started goes on beside it."""
    node = chance.choice(nodes.nodes)
    stopped = [node.kept.process.pid]
    seconds = chance.uniform(3.0, 8.0)
    return Evil(
        [node],
        lambda: signal_all(stopped, signal.SIGSTOP),
        lambda: signal_all(stopped, signal.SIGCONT),
        seconds,
        SLACK_SECONDS,
        lives=True,
    )


def database_paused(nodes, chance):
    """Every process of the database stops, in whatever it is doing for whom, and goes on."""
    stopped = []

    def begin():
        stopped.extend(family_of(nodes.server.process.pid))
        signal_all(stopped, signal.SIGSTOP)

    after = REPLICA_LAG_SECONDS + SLACK_SECONDS
    seconds = chance.uniform(2.5, 8.0)
    return Evil(nodes.nodes, begin, lambda: signal_all(stopped, signal.SIGCONT), seconds, after, lives=True)


def database_killed(nodes, chance):
    """A process of the database is killed: it ends all others and recovers, as after a crash."""

    def begin():
        children = family_of(nodes.server.process.pid)[1:]
        os.kill(chance.choice(children), signal.SIGKILL)

    return Evil(nodes.nodes, begin)


def disk_refuses(nodes, chance):
    """No process of a node may write beyond the first page of any file: its queue's disk takes nothing any more.

    Whatever is started afterwards may write again.
    """
    node = chance.choice(nodes.nodes)

    def begin():
        for pid in node.family():
            with suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (PAGE, resource.RLIM_INFINITY))

    return Evil([node], begin)


ON_FILES = {"disk of a node on SQLite refuses": disk_refuses}
PLAIN = {
    "node killed": killed,
    "node paused": paused,
    "serving process paused": serving_paused,
    "database paused": database_paused,
    "database process killed": database_killed,
}

"""Each node in a network of its own: a namespace with one line to the database and another to its callers.

It needs root and Debian's iproute2. The lines end in two switches of the machine, so that one can be taken from its
switch, and neither end is told: what is sent is lost, as when a switch in between fails. Unplugged at the node it is
told; and where the machine forgets the way back, what the node sends arrives and no answer to it does.
"""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from enemy_evils import REPLICA_LAG_SECONDS, SLACK_SECONDS, Evil
from enemy_nodes import Ground, require_root

if TYPE_CHECKING:
    from collections.abc import Iterator

DATABASE, CALLERS = "d", "c"
"""Which line of a node: also the letter in the names of its ends and of its switch."""
_OCTETS = {DATABASE: 18, CALLERS: 19}
"""198.18.0.0/15 is for tests of networks (RFC 2544)."""


@dataclass
class Network(Ground):
    """Two nodes, each behind lines of its own; made by ``networked``."""

    def __post_init__(self):
        # Others may do the same on this machine.
        self._third = os.getpid() % 250
        self.settings = (f"listen_addresses={self._address(DATABASE, 0)}",)

    def prepare(self, server):
        """Let the nodes' networks in."""
        file = server.folder / "cluster" / "pg_hba.conf"
        with file.open("a", encoding="ascii") as rules:
            rules.write(f"host all postgres {self._address(DATABASE, 0)}/24 trust\n")
        with psycopg.connect(host=str(server.folder), user="postgres", autocommit=True) as connection:
            connection.execute("SELECT pg_reload_conf()")

    def url(self, server, database, number):  # noqa: ARG002 - its sockets are for the tests
        """Return the database's address on its line."""
        return f"postgresql+psycopg://postgres@{self._address(DATABASE, 0)}:5432/{database}"

    def how(self, number):
        """Start a node in its namespace, where it listens on the line of its callers."""
        return {"host": self._address(CALLERS, number), "before": ("ip", "netns", "exec", self._space(number))}

    def make(self):
        """Make switches, namespaces and lines."""
        for line in (DATABASE, CALLERS):
            _ip("link", "add", self._switch(line), "type", "bridge")
            _ip("address", "add", f"{self._address(line, 0)}/24", "dev", self._switch(line))
            _ip("link", "set", self._switch(line), "up")
        for number in range(1, self.count + 1):
            space = self._space(number)
            _ip("netns", "add", space)
            _ip("-n", space, "link", "set", "lo", "up")
            for line in (DATABASE, CALLERS):
                near, far = self._end(line, number), f"{line}0"
                _ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", space)
                _ip("-n", space, "address", "add", f"{self._address(line, number)}/24", "dev", far)
                _ip("-n", space, "link", "set", far, "up")
                _ip("link", "set", near, "master", self._switch(line), "up")

    def remove(self):
        """Remove what was made, and what was done to it; lines go with their namespaces."""
        for number in range(1, self.count + 1):
            for line in (DATABASE, CALLERS):
                _ip("route", "delete", "blackhole", f"{self._address(line, number)}/32", check=False)
            _ip("netns", "delete", self._space(number), check=False)
        for line in (DATABASE, CALLERS):
            _ip("link", "delete", self._switch(line), check=False)

    def lose(self, line, number):
        """Take a line from its switch: both ends are up, and nothing arrives."""
        _ip("link", "set", self._end(line, number), "nomaster")

    def find(self, line, number):
        """Put it back."""
        _ip("link", "set", self._end(line, number), "master", self._switch(line))

    def unplug(self, line, number):
        """Take a line down at the node, which is told so."""
        _ip("-n", self._space(number), "link", "set", f"{line}0", "down")

    def plug(self, line, number):
        """Put it up again."""
        _ip("-n", self._space(number), "link", "set", f"{line}0", "up")

    def forget(self, line, number):
        """Have the machine know no way back to the node: what it sends arrives, and no answer."""
        _ip("route", "add", "blackhole", f"{self._address(line, number)}/32")

    def remember(self, line, number):
        """Have it know the way again."""
        _ip("route", "delete", "blackhole", f"{self._address(line, number)}/32")

    def _address(self, line, number):
        return f"198.{_OCTETS[line]}.{self._third}.{number + 1}"

    def _switch(self, line):
        return f"jsg{self._third}{line}"

    def _space(self, number):
        return f"jsg{self._third}-gw{number}"

    def _end(self, line, number):
        return f"jsg{self._third}{line}{number}"


@contextmanager
def networked() -> Iterator[Network]:
    """Make a network, and remove it at the end."""
    require_root()
    network = Network()
    try:
        network.make()
        yield network
    finally:
        network.remove()


def splits(network):
    """Return by name what can be done to the lines of *network*."""
    ways = {
        "lost": (network.lose, network.find),
        "unplugged": (network.unplug, network.plug),
        "one way only": (network.forget, network.remember),
    }
    lines = {"to the database": DATABASE, "to the callers": CALLERS}
    return {f"line {where} {what}": _split(line, *way) for where, line in lines.items() for what, way in ways.items()}


def _split(line, part, join):
    def evil_of(nodes, chance):
        number = chance.randrange(len(nodes.nodes))
        after = REPLICA_LAG_SECONDS + SLACK_SECONDS if line == DATABASE else None
        return Evil(
            [nodes.nodes[number]],
            lambda: part(line, number + 1),
            lambda: join(line, number + 1),
            chance.uniform(3.0, 10.0),
            after,
            lives=line == CALLERS,
        )

    return evil_of


def _ip(*words, check=True):
    done = subprocess.run(["/usr/sbin/ip", *words], check=False, capture_output=True, text=True)
    assert not check or done.returncode == 0, (words, done.stderr)

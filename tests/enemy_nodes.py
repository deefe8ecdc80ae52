"""Nodes of one gateway that something evil is done to, and the ground on which they stand.

On the plain ground both nodes and PostgreSQL are processes of one machine that meet over the loopback and a socket;
``enemy_network`` gives each node a network of its own, ``enemy_clocks`` a clock, ``enemy_disks`` a disk. What a caller
sends goes to one node at a time and is not repeated by gRPC, so that each answer is one node's, and each call is on
record once at most.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
from e2e.nodes import supervised
from e2e.served import CONFIRM, gateway_in
from jointsanctions.v1 import registry_pb2
from postgres import DURABLE, running_postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 120.0
_RECONNECTS = (
    ("grpc.ssl_target_name_override", "localhost"),
    ("grpc.enable_retries", 0),
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 1_000),
    ("grpc.max_reconnect_backoff_ms", 500),
)
"""A caller that knocks again soon: what is measured is the gateway, not the patience of gRPC."""


class Ground:
    """The machine itself: what a node's processes stand on, by its number from 1; others replace parts of it."""

    count = 2
    on_postgres = True
    settings: tuple[str, ...] = ()
    """Of PostgreSQL, besides those of the tests."""
    within = ""
    """Where the database lies."""

    def prepare(self, server):
        """Do what the database needs before a node comes."""

    def url(self, server, database, number):  # noqa: ARG002 - others have one for each
        """Return how a node reaches the database."""
        return server.url(database)

    def state(self, folder):
        """Prepare the folder in which a node's configuration and state will lie."""
        folder.mkdir(parents=True)

    def how(self, number):  # noqa: ARG002 - likewise
        """Return what is told to ``e2e.nodes.supervised``."""
        return {}


@dataclass
class Node:
    """One node: what is kept running, where callers reach it, and what its processes are."""

    name: str
    served: object
    target: str
    doors: dict = field(default_factory=dict)

    @property
    def writer(self):
        return f"{self.name}-0"

    @property
    def kept(self):
        return self.served.process

    def family(self):
        """Return the ids of its serving process and of all that this has started."""
        return family_of(self.kept.process.pid)

    def new_channel(self, who):
        """Return a channel of *who* to this node alone."""
        return grpc.secure_channel(self.target, self.served.credentials(who), _RECONNECTS)

    def call(self, path, who, kind):
        """Return the plain method of *who* over a channel that stays."""
        if who not in self.doors:
            self.doors[who] = self.new_channel(who)
        door = self.doors[who]
        return (door.stream_unary if kind == "stream" else door.unary_unary)(path, None, None)

    def close(self):
        for door in self.doors.values():
            door.close()
        self.doors.clear()


@dataclass
class Nodes:
    """All nodes, the server of their database, None on SQLite, and the first one's engine."""

    folder: Path
    server: object
    nodes: list[Node]
    published: dict = field(default_factory=dict)
    """Roots of the checkpoints that were seen, by size."""

    @property
    def engine(self):
        return self.nodes[0].served._engine


def require_root():
    """Say who can make networks and mount disks, before anything else says it worse."""
    assert os.geteuid() == 0, "networks and disks are made by root: run this as root"


def may_make_grounds():
    """Return whether we may make networks and mount disks here: it takes root, and a container may forbid it."""
    unshare = shutil.which("unshare")
    if os.geteuid() != 0 or unshare is None:
        return False
    return subprocess.run([unshare, "-nm", "true"], check=False, capture_output=True).returncode == 0


def family_of(pid):
    """Return *pid* and the ids of all processes that come of it, parents first; what has ended is left out."""
    found = [pid]
    for each in found:
        try:
            tasks = [*Path(f"/proc/{each}/task").iterdir()]
            found += [int(child) for task in tasks for child in (task / "children").read_text().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


def signal_all(pids, number):
    """Send a signal to each that is still there."""
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


@contextmanager
def nodes_on(folder: Path, ground: Ground, stack) -> Iterator[Nodes]:
    """Serve nodes on *ground* with no record but the confirmations of all feeds; *stack* takes what they need."""
    server = database = None
    if ground.on_postgres:
        settings = (DURABLE, *ground.settings)
        where = {"within": ground.within} if ground.within else {}
        server = stack.enter_context(running_postgres(ground.prepare, *settings, **where))
        database = server.new_database()
    nodes = Nodes(folder, server, [])
    for number in range(1, ground.count + 1):
        own = folder / f"gw{number}"
        ground.state(own)
        if nodes.nodes:
            _give_keys(nodes.nodes[0].served.place.state, own / "var")
        how = ground.how(number)
        served = stack.enter_context(
            gateway_in(
                own,
                url=ground.url(server, database, number) if server else "",
                changes={'node = "gw1"': f'node = "gw{number}"'},
                filled=False,
                serve=lambda place, listen, workers, how=how: supervised(place, listen, workers, **how),
            )
        )
        node = Node(f"gw{number}", served, f"{how.get('host', '127.0.0.1')}:{served.port}")
        stack.callback(node.close)
        nodes.nodes.append(node)
        if number == 1:
            confirm(node)
    yield nodes


class FilesOfTheirOwn(Ground):
    """One node on SQLite."""

    count = 1
    on_postgres = False


def confirm(node):
    """Say for every producer that its feed is complete up to now."""
    for feed, who in node.served.callers.file.feeds.items():
        request = registry_pb2.ConfirmCurrentRequest(request_id=f"current-{feed}", feed=feed, officer="o")
        request.current_until.FromDatetime(datetime.now(UTC))
        until = time.monotonic() + PATIENCE
        while not _confirmed(node.call(CONFIRM, who, "unary"), request.SerializeToString()):
            assert time.monotonic() < until
            time.sleep(0.1)


def _confirmed(call, sent):
    try:
        call(sent, timeout=PATIENCE, wait_for_ready=True)
    except grpc.RpcError as error:
        # Where others use the machine, a database may not answer in time.
        if error.code() is not grpc.StatusCode.UNAVAILABLE:
            raise
        return False
    return True


def _give_keys(first, state):
    """Copy what all nodes of a gateway have alike, once the first has made the key of the log."""
    until = time.monotonic() + PATIENCE
    while not list((first / "keys").glob("log-*.key")):
        assert time.monotonic() < until, "no log was begun"
        time.sleep(0.05)
    for name in ("pki", "keys"):
        shutil.copytree(first / name, state / name)

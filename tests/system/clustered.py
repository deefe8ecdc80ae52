"""A cluster under Patroni as ``deploy/patroni/cluster`` makes it, and nodes of a gateway over it.

The folder is no test's own: PostgreSQL's user must get in, and the path of its socket must be short.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from e2e.nodes import Nodes, supervised

from gateway.cli import local_city

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "deploy" / "patroni" / "cluster"
UP_SECONDS = 240
START_SECONDS = 180.0
MEMBERS = frozenset({"pg1", "pg2", "pg3"})


class Cluster:
    """The commands of ``cluster`` on one folder."""

    def __init__(self, folder):
        self.folder = folder

    def do(self, command, *arguments, seconds=60):
        """Run a command, and return what it printed; it must succeed."""
        done = subprocess.run(
            [SCRIPT, command, self.folder, *arguments], capture_output=True, text=True, timeout=seconds, check=False
        )
        assert done.returncode == 0, f"{command} {arguments}: {done.stdout}{done.stderr}"
        return done.stdout.strip()

    def named(self, role):
        """Return the name of the ``leader`` or of the ``standby`` that acknowledges; empty while there is none."""
        done = subprocess.run([SCRIPT, role, self.folder], capture_output=True, text=True, timeout=60, check=False)
        return done.stdout.strip()

    def sql(self, statements):
        """Return what the member that takes writes says, as its superuser."""
        return self.do("sql", statements)

    @property
    def url(self):
        """The address that a gateway is given."""
        return (self.folder / "store.url").read_text(encoding="utf-8").strip()


class ClusteredNodes(Nodes):
    """Two nodes over the cluster, each started again whenever it ends."""

    def __init__(self, folder, stack, cluster):
        self._folder, self._stack = folder, stack
        self.url = cluster.url
        self.lines, self.nodes = [], []
        for _ in range(2):
            self.start(serve=supervised, filled=False)
        self.nodes[0].callers.confirm_feeds()

    def _url(self, _number):
        self.lines.append(None)  # each goes to the cluster directly
        return self.url


@contextmanager
def cluster_running():
    """Give a cluster that takes writes; nothing of it is left at the end."""
    folder = Path(tempfile.mkdtemp(prefix="jsg-patroni-", dir="/tmp"))
    cluster = Cluster(folder / "c")
    folder.chmod(0o755)
    try:
        cluster.do("up", seconds=UP_SECONDS)
        yield cluster
    finally:
        cluster.do("down", seconds=UP_SECONDS)
        shutil.rmtree(folder)


@contextmanager
def nodes_over(cluster, folder):
    """Give two nodes whose folders lie in *folder*: nothing is on record yet, and every feed is confirmed."""
    with ExitStack() as stack:
        # Nine processes of the cluster go first here, and every commit waits for two disks that are one.
        stack.enter_context(pytest.MonkeyPatch.context()).setattr(local_city, "START_SECONDS", START_SECONDS)
        yield ClusteredNodes(folder, stack, cluster)

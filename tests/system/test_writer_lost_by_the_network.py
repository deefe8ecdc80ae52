"""A writer that the network has lost in the midst of a write gives up what it held: nobody waits for it for long."""

from __future__ import annotations

import subprocess
import sys
import time

import pytest
from enemy_network import DATABASE, networked
from enemy_nodes import may_make_grounds
from postgres import DURABLE, running_postgres

from gateway.storage.engine import open_engine, writing
from gateway.storage.facts import lock_head
from gateway.storage.migrations import FACTS, upgrade

WITHIN_SECONDS = 12.0
"""Five until it is given up, and what a busy machine adds; without that it would be a minute."""
HOLDER = """
import sys, time
from gateway.storage.engine import open_engine, writing
from gateway.storage.facts import lock_head

with writing(open_engine(sys.argv[1])) as connection:
    lock_head(connection)
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.skipif(not may_make_grounds(), reason="this machine lets nobody make a network")
@pytest.mark.parametrize("how", ["lose", "forget", "unplug"])
def test_a_lock_whose_holder_the_network_has_lost_is_free_within_seconds(how):
    with networked() as network, running_postgres(network.prepare, DURABLE, *network.settings) as server:
        database = server.new_database()
        ours = open_engine(server.url(database))
        upgrade(ours, FACTS)
        command = [*network.how(1)["before"], sys.executable, "-c", HOLDER, network.url(server, database, 1)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
            try:
                assert holder.stdout.readline() == "held\n"
                getattr(network, how)(DATABASE, 1)
                lost = time.monotonic()
                with writing(ours) as connection:
                    lock_head(connection)
                assert time.monotonic() - lost < WITHIN_SECONDS
            finally:
                holder.kill()
        ours.dispose()

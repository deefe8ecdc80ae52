"""A holder of the lease that is stopped past its time: another goes on, and what wakes up neither appends nor signs."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from audit_calls import DRAFT, record
from integrated_logs import GATEWAY, read_log
from postgres import DURABLE, running_postgres
from sqlalchemy import text

from formats.civil import civil_date
from formats.merkle import leaf_hash, root
from gateway import child
from gateway.integrator.process import Fault, Setup, Standing
from gateway.storage.audit_place import DatabasePlace
from gateway.storage.audit_reader import read_envelopes
from gateway.storage.engine import open_engine, reading
from gateway.storage.leases import LEASE_SECONDS
from gateway.storage.migrations import AUDIT, FACTS, LOG, upgrade

PATIENCE = 60
YEAR = str(civil_date(datetime.now(UTC)).year)


@pytest.fixture(scope="module")
def server():
    with running_postgres(lambda _: None, DURABLE) as running:
        yield running


@pytest.fixture
def engine(server):
    """A database with the tables of a gateway."""
    engine = open_engine(server.url(server.new_database()))
    for branch in (FACTS, AUDIT, LOG):
        upgrade(engine, branch)
    yield engine
    engine.dispose()


@pytest.fixture
def place(engine):
    return DatabasePlace(engine)


class Node:
    """An integrator of one node, with its own state folder."""

    def __init__(self, engine, state, node):
        url = engine.url.render_as_string(hide_password=False)
        self.state = state
        self.process, self.pipe = child.start("gateway.integrator")
        self.pipe.send(Setup(GATEWAY, url, state, node=node))

    def until(self, condition):
        """Return the first thing it says of which *condition* holds."""
        ends = time.monotonic() + PATIENCE
        while self.pipe.poll(max(0.0, ends - time.monotonic())):
            said = self.pipe.recv()
            if condition(said):
                return said
        raise AssertionError("it says nothing of the kind")

    def stop(self):
        os.kill(self.process.pid, signal.SIGSTOP)

    def go_on(self):
        os.kill(self.process.pid, signal.SIGCONT)

    def end(self):
        self.process.kill()
        self.process.wait()
        self.pipe.close()


@contextmanager
def node(engine, state, name):
    state.mkdir(exist_ok=True)
    found = Node(engine, state, name)
    try:
        yield found
    finally:
        found.end()


def holder(engine):
    with reading(engine) as connection:
        return connection.execute(text("SELECT holder FROM lease WHERE name = 'integrator'")).scalar_one()


def test_what_is_stopped_past_its_time_is_taken_over_and_signs_nothing_when_it_wakes(engine, place, tmp_path):
    with node(engine, tmp_path / "gw1", "gw1") as first:
        record(place, *[DRAFT] * 300, writer="gw1-0")
        first.until(lambda said: isinstance(said, Standing) and said.size == 301)
        first.stop()
        stopped_at = time.monotonic()
        # The key of the log is one for all nodes.
        (tmp_path / "gw2").mkdir()
        (tmp_path / "gw1" / "keys").rename(tmp_path / "gw2" / "keys")
        (tmp_path / "gw1" / "keys").symlink_to(tmp_path / "gw2" / "keys")
        with node(engine, tmp_path / "gw2", "gw2") as second:
            record(place, *[DRAFT] * 200, writer="gw2-0")
            second.until(lambda said: isinstance(said, Standing) and said.size == 501)
            assert time.monotonic() - stopped_at < LEASE_SECONDS + 30
            assert holder(engine) == "gw2"
            record(place, *[DRAFT] * 100, writer="gw1-0")
            first.go_on()
            said = first.until(lambda said: isinstance(said, Fault))
            assert said.elsewhere
            assert first.process.wait(PATIENCE) == 1
            second.until(lambda said: isinstance(said, Standing) and said.size == 601)
            assert holder(engine) == "gw2"

    # Every entry stands in the log once, and both nodes have published beginnings of the same one.
    entries, checkpoint = read_log(tmp_path / "gw2" / "log" / YEAR)
    older, signed_before = read_log(tmp_path / "gw1" / "log" / YEAR)
    assert (checkpoint.size, signed_before.size) == (601, 301)
    assert entries[:301] == older
    assert checkpoint.root == root([leaf_hash(each) for each in entries])
    for writer, count in (("gw1-0", 400), ("gw2-0", 200)):
        own = [each for each in entries[1:] if f'"{writer}"'.encode() in each]
        assert own == read_envelopes(place.readers()[writer], writer, 0, 1000)
        assert len(own) == count


def test_one_that_is_killed_is_followed_when_its_time_has_passed_and_one_that_ends_at_once(engine, place, tmp_path):
    keys = tmp_path / "keys"
    for name in ("gw1", "gw2", "gw3"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "keys").symlink_to(keys)
    keys.mkdir()
    with node(engine, tmp_path / "gw1", "gw1") as first:
        record(place, DRAFT, writer="gw1-0")
        first.until(lambda said: isinstance(said, Standing) and said.size == 2)
        first.process.kill()
        with node(engine, tmp_path / "gw2", "gw2") as second:
            second.until(lambda said: isinstance(said, Standing) and said.size == 2)
            with node(engine, tmp_path / "gw3", "gw3") as third:
                second.pipe.send(None)
                ended_at = time.monotonic()
                third.until(lambda said: isinstance(said, Standing))
                assert time.monotonic() - ended_at < LEASE_SECONDS
                assert holder(engine) == "gw3"

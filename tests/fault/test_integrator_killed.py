"""Kill −9 of the integrator at random moments: the published log verifies at each, and loses and repeats nothing."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from audit_calls import DRAFT, record
from integrated_logs import GATEWAY, ORIGIN, read_log

from formats.merkle import leaf_hash, root
from gateway import child
from gateway.integrator.process import Fault, IntegratorProcess, Setup, Standing
from gateway.storage.audit_place import FolderPlace
from gateway.storage.audit_reader import read_envelopes
from gateway.storage.engine import open_engine
from gateway.storage.log_place import log_engine
from gateway.storage.migrations import LOG, upgrade

KILLS = 12
PATIENCE = 30


@pytest.fixture
def setup(tmp_path):
    """A gateway's state without an entry, and its log's tables."""
    setup = Setup(GATEWAY, f"sqlite:///{tmp_path / 'facts.sqlite'}", tmp_path)
    engine = log_engine(open_engine(setup.store_url), tmp_path)
    upgrade(engine, LOG)
    engine.dispose()
    return setup


@pytest.fixture
def place(tmp_path):
    """Its queues."""
    place = FolderPlace(tmp_path / "audit")
    yield place
    place.close()


def envelopes(place, writer):
    return read_envelopes(place.readers()[writer], writer, 0, 1_000_000)


def killed(setup, seconds):
    """Run an integrator and kill it so long after its first word; return the last thing that it said."""
    process, pipe = child.start("gateway.integrator")
    pipe.send(setup)
    said = pipe.recv() if pipe.poll(PATIENCE) else None
    pipe.poll(seconds)
    process.kill()
    process.wait()
    while pipe.poll():
        try:
            said = pipe.recv()
        except EOFError:
            break
    pipe.close()
    return said


def ended(setup):
    """Run an integrator, tell it to end, and return all that it said."""
    process, pipe = child.start("gateway.integrator")
    pipe.send(setup)
    pipe.send(None)
    said = []
    try:
        while pipe.poll(PATIENCE):
            said.append(pipe.recv())
    except EOFError:
        pass
    assert process.wait(PATIENCE) == (1 if isinstance(said[-1], Fault) else 0)
    pipe.close()
    return said


def test_whatever_moment_it_is_killed_at_the_log_verifies_and_goes_on(setup, place, tmp_path):
    randomness = random.Random(5)  # noqa: S311 - when to kill is no secret
    seen = []
    for _ in range(KILLS):
        for writer in ("gw1-0", "gw1-1"):
            record(place, *[DRAFT] * randomness.randint(1, 900), writer=writer)
        said = killed(setup, randomness.random() / 10)
        assert isinstance(said, Standing)
        entries, checkpoint = read_log(tmp_path / "log" / "2026")
        assert checkpoint.size >= said.size
        seen.append((entries, checkpoint))
    assert ended(setup)[-1].origin == ORIGIN
    entries, _ = read_log(tmp_path / "log" / "2026")

    for writer in ("gw1-0", "gw1-1"):
        assert [each for each in entries[1:] if f'"{writer}"'.encode() in each] == envelopes(place, writer)
    assert len(entries) == 1 + sum(len(envelopes(place, writer)) for writer in ("gw1-0", "gw1-1"))
    for (earlier, _), (later, _) in pairwise(seen):
        assert later[: len(earlier)] == earlier
    for _, checkpoint in seen:
        assert root([leaf_hash(each) for each in entries[: checkpoint.size]]) == checkpoint.root


def test_a_second_one_waits_until_the_first_has_ended(setup, place):
    record(place, DRAFT)
    process, pipe = child.start("gateway.integrator")
    pipe.send(setup)
    assert pipe.recv().size == 1
    second_process, second_pipe = child.start("gateway.integrator")
    second_pipe.send(setup)
    second_pipe.send(None)

    assert second_process.wait(PATIENCE) == 0
    with pytest.raises(EOFError):
        second_pipe.recv()
    process.kill()
    process.wait()
    assert ended(setup)[-1].size == 2
    pipe.close()
    second_pipe.close()


def test_a_damaged_queue_is_said_and_nothing_of_it_is_signed(setup, place):
    record(place, DRAFT)
    assert ended(setup)[-1].size == 2
    record(place, DRAFT, DRAFT)
    with place.readers()["node-1.0"].begin() as connection:
        connection.exec_driver_sql("UPDATE audit_entry SET body = salt WHERE number = 1")
    said = ended(setup)

    assert said[0].size == 2
    assert said[1:] == [
        Fault("queue 'node-1.0', number 1: the envelope differs in 'body' (the hash of salt and body)", damaged=True)
    ]


def test_it_integrates_what_is_left_when_the_gateway_closes_it(setup, place, tmp_path):
    process = IntegratorProcess(setup)
    process.start()
    record(place, DRAFT)
    process.close()

    assert process.fault is None
    assert process.standing.size == 2
    assert read_log(tmp_path / "log" / "2026")[1].size == 2

"""What a supervisor is told, and that nobody waits for it; of several workers what all have said."""

from __future__ import annotations

import logging
import os
import socket

import pytest

from gateway.cli.supervised import ALIVE, READY, STOPPING, VARIABLE, Supervisor, Workers, environment_of


@pytest.fixture(params=["path", "abstract"])
def listening(request, tmp_path):
    """A supervisor's socket, and its name as the environment has it."""
    name = f"@jsg-test-{os.getpid()}" if request.param == "abstract" else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as found:
        found.bind("\0" + name[1:] if name.startswith("@") else name)
        found.settimeout(0)
        yield found, name


def heard(listening):
    said = []
    while True:
        try:
            said.append(listening.recv(64))
        except BlockingIOError:
            return said


def test_it_is_told_in_order_and_what_is_started_is_not_supervised(listening):
    found, name = listening
    environment = {VARIABLE: name, "PATH": "/bin"}
    supervisor = Supervisor(environment)
    supervisor.tell(READY)
    supervisor.alive()
    supervisor.tell(STOPPING)

    assert heard(found) == [b"READY=1", b"WATCHDOG=1", b"STOPPING=1"]
    assert environment == {"PATH": "/bin"}


def test_without_a_supervisor_nothing_is_told():
    Supervisor({}).tell(READY)


def test_one_that_is_gone_holds_nothing_up_and_is_logged(tmp_path, caplog):
    supervisor = Supervisor({VARIABLE: str(tmp_path / "nobody")})
    with caplog.at_level(logging.WARNING):
        supervisor.tell(READY)

    assert "not told READY=1" in caplog.text


def test_one_that_does_not_listen_holds_nothing_up(listening, caplog):
    _, name = listening
    supervisor = Supervisor({VARIABLE: name})
    with caplog.at_level(logging.WARNING):
        for _ in range(10_000):
            supervisor.alive()
            if caplog.text:
                break

    assert "not told WATCHDOG=1" in caplog.text


def test_of_several_workers_it_is_told_what_all_have_said(listening, monkeypatch):
    found, name = listening
    workers = Workers(Supervisor({VARIABLE: name}), 2)
    first, second = (Supervisor(environment_of(workers, number)) for number in range(2))

    first.tell(READY)
    workers.look()
    assert heard(found) == [], "one of two serves"
    second.tell(READY)
    workers.look()
    assert heard(found) == [READY]
    first.alive()
    first.alive()
    workers.look()
    assert heard(found) == [], "one of two hangs"
    second.alive()
    second.tell(b"MAINPID=1")
    workers.look()
    assert heard(found) == [ALIVE]
    workers.look()
    assert heard(found) == [], "it is not said again"
    workers.close()


def test_where_nobody_is_told_workers_do_not_tell_either():
    workers = Workers(Supervisor({}), 2)
    workers.look()

    assert VARIABLE not in environment_of(workers, 0)
    workers.close()


def test_nobody_else_can_tell_in_a_worker_s_name(tmp_path):
    workers = Workers(Supervisor({VARIABLE: str(tmp_path / "notify")}), 1)
    try:
        assert os.stat(os.path.dirname(workers.address(0))).st_mode & 0o077 == 0  # noqa: PTH116, PTH120
    finally:
        workers.close()

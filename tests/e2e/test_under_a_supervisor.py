"""A real gateway under a supervisor, which hears that it serves and that it lives; and what is told to who asks."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import pytest
from e2e.served import prepared

from gateway.cli.main import main


@contextmanager
def supervised(folder, workers):
    """Serve with a supervisor's socket; yields what it hears, the process, and the line that says where it serves."""
    place = prepared(folder / "place", {})
    with (folder / "log").open("w") as log, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(folder / "notify"))
        heard.settimeout(200)
        words = [sys.executable, "-P", "-m", "gateway", "--config", place.config, "--state", place.state, "serve"]
        process = subprocess.Popen(
            [*map(str, words), "--listen", "127.0.0.1:0", "--workers", str(workers)],
            env={**os.environ, "NOTIFY_SOCKET": str(folder / "notify")},
            stderr=log,
        )
        try:
            yield heard, process, place, folder / "log"
        finally:
            process.kill()
            process.wait()


def drained(heard):
    """Return the last of what was said so far; what was said last before it, where nothing was since."""
    last = b"WATCHDOG=1"
    try:
        while True:
            last = heard.recv(64)
    except BlockingIOError:
        return last


@pytest.mark.parametrize("workers", [1, 2])
def test_it_hears_of_the_start_of_every_turn_and_of_the_end(tmp_path, workers):
    with supervised(tmp_path, workers) as (heard, process, _, log):
        assert heard.recv(64) == b"READY=1"
        assert log.read_text(encoding="utf-8").count('"event": "serving"') == workers
        assert [heard.recv(64) for _ in range(3)] == [b"WATCHDOG=1"] * 3
        process.send_signal(signal.SIGTERM)
        assert process.wait(200) == 0


def test_a_loop_that_stands_still_is_heard_no_more(tmp_path):
    with supervised(tmp_path, 1) as (heard, process, _, _):
        assert heard.recv(64) == b"READY=1"
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        heard.settimeout(0)
        assert drained(heard) == b"WATCHDOG=1"
        heard.settimeout(1)
        with pytest.raises(TimeoutError):
            heard.recv(64)


def test_health_is_told_by_exit_code(tmp_path, capsys):
    with supervised(tmp_path, 1) as (heard, process, place, log):
        assert heard.recv(64) == b"READY=1"
        port = log.read_text(encoding="utf-8").partition('"port": ')[2].partition(",")[0]
        words = ["--config", str(place.config), "--state", str(place.state), "--address", f"127.0.0.1:{port}", "health"]
        assert (main(words), capsys.readouterr().out) == (0, "服务中 SERVING\n")
        process.kill()
        process.wait()
        assert (main(words), capsys.readouterr().out) == (1, "无应答 no answer: UNAVAILABLE\n")

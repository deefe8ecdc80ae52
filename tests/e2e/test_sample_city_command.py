"""``jsg up`` says what it serves, the second time as the first, and that its gateway ended when it did not end it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from e2e.served import CONFIG

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def up(state: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, object]]]:
    """Run ``jsg up`` on *state*; yields the process and what it printed once it serves."""
    command = [sys.executable, "-m", "gateway", "--config", str(CONFIG), "--state", str(state)]
    process = subprocess.Popen(
        [*command, "--address", "127.0.0.1:0", "up", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=60)


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]


def test_a_second_start_shows_the_same_city_and_a_killed_gateway_is_told(tmp_path):
    with up(tmp_path) as (_, first):
        pass
    with up(tmp_path) as (process, second):
        assert second["records"] == first["records"] > 0
        assert second["examples"] == first["examples"]

        for child in _children(process.pid):
            os.kill(child, signal.SIGKILL)
        _, told = process.communicate(timeout=60)

        assert process.returncode == 1
        assert "the gateway ended by itself (signal 9" in told

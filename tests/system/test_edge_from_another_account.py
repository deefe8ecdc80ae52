"""Another account of the machine before the edge's folder: it reaches no socket, and reads neither key nor secret."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from e2e.served import CHECK, award, gateway_in, new_party

NOBODY = 65534
BECOME = f"""
import os, socket, sys
if sys.argv[2] == "another":
    os.setgroups([])
    os.setgid({NOBODY})
    os.setuid({NOBODY})
"""
CONNECT = BECOME + "socket.socket(socket.AF_UNIX).connect(sys.argv[1])"
READ = BECOME + "open(sys.argv[1], 'rb').read(1)"


@pytest.fixture
def edged():
    """A gateway behind the edge, in a folder through which every account of the machine may go."""
    with tempfile.TemporaryDirectory(prefix="edge-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with gateway_in(folder, edge=True) as served:
            yield served


def tried(code, path, account):
    """Run *code* on *path* as the own account or as another; return the last line of what it complained of."""
    command = [sys.executable, "-I", "-c", code, path, account]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr.strip().rpartition("\n")[2]


def test_another_account_reaches_no_socket_and_reads_no_secret(edged):
    edge = edged.config.settings.edge
    for socket in edge.sockets(0):
        assert tried(CONNECT, socket, "own") == ""
        assert tried(CONNECT, socket, "another") == "PermissionError: [Errno 13] Permission denied"
    for name in ("key", "envoy.json", "server.json", "callers.json"):
        assert tried(READ, edge.folder / name, "own") == ""
        assert tried(READ, edge.folder / name, "another").startswith("PermissionError")
    assert edged.send(CHECK, award(new_party().uscc)).ok

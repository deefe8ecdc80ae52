"""Small real processes that record and integrate, started fast, to be killed at any moment."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

SERVER = Path(__file__).with_name("victim_server.py")
PATIENCE = 60.0
CHUNK = 1 << 16


class Victim:
    """One process, and all that it has told: pairs of a number and a hash."""

    def __init__(self, victims, role, fifo, arguments):
        self._victims = victims
        self._rest = b""
        self._told = os.open(fifo, os.O_RDONLY | os.O_NONBLOCK)
        self.told = []
        self.returncode = None
        self.pid = int(victims.ask(role, fifo, *arguments))

    def hear(self, until):
        """Take in what it tells until that moment of the monotonic clock; return at once when it has ended."""
        while (left := until - time.monotonic()) > 0:
            if select.select([self._told], [], [], left)[0] and not self._read():
                return

    def hear_first(self, count=1):
        """Wait until it has told so much, or has ended."""
        deadline = time.monotonic() + PATIENCE
        while len(self.told) < count and time.monotonic() < deadline:
            if select.select([self._told], [], [], 0.05)[0] and not self._read() and self.ended():
                return

    def ended(self):
        """Return whether the process is there no more, or only waits to be asked for its exit code."""
        with suppress(FileNotFoundError):
            return Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z"
        return True

    def kill(self):
        """Kill it unless it has ended, and return its exit code, once all that it told is taken in."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        return self.wait()

    def wait(self):
        """Wait for its end and return its exit code, once all that it told is taken in."""
        if self.returncode is None:
            self.returncode = int(self._victims.ask("wait", self.pid))
            while self._read():
                pass
            os.close(self._told)
        return self.returncode

    def _read(self):
        try:
            data = os.read(self._told, CHUNK)
        except BlockingIOError:
            return False
        *whole, self._rest = (self._rest + data).split(b"\n")
        pairs = [line.decode().split(" ") for line in whole]
        self.told += [(int(number), bytes.fromhex(hashed)) for number, hashed in pairs]
        return bool(data)


class Victims:
    """Forks them; what they complain of goes to ``complaints`` in *folder*."""

    def __init__(self, folder):
        self._folder = folder
        self._count = 0
        with (folder / "complaints").open("ab") as sink:
            self._server = subprocess.Popen(
                [sys.executable, SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sink, text=True
            )
        assert self._server.stdout.readline() == "ready\n"

    def ask(self, *words):
        self._server.stdin.write("".join(f"{each}\0" for each in words) + "\n")
        self._server.stdin.flush()
        return self._server.stdout.readline()

    def start(self, role, *arguments):
        """Start one: see ``victim_server``."""
        self._count += 1
        fifo = self._folder / f"told-{self._count}"
        os.mkfifo(fifo)
        return Victim(self, role, fifo, arguments)

    def complaints(self):
        return (self._folder / "complaints").read_text(encoding="utf-8")

    def close(self):
        self._server.stdin.close()
        self._server.wait()
        self._server.stdout.close()

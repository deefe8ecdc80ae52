"""Processes of ``jsg`` that start fast, to be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from gateway.cli import local_city

LAUNCHER = """
import os, sys
from gateway.cli.main import main, parser
parser()  # which imports every command
print("ready", flush=True)
for line in sys.stdin:
    told, *arguments = line.split("\\0")[:-1]
    child = os.fork()
    if not child:
        os.dup2(os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) if told else 2, 1)
        if told:
            os.dup2(os.open(told + ".err", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
        os._exit(main(arguments))
    print(child, flush=True)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Starts ``jsg`` in a process of its own each time, without importing everything fifty times."""


class Launcher:
    """Forks one process at a time and stands for it; what that prints goes to the log, too, or to files of its own."""

    def __init__(self, log, before="", environment=None):
        """Write what the processes complain of to *log*; *before* is a statement that runs first."""
        self._parent = subprocess.Popen(
            [sys.executable, "-c", before + LAUNCHER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=environment,
        )
        assert self._parent.stdout.readline() == "ready\n"
        self.pid = 0
        self.returncode = None

    @contextmanager
    def serving(self, place, listen, _workers):
        """Do what ``local_city.serving`` does."""
        log = place.state / "gateway.log"
        begin = log.stat().st_size
        self.start("--config", place.config, "--state", place.state, "serve", "--listen", listen)
        try:
            yield local_city._port(self, log, begin, 1), self
        finally:
            if self.returncode is None:
                os.kill(self.pid, signal.SIGTERM)
                self.wait()

    def start(self, *arguments, told=""):
        """Start ``jsg`` with these arguments; it prints to the file *told*, complaints to that with ``.err``."""
        self._parent.stdin.write("".join(f"{each}\0" for each in (told, *arguments)) + "\n")
        self._parent.stdin.flush()
        self.pid, self.returncode = int(self._parent.stdout.readline()), None

    def poll(self):
        """Return nothing: whether it ended is known only to who waits for it."""

    def kill(self):
        os.kill(self.pid, signal.SIGKILL)

    def wait(self):
        self.returncode = int(self._parent.stdout.readline())
        return self.returncode

    def run(self, *arguments, told):
        """Run ``jsg`` to its end; return its exit code, what it printed and what it complained of."""
        self.start(*arguments, told=told)
        code = self.wait()
        return code, told.read_text(encoding="utf-8"), Path(f"{told}.err").read_text(encoding="utf-8")

    def close(self):
        self._parent.stdin.close()
        self._parent.wait()
        self._parent.stdout.close()

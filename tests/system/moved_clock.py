"""Real processes under a clock that is moved while they run: libfaketime fakes their realtime clock and no other.

The moment is in a file that every process looks at whenever it asks for the time, so that a server lives through years
without a restart. Boot and monotonic clocks go on as they are, as they do when a machine's clock is set.
"""

from __future__ import annotations

import itertools
import json
import os
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime

from e2e.served import CONFIG
from launcher import Launcher

from formats.civil import SHANGHAI
from gateway.cli.local_city import Place
from gateway.settings.agencies_file import load_agencies
from gateway.settings.client_file import load_client

LIBRARY = "/usr/$LIB/faketime/libfaketimeMT.so.1"
"""The loader puts the machine's library folder for ``$LIB``."""
LIVES = 1800
"""Days that certificates are valid: nearly all that their authority lives."""


def at(day, time="10:00:00"):
    """Return an instant by its civil date and time in Shanghai."""
    return datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=SHANGHAI)


class MovedClock:
    """The realtime clock of every process that has ``environment``."""

    def __init__(self, folder):
        self._file = folder / "clock"
        self.environment = {
            **os.environ,
            "TZ": "UTC",
            "LD_PRELOAD": LIBRARY,
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
        }

    def run_from(self, moment):
        """Set the clock to *moment*; it runs on from there."""
        self._set(f"{(moment - datetime.now(UTC)).total_seconds():+.6f}")

    def be_off(self, seconds):
        """Set the clock so many seconds ahead of the machine's, behind it when negative; it runs on."""
        self._set(f"{seconds:+.6f}")

    def stop_at(self, moment):
        """Stop the clock at *moment*, a whole second."""
        self._set(moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"))

    def _set(self, said):
        new = self._file.with_suffix(".new")
        new.write_text(said, encoding="ascii")
        new.rename(self._file)


class City:
    """A gateway without any record, and ``jsg`` in front of it, all under one moved clock that begins at *begin*."""

    def __init__(self, folder, begin):
        self.folder = folder
        self.clock = MovedClock(folder)
        self.clock.run_from(begin)
        self.place = Place(CONFIG, folder / "var")
        self.place.state.mkdir()
        self.feeds = load_client(CONFIG / "client.toml", self.place.state).feeds
        self._place = ["--config", self.place.config, "--state", self.place.state]
        self._numbers = itertools.count()
        self._ending = ExitStack()
        self._log = self._ending.enter_context((self.place.state / "gateway.log").open("ab"))
        self._terminal = self._launcher()
        self.server = None
        self.jsg("pki", "init", "--folder", self.place.state / "pki", "--name", "localhost", "--days", LIVES)
        named = [f"{agency.agency_id}/{agency.role.value}" for agency in load_agencies(CONFIG / "agencies.toml")]
        self.jsg("pki", "issue", "--folder", self.place.state / "pki", "--days", LIVES, *named)
        self.jsg("db", "upgrade")

    def _launcher(self):
        launcher = Launcher(self._log, environment=self.clock.environment)
        self._ending.callback(launcher.close)
        return launcher

    @contextmanager
    def served(self):
        """Serve; ``server`` is the process."""
        self.server = self.server or self._launcher()
        with self.server.serving(self.place, "127.0.0.1:0", 1) as (port, _):
            self._place += ["--address", f"127.0.0.1:{port}"]
            yield
            del self._place[-2:]

    def run(self, *words):
        """Run ``jsg``; return its exit code, what it printed, and what it complained of."""
        told = self.folder / f"told-{next(self._numbers)}"
        return self._terminal.run(*self._place, *words, told=told)

    def jsg(self, *words):
        """Run ``jsg``, which must end well; return what it printed."""
        code, text, complaints = self.run(*words)
        assert code == 0, (words, text, complaints)
        return text

    def json(self, *words):
        """Run ``jsg … --json``, which must end well; return what it printed as values."""
        return json.loads(self.jsg(*words, "--json"))

    def confirm(self):
        """Confirm every feed, each as its producer; return the newest revision."""
        return int(self.jsg("registry", "confirm", *self.feeds).split()[-1])

    def log(self):
        """Return the lines of the server's log that are its own."""
        lines = (self.place.state / "gateway.log").read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def close(self):
        self._ending.close()

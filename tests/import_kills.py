"""Imports that are killed: a gateway's folder, ``jsg import`` into it, and a hash over what the store then holds."""

from __future__ import annotations

import hashlib
import random
import shutil
import threading
import time
from contextlib import ExitStack, contextmanager
from datetime import date

from e2e.served import WRITER, body_of, gateway_in, prepared
from launcher import Launcher
from sqlalchemy import select

from gateway.cli.bench_city import write_city
from gateway.storage import tables
from gateway.storage.engine import open_engine, reading
from gateway.storage.facts import SqlFactStore
from gateway.storage.history import SqlHistory

WITHOUT = {
    *("revision", "revision_from", "revision_until", "committed_at", "visible_from", "entry_number", "sealed"),
    *("begun_at", "decided_at", "recorded_at"),
}
"""What depends on when something was committed; a sealed number is sealed anew each time."""
FACTS = [table for table in tables.metadata.sorted_tables if table not in {tables.head, tables.revision}]


def content_of(state):
    """Return a hash over each table of facts that is the same for the same content."""
    engine = open_engine(f"sqlite:///{state / 'facts.sqlite'}")
    hashes = {}
    with reading(engine) as connection:
        for table in FACTS:
            columns = [column for column in table.c if column.name not in WITHOUT]
            rows = sorted(repr(tuple(row)) for row in connection.execute(select(*columns)))
            hashes[table.name] = (len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest())
    engine.dispose()
    return hashes


LOOKING = threading.Event()
"""Never set: leaves the machine to the import between two looks at how far it is."""


@contextmanager
def launchers():
    """Give what starts a launcher; all of them end with it."""
    with ExitStack() as stack:

        def launch(log, before=""):
            launcher = Launcher(stack.enter_context(log.open("ab")), before)
            stack.callback(launcher.close)
            return launcher

        yield launch


def city_files(folder, records):
    """Write an invented city of so many records; return its files."""
    folder.mkdir()
    counts = write_city(folder, 7, date(2026, 7, 1), records)
    assert sum(counts.values()) == records
    return [str(folder / f"{feed}.jsonl") for feed in counts]


class Imports:
    """One gateway's folder, and imports into it by a command of its own; *before* is a statement that it runs first."""

    def __init__(self, folder, launch, files, before=""):
        self.folder, self.files = folder, files
        self.state = prepared(folder, {}).state
        self.server, self.client = launch(self.state / "gateway.log"), launch(folder / "import.log", before)

    @contextmanager
    def served(self):
        with gateway_in(self.folder, filled=False, serve=self.server.serving) as gateway:
            yield gateway

    def begin(self, gateway):
        place = ("--config", str(gateway.place.config), "--state", str(gateway.place.state))
        self.client.start(*place, "--address", f"127.0.0.1:{gateway.port}", "import", "--officer", "o", *self.files)

    def disturb(self, revision, victim, later=0.0):
        """Import until the store has reached *revision*, and kill the *victim* then, or so many seconds *later*."""
        with self.served() as gateway:
            history = SqlHistory(gateway._engine)
            self.begin(gateway)
            while history.head() < revision:
                LOOKING.wait(0.005)
            LOOKING.wait(later)
            victim.kill()
            assert victim.wait() == -9
            if victim is self.server:
                self.client.kill()
                self.client.wait()

    def finish(self):
        """Import to the end; return the entries of the submissions."""
        with self.served() as gateway:
            self.begin(gateway)
            assert self.client.wait() == 0
            assert SqlFactStore(gateway._engine).unrecorded(WRITER) == []
            bodies = [body_of(entry) for entry in gateway.entries()]
            head = SqlHistory(gateway._engine).head()
        return [body for body in bodies if "revisions" in body], head


def compare_with_undisturbed(calm, disturbed, kills, seed, *, anywhere=False):
    """Import *calm*ly, and once more with *kills* kills at moments of *seed*; both stores must end the same.

    The command and the gateway are killed in turn, right after a revision, or *anywhere* between two. Returns the hash
    over each table.
    """
    shutil.copyfile(calm.state / "keys/persons.key", disturbed.state / "keys/persons.key")
    began = time.monotonic()
    _, calm_head = calm.finish()
    between = (time.monotonic() - began) / calm_head if anywhere else 0.0

    randomness = random.Random(seed)  # noqa: S311 - when to kill is no secret
    moments = sorted(randomness.sample(range(1, calm_head - 1), kills))
    for place, revision in enumerate(moments):
        victim = (disturbed.client, disturbed.server)[place % 2]
        disturbed.disturb(revision, victim, randomness.random() * between)
    entries, head = disturbed.finish()

    content = content_of(calm.state)
    assert content_of(disturbed.state) == content
    assert head == calm_head
    covered = {number for body in entries for number in range(body["revisions"][0], body["revisions"][1] + 1)}
    assert covered == set(range(1, head + 1))
    assert "RECOVERED" in {body["outcome"] for body in entries}
    return content, head

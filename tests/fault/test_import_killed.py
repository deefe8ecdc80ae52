"""Kill −9 in an import, of the gateway and of the command: what is resumed ends as what was never disturbed."""

from __future__ import annotations

import hashlib
import random
import shutil
from contextlib import ExitStack, contextmanager
from datetime import date

import pytest
from e2e.served import WRITER, body_of, gateway_in, prepared
from launcher import Launcher
from sqlalchemy import select

from gateway.cli.bench_city import write_city
from gateway.storage import tables
from gateway.storage.engine import open_engine, reading
from gateway.storage.facts import SqlFactStore
from gateway.storage.history import SqlHistory

RECORDS = 4_000
KILLS = 10
SMALL = "from gateway.cli import import_submission as s; s.CHUNK_RECORDS, s.PART_RECORDS = 50, 400\n"
"""Chunks and parts of a size that gives a small import many moments to be killed at."""
REVISIONS = RECORDS // 50
WITHOUT = {
    *("revision", "revision_from", "revision_until", "committed_at", "visible_from", "entry_number", "sealed"),
    *("begun_at", "decided_at"),
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


class Imports:
    """One gateway's folder, and imports into it by a command of its own."""

    def __init__(self, folder, launch, files):
        self.folder, self.files = folder, files
        self.state = prepared(folder, {}).state
        self.server, self.client = launch(self.state / "gateway.log"), launch(folder / "import.log", SMALL)

    @contextmanager
    def served(self):
        with gateway_in(self.folder, filled=False, serve=self.server.serving) as gateway:
            yield gateway

    def begin(self, gateway):
        place = ("--config", str(gateway.place.config), "--state", str(gateway.place.state))
        self.client.start(*place, "--address", f"127.0.0.1:{gateway.port}", "import", "--officer", "o", *self.files)

    def disturb(self, revision, victim):
        """Import until the store has reached *revision*, and kill the *victim* then."""
        with self.served() as gateway:
            history = SqlHistory(gateway._engine)
            self.begin(gateway)
            while history.head() < revision:
                pass
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


@pytest.fixture
def launch():
    with ExitStack() as stack:

        def start(log, before=""):
            launcher = Launcher(stack.enter_context(log.open("ab")), before)
            stack.callback(launcher.close)
            return launcher

        yield start


@pytest.fixture
def files(tmp_path):
    city = tmp_path / "city"
    city.mkdir()
    counts = write_city(city, 7, date(2026, 7, 1), RECORDS)
    assert sum(counts.values()) == RECORDS
    return [str(city / f"{feed}.jsonl") for feed in counts]


def test_an_import_killed_ten_times_ends_with_the_store_of_one_that_was_not(tmp_path, launch, files):
    calm, disturbed = (Imports(tmp_path / name, launch, files) for name in ("calm", "disturbed"))
    shutil.copyfile(calm.state / "keys/persons.key", disturbed.state / "keys/persons.key")
    _, calm_head = calm.finish()

    randomness = random.Random(15333)  # noqa: S311 - when to kill is no secret
    moments = sorted(randomness.sample(range(1, calm_head), KILLS))
    for place, revision in enumerate(moments):
        disturbed.disturb(revision, (disturbed.client, disturbed.server)[place % 2])
    entries, head = disturbed.finish()

    assert content_of(disturbed.state) == content_of(calm.state)
    assert content_of(calm.state)["simple_record"][0] > RECORDS * 0.9
    assert head == calm_head >= REVISIONS
    covered = {number for body in entries for number in range(body["revisions"][0], body["revisions"][1] + 1)}
    assert covered == set(range(1, head + 1))
    assert "RECOVERED" in {body["outcome"] for body in entries}

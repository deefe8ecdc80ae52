"""Re-deriving the log from bytes names whatever was changed, wherever it lies, on SQLite and on PostgreSQL."""

from __future__ import annotations

import pytest
from audit_calls import BATCH, DRAFT, change, record
from integrated_logs import ORIGIN

from gateway.security.log_keys import LogKeys, holds
from gateway.storage.log_check import LogCheck
from gateway.storage.log_files import LogFolder
from gateway.storage.log_store import SqlLogStore

pytest_plugins = ("audit_places",)
FILES = [
    "checkpoint",
    "tile/entries/000",
    "tile/entries/001.p/49",
    "tile/0/000",
    "tile/0/001.p/49",
    "tile/1/000.p/1",
]


@pytest.fixture
def full(site):
    """A log of 305 entries in two queues, published."""
    record(site.place, *[DRAFT] * 280, BATCH)
    record(site.place, *[DRAFT] * 23, writer="node-2.0")
    assert site.integrate().size == 305
    return site


def report(site):
    return LogCheck(site.place, site.store(), LogFolder(site.folder / "log"), holds).run(lambda _: None)


def flaws(site):
    return report(site).flaws


def test_what_is_sound_has_no_flaw_and_all_of_it_is_looked_at(full):
    found = report(full)

    assert (found.entries, found.integrated, found.files, found.flaws) == (304, 305, 5, [])


def test_a_queue_that_is_not_integrated_yet_is_looked_at_too(full):
    record(full.place, DRAFT)
    assert flaws(full) == []
    change(full.place.readers()["node-1.0"], "UPDATE audit_entry SET body = salt WHERE number = 281")

    assert flaws(full) == ["queue 'node-1.0', number 281: the envelope differs in 'body' (the hash of salt and body)"]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit_entry SET envelope = body WHERE number = 7", "number 7: the leaf is not the hash"),
        ("UPDATE audit_entry SET leaf = salt WHERE number = 7", "number 7: the leaf is not the hash"),
        ("UPDATE audit_entry SET salt = body WHERE number = 7", "number 7: the envelope differs in 'body'"),
        ("UPDATE audit_entry SET time_us = 0 WHERE number = 7", "number 7: the envelope differs in 'time'"),
        ("UPDATE audit_line SET content = salt WHERE item = 2", "number 280: line 2: the leaf"),
        ("DELETE FROM audit_line WHERE item = 2", "number 280: the lines are not"),
        ("DELETE FROM audit_entry WHERE number = 7", "number 7 to 7 are missing"),
        ("UPDATE audit_writer SET next_number = 200", "281 entries are in the log, and the queue has fewer"),
        ("UPDATE audit_writer SET next_number = next_number + 2", "number 281 to 282 are missing"),
    ],
)
def test_whatever_is_changed_in_a_queue_is_named(full, statement, said):
    where = f"{statement}{' AND' if 'WHERE' in statement else ' WHERE'} writer = 'node-1.0'"
    change(full.place.readers()["node-1.0"], where)

    assert [flaw for flaw in flaws(full) if flaw.startswith("queue 'node-1.0'") and said in flaw]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE log_tile SET hashes = (SELECT root FROM log) WHERE level = 1", "the stored tile 1/0"),
        ("DELETE FROM log_tile WHERE level = 0 AND number = 0", "the stored tile 0/0"),
        ("UPDATE log_run SET first_number = first_number + 1 WHERE writer = 'node-2.0'", "entries are missing"),
        ("DELETE FROM log_run WHERE writer = 'node-2.0'", "has no "),
        ("UPDATE log SET root = opening", "the stored root of 305 entries"),
        ("UPDATE log SET signed_root = opening", "the signed root of 305 entries"),
        ("UPDATE log SET size = 304", "root of 304 entries is not theirs"),
        ("UPDATE log SET note = opening", "the stored checkpoint: not a note"),
        ("UPDATE log SET opening = note", "the stored tile 0/0"),
    ],
)
def test_whatever_is_changed_in_the_stored_log_is_named(full, statement, said):
    change(full.engine, statement)

    assert [flaw for flaw in flaws(full) if said in flaw], flaws(full)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("at", [0, -1])
def test_a_changed_byte_of_a_published_file_is_named(full, name, at):
    file = full.folder / "log" / "2026" / name
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)

    assert [flaw for flaw in flaws(full) if str(file) in flaw or "the published checkpoint" in flaw]


@pytest.mark.parametrize("name", FILES[1:])
def test_a_lost_or_cut_file_is_named(full, name):
    file = full.folder / "log" / "2026" / name
    content = file.read_bytes()
    file.write_bytes(content[:-1])
    assert [flaw for flaw in flaws(full) if str(file) in flaw]
    file.unlink()

    assert [flaw for flaw in flaws(full) if str(file) in flaw]


def test_a_checkpoint_signed_over_another_root_is_named(full):
    forked = LogKeys(full.folder / "keys").sign(ORIGIN, f"{ORIGIN}\n305\n{'A' * 43}=\n")
    (full.folder / "log" / "2026" / "checkpoint").write_bytes(forked)

    assert flaws(full) == [f"{ORIGIN}: the published checkpoint's root of 305 entries is not theirs"]


class GrowingFiles(LogFolder):
    """Whoever looks at what is published finds that the log has grown since it was listed."""

    def __init__(self, site):
        super().__init__(site.folder / "log")
        self.site = site

    def published(self, origin):
        record(self.site.place, DRAFT)
        self.site.integrate()
        return super().published(origin)


class GrowingStore(SqlLogStore):
    """After a log was read it grows, so far that its last tile is full."""

    def __init__(self, site):
        super().__init__(site.engine, site.place)
        self.site = site

    def find(self, origin):
        state = super().find(origin)
        record(self.site.place, *[DRAFT] * 256)
        self.site.integrate()
        return state


def test_a_gateway_that_serves_meanwhile_is_no_flaw(full):
    check = LogCheck(full.place, GrowingStore(full), GrowingFiles(full), holds)

    assert check.run(lambda _: None).flaws == []

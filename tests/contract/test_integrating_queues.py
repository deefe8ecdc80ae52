"""Integrating queues into the log, on SQLite and on PostgreSQL: what is in it, in which order, signed and published."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from audit_calls import BATCH, DRAFT, change, record
from integrated_logs import GATEWAY, ORIGIN, read_log

from formats import canonical
from formats.checkpoint import parse_checkpoint
from formats.merkle import verify_inclusion
from formats.merkle_nodes import inclusion_proof, root_at
from formats.note import decode_note
from formats.tiles import reader_of_tiles
from gateway.security.log_keys import LogKeys
from gateway.services.ports.log import LogDamagedError, LogDeposedError
from gateway.storage import log_tables
from gateway.storage.audit_reader import read_envelopes

pytest_plugins = ("audit_places",)


def envelopes(site, writer="node-1.0"):
    return read_envelopes(site.place.readers()[writer], writer, 0, 10_000)


def test_the_tables_are_those_that_the_migration_makes(site):
    with site.engine.connect() as connection:
        names = log_tables.metadata.tables
        context = MigrationContext.configure(
            connection, opts={"include_object": lambda _item, name, kind, *_: kind != "table" or name in names}
        )
        assert compare_metadata(context, log_tables.metadata) == []


def test_a_log_begins_with_its_opening_and_grows_by_whole_queues(site):
    state = site.integrate()
    assert (state.origin, state.size, state.signed_size) == (ORIGIN, 1, 1)

    record(site.place, DRAFT, BATCH, DRAFT)
    record(site.place, DRAFT, writer="node-2.0")
    state = site.integrate()
    entries, checkpoint = read_log(site.folder / "log" / "2026")

    assert checkpoint.size == state.size == 5
    assert canonical.decode(entries[0]) == {"v": 1, "opens": ORIGIN, "after": ""}
    assert entries[1:] == [*envelopes(site), *envelopes(site, "node-2.0")]


def test_what_is_integrated_is_not_integrated_again(site):
    record(site.place, DRAFT, DRAFT)
    first = site.integrate()
    again = site.integrate()

    assert again == first
    record(site.place, DRAFT)
    assert site.integrate().size == first.size + 1
    entries, _ = read_log(site.folder / "log" / "2026")
    assert entries[1:] == envelopes(site)


def test_a_log_of_many_tiles_reads_the_same_whatever_the_steps(site):
    for count in (1, 254, 2, 700, 90):
        record(site.place, *[DRAFT] * count)
        site.integrate()
    entries, checkpoint = read_log(site.folder / "log" / "2026")

    assert checkpoint.size == 1 + 1_047
    assert entries[1:] == envelopes(site)
    narrow = sorted(file.relative_to(site.folder).as_posix() for file in (site.folder / "log").rglob("*.p/*"))
    assert [name for name in narrow if "/003.p/" in name or "/004.p/" in name or "tile/1/" in name] == narrow


def test_every_entry_is_found_by_its_place_and_proven(site):
    for _ in range(3):
        record(site.place, *[DRAFT] * 3)
        record(site.place, *[DRAFT] * 2, writer="node-2.0")
        state = site.integrate()
    store = site.store()
    node = reader_of_tiles(lambda level, number: store.tile(ORIGIN, level, number))
    for writer, count in (("node-1.0", 9), ("node-2.0", 6)):
        for number in range(count):
            origin, index = store.place_of(writer, number)
            (found,) = store.places(origin, index, 1)
            leaf = node(0, index)

            assert found == (writer, number, envelopes(site, writer)[number])
            assert verify_inclusion(leaf, index, state.size, inclusion_proof(node, index, state.size), state.root)
        assert store.place_of(writer, count) is None
    assert store.place_of("nobody", 0) is None


def test_a_new_year_opens_a_log_with_the_last_checkpoint_of_the_old_one(site):
    site.clock.time = datetime(2026, 12, 31, 15, 59, 59, tzinfo=UTC)
    record(site.place, DRAFT)
    old = site.integrate()
    assert old.origin == ORIGIN
    record(site.place, DRAFT, DRAFT)
    new = site.integrate()

    assert (new.origin, new.size) == (f"{GATEWAY}/audit/2027", 3)
    assert new.key != old.key
    opening = canonical.decode(read_log(site.folder / "log" / "2027")[0][0])
    assert opening == {"v": 1, "opens": new.origin, "after": site.store().find(ORIGIN).note.decode()}
    assert parse_checkpoint(decode_note(opening["after"].encode()).text).size == 2
    assert site.store().place_of("node-1.0", 0) == (ORIGIN, 1)
    assert site.store().place_of("node-1.0", 2) == (new.origin, 2)
    record(site.place, DRAFT)
    assert site.integrate().size == 4


def test_a_clock_that_goes_back_over_new_year_leaves_the_log_of_the_new_year_open(site):
    site.clock.time = datetime(2026, 12, 31, 16, 0, 1, tzinfo=UTC)
    record(site.place, DRAFT)
    new = site.integrate()
    site.clock.time = datetime(2026, 12, 31, 15, 59, 58, tzinfo=UTC)
    record(site.place, DRAFT)
    again = site.integrate()

    assert (again.origin, again.size) == (new.origin, new.size + 1) == (f"{GATEWAY}/audit/2027", 3)


def test_the_key_of_next_year_s_log_is_published_in_december_and_signs_it(site):
    site.clock.time = datetime(2026, 11, 30, 15, 59, 59, tzinfo=UTC)
    site.integrate()
    assert not (site.folder / "log" / "2027").exists()
    site.clock.time = datetime(2026, 11, 30, 16, tzinfo=UTC)
    site.integrate()
    announced = (site.folder / "log" / "2027" / "vkey").read_text()
    site.integrate()

    assert [file.name for file in (site.folder / "log" / "2027").iterdir()] == ["vkey"]
    site.clock.time = datetime(2026, 12, 31, 16, tzinfo=UTC)
    assert f"{site.integrate().key}\n" == announced


@pytest.mark.parametrize(
    "change_made",
    [
        "envelope = body",
        "salt = body",
        "body = salt",
        "leaf = salt",
        "time_us = time_us + 1",
        "envelope = envelope || salt",
    ],
)
def test_a_changed_byte_in_a_queue_is_named_and_never_signed(site, change_made):
    record(site.place, DRAFT)
    before = site.integrate()
    record(site.place, DRAFT, DRAFT)
    change(site.place.readers()["node-1.0"], f"UPDATE audit_entry SET {change_made} WHERE number = 2")  # noqa: S608 - ours

    with pytest.raises(LogDamagedError, match=r"queue 'node-1\.0', number 2: the "):
        site.integrate()
    assert site.store().newest() == before
    assert read_log(site.folder / "log" / "2026")[1].size == before.size


def test_a_changed_line_of_a_batch_is_named_and_never_signed(site):
    record(site.place, BATCH)
    change(site.place.readers()["node-1.0"], "UPDATE audit_line SET content = salt WHERE item = 1")

    with pytest.raises(LogDamagedError, match=r"queue 'node-1\.0', number 0: line 1"):
        site.integrate()


def test_an_entry_that_is_missing_or_taken_back_stops_it(site):
    record(site.place, DRAFT, DRAFT, DRAFT)
    change(site.place.readers()["node-1.0"], "DELETE FROM audit_entry WHERE number = 1")
    with pytest.raises(LogDamagedError, match=r"number 1: is missing"):
        site.integrate()


def test_a_queue_that_says_that_it_is_another_s_stops_it(site):
    record(site.place, DRAFT)
    change(site.place.readers()["node-1.0"], "UPDATE audit_writer SET writer = 'node-9.0'")

    with pytest.raises(LogDamagedError, match=r"node-9\.0"):
        site.integrate()


def test_a_queue_that_is_shorter_than_what_is_integrated_of_it_stops_it(site):
    record(site.place, DRAFT, DRAFT, DRAFT)
    site.integrate()
    change(site.place.readers()["node-1.0"], "UPDATE audit_writer SET next_number = 2")

    with pytest.raises(LogDamagedError, match="has 2 entries, and 3 of it are in the log"):
        site.integrate()


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("UPDATE log_tile SET hashes = (SELECT root FROM log) WHERE level = 0", "does not hold|root"),
        ("DELETE FROM log_tile", "does not hold"),
        ("UPDATE log SET root = signed_root, size = size + 1", "does not hold"),
        ("UPDATE log SET note = opening", "the stored checkpoint"),
        ("UPDATE log SET key = 'x'", "the key at hand is another"),
        ("UPDATE log SET size = 2, signed_size = 2", "root"),
    ],
)
def test_a_changed_log_stops_it_at_the_next_start(site, statement, message):
    record(site.place, DRAFT, DRAFT, DRAFT)
    site.integrate()
    change(site.engine, statement)

    with pytest.raises(LogDamagedError, match=message):
        site.integrate()


def test_a_store_that_was_rolled_back_behind_what_was_published_stops_it(site):
    record(site.place, DRAFT)
    early = site.integrate()
    record(site.place, DRAFT)
    site.integrate()
    change(site.engine, "DELETE FROM log_run", "DELETE FROM log_tile", "DELETE FROM log")
    store = site.store()
    store.take_over()
    store.open(early, bytes(32))

    with pytest.raises(LogDamagedError, match=r"root|rolled back|does not hold"):
        site.integrate()


def test_a_published_checkpoint_ahead_of_the_store_is_called_a_roll_back(site):
    record(site.place, DRAFT)
    site.integrate()
    ahead = LogKeys(site.folder / "keys").sign(ORIGIN, f"{ORIGIN}\n9\n{'A' * 43}=\n")
    (site.folder / "log" / "2026" / "checkpoint").write_bytes(ahead)

    with pytest.raises(
        LogDamagedError, match=r"has 2 signed entries, and the published checkpoint says 9 .* rolled back"
    ):
        site.integrate()


def test_a_published_checkpoint_with_another_root_is_called_a_fork(site):
    record(site.place, DRAFT)
    site.integrate()
    forked = LogKeys(site.folder / "keys").sign(ORIGIN, f"{ORIGIN}\n2\n{'A' * 43}=\n")
    (site.folder / "log" / "2026" / "checkpoint").write_bytes(forked)

    with pytest.raises(LogDamagedError, match="forked"):
        site.integrate()


def test_a_lost_key_is_not_made_anew_for_a_log_that_it_has_signed(site):
    site.integrate()
    (site.folder / "keys" / "log-2026.key").unlink()

    with pytest.raises(LogDamagedError, match="the key of the log"):
        site.integrate()


def test_who_has_been_deposed_stores_and_signs_nothing(site):
    first = site.integrating()
    state = first.begin()
    site.integrating().begin()
    record(site.place, DRAFT)

    with pytest.raises(LogDeposedError):
        first.round(state)
    assert site.store().newest() == state


def test_static_files_that_were_lost_are_written_again(site):
    record(site.place, *[DRAFT] * 300)
    site.integrate()
    (site.folder / "log" / "2026" / "checkpoint").unlink()
    for file in (site.folder / "log" / "2026" / "tile").rglob("*"):
        if file.is_file():
            file.unlink()
    site.integrate()
    entries, _ = read_log(site.folder / "log" / "2026")

    assert entries[1:] == envelopes(site)
    store = site.store()
    node = reader_of_tiles(lambda level, number: store.tile(ORIGIN, level, number))
    assert root_at(node, 301) == store.newest().root

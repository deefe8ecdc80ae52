"""A backup holds everything at one instant, and is put back whole or not at all."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from audit_calls import BATCH, DRAFT, change, record
from e2e.served import CONFIG
from integrated_logs import ORIGIN, read_log
from whole_states import filled_state, flaws_in, grow, log_folder, site_in

from formats.checkpoint import Checkpoint
from gateway.cli.main import main
from gateway.security.log_keys import LogKeys
from gateway.storage.manifest import MANIFEST, chunks_of, files_in, hash_of

pytestmark = pytest.mark.usefixtures("capsys")
STEPS = (("gw1-0", [DRAFT] * 280 + [BATCH]), ("gw1-1", [DRAFT] * 23))
NAMES = ["facts.sqlite", "audit/gw1-0.sqlite", "log.sqlite", "log/2026/checkpoint", "log/2026/tile/entries/000"]


@pytest.fixture
def jsg(tmp_path):
    """Run the command for the state folder of a name."""
    return lambda state, *words: main(["--config", str(CONFIG), "--state", str(tmp_path / state), *map(str, words)])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """What every test begins with, made once."""
    return filled_state(tmp_path_factory.mktemp("made") / "state", *STEPS)


@pytest.fixture
def state(made, tmp_path):
    """A state folder whose log has 305 entries."""
    return shutil.copytree(made, tmp_path / "state")


@pytest.fixture
def backup(jsg, state, tmp_path):
    """A backup of it."""
    assert jsg("state", "db", "backup", tmp_path / "backup") == 0
    return tmp_path / "backup"


def rows(file):
    """Return every row of every table of a database."""
    with closing(sqlite3.connect(file)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}  # noqa: S608 - ours


def altered(file, at=0.5):
    """Change one bit somewhere in a file."""
    content = bytearray(file.read_bytes())
    content[int(at * (len(content) - 1))] ^= 1
    file.write_bytes(content)


def described(backup):
    """Make the manifest say what lies there now, as somebody would who has changed it."""
    manifest = json.loads((backup / MANIFEST).read_text())
    manifest["files"] = {name: hash_of(chunks_of(backup / name)) for name in files_in(backup)}
    (backup / MANIFEST).write_text(json.dumps(manifest, separators=(",", ":"), sort_keys=True, ensure_ascii=False))


def kept(folder, state, size=None, key=None):
    """Write a checkpoint of the log as it is, or of another size, as somebody outside has kept it."""
    note = (log_folder(state) / "checkpoint").read_bytes()
    if size is not None:
        note = (key or LogKeys(state / "keys")).sign(ORIGIN, f"{ORIGIN}\n{size}\n{'A' * 43}=\n")
    (folder / "kept").write_bytes(note)
    return folder / "kept"


def test_what_is_restored_is_what_was_backed_up_and_goes_on(jsg, state, backup, tmp_path):
    assert jsg("again", "db", "restore", backup, "--checkpoint", kept(tmp_path, state)) == 0
    again = tmp_path / "again"

    for name in ("facts.sqlite", "log.sqlite", "audit/gw1-0.sqlite", "audit/gw1-1.sqlite"):
        assert rows(again / name) == rows(state / name)
    assert read_log(log_folder(again)) == read_log(log_folder(state))
    assert not (again / "keys").exists()
    shutil.copytree(state / "keys", again / "keys")
    assert grow(again, "gw1-0", [DRAFT]).size == 306
    assert flaws_in(again) == []


def test_nobody_but_its_owner_reads_what_is_not_public_of_a_backup_and_of_what_is_restored(jsg, backup, tmp_path):
    assert jsg("again", "db", "restore", backup) == 0

    for folder in (backup, tmp_path / "again"):
        assert folder.stat().st_mode & 0o777 == 0o700
        private = [each for each in folder.rglob("*.sqlite*") if each.stat().st_mode & 0o077]
        assert private == []


def test_a_log_that_is_stored_further_than_it_is_signed_is_backed_up_as_far_as_it_is_signed(jsg, state, tmp_path):
    with site_in(state) as site:
        signed = site.store().newest()
        change(
            site.engine, "UPDATE log SET signed_size = 1, signed_root = (SELECT substr(hashes, 1, 32) FROM log_tile)"
        )
        first = LogKeys(state / "keys").sign(ORIGIN, _text_of_first(site))
        with site.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE log SET note = ?", (first,))
    assert jsg("state", "db", "backup", tmp_path / "backup") == 0
    assert jsg("again", "db", "restore", tmp_path / "backup") == 0

    assert read_log(log_folder(tmp_path / "again"))[1].size == 1 < signed.size


def _text_of_first(site):
    return Checkpoint(ORIGIN, 1, site.store().tile(ORIGIN, 0, 0)[:32]).text


def test_keys_are_in_it_only_when_that_is_said(jsg, state, backup, tmp_path):
    assert not (backup / "keys").exists()
    (state / "keys" / "persons.key").write_bytes(bytes(64))
    assert jsg("state", "db", "backup", tmp_path / "with", "--with-keys") == 0
    assert jsg("again", "db", "restore", tmp_path / "with") == 0

    key = tmp_path / "again" / "keys" / "log-2026.key"
    assert key.read_bytes() == (state / "keys" / "log-2026.key").read_bytes()
    assert key.stat().st_mode & 0o777 == 0o600


def test_what_past_answers_are_derived_by_comes_along(jsg, state, tmp_path):
    kept = state / "archive" / "policy" / ("0" * 64)
    (kept / "profiles").mkdir(parents=True)
    (kept / "profiles" / "invented.toml").write_bytes(b"x = 1\n")
    (state / "archive" / "policy" / ".half-made").mkdir()
    (state / "archive" / "policy" / ".half-made" / "left.toml").write_bytes(b"y")
    assert jsg("state", "db", "backup", tmp_path / "backup") == 0
    assert jsg("again", "db", "restore", tmp_path / "backup") == 0
    again = tmp_path / "again" / "archive"
    assert files_in(again) == [f"policy/{'0' * 64}/profiles/invented.toml"]
    assert (again / files_in(again)[0]).read_bytes() == b"x = 1\n"


def test_a_state_that_is_not_sound_is_not_backed_up_and_nothing_is_left(jsg, state, tmp_path, capsys):
    with site_in(state) as site:
        change(site.place.readers()["gw1-0"], "UPDATE audit_entry SET body = salt WHERE number = 7")

    assert jsg("state", "db", "backup", tmp_path / "backup") == 1
    assert "queue 'gw1-0', number 7: the envelope differs in 'body'" in capsys.readouterr().err
    assert sorted(each.name for each in tmp_path.iterdir()) == ["state"]


def test_a_backup_replaces_nothing(jsg, state, tmp_path, capsys):
    (tmp_path / "backup").mkdir()

    assert jsg("state", "db", "backup", tmp_path / "backup") == 1
    assert "is there already" in capsys.readouterr().err


def test_a_backup_is_restored_to_a_place_where_nothing_is(jsg, state, backup, tmp_path, capsys):
    before = {file: file.read_bytes() for file in state.rglob("*") if file.is_file()}
    assert jsg("state", "db", "restore", backup) == 1
    assert "is not empty" in capsys.readouterr().err
    assert {file: file.read_bytes() for file in state.rglob("*") if file.is_file()} == before
    (tmp_path / "empty").mkdir()

    assert jsg("empty", "db", "restore", backup) == 0


@pytest.mark.parametrize("name", [*NAMES, MANIFEST])
@pytest.mark.parametrize("at", [0, 0.5, 1])
def test_a_changed_bit_anywhere_is_named_and_nothing_is_put_in_place(jsg, backup, tmp_path, capsys, name, at):
    altered(backup / name, at)

    assert jsg("again", "db", "restore", backup) == 1
    assert name in capsys.readouterr().err or name == MANIFEST
    assert sorted(each.name for each in tmp_path.iterdir()) == ["backup", "state"]


@pytest.mark.parametrize("name", NAMES)
def test_a_lost_or_added_file_is_named(jsg, backup, capsys, name):
    (backup / f"{name}.more").touch()
    assert jsg("again", "db", "restore", backup) == 1
    assert f"{name}.more: is not in the manifest" in capsys.readouterr().err
    (backup / f"{name}.more").unlink()
    (backup / name).unlink()

    assert jsg("again", "db", "restore", backup) == 1
    assert f"{name}: is missing" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["../outside", "/outside", "log/../../outside"])
def test_a_manifest_cannot_name_a_file_outside_the_backup(jsg, backup, tmp_path, name):
    manifest = json.loads((backup / MANIFEST).read_text())
    manifest["files"][name] = "0" * 64
    (backup / MANIFEST).write_text(json.dumps(manifest, separators=(",", ":"), sort_keys=True, ensure_ascii=False))

    assert jsg("again", "db", "restore", backup) == 1
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("name", NAMES)
def test_what_was_changed_together_with_the_manifest_is_named_from_the_bytes(jsg, backup, tmp_path, capsys, name):
    """The facts are not signed: of them only the form is looked at. The middle of the log's tables may hold nothing."""
    file, at = backup / name, 0.0 if name == "facts.sqlite" else 0.5
    if name == "log.sqlite":
        content = file.read_bytes()
        at = content.index((backup / "log/2026/checkpoint").read_bytes()) / (len(content) - 1)
    altered(file, at)
    described(backup)

    assert jsg("again", "db", "restore", backup) == 1
    assert "jsg db restore: " in capsys.readouterr().err
    assert not (tmp_path / "again").exists()


def test_entries_that_no_log_had_yet_cannot_be_taken_out_of_a_backup(jsg, state, tmp_path, capsys):
    with site_in(state) as site:
        record(site.place, DRAFT, DRAFT, writer="gw1-0")
    assert jsg("state", "db", "backup", tmp_path / "backup") == 0
    with closing(sqlite3.connect(tmp_path / "backup" / "audit" / "gw1-0.sqlite")) as queue:
        (last,) = queue.execute("SELECT max(number) FROM audit_entry").fetchone()
        queue.execute("DELETE FROM audit_entry WHERE number = ?", (last,))
        queue.execute("UPDATE audit_writer SET next_number = ?", (last,))
        queue.commit()
    described(tmp_path / "backup")

    assert jsg("again", "db", "restore", tmp_path / "backup") == 1
    assert "do not hold as many entries as the manifest says" in capsys.readouterr().err
    assert not (tmp_path / "again").exists()


def test_what_is_lost_since_a_kept_checkpoint_is_counted_and_nothing_is_put_in_place(
    jsg, state, backup, tmp_path, capsys
):
    grow(state, "gw1-0", [DRAFT] * 7)

    assert jsg("again", "db", "restore", backup, "--checkpoint", kept(tmp_path, state)) == 1
    assert f"{ORIGIN}: the last 7 of the 312 entries of a kept checkpoint are lost" in capsys.readouterr().err
    assert not (tmp_path / "again").exists()


def test_another_log_than_that_of_a_kept_checkpoint_is_not_put_in_place(jsg, state, backup, tmp_path, capsys):
    assert jsg("again", "db", "restore", backup, "--checkpoint", kept(tmp_path, state, size=300)) == 1
    assert f"{ORIGIN}: the kept checkpoint's root of 300 entries is not theirs" in capsys.readouterr().err

    stranger = LogKeys(tmp_path / "strange")
    stranger.make(ORIGIN)
    assert jsg("again", "db", "restore", backup, "--checkpoint", kept(tmp_path, state, 300, stranger)) == 1
    assert "is signed by none of the keys at hand" in capsys.readouterr().err
    assert not (tmp_path / "again").exists()


def test_a_backup_is_verified_without_putting_it_anywhere(jsg, state, backup, tmp_path, capsys):
    assert jsg("state", "db", "restore", backup, "--verify-only", "--checkpoint", kept(tmp_path, state)) == 0
    altered(backup / "log.sqlite")

    assert jsg("state", "db", "restore", backup, "--verify-only") == 1
    assert sorted(each.name for each in tmp_path.iterdir()) == ["backup", "kept", "state"]


def test_on_postgresql_both_say_what_does_it_there(tmp_path, capsys):
    shutil.copytree(CONFIG, tmp_path / "config")
    (tmp_path / "store.url").write_text("postgresql+psycopg://nobody@127.0.0.1:1/none\n")
    file = tmp_path / "config" / "gateway.toml"
    text = file.read_text().replace('kind = "sqlite"', f'kind = "postgresql"\nurl_file = "{tmp_path / "store.url"}"')
    file.write_text(text)
    for word in ("backup", "restore"):
        assert main(["--config", str(tmp_path / "config"), "db", word, str(tmp_path / "backup")]) == 1
        said = capsys.readouterr().err
        assert "pg_basebackup" in said
        assert "jsg audit fsck --checkpoint" in said

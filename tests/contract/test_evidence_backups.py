"""Sealed evidence goes into a backup as far as it is whole, and comes back with just the bytes that its name says."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest
from audit_calls import DRAFT
from e2e.served import CONFIG
from whole_states import filled_state

from gateway.bootstrap.backup import BackupError, make_backup
from gateway.bootstrap.config import load_config
from gateway.bootstrap.restore import restore
from gateway.bootstrap.watch import growing
from gateway.cli.doctor_places import disk
from gateway.services.ports.evidence import SealedFile
from gateway.storage.evidence import EvidenceFolder
from gateway.storage.evidence_files import earlier_place_of, place_of
from gateway.storage.manifest import MANIFEST, chunks_of, files_in, hash_of

WHOLE, UNDER_WAY = os.urandom(70_000), os.urandom(50_000)


def file_of(content):
    return SealedFile("YS-1", hashlib.sha256(content).hexdigest(), len(content))


def place(folder, content=WHOLE):
    return folder / "evidence" / place_of("YS-1", file_of(content).sha256)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return filled_state(tmp_path_factory.mktemp("made") / "state", ("gw1-0", [DRAFT]))


@pytest.fixture
def state(made, tmp_path):
    """A state folder with one whole file and one upload under way."""
    folder = shutil.copytree(made, tmp_path / "state")
    evidence = EvidenceFolder(folder / "evidence")
    with evidence.upload(file_of(WHOLE)) as upload:
        upload.append(WHOLE)
        assert upload.finish()
    with evidence.upload(file_of(UNDER_WAY)) as upload:
        upload.append(UNDER_WAY[:1_000])
    return folder


@pytest.fixture
def settings(state):
    return load_config(CONFIG, state).settings


@pytest.fixture
def backup(settings, tmp_path):
    make_backup(settings, tmp_path / "backup", lambda _: None)
    return tmp_path / "backup"


def put_back(backup):
    again = backup.with_name("again")
    restore(backup, again, (), lambda _: None)
    return again


def described(backup):
    """Make the manifest say what lies there now, as somebody would who has changed it."""
    manifest = json.loads((backup / MANIFEST).read_text())
    manifest["files"] = {name: hash_of(chunks_of(backup / name)) for name in files_in(backup)}
    (backup / MANIFEST).write_text(json.dumps(manifest, separators=(",", ":"), sort_keys=True, ensure_ascii=False))


def test_what_is_whole_comes_back_and_an_upload_under_way_begins_anew(backup):
    again = put_back(backup)
    evidence = EvidenceFolder(again / "evidence")

    assert b"".join(evidence.read(file_of(WHOLE), 0)) == WHOLE
    assert evidence.received(file_of(UNDER_WAY)) == 0
    assert [each.name for each in (again / "evidence").rglob("*") if each.is_file()] == [file_of(WHOLE).sha256]


def test_a_file_from_before_files_were_kept_by_case_is_backed_up_and_read_and_counts_for_no_upload(
    state, settings, tmp_path
):
    earlier = state / "evidence" / earlier_place_of(file_of(WHOLE).sha256)
    earlier.parent.mkdir()
    place(state).rename(earlier)
    make_backup(settings, tmp_path / "backup", lambda _: None)
    evidence = EvidenceFolder(put_back(tmp_path / "backup") / "evidence")

    assert b"".join(evidence.read(file_of(WHOLE), 5)) == WHOLE[5:]
    assert not evidence.has(file_of(WHOLE))
    assert evidence.received(file_of(WHOLE)) == 0


def test_nobody_but_its_owner_reads_evidence_of_a_backup_and_of_what_is_restored(backup):
    for folder in (backup, put_back(backup)):
        there = [folder / "evidence", *(folder / "evidence").rglob("*")]
        assert [each for each in there if each.stat().st_mode & 0o077] == []


def test_a_changed_file_is_named_and_not_backed_up(state, settings, tmp_path):
    content = bytearray(WHOLE)
    content[100] ^= 1
    place(state).write_bytes(content)

    with pytest.raises(BackupError, match=f"{file_of(WHOLE).sha256}: is not the file that its name says"):
        make_backup(settings, tmp_path / "backup", lambda _: None)
    assert not (tmp_path / "backup").exists()


@pytest.mark.parametrize("manifest_too", [False, True])
def test_a_file_that_was_changed_in_the_backup_is_named_and_nothing_is_put_in_place(backup, manifest_too):
    content = bytearray(WHOLE)
    content[-1] ^= 1
    place(backup).write_bytes(content)
    if manifest_too:
        described(backup)

    with pytest.raises(BackupError, match=file_of(WHOLE).sha256):
        put_back(backup)
    assert not backup.with_name("again").exists()


def test_a_file_that_was_lost_from_the_backup_is_named(backup):
    place(backup).unlink()

    with pytest.raises(BackupError, match=f"{file_of(WHOLE).sha256}: is missing"):
        put_back(backup)


@pytest.mark.parametrize("name", ["aa/readme", "stray", f"aa/{'b' * 64}"])
def test_what_is_no_file_of_evidence_is_named(backup, name):
    (backup / "evidence" / name).parent.mkdir(exist_ok=True)
    (backup / "evidence" / name).write_bytes(b"x")
    described(backup)

    with pytest.raises(BackupError, match=f"evidence/{name}: is no file of evidence"):
        put_back(backup)


def test_evidence_on_a_disk_of_its_own_is_watched_and_looked_at(state, settings, tmp_path):
    assert "evidence" not in growing(settings)
    shutil.rmtree(state / "evidence")
    elsewhere = Path("/proc/self")  # a file system of its own on every Linux, and not one that can be written to
    assert elsewhere.stat().st_dev != tmp_path.stat().st_dev
    (state / "evidence").symlink_to(elsewhere)

    assert growing(settings)["evidence"] == state / "evidence"
    config = load_config(CONFIG, state)
    found = {link: (well, said) for link, well, said in disk(config, least=0)}
    assert "disk of the evidence" in found


def test_a_disk_that_is_not_mounted_is_no_silent_emptiness(state, settings):
    shutil.rmtree(state / "evidence")
    (state / "evidence").symlink_to(state / "nowhere")

    assert "evidence" in growing(settings)
    found = {link: (well, said) for link, well, said in disk(load_config(CONFIG, state), least=0)}
    well, said = found["disk of the evidence"]
    assert not well
    assert "leads nowhere" in said

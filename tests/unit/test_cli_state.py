"""What the command makes of a state folder, and what it will not make: a second key for the same persons."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.cli.main import main

CONFIG = Path(__file__).resolve().parents[2] / "config"


@pytest.fixture
def jsg(tmp_path):
    return lambda *words: main(["--config", str(CONFIG), "--state", str(tmp_path), *words])


def test_a_new_store_gets_its_tables_and_the_persons_key_and_keeps_them(jsg, tmp_path):
    assert jsg("db", "upgrade") == 0
    key = (tmp_path / "keys" / "persons.key").read_bytes()
    assert jsg("db", "upgrade") == 0
    assert (tmp_path / "keys" / "persons.key").read_bytes() == key
    assert (tmp_path / "keys" / "persons.key").stat().st_mode & 0o077 == 0


def test_nobody_but_its_owner_reads_the_facts_whatever_the_umask_is(jsg, tmp_path):
    before = os.umask(0)
    try:
        assert jsg("db", "upgrade") == 0
    finally:
        os.umask(before)
    files = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.glob("facts.sqlite*")}
    assert "facts.sqlite" in files
    assert set(files.values()) == {0o600}


def test_a_lost_key_is_named_and_never_replaced(jsg, tmp_path, capsys):
    jsg("db", "upgrade")
    (tmp_path / "keys" / "persons.key").unlink()
    assert jsg("db", "upgrade") == 1
    assert "persons.key is missing" in capsys.readouterr().err
    assert not (tmp_path / "keys" / "persons.key").exists()


@pytest.mark.parametrize("sound", [True, False])
def test_the_doctor_looks_at_the_persons_key(jsg, tmp_path, capsys, sound):
    jsg("db", "upgrade")
    if not sound:
        (tmp_path / "keys" / "persons.key").chmod(0o644)
    capsys.readouterr()
    jsg("--address", "127.0.0.1:1", "doctor", "--json")
    found = {finding["link"]: finding["sound"] for finding in json.loads(capsys.readouterr().out)}
    assert found["persons' key"] is sound


def test_a_reader_that_goes_away_gets_no_traceback(tmp_path):
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "gateway", "--config", str(CONFIG), "--state", str(tmp_path), "db", "upgrade"]
    with os.fdopen(writing, "wb") as gone:
        ended = subprocess.run([*command, "--json"], stdout=gone, stderr=subprocess.PIPE, check=False)
    assert (ended.returncode, ended.stderr) == (1, b"")

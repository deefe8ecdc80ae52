"""A backup that is behind a kept checkpoint is restored only in words, and goes on only under another name."""

from __future__ import annotations

import json
import shutil

import pytest
from audit_calls import DRAFT
from e2e.served import CONFIG
from integrated_logs import ORIGIN
from whole_states import filled_state, flaws_in, grow, log_folder

from gateway.cli.main import main
from gateway.storage.log_place import LOST_FILE


@pytest.fixture
def jsg(tmp_path):
    """Run the command for the state folder of a name."""
    return lambda state, *words: main(["--config", str(CONFIG), "--state", str(tmp_path / state), *map(str, words)])


@pytest.fixture
def kept(jsg, tmp_path):
    """The newest checkpoint of a state that has grown by seven entries since its backup."""
    state = filled_state(tmp_path / "state", ("gw1-0", [DRAFT] * 20))
    assert jsg("state", "db", "backup", tmp_path / "backup") == 0
    grow(state, "gw1-0", [DRAFT] * 7)
    shutil.copy(log_folder(state) / "checkpoint", tmp_path / "kept")
    return tmp_path / "kept"


def restored(jsg, tmp_path, kept):
    """Restore to the folder ``again``, loss and all, and put the keys back."""
    words = ("db", "restore", tmp_path / "backup", "--checkpoint", kept, "--accept-loss")
    assert jsg("again", *words) == 0
    shutil.copytree(tmp_path / "state" / "keys", tmp_path / "again" / "keys")
    return tmp_path / "again"


def test_the_loss_is_counted_and_the_next_log_opened(jsg, tmp_path, kept, capsys):
    again = restored(jsg, tmp_path, kept)
    assert "entries lost: 7" in capsys.readouterr().out
    assert (again / LOST_FILE).read_bytes() == kept.read_bytes()
    assert jsg("again", "db", "go-on", "--json") == 0

    told = json.loads(capsys.readouterr().out)
    assert told == {
        "log": ORIGIN,
        "lost_from": 21,
        "lost_before": 28,
        "lost": 7,
        "goes_on": f"{ORIGIN}2",
        "key": str(again / "log" / "20262" / "vkey"),
    }
    assert not (again / LOST_FILE).exists()
    grow(again, "gw1-0", [DRAFT])
    assert flaws_in(again) == []
    assert (again / "log" / "2026" / "checkpoint").read_bytes() != kept.read_bytes()


def test_it_goes_on_once(jsg, tmp_path, kept, capsys):
    restored(jsg, tmp_path, kept)
    assert jsg("again", "db", "go-on") == 0
    assert jsg("again", "db", "go-on") == 1
    assert "name the newest checkpoint" in capsys.readouterr().err
    assert jsg("again", "db", "go-on", "--checkpoint", kept) == 1
    assert "nothing is lost" in capsys.readouterr().err


def test_a_key_is_not_changed_over_a_loss(jsg, tmp_path, kept, capsys):
    restored(jsg, tmp_path, kept)
    assert jsg("again", "db", "go-on", "--new-key") == 1
    assert "nothing is lost" in capsys.readouterr().err


def test_where_nothing_is_lost_there_is_no_loss_to_accept(jsg, tmp_path, kept, capsys):
    shutil.copy(tmp_path / "backup" / "log" / "2026" / "checkpoint", kept)
    words = ("db", "restore", tmp_path / "backup", "--checkpoint", kept, "--accept-loss")
    assert jsg("again", *words) == 1
    assert "nothing is lost by the checkpoint" in capsys.readouterr().err
    assert not (tmp_path / "again").exists()
    assert jsg("again", "db", "restore", tmp_path / "backup", "--accept-loss") == 1
    assert "--accept-loss needs one --checkpoint" in capsys.readouterr().err


def test_a_checkpoint_of_a_stranger_is_no_loss(jsg, tmp_path, kept, capsys):
    text = kept.read_bytes()
    kept.write_bytes(text.replace(b"\n28\n", b"\n99\n"))
    words = ("db", "restore", tmp_path / "backup", "--checkpoint", kept, "--accept-loss")
    assert jsg("again", *words) == 1
    assert "--checkpoint" in capsys.readouterr().err
    assert not (tmp_path / "again").exists()

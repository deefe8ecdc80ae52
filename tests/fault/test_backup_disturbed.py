"""A backup beside processes that write, and a restore that is killed: whole, or not there at all."""

from __future__ import annotations

import random
import time

import pytest
from audit_calls import DRAFT
from e2e.served import CONFIG
from victims import Victims
from whole_states import filled_state, flaws_in, log_folder, make_state, verified

from gateway.cli.main import main
from gateway.storage.audit_place import FolderPlace
from gateway.storage.audit_reader import read_numbered

BACKUPS = 6
KILLS = 12
LONGEST = 0.25
"""Seconds until a restore is killed; one takes about half of it."""


@pytest.fixture
def victims(tmp_path):
    victims = Victims(tmp_path)
    yield victims
    victims.close()


def jsg(state, *words):
    return main(["--config", str(CONFIG), "--state", str(state), *map(str, words)])


def leaves(state, numbers):
    place = FolderPlace(state / "audit")
    found = read_numbered(place.readers()["gw1-0"], "gw1-0", numbers)
    place.close()
    return {number: entry.leaf for number, entry in found.items()}


def test_a_backup_of_a_state_that_is_written_to_holds_all_that_was_acknowledged_before_it(tmp_path, victims):
    state = tmp_path / "state"
    make_state(state)
    alive = [victims.start(role, state) for role in ("recorder", "integrator")]
    for victim in alive:
        victim.hear_first()
    for number in range(BACKUPS):
        alive[0].hear(time.monotonic() + 0.05)
        before = dict(alive[0].told)
        assert jsg(state, "db", "backup", tmp_path / f"backup-{number}") == 0
        again = tmp_path / f"again-{number}"
        assert jsg(again, "db", "restore", tmp_path / f"backup-{number}") == 0

        assert flaws_in(again) == []
        assert verified(log_folder(again)).flaws == []
        newest = dict(list(before.items())[-500:])
        assert leaves(again, newest) == newest
    assert [victim.kill() for victim in alive] == [-9, -9]
    assert victims.complaints() == ""


def test_a_restore_that_is_killed_leaves_nothing_or_everything(tmp_path, victims):
    state = filled_state(tmp_path / "state", ("gw1-0", [DRAFT] * 700))
    assert jsg(state, "db", "backup", tmp_path / "backup") == 0
    whole = sorted(each.relative_to(tmp_path / "backup") for each in (tmp_path / "backup").rglob("*"))
    randomness = random.Random(11)  # noqa: S311 - when to kill is no secret
    codes = set()
    for number in range(KILLS):
        again = tmp_path / f"again-{number}"
        restoring = victims.start("restore", tmp_path / "backup", again)
        restoring.hear_first()
        restoring.hear(time.monotonic() + randomness.random() * LONGEST)
        codes.add(restoring.kill())
        if again.exists():
            there = sorted(each.relative_to(again) for each in again.rglob("*"))
            assert there == [each for each in whole if each.name != "manifest.json"]
            assert flaws_in(again) == []
        else:
            assert jsg(again, "db", "restore", tmp_path / "backup") == 0
        assert not again.with_name(f".{again.name}.restoring").exists()
    assert -9 in codes

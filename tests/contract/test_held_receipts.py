"""Receipts that somebody holds are laid beside the record: what is lost, exchanged or proves nothing is named."""

from __future__ import annotations

import shutil

import pytest
from audit_calls import DRAFT, body
from e2e.served import CONFIG
from whole_states import filled_state, grow, log_folder, site_in

from formats.receipt import Receipt, encode_receipt
from gateway.cli.main import main
from gateway.domain.audit import Draft
from gateway.services.prove_entries import ProveEntries
from gateway.storage.audit_reader import read_entries

OTHER = Draft(body(case="another"))


@pytest.fixture
def state(tmp_path):
    """A state folder with three entries of one queue."""
    return filled_state(tmp_path / "state", ("gw1-0", [DRAFT] * 3))


def receipt(state, number, file):
    """Write the receipt of an entry as whoever asked has it; return the file."""
    with site_in(state) as site:
        prove = ProveEntries(site.store())
        proven = prove.inclusion(*prove.place_of("gw1-0", number))
        (entry,) = read_entries(site.place.readers()["gw1-0"], "gw1-0", number, 1)
        file.write_bytes(
            encode_receipt(Receipt(entry.envelope, entry.salt, entry.body, None, proven.proof, proven.key))
        )
    return file


def fsck(state, *files, keys=None):
    words = [word for file in files for word in ("--receipt", str(file))]
    named = ["--keys", str(keys)] if keys else []
    return main(["--config", str(CONFIG), "--state", str(state), "audit", "fsck", *words, *named])


def test_what_is_there_is_not_named(state, tmp_path, capsys):
    held = [receipt(state, number, tmp_path / f"{number}.json") for number in range(3)]
    assert fsck(state, *held) == 0
    assert "DIFFERS" not in capsys.readouterr().out


def test_what_an_earlier_state_does_not_have_is_lost(state, tmp_path, capsys):
    shutil.copytree(state, tmp_path / "later")
    grow(tmp_path / "later", "gw1-0", [DRAFT] * 2)
    held = receipt(tmp_path / "later", 4, tmp_path / "later.json")
    there = receipt(state, 1, tmp_path / "there.json")

    assert fsck(state, held, there) == 1
    said = capsys.readouterr().out
    assert f"{held}: shiyan.example/audit/2026, entry 5 of 2026-11-24T04:00:04.000000Z: is lost" in said
    assert said.count("DIFFERS") == 1


def test_where_the_log_went_another_way_another_entry_stands_there(state, tmp_path, capsys):
    other = tmp_path / "other"
    other.mkdir()
    shutil.copytree(state / "keys", other / "keys")
    filled_state(other, ("gw1-0", [DRAFT, OTHER, DRAFT]))
    held = receipt(other, 1, tmp_path / "other.json")

    assert fsck(state, held) == 1
    assert "entry 2 of 2026-11-24T04:00:01.000000Z: another entry stands there" in capsys.readouterr().out


def test_a_receipt_whose_checkpoint_nobody_signed_is_named(state, tmp_path, capsys):
    held = receipt(state, 0, tmp_path / "held.json")
    content = held.read_text()
    head, _, signature = content.rpartition("shiyan.example/audit/2026 ")
    middle = signature[20]
    held.write_text(f"{head}shiyan.example/audit/2026 {signature[:20]}{'A' if middle != 'A' else 'B'}{signature[21:]}")

    assert fsck(state, held) == 1
    assert f"{held}: " in capsys.readouterr().out


def test_a_receipt_that_proves_nothing_is_named_and_so_is_one_that_cannot_be_read(state, tmp_path, capsys):
    held = receipt(state, 0, tmp_path / "held.json")
    broken = tmp_path / "broken.json"
    broken.write_bytes(held.read_bytes().replace(b"OK", b"KO"))
    missing = tmp_path / "missing.json"

    assert fsck(state, broken, missing) == 1
    said = capsys.readouterr().out
    assert [f"{broken}: " in said, f"{missing}: " in said] == [True, True]
    assert fsck(state, held, keys=log_folder(state) / "vkey") == 0

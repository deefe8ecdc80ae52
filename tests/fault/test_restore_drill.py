"""The restore drill on SQLite: the machine is lost after the backup, and what is restored elsewhere hides no loss."""

from __future__ import annotations

import json
import shutil

import pytest
from drilled import Content, brought_back, copied_apart, jsg, jsg_says, receipt_in
from e2e.served import gateway_in
from plain_witness import PlainWitness, serving

from formats.checkpoint import parse_checkpoint
from formats.note import decode_note
from formats.tlog_proof import decode_proof
from gateway.bootstrap.config import StartError
from gateway.cli.local_city import Place

pytest_plugins = ("e2e.fixtures",)
AFTER = 5
"""Answers between the backup and the loss."""


class Lost:
    """A gateway that is gone: its backup, what was copied apart, and what others hold of it."""

    def __init__(self, folder, witness, url):
        self.folder, self.witness = folder, witness
        self.changes = {
            "# [[witnesses]]\n": f'[[witnesses]]\nkey = "{witness.key}"\nurl = "{url}"\nevery_seconds = 1\n'
        }
        self.backup, self.kept = folder / "backup", folder / "kept"
        with gateway_in(folder / "lost", changes=self.changes) as gateway:
            self.content = Content.put_in(gateway, folder)
            self.witness.know((gateway.place.state / "log" / year_of(gateway) / "vkey").read_text().strip())
            assert jsg(gateway, "db", "backup", self.backup) == 0
            self.receipts = [receipt_in(gateway, folder / f"after-{number}.json") for number in range(AFTER)]
            address = ("--address", f"127.0.0.1:{gateway.port}")
            assert jsg(gateway, *address, "audit", "checkpoint", "--out", self.kept) == 0
            self.size = parse_checkpoint(decode_note(self.kept.read_bytes()).text).size
            while self.witness.seen.get(self.origin, (0,))[0] < self.size:
                pass
            self.apart = copied_apart(gateway, folder / "apart")
        self.ended_at = self.witness.seen[self.origin][0]
        shutil.rmtree(folder / "lost")

    @property
    def origin(self):
        return parse_checkpoint(decode_note(self.kept.read_bytes()).text).origin

    def place(self, name):
        """Return a new place with the configuration and nothing else."""
        config = self.folder / name / "config"
        shutil.copytree(self.apart / "config", config)
        return Place(config, self.folder / name / "var")

    def restored(self, name):
        """Restore to a new place, loss and all, with what was kept apart; nothing goes on yet."""
        at = At(self.place(name))
        assert jsg(at, "db", "restore", self.backup, "--checkpoint", self.kept, "--accept-loss") == 0
        brought_back(self.apart, at.place.state)
        return at


class At:
    """A place for commands."""

    def __init__(self, place):
        self.place = place


def name_of(origin):
    """Return under which name a log lies in its folder."""
    return origin.rpartition("/")[2]


def year_of(gateway):
    return next(file.parent.name for file in (gateway.place.state / "log").glob("*/checkpoint"))


@pytest.fixture(scope="module")
def lost(tmp_path_factory):
    witness = PlainWitness()
    with serving(witness) as url:
        yield Lost(tmp_path_factory.mktemp("drill"), witness, url)


@pytest.mark.usefixtures("capsys")
def test_a_backup_that_is_behind_is_put_in_place_only_when_the_loss_is_accepted(lost, capsys):
    at = At(lost.place("refused"))
    code, said = jsg_says(at, capsys, "db", "restore", lost.backup, "--checkpoint", lost.kept)
    assert code == 1
    assert f"of the {lost.size} entries of a kept checkpoint are lost" in said
    assert not at.place.state.exists()
    assert jsg(at, "db", "restore", lost.backup, "--accept-loss") == 1
    assert "--accept-loss needs one --checkpoint" in capsys.readouterr().err


def test_after_the_loss_of_the_machine_the_gateway_serves_elsewhere_and_says_what_is_gone(lost, capsys):
    at = lost.restored("again")
    old = at.place.state / "log" / name_of(lost.origin)
    # Nobody signs on under the name of the log that was shown further.
    with pytest.raises(StartError), gateway_in(lost.folder / "again", filled=False):
        pass
    assert "run `jsg db go-on`" in (at.place.state / "gateway.log").read_text()

    code, said = jsg_says(at, capsys, "db", "go-on", "--json")
    assert code == 0, said
    told = json.loads(said.splitlines()[-1])
    assert told["log"] == lost.origin
    assert told["lost"] == lost.size - told["lost_from"] >= AFTER
    assert told["goes_on"] == f"{lost.origin}2"
    before = (old / "checkpoint").read_bytes()

    with gateway_in(lost.folder / "again", filled=False) as gateway:
        lost.witness.know((at.place.state / "log" / name_of(told["goes_on"]) / "vkey").read_text().strip())
        lost.content.is_there(gateway)
        new = receipt_in(gateway, lost.folder / "new.json")
        while lost.witness.seen.get(told["goes_on"], (0,))[0] < 2:
            pass
        log = gateway.log
    assert "does not cosign" not in log
    assert (old / "checkpoint").read_bytes() == before, "the log that was shown further is signed no more"
    assert lost.witness.seen[lost.origin][0] == lost.ended_at
    assert parse_checkpoint(decode_note(decode_proof(json.loads(new.read_text())["proof"].encode()).checkpoint).text)

    keys = [word for file in (at.place.state / "log").glob("*/vkey") for word in ("--keys", file)]
    assert jsg(at, "audit", "verify", lost.content.receipt, new, at.place.state / "log", *keys) == 0
    held = [word for file in (lost.content.receipt, new, *lost.receipts) for word in ("--receipt", file)]
    code, said = jsg_says(at, capsys, "audit", "fsck", *held)
    assert code == 1
    for file in lost.receipts:
        assert f"{file}: {lost.origin}, entry " in said
        assert "is lost" in said
    assert said.count("DIFFERS") == len(lost.receipts)
    assert jsg(at, "audit", "fsck", "--receipt", lost.content.receipt, "--receipt", new) == 0
    # A receipt from after the backup proves, against the old key, that its entry was there.
    assert jsg(at, "audit", "verify", *lost.receipts, *keys) == 0


def test_without_a_loss_nothing_goes_on_under_another_name(lost, capsys):
    at = lost.restored("whole")
    published = at.place.state / "log" / name_of(lost.origin) / "checkpoint"
    code, said = jsg_says(at, capsys, "db", "go-on", "--checkpoint", published)
    assert code == 1
    assert "nothing is lost" in said


@pytest.mark.usefixtures("capsys")
def test_while_a_gateway_runs_its_log_is_not_ended(lost, capsys):
    at = lost.restored("running")
    assert jsg(at, "db", "go-on") == 0
    with gateway_in(lost.folder / "running", filled=False) as gateway:
        receipt_in(gateway, lost.folder / "integrated.json")
        code, said = jsg_says(at, capsys, "db", "go-on", "--checkpoint", lost.kept)
    assert code == 1
    assert "is running" in said

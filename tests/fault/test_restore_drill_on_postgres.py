"""The restore drill on PostgreSQL: with the archive of its log nothing is lost, and without it the loss is told."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from drilled import Content, brought_back, copied_apart, jsg, jsg_says, receipt_in
from e2e.served import gateway_in
from log_folders import logs_begun
from postgres import DURABLE, restored_postgres, running_postgres

from formats.checkpoint import parse_checkpoint
from formats.note import decode_note
from gateway.cli.local_city import Place
from gateway.storage import postgresql

pytest_plugins = ("e2e.fixtures",)


@pytest.fixture(autouse=True)
def anew(monkeypatch):
    """Look at each restored server as a program does that starts anew: it has seen no other take its place."""
    monkeypatch.setattr(postgresql, "_newest", {})


@contextmanager
def archive_folder():
    """Give a folder that the server, whoever it runs as, writes its archive to."""
    with tempfile.TemporaryDirectory(prefix="jsg-wal-", dir="/tmp") as name:
        os.chmod(name, 0o777)  # noqa: S103, PTH101 - the server may run as another user
        yield Path(name)


class Lost:
    """A gateway on PostgreSQL that is gone with its server."""

    def __init__(self, folder):
        self.folder, self.base, self.archive = folder, folder / "base", folder / "archive"
        self.kept, self.vkey = folder / "kept", folder / "vkey"
        with archive_folder() as archive:
            archiving = ("archive_mode=on", f"archive_command=cp %p {archive}/%f", "wal_level=replica")
            with running_postgres(lambda _: None, DURABLE, *archiving) as server:
                database = self.database = server.new_database()
                with gateway_in(folder / "lost", url=server.url(database)) as gateway:
                    self.content = Content.put_in(gateway, folder)
                    server.base_backup(self.base)
                    shutil.copytree(gateway.place.state / "evidence", folder / "evidence")
                    self.receipts = [receipt_in(gateway, folder / f"after-{number}.json") for number in range(3)]
                    address = ("--address", f"127.0.0.1:{gateway.port}")
                    assert jsg(gateway, *address, "audit", "checkpoint", "--out", self.kept) == 0
                    shutil.copy(logs_begun(gateway.place.state)[0] / "vkey", self.vkey)
                    self.apart = copied_apart(gateway, folder / "apart")
                server.archived()
            shutil.copytree(archive, self.archive)
        shutil.rmtree(folder / "lost")

    @contextmanager
    def restored(self, name, archive=None):
        """Give the place of a gateway over the restored server, with its evidence and what was kept apart."""
        with restored_postgres(self.base, archive, DURABLE) as server:
            folder = self.folder / name
            shutil.copytree(self.apart / "config", folder / "config")
            url = folder / "url"
            url.write_text(server.url(self.database))
            file = folder / "config" / "gateway.toml"
            file.write_text(file.read_text().replace(f"{self.folder / 'lost'}/url", str(url)))
            at = At(Place(folder / "config", folder / "var"))
            shutil.copytree(self.folder / "evidence", at.place.state / "evidence")
            brought_back(self.apart, at.place.state)
            yield at


class At:
    """A place for commands."""

    def __init__(self, place):
        self.place = place


@pytest.fixture(scope="module")
def lost(tmp_path_factory):
    return Lost(tmp_path_factory.mktemp("drill"))


def looked(lost):
    """Return the words by which the restored record is held to what others have of it."""
    receipts = [lost.content.receipt, *lost.receipts]
    held = [word for file in receipts for word in ("--receipt", file)]
    return ["audit", "fsck", "--keys", lost.vkey, "--checkpoint", lost.kept, *held]


def test_with_the_archive_of_the_log_every_answer_is_there_and_it_goes_on_as_it_was(lost, capsys):
    with lost.restored("whole", lost.archive) as at:
        assert jsg_says(at, capsys, *looked(lost))[0] == 0
        with gateway_in(lost.folder / "whole", filled=False) as gateway:
            lost.content.is_there(gateway)
            new = receipt_in(gateway, lost.folder / "whole.json")
        assert jsg(at, "audit", "verify", "--keys", lost.vkey, new, *lost.receipts) == 0
        assert jsg_says(at, capsys, *looked(lost), "--receipt", new)[0] == 0


def test_from_the_base_backup_alone_what_is_lost_is_named_and_a_log_of_another_name_goes_on(lost, capsys):
    size = parse_checkpoint(decode_note(lost.kept.read_bytes()).text).size
    with lost.restored("part") as at:
        code, said = jsg_says(at, capsys, *looked(lost))
        assert code == 1
        assert f"of the {size} entries of a kept checkpoint are lost" in said
        assert [file for file in lost.receipts if f"{file}: " in said] == lost.receipts
        assert str(lost.content.receipt) not in said

        words = ("db", "go-on", "--keys", lost.vkey, "--checkpoint", lost.kept, "--json")
        code, said = jsg_says(at, capsys, *words)
        assert code == 0, said
        told = json.loads(said.splitlines()[-1])
        assert told["lost"] == size - told["lost_from"] > 0
        with gateway_in(lost.folder / "part", filled=False) as gateway:
            lost.content.is_there(gateway)
            new = receipt_in(gateway, lost.folder / "part.json")
        keys = [word for file in (at.place.state / "log").glob("*/vkey") for word in ("--keys", file)]
        assert jsg(at, "audit", "verify", *keys, new, lost.content.receipt, at.place.state / "log") == 0
        assert jsg_says(at, capsys, "audit", "fsck", "--receipt", new)[0] == 0
